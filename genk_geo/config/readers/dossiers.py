"""Settings of dossiers: when a hotspot becomes one, and the register in which partners write."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath

#: Organisations that sit around the table in most Flemish cities; a city names its own beside them.
PARTNERS = (
    "Politie", "Lokale politie", "Brandweer", "Stad", "Gemeente", "Veiligheidshuis", "Preventiedienst",
    "Gemeenschapswachten", "Wijkmanager", "Technische dienst", "Groendienst", "Dienst mobiliteit",
    "Dienst ruimtelijke ordening", "Jeugddienst", "Straathoekwerk", "Buurtwerk", "Buurtbemiddeling", "OCMW",
    "CAW", "Parket", "Huisvestingsmaatschappij", "De Lijn", "NMBS", "Agentschap Wegen en Verkeer", "School",
)  # fmt: skip


class DossierSettings(Frozen):
    """From hotspot to agreement; without a register there are no dossiers."""

    path: AnchoredPath | None = Field(
        None, description="the register: acties.xlsx or .csv, which partners share; made where it is not"
    )
    weeks: Annotated[int, Field(ge=1, le=104)] = Field(
        4, description="a hotspot that lasts so many weeks is proposed as a dossier"
    )
    places: AnchoredPath | None = Field(
        None, description="layer of drawn places with a column `name`, which the register may name"
    )
    presence: AnchoredPath | None = Field(
        None, description="log of shifts on the street (CSV, Excel), which analysts read beside each dossier"
    )
    presence_profile: AnchoredPath | None = Field(None, description="TOML: what that log calls its columns")
    themes: tuple[str, ...] = Field((), description="themes of which hotspots are proposed; all when empty")
    partners: tuple[str, ...] = Field(
        (), description="names of organisations, beside the usual ones; others are shown to analysts only"
    )

    @property
    def wanted(self) -> bool:
        """Whether dossiers are kept."""
        return self.path is not None

    @property
    def known_partners(self) -> tuple[str, ...]:
        """Organisations whose names may be shown."""
        return tuple(dict.fromkeys((*self.partners, *PARTNERS)))

    @field_validator("path")
    @classmethod
    def _is_a_spreadsheet(cls, path: AnchoredPath | None) -> AnchoredPath | None:
        if path is not None and path.suffix.lower() not in {".xlsx", ".csv"}:
            raise ValueError(f"needed a name that ends in .xlsx or .csv, given {path.name!r}")
        return path

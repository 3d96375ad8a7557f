"""Layers of the surroundings: the risk terrain and what readers want to see besides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath
from genk_geo.errors import Message


class FactorSettings(Frozen):
    """One layer of the environment."""

    name: str = Field(description="name in the catalogue, or a name of your own")
    path: AnchoredPath = Field(description="GeoPackage, GeoJSON, CSV with coordinates, or GeoTIFF")
    x: str = "lon"
    y: str = "lat"
    crs: int | None = Field(None, description="EPSG code of a CSV (4326) or of a layer that does not say")


class OverlaySettings(Frozen):
    """A layer of one's own on the maps: cameras, schools."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="key, in small letters")
    label: str = Field(min_length=1, max_length=60, description="what readers call it")
    path: AnchoredPath = Field(description="GeoJSON, relative to the settings file")
    column: str = Field("", description="column with the names; absent: `name`, `naam`, `label` or none")
    public: bool = Field(default=False, description="also on the maps of a release for the public")
    known_places: bool = Field(
        default=False,
        description="its features are places that everybody knows, whatever happened there, such as schools",
    )


class CptedSettings(Frozen):
    """The risk terrain; without factors there is none."""

    factors: tuple[FactorSettings, ...] = ()
    osm: AnchoredPath | None = Field(
        None, description="OpenStreetMap file (XML), for the factors of the catalogue"
    )
    network: bool = Field(default=False, description="also the factors of the streets under [network]")
    catalogue: AnchoredPath | None = Field(None, description="TOML with own entries of the catalogue")
    themes: tuple[str, ...] = Field((), description="themes to model; empty: those that are shown")
    cell_m: Annotated[int, Field(ge=25, le=250)] = 100
    steps: Annotated[int, Field(ge=1, le=10)] = Field(
        4, description="steps of 100 m that a feature may reach"
    )
    top_share: Annotated[float, Field(gt=0, lt=0.5)] = Field(0.05, description="share of the area for zones")
    max_zones: Annotated[int, Field(ge=1, le=100)] = 20

    @field_validator("network", mode="before")
    @classmethod
    def _no_file_of_its_own(cls, told: Any) -> Any:
        if isinstance(told, str | Path) and Path(told).suffix:
            raise ValueError(
                Message(
                    'streets have one file for all: put path = "{told}" under [network] and network = true '
                    "here (the weekly run then also makes the page on traffic)",
                    told=told,
                )
            )
        return told

    @property
    def wanted(self) -> bool:
        """Whether any factor is named."""
        return bool(self.factors or self.osm or self.network)

"""The catalogue of factors: where they are found, what is expected of them, and what can help."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from genk_geo.config import read_toml, validated
from genk_geo.cpted.factors.factor import Direction, Kind, Quality
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

#: The safety chain, in its order.
CHAIN = ("proactie", "preventie", "repressie", "nazorg")


class Measures(BaseModel):
    """What can be done, in the order of the safety chain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proactie: tuple[str, ...] = ()
    preventie: tuple[str, ...] = ()
    repressie: tuple[str, ...] = ()
    nazorg: tuple[str, ...] = ()


class CatalogueEntry(BaseModel):
    """One kind of factor.

    Examples
    --------
    >>> entry = gg.cpted.load_catalogue()["bus_stop"]
    >>> entry.label, entry.direction, entry.quality
    ('bushaltes', 'aggravating', 'zichtbaarheid')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, description="what readers call it")
    tags: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="OpenStreetMap key -> values; '*' is any value"
    )
    kinds: tuple[Kind, ...] = Field((), description="operationalisations to try; empty: those that fit")
    direction: Direction = "unknown"
    quality: Quality | None = None
    advice: str = Field(
        "", description="what can help where there is much of it; of a protective factor: where it is lacking"
    )
    measures: Measures = Measures()
    advice_otherwise: str = Field("", description="what can help where it is the other way round")
    measures_otherwise: Measures = Measures()

    def said_of(self, *, lacking: bool) -> tuple[str, Measures]:
        """Advice and measures for a place that has much of the factor, or that is lacking it.

        Advice on many cycle racks says nothing good of a place with few: where nobody wrote what helps
        there, nothing is said.

        Parameters
        ----------
        lacking : bool
            Whether few of it, or none, go together with more incidents.

        Returns
        -------
        tuple of str and Measures
            Both empty where the catalogue has nothing for it.
        """
        if lacking == (self.direction == "protective"):
            return self.advice, self.measures
        return self.advice_otherwise, self.measures_otherwise


Catalogue = dict[str, CatalogueEntry]


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """The packaged catalogue, with the user's own entries over it.

    Parameters
    ----------
    path : path-like, optional
        TOML file with entries; an entry goes before the packaged one of the same name.

    Returns
    -------
    dict of str to CatalogueEntry
        By name.

    Raises
    ------
    ConfigError
        If the file is missing or an entry has an unknown key or impossible value.

    Examples
    --------
    >>> catalogue = gg.cpted.load_catalogue()
    >>> catalogue["horeca"].tags["amenity"][:3]
    ('bar', 'pub', 'nightclub')
    >>> catalogue["horeca"].measures.repressie
    ('Toezicht rond sluitingstijd',)
    """
    packaged = dict(_packaged())
    return packaged if path is None else packaged | _entries(path)


@cache
def _packaged() -> Catalogue:
    from importlib.resources import as_file

    with as_file(files("genk_geo.cpted.factors").joinpath("catalogue.toml")) as path:
        return _entries(path)


def _entries(path: Path | str) -> Catalogue:
    table = read_toml(path)
    wrong = [name for name, value in table.items() if not isinstance(value, dict)]
    if wrong:
        raise ConfigError(
            "{path}: {wrong}: needed a table for each factor, such as [horeca].",
            path=path,
            wrong=", ".join(wrong),
        )
    return {name: validated(CatalogueEntry, value, f"{path} [{name}]") for name, value in table.items()}

"""A layer of the user's own, shown on the maps beside what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Overlay:
    """Cameras, schools or whatever else the settings name.

    Attributes
    ----------
    name, label : str
        Its key and what readers call it.
    features : geopandas.GeoDataFrame
        In the city's metric system: ``name`` (text, may be empty), geometry.
    public : bool
        Whether the public may see it too.
    known_places : bool
        Whether its features are places that everybody knows, whatever happened there.
    table : str
        Table of the settings that names it.
    """

    name: str
    label: str
    features: gpd.GeoDataFrame
    public: bool = False
    known_places: bool = False
    table: str = "[[overlays]]"

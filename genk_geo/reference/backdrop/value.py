"""The backdrop of a map as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

#: Kinds of lines and areas, in the order in which they are drawn: what comes last lies on top.
LINES = ("stream", "rail", "street-4", "street-3", "street-2", "street-1")
AREAS = ("green", "water")
#: Kinds of points with a name, the most important first.
PLACES = ("landmark", "street")


@dataclass(frozen=True, eq=False)
class Backdrop:
    """Streets, water, rail, green and names under the maps of a city.

    It is made of the reference and the settings alone: no incident, week or reader plays a part in it.

    Attributes
    ----------
    lines, areas : geopandas.GeoDataFrame
        ``kind`` (of :data:`LINES` or :data:`AREAS`), ``name`` (empty where none is known), geometry in the
        metric system of the city: LineStrings that are cut where they meet, Polygons.
    places : geopandas.GeoDataFrame
        ``kind`` (of :data:`PLACES`), ``name``, ``rank`` (1 is shown from the farthest), Points.
    credits : tuple of str
        Whom to name.
    indicative : bool
        Whether streets are names at one of their points, because their course is not known.
    """

    lines: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    credits: tuple[str, ...] = ()
    indicative: bool = False

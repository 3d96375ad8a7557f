"""Places that an agreement names: official ones, and squares, parks and corners that an analyst drew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shapely.geometry.base import BaseGeometry

from genk_geo.crs import reproject
from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError, Message, some_rows
from genk_geo.jobs.dossiers.register.columns import plain

if TYPE_CHECKING:
    from genk_geo.config import DossierSettings
    from genk_geo.reference import City

#: Drawn places by the name that they go by, as :func:`plain` writes it.
Drawn = Mapping[str, BaseGeometry]
#: A street is its line and what stands along it.
_ALONG_M = 50.0
#: What the column of names may be called.
_NAMES = ("name", "naam")


def drawn_places(own: DossierSettings, city: City) -> Drawn:
    """Read the places that the settings name: what has no name of its own on a map of streets and wijken.

    Parameters
    ----------
    own : DossierSettings
        The settings.
    city : City
        The city.

    Returns
    -------
    mapping of str to shapely geometry
        By name, in the city's system; empty where the settings name none.

    Raises
    ------
    ConfigError
        If the layer cannot be read, has no column of names, a shape is no area or without a name, two are
        called alike, or one lies wholly outside the city.
    """
    path = own.places
    if path is None:
        return {}
    what = Message("The drawn places")
    table = read_layer(path, what)
    names = next((str(name) for name in table.columns if plain(name) in _NAMES), None)
    if names is None:
        raise ConfigError("{path} has no column `name`. Give each drawn place a name.", path=path.name)
    called = table[names].fillna("").map(plain)
    areas = table.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & table.geometry.is_valid
    wrong = ~areas | (called == "") | called.duplicated(keep=False)
    placed = reproject(table, city.crs, what).geometry if not wrong.any() else table.geometry
    if not wrong.any():
        wrong = ~placed.intersects(city.boundary)
    if wrong.any():
        raise ConfigError(
            "{path}: shapes {rows} are no places: each is an area in the city with a name of its own. Draw "
            "them again.",
            path=path.name, rows=some_rows(table.index[wrong] + 1),
        )  # fmt: skip
    return dict(zip(called, placed, strict=True))


def named_ground(place: str, city: City, drawn: Drawn) -> BaseGeometry | None:
    """Ground that an agreement names: a drawn place, a wijk, a stadsdeel, or a street of known course.

    Parameters
    ----------
    place : str
        As it stands in the register.
    city : City
        The city.
    drawn : mapping of str to shapely geometry
        Places that were drawn, from :func:`drawn_places`. They go first: who draws the square that has the
        name of its wijk means the square.

    Returns
    -------
    shapely geometry or None
        None where it names none of these: then it is about the ground of its dossier. A street of which only
        a point is known has no course to count along.

    Examples
    --------
    >>> from genk_geo.jobs.dossiers.places import named_ground
    >>> city = gg.City.load()
    >>> wijk = city.wijken["wijk"].iloc[0]
    >>> named_ground(wijk.upper(), city, {}).area > 0, named_ground("achter de school", city, {})
    (True, None)
    """
    told = plain(place)
    if not told:
        return None
    if told in drawn:
        return drawn[told]
    for table, column in ((city.wijken, "wijk"), (city.wijken, "stadsdeel"), (city.streets, "street")):
        mine = table[[plain(name) == told for name in table[column].astype(str)]]
        if column == "street" and len(mine):  # a city without streets has a table without shapes
            mine = mine[mine.geometry.length > 0]
        if len(mine):
            ground = mine.geometry.union_all()
            return ground.buffer(_ALONG_M) if column == "street" else ground
    return None

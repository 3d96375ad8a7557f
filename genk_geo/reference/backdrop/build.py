"""The backdrop of the maps, from the layers of the settings or what the reference of the city knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.reference.backdrop.layers import around, one_line, read_map_layer, read_streets
from genk_geo.reference.backdrop.tidy import joined_lines, tidy_areas
from genk_geo.reference.backdrop.value import Backdrop

if TYPE_CHECKING:
    from genk_geo.config import MapSettings
    from genk_geo.reference.city import CityValue
    from genk_geo.reference.streets.street_network import StreetNetwork

#: Classes of OpenStreetMap and words of the Flemish road registers, by how far away a street is still drawn.
_CLASSES = (
    ("street-1", ("motorway", "trunk", "primary", "autosnelweg", "hoofdweg", "primaire")),
    ("street-2", ("secondary", "tertiary", "secundaire", "regionale", "interlokale", "gescheiden rijbanen")),
    (
        "street-4",
        ("service", "pedestrian", "cycleway", "path", "footway", "track", "busway", "wandel", "fiets",
         "voetgang", "dienstweg", "aardeweg"),
    ),
)  # fmt: skip
_OTHERS = "street-3"
#: The point of a street in a register may be somebody's address; a name does not stand on a door.
_STEP_M = 10.0
#: Shares of the streets, by size, whose names are shown from farther away.
_RANKS = (0.1, 0.4)
_COLUMNS = ("kind", "name", "geometry")


def load_backdrop(settings: MapSettings, city: CityValue, network: StreetNetwork | None = None) -> Backdrop:
    """Load what lies under the maps of a city.

    Parameters
    ----------
    settings : MapSettings
        Layers by path.
    city : City
        Gives the coordinate system, the area, and names of streets and known places where no layer does.
    network : StreetNetwork, optional
        The street network of the settings: its streets where ``[map]`` names none. One that is fictitious is
        no way to find anything, and is left out.

    Returns
    -------
    Backdrop
        Streets as lines where there are any, else as names at their points.

    Raises
    ------
    ConfigError
        If a layer cannot be used; the message names it.

    Examples
    --------
    >>> from genk_geo.config import MapSettings
    >>> from genk_geo.reference.backdrop import load_backdrop
    >>> backdrop = load_backdrop(MapSettings(), gg.City.load())
    >>> len(backdrop.lines), backdrop.indicative
    (0, True)
    """
    streets = network if network is not None and not network.fictitious else None
    if settings.streets is not None:
        streets = read_streets(settings.streets, city)
    rail, water, green = (
        None if told is None else read_map_layer(kind, told, city)
        for kind, told in (("rail", settings.rail), ("water", settings.water), ("green", settings.green))
    )
    lines = _streets_of(city) if streets is None else _streets(streets)
    landmarks = _landmarks(settings, city)
    drawn = [lines, _of(rail, "rail", 1), _of(water, "stream", 1)]
    areas = [_of(green, "green", 2), _of(water, "water", 2)]
    places = [landmarks] if len(lines) else [landmarks, _names_of_streets(city)]
    names = pd.concat([*places, _empty(city, "rank")], ignore_index=True)
    return Backdrop(
        lines=joined_lines(_together(drawn, city)),
        areas=tidy_areas(_together(areas, city)),
        places=gpd.GeoDataFrame(names, geometry="geometry", crs=city.crs),
        credits=_credits(settings, streets, city),
        indicative=not len(lines),
    )


def _streets(network: StreetNetwork) -> gpd.GeoDataFrame:
    segments = network.segments
    return gpd.GeoDataFrame(
        {
            "kind": [_kind(str(one)) for one in segments["road_class"]],
            "name": [one_line(name) for name in segments["name"]],
        },
        geometry=segments.geometry.to_numpy(),
        crs=segments.crs,
    )


def _kind(road_class: str) -> str:
    told = road_class.casefold()
    return next((kind for kind, words in _CLASSES if any(word in told for word in words)), _OTHERS)


def _streets_of(city: CityValue) -> gpd.GeoDataFrame:
    """Streets that the city itself knows as lines."""
    lines = city.streets[shapely.get_dimensions(city.streets.geometry.to_numpy()) == 1]
    names = [one_line(name) for name in lines["street"]]
    shapes = gpd.GeoDataFrame({"kind": _OTHERS, "name": names}, geometry=lines.geometry.to_numpy())
    return shapes.set_crs(city.crs, allow_override=True).explode(index_parts=False)


def _landmarks(settings: MapSettings, city: CityValue) -> gpd.GeoDataFrame:
    if settings.landmarks is None:
        names, shapes = city.pois["poi"] if len(city.pois) else [], city.pois.geometry.to_numpy()
    else:
        layer = read_map_layer("landmarks", settings.landmarks, city)
        names, shapes = layer["name"], layer.geometry.to_numpy()
    told = pd.DataFrame({"kind": "landmark", "name": [one_line(name) for name in names], "rank": 1})
    frame = gpd.GeoDataFrame(told, geometry=shapely.point_on_surface(shapes), crs=city.crs)
    named = frame[(frame["name"] != "") & ~frame.geometry.is_empty]
    return named.drop_duplicates(["name", "geometry"]).sort_values("name", kind="stable", ignore_index=True)


def _names_of_streets(city: CityValue) -> gpd.GeoDataFrame:
    """Names of streets at a point of each, the larger ones first."""
    points = city.streets[shapely.get_type_id(city.streets.geometry.to_numpy()) == 0]
    if points.empty:
        return _empty(city, "rank")
    size = _sizes(points, city)
    order = (-size).rank(method="first", pct=True).to_numpy()
    xy = np.round(shapely.get_coordinates(points.geometry.to_numpy()) / _STEP_M) * _STEP_M
    frame = gpd.GeoDataFrame(
        {
            "kind": "street",
            "name": [one_line(name) for name in points["street"]],
            "rank": 1 + np.searchsorted(_RANKS, order),
            "order": order,
        },
        geometry=shapely.points(xy),
        crs=city.crs,
    )
    return frame.sort_values(["order", "name"], kind="stable", ignore_index=True).drop(columns="order")


def _sizes(points: gpd.GeoDataFrame, city: CityValue) -> pd.Series:
    """How large streets are, as far as the reference tells: by house numbers, or by known addresses."""
    if "median_house_number" in points:
        told: pd.Series = points["median_house_number"].astype(float).fillna(0.0)
        return told
    known: pd.Series = points["street"].map(city.addresses["street"].value_counts()).fillna(0).astype(float)
    return known


def _of(layer: gpd.GeoDataFrame | None, kind: str, dimension: int) -> gpd.GeoDataFrame | None:
    if layer is None:
        return None
    fit = layer[shapely.get_dimensions(layer.geometry.to_numpy()) == dimension]
    return fit.assign(kind=kind)


def _together(layers: list[gpd.GeoDataFrame | None], city: CityValue) -> gpd.GeoDataFrame:
    """Layers one after the other, as far as they lie in or close to the city."""
    there = [layer[list(_COLUMNS)] for layer in layers if layer is not None and len(layer)]
    if not there:
        return _empty(city)
    whole = gpd.GeoDataFrame(pd.concat(there, ignore_index=True), geometry="geometry", crs=city.crs)
    return whole[whole.intersects(around(city))].reset_index(drop=True)


def _empty(city: CityValue, *more: str) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {name: pd.Series(dtype="object") for name in ("kind", "name", *more)}
    return gpd.GeoDataFrame(columns, geometry=[], crs=city.crs)


def _credits(settings: MapSettings, streets: StreetNetwork | None, city: CityValue) -> tuple[str, ...]:
    """Whom to name, beside the sources of the city, which stand on every page."""
    named = [settings.attribution, "" if streets is None else streets.attribution]
    return tuple(dict.fromkeys(one for one in named if one and one.rstrip(".") not in city.attribution))

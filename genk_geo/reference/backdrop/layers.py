"""Layers of the settings under ``[map]``: read, named, and brought into the system of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo.crs import check_degrees, reproject
from genk_geo.doors import check_xml, read_layer, regular_file
from genk_geo.errors import ConfigError
from genk_geo.reference.streets.street_network import StreetNetwork

if TYPE_CHECKING:
    from genk_geo.config import MapLayerSettings
    from genk_geo.reference.city import CityValue

#: So far outside the city a map still shows what lies there.
NEAR_M = 1500.0
_GRAPH = ".graphml"
_OSM = (".osm", ".xml", ".gz", ".bz2")
_TAGS: dict[str, dict[str, Any]] = {
    "water": {"natural": ["water"], "waterway": ["river", "canal", "stream"]},
    "rail": {"railway": ["rail", "light_rail", "tram"]},
    "green": {
        "leisure": ["park", "nature_reserve", "golf_course"],
        "landuse": ["forest", "cemetery", "recreation_ground"],
        "natural": ["wood", "heath"],
    },
    "landmarks": {
        "amenity": [
            "school", "college", "university", "hospital", "townhall", "library", "theatre", "cinema",
            "community_centre", "place_of_worship",
        ],
        "railway": ["station", "halt"],
        "leisure": ["stadium", "sports_centre", "park"],
        "shop": ["mall"],
        "tourism": ["museum", "zoo"],
    },
}  # fmt: skip
_NAMES = ("name", "naam", "label", "straatnaam")
_LONGEST_NAME = 80
#: What a layer may hold, by the dimension of its shapes, and how a message says it.
_DIMENSIONS = {
    "water": ({1, 2}, "lines or areas"),
    "rail": ({1}, "lines"),
    "green": ({2}, "areas"),
    "landmarks": ({0, 1, 2}, "places"),
}


def read_streets(told: MapLayerSettings, city: CityValue) -> StreetNetwork:
    """Read the streets of the settings.

    Parameters
    ----------
    told : MapLayerSettings
        The layer and its columns.
    city : City
        Gives the coordinate system and the area.

    Returns
    -------
    StreetNetwork

    Raises
    ------
    ConfigError
        If the file is missing or is not what its name says, lacks a column that was named, or holds no
        street in the city.
    """
    where = f"[map] streets: {told.path.name}"
    regular_file(told.path, "[map] streets", error=ConfigError)
    named = {"name": told.name, "road_class": told.road_class}
    columns = {key: column for key, column in named.items() if column}
    try:
        network = StreetNetwork.load(told.path, crs=city.crs, columns=columns)
    except ConfigError as error:
        raise ConfigError("{where}: {error}", where=where, error=error.message) from error
    _check_here(network.segments, city, where)
    return network


def read_map_layer(kind: str, told: MapLayerSettings, city: CityValue) -> gpd.GeoDataFrame:
    """Read another layer of the settings.

    Parameters
    ----------
    kind : str
        ``water``, ``rail``, ``green`` or ``landmarks``.
    told : MapLayerSettings
        The layer and its columns.
    city : City
        Gives the coordinate system and the area.

    Returns
    -------
    geopandas.GeoDataFrame
        ``name`` (empty where none is known) and geometry: whole shapes in and around the city.

    Raises
    ------
    ConfigError
        If the file is missing or is not what its name says, has no coordinate system, lacks a column that
        was named, holds other shapes than are needed, or none in the city.
    """
    where = f"[map] {kind}: {told.path.name}"
    layer = _layer(kind, told, where)
    if layer.crs is None:
        raise ConfigError(
            "{where} does not say its coordinate reference system. Save it with one.", where=where
        )
    check_degrees(layer, where, both_ways=True)
    parts = gpd.GeoDataFrame(
        {"name": _names(layer, told.name, where)},
        geometry=shapely.force_2d(layer.geometry.to_numpy()), crs=layer.crs,
    )  # fmt: skip
    there = ~(parts.geometry.isna() | parts.geometry.is_empty)
    placed = reproject(parts[there], city.crs, where)
    if kind != "landmarks":  # a place of several parts is still one place
        placed = placed.explode(index_parts=False)
    wanted, said = _DIMENSIONS[kind]
    fit = placed[pd.Series(shapely.get_dimensions(placed.geometry.to_numpy())).isin(wanted).to_numpy()]
    if fit.empty:
        raise ConfigError(
            "{where} holds no {said}. Name a layer of {said} as `{kind}`.", where=where, said=said, kind=kind
        )
    return _check_here(fit.reset_index(drop=True), city, where)


def _layer(kind: str, told: MapLayerSettings, where: str) -> gpd.GeoDataFrame:
    if not told.path.name.lower().endswith(_OSM):
        return read_layer(told.path, f"[map] {kind}")
    regular_file(told.path, f"[map] {kind}", error=ConfigError)
    import osmnx as ox

    try:
        return ox.features_from_xml(check_xml(told.path, f"[map] {kind}"), tags=_TAGS[kind])
    except ConfigError:
        raise
    except Exception as error:  # OSMnx and its parser each raise their own, also where nothing fits
        raise ConfigError(
            "{where} cannot be read, or holds no {kind} of OpenStreetMap ({error}).",
            where=where,
            kind=kind,
            error=str(error),
        ) from error


def _names(layer: gpd.GeoDataFrame, told: str, where: str) -> list[str]:
    if told and told not in layer:
        known = ", ".join(str(one) for one in layer.columns if one != layer.geometry.name) or "none"
        raise ConfigError(
            "{where} has no column {column!r} (`name`). It has: {known}.",
            where=where,
            column=told,
            known=known,
        )
    usual = {str(one).casefold(): one for one in reversed(layer.columns)}
    column = told or next((usual[name] for name in _NAMES if name in usual), None)
    return [""] * len(layer) if column is None else [one_line(value) for value in layer[column]]


def one_line(value: Any) -> str:
    """A name as a map can write it: one line, not endless; empty where there is none."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def around(city: CityValue) -> Any:
    """The city with what lies close to it, as a rectangle."""
    xmin, ymin, xmax, ymax = city.boundary.bounds
    return shapely.box(xmin - NEAR_M, ymin - NEAR_M, xmax + NEAR_M, ymax + NEAR_M)


def _check_here(layer: gpd.GeoDataFrame, city: CityValue, where: str) -> gpd.GeoDataFrame:
    near = layer[layer.intersects(around(city))]
    if near.empty:
        raise ConfigError(
            "{where}: none of its {count} shapes lies in {city}. Is it a layer of another place, "
            "or are its coordinates not in the system that it says?",
            where=where,
            count=len(layer),
            city=city.name,
        )
    return near

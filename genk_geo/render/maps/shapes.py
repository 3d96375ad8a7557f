"""Shapes for the map: GeoJSON layers of folium whose features carry a class, a card and places for labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import shapely

from genk_geo.crs import WGS84, reproject
from genk_geo.render.maps.braces import braceless

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIMPLIFY_M = 6.0
_DEGREE_STEP = 1e-5  # about a metre
_SIGN_PX = 24
_POINTS = (int(shapely.GeometryType.POINT), int(shapely.GeometryType.MULTIPOINT))


def shapes_layer(
    frame: gpd.GeoDataFrame,
    properties: Sequence[dict[str, Any]],
    *,
    classes: Sequence[str],
    simplify: bool = False,
    labelled: gpd.GeoSeries | None = None,
    show: bool = False,
    signs: bool = False,
    **options: Any,
) -> folium.GeoJson:
    """GeoJSON layer for the page's own script.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Shapes with a coordinate reference system.
    properties : sequence of dict
        What each feature carries besides.
    classes : sequence of str
        Class of each feature for the style sheet.
    simplify : bool, default False
        Whether edges that neighbours share may be drawn coarser, all in the same way.
    labelled : geopandas.GeoSeries, optional
        Shapes to find the place of the label in, one each; no place when absent.
    show : bool, default False
        Whether the layer is on the map from the start.
    signs : bool, default False
        Whether points are signs, whose form comes from the style sheet, instead of dots.
    **options
        Options of Leaflet's layer.

    Returns
    -------
    folium.GeoJson
        Each feature has ``corner`` (north-east), ``kind`` (class) and where asked for ``at`` (place of its
        label), in degrees to a metre.
    """
    metric = frame.geometry.simplify_coverage(_SIMPLIFY_M) if simplify else frame.geometry
    degrees = reproject(gpd.GeoDataFrame(geometry=metric), WGS84)
    places = [{}] * len(frame) if labelled is None else _places(labelled)
    rounded = shapely.set_precision(degrees.geometry.to_numpy(), _DEGREE_STEP)
    features = [
        {
            "type": "Feature",
            "id": str(at),
            "properties": {
                **braceless(values),
                **place,
                "corner": [round(shape.bounds[3], 5), round(shape.bounds[2], 5)],
                "kind": kind,
            },
            "geometry": _rounded(shape),
        }
        for at, (values, place, shape, kind) in enumerate(
            zip(properties, places, rounded, classes, strict=True)
        )
    ]
    return _geojson(features, show=show, marker=_marker(rounded, signs=signs), **options)


def features_layer(features: Sequence[dict[str, Any]], *, show: bool = False) -> folium.GeoJson:
    """GeoJSON layer of features that are made already.

    Parameters
    ----------
    features : sequence of dict
        GeoJSON features in degrees, lines or areas, with ``kind`` (class) among their properties.
    show : bool, default False
        Whether the layer is on the map from the start.

    Returns
    -------
    folium.GeoJson
    """
    numbered = [
        {**feature, "id": str(at), "properties": braceless(feature["properties"])}
        for at, feature in enumerate(features)
    ]
    return _geojson(numbered, show=show)


def _geojson(features: list[dict[str, Any]], *, show: bool, **options: Any) -> folium.GeoJson:
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: {"className": feature["properties"]["kind"]},
        smooth_factor=0.5,
        show=show,
        **options,
    )


def _marker(shapes: Any, *, signs: bool) -> folium.Marker | folium.CircleMarker | None:
    """How points are drawn; None where there are none."""
    if not np.isin(shapely.get_type_id(shapes), _POINTS).any():
        return None
    if not signs:
        return folium.CircleMarker(radius=5)
    icon = folium.DivIcon(html="<span></span>", icon_size=(_SIGN_PX, _SIGN_PX))
    return folium.Marker(icon=icon)


def degree_bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """West, south, east, north of a layer, in degrees to a metre."""
    box = gpd.GeoDataFrame(geometry=[shapely.box(*frame.total_bounds)], crs=frame.crs)
    west, south, east, north = (round(float(edge), 5) for edge in reproject(box, WGS84).total_bounds)
    return west, south, east, north


def _places(labelled: gpd.GeoSeries) -> list[dict[str, list[float]]]:
    """Where the label of each shape stands.

    Only names of areas have one: a point within the outline of a few incidents would look like one of them.
    """
    middles = reproject(gpd.GeoDataFrame(geometry=labelled.representative_point()), WGS84).geometry
    return [{"at": [round(point.y, 5), round(point.x, 5)]} for point in middles]


def _rounded(shape: Any) -> dict[str, Any]:
    text = shapely.to_geojson(shape)
    return dict(json.loads(text, parse_float=lambda digits: round(float(digits), 5)))

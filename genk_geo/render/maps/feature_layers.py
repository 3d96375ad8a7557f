"""Layers of features in degrees, each with what its popup says, for the script of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import shapely

from genk_geo.crs import WGS84, reproject

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEGREE_STEP = 1e-5  # about a metre
_SIMPLIFY_M = 2.0
_SIMPLIFY_WIJKEN_M = 6.0


class FeatureLayer(NamedTuple):
    """A layer for a map.

    Attributes
    ----------
    key : str
        By which the page and its script call it.
    label : str
        What readers call it.
    features : dict
        GeoJSON FeatureCollection (longitude and latitude). Each feature has ``kind`` (class for the style
        sheet), ``at`` (latitude and longitude of its middle) and what its card holds.
    """

    key: str
    label: str
    features: dict[str, Any]


def feature_layer(
    key: str, label: str, shapes: list[Any], crs: Any, cards: list[dict[str, Any]], kinds: Sequence[str]
) -> FeatureLayer:
    """Make a layer from shapes.

    Parameters
    ----------
    key, label : str
        As in :class:`FeatureLayer`.
    shapes : list of shapely geometries
        In a metric system.
    crs : pyproj.CRS or int
        That system.
    cards : list of dict
        What each feature carries: ``id``, ``title`` and ``rows`` for the script of the whole city.
    kinds : sequence of str
        Class of each shape.

    Returns
    -------
    FeatureLayer
    """
    features = []
    if shapes:
        frame = gpd.GeoDataFrame(geometry=shapes, crs=crs)
        degrees = reproject(frame.set_geometry(frame.geometry.simplify(_SIMPLIFY_M)), WGS84)
        middles = reproject(frame.set_geometry(frame.geometry.representative_point()), WGS84).geometry
        rounded = shapely.set_precision(degrees.geometry.to_numpy(), _DEGREE_STEP, mode="pointwise")
        features = [
            {
                "type": "Feature",
                "properties": {
                    **card, "kind": kind, "at": [round(middle.y, 5), round(middle.x, 5)],
                },
                "geometry": _coordinates(shape),
            }
            for card, kind, middle, shape in zip(cards, kinds, middles, rounded, strict=True)
        ]  # fmt: skip
    return FeatureLayer(key, label, {"type": "FeatureCollection", "features": features})


def _coordinates(shape: Any) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        return round(value, 5) if isinstance(value, float) else [rounded(part) for part in value]

    mapping = shapely.geometry.mapping(shape)
    return {"type": mapping["type"], "coordinates": rounded(mapping["coordinates"])}


def wijk_features(wijken: gpd.GeoDataFrame) -> dict[str, Any]:
    """Outlines of the wijken as GeoJSON with their names."""
    simple = wijken.geometry.simplify_coverage(_SIMPLIFY_WIJKEN_M)
    names = [{"title": str(name), "rows": []} for name in wijken["wijk"]]
    return feature_layer(
        "wijken", "", list(simple), wijken.crs, names, ["wijk-outline"] * len(wijken)
    ).features

"""Layers of the accidents on the street network, for any map, and the same as a GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo.crs import WGS84, reproject
from genk_geo.release.traffic_release import chance_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.suppress import Count
    from genk_geo.release.traffic_release import DangerousPoint, ReleasedTraffic
    from genk_geo.render.words.texts import Texts

_DEGREE_STEP = 1e-5  # about a metre
_SIMPLIFY_M = 2.0


class TrafficLayer(NamedTuple):
    """A layer for a map.

    Attributes
    ----------
    key : str
        ``streets``, ``stretches``, ``points`` or ``schools``.
    label : str
        What readers call it.
    features : dict
        GeoJSON FeatureCollection (longitude and latitude). Each feature has ``kind`` (class for the style
        sheet), ``at`` (latitude and longitude of its middle), ``id``, ``title`` and ``rows`` (label and
        value).
    """

    key: str
    label: str
    features: dict[str, Any]


def traffic_layers(
    traffic: ReleasedTraffic, texts: Texts, *, stadsdeel: str | None = None
) -> tuple[TrafficLayer, ...]:
    """Layers of the accidents, the lowest first; empty ones are left out.

    Parameters
    ----------
    traffic : ReleasedTraffic
        As it is shown.
    texts : Texts
        The reader's language.
    stadsdeel : str, optional
        Only what lies there; the whole city by default.

    Returns
    -------
    tuple of TrafficLayer
        For readers of wijken none.
    """
    t = texts
    crs = traffic.found.segments.crs
    schools = [row for row in traffic.schools if stadsdeel in {None, row["stadsdeel"]}]
    schools = [row for row in schools if not row["geometry"].is_empty]
    streets = _of(traffic.streets, stadsdeel)
    stretches = _of(traffic.stretches, stadsdeel)
    points = [point for point in traffic.points if stadsdeel in {None, point.stadsdeel}]
    made = [
        layer_of(
            "schools", t("traffic.layer.schools"), [row["geometry"] for row in schools], crs,
            [_school_card(row, t) for row in schools], ["school"] * len(schools),
        ),
        layer_of(
            "streets", t("traffic.layer.streets"), list(streets.geometry), crs,
            [_street_card(row, t) for row in streets.to_dict("records")],
            [f"street street-{rank}" for rank in streets["street_class"]],
        ),
        layer_of(
            "stretches", t("traffic.layer.stretches"), list(stretches.geometry), crs,
            [_stretch_card(row, t) for row in stretches.to_dict("records")], ["stretch"] * len(stretches),
        ),
        layer_of(
            "points", t("traffic.layer.points"), [point.geometry for point in points], crs,
            [_point_card(point, t) for point in points],
            [f"danger danger-{point.status}" for point in points],
        ),
    ]  # fmt: skip
    return tuple(layer for layer in made if layer.features["features"])


def _of(table: gpd.GeoDataFrame, stadsdeel: str | None) -> gpd.GeoDataFrame:
    return table if stadsdeel is None else table[(table["stadsdeel"] == stadsdeel).to_numpy()]


def layer_of(
    key: str, label: str, shapes: list[Any], crs: Any, cards: list[dict[str, Any]], kinds: Sequence[str]
) -> TrafficLayer:
    """Make a layer from shapes.

    Parameters
    ----------
    key, label : str
        As in :class:`TrafficLayer`.
    shapes : list of shapely geometries
        In a metric system.
    crs : pyproj.CRS or int
        That system.
    cards : list of dict
        ``id``, ``title`` and ``rows`` of each shape.
    kinds : sequence of str
        Class of each shape.

    Returns
    -------
    TrafficLayer
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
    return TrafficLayer(key, label, {"type": "FeatureCollection", "features": features})


def _coordinates(shape: Any) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        return round(value, 5) if isinstance(value, float) else [rounded(part) for part in value]

    told = shapely.geometry.mapping(shape)
    return {"type": told["type"], "coordinates": rounded(told["coordinates"])}


def count_text(count: Count, t: Texts) -> str:
    """A count, or what may be said of it."""
    if count.value is not None:
        return t.number(count.value)
    if count.least:
        return t("count.between", low=t.number(count.least), high=t.number(count.limit - 1))
    return t("traffic.at_least" if count.over else "traffic.below", limit=count.limit)


def place_text(streets: Sequence[str], wijk: str, t: Texts) -> str:
    """Where something is: streets and wijk."""
    named = t.listed(list(streets))
    return t("traffic.place", streets=named, wijk=wijk) if named and wijk else named or wijk


def _point_card(point: DangerousPoint, t: Texts) -> dict[str, Any]:
    rows = [
        [t("traffic.points.accidents"), count_text(point.accidents, t)],
        [t("traffic.points.chance"), t(f"traffic.chance.{point.chance}")],
    ]
    if point.score is not None:
        rows.insert(0, [t("traffic.points.score"), t.number(point.score, 1)])
    title = t(f"traffic.status.{point.status}", number=point.number)
    return {
        "id": f"points-{point.number}",
        "number": point.number,
        "title": f"{title}: {place_text(point.streets, point.wijk, t)}",
        "rows": rows,
    }


def _stretch_card(row: dict[str, Any], t: Texts) -> dict[str, Any]:
    place = place_text(row["place"], row["wijk"] if isinstance(row["wijk"], str) else "", t)
    return {
        "id": f"stretches-{row['number']}",
        "number": row["number"],
        "title": f"{t('traffic.status.stretch', number=row['number'])}: {place}",
        "rows": [
            [t("traffic.points.accidents"), count_text(row["told"], t)],
            [t("traffic.points.expected"), t.number(row["expected"], 1)],
            [t("traffic.points.chance"), t(f"traffic.chance.{chance_word(row['p_value'])}")],
        ],
    }


def _street_card(row: dict[str, Any], t: Texts) -> dict[str, Any]:
    told = t(f"traffic.street_class.{row['street_class']}")
    return {"id": "", "title": row["name"] or t("traffic.nameless"), "rows": [["", told]]}


def _school_card(row: dict[str, Any], t: Texts) -> dict[str, Any]:
    return {
        "id": "",
        "title": row["name"] or t("traffic.school"),
        "rows": [
            [t("traffic.schools.accidents"), count_text(row["accidents"], t)],
            [t("traffic.schools.school_time"), count_text(row["school_time"], t)],
        ],
    }


def traffic_tables(traffic: ReleasedTraffic) -> dict[str, gpd.GeoDataFrame]:
    """Layers of the GeoPackage by name; held-back counts are empty.

    Parameters
    ----------
    traffic : ReleasedTraffic
        As it is shown.

    Returns
    -------
    dict of str to geopandas.GeoDataFrame
        ``verkeer_punten``, ``verkeer_wegvakken``, ``verkeer_straten``, ``verkeer_scholen``; empty ones are
        left out.
    """
    crs = traffic.found.segments.crs
    points = pd.DataFrame(
        [
            {
                "number": point.number, "status": point.status, "kind": point.kind,
                "place": ", ".join(point.streets), "wijk": point.wijk, "stadsdeel": point.stadsdeel,
                "score": point.score, "accidents": _value(point.accidents), "weak": _value(point.weak),
                "serious": _value(point.serious), "expected": point.expected, "chance": point.chance,
                "listed_in": point.listed_in,
            }
            for point in traffic.points
        ]
    )  # fmt: skip
    numbers = ["score", "accidents", "weak", "serious", "expected"]
    if len(points):
        points[numbers] = points[numbers].astype(float)
    schools = pd.DataFrame(
        [
            {
                **{name: row[name] for name in ("name", "wijk", "stadsdeel")},
                **{name: _value(row[name]) for name in ("accidents", "weak", "school_time")},
            }
            for row in traffic.schools
        ]
    )
    stretches = traffic.stretches.drop(columns="told")
    stretches = stretches.assign(place=[", ".join(place) for place in traffic.stretches["place"]])
    for name in ("observed", "expected", "p_value"):
        stretches[name] = stretches[name].astype(float)
    layers = {
        "verkeer_punten": gpd.GeoDataFrame(points, geometry=[p.geometry for p in traffic.points], crs=crs),
        "verkeer_wegvakken": stretches,
        "verkeer_straten": traffic.streets.reset_index(drop=True),
        "verkeer_scholen": gpd.GeoDataFrame(
            schools, geometry=[r["geometry"] for r in traffic.schools], crs=crs
        ),
    }
    return {name: layer for name, layer in layers.items() if len(layer)}


def _value(count: Count) -> float:
    return float("nan") if count.value is None else float(count.value)


def outlines(wijken: gpd.GeoDataFrame) -> tuple[dict[str, Any], tuple[float, float, float, float]]:
    """Wijken as GeoJSON with their names, and west, south, east, north of the city in degrees."""
    simple = wijken.set_geometry(wijken.geometry.simplify_coverage(6.0))
    names = [{"title": str(name), "rows": []} for name in wijken["wijk"]]
    layer = layer_of("wijken", "", list(simple.geometry), wijken.crs, names, ["wijk-outline"] * len(wijken))
    box = gpd.GeoDataFrame(geometry=[shapely.box(*wijken.total_bounds)], crs=wijken.crs)
    west, south, east, north = (round(float(edge), 5) for edge in reproject(box, WGS84).total_bounds)
    return layer.features, (west, south, east, north)

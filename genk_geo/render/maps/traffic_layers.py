"""Layers of the map on the page on traffic: schools, streets, dangerous stretches and points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.maps.feature_layers import FeatureLayer, feature_layer
from genk_geo.render.words.dangerous_places import point_row, stretch_row
from genk_geo.render.words.traffic import school_row, street_class_text

if TYPE_CHECKING:
    from genk_geo.release.values.traffic import ReleasedTraffic
    from genk_geo.render.words.texts import Texts


def traffic_layers(traffic: ReleasedTraffic, texts: Texts) -> tuple[FeatureLayer, ...]:
    """Layers of the accidents in the whole city, the lowest first; empty ones are left out.

    Parameters
    ----------
    traffic : ReleasedTraffic
        As it is shown.
    texts : Texts
        The reader's language.

    Returns
    -------
    tuple of FeatureLayer
        For readers of wijken none.
    """
    made = (
        _schools(traffic, texts),
        _streets(traffic, texts),
        _stretches(traffic, texts),
        _points(traffic, texts),
    )
    return tuple(layer for layer in made if layer.features["features"])


def _schools(traffic: ReleasedTraffic, t: Texts) -> FeatureLayer:
    schools = [school for school in traffic.schools if not school.geometry.is_empty]
    cards = [{"id": "", **school_row(school, t)["card"]} for school in schools]
    shapes, kinds = [school.geometry for school in schools], ["school"] * len(schools)
    return feature_layer("schools", t("traffic.layer.schools"), shapes, traffic.crs, cards, kinds)


def _streets(traffic: ReleasedTraffic, t: Texts) -> FeatureLayer:
    streets = traffic.streets
    ranks = [int(rank) for rank in streets["street_class"]]
    cards: list[dict[str, Any]] = [
        {"id": "", "title": name or t("traffic.nameless"), "rows": [["", street_class_text(rank, t)]]}
        for name, rank in zip(streets["name"], ranks, strict=True)
    ]
    shapes, kinds = list(streets.geometry), [f"street street-{rank}" for rank in ranks]
    return feature_layer("streets", t("traffic.layer.streets"), shapes, traffic.crs, cards, kinds)


def _stretches(traffic: ReleasedTraffic, t: Texts) -> FeatureLayer:
    rows = [stretch_row(stretch, t) for stretch in traffic.stretches]
    shapes, kinds = [stretch.geometry for stretch in traffic.stretches], ["stretch"] * len(rows)
    return feature_layer(
        "stretches", t("traffic.layer.stretches"), shapes, traffic.crs, [_card(row) for row in rows], kinds
    )


def _points(traffic: ReleasedTraffic, t: Texts) -> FeatureLayer:
    rows = [point_row(point, t) for point in traffic.points]
    shapes = [point.geometry for point in traffic.points]
    kinds = [f"danger danger-{point.status}" for point in traffic.points]
    return feature_layer(
        "points", t("traffic.layer.points"), shapes, traffic.crs, [_card(row) for row in rows], kinds
    )


def _card(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "number": row["number"], **row["card"]}

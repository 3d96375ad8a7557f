"""Dangerous points and stretches on the map of a stadsdeel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.render.file_names import TRAFFIC
from genk_geo.render.maps.feature_layers import feature_layer
from genk_geo.render.maps.shapes import features_layer
from genk_geo.render.maps.stadsdeel_map import Choice, Switch, SwitchedLayer
from genk_geo.render.words.dangerous_places import point_row, stretch_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.traffic import ReleasedTraffic
    from genk_geo.render.words.texts import Texts


class _Drawn(NamedTuple):
    """A dangerous place: in words, its shape and its class."""

    row: dict[str, Any]
    shape: BaseGeometry
    kind: str


def dangerous_layers(traffic: ReleasedTraffic, stadsdeel: str, texts: Texts) -> list[Switch]:
    """Layers of the dangerous points and stretches of a stadsdeel, which go with the theme of the accidents.

    Parameters
    ----------
    traffic : ReleasedTraffic
        As it is shown.
    stadsdeel : str
        Name of the stadsdeel.
    texts : Texts
        The reader's language.

    Returns
    -------
    list of Switch
        The lowest first; one without shapes is not among them.
    """
    stretches = [
        _Drawn(stretch_row(stretch, texts), stretch.geometry, "stretch")
        for stretch in traffic.stretches
        if stretch.stadsdeel == stadsdeel
    ]
    points = [
        _Drawn(point_row(point, texts), point.geometry, f"danger danger-{point.status}")
        for point in traffic.points
        if point.stadsdeel == stadsdeel
    ]
    places = {"stretches": stretches, "danger": points}
    return [_layer(key, drawn, traffic, texts) for key, drawn in places.items() if drawn]


def _layer(key: str, drawn: Sequence[_Drawn], traffic: ReleasedTraffic, t: Texts) -> Switch:
    cards = [
        {
            "id": place.row["id"],
            "mark": place.row["mark"],
            "status": place.row["status"],
            "card": {**place.row["card"], "link": [t("dangerous.more"), TRAFFIC]},
            "anchored": True,
        }
        for place in drawn
    ]
    kinds = [place.kind for place in drawn]
    made = feature_layer(key, "", [place.shape for place in drawn], traffic.crs, cards, kinds)
    signs = tuple(
        (kind, t(f"layer.legend_{kind.split()[-1].replace('-', '_')}")) for kind in dict.fromkeys(kinds)
    )
    choice = Choice(key, t(f"layer.{key}"), signs, shown=False, counts={traffic.theme: len(drawn)})
    layer = SwitchedLayer(key, traffic.theme, features_layer(made.features["features"]))
    return Switch([layer], choice)

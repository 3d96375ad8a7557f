"""Layers that a reader switches on: attention, signals, next week, repeats, environment, points, own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd

from genk_geo.crs import epsg_of
from genk_geo.errors import Message
from genk_geo.render.by_stadsdeel import traffic_with_places
from genk_geo.render.maps.dangerous_layers import dangerous_layers
from genk_geo.render.maps.shapes import shapes_layer
from genk_geo.render.maps.stadsdeel_map import MARGIN_M, Choice, Switch, SwitchedLayer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import folium
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.week import ReleasedWeek
    from genk_geo.render.words.findings import Finding, Findings
    from genk_geo.render.words.texts import Texts


class SwitchedLayers(NamedTuple):
    """Layers of a map, the lowest first, and what its legend says of them, in its own order."""

    layers: list[SwitchedLayer]
    choices: list[Choice]


class _Kind(NamedTuple):
    """A kind of finding: key of its layer, class of its shapes, where it is found, on at first."""

    key: str
    sign: str
    found: Callable[[Findings], Sequence[Finding]]
    shown: bool = False


#: From the lowest to the highest.
_KINDS = (
    _Kind("attention", "attention", lambda found: found.attention, shown=True),
    _Kind("zones", "zone", lambda found: found.zones),
    _Kind("outlook", "ahead", lambda found: found.outlook),
    _Kind("repeats", "repeat", lambda found: found.near_repeats),
    _Kind("signals", "signal", lambda found: found.signals, shown=True),
)


def switched_layers(
    week: ReleasedWeek, stadsdeel: str, findings: Mapping[str, Findings], texts: Texts
) -> SwitchedLayers:
    """Layers of a stadsdeel's map, and what its legend says of them.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    stadsdeel : str
        Name of the stadsdeel.
    findings : mapping of str to Findings
        What was found there, by theme.
    texts : Texts
        The reader's language.

    Returns
    -------
    SwitchedLayers
        A layer without shapes in this stadsdeel is not among them.
    """
    view, traffic = _view(week, stadsdeel), traffic_with_places(week)
    found = [
        *([] if traffic is None else dangerous_layers(traffic, stadsdeel, texts)),
        *(_findings(kind, findings, week, texts) for kind in _KINDS),
        _points(week, view, texts),
    ]
    own = _overlays(week, view)
    return SwitchedLayers(
        [layer for switch in (*own, *found) for layer in switch.layers],
        [switch.choice for switch in (*reversed(found), *own) if switch.layers],
    )


def _findings(kind: _Kind, findings: Mapping[str, Findings], week: ReleasedWeek, t: Texts) -> Switch:
    layers, counts = [], {}
    for theme, found in findings.items():
        if things := kind.found(found):
            layer = _shapes(things, kind.sign, epsg_of(week.wijken, Message("The wijken")))
            layers.append(SwitchedLayer(kind.key, theme, layer))
            counts[theme] = len(things)
    return Switch(layers, _choice(kind.key, kind.sign, counts, t, shown=kind.shown))


def _shapes(things: Sequence[Finding], sign: str, crs: int) -> folium.GeoJson:
    carried = [
        {"id": thing.row["id"], "mark": thing.row.get("mark", ""), "card": thing.row["card"]}
        for thing in things
    ]
    frame = gpd.GeoDataFrame(geometry=[thing.shape for thing in things], crs=crs)
    return shapes_layer(frame, carried, classes=[sign] * len(things))


def _points(week: ReleasedWeek, view: BaseGeometry, t: Texts) -> Switch:
    """Incidents of the window, which only an analist's release carries."""
    layers, counts = [], {}
    for theme in week.themes:
        if theme.points is None or (near := theme.points[theme.points.intersects(view)]).empty:
            continue
        name = t.theme(theme.theme)
        cards = [
            {
                "card": {
                    "title": str(row["category"]) or name,
                    "note": name,
                    "rows": [(t("point.moment"), t.moment(row["moment"].to_pydatetime()))],
                }
            }
            for row in near.to_dict("records")
        ]
        layer = shapes_layer(near, cards, classes=["point"] * len(near))
        layers.append(SwitchedLayer("points", theme.theme, layer))
        counts[theme.theme] = len(near)
    return Switch(layers, _choice("points", "point", counts, t))


def _choice(key: str, sign: str, counts: dict[str, int], t: Texts, *, shown: bool = False) -> Choice:
    return Choice(key, t(f"layer.{key}"), ((sign, t(f"layer.legend_{key}")),), shown=shown, counts=counts)


def _overlays(week: ReleasedWeek, view: BaseGeometry) -> list[Switch]:
    """Own layers, as far as they lie in or beside the stadsdeel."""
    found = []
    for number, overlay in enumerate(week.overlays, 1):
        near = overlay.features[overlay.features.intersects(view)]
        if near.empty:
            continue
        key, kind = f"overlay-{overlay.name}", f"overlay overlay-{number}"
        cards: list[dict[str, Any]] = [
            {"card": {"title": name or overlay.label, "note": overlay.label if name else "", "rows": []}}
            for name in near["name"]
        ]
        layer = SwitchedLayer(key, "", shapes_layer(near, cards, classes=[kind] * len(near), signs=True))
        choice = Choice(key, overlay.label, ((kind, overlay.label),), shown=False, counts={"": len(near)})
        found.append(Switch([layer], choice))
    return found


def _view(week: ReleasedWeek, stadsdeel: str) -> BaseGeometry:
    """The stadsdeel with a margin."""
    return week.wijken.geometry[week.wijken["stadsdeel"] == stadsdeel].union_all().buffer(MARGIN_M)

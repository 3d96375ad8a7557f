"""Layers that a reader switches on: signals, next week, near repeats, the environment, points, own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd

from genk_geo.crs import epsg_of
from genk_geo.render.maps.dangerous_layers import danger_layers
from genk_geo.render.maps.shapes import shapes_layer
from genk_geo.render.maps.stadsdeel_map import MARGIN_M, Extra
from genk_geo.render.pages.area_rows import of_stadsdeel, zones_of
from genk_geo.render.pages.zone_sheet import zone_card, zone_row
from genk_geo.render.words.near_repeat import repeat_row
from genk_geo.render.words.outlook import place_row
from genk_geo.render.words.signals import signal_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.render.pages.site import Site

#: Layers from the lowest to the highest, with the class of their shapes; those that are on at first.
KINDS = {"zones": "zone", "outlook": "ahead", "repeats": "repeat", "signals": "signal", "points": "point"}
_ON = {"signals"}


class Choice(NamedTuple):
    """What the legend says of a layer: key, label, class and meaning of each sign, on at first, counts."""

    key: str
    label: str
    signs: tuple[tuple[str, str], ...]
    shown: bool
    counts: dict[str, int]


class Extras(NamedTuple):
    """Layers of a map, and what its legend says of them."""

    layers: list[Extra]
    choices: list[Choice]


class Findings(NamedTuple):
    """What a page shows of one theme besides hotspots: rows for its tables, with cards for the map."""

    signals: list[dict[str, Any]]
    repeats: list[dict[str, Any]]
    outlook: list[dict[str, Any]]
    zones: list[dict[str, Any]]


def findings_of(site: Site, theme: ReleasedTheme, stadsdeel: str) -> Findings:
    """Rows on one theme in one stadsdeel."""
    return Findings(
        *(_rows(site, theme, key, stadsdeel) for key in ("signals", "repeats", "outlook", "zones"))
    )


def map_extras(site: Site, stadsdeel: str) -> Extras:
    """Layers of a stadsdeel's map, and what its legend says of them.

    Parameters
    ----------
    site : Site
        What all pages share.
    stadsdeel : str
        Name of the stadsdeel.

    Returns
    -------
    Extras
        The layers, the lowest first, and the choices, in the order of the legend; a layer without shapes in
        this stadsdeel is not among them.
    """
    layers: list[Extra] = []
    choices: list[Choice] = []
    for danger in danger_layers(site, stadsdeel):
        layers.append(danger.extra)
        key, counts = danger.extra.key, {danger.extra.theme: danger.shapes}
        choices.append(Choice(key, site.texts(f"extra.{key}"), danger.signs, key in _ON, counts))
    for key, kind in KINDS.items():
        counts = {}
        for theme in site.week.themes:
            built = _points if key == "points" else _shapes
            if (layer := built(site, theme, key, stadsdeel)) is not None:
                layers.append(layer[0])
                counts[theme.theme] = layer[1]
        if counts:
            label, legend = site.texts(f"extra.{key}"), site.texts(f"extra.legend_{key}")
            choices.append(Choice(key, label, ((kind, legend),), key in _ON, counts))
    own = _overlays(site, stadsdeel)
    return Extras(
        [*(extra for extra, _ in own), *layers], [*reversed(choices), *(choice for _, choice in own)]
    )


def _things(site: Site, theme: ReleasedTheme, key: str, stadsdeel: str) -> list[Any]:
    """What is found of one kind, as the release step left it."""
    week = site.week
    if key == "signals":
        return of_stadsdeel(theme.signals or (), week, stadsdeel)
    if key == "repeats":
        return of_stadsdeel(theme.near_repeat.zones if theme.near_repeat else (), week, stadsdeel)
    if key == "outlook":
        return of_stadsdeel(theme.outlook.places if theme.outlook else (), week, stadsdeel)
    return [zone for zone in zones_of(week, stadsdeel) if zone.theme == theme.theme]


def _rows(site: Site, theme: ReleasedTheme, key: str, stadsdeel: str) -> list[dict[str, Any]]:
    row: Any = {"signals": signal_row, "repeats": repeat_row, "outlook": place_row, "zones": zone_row}[key]
    rows = [row(thing, site.texts) for thing in _things(site, theme, key, stadsdeel)]
    return [_with_numbers(each, theme, site) for each in rows] if key == "zones" else rows


def _with_numbers(row: dict[str, Any], theme: ReleasedTheme, site: Site) -> dict[str, Any]:
    """Zones name hotspots by what the map and the tables call them."""
    numbers = {spot.hotspot_id: str(spot.number) for spot in theme.hotspots if spot.number}
    shared = [numbers[spot] for spot in row["shares"] if spot in numbers]
    return {**row, "hotspots": site.texts.listed(shared) or site.texts("count.none")}


def _shapes(site: Site, theme: ReleasedTheme, key: str, stadsdeel: str) -> tuple[Extra, int] | None:
    things, rows = _things(site, theme, key, stadsdeel), _rows(site, theme, key, stadsdeel)
    if not things:
        return None
    carried = [
        {
            "id": row["id"],
            "mark": row.get("mark", ""),
            "card": row.get("card") or zone_card(thing, site.texts),
        }
        for thing, row in zip(things, rows, strict=True)
    ]
    frame = _frame([thing.geometry for thing in things], site)
    layer = shapes_layer(frame, carried, classes=[KINDS[key]] * len(things))
    return Extra(key, theme.theme, layer), len(things)


def _points(site: Site, theme: ReleasedTheme, key: str, stadsdeel: str) -> tuple[Extra, int] | None:
    """Incidents of the window, which only an analist's release carries."""
    t = site.texts
    if theme.points is None:
        return None
    near = theme.points[theme.points.intersects(_view(site, stadsdeel))]
    if near.empty:
        return None
    cards = [
        {
            "card": {
                "title": str(row["category"]) or t.theme(theme.theme),
                "note": t.theme(theme.theme),
                "rows": [(t("point.moment"), t.moment(row["moment"].to_pydatetime()))],
            }
        }
        for row in near.to_dict("records")
    ]
    layer = shapes_layer(near, cards, classes=[KINDS[key]] * len(near))
    return Extra(key, theme.theme, layer), len(near)


def _overlays(site: Site, stadsdeel: str) -> list[tuple[Extra, Choice]]:
    """Own layers, as far as they lie in or beside the stadsdeel."""
    found, view = [], _view(site, stadsdeel)
    for number, overlay in enumerate(site.week.result.overlays, 1):
        near = overlay.features[overlay.features.intersects(view)]
        if near.empty:
            continue
        key, kind = f"overlay-{overlay.name}", f"overlay overlay-{number}"
        cards: list[dict[str, Any]] = [
            {"card": {"title": name or overlay.label, "note": overlay.label if name else "", "rows": []}}
            for name in near["name"]
        ]
        layer = shapes_layer(near, cards, classes=[kind] * len(near), signs=True)
        choice = Choice(key, overlay.label, ((kind, overlay.label),), shown=False, counts={"": len(near)})
        found.append((Extra(key, "", layer), choice))
    return found


def _view(site: Site, stadsdeel: str) -> BaseGeometry:
    """The stadsdeel with a margin."""
    wijken = site.week.result.wijken
    return wijken.geometry[wijken["stadsdeel"] == stadsdeel].union_all().buffer(MARGIN_M)


def _frame(shapes: Sequence[BaseGeometry], site: Site) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=epsg_of(site.week.result.wijken, "The wijken"))

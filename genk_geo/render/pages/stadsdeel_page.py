"""The page of one stadsdeel: in brief, the map, the hotspots, the wijken, the quality of the data."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from genk_geo.release.suppress import SECRET
from genk_geo.render.maps.basemap import TILES
from genk_geo.render.maps.dangerous_layers import danger_block
from genk_geo.render.maps.stadsdeel_map import Cards, stadsdeel_map
from genk_geo.render.maps.switched_layers import findings_of, map_extras
from genk_geo.render.pages.area_rows import area_row, hotspots_of, shows_areas
from genk_geo.render.pages.self_contained import leaflet_css, leaflet_js, static
from genk_geo.render.pages.site import Site, page_names, render_page, week_links, week_text
from genk_geo.render.pages.wijk_search import finder, wijk_keys, wijken_of
from genk_geo.render.pages.zone_sheet import zone_file
from genk_geo.render.style import DENSITY_LIMITS, LEVEL_COLOURS, css_variables
from genk_geo.render.words.near_repeat import repeat_text, string_text
from genk_geo.render.words.outlook import past_text
from genk_geo.render.words.quality import quality_rows
from genk_geo.render.words.sentences import headline, in_brief
from genk_geo.render.words.wording import (
    certainty_text,
    count_text,
    expected_text,
    place_text,
    range_text,
    since_text,
    spoken_count,
    streets_text,
    when_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.released_week import Hotspot, ReleasedTheme
    from genk_geo.render.maps.switched_layers import Findings
    from genk_geo.render.words.texts import Texts
    from genk_geo.results import Environment


def stadsdeel_page(site: Site, stadsdeel: str) -> str:
    """Page of one stadsdeel.

    Parameters
    ----------
    site : Site
        What all pages share.
    stadsdeel : str
        Name of the stadsdeel.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    week, t = site.week, site.texts
    name = page_names(tuple(site.stadsdelen))[stadsdeel]
    spots, extras = hotspots_of(week, stadsdeel), map_extras(site, stadsdeel)
    found = {theme.theme: findings_of(site, theme, stadsdeel) for theme in week.themes}
    brief = in_brief(week, stadsdeel, spots, t)
    parts = stadsdeel_map(
        week,
        stadsdeel,
        spots,
        tiles=site.tiles,
        extras=extras.layers,
        cards=Cards(
            wijk=lambda wijk: _wijk_card(site, wijk),
            hotspot=lambda spot: {"card": _hotspot_card(site, spot)},
        ),
        words={
            "zoomIn": t("map.zoom_in"),
            "zoomOut": t("map.zoom_out"),
            "close": t("map.close"),
            "label": t("map.label", area=stadsdeel),
        },
    )
    return render_page(
        site,
        "stadsdeel.html.jinja",
        title=t("page.title", area=stadsdeel, week=week_text(site)),
        css=css_variables() + leaflet_css() + static("page.css"),
        leaflet=leaflet_js(),
        map_code=static("frame.js") + static("map.js"),
        one_sheet=True,
        image_hosts=(TILES[site.tiles][3],) if site.tiles in TILES else (),
        name=stadsdeel,
        headline=headline(week, spots, t, stadsdeel=stadsdeel),
        brief=brief,
        themes=[_theme_block(site, theme, stadsdeel, spots, found[theme.theme]) for theme in week.themes],
        summary=_summary(site, stadsdeel),
        choices=extras.choices,
        shows_areas=shows_areas(week),
        shows_points=week.profile.level == "points",
        shows_week=week.small_count < 2,
        has_hotspots=bool(spots),
        has_signals=any(theme.signals is not None for theme in week.themes),
        has_repeats=any(theme.near_repeat is not None for theme in week.themes),
        has_outlook=any(theme.outlook is not None for theme in week.themes),
        finder=finder(site, name),
        has_tiles=site.tiles in TILES,
        map_html=parts.html,
        map_script=parts.script,
        levels=[level for level in LEVEL_COLOURS if level != "none" or week.no_data],
        density_classes=_density_classes(t),
        density_low=t.number(DENSITY_LIMITS[0]),
        environment=[
            _environment_block(site, look, found[look.theme].zones if look.theme in found else [])
            for look in week.environments
        ],
        danger=danger_block(site, stadsdeel),
        quality=quality_rows(site),
        **week_links(site, name),
    )


def _theme_block(
    site: Site, theme: ReleasedTheme, stadsdeel: str, spots: Sequence[Hotspot], found: Findings
) -> dict[str, Any]:
    t = site.texts
    name, weeks = t.theme(theme.theme), t.weeks(theme.window.weeks)
    mine = [spot for spot in spots if spot.theme == theme.theme]
    active = [spot for spot in mine if spot.status != "gone"]
    map_note, table_note = "", t("hotspots.none_theme", theme=name)
    if theme.too_few:
        table_note = (
            t("hotspots.too_few", theme=name, located=t.number(theme.located), weeks=weeks)
            if site.week.profile.level == "points"
            else t("brief.too_few", theme=name.lower())
        )
    if site.week.no_data or theme.missing:
        map_note = t("page.no_data_short")
    elif theme.too_few:
        map_note = t("map.too_few", theme=name.lower())
    elif not active and shows_areas(site.week):
        map_note = t("map.no_hotspots", theme=name.lower())
    return {
        "key": theme.theme,
        "name": name,
        "weeks": weeks,
        "too_few": theme.too_few,
        "map_note": map_note,
        "table_note": table_note,
        "counted": _counted(site, theme, active, stadsdeel),
        "new": t.plural("index.new", new) if (new := sum(spot.status == "new" for spot in active)) else "",
        "hotspots": [_hotspot_row(site, spot) for spot in mine],
        "advice": t.advice(theme.theme) if active else [],
        "rows": _wijk_rows(site, theme, stadsdeel),
        "signals": found.signals,
        "no_signals": t("signal.unknown" if theme.signals is None else "signal.none", theme=name),
        "repeats": found.repeats,
        "repeat_text": repeat_text(theme, t),
        "strings": _strings(theme, stadsdeel, t),
        "outlook": found.outlook,
        "no_outlook": t("ahead.unknown" if theme.outlook is None else "ahead.none", theme=name),
        "past": past_text(theme, site.week.result.city_name, t),
    }


def _counted(site: Site, theme: ReleasedTheme, active: Sequence[Hotspot], stadsdeel: str) -> str:
    """What the button of a theme says: hotspots, or the count where the reader sees no hotspots."""
    t = site.texts
    if theme.too_few:
        return t("map.too_few_short")
    if shows_areas(site.week):
        return t.plural("index.hotspots", len(active))
    area = None if site.week.no_data or theme.missing else theme.stadsdelen.get(stadsdeel)
    return "" if area is None else spoken_count(area.observed, theme.theme, t)


def _strings(theme: ReleasedTheme, stadsdeel: str, t: Texts) -> list[str]:
    strings = theme.near_repeat.strings if theme.near_repeat else ()
    return [string_text(string, t) for string in strings if string.stadsdeel == stadsdeel]


def _hotspot_row(site: Site, spot: Hotspot) -> dict[str, Any]:
    t = site.texts
    return {
        "id": spot.hotspot_id,
        "number": spot.number,
        "place": streets_text(spot, t),
        "wijk": spot.wijk if spot.streets else "",
        "status": spot.status,
        "status_text": t(f"status.{spot.status}"),
        "this_week": count_text(spot.this_week, t),
        "observed": count_text(spot.observed, t),
        "expected": t("hotspots.expected", expected=expected) if (expected := expected_text(spot, t)) else "",
        "since": since_text(spot, site.week.result.week, t),
        "pattern": "" if spot.status == "gone" else t(f"pattern.{spot.pattern}"),
        "times": "" if spot.times is None else t("hotspots.times_text", times=t.number(spot.times)),
        "when": when_text(spot, t, short=True) or t("when.none"),
        "certainty": certainty_text(spot, t),
        "show": t("map.show", what=_hotspot_title(spot, t), place=place_text(spot, t)),
        "help": _help_of(site, spot),
    }


def _hotspot_title(spot: Hotspot, t: Texts) -> str:
    return t("map.hotspot", number=spot.number) if spot.number else t("map.hotspot_gone")


def _help_of(site: Site, spot: Hotspot) -> dict[str, str] | None:
    """The sheet of the zone of the environment that a hotspot shares ground with: what may help there."""
    for look in site.week.environments:
        for zone in look.zones:
            if look.theme == spot.theme and spot.hotspot_id in zone.hotspots:
                return {"href": zone_file(zone), "text": site.texts("hotspots.help", number=zone.number)}
    return None


def _hotspot_card(site: Site, spot: Hotspot) -> dict[str, Any]:
    """Content of a hotspot's popup."""
    t, row = site.texts, _hotspot_row(site, spot)
    rows = [
        (t("hotspots.status"), row["status_text"]),
        *([(t("hotspots.this_week"), row["this_week"])] if spot.this_week != SECRET else []),
        (
            t("hotspots.window", weeks=t.weeks(spot.weeks)),
            " · ".join(filter(None, (row["observed"], row["expected"]))),
        ),
        *([(t("hotspots.times"), row["times"])] if row["times"] else []),
        (t("hotspots.since"), " · ".join(filter(None, (row["since"], row["pattern"])))),
        (t("hotspots.when"), row["when"]),
        (t("hotspots.certainty"), row["certainty"]),
    ]
    card = {"title": _hotspot_title(spot, t), "note": place_text(spot, t), "rows": rows}
    return card | ({"link": (row["help"]["text"], row["help"]["href"])} if row["help"] else {})


def _environment_block(site: Site, look: Environment, zones: Sequence[dict[str, Any]]) -> dict[str, Any]:
    t, capture = site.texts, ""
    if math.isfinite(look.capture) and math.isfinite(look.baseline):
        capture = t(
            "environment.capture",
            theme=t.theme(look.theme),
            capture=t.share(look.capture),
            budget=t.share(look.budget),
            baseline=t.share(look.baseline),
        )
    return {
        "key": look.theme,
        "name": t.theme(look.theme),
        "zones": zones,
        "none": t("environment.none", theme=t.theme(look.theme)),
        "capture": capture,
    }


def _wijk_card(site: Site, wijk: str) -> dict[str, Any]:
    """Content of a wijk's popup and its level, by theme."""
    t = site.texts
    cards, levels = {}, {}
    for theme in site.week.themes:
        area = None if site.week.no_data or theme.missing else theme.wijken.get(wijk)
        levels[theme.theme] = area.level if area else "none"
        rows = [(t("wijken.this_week"), count_text(area.observed if area else None, t))]
        if area:
            rows += [
                (t("wijken.expected"), range_text(area, t)),
                (t("wijken.last_year"), count_text(area.last_year, t)),
                (t("wijken.level"), t(f"level.{area.level}")),
            ]
        cards[theme.theme] = {"title": wijk, "note": t.theme(theme.theme), "rows": rows}
    return {"id": wijk_keys(site)[wijk], "cards": cards, "levels": levels}


def _wijk_rows(site: Site, theme: ReleasedTheme, stadsdeel: str) -> list[dict[str, Any]]:
    names, keys = wijken_of(site, stadsdeel), wijk_keys(site)
    rows = [
        {**area_row(site, theme, theme.wijken.get(name), name), "id": keys[name],
         "show": site.texts("map.show_wijk", wijk=name)}
        for name in names
    ]  # fmt: skip
    if len(names) > 1:
        label = site.texts("wijken.total", area=stadsdeel)
        total = area_row(site, theme, theme.stadsdelen.get(stadsdeel), label)
        # Last year's total has no page of its own to protect: with it a small count could be subtracted.
        rows.append({**total, "total": True, "last_year": site.texts("count.none")})
    return rows


def _summary(site: Site, stadsdeel: str) -> list[dict[str, Any]]:
    """The wijken on paper: a row each, a column for each theme."""
    t = site.texts
    named = [(wijk, wijk, "wijken") for wijk in wijken_of(site, stadsdeel)]
    if len(named) > 1:
        named.append((stadsdeel, t("wijken.total", area=stadsdeel), "stadsdelen"))
    return [
        {
            "name": label,
            "total": kind == "stadsdelen",
            "cells": [
                area_row(site, theme, getattr(theme, kind).get(name), label) for theme in site.week.themes
            ],
        }
        for name, label, kind in named
    ]


def _density_classes(t: Texts) -> list[str]:
    limits = [t.number(limit) for limit in DENSITY_LIMITS]
    between = pairwise(limits)
    classes = [t("legend.density_class", low=low, high=high) for low, high in between]
    return [*classes, t("legend.density_top", low=limits[-1])]

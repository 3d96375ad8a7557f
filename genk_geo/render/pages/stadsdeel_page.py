"""The page of one stadsdeel: in brief, the map, the hotspots, the wijken, the quality of the data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from genk_geo.release.thresholds import DENSITY_LIMITS
from genk_geo.render.by_stadsdeel import hotspots_in
from genk_geo.render.maps.basemap import TILES, tile_host
from genk_geo.render.maps.stadsdeel_map import Cards, stadsdeel_map
from genk_geo.render.maps.switched_layers import switched_layers
from genk_geo.render.pages.parts.area_rows import area_row
from genk_geo.render.pages.parts.backdrop_parts import backdrop_code, backdrop_note
from genk_geo.render.pages.parts.dangerous_section import dangerous_section
from genk_geo.render.pages.parts.weeks_section import weeks_section
from genk_geo.render.pages.parts.wijk_search import wijk_keys, wijk_search, wijken_in
from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import Site, render_page, week_links, week_text
from genk_geo.render.style import css_variables
from genk_geo.render.words.attention import needed_text, power_rows
from genk_geo.render.words.findings import findings_in
from genk_geo.render.words.hotspots import hotspot_row
from genk_geo.render.words.near_repeat import near_repeat_text, string_text
from genk_geo.render.words.outlook import past_text
from genk_geo.render.words.quality import quality_rows
from genk_geo.render.words.sentences import headline, in_brief
from genk_geo.render.words.wording import area_text, count_text, range_text, spoken_count
from genk_geo.show.leaflet import leaflet_css, leaflet_js
from genk_geo.show.palette import LEVEL_COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.environment import ReleasedEnvironment
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.render.words.findings import Finding, Findings
    from genk_geo.render.words.texts import Texts

#: Shapes first, then what is made of them.
_MAP_CODE = "".join(map(static, ("shapes.js", "weeks.js", "twins.js", "map.js")))


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
    name, spots = site.pages[stadsdeel], hotspots_in(week, stadsdeel)
    found = {theme.theme: findings_in(week, theme, stadsdeel, t) for theme in week.themes}
    blocks = [_theme_block(site, theme, stadsdeel, spots, found[theme.theme]) for theme in week.themes]
    called = area_text(stadsdeel, t)
    switched = switched_layers(week, stadsdeel, found, t)
    parts = stadsdeel_map(
        week,
        stadsdeel,
        spots,
        tiles=site.tiles,
        switched=switched.layers,
        cards=Cards(
            wijk=lambda wijk: _wijk_card(site, wijk),
            hotspot=lambda spot: {"card": hotspot_row(spot, week, t)["card"]},
        ),
        words={
            "zoomIn": t("map.zoom_in"),
            "zoomOut": t("map.zoom_out"),
            "close": t("map.close"),
            "label": t("map.label", area=called),
        },
        backdrop=site.backdrop,
    )
    return render_page(
        site,
        "stadsdeel.html.jinja",
        again=site.again,
        title=t("page.title", area=called, week=week_text(site)),
        css=css_variables() + leaflet_css() + static("page.css") + static("weeks.css"),
        leaflet=leaflet_js(),
        map_code=static("frame.js") + static("numbers.js") + backdrop_code(site.backdrop) + _MAP_CODE,
        weeks=weeks_section(site, stadsdeel),
        one_sheet=True,
        image_hosts=(TILES[site.tiles][3],) if site.tiles in TILES else (),
        name=called,
        called=called,
        todo=_todo(site),
        timed=any(row["when"] for block in blocks for row in block["hotspots"]),
        untimed=any(not row["when"] for block in blocks for row in block["hotspots"]),
        worst=next((t.share(place.worst) for theme in week.themes for place in theme.attention or ()), ""),
        headline=headline(week, spots, t, stadsdeel=stadsdeel),
        brief=in_brief(week, stadsdeel, spots, t),
        themes=blocks,
        summary=_summary(site, stadsdeel),
        choices=switched.choices,
        shows_areas=week.level.shows_areas,
        shows_points=week.level.shows_points,
        shows_week=week.small_count < 2,
        has_hotspots=bool(spots),
        shows_dossiers=week.dossiers is not None,
        has_attention=week.level.shows_areas and not week.no_data,
        has_signals=any(theme.signals is not None for theme in week.themes),
        has_near_repeats=any(theme.near_repeat is not None for theme in week.themes),
        has_outlook=any(theme.outlook is not None for theme in week.themes),
        search=wijk_search(site, name),
        tile_host=tile_host(site.tiles),
        backdrop_note=backdrop_note(site.backdrop, t),
        map_html=parts.html,
        map_script=parts.script,
        levels=[level for level in LEVEL_COLOURS if level != "none" or week.no_data],
        density_classes=_density_classes(t),
        density_low=t.number(DENSITY_LIMITS[0]),
        environment=[
            _environment_block(look, found[look.theme].zones if look.theme in found else [], t)
            for look in week.environments
        ],
        dangerous=dangerous_section(site, stadsdeel),
        quality=quality_rows(week, t, contact=site.contact),
        **week_links(site, name),
    )


def _theme_block(
    site: Site, theme: ReleasedTheme, stadsdeel: str, spots: Sequence[Hotspot], found: Findings
) -> dict[str, Any]:
    t = site.texts
    name, weeks = t.theme(theme.theme), t.weeks(theme.window.weeks)
    mine = [spot for spot in spots if spot.theme == theme.theme]
    active = [spot for spot in mine if spot.status != "gone"]
    none = t("hotspots.none_theme", theme=name)
    map_note, table_note = "", f"{none} {needed_text(theme, t)}".rstrip()
    if theme.too_few:
        table_note = (
            t("hotspots.too_few", theme=name, located=t.number(theme.located), weeks=weeks)
            if site.week.level.shows_points
            else t("brief.too_few", theme=name.lower())
        )
    if site.week.no_data or theme.missing:
        map_note = t("page.no_data_short")
        table_note = t("brief.missing", theme=name)
    elif theme.too_few:
        map_note = t("map.too_few", theme=t.named(theme.theme))
    elif not active and site.week.level.shows_areas:
        map_note = t("map.no_hotspots", theme=t.named(theme.theme))
    return {
        "key": theme.theme,
        "name": name,
        "weeks": weeks,
        "too_few": theme.too_few,
        "missing": theme.missing,
        "map_note": map_note,
        "table_note": table_note,
        "counted": _counted(site, theme, active, stadsdeel),
        "new": t.plural("index.new", new) if (new := sum(spot.status == "new" for spot in active)) else "",
        "hotspots": [hotspot_row(spot, site.week, t) for spot in mine],
        "advice": t.advice(theme.theme) if active else [],
        "rows": _wijk_rows(site, theme, stadsdeel),
        "needed": "" if active else needed_text(theme, t),
        "power": power_rows(theme, t),
        "attention": [finding.row for finding in found.attention],
        "no_attention": _no_attention(theme, t),
        "signals": [finding.row for finding in found.signals],
        "no_signals": t("signal.unknown" if theme.signals is None else "signal.none", theme=name),
        "near_repeats": [finding.row for finding in found.near_repeats],
        "near_repeat_text": near_repeat_text(theme, t),
        "strings": _strings(theme, stadsdeel, t),
        "outlook": [finding.row for finding in found.outlook],
        "outlook_timed": any(finding.row["timed"] for finding in found.outlook),
        "outlook_short": _outlook_short(found, name, t),
        "no_outlook": t("outlook.unknown" if theme.outlook is None else "outlook.none", theme=name),
        "past": past_text(theme, site.week.city_name, t),
    }


def _outlook_short(found: Findings, name: str, t: Texts) -> str:
    """The suggestion of a theme in one line: how many places, which first, and when."""
    if not found.outlook:
        return ""
    first = found.outlook[0].row
    key = "outlook.short_timed" if first["timed"] else "outlook.short"
    return t.plural(key, len(found.outlook), theme=name, place=first["place"], when=first["when"])


def _todo(site: Site) -> dict[str, str]:
    """What a reader asks after the figures: what to tell, whether it helped, whom to call."""
    t, level = site.texts, site.week.level
    contact = site.contact or t("todo.nobody")
    return {
        "residents": t("todo.residents_public" if not level.shows_areas else "todo.residents_text"),
        "helped": t("todo.helped_text", contact=contact),
        "whom": t("todo.whom_text", contact=contact),
    }


def _same_drivers(zones: Sequence[Finding]) -> list[dict[str, Any]]:
    """Zones that the same features drive, together: what they share is said once."""
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for zone in (finding.row for finding in zones):
        shared = (*zone["drivers"], zone["qualities"])
        empty = {"drivers": zone["drivers"], "qualities": zone["qualities"], "zones": []}
        groups.setdefault(shared, empty)["zones"].append(zone)
    return list(groups.values())


def _no_attention(theme: ReleasedTheme, t: Texts) -> str:
    """Why no attention point stands there: too little to go by, none in the city, or none here."""
    key = "unknown" if theme.attention is None else "elsewhere" if theme.attention else "none"
    return t(f"attention.{key}", theme=t.theme(theme.theme))


def _counted(site: Site, theme: ReleasedTheme, active: Sequence[Hotspot], stadsdeel: str) -> str:
    """What the button of a theme says: hotspots, or the count where the reader sees no hotspots."""
    t = site.texts
    if theme.missing and not site.week.no_data:
        return t("page.no_data_short")
    if theme.too_few:
        return t("map.too_few_short")
    if site.week.level.shows_areas:
        return t.plural("index.hotspots", len(active))
    area = None if site.week.no_data or theme.missing else theme.stadsdelen.get(stadsdeel)
    return "" if area is None else spoken_count(area.observed, theme.theme, t)


def _strings(theme: ReleasedTheme, stadsdeel: str, t: Texts) -> list[str]:
    strings = theme.near_repeat.strings if theme.near_repeat else ()
    return [string_text(string, t) for string in strings if string.stadsdeel == stadsdeel]


def _environment_block(look: ReleasedEnvironment, zones: Sequence[Finding], t: Texts) -> dict[str, Any]:
    capture = ""
    if look.capture is not None and look.baseline is not None:
        capture = t(
            "environment.capture",
            theme=t.theme(look.theme),
            capture=t.share(look.capture),
            budget=t.share(look.budget),
            exposure=t.exposure(),
            baseline=t.share(look.baseline),
        )
    return {
        "key": look.theme,
        "name": t.theme(look.theme),
        "zones": [zone.row for zone in zones],
        "groups": _same_drivers(zones),
        "short": t.plural("environment.short", len(zones), theme=t.theme(look.theme)),
        "none": t("environment.none", theme=t.theme(look.theme)),
        "capture": capture,
    }


def _wijk_card(site: Site, wijk: str) -> dict[str, Any]:
    """Content of a wijk's popup and its level, by theme."""
    t = site.texts
    cards, levels = {}, {}
    for theme in site.week.themes:
        area = None if site.week.no_data or theme.missing else theme.wijken.get(wijk)
        levels[theme.theme] = area.against_expected if area else "none"
        rows = [(t("wijken.this_week"), count_text(area.observed if area else None, t))]
        if area:
            rows += [
                (t("wijken.expected"), range_text(area, t)),
                (t("wijken.last_year"), count_text(area.last_year, t)),
                (t("wijken.level"), t(f"level.{area.against_expected}")),
            ]
        cards[theme.theme] = {"title": wijk, "note": t.theme(theme.theme), "rows": rows}
    return {"id": wijk_keys(site)[wijk], "cards": cards, "levels": levels}


def _wijk_rows(site: Site, theme: ReleasedTheme, stadsdeel: str) -> list[dict[str, Any]]:
    names, keys = wijken_in(site, stadsdeel), wijk_keys(site)
    rows = [
        {**area_row(site, theme, theme.wijken.get(name), name), "id": keys[name],
         "show": site.texts("map.show_wijk", wijk=name)}
        for name in names
    ]  # fmt: skip
    if len(names) > 1:
        label = site.texts("wijken.total", area=area_text(stadsdeel, site.texts))
        total = area_row(site, theme, theme.stadsdelen.get(stadsdeel), label)
        # Last year's total has no page of its own to protect: with it a small count could be subtracted.
        rows.append({**total, "total": True, "last_year": site.texts("count.none")})
    return rows


def _summary(site: Site, stadsdeel: str) -> list[dict[str, Any]]:
    """The wijken on paper: a row each, a column for each theme."""
    t = site.texts
    named = [(wijk, wijk, "wijken") for wijk in wijken_in(site, stadsdeel)]
    if len(named) > 1:
        named.append((stadsdeel, t("wijken.total", area=area_text(stadsdeel, t)), "stadsdelen"))
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

"""The page of one stadsdeel: in brief, the map, the hotspots, the wijken, the quality of the data."""

from __future__ import annotations

import math
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from genk_geo.render.layers import TILES, Cards, stadsdeel_map
from genk_geo.render.offline import leaflet_css, leaflet_js, static
from genk_geo.render.quality import quality_rows
from genk_geo.render.rows import area_row, hotspots_of, zones_of
from genk_geo.render.sentences import in_brief
from genk_geo.render.site import Site, page_names, render_page, week_links, week_text
from genk_geo.render.style import DENSITY_LIMITS, LEVEL_COLOURS, css_variables
from genk_geo.render.wording import (
    certainty_text,
    count_text,
    expected_text,
    place_text,
    range_text,
    since_text,
    streets_text,
    when_text,
)
from genk_geo.render.zone import zone_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.render.release import Hotspot, ReleasedTheme
    from genk_geo.render.texts import Texts
    from genk_geo.results import Environment, Zone


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
    spots, zones = hotspots_of(week, stadsdeel), zones_of(week, stadsdeel)
    parts = stadsdeel_map(
        week,
        stadsdeel,
        spots,
        tiles=site.tiles,
        zones=zones,
        cards=Cards(
            wijk=lambda wijk: _wijk_card(site, wijk),
            hotspot=lambda spot: {"card": _hotspot_card(site, spot)},
            zone=lambda zone: {"card": _zone_card(site, zone)},
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
        image_hosts=(TILES[site.tiles][3],) if site.tiles in TILES else (),
        name=stadsdeel,
        brief=in_brief(week, stadsdeel, spots, t),
        themes=[_theme_block(site, theme, stadsdeel, spots) for theme in week.themes],
        has_hotspots=bool(spots),
        has_tiles=site.tiles in TILES,
        map_html=parts.html,
        map_script=parts.script,
        levels=[level for level in LEVEL_COLOURS if level != "none" or week.no_data],
        density_classes=_density_classes(t),
        density_low=t.number(DENSITY_LIMITS[0]),
        environment=[_environment_block(site, look, zones) for look in week.result.environments],
        has_zones=bool(zones),
        quality=quality_rows(site),
        **week_links(site, name),
    )


def _theme_block(
    site: Site, theme: ReleasedTheme, stadsdeel: str, spots: Sequence[Hotspot]
) -> dict[str, Any]:
    t = site.texts
    name, weeks = t.theme(theme.theme), t.weeks(theme.window.weeks)
    mine = [spot for spot in spots if spot.theme == theme.theme]
    active = [spot for spot in mine if spot.status != "gone"]
    map_note, table_note = "", t("hotspots.none_theme", theme=name)
    if theme.too_few:
        table_note = t("hotspots.too_few", theme=name, located=t.number(theme.located), weeks=weeks)
    if site.week.no_data or theme.missing:
        map_note = t("page.no_data_short")
    elif theme.too_few:
        map_note = t("map.too_few", theme=name.lower())
    elif not active:
        map_note = t("map.no_hotspots", theme=name.lower())
    return {
        "key": theme.theme,
        "name": name,
        "weeks": weeks,
        "too_few": theme.too_few,
        "map_note": map_note,
        "table_note": table_note,
        "counted": t("map.too_few_short") if theme.too_few else t.plural("index.hotspots", len(active)),
        "new": t.plural("index.new", new) if (new := sum(spot.status == "new" for spot in active)) else "",
        "hotspots": [_hotspot_row(site, spot) for spot in mine],
        "rows": _wijk_rows(site, theme, stadsdeel),
    }


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
        "show": t("hotspots.show", number=spot.number, place=place_text(spot, t)),
    }


def _hotspot_card(site: Site, spot: Hotspot) -> dict[str, Any]:
    """Content of a hotspot's popup."""
    t, row = site.texts, _hotspot_row(site, spot)
    rows = [
        (t("hotspots.status"), row["status_text"]),
        (t("hotspots.this_week"), row["this_week"]),
        (
            t("hotspots.window", weeks=t.weeks(spot.weeks)),
            " · ".join(filter(None, (row["observed"], row["expected"]))),
        ),
        *([(t("hotspots.times"), row["times"])] if row["times"] else []),
        (t("hotspots.since"), " · ".join(filter(None, (row["since"], row["pattern"])))),
        (t("hotspots.when"), row["when"]),
        (t("hotspots.certainty"), row["certainty"]),
    ]
    title = t("map.hotspot", number=spot.number) if spot.number else t("map.hotspot_gone")
    return {"title": title, "note": place_text(spot, t), "rows": rows}


def _zone_card(site: Site, zone: Zone) -> dict[str, Any]:
    """Content of a zone's popup."""
    t, row = site.texts, zone_row(zone, site.texts)
    rows = [(t("environment.drivers"), text) for text in row["drivers"]]
    rows.append((t("environment.qualities"), row["qualities"]))
    return {"title": t("zone.title", number=zone.number), "note": row["place"], "rows": rows}


def _environment_block(site: Site, look: Environment, zones: Sequence[Zone]) -> dict[str, Any]:
    t = site.texts
    mine, capture = [zone_row(zone, t) for zone in zones if zone.theme == look.theme], ""
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
        "zones": mine,
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
    return {"cards": cards, "levels": levels}


def _wijk_rows(site: Site, theme: ReleasedTheme, stadsdeel: str) -> list[dict[str, Any]]:
    layer = site.week.result.wijken
    names = sorted(map(str, layer["wijk"][layer["stadsdeel"] == stadsdeel]), key=_alphabetical)
    rows = [area_row(site, theme, theme.wijken.get(name), name) for name in names]
    if len(names) > 1:
        label = site.texts("wijken.total", area=stadsdeel)
        total = area_row(site, theme, theme.stadsdelen.get(stadsdeel), label)
        # Last year's total has no page of its own to protect: with it a small count could be subtracted.
        rows.append({**total, "total": True, "last_year": site.texts("count.none")})
    return rows


def _alphabetical(name: str) -> str:
    """Key to sort by letters: an apostrophe or an accent makes no difference."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("' ").lower()


def _density_classes(t: Texts) -> list[str]:
    limits = [t.number(limit) for limit in DENSITY_LIMITS]
    between = pairwise(limits)
    classes = [t("legend.density_class", low=low, high=high) for low, high in between]
    return [*classes, t("legend.density_top", low=limits[-1])]

"""The weeks that the map of a stadsdeel goes through, as the page carries them for its script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from genk_geo.crs import epsg_of
from genk_geo.errors import Message
from genk_geo.render.by_stadsdeel import in_stadsdeel
from genk_geo.render.maps.coded.outlines import coded_outlines
from genk_geo.render.pages.parts.wijk_search import wijk_keys, wijken_in
from genk_geo.render.words.maps.weeks import spoken_week, week_sentence
from genk_geo.render.words.wording import count_text, place_text, range_text, since_text
from genk_geo.show.palette import LEVEL_COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.week_maps import MapSpot, MapWeek
    from genk_geo.render.pages.site import Site
    from genk_geo.render.words.texts import Texts


class _Texts:
    """Texts that come back week after week, each carried once."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self._at.setdefault(text, len(self._at))

    def all(self) -> list[str]:
        return list(self._at)


def weeks_section(site: Site, stadsdeel: str) -> dict[str, Any] | None:
    """What the slider under the map goes through.

    Parameters
    ----------
    site : Site
        What all pages share.
    stadsdeel : str
        Name of the stadsdeel.

    Returns
    -------
    dict or None
        ``last``, the place of the week of the page; ``spoken`` and ``says``, how it and the first theme are
        told; ``note``, what an earlier week is; ``data``, JSON for ``weeks.js``: see there. None where
        there is no week to go back to.
    """
    if not site.map_weeks:
        return None
    week, t, weeks = site.week, site.texts, site.map_weeks
    drawn = _drawn(site, stadsdeel, weeks)
    spots = [spot for of_week in drawn for of_theme in of_week.values() for spot in of_theme]
    shapes, which = coded_outlines(
        [spot.geometry for spot in spots], epsg_of(week.wijken, Message("The wijken"))
    )
    shape = {id(spot): at for spot, at in zip(spots, which, strict=True)}
    texts = _Texts()
    names = wijken_in(site, stadsdeel)
    themes = {
        theme.theme: [
            {
                "says": week_sentence(one, week, theme.theme, stadsdeel, own.get(theme.theme, []), t),
                "wijken": _wijken(one, theme.theme, names, texts, t),
                "spots": [_spot(spot, shape[id(spot)], one, texts, t) for spot in own.get(theme.theme, [])],
            }
            for one, own in zip(weeks, drawn, strict=True)
        ]
        for theme in week.themes
    }
    spoken = [_week(site, stadsdeel, one) for one in weeks]
    told = {
        "weeks": spoken,
        "wijken": [wijk_keys(site)[name] for name in names],
        "names": names,
        "shapes": shapes,
        "themes": themes,
        "texts": texts.all(),
        "words": _words(t, [spot.status for spot in spots]),
    }
    first = next(iter(themes.values()), [{"says": ""}])
    return {
        "last": len(weeks) - 1,
        "spoken": spoken[-1]["spoken"],
        "says": first[-1]["says"],
        "note": t("week_map.note" if week.level.shows_areas else "week_map.note_public"),
        "data": _embedded(told),
    }


def _embedded(told: dict[str, Any]) -> str:
    """JSON that stands in a page without ending its script."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _drawn(site: Site, stadsdeel: str, weeks: Sequence[MapWeek]) -> list[dict[str, list[MapSpot]]]:
    """Hotspots on the page of the stadsdeel, by week and theme; none of a theme that is followed no more."""
    followed = {theme.theme for theme in site.week.themes}
    every = [
        spot
        for one in weeks
        if one.shown is not None
        for name, theme in one.shown.themes.items()
        if name in followed
        for spot in theme.hotspots
    ]
    mine = {id(spot) for spot in in_stadsdeel(every, site.week, stadsdeel)}
    return [
        {}
        if one.shown is None
        else {
            name: [spot for spot in theme.hotspots if id(spot) in mine]
            for name, theme in one.shown.themes.items()
            if name in followed
        }
        for one in weeks
    ]


def _week(site: Site, stadsdeel: str, one: MapWeek) -> dict[str, str]:
    t, page = site.texts, site.week.week
    spoken = spoken_week(one.week, page, t)
    if one.week == page:
        return {"name": t.week(one.week, beside=page), "spoken": t("week_map.now", week=spoken), "page": ""}
    named = t.week(one.week, beside=page)
    stands = one.why != "no_page"
    return {
        "name": named,
        "spoken": spoken,
        "page": f"../{one.week}/{site.pages[stadsdeel]}" if stands else "",
        "link": t("week_map.page", week=named) if stands else "",
    }


def _wijken(one: MapWeek, theme: str, names: Sequence[str], texts: _Texts, t: Texts) -> list[list[Any]]:
    """Level, count and range of each wijk; none where nothing is shown of the week."""
    shown = None if one.shown is None else one.shown.themes.get(theme)
    if shown is None or shown.missing:
        return []
    areas = [shown.wijken.get(name) for name in names]
    return [
        []
        if area is None
        else [texts(area.against_expected), texts(count_text(area.observed, t)), texts(range_text(area, t))]
        for area in areas
    ]


def _spot(spot: MapSpot, shape: int, one: MapWeek, texts: _Texts, t: Texts) -> list[int]:
    """Outline, number, name, status, place, window, count and first week of a hotspot."""
    title = t("map.hotspot", number=spot.number) if spot.number else t("map.hotspot_gone")
    told = (
        title,
        spot.status,
        place_text(spot, t),
        t("hotspots.window", weeks=t.weeks(spot.weeks)),
        count_text(spot.observed, t),
        since_text(spot, one.week, t),
    )
    return [shape, spot.number, *map(texts, told)]


def _words(t: Texts, statuses: Sequence[str]) -> dict[str, Any]:
    """Words of the popups."""
    return {
        "observed": t("week_map.in_week"),
        "expected": t("wijken.expected"),
        "level": t("wijken.level"),
        "status": t("hotspots.status"),
        "since": t("hotspots.since"),
        "levels": {name: t(f"level.{name}") for name in LEVEL_COLOURS},
        "statuses": {name: t(f"status.{name}") for name in sorted(set(statuses))},
    }

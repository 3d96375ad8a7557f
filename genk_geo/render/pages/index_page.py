"""The first page of a week: the city at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.by_stadsdeel import hotspots_in, in_stadsdeel
from genk_geo.render.file_names import GUIDE, HOTSPOT_LAYERS, HOTSPOT_ROWS, INDEX
from genk_geo.render.maps.city_plan import city_plan
from genk_geo.render.pages.parts.area_rows import area_row, counted_hotspots
from genk_geo.render.pages.parts.wijk_search import wijk_search
from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import Site, render_page, week_links, week_text
from genk_geo.render.style import css_variables
from genk_geo.render.words.outlook import past_text, score_rows, score_text
from genk_geo.render.words.quality import quality_rows
from genk_geo.render.words.sentences import city_sentence, headline
from genk_geo.render.words.signals import signal_news
from genk_geo.render.words.wording import area_text, range_text, spoken_count, streets_text, when_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek, ReleasedTheme, ReleasedWeek
    from genk_geo.render.words.texts import Texts


def index_page(site: Site) -> str:
    """First page of the week: the city at a glance.

    Parameters
    ----------
    site : Site
        What all pages share.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    t = site.texts
    cards = [_card(site, stadsdeel) for stadsdeel in site.stadsdelen]
    return render_page(
        site,
        "index.html.jinja",
        again=site.again,
        title=t("index.title", city=site.week.city_name, week=week_text(site)),
        css=css_variables() + static("page.css"),
        one_sheet=True,
        sentence=city_sentence(site.week, t),
        headline=headline(site.week, [spot for theme in site.week.themes for spot in theme.hotspots], t),
        shows_areas=site.week.level.shows_areas,
        signals=_signals(site),
        notable=_notable(site),
        new_hotspots=_new_hotspots(site),
        cards=cards,
        plan=city_plan(
            site.week.stadsdelen,
            pages={card["name"]: card["page"] for card in cards},
            kinds={card["name"]: f"state-{card['state']}" for card in cards},
            label=t("index.plan", city=site.week.city_name),
        ),
        totals=[] if site.week.no_data else _totals(site),
        scorecard=_scorecard(site),
        search=wijk_search(site, INDEX),
        archive=_archive(site),
        files=_files(site),
        quality=quality_rows(site.week, t, contact=site.contact),
        **week_links(site, INDEX),
    )


def _totals(site: Site) -> list[dict[str, Any]]:
    """The whole city, a row for each theme."""
    t = site.texts
    return [area_row(site, theme, theme.city, t.theme(theme.theme)) for theme in site.week.themes]


def _scorecard(site: Site) -> list[dict[str, Any]]:
    """How good the suggested places were, for each theme that has any."""
    t, city = site.texts, site.week.city_name
    return [
        {
            "name": t.theme(theme.theme),
            "past": past_text(theme, city, t),
            "text": score_text(theme, t),
            "rows": score_rows(theme, t),
        }
        for theme in site.week.themes
        if theme.outlook is not None and not theme.missing
    ]


def _signals(site: Site) -> list[dict[str, str]] | None:
    """Signals of all themes, the most surprising first; None where they are not looked for."""
    t, pages = site.texts, site.pages
    if all(theme.signals is None for theme in site.week.themes):
        return None
    found = [signal for theme in site.week.themes for signal in theme.signals or ()]
    found.sort(key=lambda signal: (-(signal.every_weeks or 0), signal.theme, signal.number))
    return [
        {
            "name": streets_text(signal, t),
            "page": pages.get(signal.stadsdeel, INDEX),
            "text": signal_news(signal, t),
        }
        for signal in found
    ]


def _files(site: Site) -> list[dict[str, Any]]:
    """The files beside the pages."""
    t = site.texts
    return [
        {"href": HOTSPOT_ROWS, "name": t("index.file_csv"), "download": True},
        {"href": HOTSPOT_LAYERS, "name": t("index.file_gpkg"), "download": True},
        {"href": GUIDE, "name": t("guide.link"), "download": False},
    ]


def _archive(site: Site) -> list[dict[str, str]]:
    this, t = site.week.week, site.texts
    return [
        {
            "name": t.week(week, beside=this) + (f" · {t('index.archive_this')}" if week == this else ""),
            "days": t.dates(week),
            "href": "" if week == this else f"../{week}/{INDEX}",
        }
        for week in sorted({*site.other_weeks, this}, reverse=True)
    ]


def _card(site: Site, stadsdeel: str) -> dict[str, Any]:
    """Card of a stadsdeel on the first page."""
    week, t = site.week, site.texts
    active = [spot for spot in hotspots_in(week, stadsdeel) if spot.status != "gone"]
    state = _state(week, stadsdeel, active)
    return {
        "name": stadsdeel,
        "called": area_text(stadsdeel, t),
        "page": site.pages[stadsdeel],
        "state": state,
        "state_text": t(f"index.{state}"),
        "hotspots": "" if week.no_data or not week.level.shows_areas else counted_hotspots(active, t),
        "rows": [
            {
                **area_row(site, theme, theme.stadsdelen.get(stadsdeel), t.theme(theme.theme)),
                **_card_words(theme, theme.stadsdelen.get(stadsdeel), t),
            }
            for theme in week.themes
        ],
    }


def _card_words(theme: ReleasedTheme, area: AreaWeek | None, t: Texts) -> dict[str, str]:
    """What a card says in fewer words than a row: no range where none is told, no words for a graph."""
    if theme.missing or area is None:
        return {"range": ""}
    words = {"range": "" if area.low is None else t("index.expected", range=range_text(area, t))}
    return words if any(count.value is not None for count in area.trend) else {**words, "spark": ""}


def _state(week: ReleasedWeek, stadsdeel: str, active: Sequence[Hotspot]) -> str:
    """Status word of a stadsdeel: the whole above its range, or something new in it, or nothing."""
    if week.no_data:
        return "unknown"
    told = [theme for theme in week.themes if not theme.missing]
    areas = [theme.stadsdelen[stadsdeel] for theme in told if stadsdeel in theme.stadsdelen]
    if any(area.alert for area in areas):
        return "raised"
    parts = (wijk for theme in told for wijk in theme.wijken.values() if wijk.stadsdeel == stadsdeel)
    signals = (signal for theme in week.themes for signal in theme.signals or ())
    if any(in_stadsdeel(signals, week, stadsdeel)):
        return "attention"
    if any(spot.status == "new" for spot in active) or any(wijk.alert for wijk in parts):
        return "attention"
    return "calm"


def _notable(site: Site) -> list[dict[str, str]]:
    """Wijken that call for an alert, the furthest above their range first."""
    t = site.texts
    found = [
        (theme, wijk)
        for theme in site.week.themes
        for wijk in theme.wijken.values()
        if wijk.alert and not theme.missing
    ]
    found.sort(key=lambda pair: (pair[1].against_expected != "much_more", -_excess(pair[1]), pair[1].name))
    pages = site.pages
    return [
        {
            "name": wijk.name,
            "page": pages[wijk.stadsdeel],
            "text": t(
                "index.notable_text",
                count=spoken_count(wijk.observed, theme.theme, t),
                range=range_text(wijk, t),
            ),
        }
        for theme, wijk in found
    ]


def _excess(area: AreaWeek) -> float:
    """Times the upper end of the range; a count that is held back goes last."""
    return (area.observed.value or 0) / max(area.high or 0, 1)


def _new_hotspots(site: Site) -> list[dict[str, str]]:
    t, pages = site.texts, site.pages
    return [
        {
            "name": streets_text(spot, t),
            "page": pages.get(spot.stadsdeel, INDEX),
            "text": ", ".join(
                filter(None, (t.theme(theme.theme), spot.wijk, when_text(spot, t, short=True)))
            ),
        }
        for theme in site.week.themes
        for spot in theme.hotspots
        if spot.status == "new"
    ]

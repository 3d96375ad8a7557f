"""The weeks that a map goes through, in words: the sentence under it, and what its popups say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.render.words.wording import place_text, range_text, spoken_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.calendar import Week
    from genk_geo.release.values.week import ReleasedWeek
    from genk_geo.release.values.week_maps import MapSpot, MapWeek
    from genk_geo.render.words.texts import Texts

#: So many hotspots are named in the sentence; all of them are on the map.
_NAMED = 3


def spoken_week(week: Week, page: Week, texts: Texts) -> str:
    """A week with its days, for who hears the slider: ``week 12, 18 maart tot 24 maart``."""
    first, last = texts.short_day(week.monday), texts.short_day(week.sunday)
    return texts("week_map.spoken", week=texts.week(week, beside=page), first=first, last=last)


def week_sentence(
    of: MapWeek,
    page: ReleasedWeek,
    theme: str,
    stadsdeel: str,
    spots: Sequence[MapSpot],
    texts: Texts,
) -> str:
    """What the map of a week shows of a theme in a stadsdeel, or why it shows nothing.

    Parameters
    ----------
    of : MapWeek
        The week, and what can be shown of it.
    page : ReleasedWeek
        The week of the page, as it is shown.
    theme, stadsdeel : str
        Key of the theme; name of the stadsdeel.
    spots : sequence of MapSpot
        Hotspots of the theme that are drawn.
    texts : Texts
        The reader's language.

    Returns
    -------
    str
        One sentence, or two.
    """
    week = texts.week(of.week, beside=page.week)
    week = week[:1].upper() + week[1:]
    if of.shown is None:
        return texts(f"week_map.{of.why}", week=week)
    shown = of.shown.themes.get(theme)
    if shown is None:
        return texts("week_map.not_followed", week=week, theme=texts.named(theme))
    if shown.missing:
        return texts("week_map.missing", week=week, theme=texts.named(theme))
    parts = []
    if (area := shown.stadsdelen.get(stadsdeel)) is not None:
        count = spoken_count(area.observed, theme, texts)
        known = area.low is not None and area.high is not None
        key = "week_map.count" if known else "week_map.count_alone"
        parts.append(texts(key, count=count, range=range_text(area, texts)))
    raised = [
        name for name, one in shown.wijken.items()
        if one.stadsdeel == stadsdeel and one.against_expected in {"more", "much_more"}
    ]  # fmt: skip
    if raised:
        parts.append(texts("week_map.raised", wijken=texts.listed(sorted(raised))))
    told = texts("week_map.says", week=week, parts="; ".join(parts)) if parts else f"{week}."
    if not page.level.shows_areas:
        return told
    few = texts("brief.too_few", theme=texts.named(theme))
    return f"{told} {few if shown.too_few else _hotspots(spots, texts)}"


def _hotspots(spots: Sequence[MapSpot], texts: Texts) -> str:
    """How many hotspots, how many of them new, and where the first ones are."""
    active = [spot for spot in spots if spot.status != "gone"]
    if not active:
        return texts("week_map.no_hotspots")
    text = texts.plural("index.hotspots", len(active))
    if new := sum(spot.status == "new" for spot in active):
        text = f"{text}, {texts.plural('index.new', new)}"
    named = [
        texts("week_map.spot", number=spot.number, place=place_text(spot, texts)) for spot in active[:_NAMED]
    ]
    key = "week_map.hotspots_more" if len(active) > _NAMED else "week_map.hotspots"
    return texts(key, hotspots=text[:1].upper() + text[1:], places="; ".join(named))

"""The sentences that open a page, made from the tables, the most surprising first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genk_geo.release.suppress import SECRET
from genk_geo.render.by_stadsdeel import in_stadsdeel
from genk_geo.render.words.attention import attention_sentence
from genk_geo.render.words.near_repeat import near_repeat_sentence
from genk_geo.render.words.outlook import past_text
from genk_geo.render.words.signals import signal_sentence
from genk_geo.render.words.wording import (
    place_text,
    places_text,
    range_text,
    spoken_count,
    spoken_number,
    when_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek, ReleasedTheme, ReleasedWeek
    from genk_geo.render.words.texts import Texts

#: How surprising a kind of news is, which is the order of the sentences; a kind is also a class of its line.
_SURPRISE = {
    "much_more": 100,
    "signal": 95,
    "new": 90,
    "more": 80,
    "step": 75,
    "wijk": 70,
    "moved": 60,
    "missing": 55,
    "less": 50,
    "repeat": 45,
    "gone": 40,
    "attention": 35,
    "no_hotspots": 30,
    "usual": 20,
    "unclear": 15,
    "none": 15,
    "too_few": 10,
    "kept": 5,
    "ahead": 4,
}
_MOST = 5
#: A step in reporting is news for so many weeks; counts are compared with the new level for a year.
_STEP_WEEKS = 13
#: So many signals of a theme are told one by one.
_SIGNALS = 2
#: Statuses of a hotspot that was there last week and still is.
_LASTING = {"kept", "merged", "split"}


class Sentence(NamedTuple):
    """One sentence with its theme (empty: about all) and the kind of news it is."""

    text: str
    theme: str
    kind: str


def in_brief(week: ReleasedWeek, stadsdeel: str, hotspots: Sequence[Hotspot], texts: Texts) -> list[Sentence]:
    """Sentences on one stadsdeel, at most five, every theme at least once where that fits.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    stadsdeel : str
        Name of the stadsdeel.
    hotspots : sequence of Hotspot
        Hotspots on its page.
    texts : Texts
        The reader's language.

    Returns
    -------
    list of Sentence
        Most surprising first; the order of the themes decides among equals.
    """
    if week.no_data:
        return [Sentence(texts("page.no_data"), "", "missing")]
    base = [_count_sentence(theme, theme.stadsdelen.get(stadsdeel), texts) for theme in week.themes]
    base = _together(base, week, stadsdeel, texts)
    more = [sentence for theme in week.themes for sentence in _stepped(week, theme, texts)]
    more += [sentence for theme in week.themes for sentence in _news(theme, stadsdeel, hotspots, texts)]
    lately = [sentence for theme in week.themes for sentence in _lately(week, theme, stadsdeel, texts)]
    ahead = [sentence for sentence in lately if sentence.kind == "ahead"]
    more += [sentence for sentence in lately if sentence.kind != "ahead"] + ahead[:1]
    looked_at = [theme for theme in week.themes if not (theme.too_few or theme.missing)]
    if week.level.shows_areas and not hotspots and looked_at:
        more.append(Sentence(texts("brief.no_hotspots"), "", "no_hotspots"))
    more += [sentence for theme in week.themes for sentence in _attention(week, theme, stadsdeel, texts)]
    base, more = _ordered(base)[:_MOST], _ordered(more)
    return _ordered(base + more[: _MOST - len(base)])


def _together(base: list[Sentence], week: ReleasedWeek, stadsdeel: str, texts: Texts) -> list[Sentence]:
    """Say in one sentence which themes were as usual, when more than one was."""
    usual = [sentence.theme for sentence in base if sentence.kind == "usual"]
    if len(usual) < 2:
        return base
    parts = [
        texts(
            "brief.usual_part",
            count=spoken_count(area.observed, theme.theme, texts),
            range=range_text(area, texts),
        )
        for theme in week.themes
        if theme.theme in usual and (area := theme.stadsdelen.get(stadsdeel)) is not None
    ]
    together = Sentence(texts("brief.usual_together", parts=texts.listed(parts)), "", "usual")
    return [*(sentence for sentence in base if sentence.kind != "usual"), together]


def _lately(week: ReleasedWeek, theme: ReleasedTheme, stadsdeel: str, texts: Texts) -> list[Sentence]:
    """Signals, near repeats that count now, and what became of the last outlook."""
    signals = in_stadsdeel(theme.signals or (), week, stadsdeel)
    found = [Sentence(signal_sentence(signal, texts), theme.theme, "signal") for signal in signals[:_SIGNALS]]
    if theme.near_repeat is not None:
        zones = in_stadsdeel(theme.near_repeat.zones, week, stadsdeel)
        if zones:
            text = near_repeat_sentence(theme.near_repeat, zones, theme.theme, texts)
            found.append(Sentence(text, theme.theme, "repeat"))
    last = theme.outlook.last if theme.outlook else None
    if last is not None and last.incidents.value and not theme.missing:
        found.append(Sentence(past_text(theme, week.city_name, texts), theme.theme, "ahead"))
    return found


def _stepped(week: ReleasedWeek, theme: ReleasedTheme, texts: Texts) -> list[Sentence]:
    """Say that reporting itself stepped up or down, while that is news."""
    step = theme.step
    if step is None or theme.missing or step.since.shift(_STEP_WEEKS) <= week.week:
        return []
    way = "step_up" if step.up else "step_down"
    text = texts(
        "brief.step",
        theme=texts.theme(theme.theme),
        date=texts.short_day(step.since.monday),
        way=texts(f"brief.{way}"),
        source=texts("brief.step_source") if step.new_source else "",
    )
    return [Sentence(text, theme.theme, "step")]


def _attention(week: ReleasedWeek, theme: ReleasedTheme, stadsdeel: str, texts: Texts) -> list[Sentence]:
    """Places that deserve attention; not of a theme of which nothing came in."""
    places = in_stadsdeel(theme.attention or (), week, stadsdeel)
    if not places or theme.missing:
        return []
    return [Sentence(attention_sentence(theme, places, texts), theme.theme, "attention")]


def _ordered(sentences: list[Sentence]) -> list[Sentence]:
    return sorted(sentences, key=lambda sentence: -_SURPRISE[sentence.kind])


def _count_sentence(theme: ReleasedTheme, area: AreaWeek | None, texts: Texts) -> Sentence:
    name = texts.theme(theme.theme)
    if area is None or theme.missing:
        return Sentence(texts("brief.missing", theme=name), theme.theme, "missing")
    kind = area.against_expected
    if area.observed == SECRET:
        return Sentence(texts("brief.held", theme=name), theme.theme, kind)
    text = texts(
        f"brief.{kind}",
        theme=name,
        count=spoken_number(area.observed, texts),
        range=range_text(area, texts),
    )
    return Sentence(text, theme.theme, kind)


def _news(theme: ReleasedTheme, stadsdeel: str, hotspots: Sequence[Hotspot], texts: Texts) -> list[Sentence]:
    name = texts.named(theme.theme)
    if theme.missing:
        return []
    if theme.too_few:
        return [Sentence(texts("brief.too_few", theme=name), theme.theme, "too_few")]
    found = [
        Sentence(_hotspot_text(hotspot, texts), theme.theme, hotspot.status)
        for hotspot in hotspots
        if hotspot.theme == theme.theme and hotspot.status in {"new", "moved", "gone"}
    ]
    kept = [spot for spot in hotspots if spot.theme == theme.theme and spot.status in _LASTING]
    if kept:
        found.append(Sentence(_kept_text(kept, texts), theme.theme, "kept"))
    return found + [
        Sentence(
            texts(
                "brief.wijk",
                wijk=wijk.name,
                count=spoken_count(wijk.observed, theme.theme, texts),
                range=range_text(wijk, texts),
            ),
            theme.theme,
            "wijk",
        )
        for wijk in theme.wijken.values()
        if wijk.stadsdeel == stadsdeel and wijk.alert
    ]


def headline(
    week: ReleasedWeek, hotspots: Sequence[Hotspot], texts: Texts, *, stadsdeel: str | None = None
) -> str:
    """The news in one line: how many new hotspots, signals and wijken that call for an alert.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    hotspots : sequence of Hotspot
        Those of the page.
    texts : Texts
        The reader's language.
    stadsdeel : str, optional
        Only what lies there; the whole city when absent.
    """
    if week.no_data:
        return texts("page.no_data_short")
    counts = {
        "new": sum(spot.status == "new" for spot in hotspots),
        "signals": sum(
            len(theme.signals or ())
            if stadsdeel is None
            else len(in_stadsdeel(theme.signals or (), week, stadsdeel))
            for theme in week.themes
        ),
        "wijken": len(
            {
                wijk.name
                for theme in week.themes
                for wijk in theme.wijken.values()
                if wijk.alert and not theme.missing and stadsdeel in {None, wijk.stadsdeel}
            }
        ),
    }
    news = [texts.plural(f"headline.{kind}", count) for kind, count in counts.items() if count]
    text = texts.listed(news) or texts("headline.nothing")
    return text[0].upper() + text[1:] + "."


def _kept_text(kept: Sequence[Hotspot], texts: Texts) -> str:
    """One sentence for all hotspots that last."""
    if len(kept) == 1:
        return _hotspot_text(kept[0], texts, "kept")
    places = places_text(kept, texts)
    theme = texts.named(kept[0].theme)
    return texts("brief.kept_more", count=texts.number(len(kept)), theme=theme, places=places)


def _hotspot_text(hotspot: Hotspot, texts: Texts, kind: str = "") -> str:
    when = "" if hotspot.status == "gone" else when_text(hotspot, texts)
    return texts(
        f"brief.{kind or hotspot.status}",
        theme=texts.named(hotspot.theme),
        place=place_text(hotspot, texts),
        when=texts("brief.when", when=when) if when else "",
    )


def city_sentence(week: ReleasedWeek, texts: Texts) -> str:
    """The city in one sentence."""
    if week.no_data:
        return texts("page.no_data")
    parts = []
    for theme in week.themes:
        if theme.city is None:
            continue
        if theme.missing:
            parts.append(texts("index.part_missing", theme=texts.named(theme.theme)))
            continue
        level = theme.city.against_expected if theme.city.against_expected != "unclear" else "none"
        counted = spoken_count(theme.city.observed, theme.theme, texts)
        parts.append(texts(f"index.part_{level}", count=counted))
    return texts("index.sentence", city=week.city_name, parts=texts.listed(parts))

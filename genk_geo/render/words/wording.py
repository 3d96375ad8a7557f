"""Counts, ranges, places and hours in words: what tables, sentences, popups and files have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.suppress import Count
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek
    from genk_geo.render.words.texts import Texts

#: Certainty in words, by the class of the strongest cell.
_CERTAINTY = {"hot 99": "hot_99", "hot 95": "hot_95", "hot 90": "hot_90"}


class Placed(Protocol):
    """What has a place: a hotspot, a signal, a suggested place."""

    @property
    def streets(self) -> tuple[str, ...]:
        """Streets that tell where it is; empty when the reference knows none."""

    @property
    def wijk(self) -> str:
        """Where most of it lies."""


class Followed(Protocol):
    """What is followed from week to week: a hotspot."""

    @property
    def since(self) -> str:
        """Week since which it is known."""


class Timed(Protocol):
    """What has hours at which it happens."""

    @property
    def peak_days(self) -> tuple[int, ...]:
        """Weekdays, 0 = Monday; empty when no peak stands out."""

    @property
    def peak_from(self) -> int | None:
        """First hour of the peak."""

    @property
    def peak_to(self) -> int | None:
        """Hour at which it ends, past 24 for a night."""


def count_text(count: Count | None, texts: Texts) -> str:
    """Count for a table: ``12``, ``< 5``, ``12`` to ``16``, ``≥ 5`` or a dash."""
    if count is None:
        return texts("count.none")
    if count.value is not None:
        return texts.number(count.value)
    if count.over and not count.limit:
        return texts("count.secret")
    if count.least:
        return texts("count.between", low=texts.number(count.least), high=texts.number(count.limit - 1))
    return texts("count.over" if count.over else "count.small", limit=count.limit)


def spoken_count(count: Count, theme: str, texts: Texts) -> str:
    """Count with what is counted, for a sentence: ``3 inbraken``, ``minder dan 5 meldingen``."""
    return f"{spoken_number(count, texts)} {texts.unit(theme, count.value)}"


def spoken_number(count: Count, texts: Texts) -> str:
    """Count in a sentence that has already named what is counted: ``3``, ``minder dan 5``."""
    if count.value is not None:
        return texts.number(count.value)
    if count.over and not count.limit:
        return texts("count.secret_spoken")
    if count.least:
        return texts(
            "count.between_spoken", low=texts.number(count.least), high=texts.number(count.limit - 1)
        )
    return texts("count.over_spoken" if count.over else "count.small_spoken", limit=count.limit)


def range_text(area: AreaWeek, texts: Texts) -> str:
    """Expected range: ``8 tot 15``."""
    if area.low is None or area.high is None:
        # With the count held back the range is held back too; otherwise there is no history to expect from.
        return texts("count.none" if area.observed.value is None else "count.unknown_range")
    key = "count.exact_range" if area.low == area.high else "count.range"
    return texts(key, low=texts.number(area.low), high=texts.number(area.high))


def when_text(what: Timed, texts: Texts, *, short: bool = False) -> str:
    """Days and hours of the peak; empty when no peak stands out."""
    days = ""
    if what.peak_days:
        every = len(set(what.peak_days)) == 7
        days = texts("when.every_day") if every else texts.weekdays(what.peak_days, short=short)
    if what.peak_from is None or what.peak_to is None:
        return days
    key = "when.short_hours" if short else "when.hours"
    hours = texts(key, **{"from": what.peak_from % 24, "to": (what.peak_to - 1) % 24 + 1})
    return texts("when.days_hours", days=days, hours=hours) if days else hours


def since_text(hotspot: Followed, week: Week, texts: Texts) -> str:
    """Week since which the hotspot is known."""
    try:
        since = Week.parse(hotspot.since)
    except ConfigError:
        return hotspot.since
    # Further back than the job looks when it first follows a hotspot, the first week is not known.
    return texts("when.over_a_year") if week.minus(since) >= 52 else texts.week(since, beside=week)


def streets_text(what: Placed, texts: Texts) -> str:
    """Streets; the wijk where the reference knows no street there."""
    return texts.listed(list(dict.fromkeys(what.streets))) or what.wijk or texts("count.none")


def places_text(places: Sequence[Placed], texts: Texts) -> str:
    """Several places; two that are called the same are named once."""
    return texts.listed(list(dict.fromkeys(streets_text(place, texts) for place in places)))


def area_text(name: str, texts: Texts) -> str:
    """Name of a stadsdeel; one that goes by a number alone is called what it is."""
    return name if any(sign.isalpha() for sign in name) else texts("page.numbered", number=name)


def place_text(what: Placed, texts: Texts) -> str:
    """Streets and wijk."""
    streets = streets_text(what, texts)
    # A place that goes by the name of its wijk is not said twice.
    return f"{streets} ({what.wijk})" if what.wijk and what.wijk not in {*what.streets, streets} else streets


def expected_number(expected: float | None, texts: Texts) -> str:
    """Expected number: ``1,8``, ``ongeveer 2``, ``minder dan 1``; empty where it would give a count away."""
    if expected is None:
        return ""
    if expected < 1:
        return texts("count.under_one")
    # Whole where it is told in steps.
    return texts("count.about", n=texts.number(expected)) if expected % 1 == 0 else texts.number(expected, 1)


def certainty_text(hotspot: Hotspot, texts: Texts) -> str:
    """How sure, in words; a dash for a hotspot that is gone."""
    key = "other" if hotspot.status == "gone" else _CERTAINTY.get(hotspot.hotspot_class, "other")
    return texts(f"certainty.{key}")

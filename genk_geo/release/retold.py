"""Counts beside the tables by area, which stay as they were told when a page is made again.

A page that is made again after a correction, beside the one that somebody kept, says what came in late: where
a place goes from "5-9" to "10-19" by one report, it had nine. So the counts of signals and of near repeats
are those of the first page of their week, and those of dangerous places and schools those of the first page
that told their period. Of a place that the first page did not have nothing is said.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genk_geo.release.identities import outline_of
from genk_geo.release.suppress import SECRET
from genk_geo.release.told import count_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from genk_geo.release.suppress import Count
    from genk_geo.release.told import Text, Told
    from genk_geo.release.values.findings import ReleasedNearRepeat
    from genk_geo.release.values.traffic import ReleasedTraffic, SchoolZone
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek

    Figures = dict[str, Text]
    Tell = Callable[[str, Count], Count]


def figures_of(week: ReleasedWeek) -> dict[str, Figures]:
    """Counts that are told beside the tables by area, for the record.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.

    Returns
    -------
    dict
        For the week, and for the period of the accidents: what is counted where -> count as text.
    """
    told: dict[str, Figures] = {}

    def note(of: str) -> Tell:
        own = told.setdefault(of, {})

        def tell(name: str, count: Count) -> Count:
            own[name] = text_of(count)
            return count

        return tell

    if week.level.shows_areas:
        for theme in week.themes:
            _theme(theme, note(str(week.week)))
        if week.traffic is not None:
            _traffic(week.traffic, note(period_of(week.traffic)))
    return told


def as_told(week: ReleasedWeek, told: Told) -> ReleasedWeek:
    """The same week with the counts that were told before.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it would be shown to others than analysts.
    told : Told
        What was told before.

    Returns
    -------
    ReleasedWeek
    """

    def tell_of(known: Figures | None) -> Tell:
        if known is None:
            return lambda _name, count: count
        return lambda name, _count: count_of(known[name]) if name in known else SECRET

    tell = tell_of(told.figures(str(week.week)))
    traffic = week.traffic
    if traffic is not None:
        traffic = _traffic(traffic, tell_of(told.figures(period_of(traffic))))
    return replace(week, themes=tuple(_theme(theme, tell) for theme in week.themes), traffic=traffic)


def period_of(traffic: ReleasedTraffic) -> str:
    """First and last moment of the accidents."""
    return f"{traffic.start.date()}/{traffic.end.date()}"


def _theme(theme: ReleasedTheme, tell: Tell) -> ReleasedTheme:
    signals = theme.signals
    if signals is not None:
        signals = tuple(
            replace(one, observed=tell(f"{theme.theme}/signal/{_where(one)}/{one.since}", one.observed))
            for one in signals
        )
    return replace(theme, signals=signals, near_repeat=_near_repeat(theme.theme, theme.near_repeat, tell))


def _near_repeat(theme: str, repeat: ReleasedNearRepeat | None, tell: Tell) -> ReleasedNearRepeat | None:
    if repeat is None:
        return None
    zones = tuple(
        replace(one, incidents=tell(f"{theme}/repeat/{_where(one)}/{one.until}", one.incidents))
        for one in repeat.zones
    )
    strings = tuple(
        replace(one, incidents=tell(f"{theme}/string/{one.wijk}/{one.number}", one.incidents))
        for one in repeat.strings
    )
    return replace(repeat, zones=zones, strings=strings)


def _traffic(traffic: ReleasedTraffic, tell: Tell) -> ReleasedTraffic:
    return replace(
        traffic,
        points=tuple(
            replace(one, accidents=tell(f"point/{_where(one)}", one.accidents)) for one in traffic.points
        ),
        stretches=tuple(
            replace(one, accidents=tell(f"stretch/{_where(one)}", one.accidents)) for one in traffic.stretches
        ),
        schools=tuple(_school(one, tell) for one in traffic.schools),
    )


def _school(school: SchoolZone, tell: Tell) -> SchoolZone:
    at = f"school/{_where(school)}"
    return replace(
        school,
        accidents=tell(f"{at}/accidents", school.accidents),
        weak=tell(f"{at}/weak", school.weak),
        school_time=tell(f"{at}/school_time", school.school_time),
    )


def _where(one: Any) -> str:
    """Short name of an outline."""
    return hashlib.sha256(outline_of(one)).hexdigest()[:12]

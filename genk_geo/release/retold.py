"""Counts beside the tables by area, which stay as they were told when a page is made again.

A page that is made again after a correction, beside the one that somebody kept, says what came in late: where
a place goes from "5-9" to "10-19" by one report, it had nine. So the counts of signals and of near repeats
are those of the first page of their week, and those of dangerous places and schools those of the first page
that told their period. Of a place that the first page did not have nothing is said.

Outlines say as much: one that is there on one page and not on the other tells of a few incidents. So a page
whose outlines, signals, density or zones would change is not made again at all: :func:`refuse_another`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import fields, is_dataclass, replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from genk_geo.errors import AlreadyToldError
from genk_geo.release.identities import outline_of
from genk_geo.release.suppress import SECRET
from genk_geo.release.told import count_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


# What is shown as a whole.

#: A name that each release gives for itself: the hotspots of two releases are alike but for it.
_OWN_NAME = "hotspot_id"


def shown_in(week: ReleasedWeek, secret: bytes) -> dict[str, str]:
    """A keyed digest of everything that incidents led to, by theme and for the accidents.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    secret : bytes
        That of the history: without it the digest says nothing, also of values that are shown rounded.

    Returns
    -------
    dict of str to str
        Of a theme of which nothing came in there is none, so that it can be told once its file is there.
    """
    looks = {
        look.theme: replace(look, zones=tuple(replace(zone, hotspots=()) for zone in look.zones))
        for look in week.environments
    }
    parts: dict[str, Any] = {
        theme.theme: (
            week.small_count,
            replace(theme, tables={}),
            looks.get(theme.theme),
            [shares.get(theme.theme) for shares in (week.quality.located_share, week.quality.late_share)],
        )
        for theme in week.themes
        if not (theme.missing or week.no_data)
    }
    if any(one.effects for one in week.dossiers or ()):
        parts["effects"] = [(one.number, one.effects) for one in week.dossiers or ()]
    if week.traffic is not None:
        parts["traffic"] = (week.small_count, week.traffic)
    return {name: hmac.digest(secret, _plain(part), "sha256").hex()[:16] for name, part in parts.items()}


def refuse_another(week: ReleasedWeek, now: Mapping[str, str], told: Told) -> None:
    """Stop a page that was published before and would show something else now.

    Raises
    ------
    AlreadyToldError
        If anything but the counts of the tables, which stay as they were told, has changed.
    """
    changed = sorted(
        {
            name
            for before in told.shown(str(week.week), str(week.level))
            for name, digest in before.items()
            if now.get(name) != digest
        }
    )
    if changed:
        raise AlreadyToldError(
            "Release {profile}: {week} was published before and would show something else now ({changed}). "
            "Somebody may have kept the page of then: the two together would say what changed. It stays as "
            "it was published; a release for analysts shows what is known now.",
            profile=week.reader.profile,
            week=week.week,
            changed=", ".join(changed),
        )


@singledispatch
def _plain(value: Any) -> bytes:
    """A value as bytes: the same for what looks the same."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({one.name: getattr(value, one.name) for one in fields(value) if one.name != _OWN_NAME})
    return repr(str(value)).encode()


@_plain.register
def _(value: float) -> bytes:
    return f"{value + 0.0:.6g}".encode()


@_plain.register(list)
@_plain.register(tuple)
def _(value: Any) -> bytes:
    return b"[" + b",".join(map(_plain, value)) + b"]"


@_plain.register(dict)
def _(value: Any) -> bytes:
    return _plain(sorted((str(key), _plain(one)) for key, one in value.items()))


@_plain.register(np.ndarray)
def _(value: Any) -> bytes:
    return hashlib.sha256((np.round(value, 3) + 0.0).tobytes()).digest()


@_plain.register(bytes)
def _(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


@_plain.register(pd.DataFrame)
def _(value: Any) -> bytes:
    return _plain(value.to_dict("list"))


@_plain.register(shapely.Geometry)
def _(value: Any) -> bytes:
    return bytes(shapely.to_wkb(shapely.normalize(shapely.set_precision(value, 0.01))))

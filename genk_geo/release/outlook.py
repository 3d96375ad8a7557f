"""Signals, near repeats and the outlook, as a reader may see them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.release.outlines import Ground, name_of
from genk_geo.release.released_week import (
    OutlookPlace,
    ReleasedNearRepeat,
    ReleasedOutlook,
    ReleasedPast,
    RepeatString,
    RepeatZone,
    Signal,
)
from genk_geo.release.suppress import Count, small

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.config import ReleaseSettings
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import NearRepeat, Outlook, ThemeWeek

#: Counts of a single ratio tell nothing of one week when they are known no better than this.
_COARSE_SHARES = (0.01, 0.05)


def signals(
    found: ThemeWeek, profile: ReleaseSettings, outlines: Outlines | None
) -> tuple[Signal, ...] | None:
    """Signals by rank; without exact counts except for an analist.

    A signal spans any number of days, so that an exact count, beside those of the weeks and of other signals,
    would give away what happened on a few days.
    """
    if found.signals is None:
        return None
    rows = found.signals.to_dict("records")
    return tuple(
        _signal(row, found.theme, profile, outlines, _since(found, _day(row["since"]))) for row in rows
    )


def _since(found: ThemeWeek, day: dt.date) -> gpd.GeoDataFrame | None:
    """Incidents from a day on."""
    if found.points is None:
        return None
    moment = found.points["moment"]
    return found.points[moment >= pd.Timestamp(day, tz=moment.dt.tz)]


def _signal(
    row: dict[str, Any],
    theme: str,
    profile: ReleaseSettings,
    outlines: Outlines | None,
    points: gpd.GeoDataFrame | None,
) -> Signal:
    ground = _ground(row, outlines, points)
    observed = at_least(int(row["observed"]), profile)
    told = observed.value is not None or observed.over
    return Signal(
        number=int(row["number"]),
        theme=theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        since=_day(row["since"]),
        days=int(row["days"]),
        observed=observed,
        expected=rounded(row["expected"], int(profile.small_count or 0)) if told else None,
        every_weeks=number(row.get("every_weeks")),
        geometry=ground.geometry,
    )


def near_repeat(
    found: ThemeWeek, profile: ReleaseSettings, outlines: Outlines | None
) -> ReleasedNearRepeat | None:
    """Near repeats; the ground where they count starts from whole blocks, not from single incidents."""
    repeat = found.near_repeat
    if repeat is None:
        return None
    zones = repeat.zones.to_dict("records") if len(repeat.zones) else []
    return ReleasedNearRepeat(
        distance_m=repeat.distance_m,
        days=repeat.days,
        ratio=repeat.ratio,
        p_value=repeat.p_value,
        since=repeat.since,
        zones=tuple(_zone(row, found, repeat, profile, outlines) for row in zones),
        strings=tuple(_string(dict(row), found.theme, profile) for _, row in repeat.strings.iterrows()),
        too_few=repeat.too_few,
    )


def _zone(
    row: dict[str, Any],
    found: ThemeWeek,
    repeat: NearRepeat,
    profile: ReleaseSettings,
    outlines: Outlines | None,
) -> RepeatZone:
    until = _day(row["until"])
    ground = _ground(row, None)
    if outlines is not None:
        until += dt.timedelta(days=6 - until.weekday())
        ground = outlines.around(_origins(row, found, repeat, outlines), repeat.distance_m)
    return RepeatZone(
        number=int(row["number"]),
        theme=found.theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        incidents=at_least(int(row["incidents"]), profile),
        until=until,
        geometry=ground.geometry,
    )


def _origins(
    row: dict[str, Any], found: ThemeWeek, repeat: NearRepeat, outlines: Outlines
) -> tuple[int, ...]:
    """Blocks of the incidents behind a zone; of its middle where the incidents are not at hand."""
    shape = row["geometry"]
    recent = _since(found, found.window.last.shift(1).monday - dt.timedelta(days=repeat.days))
    if recent is not None and (inside := recent.intersects(shape)).any():
        return tuple(int(at) for at in outlines.block_of(recent.geometry[inside].to_numpy()))
    return (int(outlines.block_of(pd.Series([shape.centroid]).to_numpy())[0]),)


def _string(row: dict[str, Any], theme: str, profile: ReleaseSettings) -> RepeatString:
    incidents = at_least(int(row["incidents"]), profile)
    analist = profile.level == "points"
    return RepeatString(
        number=int(row["number"]),
        theme=theme,
        streets=streets(row.get("place")) if analist else (),
        wijk=text(row.get("wijk")),
        stadsdeel=text(row.get("stadsdeel")),
        incidents=incidents,
        first=_day(row["first"]) if analist else None,
        last=_day(row["last"]) if analist else None,
    )


def outlook(found: ThemeWeek, profile: ReleaseSettings, outlines: Outlines | None) -> ReleasedOutlook | None:
    """Next week's micro-areas in whole blocks, and how earlier ones did; no counts of a few incidents."""
    ahead = found.outlook
    if ahead is None:
        return None
    places = ahead.places.to_dict("records") if len(ahead.places) else []
    return ReleasedOutlook(
        model=ahead.model,
        budget=ahead.budget,
        places=tuple(_place(row, found, profile, outlines) for row in places),
        last=None if ahead.last is None else _past(ahead, profile),
        scores=ahead.scores if profile.level == "points" else _coarse(ahead.scores, profile),
    )


def _place(
    row: dict[str, Any], found: ThemeWeek, profile: ReleaseSettings, outlines: Outlines | None
) -> OutlookPlace:
    ground = _ground(row, outlines, found.points)
    start, end = whole(row.get("peak_from")), whole(row.get("peak_to"))
    days = row.get("peak_days")
    return OutlookPlace(
        number=int(row["number"]),
        theme=found.theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        area_m2=float(ground.geometry.area),
        expected=number(row["expected"]) if profile.level == "points" else None,
        peak_days=tuple(int(day) for day in days) if isinstance(days, Iterable) else (),
        peak_from=start if end is not None else None,
        peak_to=end if start is not None else None,
        geometry=ground.geometry,
    )


def _past(ahead: Outlook, profile: ReleaseSettings) -> ReleasedPast | None:
    """How last week's places did; for analysts, because it counts the incidents whose place is known.

    Beside the count of the city, which others are told as a range, that would be a bound on it.
    """
    last = ahead.last
    if last is None or profile.level != "points":
        return None
    return ReleasedPast(Count(last.incidents), Count(last.caught), Count(last.baseline))


def _coarse(scores: pd.DataFrame, profile: ReleaseSettings) -> pd.DataFrame:
    """Scorecard in steps that are worth at least as many incidents as a small count."""
    limit = max(int(profile.small_count or 0), 1)
    told = scores[scores["incidents"] * _COARSE_SHARES[-1] >= limit].reset_index(drop=True)
    if told.empty:
        return told
    fine = told["incidents"] * _COARSE_SHARES[0] >= limit
    step = fine.map({True: _COARSE_SHARES[0], False: _COARSE_SHARES[1]})
    for name in ("capture", "capture_low", "capture_high"):
        told[name] = ((told[name] / step).round() * step).round(2)
    for name in ("pai", "pei", "rri", "log_score", "gain", "gain_low", "gain_high"):
        told[name] = told[name].round(1)
    told["incidents"] = (told["incidents"] / limit).round().astype(int) * limit
    return told


def at_least(count: int, profile: ReleaseSettings) -> Count:
    """Exact for an analist; for others only whether it is small."""
    limit = int(profile.small_count or 0)
    if profile.level == "points" or limit < 2:
        return small(count, limit)
    return Count(None, limit, over=count >= limit)


def _ground(row: dict[str, Any], outlines: Outlines | None, points: gpd.GeoDataFrame | None = None) -> Ground:
    if outlines is not None:
        return outlines.of(row["geometry"], points)
    return Ground(
        row["geometry"], streets(row.get("place")), text(row.get("wijk")), text(row.get("stadsdeel"))
    )


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()


def streets(place: Any) -> tuple[str, ...]:
    """Street names from a sequence, or from one text."""
    if isinstance(place, str):
        return (name_of(place),) if place else ()
    return tuple(name_of(str(street)) for street in place) if isinstance(place, Iterable) else ()


def rounded(value: Any, limit: int) -> float | None:
    """A finite number, to one decimal where small counts are held back: the rest is of no use to a reader."""
    known = number(value)
    return known if known is None or limit < 2 else round(known, 1)


def number(value: Any) -> float | None:
    """A finite number, or None."""
    return None if value is None or not math.isfinite(value) else float(value)


def whole(value: Any) -> int | None:
    """A whole number, or None."""
    known = number(value)
    return None if known is None else round(known)


def text(value: Any) -> str:
    """A text; empty for anything else."""
    return name_of(value) if isinstance(value, str) else ""

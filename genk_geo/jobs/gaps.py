"""Weeks that a source did not tell to their end: nothing came in where something always does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.calendar import Week, week_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import numpy.typing as npt

#: A week without any report that comes by chance less often than this is one whose file is missing.
RARE = 0.01
#: Of a week that stops early there are seven chances to seem so.
_RARE_END = 0.001
#: Weeks behind a judgement: as many as a year at most, and with fewer nothing is judged.
_MOST, _FEWEST = 52, 8

#: For each week with a gap: source -> last day that it tells of; None where it tells of none.
Gaps = dict[Week, dict[str, "dt.date | None"]]


def find_gaps(
    moment: pd.Series, source: pd.Series, *, week: Week, tz: str, sources: Iterable[str] | None = None
) -> Gaps:
    """Weeks whose last days are silent in a way that chance hardly explains.

    The days of a week without report, up to its Sunday, are compared with the same days of the weeks of the
    year before: with their mean, and with how restless they are (negative binomial). So a source that rests
    on Sundays, or that has few reports, is not taken for a silent one. Weeks with a gap are not among those
    that later weeks are compared with.

    Parameters
    ----------
    moment : pandas.Series
        tz-aware moment of each report of a theme.
    source : pandas.Series
        Who delivered it; same index.
    week : Week
        Last week to look at.
    tz : str
        The city's clock.
    sources : iterable of str, optional
        Sources that still deliver; all that occur when absent.

    Returns
    -------
    dict
        Week -> source -> the last day that it tells of.
    """
    gaps: Gaps = {}
    known = moment.notna() & (moment < week.end(tz))
    for one in sorted(set(source[known].unique()) if sources is None else set(sources)):
        own = moment[known & (source == one)].dt.tz_convert(tz)
        if own.empty:
            continue
        first = Week.from_day(own.min().date())
        daily = np.zeros((week.minus(first) + 1, 7), dtype=np.int64)
        back = (week_of(own, tz) - pd.Timestamp(first.monday)).dt.days.to_numpy() // 7
        np.add.at(daily, (back, own.dt.day_of_week.to_numpy()), 1)
        for at, told in enumerate(_told_until(daily)):
            if told < daily.shape[1]:
                silent = first.shift(at)
                last = silent.monday + pd.Timedelta(days=int(told) - 1) if told else None
                gaps.setdefault(silent, {})[str(one)] = last
    return gaps


def _told_until(daily: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """How many days of each week were told, 7 where there is no gap."""
    told = np.full(len(daily), 7)
    for at, days in enumerate(daily):
        until = int(np.flatnonzero(days)[-1]) + 1 if days.any() else 0
        if until == 7:
            continue
        past = daily[max(at - _MOST, 0) : at]
        past = past[(told[max(at - _MOST, 0) : at] == 7) & past.any(axis=1)]
        rare = _RARE_END if until else RARE
        if len(past) >= _FEWEST and _chance_of_none(past[:, until:].sum(axis=1)) < rare:
            told[at] = until
    return told


def _chance_of_none(counts: npt.NDArray[np.int64]) -> float:
    """Chance of nothing at all, by a negative binomial with the mean and variance of past counts."""
    mean = float(counts.mean())
    if mean == 0:
        return 1.0
    ratio = float(counts.var(ddof=1)) / mean
    return float(np.exp(-mean)) if ratio <= 1 else float(ratio ** (-mean / (ratio - 1)))

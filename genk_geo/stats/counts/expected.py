"""Weekly counts of areas, and the range that the past lets one expect.

The range is that of a negative binomial with the mean and variance of :mod:`.predictive`, which carry the
uncertainty of level, season, growth and step, and the over-dispersion of the past.

References
----------
Marshall (1991), Applied Statistics 40; Clayton & Kaldor (1987), Biometrics 43.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.calendar import BRUSSELS, Week, week_of
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.counts.area_history import YEAR, checked_history, last_four, pooled_dispersion
from genk_geo.stats.counts.predictive import Level, predict

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from genk_geo.stats.counts.reporting_step import ReportingStep

    Floats = npt.NDArray[np.float64]

_TAIL = 0.025


def weekly_counts(
    moments: pd.Series[pd.Timestamp],
    areas: pd.Series[str],
    *,
    first: Week,
    last: Week,
    names: Iterable[str] | None = None,
    tz: str = BRUSSELS,
) -> pd.DataFrame:
    """Count incidents by week and area over a run of weeks, weeks without any included.

    Parameters
    ----------
    moments : pandas.Series
        tz-aware moment of each incident; missing ones are not counted.
    areas : pandas.Series
        Name of its area, same index; missing ones are not counted.
    first, last : Week
        Weeks that were observed, both included. A week without report is 0 there; outside nothing is said.
    names : iterable of str, optional
        Areas to tell of, in this order; the names that occur, sorted, by default.
    tz : str, default "Europe/Brussels"
        Clock that weeks go by.

    Returns
    -------
    pandas.DataFrame
        Whole numbers; index ``monday`` (naive dates, every week), one column an area.

    Raises
    ------
    SchemaError
        If a moment lacks a time zone, the indices differ, or an area is not among the names.

    Examples
    --------
    Half an hour before and half an hour after midnight on Sunday are of two weeks:

    >>> from genk_geo.calendar import Week
    >>> times = pd.to_datetime(["2026-11-08 23:30", "2026-11-09 00:30"])
    >>> moments, areas = pd.Series(times.tz_localize("Europe/Brussels")), pd.Series(["noord", "noord"])
    >>> counts = gg.stats.weekly_counts(moments, areas, first=Week(2026, 45), last=Week(2026, 47))
    >>> counts["noord"].tolist()
    [1, 1, 0]
    """
    if last < first:
        raise ConfigError(
            "Weeks: given {first} to {last}, needed the first before the last.", first=first, last=last
        )
    if not moments.index.equals(areas.index):
        raise SchemaError("Moments and areas: needed the same index.")
    if not isinstance(moments.dtype, pd.DatetimeTZDtype):
        raise SchemaError("The moments: needed tz-aware times, given {dtype}.", dtype=moments.dtype)
    known = areas.notna() & moments.notna()
    occurring = sorted(areas[known].unique())
    wanted = list(dict.fromkeys(names)) if names is not None else occurring
    strange = sorted(set(occurring) - set(wanted))
    if strange:
        raise SchemaError(
            "Areas without place among the names: {strange}.", strange=", ".join(map(repr, strange[:5]))
        )
    mondays = pd.date_range(str(first.monday), str(last.monday), freq="7D", name="monday", unit="us")
    row = mondays.get_indexer(pd.DatetimeIndex(week_of(moments[known], tz)).as_unit("us"))
    column = pd.Index(wanted, dtype=object).get_indexer(pd.Index(areas[known], dtype=object))
    inside = row >= 0
    size = len(mondays) * len(wanted)
    table = np.bincount(row[inside] * len(wanted) + column[inside], minlength=size)
    return pd.DataFrame(table.reshape(len(mondays), len(wanted)), index=mondays, columns=wanted)


def expect(history: pd.DataFrame, *, week: Week, step: ReportingStep | None = None) -> pd.DataFrame:
    """Compare the count of a week with what the past lets one expect.

    Parameters
    ----------
    history : pandas.DataFrame
        Counts by Monday and area, as :func:`weekly_counts` gives them, the week itself included; NaN where
        an area was not observed. Weeks after `week` are not looked at.
    week : Week
        Week to judge; it plays no part in its own expectation.
    step : ReportingStep, optional
        As :func:`genk_geo.stats.reporting_step` finds it: the weeks before it are compared at the new level.

    Returns
    -------
    pandas.DataFrame
        Index: areas. ``observed``; ``expected``; ``low`` and ``high``, whole numbers between which
        the count falls with at least 95 % probability when nothing has changed; ``last_year``, the count 52
        weeks earlier; ``trend``, a tuple of the last four counts, oldest first. NaN where the history does
        not reach: expectations need 8 weeks observed in the last 52.

    Raises
    ------
    SchemaError
        If the week is not in the history, its weeks are not consecutive Mondays, or a count is negative.

    Examples
    --------
    11 in a week in which 0 to 8 would be usual:

    >>> from genk_geo.calendar import Week
    >>> mondays = pd.date_range("2025-01-06", periods=60, freq="7D")
    >>> history = pd.DataFrame({"noord": [3, 5, 4, 2] * 14 + [3, 5, 4, 11]}, index=mondays)
    >>> found = gg.stats.expect(history, week=Week(2026, 9))
    >>> found.loc["noord", ["observed", "low", "high"]].tolist()
    [11.0, 0.0, 8.0]
    """
    counts = checked_history(history, week)
    here = int(np.flatnonzero(counts.index == pd.Timestamp(week.monday))[0])
    y = counts.to_numpy(dtype=float)
    mean, spread = predict(y, here, level_of(step, counts))
    low, high = _interval(mean, spread)
    return pd.DataFrame(
        {
            "observed": y[here],
            "expected": mean,
            "low": low,
            "high": high,
            "last_year": y[here - YEAR] if here >= YEAR else np.nan,
            "trend": last_four(y, here),
        },
        index=pd.Index(counts.columns, name="area"),
    )


def overdispersion(history: pd.DataFrame) -> float:
    """Variance over mean of counts in the past, pooled over areas; what `local_g` takes as `dispersion`.

    Parameters
    ----------
    history : pandas.DataFrame
        Counts of equally long periods (rows) by area (columns), such as :func:`weekly_counts` gives; NaN
        where nothing was observed.

    Returns
    -------
    float
        Pearson's statistic around each area's own mean over its degrees of freedom; at least 1.

    Raises
    ------
    SchemaError
        If a count is negative.

    Examples
    --------
    Counts that vary more than those of a Poisson distribution, whose ratio is 1:

    >>> history = pd.DataFrame({"noord": [0, 9, 0, 7, 1, 8], "zuid": [1, 1, 2, 1, 2, 1]})
    >>> round(gg.stats.overdispersion(history), 2)
    2.28
    """
    if (history < 0).any(axis=None):
        raise SchemaError("The history: needed counts of 0 or more.")
    seen = history.loc[:, history.notna().any()]
    return pooled_dispersion(seen.to_numpy(dtype=float)) if seen.size else 1.0


def level_of(step: ReportingStep | None, counts: pd.DataFrame) -> Level | None:
    """What a step makes of the weeks of a history."""
    if step is None:
        return None
    return Level(step.exposure(pd.DatetimeIndex(counts.index)), step.log_variance)


def _interval(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Central 95 % of a negative binomial with these moments (Poisson where they are equal)."""
    from scipy.stats import nbinom, poisson

    known = np.isfinite(mean)
    low, high = np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
    m, v = mean[known], variance[known]
    extra = np.maximum(v - m, 0.0)
    wide = extra > 1e-9 * np.maximum(m, 1e-9)
    size = m**2 / np.where(wide, extra, 1.0)
    chance = np.where(wide, m / np.where(wide, v, 1.0), 0.5)
    size = np.where(wide, np.maximum(size, 1e-12), 1.0)
    for tail, out in ((_TAIL, low), (1.0 - _TAIL, high)):
        out[known] = np.where(wide, nbinom.ppf(tail, size, chance), poisson.ppf(tail, m))
    return np.maximum(low, 0.0), high

"""Incidents with a time window, spread evenly over the hours of the week; and the hours that stand out.

References
----------
Ratcliffe & McCullagh (1998), International Journal of Geographical Information Science 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError, some_rows
from genk_geo.stats.checks import checked_weights

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

WEEK_MINUTES = 7 * 24 * 60
WEEK_HOURS = 7 * 24
_MINUTE_US = 60_000_000
# 1970-01-01 was a Thursday: minutes from Monday 00:00 to then.
_EPOCH_MINUTES = 3 * 24 * 60


def aoristic(
    start: pd.Series[pd.Timestamp],
    end: pd.Series[pd.Timestamp] | None = None,
    *,
    weights: npt.ArrayLike | None = None,
) -> Floats:
    """Expected number of incidents in each hour of the week.

    Each incident is spread evenly over the minutes of its window, on the clock of its time zone, also
    where the clock changes to or from summer time.

    Parameters
    ----------
    start : pandas.Series
        tz-aware beginning of each window; missing values raise.
    end : pandas.Series, optional
        tz-aware end, not part of the window. Missing, or equal to the start: all weight goes to the start
        hour. Lined up with `start` by position.
    weights : array_like, optional
        One weight an incident, 1 by default.

    Returns
    -------
    numpy.ndarray
        168 sums, hour 0 = Monday 00:00 to 01:00; they add up to the number of incidents (or the weights).
        A window of a week or longer says nothing about the hour: 1/168 for each.

    Raises
    ------
    SchemaError
        If a time is not tz-aware, a start is missing, or a window ends before it begins.

    Examples
    --------
    A burglary between 8 and 12 o'clock counts a quarter in each of four hours:

    >>> begin = pd.Series(pd.to_datetime(["2026-11-09 08:00"]).tz_localize("Europe/Brussels"))
    >>> hours = gg.stats.aoristic(begin, begin + pd.Timedelta(hours=4))
    >>> hours[7:13].tolist()
    [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]
    """
    begin, minutes = checked_windows(start, end)
    w = None if weights is None else checked_weights(weights, begin.size)
    short = minutes < WEEK_MINUTES
    hours = _spread(begin[short], minutes[short], None if w is None else w[short])
    hours += (begin.size - int(short.sum()) if w is None else w[~short].sum()) / WEEK_HOURS
    return _with_total(hours, float(begin.size) if w is None else float(w.sum()))


def checked_windows(
    start: pd.Series[pd.Timestamp], end: pd.Series[pd.Timestamp] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First minute of the week and length in minutes of each window, on the local clock."""
    first, missing = _local_minutes(start, "start")
    if missing.any():
        raise SchemaError(
            "{count} incidents have no start (rows {rows}). Incidents without time have no hour: leave "
            "them out.",
            count=int(missing.sum()),
            rows=some_rows(start.index[missing]),
        )
    begin = (first + _EPOCH_MINUTES) % WEEK_MINUTES
    if end is None:
        return begin, np.ones(begin.size, dtype=np.int64)
    if len(end) != len(start):
        raise SchemaError(
            "Windows: needed as many ends as starts ({count}), given {end_count}.",
            count=len(start),
            end_count=len(end),
        )
    last, open_end = _local_minutes(end, "end")
    reversed_ = np.asarray(end.array < start.array)
    if reversed_.any():
        raise SchemaError(
            "{count} windows end before they begin (rows {rows}). Take them out or turn them round.",
            count=int(reversed_.sum()),
            rows=some_rows(start.index[reversed_]),
        )
    # A window inside the hour that is lived twice in autumn may run backwards on the clock: its start counts.
    return begin, np.where(open_end, 1, np.maximum(last - first, 1))


def _local_minutes(
    times: pd.Series[pd.Timestamp], what: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    if not isinstance(times, pd.Series) or not isinstance(times.dtype, pd.DatetimeTZDtype):
        given = times.dtype if isinstance(times, pd.Series) else type(times).__name__
        raise SchemaError(
            "The {what} of the windows: needed a Series of tz-aware times, given {given}. Use "
            '.dt.tz_localize("Europe/Brussels") where the file is read.',
            what=what,
            given=given,
        )
    local = times.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return local.view(np.int64) // _MINUTE_US, np.isnat(local)


def _spread(begin: npt.NDArray[np.int64], minutes: npt.NDArray[np.int64], w: Floats | None) -> Floats:
    """One running sum over two weeks of minutes, folded to one: windows may run past Sunday night."""
    rate = 1.0 / minutes if w is None else w / minutes
    size = 2 * WEEK_MINUTES + 1
    stop = begin + minutes
    change = np.bincount(begin, weights=rate, minlength=size) - np.bincount(
        stop, weights=rate, minlength=size
    )
    covered = np.cumsum(np.bincount(begin, minlength=size) - np.bincount(stop, minlength=size)) > 0
    # Where no window runs the sum is exactly 0, not the rounding left over from those that ended.
    running = np.where(covered, np.cumsum(change), 0.0)[:-1]
    by_minute = running[:WEEK_MINUTES] + running[WEEK_MINUTES:]
    return np.asarray(np.maximum(by_minute, 0.0).reshape(WEEK_HOURS, 60).sum(axis=1))


def _with_total(hours: Floats, total: float) -> Floats:
    """Take the rounding of a million additions out: the sum is the number of incidents to the last bit."""
    found = hours.sum()
    if found > 0:
        hours = hours * (total / found)
        for largest in hours.argsort(kind="stable")[::-1][:5]:
            hours[largest] += total - hours.sum()
    return hours

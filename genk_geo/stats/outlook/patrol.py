"""Uncertain times carried on: to cells, to hours of cells, and to the shifts of a patrol."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import checked_weights
from genk_geo.stats.hours.aoristic import WEEK_HOURS, WEEK_MINUTES, checked_windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

# Windows that are cut into hours at a time: of a week's length they make 170 pieces each.
_AT_ONCE = 100_000


class Slot(NamedTuple):
    """Hours of the clock; `to_hour` is not part of it and may pass 24 (30: until six the next morning).

    Examples
    --------
    A night runs into the next morning:

    >>> night = gg.stats.Slot(22, 30)
    >>> night == gg.stats.SHIFTS["night"]
    True
    """

    from_hour: int
    to_hour: int


#: Early, late and night shift.
SHIFTS: dict[str, Slot] = {"early": Slot(6, 14), "late": Slot(14, 22), "night": Slot(22, 30)}


def slot_hours(slot: Slot, days: Iterable[int] = range(7)) -> Bools:
    """Mark the hours of the week that a slot covers when it begins on these days (0 = Monday).

    Parameters
    ----------
    slot : Slot
        Hours of the clock.
    days : iterable of int
        Weekdays on which it begins.

    Returns
    -------
    numpy.ndarray of bool
        168 hours, Monday 00:00 first; a night that begins on Sunday runs into Monday.

    Raises
    ------
    ConfigError
        If a day or an hour is impossible.

    Examples
    --------
    Sunday night ends on Monday morning:

    >>> sunday_night = gg.stats.slot_hours(gg.stats.Slot(22, 30), days=[6])
    >>> np.flatnonzero(sunday_night).tolist()
    [0, 1, 2, 3, 4, 5, 166, 167]
    """
    start, stop = slot
    if not (0 <= start < 24 and start < stop <= start + 24):
        raise ConfigError(
            "A slot from {start} to {stop} hours: needed 0 to 23, and an end within a day of it.",
            start=start,
            stop=stop,
        )
    marked = np.zeros(WEEK_HOURS, dtype=bool)
    for day in days:
        if not 0 <= day < 7:
            raise ConfigError("Weekday {day}: needed 0 (Monday) to 6.", day=day)
        marked[np.arange(day * 24 + start, day * 24 + stop) % WEEK_HOURS] = True
    return marked


def patrol_slots(hours: npt.ArrayLike, slots: Mapping[str, Slot] = SHIFTS) -> pd.DataFrame:
    """Add the hours of the week up to shifts.

    Parameters
    ----------
    hours : array_like
        168 sums, Monday 00:00 first, as :func:`genk_geo.stats.aoristic` gives.
    slots : mapping of str to Slot, default early (6-14), late (14-22) and night (22-6)
        Shifts; they may overlap or leave hours out.

    Returns
    -------
    pandas.DataFrame
        Index ``day`` (0 = Monday, the day on which the shift begins), one column a slot.

    Raises
    ------
    SchemaError
        If there are not 168 numbers.
    ConfigError
        If a slot is impossible.

    Examples
    --------
    An hour of Friday and one of Saturday are of one night shift:

    >>> hours = np.zeros(168)
    >>> hours[[4 * 24 + 23, 5 * 24 + 2]] = 1
    >>> gg.stats.patrol_slots(hours).loc[4].to_dict()
    {'early': 0.0, 'late': 0.0, 'night': 2.0}
    """
    week = np.asarray(hours, dtype=float)
    if week.shape != (WEEK_HOURS,):
        raise SchemaError("The hours of the week: needed 168 numbers, given shape {shape}.", shape=week.shape)
    table = {name: [week[slot_hours(slot, [day])].sum() for day in range(7)] for name, slot in slots.items()}
    return pd.DataFrame(table, index=pd.RangeIndex(7, name="day"))


def aoristic_share(
    start: pd.Series[pd.Timestamp], end: pd.Series[pd.Timestamp] | None, hours: npt.ArrayLike
) -> pd.Series[float]:
    """Probability that each incident happened within certain hours of the week.

    Parameters
    ----------
    start, end
        Windows, as for :func:`genk_geo.stats.aoristic`.
    hours : array_like of bool
        168 marks, as :func:`slot_hours` gives.

    Returns
    -------
    pandas.Series
        0 to 1, index of `start`, named ``share``: weights for :meth:`genk_geo.stats.Grid.count` or
        :func:`genk_geo.stats.kernel_density`, for a map of the nights. Over slots that divide the week they
        add up to 1.

    Raises
    ------
    SchemaError
        As :func:`genk_geo.stats.aoristic`, or if there are not 168 marks.

    Examples
    --------
    Of a window from 20 to 24 o'clock half lies in the night:

    >>> times = pd.to_datetime(["2026-11-09 20:00", "2026-11-10 12:00"])
    >>> begin = pd.Series(times.tz_localize("Europe/Brussels"))
    >>> night = gg.stats.slot_hours(gg.stats.SHIFTS["night"])
    >>> gg.stats.aoristic_share(begin, begin + pd.Timedelta(hours=4), night).tolist()
    [0.5, 0.0]
    """
    marks = np.asarray(hours)
    if marks.shape != (WEEK_HOURS,) or marks.dtype != np.bool_:
        raise SchemaError(
            "The hours: needed 168 marks (bool), given {dtype} of shape {shape}.",
            dtype=marks.dtype,
            shape=marks.shape,
        )
    begin, minutes = checked_windows(start, end)
    run = np.concatenate([[0], np.cumsum(np.tile(np.repeat(marks, 60), 2))])
    short = minutes < WEEK_MINUTES
    stop = begin + np.where(short, minutes, 0)
    share = np.where(short, (run[stop] - run[begin]) / minutes, marks.mean())
    return pd.Series(share, index=start.index, name="share")


def aoristic_by(
    start: pd.Series[pd.Timestamp],
    end: pd.Series[pd.Timestamp] | None,
    groups: pd.Series[str],
    *,
    weights: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Expected number of incidents in each hour of the week, for each cell (or wijk, or street).

    Parameters
    ----------
    start, end, weights
        As for :func:`genk_geo.stats.aoristic`.
    groups : pandas.Series
        Name of each incident's cell, in the order of `start`; missing ones are left out.

    Returns
    -------
    pandas.DataFrame
        Index: the names that occur, sorted; 168 columns, hour 0 = Monday 00:00; each row adds up to the
        incidents (or weights) of its group.

    Raises
    ------
    SchemaError
        As :func:`genk_geo.stats.aoristic`, or if there is not one name an incident.

    Examples
    --------
    >>> times = pd.to_datetime(["2026-11-09 08:00", "2026-11-09 22:00"])
    >>> begin = pd.Series(times.tz_localize("Europe/Brussels"))
    >>> end, areas = begin + pd.Timedelta(hours=2), pd.Series(["zuid", "noord"])
    >>> gg.stats.aoristic_by(begin, end, areas)[[8, 9, 22, 23]].loc["noord"].tolist()
    [0.0, 0.0, 0.5, 0.5]
    """
    begin, minutes = checked_windows(start, end)
    if len(groups) != begin.size:
        raise SchemaError(
            "The groups: needed {count}, one an incident, given {groups_count}.",
            count=begin.size,
            groups_count=len(groups),
        )
    codes, names = pd.factorize(groups, sort=True)
    weight = np.ones(begin.size) if weights is None else checked_weights(weights, begin.size)
    table = np.zeros(len(names) * WEEK_HOURS)
    named = codes >= 0
    short = np.flatnonzero(named & (minutes < WEEK_MINUTES))
    for at in range(0, short.size, _AT_ONCE):
        rows = short[at : at + _AT_ONCE]
        owner, hour, share = _pieces(begin[rows], minutes[rows])
        table += np.bincount(
            codes[rows][owner] * WEEK_HOURS + hour, weights=share * weight[rows][owner], minlength=table.size
        )
    hours = table.reshape(len(names), WEEK_HOURS)
    long = named & (minutes >= WEEK_MINUTES)
    hours += np.bincount(codes[long], weights=weight[long], minlength=len(names))[:, None] / WEEK_HOURS
    return pd.DataFrame(hours, index=pd.Index(names, name=groups.name))


def _pieces(
    begin: npt.NDArray[np.int64], minutes: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64], Floats]:
    """Cut windows into hours: row of the window, hour of the week, share of the window."""
    first = begin // 60
    many = (begin + minutes - 1) // 60 - first + 1
    owner = np.repeat(np.arange(begin.size), many)
    hour = first[owner] + np.arange(owner.size) - np.repeat(np.cumsum(many) - many, many)
    left, right = begin[owner], (begin + minutes)[owner]
    inside = np.minimum(right, 60 * (hour + 1)) - np.maximum(left, 60 * hour)
    return owner, hour % WEEK_HOURS, inside / minutes[owner]

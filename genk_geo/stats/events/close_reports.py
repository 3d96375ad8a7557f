"""Compiled loops over reports that lie close together in space and time, without looking at all the others.

Reports are sorted into square bins as wide as the reach, and by time in each bin, so that the partners of a
report are a run of its own bin and of the eight around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from genk_geo.stats.events.report_arrays import Binned, Close, Reports

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


#: Room for rows of bins: no city is as many bins wide.
_ROW = 1 << 31


def binned(reports: Reports, side: float) -> Binned:
    """Sort reports into bins."""
    west, south = (float(values.min()) if values.size else 0.0 for values in (reports.x, reports.y))
    bins = _bins(reports.x, reports.y, west, south, side)
    middle = (reports.begin + reports.end) / 2.0
    order = np.lexsort((middle, bins))
    key, start = np.unique(bins[order], return_index=True)
    return Binned(
        reports.take(order),
        middle[order],
        order,
        key,
        np.append(start, order.size).astype(np.int64),
        west,
        south,
        side,
    )


def _bins(x: Floats, y: Floats, west: float, south: float, side: float) -> Ints:
    column, row = np.floor((x - west) / side), np.floor((y - south) / side)
    return np.asarray(row.astype(np.int64) * _ROW + column.astype(np.int64))


def _around(bins: Binned, reports: Reports) -> tuple[Ints, Ints]:
    """The nine bins around each distinct bin of reports (-1 for an empty one), and whose bin is which."""
    if reports is bins.reports:
        own, home = bins.key, np.repeat(np.arange(bins.key.size), np.diff(bins.start))
    else:
        code = _bins(reports.x, reports.y, bins.west, bins.south, bins.side)
        own, home = np.unique(code, return_inverse=True)
    steps = np.array([row * _ROW + column for row in (-1, 0, 1) for column in (-1, 0, 1)])
    wanted = own[:, None] + steps
    at = np.minimum(np.searchsorted(bins.key, wanted), bins.key.size - 1)
    return np.where(bins.key[at] == wanted, at, -1), home.astype(np.int64)


def tally(bins: Binned, distances: Floats, gaps: Floats, shifts: Floats) -> Ints:
    """Count pairs as they are, and as if the earlier report came so many days later.

    Parameters
    ----------
    bins : Binned
        Reports.
    distances, gaps : numpy.ndarray
        Edges of the half-open bands of distance (metres) and of time between the windows (days).
    shifts : numpy.ndarray
        Days that the earlier of two is moved by; 0 counts them as they are.

    Returns
    -------
    numpy.ndarray of int, shape (shifts, distances - 1, gaps - 1, 2)
        Pairs; last axis: of different kinds, of the same kind.
    """
    around, home = _around(bins, bins.reports)
    counts = np.zeros((shifts.size, distances.size - 1, gaps.size - 1, 2), dtype=np.int64)
    _tally(bins, around, home, distances, gaps, shifts, counts)
    return counts


def neighbours_in_time(bins: Binned, reports: Reports, radii: Floats, least: float, most: float) -> Ints:
    """Count the binned reports near each of some reports, but not of the same days.

    Parameters
    ----------
    bins : Binned
        What is counted.
    reports : Reports
        Around which it is counted.
    radii : numpy.ndarray
        Within these distances.
    least, most : float
        So many days away.

    Returns
    -------
    numpy.ndarray of int, shape (reports, radii)
    """
    counts = np.zeros((reports.x.size, radii.size), dtype=np.int64)
    if not bins.key.size:
        return counts
    around, home = _around(bins, reports)
    _near_in_time(bins, around, home, reports, radii, (least, most), counts)
    return counts


def close_pairs(bins: Binned, distance_m: float, days: float) -> Close:
    """Every pair that lies at most so far apart, in space and between the windows."""
    around, home = _around(bins, bins.reports)
    return Close(*_pairs(bins, around, home, (distance_m, days)))


@njit(cache=True, nogil=True)
def apart(reports: Reports, i: int, j: int, shift: float) -> float:
    """Days between two windows, the first moved by a shift; 0 when they overlap."""
    begin = max(reports.begin[i] + shift, reports.begin[j])
    return float(max(begin - min(reports.end[i] + shift, reports.end[j]), 0.0))


@njit(cache=True, nogil=True)
def _band(value: float, edges: Floats) -> int:
    band = 0
    while band < edges.size - 1 and value >= edges[band + 1]:
        band += 1
    return band


@njit(cache=True, nogil=True)
def _first(middle: Floats, low: int, high: int, moment: float) -> int:
    """First row of a run of which the middle is not before a moment."""
    while low < high:
        half = (low + high) // 2
        if middle[half] < moment:
            low = half + 1
        else:
            high = half
    return low


@njit(cache=True, nogil=True)
def _longest(reports: Reports) -> float:
    longest = 0.0
    for i in range(reports.begin.size):
        longest = max(longest, reports.end[i] - reports.begin[i])
    return longest


@njit(cache=True, nogil=True)
def _highest(values: Floats) -> float:
    """The maximum; numpy's own takes longer to compile than all that asks for it."""
    highest = values[0]
    for value in values:
        highest = max(highest, value)
    return float(highest)


@njit(cache=True, nogil=True)
def _away(reports: Reports, i: int, j: int) -> float:
    dx, dy = reports.x[i] - reports.x[j], reports.y[i] - reports.y[j]
    return float(np.sqrt(dx * dx + dy * dy))


@njit(cache=True, nogil=True)
def _begin(bins: Binned, ring: Ints, at: Ints) -> None:
    """Set a place in each of nine bins to its first report."""
    for b in range(ring.size):
        at[b] = bins.start[ring[b]] if ring[b] >= 0 else 0


@njit(cache=True, nogil=True)
def _run(bins: Binned, k: int, i: int, late: float, at: int) -> tuple[int, int]:
    """Reports of a bin from the one after report i on, so many days at most.

    The run of an earlier report of the same bin began at `at`: reports stand in the order of time, so that no
    run begins before it.
    """
    middle, end = bins.middle, bins.start[k + 1]
    while at < end and (middle[at] < middle[i] or (middle[at] == middle[i] and at <= i)):
        at += 1
    until = at
    while until < end and middle[until] <= middle[i] + late:
        until += 1
    return at, until


@njit(cache=True, nogil=True)
def _tally(
    bins: Binned, around: Ints, home: Ints, distances: Floats, gaps: Floats, shifts: Floats, counts: Ints
) -> None:
    reports, middle = bins.reports, bins.middle
    spread = gaps[-1] + _longest(reports)
    late = _highest(shifts) + spread
    at = np.zeros(9, dtype=np.int64)
    for i in range(middle.size):
        ring = around[home[i]]
        if i == 0 or home[i] != home[i - 1]:
            _begin(bins, ring, at)
        for b in range(ring.size):
            if ring[b] < 0:
                continue
            at[b], end = _run(bins, ring[b], i, late, at[b])
            for j in range(at[b], end):
                distance = _away(reports, i, j)
                if distance >= distances[-1]:
                    continue
                row, same = _band(distance, distances), int(reports.kind[i] == reports.kind[j])
                for s in range(shifts.size):
                    if abs(middle[j] - middle[i] - shifts[s]) <= spread:
                        gap = apart(reports, i, j, shifts[s])
                        if gap < gaps[-1]:
                            counts[s, row, _band(gap, gaps), same] += 1


@njit(cache=True, nogil=True)
def _near_in_time(
    bins: Binned,
    around: Ints,
    home: Ints,
    asked: Reports,
    radii: Floats,
    days: tuple[float, float],
    counts: Ints,
) -> None:
    reports, middle = bins.reports, bins.middle
    for i in range(asked.x.size):
        moment = (asked.begin[i] + asked.end[i]) / 2.0
        for k in around[home[i]]:
            if k < 0:
                continue
            end = bins.start[k + 1]
            j = _first(middle, bins.start[k], end, moment - days[1])
            while j < end and middle[j] <= moment + days[1]:
                if abs(middle[j] - moment) < days[0]:
                    j = _first(middle, j, end, moment + days[0])
                    continue
                distance = np.sqrt((asked.x[i] - reports.x[j]) ** 2 + (asked.y[i] - reports.y[j]) ** 2)
                for r in range(radii.size):
                    counts[i, r] += distance < radii[r]
                j += 1


@njit(cache=True, nogil=True)
def _longer(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same with room for twice as many."""
    room = np.empty(2 * values.size, dtype=values.dtype)
    room[: values.size] = values
    return room


@njit(cache=True, nogil=True)
def _pairs(
    bins: Binned, around: Ints, home: Ints, limits: tuple[float, float]
) -> tuple[Ints, Ints, Floats, Floats]:
    """Both reports of each pair, their distance and the days between them; room is made as it is needed."""
    reports = bins.reports
    late = limits[1] + _longest(reports)
    one, other = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    away, days = np.empty(1024), np.empty(1024)
    n, at = 0, np.zeros(9, dtype=np.int64)
    for i in range(home.size):
        ring = around[home[i]]
        if i == 0 or home[i] != home[i - 1]:
            _begin(bins, ring, at)
        for b in range(ring.size):
            if ring[b] < 0:
                continue
            at[b], end = _run(bins, ring[b], i, late, at[b])
            for j in range(at[b], end):
                distance = _away(reports, i, j)
                gap = apart(reports, i, j, 0.0)
                if distance > limits[0] or gap > limits[1]:
                    continue
                if n == one.size:
                    one, other, away, days = _longer(one), _longer(other), _longer(away), _longer(days)
                one[n], other[n], away[n], days[n] = i, j, distance, gap
                n += 1
    return one[:n].copy(), other[:n].copy(), away[:n].copy(), days[:n].copy()


@njit(cache=True, nogil=True)
def gather(reports: Reports, start: Ints, earlier: Ints, chance: Floats, limits: tuple[float, float]) -> Ints:
    """Let each report join the event it most probably belongs to, or begin one.

    Parameters
    ----------
    reports : Reports
        In order of time.
    start, earlier, chance : numpy.ndarray
        Links of report i to earlier ones stand at ``start[i]:start[i + 1]``.
    limits : tuple of float
        So far and so many days from the first report of the event.

    Returns
    -------
    numpy.ndarray of int
        The first report of the event of each.
    """
    first = np.arange(start.size - 1)
    for i in range(first.size):
        best, chosen = 0.0, i
        for k in range(start[i], start[i + 1]):
            leader = first[earlier[k]]
            if _away(reports, leader, i) > limits[0] or apart(reports, leader, i, 0.0) > limits[1]:
                continue
            if chance[k] > best or (chance[k] == best and leader < chosen):
                best, chosen = chance[k], leader
        first[i] = chosen
    return first

"""Compiled loops of the space-time scan.

For a given count the likelihood ratio falls as the expected count grows. So each count has a largest expected
count with which it still beats the best cylinder so far: the loops compare with that limit and take a
logarithm only when something is beaten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]


@njit(cache=True, nogil=True)
def log_ratio(count: float, expected: float, total: float) -> float:
    """Poisson log-likelihood ratio of more cases inside than expected; 0 when there are not more."""
    if count <= expected or expected <= 0.0:
        return 0.0
    ratio = count * np.log(count / expected)
    if total > count:
        ratio += (total - count) * np.log((total - count) / (total - expected))
    return float(ratio)


@njit(cache=True, nogil=True)
def _limit(count: float, total: float, best: float) -> float:
    """Largest expected count with which `count` still reaches the log-likelihood ratio `best`."""
    low, high = 0.0, count
    for _ in range(50):
        middle = 0.5 * (low + high)
        if log_ratio(count, middle, total) > best:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def alive_cylinders(
    start: Ints, member: Ints32, closes: npt.NDArray[np.bool_], age: Ints32, recent: Ints, floor: int
) -> tuple[Floats, Ints, Ints, Ints]:
    """Best cylinder of every centre among those that end today.

    Parameters
    ----------
    start, member : numpy.ndarray
        Events of centre i, nearest first: ``member[start[i]:start[i + 1]]``.
    closes : numpy.ndarray of bool
        True where the next event of the centre lies further away, so that a circle can end there.
    age : numpy.ndarray of int
        Age in days of each event, 0 = today.
    recent : numpy.ndarray of int, shape (days + 1,)
        Events of age below 0, 1, 2, ... days in the whole study.
    floor : int
        Smallest number of cases of a cylinder.

    Returns
    -------
    tuple of numpy.ndarray
        Per centre: log-likelihood ratio (0 for none), events in the circle over all time, days, cases.
    """
    centres, days, total = start.size - 1, recent.size - 1, float(age.size)
    ratio = np.zeros(centres)
    reach = np.zeros(centres, dtype=np.int64)
    length, cases = np.zeros_like(reach), np.zeros_like(reach)
    for i in range(centres):
        by_age = np.zeros(days, dtype=np.int64)
        found, changed = 0, False
        for k in range(start[i], start[i + 1]):
            old = age[member[k]]
            if old < days:
                by_age[old] += 1
                found += 1
                changed = True
            if not (closes[k] and changed and found >= floor):
                continue
            changed = False
            share = (k + 1 - start[i]) / total
            count = 0
            for day in range(days):
                if by_age[day] == 0:
                    continue  # a shorter window holds the same cases and expects fewer
                count += by_age[day]
                if count >= floor:
                    here = log_ratio(count, share * recent[day + 1], total)
                    if here > ratio[i]:
                        ratio[i], reach[i], length[i], cases[i] = here, k + 1 - start[i], day + 1, count
    return ratio, reach, length, cases


@njit(cache=True, nogil=True)
def best_alive(
    start: Ints, member: Ints32, closes: npt.NDArray[np.bool_], age: Ints32, recent: Ints, floor: int
) -> float:
    """Largest log-likelihood ratio over all centres; see :func:`alive_cylinders`."""
    days, total = recent.size - 1, float(age.size)
    best = 0.0
    limits = np.full(recent[days] + 1, -1.0)  # of each count; -1: not worked out for this best
    by_age = np.zeros(days, dtype=np.int64)
    for i in range(start.size - 1):
        by_age[:] = 0
        found, changed = 0, False
        for k in range(start[i], start[i + 1]):
            old = age[member[k]]
            if old < days:
                by_age[old] += 1
                found += 1
                changed = True
            if not (closes[k] and changed and found >= floor):
                continue
            changed = False
            share = (k + 1 - start[i]) / total
            count = 0
            for day in range(days):
                if by_age[day] == 0:
                    continue
                count += by_age[day]
                if count < floor:
                    continue
                if limits[count] < 0.0:
                    limits[count] = _limit(count, total, best)
                expected = share * recent[day + 1]
                if expected < limits[count]:
                    best = max(best, log_ratio(count, expected, total))
                    limits[:] = -1.0
    return best


@njit(cache=True, nogil=True)
def all_cylinders(
    order: Ints,
    reach: Ints,
    cases: Ints,
    expected: Floats,
    longest: int,
    floor: int,
    alive: bool,  # noqa: FBT001 - compiled
) -> tuple[Floats, Ints, Ints, Ints]:
    """Best cylinder of every centre over all windows, for cases and expected counts by place and period.

    Parameters
    ----------
    order : numpy.ndarray of int, shape (centres, places)
        Places of each centre, nearest first.
    reach : numpy.ndarray of int, shape (centres,)
        How many of them its largest circle holds.
    cases, expected : numpy.ndarray, shape (places, periods)
        Counts; the expected ones add up to the cases.
    longest : int
        Most periods of a window.
    floor : int
        Smallest number of cases of a cylinder.
    alive : bool
        Only windows that end with the last period.

    Returns
    -------
    tuple of numpy.ndarray
        Per centre: log-likelihood ratio (0 for none), places in the circle, first period, period after the
        last.
    """
    centres, periods = order.shape[0], cases.shape[1]
    total = float(cases.sum())
    ratio = np.zeros(centres)
    places = np.zeros(centres, dtype=np.int64)
    first, after = np.zeros_like(places), np.zeros_like(places)
    for i in range(centres):
        inside, likely = np.zeros(periods, dtype=np.int64), np.zeros(periods)
        for k in range(reach[i]):
            inside += cases[order[i, k]]
            likely += expected[order[i, k]]
            for end in range(periods if alive else 1, periods + 1):
                count, mean = 0, 0.0
                for begin in range(end - 1, max(end - longest, 0) - 1, -1):
                    count += inside[begin]
                    mean += likely[begin]
                    if count >= floor and count > mean:
                        here = log_ratio(count, mean, total)
                        if here > ratio[i]:
                            ratio[i], places[i], first[i], after[i] = here, k + 1, begin, end
    return ratio, places, first, after

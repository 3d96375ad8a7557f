"""The scan when counts vary more than chance alone would: every window against how restless the past was.

Shuffled events are as restless as chance. A theme in which a wijk has a good month, or a quarrel that is
reported five times, is not, and would give a signal in every other week. So how much the counts of circles
varied in earlier windows of the same length is fitted as a function of what was to be expected, and a
cylinder is judged by the likelihood ratio of a negative binomial with that variance. Where the past was as
restless as chance this is the ratio of Kulldorff, and so it is set against the same shuffles.

References
----------
Zhang, Zhang & Lin (2012), Statistics in Medicine 31, for scans of over-dispersed counts; Breslow (1984),
Applied Statistics 33, for the variance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from genk_geo.stats.inference.excess_variance import fit_excess
from genk_geo.stats.inference.likelihood_ratio import log_ratio
from genk_geo.stats.scanning.alive import Found

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.scanning.circles_and_windows import Circles, Windows

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]

#: Fewer earlier windows of a length say nothing of how restless they are.
_FEWEST_PAST = 6
#: Expected counts are taken together in steps of the fourth root of two, from 2^-10 to 2^20.
_STEPS, _LOWEST, _BINS = 4, -10, 120


def past_dispersion(age: Ints, around: Circles, span: Windows) -> Floats:
    """Fit the variance of earlier windows, for every length of a window.

    The windows of a length follow one another without a gap and end before the longest window that is looked
    at, so that what is judged plays no part.

    Parameters
    ----------
    age : numpy.ndarray of int
        Age in days of each event, 0 = today.
    around : Circles
        Events around the centres.
    span : Windows
        The windows.

    Returns
    -------
    numpy.ndarray, shape (days, 2)
        Variance over mean of windows of 1, 2, ... days is ``1 + level + growth * mean``: `level` and
        `growth`, both 0 or more; 0 where there are fewer than six earlier windows.
    """
    days = span.recent.size - 1
    return np.array(
        [fit_excess(*_by_mean(_moments(age, around, days, length))) for length in range(1, days + 1)]
    )


def _by_mean(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Windows, their mean expected count and their mean Pearson statistic, by step of the expected count."""
    windows, expected, pearson = sums[:, sums[0] > 0]
    return windows, expected / windows, pearson / windows


@njit(cache=True, nogil=True)
def _counted(events: Ints32, window: Ints, count: Floats) -> float:
    """Add events to the counts of their windows; how many are in one."""
    added = 0.0
    for event in events:
        if window[event] >= 0:
            count[window[event]] += 1.0
            added += 1.0
    return added


@njit(cache=True, nogil=True)
def _moments(age: Ints, around: Circles, longest: int, length: int) -> Floats:
    """Sums over circles and earlier windows, by step of the expected count.

    Rows: number of windows, their expected counts, and their Pearson statistics without what was fitted away.
    """
    start, held, first = around.start, around.held, around.first
    sums = np.zeros((3, _BINS))
    past = (age.max() + 1 - longest) // length
    if past < _FEWEST_PAST:
        return sums
    window, city, total = np.full(age.size, -1), np.zeros(past), 0.0
    for event in range(age.size):
        if longest <= age[event] < longest + past * length:
            window[event] = (age[event] - longest) // length
            city[window[event]] += 1.0
            total += 1.0
    for i in range(start.size - 1):
        count, circle = np.zeros(past), 0.0
        for k in range(start[i], start[i + 1]):
            circle += _counted(around.event[first[held[k, 0]] : first[held[k, 0] + 1]], window, count)
            # A circle is whole with the last place at its distance.
            if (k + 1 < start[i + 1] and held[k + 1, 1] == held[k, 1]) or circle in (0.0, total):
                continue
            for j in range(past):
                part = city[j] / total
                if 0.0 < part < 1.0:
                    mean = circle * part
                    free = (1.0 - part) * (1.0 - circle / total)
                    at = min(max(int(_STEPS * (np.log2(mean) - _LOWEST)), 0), _BINS - 1)
                    sums[0, at] += 1.0
                    sums[1, at] += mean
                    sums[2, at] += (count[j] - mean) ** 2 / (mean * free)
    return sums


@njit(cache=True, nogil=True)
def dispersed_ratio(count: float, expected: float, total: float, dispersion: float) -> float:
    """Log-likelihood ratio of a negative binomial count with this variance over mean.

    It is the Poisson one, made smaller by as much as the negative binomial's falls below the Poisson's when
    the rest of the city is left out.
    """
    plain = log_ratio(count, expected, total)
    if plain <= 0.0 or dispersion <= 1.0 + 1e-9:
        return plain
    size = expected / (dispersion - 1.0)
    gained = count * np.log(count / expected)
    poisson = gained - (count - expected)
    binomial = gained - (count + size) * np.log((count + size) / (expected + size))
    return float(plain * binomial / poisson)


@njit(cache=True, nogil=True)
def dispersed_cylinders(age: Ints, around: Circles, span: Windows, excess: Floats) -> Found:
    """Best cylinder of every centre among those that end today, judged by the restlessness of the past.

    Parameters
    ----------
    age : numpy.ndarray of int
        Age in days of each event, 0 = today.
    around : Circles
        Events around the centres.
    span : Windows
        The windows.
    excess : numpy.ndarray, shape (days, 2)
        As :func:`past_dispersion` gives it.
    """
    start, held, first = around.start, around.held, around.first
    centres, days = start.size - 1, span.recent.size - 1
    ratio = np.zeros(centres)
    reach, length, cases = (
        np.zeros(centres, dtype=np.int64),
        np.zeros(centres, dtype=np.int64),
        np.zeros(centres, dtype=np.int64),
    )
    for i in range(centres):
        inside = np.zeros(days, dtype=np.int64)
        for k in range(start[i], start[i + 1]):
            for event in around.event[first[held[k, 0]] : first[held[k, 0] + 1]]:
                for day in range(age[event], days):
                    inside[day] += 1
            size = held[k, 1]
            if k + 1 < start[i + 1] and held[k + 1, 1] == size:
                continue
            for day in range(days):
                mean = size * span.recent[day + 1] / span.total
                if inside[day] < span.floor or inside[day] <= mean:
                    continue
                # Dispersion only takes away.
                if log_ratio(float(inside[day]), mean, span.total) <= ratio[i]:
                    continue
                spread = 1.0 + excess[day, 0] + excess[day, 1] * mean
                here = dispersed_ratio(float(inside[day]), mean, span.total, spread)
                if here > ratio[i]:
                    ratio[i], reach[i], length[i], cases[i] = here, size, day + 1, inside[day]
    return Found(ratio, reach, length, cases)

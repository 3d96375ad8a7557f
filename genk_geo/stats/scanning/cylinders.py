"""Compiled loops of the scan of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from genk_geo.stats.inference.likelihood_ratio import log_ratio

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


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

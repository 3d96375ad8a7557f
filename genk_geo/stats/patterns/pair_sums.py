"""Compiled loops: pairs of events within each distance and time, with their corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def _time_weight(apart: float, before: float, after: float) -> float:
    """Moments so far before and after an event, over those that lie in the period."""
    return 1.0 if apart <= before and apart <= after else 2.0


@njit(cache=True, nogil=True)
def time_sums(before: Floats, after: Floats, soon: Floats) -> Floats:
    """Weighted ordered pairs within each time."""
    sums = np.zeros(soon.size)
    for i in range(before.size):
        for j in range(before.size):
            if i != j:
                apart = abs(before[i] - before[j])
                for at in range(np.searchsorted(soon, apart * (1 - 1e-12)), soon.size):
                    sums[at] += _time_weight(apart, before[i], after[i])
    return sums


@njit(cache=True, nogil=True)
def joint_sums(
    pairs: Ints, band: Ints, weight: Floats, before: Floats, after: Floats, soon: Floats, near: int
) -> Floats:
    """Weighted ordered pairs within each distance and time."""
    sums = np.zeros((near, soon.size))
    for one in range(band.size):
        i, j = pairs[one]
        apart = abs(before[i] - before[j])
        at = np.searchsorted(soon, apart * (1 - 1e-12))
        if at < soon.size and band[one] < near:
            sums[band[one], at] += weight[one] * _time_weight(apart, before[i], after[i])
    for row in range(1, near):
        sums[row] += sums[row - 1]
    for column in range(1, soon.size):
        sums[:, column] += sums[:, column - 1]
    return sums

"""Compiled loop of the scan for stretches: the strongest window of each drawn data set."""

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
def highest_ratios(
    drawn: Ints, start: Ints, target: Ints, expected: Floats, total: int
) -> npt.NDArray[np.float64]:
    """Highest ratio of each row of events; a window holds a piece when that piece's window holds its."""
    best = np.zeros(drawn.shape[0])
    counts = np.zeros(expected.size, dtype=np.int64)
    for run in range(drawn.shape[0]):
        for event in range(drawn.shape[1]):
            piece = drawn[run, event]
            for k in range(start[piece], start[piece + 1]):
                counts[target[k]] += 1
        top = 0.0
        for event in range(drawn.shape[1]):
            piece = drawn[run, event]
            for k in range(start[piece], start[piece + 1]):
                window = target[k]
                if counts[window] > 0:
                    top = max(top, log_ratio(counts[window], expected[window], total))
                    counts[window] = 0
        best[run] = top
    return best

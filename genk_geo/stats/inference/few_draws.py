"""Exact tails of a weighted sum of few values drawn without replacement: every way to draw them is tried.

Two neighbours among forty values can be drawn in 780 ways: then a smooth curve through the moments is coarse
(it can be .04 off), whatever the values and weights are, and to try them all costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Ways that are tried for all cells together (about a tenth of a second).
MAX_WAYS = 3e7
#: Sums that differ by less, relative to their size, are the same.
_SAME = 1e-9


def ways(drawn: Ints, size: float, *, alike: bool) -> Floats:
    """Ways to draw so many of `size` values: subsets when all weights are alike, else in order."""
    found = np.ones(drawn.shape)
    for k in range(int(drawn.max(initial=0))):
        more = np.maximum(size - k, 0.0) / (k + 1.0 if alike else 1.0)
        found = np.where(drawn > k, np.minimum(found * more, 1e300), found)
    return found


@njit(cache=True, nogil=True)
def every_way(
    values: Floats,
    own: Ints,
    observed: Floats,
    start: Ints,
    weight: Floats,
    alike: bool,  # noqa: FBT001 - compiled
) -> Floats:
    """Tails of each cell over every way to draw its neighbours.

    Parameters
    ----------
    values : numpy.ndarray
        What is drawn from.
    own : numpy.ndarray of int
        Position among the values of what each cell keeps to itself; -1: nothing.
    observed : numpy.ndarray
        Sums that were observed.
    start, weight : numpy.ndarray
        Weights of cell i: ``weight[start[i]:start[i + 1]]``.
    alike : bool
        All weights of a cell are the same, so that the order of drawing does not matter.

    Returns
    -------
    numpy.ndarray, shape (cells, 2)
        P(S >= observed) and P(S <= observed).
    """
    found = np.ones((own.size, 2))
    for i in range(own.size):
        mine = weight[start[i] : start[i + 1]]
        if 0 < mine.size <= values.size:
            found[i] = _tails_of_one(values, own[i], observed[i], mine, alike)
    return found


@njit(cache=True, nogil=True)
def _tails_of_one(values: Floats, own: int, observed: float, mine: Floats, alike: bool) -> Floats:  # noqa: FBT001 - compiled
    """Walk over the ways like a counter: the last draw moves on first."""
    k, off = mine.size, _SAME * max(abs(observed), 1e-300)
    taken = np.zeros(values.size, dtype=np.bool_)
    if own >= 0:
        taken[own] = True
    at, sums, tails = np.full(k, -1), np.zeros(k + 1), np.zeros(2)
    whole, depth = 0, 0
    while depth >= 0:
        if at[depth] >= 0:
            taken[at[depth]] = False
        place = _next_free(taken, at, depth, alike)
        at[depth] = place
        if place < 0:
            depth -= 1
            continue
        taken[place] = True
        sums[depth + 1] = sums[depth] + mine[depth] * values[place]
        if depth + 1 < k:
            depth += 1
            continue
        whole += 1
        tails[0] += sums[k] >= observed - off
        tails[1] += sums[k] <= observed + off
    return tails / whole if whole else np.ones(2)


@njit(cache=True, nogil=True)
def _next_free(taken: Bools, at: Ints, depth: int, alike: bool) -> int:  # noqa: FBT001 - compiled
    """The next value that this draw can take; -1: none is left. Subsets are drawn in rising order."""
    place = at[depth] + 1
    if alike and at[depth] < 0 and depth > 0:
        place = at[depth - 1] + 1
    while place < taken.size and taken[place]:
        place += 1
    return place if place < taken.size else -1

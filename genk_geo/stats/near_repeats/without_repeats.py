"""How many close pairs there would be without repeats, when times are shuffled within blocks.

A repeat and what it repeats mostly lie in one block. However the times of a block are shuffled, the two stay
near each other in space, and now and then they fall close in time again: so the mean of the shuffles holds a
part of the repeats themselves, and observed over that mean is too low. How likely each pair is to fall into
each band of time is known exactly. What is observed above the usual number is taken to be repeats, and what
they add to the mean is taken out; that is one set of linear equations for each band of distance::

    mean[to] = usual[to] + sum over from of (observed[from] - usual[from]) * chance[from, to]
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.near_repeats.knox import PairCount

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Fewer than so many pairs cannot be told from none: they are not divided by.
_LEAST_USUAL = 0.5


def expected_without_repeats(count: PairCount, block_days: float) -> Floats:
    """Pairs of each band that shuffled times would give, had there been no repeats.

    Parameters
    ----------
    count : PairCount
        The pairs.
    block_days : float
        Days within which times are shuffled.

    Returns
    -------
    numpy.ndarray, shape (distance bands, time bands)
        Without the bands beyond the last edges. At least half a pair, unless the shuffles give less.
    """
    block = np.unique((count.times - count.times.min()) // block_days, return_inverse=True)[1]
    soon = _chances(count.times, block, count.spans)
    pairs = count.pairs
    first = np.repeat(np.arange(block.size), np.diff(pairs.start))
    apart = np.abs(count.times[first] - count.times[pairs.other])
    late = count.spans.size - 1
    band = np.searchsorted(count.spans, apart, side="right") - 1
    one, other = block[first], block[pairs.other]
    usual = np.zeros((count.distances.size - 1, late))
    for near in range(len(usual)):
        here = np.flatnonzero(pairs.band == near)
        cell = one[here] * len(soon[0]) + other[here]
        begun = [np.flatnonzero(band[here] == begin) for begin in range(late)]
        mean = np.zeros(late)
        observed, chance = np.array([there.size for there in begun], dtype=float), np.zeros((late, late))
        for to in range(late):
            falls = soon[to].ravel().take(cell)
            mean[to] = falls.sum()
            for begin, there in enumerate(begun):
                chance[begin, to] = falls[there].mean() if there.size else 0.0
        found = np.linalg.lstsq(np.eye(late) - chance.T, mean - chance.T @ observed, rcond=None)[0]
        usual[near] = np.clip(found, np.minimum(mean, _LEAST_USUAL), None)
    return usual


def _chances(times: Floats, block: Ints, spans: Floats) -> list[Floats]:
    """Chance that two incidents of each pair of blocks fall into each band of time after shuffling."""
    order = np.argsort(times, kind="stable")
    ordered, own = times[order], block[order]
    blocks = int(own.max()) + 1
    begin = np.searchsorted(own, np.arange(blocks + 1))
    size = np.diff(begin).astype(float)
    possible = np.outer(size, size) - np.diag(size)
    within = [np.zeros((blocks, blocks))]
    for span in spans[1:]:
        low = np.searchsorted(ordered, ordered - span, side="right")
        high = np.searchsorted(ordered, ordered + span, side="left")
        inside = np.zeros((blocks, blocks))
        for to in range(blocks):
            held = np.minimum(high, begin[to + 1]) - np.maximum(low, begin[to])
            inside[:, to] = np.bincount(own, np.maximum(held, 0), blocks)
        within.append(inside - np.diag(size))  # none is its own partner
    with np.errstate(divide="ignore", invalid="ignore"):
        return [
            np.where(possible > 0, (later - earlier) / possible, 0.0) for earlier, later in pairwise(within)
        ]

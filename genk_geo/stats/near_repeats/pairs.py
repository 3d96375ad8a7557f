"""Compiled loops over pairs of points that lie close together, without looking at all the others.

Points are sorted into square bins as wide as the reach, so that the partners of a point lie in its own bin
and the eight around it. Every pair is found once.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]
    Bands = npt.NDArray[np.uint16]

#: Shuffles that are counted together, side by side; bounds the memory.
_BATCH = 16


class Pairs(NamedTuple):
    """Close pairs, grouped by their first point.

    Attributes
    ----------
    start : numpy.ndarray of int, shape (n + 1,)
        Pairs of point i stand at ``start[i]:start[i + 1]``.
    other : numpy.ndarray of int, shape (m,)
        The second point of each pair.
    band : numpy.ndarray of int, shape (m,)
        Distance band of each pair.
    """

    start: npt.NDArray[np.int64]
    other: npt.NDArray[np.int32]
    band: npt.NDArray[np.uint16]


class _Bins(NamedTuple):
    """Points by square bin: coordinates, and which points lie in the rows of bins south, beside and north."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]


def close_pairs(xy: Floats, edges: Floats, *, manhattan: bool) -> Pairs:
    """Find every pair nearer than the last edge, with its half-open distance band.

    Parameters
    ----------
    xy : numpy.ndarray, shape (n, 2)
        Coordinates.
    edges : numpy.ndarray
        Ascending edges of the bands, the first one 0.
    manhattan : bool
        Distance along the axes instead of straight.

    Returns
    -------
    Pairs
        Each pair once.
    """
    bins, order = _sorted_into_bins(xy, edges[-1])
    start = _running(_count(bins, edges[-1], manhattan))
    pairs = Pairs(start, np.empty(start[-1], dtype=np.int32), np.empty(start[-1], dtype=np.uint16))
    _fill(bins, edges, manhattan, pairs)
    return _as_given(pairs, order)


def _sorted_into_bins(xy: Floats, side: float) -> tuple[_Bins, npt.NDArray[np.intp]]:
    """Points sorted into square bins, and their order."""
    column, row = (_without_gaps(np.floor(values / side - values.min() / side)) for values in xy.T)
    width = int(column.max()) + 3  # an empty bin at both ends: neighbours need no test
    bins = (row + 1) * width + column + 1
    order = np.argsort(bins, kind="stable")
    own = bins[order]
    lines = own + width * np.arange(-1, 2)[:, None]
    begin, end = np.searchsorted(own, lines - 1), np.searchsorted(own, lines + 2)
    x, y = np.ascontiguousarray(xy[order, 0]), np.ascontiguousarray(xy[order, 1])
    return _Bins(x, y, begin, end), order


def _without_gaps(at: Floats) -> Ints:
    """Rows or columns counted anew, with one empty one left of every gap: one far point costs nothing."""
    used, place = np.unique(at, return_inverse=True)
    steps = np.minimum(np.diff(used, prepend=used[0]), 2.0)
    return np.asarray(np.cumsum(steps).astype(np.int64)[place])


def _as_given(pairs: Pairs, order: npt.NDArray[np.intp]) -> Pairs:
    """Pairs of the sorted points, told by the order in which the points came."""
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    start = _running(np.diff(pairs.start)[place])
    given = Pairs(start, np.empty_like(pairs.other), np.empty_like(pairs.band))
    _regroup(pairs, place, order.astype(np.int32), given)
    return given


def _running(lengths: Ints) -> Ints:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])


def shuffled_tallies(
    pairs: Pairs,
    times: Floats,
    edges: Floats,
    bands: int,
    *,
    blocks: Ints,
    runs: int,
    rng: np.random.Generator,
) -> Iterator[Ints]:
    """Count pairs as :func:`tally` does after each of many shuffles of the times.

    Parameters
    ----------
    pairs, edges, bands
        As for :func:`tally`.
    times : numpy.ndarray, shape (n,)
        Times of the points.
    blocks : numpy.ndarray of int, shape (n,)
        Times are shuffled among the points of the same block.
    runs : int
        How many shuffles.
    rng : numpy.random.Generator
        Source of chance; what comes out does not depend on the number of cores.

    Yields
    ------
    numpy.ndarray of int, shape (some runs, bands, k)
    """
    workers, times = os.cpu_count() or 1, np.array(times)  # of its own: a read-only one is compiled for anew
    order = np.argsort(blocks, kind="stable")
    first = np.searchsorted(blocks[order], blocks[order])  # where the block of each begins
    sizes = [min(_BATCH, runs - begin) for begin in range(0, runs, _BATCH)]
    # Threads that let go of the interpreter cost less than numba's own: those take long to compile.
    with ThreadPoolExecutor(workers) as pool:
        for begin in range(0, len(sizes), workers):  # no more is drawn than is worked on
            drawn = [rng.random((size, times.size)) for size in sizes[begin : begin + workers]]
            yield from pool.map(lambda u: tally(pairs, _dealt(times, order, first, u), edges, bands), drawn)


def tally(pairs: Pairs, times: Floats, edges: Floats, bands: int) -> Ints:
    """Count pairs by distance and time band for each column of times.

    Parameters
    ----------
    pairs : Pairs
        Close pairs of n points.
    times : numpy.ndarray, shape (n, runs)
        Times of the points, a column a run.
    edges : numpy.ndarray, shape (k,)
        Ascending edges of the half-open time bands, the last one open to infinity.
    bands : int
        Number of distance bands.

    Returns
    -------
    numpy.ndarray of int, shape (runs, bands, k)
    """
    sooner = _sooner(*pairs, np.array(times, order="C"), edges[1:], bands)
    every = np.bincount(pairs.band, minlength=bands)[:, None, None]
    every = np.broadcast_to(every, (bands, 1, times.shape[1]))
    counts: Ints = np.diff(np.concatenate([sooner, every], axis=1), axis=1, prepend=0)
    return counts.transpose(2, 0, 1)


@njit(cache=True, nogil=True)
def _dealt(times: Floats, order: Ints, first: Ints, u: Floats) -> Floats:
    """Shuffle the times within blocks, once for each row of uniform numbers; a column a shuffle."""
    dealt = np.empty((times.size, len(u)))
    for run in range(len(u)):
        hand = times[order]
        for i in range(times.size - 1, 0, -1):
            j = min(first[i] + int(u[run, i] * (i + 1 - first[i])), i)
            hand[i], hand[j] = hand[j], hand[i]
        for i in range(times.size):
            dealt[order[i], run] = hand[i]
    return dealt


@njit(cache=True, nogil=True)
def _sooner(start: Ints, other: Ints32, band: Bands, times: Floats, edges: Floats, bands: int) -> Ints:
    """Pairs of each distance band that follow sooner than each edge; shape (bands, edges, runs)."""
    counts = np.zeros((bands, edges.size, times.shape[1]), dtype=np.int64)
    for i in range(start.size - 1):
        for k in range(start[i], start[i + 1]):
            j, row = other[k], band[k]
            for late in range(edges.size):
                for run in range(times.shape[1]):
                    counts[row, late, run] += abs(times[i, run] - times[j, run]) < edges[late]
    return counts


@njit(cache=True)
def partners_within(ordered: Floats, edge: float) -> Ints:
    """How many others lie nearer than an edge to each of the ascending values.

    The difference itself is compared, as in :func:`tally`: a sum with the edge would round another way.
    """
    within = np.empty(ordered.size, dtype=np.int64)
    first = last = 0
    for i in range(ordered.size):
        while ordered[i] - ordered[first] >= edge:
            first += 1
        last = max(last, i)
        while last + 1 < ordered.size and ordered[last + 1] - ordered[i] < edge:
            last += 1
        within[i] = last - first
    return within


@njit(cache=True)
def _apart(dx: float, dy: float, manhattan: bool) -> float:  # noqa: FBT001 - compiled
    return float(abs(dx) + abs(dy) if manhattan else np.sqrt(dx * dx + dy * dy))


@njit(cache=True, nogil=True)
def _count(bins: _Bins, reach: float, manhattan: bool) -> Ints:  # noqa: FBT001 - compiled
    x, y = bins.x, bins.y
    found = np.zeros(x.size, dtype=np.int64)
    for i in range(x.size):
        n = 0
        for line in range(3):
            for j in range(max(bins.begin[line, i], i + 1), bins.end[line, i]):
                n += _apart(x[i] - x[j], y[i] - y[j], manhattan) < reach
        found[i] = n
    return found


@njit(cache=True, nogil=True)
def _fill(bins: _Bins, edges: Floats, manhattan: bool, pairs: Pairs) -> None:  # noqa: FBT001 - compiled
    x, y = bins.x, bins.y
    other, band = pairs.other, pairs.band
    for i in range(x.size):
        place = pairs.start[i]
        for line in range(3):
            for j in range(max(bins.begin[line, i], i + 1), bins.end[line, i]):
                distance = _apart(x[i] - x[j], y[i] - y[j], manhattan)
                if distance < edges[-1]:
                    k = 0
                    while distance >= edges[k + 1]:
                        k += 1
                    other[place], band[place] = j, k
                    place += 1


@njit(cache=True, nogil=True)
def _regroup(pairs: Pairs, place: Ints, order: Ints32, given: Pairs) -> None:
    other, band = pairs.other, pairs.band
    for i in range(place.size):
        source, target = pairs.start[place[i]], given.start[i]
        for k in range(given.start[i + 1] - target):
            given.other[target + k] = order[other[source + k]]
            given.band[target + k] = band[source + k]

"""Compiled loops of the kernel density: spreading points over nodes and the exact quartic sum.

Coordinates are in cells, counted from the centre of the north-west cell.

In a raster row the quartic kernel of a point is a polynomial of degree 4 in x between two columns and 0
elsewhere. So the coefficients are added at the first column and taken off after the last; a running sum then
holds the polynomial of all points that reach a column. The sum starts anew in every block of columns, with x
counted from the middle of the block, which keeps the powers small and the precision full.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Below this many points starting a second thread costs more than it saves.
_WORTH_SHARING = 20_000


@njit(cache=True, nogil=True)
def spread(x: Floats, y: Floats, w: Floats, rows: int, columns: int) -> Floats:
    """Divide each point over 4 x 4 nodes by cubic (Lagrange) weights; the total is kept.

    With these weights the convolution interpolates the kernel between nodes to the fourth order, where the
    usual linear weights do so to the second.
    """
    nodes = np.zeros((rows, columns))
    wx = np.empty(4)
    wy = np.empty(4)
    for i in range(x.size):
        column, row = int(np.floor(x[i])), int(np.floor(y[i]))
        if column < 1 or row < 1 or column > columns - 3 or row > rows - 3:
            continue
        _cubic(x[i] - column, wx)
        _cubic(y[i] - row, wy)
        for r in range(4):
            for c in range(4):
                nodes[row - 1 + r, column - 1 + c] += w[i] * wy[r] * wx[c]
    return nodes


@njit(cache=True, nogil=True)
def gather(x: Floats, y: Floats, nodes: Floats) -> Floats:
    """Read values between nodes with the weights of :func:`spread`; 0 where a point is too far out."""
    rows, columns = nodes.shape
    values = np.zeros(x.size)
    wx = np.empty(4)
    wy = np.empty(4)
    for i in range(x.size):
        column, row = int(np.floor(x[i])), int(np.floor(y[i]))
        if column < 1 or row < 1 or column > columns - 3 or row > rows - 3:
            continue
        _cubic(x[i] - column, wx)
        _cubic(y[i] - row, wy)
        for r in range(4):
            for c in range(4):
                values[i] += wy[r] * wx[c] * nodes[row - 1 + r, column - 1 + c]
    return values


@njit(cache=True, nogil=True)
def _cubic(f: float, out: Floats) -> None:
    out[0] = -f * (f - 1.0) * (f - 2.0) / 6.0
    out[1] = (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0
    out[2] = -(f + 1.0) * f * (f - 2.0) / 2.0
    out[3] = (f + 1.0) * f * (f - 1.0) / 6.0


def exact_sum(x: Floats, y: Floats, w: Floats, radius: float, shape: tuple[int, int]) -> Floats:
    """Sum of w (1 - d^2 / radius^2)^2 over the points within the radius of each cell's centre.

    Parameters
    ----------
    x, y, w : numpy.ndarray
        Points, in cells, and their weights.
    radius : float
        Bandwidth in cells.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    numpy.ndarray
        Sums, shape (rows, columns).
    """
    first = int(np.floor(y.min()))
    points, starts = _by_row(x, y, w, first, int(np.floor(y.max())) - first + 1)
    result = np.zeros(shape)
    workers = min(os.cpu_count() or 1, shape[0]) if x.size > _WORTH_SHARING else 1
    # Many small strips, taken in turn, so that a dense part of the city does not wait for one worker.
    edges = np.linspace(0, shape[0], min(8 * workers, shape[0]) + 1).astype(int)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda s: _rows(points, starts, first, radius, s[0], s[1], result), pairwise(edges)))
    return result


@njit(cache=True, nogil=True)
def _by_row(x: Floats, y: Floats, w: Floats, first: int, rows: int) -> tuple[Floats, Ints]:
    """Points (x, y, w) in the order of their raster row, and where each row begins."""
    starts = np.zeros(rows + 1, dtype=np.int64)
    for i in range(x.size):
        starts[int(np.floor(y[i])) - first + 1] += 1
    starts = np.cumsum(starts)
    place = starts.copy()
    points = np.empty((x.size, 3))
    for i in range(x.size):
        row = int(np.floor(y[i])) - first
        at = place[row]
        points[at, 0], points[at, 1], points[at, 2] = x[i], y[i], w[i]
        place[row] = at + 1
    return points, starts


@njit(cache=True, nogil=True)
def _rows(
    points: Floats,
    starts: Ints,
    first: int,
    radius: float,
    top: int,
    bottom: int,
    result: Floats,
) -> None:
    """Fill the raster rows from `top` up to `bottom`."""
    columns = result.shape[1]
    block = 8
    while block < 4 * radius and block < 1024:
        block *= 2
    shift = 0
    while (1 << shift) < block:
        shift += 1
    blocks = ((columns - 1) >> shift) + 1
    # Multiplications and shifts, and rows of a whole cache line: this loop runs 25 million times a second.
    inverse = 1.0 / radius
    width = block * inverse
    change = np.zeros((blocks * block, 8))
    last = starts.size - 2
    for row in range(top, bottom):
        change[:] = 0.0
        low = max(int(np.floor(row - radius)) - first, 0)
        high = min(int(np.floor(row + radius)) - first, last)
        if low > high:
            continue
        for i in range(starts[low], starts[high + 1]):
            x, y, w = points[i, 0], points[i, 1], points[i, 2]
            v = (y - row) * inverse
            a = 1.0 - v * v
            if a <= 0.0:
                continue
            half = radius * np.sqrt(a)
            begin = max(int(np.ceil(x - half)), 0)
            end = min(int(np.floor(x + half)) + 1, columns)
            if begin >= end:
                continue
            for b in range(begin >> shift, ((end - 1) >> shift) + 1):
                u = x * inverse - (b + 0.5) * width
                d = u * u - a
                c0 = w * d * d
                c1 = -4.0 * w * u * d
                c2 = w * (4.0 * u * u + 2.0 * d)
                c3 = -4.0 * w * u
                at = max(begin, b << shift)
                change[at, 0] += c0
                change[at, 1] += c1
                change[at, 2] += c2
                change[at, 3] += c3
                change[at, 4] += w
                if end < (b + 1) << shift:
                    change[end, 0] -= c0
                    change[end, 1] -= c1
                    change[end, 2] -= c2
                    change[end, 3] -= c3
                    change[end, 4] -= w
        _evaluate(change, block, radius, result[row])


@njit(cache=True, nogil=True)
def _evaluate(change: Floats, block: int, radius: float, out: Floats) -> None:
    """Running sum of the coefficients within each block, evaluated at every column."""
    p0 = p1 = p2 = p3 = p4 = 0.0
    for j in range(out.size):
        if j % block == 0:
            p0 = p1 = p2 = p3 = p4 = 0.0
        p0 += change[j, 0]
        p1 += change[j, 1]
        p2 += change[j, 2]
        p3 += change[j, 3]
        p4 += change[j, 4]
        t = (j % block - 0.5 * block) / radius
        out[j] = p0 + t * (p1 + t * (p2 + t * (p3 + t * p4)))

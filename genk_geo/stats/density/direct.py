"""Kernel sums without any approximation: Gaussian by products of matrices, quartic of any radius a point."""

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
    Bools = npt.NDArray[np.bool_]

# Points whose rows and columns of the Gaussian are held in memory at a time.
_AT_ONCE = 4096


def gaussian_sums(x: Floats, y: Floats, w: Floats, sigma: float, shape: tuple[int, int]) -> Floats:
    """Sum of w exp(-d^2 / 2 sigma^2) at each cell's centre; d^2 splits into rows and columns."""
    total = np.zeros(shape)
    for start in range(0, x.size, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        south, east = _bells(x[part], y[part], sigma, shape)
        total += (south * w[part, None]).T @ east
    return total


def gaussian_masses(x: Floats, y: Floats, sigma: float, inside: Bools) -> Floats:
    """Sum over the marked cells of each point's Gaussian."""
    masses = np.empty(x.size)
    for start in range(0, x.size, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        south, east = _bells(x[part], y[part], sigma, inside.shape)
        masses[part] = np.einsum("ij,ij->i", south @ inside, east)
    return masses


def _bells(x: Floats, y: Floats, sigma: float, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    south = np.exp(-0.5 * ((np.arange(shape[0]) - y[:, None]) / sigma) ** 2)
    east = np.exp(-0.5 * ((np.arange(shape[1]) - x[:, None]) / sigma) ** 2)
    return south, east


def quartic_masses(x: Floats, y: Floats, radius: Floats, inside: Bools) -> Floats:
    """Sum over the marked cells of each point's quartic kernel of its own radius."""
    masses = np.empty(x.size)
    _shared(x.size, lambda a, b: _gather_quartic(x[a:b], y[a:b], radius[a:b], inside, masses[a:b]))
    return masses


def quartic_sums(x: Floats, y: Floats, w: Floats, radius: Floats, shape: tuple[int, int]) -> Floats:
    """Sum of w (1 - d^2 / r^2)^2 at each cell's centre, each point with its own radius."""
    total = np.zeros(shape)
    _shared(shape[0], lambda a, b: _scatter_quartic(x, y, w, radius, a, b, total))
    return total


def _shared(size: int, work: object) -> None:
    """Divide a range over the processors in strips that are taken in turn."""
    assert callable(work)
    workers = os.cpu_count() or 1
    edges = np.linspace(0, size, min(4 * workers, max(size, 1)) + 1).astype(int)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda strip: work(*strip), pairwise(edges)))


@njit(cache=True, nogil=True)
def _scatter_quartic(
    x: Floats, y: Floats, w: Floats, radius: Floats, top: int, bottom: int, total: Floats
) -> None:
    columns = total.shape[1]
    for i in range(x.size):
        r = radius[i]
        first, last = max(int(np.ceil(y[i] - r)), top), min(int(np.floor(y[i] + r)), bottom - 1)
        for row in range(first, last + 1):
            v = (y[i] - row) / r
            a = max(1.0 - v * v, 0.0)
            half = r * np.sqrt(a)
            for column in range(max(int(np.ceil(x[i] - half)), 0), min(int(x[i] + half), columns - 1) + 1):
                u = (x[i] - column) / r
                k = max(a - u * u, 0.0)
                total[row, column] += w[i] * k * k


@njit(cache=True, nogil=True)
def _gather_quartic(x: Floats, y: Floats, radius: Floats, inside: Bools, masses: Floats) -> None:
    rows, columns = inside.shape
    for i in range(x.size):
        r = radius[i]
        mass = 0.0
        for row in range(max(int(np.ceil(y[i] - r)), 0), min(int(np.floor(y[i] + r)), rows - 1) + 1):
            v = (y[i] - row) / r
            a = max(1.0 - v * v, 0.0)
            half = r * np.sqrt(a)
            for column in range(max(int(np.ceil(x[i] - half)), 0), min(int(x[i] + half), columns - 1) + 1):
                if inside[row, column]:
                    u = (x[i] - column) / r
                    k = max(a - u * u, 0.0)
                    mass += k * k
        masses[i] = mass

"""Tails of sums over neighbours under permutation: exact for whole counts and few neighbours, else smooth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.stats.inference.exact_sums import MAX_WORK, tail_tables, work
from genk_geo.stats.inference.pearson import Moments, permutation_moments, tails

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.local.cells import Cells

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def sum_tails(
    cells: Cells, drawn: Floats, sums: tuple[Floats, Floats, Floats], *, everything: bool
) -> tuple[Floats, Floats]:
    """P(S >= drawn) and P(S <= drawn) for each cell; NaN where nothing is drawn.

    Parameters
    ----------
    cells : Cells
        The cells that take part.
    drawn : numpy.ndarray
        Observed weighted sum.
    sums : tuple of numpy.ndarray
        Sums of the weights, their squares and cubes, a cell.
    everything : bool
        True: drawn from all counts. False: from all but the focal cell's own.
    """
    found = _exact_tails(cells, drawn, sums[0], everything=everything)
    if found is None:
        whole, others = populations(cells)
        moments = (
            permutation_moments(sums, whole, float(cells.n))
            if everything
            else permutation_moments(sums, others, cells.n - 1.0)
        )
        found = tails(drawn, moments)
        found = _with_few_draws(cells, drawn, found, everything=everything)
    tested = cells.part & (sums[0] > 0)
    return np.where(tested, found[0], np.nan), np.where(tested, found[1], np.nan)


def populations(cells: Cells) -> tuple[Moments, Moments]:
    """Moments of all counts, and of those without the focal cell's own (one a cell)."""
    y, n = cells.y, float(cells.n)
    if n == 0:
        nothing = np.full(y.shape, np.nan)
        return Moments(nothing, nothing, nothing), Moments(nothing, nothing, nothing)
    mean = y[cells.part].mean()
    d = np.where(cells.part & (np.abs(y - mean) > 1e-12 * mean), y - mean, 0.0)
    square = d * d  # a power of 3 would cost more than all the rest together
    cube = square * d
    second, third = square.sum(), cube.sum()
    whole = Moments(np.asarray(mean), np.asarray(second / n), np.asarray(third / n))
    rest = n - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = -d / rest  # mean of the others, counted from the mean of all
        m2 = (second - square) / rest - shift * shift
        m3 = (third - cube) / rest - shift * (3.0 * (second - square) / rest - 2.0 * shift * shift)
    # Equal others leave rounding noise instead of no variance at all.
    m2 = np.where(m2 > 1e-12 * max(second / n, np.finfo(float).tiny), m2, 0.0)
    return whole, Moments(mean + shift, m2, m3)


def standardised(observed: Floats, moments: Moments) -> Floats:
    """Distance of the observed sums from their mean, in standard deviations."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(moments.variance > 0, (observed - moments.mean) / np.sqrt(moments.variance), np.nan)


def _exact_tails(
    cells: Cells, drawn: Floats, degree: Floats, *, everything: bool
) -> tuple[Floats, Floats] | None:
    """Look every cell up in the exact tables, or nothing where these do not apply."""
    y = cells.y
    if cells.links.weight is not None or cells.n == 0 or y.max() > 2**31 or (y % 1.0).any():
        return None
    y_whole = y.astype(np.int64)
    values, times = _distinct(y_whole[cells.part])
    k = degree.astype(np.int64)
    draws = int(k.max(initial=0, where=cells.part))
    if work(values, times, draws) > MAX_WORK:
        return None
    upper, lower = tail_tables(values, times, draws, remove_one=not everything)
    counted = np.where(cells.part, y_whole, values[0])
    place = np.zeros(counted.size, dtype=np.int64) if everything else np.searchsorted(values, counted)
    at = (place, np.where(cells.part, k, 0), drawn.astype(np.int64))
    return upper[at], lower[at]


def _distinct(counts: Ints) -> tuple[Ints, Ints]:
    """Distinct counts, ascending, and how often each occurs; by a table, unless a few are enormous."""
    if counts.max() > 4 * counts.size + 1000:
        return np.unique(counts, return_counts=True)
    times = np.bincount(counts)
    values = np.flatnonzero(times)
    return values, times[values]


def _with_few_draws(
    cells: Cells, drawn: Floats, smooth: tuple[Floats, Floats], *, everything: bool
) -> tuple[Floats, Floats]:
    """Put the exact tails in where a cell has so few neighbours that every way to draw them can be tried."""
    from genk_geo.stats.inference.few_draws import MAX_WAYS, every_way, ways

    links, part = cells.links, np.flatnonzero(cells.part)
    alike = links.weight is None
    degree = np.bincount(links.focal, minlength=links.n) + (1 if everything else 0)
    many = ways(degree[part], cells.n - (0.0 if everything else 1.0), alike=alike)
    few = part[(many <= MAX_WAYS / max(part.size, 1)) & (degree[part] > 0)]
    if few.size == 0:
        return smooth
    order = np.argsort(links.focal, kind="stable")
    bounds = np.searchsorted(links.focal[order], np.arange(links.n + 1))
    weight = np.ones(order.size) if links.weight is None else links.weight[order]
    lists = [weight[bounds[i] : bounds[i + 1]] for i in few]
    if everything:
        lists = [np.append(one, links.own[i]) for one, i in zip(lists, few, strict=True)]
    start = np.concatenate([[0], np.cumsum([one.size for one in lists])]).astype(np.int64)
    own = np.full(few.size, -1) if everything else np.searchsorted(part, few)
    exact = every_way(cells.y[part], own.astype(np.int64), drawn[few], start, np.concatenate(lists), alike)
    upper, lower = smooth[0].copy(), smooth[1].copy()
    upper[few], lower[few] = exact.T
    return upper, lower

"""How restless windows of cells were in the past: what a hotspot must stand out from, beside chance.

References
----------
McCullagh & Nelder (1989), Generalized Linear Models, section 9.2, for the quasi-likelihood; Breslow (1984),
Applied Statistics 33, for a variance that grows with the square of the mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError
from genk_geo.stats.local.cells import checked_values
from genk_geo.stats.local.neighbours import build_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from libpysal.graph import Graph

    from genk_geo.stats.local.neighbours import Links

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

#: A part of the city is known by so many expected incidents of its own as well as by the whole city.
_POOL = 50.0
#: Told upward in steps: windows that share a figure are judged together, which saves most of the time.
_STEP = 1 / 32
#: Windows of a cell and its neighbours that share a cell.
_CELLS = 9


def window_dispersion(
    past: Sequence[pd.Series[float]],
    graph: Graph | Links,
    expected: pd.Series[float],
    *,
    parts: pd.Series[str] | None = None,
) -> pd.Series[float]:
    """Variance over mean of the counts of windows, from past periods as long as the one to judge.

    The window of a cell is the cell and its neighbours, as for :func:`local_g`. Each is compared with its own
    mean share of the city over the periods, so that a place that is always busy is not restless. Windows of
    which more is expected vary more: a wijk that has a good month has it in all its streets. So the variance
    is fitted as a multiple of the mean plus a multiple of its square, over the whole city, and then corrected
    for each part of it as far as its own record reaches.

    Parameters
    ----------
    past : sequence of pandas.Series
        Counts by cell of each past period; equally long, none overlapping another.
    graph : libpysal.graph.Graph
        Which cells are neighbours.
    expected : pandas.Series
        Incidents to be expected in the window of each cell in the period that is to be judged; NaN
        where nothing can happen.
    parts : pandas.Series of str, optional
        Part of the city of each cell, such as its stadsdeel.

    Returns
    -------
    pandas.Series
        1 or more for each cell in steps of 1/32 upward, named ``dispersion``; 1 with fewer than two periods.
        What `local_g` takes.

    Raises
    ------
    SchemaError
        If cells differ, or a count is negative.

    Examples
    --------
    Six quiet periods, and six in which one corner or another has ten incidents at once:

    >>> grid, rng = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100), np.random.default_rng(1)
    >>> draws = [pd.Series(rng.poisson(0.5, 100), grid.cells.index) for _ in range(6)]
    >>> nine = pd.Series(4.5, grid.cells.index)
    >>> round(float(gg.stats.window_dispersion(draws, grid.graph(), nine).median()), 1)
    1.0
    >>> for at, draw in enumerate(draws):
    ...     draw.iloc[17 * at] += 10
    >>> bool((gg.stats.window_dispersion(draws, grid.graph(), nine) > 2).all())
    True
    """
    index = expected.index
    mean = checked_values(expected, index, "expected counts")
    links = build_links(graph, index)
    windows = np.array([_window(links, checked_values(counts, index, "past counts")) for counts in past])
    totals = np.array([float(np.nansum(counts)) for counts in past])
    if parts is not None and not parts.index.equals(index):
        raise SchemaError("The parts of the city: needed one for each cell of the expected counts.")
    found = fit_dispersion(windows, totals, mean, parts=parts, cells=_CELLS)
    return pd.Series(found, index=index, name="dispersion")


def fit_dispersion(
    windows: Floats, totals: Floats, mean: Floats, *, parts: pd.Series[str] | None, cells: int
) -> Floats:
    """Variance over mean of windows of any shape, in steps of 1/32 upward.

    Parameters
    ----------
    windows : numpy.ndarray
        Counts of past periods: a row a period, a column a window.
    totals : numpy.ndarray
        Count of the whole city in each.
    mean : numpy.ndarray
        Expected count of each window in the period to judge; NaN where nothing can happen.
    parts : pandas.Series of str, optional
        Part of the city of each window.
    cells : int
        Windows that share a cell.

    Returns
    -------
    numpy.ndarray
        1 or more; 1 with fewer than two periods in which anything happened.
    """
    lively = totals > 0
    if lively.sum() < 2:
        return np.ones(mean.size)
    ever = np.flatnonzero(windows.any(axis=0))  # the others add nothing to any sum
    usual, square, freedom = _moments(windows[lively][:, ever], totals[lively])
    expected = np.nan_to_num(mean)
    level, growth = _fit(usual, square, freedom, expected[ever])
    fitted = level + growth * expected
    if parts is not None:
        to_be = freedom * usual * (level + growth * usual)
        fitted = fitted * _by_part(parts, ever, usual, square, to_be, cells)
    return np.asarray(np.ceil(np.round(np.maximum(fitted, 1.0) / _STEP, 6)) * _STEP)


def _window(links: Links, counts: Floats) -> Floats:
    known = np.nan_to_num(counts)
    return np.asarray(links.sum(known) + links.own * known)


def _moments(windows: Floats, totals: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean of each window and period, its squared deviation, and the part of it that is not fitted away."""
    share = totals / totals.sum()
    usual = share[:, None] * windows.sum(axis=0)
    return usual, (windows - usual) ** 2, np.broadcast_to((1.0 - share)[:, None], usual.shape)


def _fit(usual: Floats, square: Floats, freedom: Floats, expected: Floats) -> tuple[float, float]:
    """Multiples of the mean and of its square that make the variance; the mean counts at least once."""
    seen = usual > 0
    mean = usual[seen]
    # Deviations of a count vary as its mean: so each is weighed by what is expected. Its own mean will not
    # do: what happened to be quiet would weigh most.
    weight = 1.0 / np.maximum(np.broadcast_to(expected, usual.shape)[seen], 0.1)
    columns = np.stack([mean, mean**2]) * freedom[seen] * weight
    excess = square[seen] * weight - columns[0]
    normal, wanted = columns @ columns.T, columns @ excess
    if not seen.any():
        return 1.0, 0.0
    level, growth = np.linalg.lstsq(normal, wanted, rcond=None)[0]
    # Neither can be less than nothing: then the other does it alone.
    if level < 0 or growth < 0:
        alone = np.maximum(wanted / np.diag(normal), 0.0)
        level, growth = (0.0, alone[1]) if level < 0 else (alone[0], 0.0)
    return 1.0 + float(level), float(growth)


def _by_part(
    parts: pd.Series[str], ever: Ints, usual: Floats, square: Floats, fitted: Floats, cells: int
) -> Floats:
    """How many times as restless as the city each part is, drawn towards 1; of the windows in `ever`."""
    code, names = pd.factorize(parts)
    own = code.clip(0)
    # So many windows share a cell that their squares tell that much less than they seem to.
    own_of, most = own[ever], max(len(names), 1)
    found, to_be, told = (
        np.bincount(own_of, values.sum(axis=0), most) / cells for values in (square, fitted, usual)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(to_be > 0, found / to_be, 1.0)
    factor = (told * ratio + _POOL) / (told + _POOL)
    return np.asarray(np.where(code >= 0, factor[own], 1.0))

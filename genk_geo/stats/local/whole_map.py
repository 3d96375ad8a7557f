"""One number for the whole map: whether like counts lie together (Moran), or high ones (Getis-Ord G).

References
----------
Cliff & Ord (1981), Spatial Processes; Getis & Ord (1992), Geographical Analysis 24.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.inference.false_discovery import Alternative, check_alternative, one_tail
from genk_geo.stats.local.cells import checked_values
from genk_geo.stats.local.neighbours import build_links

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

    from genk_geo.stats.checks import Chance

    Floats = npt.NDArray[np.float64]

# Permuted maps that are multiplied with the links at a time.
_AT_ONCE = 64


@dataclass(frozen=True)
class Overall:
    """A global statistic with its exact moments under permutation.

    Attributes
    ----------
    statistic, expected, variance : float
        Value, and its mean and variance over all permutations of the map.
    z : float
        Standardised value.
    p_value : float
        (1 + permutations at least as extreme) / (permutations + 1).
    n, islands : int
        Areas that took part; areas left out because they have no neighbour.
    seed : str
        Where chance came from; empty where nothing was drawn.

    Examples
    --------
    A block of four cells among a hundred:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    >>> found = gg.stats.global_moran(counts, grid.graph(), rng=np.random.default_rng(1))
    >>> round(found.statistic, 2), round(found.expected, 2), found.n
    (0.4, -0.01, 100)
    """

    statistic: float
    expected: float
    variance: float
    z: float
    p_value: float
    n: int
    islands: int
    seed: str = ""


def global_moran(
    values: pd.Series[float],
    graph: Graph,
    *,
    rng: Chance = None,
    permutations: int = 999,
    alternative: Alternative = "greater",
) -> Overall:
    """Moran's I of a map, with permutation.

    Parameters
    ----------
    values : pandas.Series
        One value an area; NaN takes no part.
    graph : libpysal.graph.Graph
        Neighbours of exactly these areas; the weights are used as they are.
    rng : numpy.random.Generator, int or None
        Source of the permutations.
    permutations : int, default 999
        How many.
    alternative : {"greater", "less", "two-sided"}, default "greater"
        Clustering, dispersion, or either (the smaller share doubled).

    Returns
    -------
    Overall
        NaN everywhere when all values are equal or fewer than four areas have neighbours.

    Raises
    ------
    SchemaError
        If the areas are not the same, one occurs twice, or a value is infinite.

    Examples
    --------
    On a chessboard all neighbours are unlike:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> rng, graph = np.random.default_rng(1), grid.graph(rook=True)
    >>> chessboard = (grid.cells["col"] + grid.cells["row"]) % 2.0
    >>> round(gg.stats.global_moran(chessboard, graph, rng=rng).statistic, 2)
    -1.0
    """
    y, w, islands = _map(values, graph, "values", signed=True)
    n = y.size
    if n < 4 or np.ptp(y) == 0:
        return _nothing(n, islands)
    d = y - y.mean()
    square = d @ d
    s0 = w.sum()
    found = n / s0 * (d @ (w @ d)) / square
    expected = -1.0 / (n - 1)
    variance = _moran_variance(w, d) - expected**2
    drawn = _permuted(d, generator(rng), permutations, lambda maps: np.einsum("ij,ij->j", maps, w @ maps))
    judged = _result(found, expected, variance, drawn * (n / s0 / square), alternative, n, islands)
    return replace(judged, seed=seed_of(rng))


def global_g(
    values: pd.Series[float],
    graph: Graph,
    *,
    rng: Chance = None,
    permutations: int = 999,
    alternative: Alternative = "greater",
) -> Overall:
    """Getis-Ord's general G of a map, with permutation; parameters and result as :func:`global_moran`.

    Values are 0 or more; large G: high values lie together, small G: low ones do.

    Examples
    --------
    High counts that lie together:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    >>> found = gg.stats.global_g(counts, grid.graph(), rng=np.random.default_rng(1))
    >>> found.statistic > found.expected, found.p_value
    (True, 0.001)
    """
    y, w, islands = _map(values, graph, "values", signed=False)
    n = y.size
    if n < 4 or np.ptp(y) == 0:
        return _nothing(n, islands)
    pairs = y.sum() ** 2 - y @ y
    found = y @ (w @ y) / pairs
    expected = w.sum() / (n * (n - 1.0))
    variance = _g_variance(w, y) - expected**2
    drawn = _permuted(y, generator(rng), permutations, lambda maps: np.einsum("ij,ij->j", maps, w @ maps))
    judged = _result(found, expected, variance, drawn / pairs, alternative, n, islands)
    return replace(judged, seed=seed_of(rng))


def _map(values: pd.Series[float], graph: Graph, what: str, *, signed: bool) -> tuple[Floats, Any, int]:
    """Values and weights of the areas that take part and have a neighbour."""
    from scipy.sparse import csr_array

    if not isinstance(values, pd.Series):
        raise SchemaError(
            "The {what}: needed a pandas Series by area, given {kind}.", what=what, kind=type(values).__name__
        )
    build_links(graph, values.index)  # refuses what does not fit
    lowest = min(float(values.min()), 0.0) if signed and len(values) and values.notna().any() else 0.0
    y = checked_values(values - lowest, values.index, what) + lowest
    order = graph.unique_ids.get_indexer(values.index)
    w = csr_array(graph.sparse)[order][:, order]
    w = w - csr_array((w.diagonal(), (np.arange(y.size),) * 2), shape=w.shape)
    part = np.flatnonzero(np.isfinite(y))
    w = csr_array(w[part][:, part])
    linked = np.flatnonzero((w.sum(axis=1) > 0) | (w.sum(axis=0) > 0))
    return y[part][linked], csr_array(w[linked][:, linked]), part.size - linked.size


def _sums(w: Any) -> tuple[float, float, float]:
    """S0, S1 and S2 of Cliff and Ord."""
    both = w + w.T
    return (
        float(w.sum()),
        float((both.multiply(both)).sum()) / 2.0,
        float(((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum()),
    )


def _moran_variance(w: Any, d: Floats) -> float:
    """Mean of I squared over all permutations."""
    n = float(d.size)
    s0, s1, s2 = _sums(w)
    kurtosis = n * (d**4).sum() / (d @ d) ** 2
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * (n * (n - 1) * s1 - 2 * n * s2 + 6 * s0**2)
    return float((first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2))


def _g_variance(w: Any, y: Floats) -> float:
    """Mean of G squared over all permutations."""
    n = float(y.size)
    s0, s1, s2 = _sums(w)
    m1, m2, m3, m4 = ((y**k).sum() for k in (1, 2, 3, 4))
    b0 = (n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    top = b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4
    return float(top / ((m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3)))


def _permuted(y: Floats, rng: np.random.Generator, permutations: int, product: Any) -> Floats:
    if permutations < 1:
        raise ConfigError("permutations: given {permutations}, needed 1 or more.", permutations=permutations)
    drawn = []
    for start in range(0, permutations, _AT_ONCE):
        many = min(_AT_ONCE, permutations - start)
        drawn.append(product(rng.permuted(np.tile(y, (many, 1)), axis=1).T.copy()))
    return np.concatenate(drawn)


def _result(
    found: float,
    expected: float,
    variance: float,
    drawn: Floats,
    alternative: Alternative,
    n: int,
    islands: int,
) -> Overall:
    check_alternative(alternative)
    slack = 1e-12 * max(abs(found), 1e-12)  # the same map summed in another order
    upper, lower = (
        np.array((1.0 + count) / (drawn.size + 1.0))
        for count in ((drawn >= found - slack).sum(), (drawn <= found + slack).sum())
    )
    p, _ = one_tail(upper, lower, alternative)
    z = (found - expected) / np.sqrt(variance) if variance > 0 else np.nan
    return Overall(float(found), float(expected), float(variance), float(z), float(p), n, islands)


def _nothing(n: int, islands: int) -> Overall:
    return Overall(np.nan, np.nan, np.nan, np.nan, np.nan, n, islands)

"""Local Moran: places that resemble their neighbours, and places that stand out from them.

References
----------
Anselin (1995), Geographical Analysis 27; Sokal, Oden & Thomson (1998), Geographical Analysis 30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.show import Look, on_cells_of
from genk_geo.stats.inference.false_discovery import Alternative, check_alternative, classify, q_values
from genk_geo.stats.inference.pearson import permutation_moments
from genk_geo.stats.local.cells import graph_of, taking_part
from genk_geo.stats.local.permutation import populations, standardised, sum_tails

if TYPE_CHECKING:
    from libpysal.graph import Graph

#: Focal count against the mean, then that of its neighbours.
QUADRANTS = ("high-high", "low-high", "low-low", "high-low")

_LOOK = Look("moran", "quadrant", "names", tips=("quadrant", "moran", "q_value"), private=True)


def local_moran(
    counts: pd.Series[float],
    graph: Graph | None = None,
    *,
    alternative: Alternative = "greater",
    possible: pd.Series[bool] | None = None,
) -> pd.DataFrame:
    """Local Moran's I of counts with exact p-values, q-values and classes.

    With the focal count held fixed I rises or falls with the sum over the neighbours, so its conditional
    permutation p-value is exact in the same way as that of :func:`genk_geo.stats.local_g`.

    Parameters
    ----------
    counts : pandas.Series
        Incidents a cell, 0 or more; NaN takes no part.
    graph : libpysal.graph.Graph
        Neighbours of exactly these cells. Equal weights count as row-standardised.
    alternative : {"greater", "less", "two-sided"}, default "greater"
        Look for cells like their neighbours (clusters), unlike them (outliers), or both.
    possible : pandas.Series of bool, optional
        False where nothing can happen: those cells take no part.

    Returns
    -------
    pandas.DataFrame
        Index of `counts`; columns ``moran`` (I_i with the variance divided by n), ``z`` (standardised
        given the focal count), ``p_value``, ``q_value`` (Benjamini-Hochberg), ``quadrant`` ("high-high",
        "low-high", "low-low", "high-low": the cell, then its neighbours, against the mean),
        ``hotspot_class`` (hot for high-high, cold for low-low, else not significant). NaN for cells that
        take no part, have no neighbours, or hold exactly the mean.

    Raises
    ------
    SchemaError
        If the cells of counts, graph and mask are not the same, a cell occurs twice, or a count is negative.
    ConfigError
        If `alternative` has an unknown value.

    Examples
    --------
    A cell of a block, and one at its corner:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    >>> found = gg.stats.local_moran(counts, grid.graph())
    >>> found.loc[["100m_E4_N4", "100m_E3_N3"], "quadrant"].tolist()
    ['high-high', 'low-high']
    """
    check_alternative(alternative)
    cells = taking_part(counts, graph_of(counts, graph), possible)
    sums, around = cells.links.power_sums(), cells.links.sum(cells.y)
    whole, others = populations(cells)
    mean, spread = float(np.ravel(whole.mean)[0]), float(np.ravel(whole.variance)[0])
    deviation = cells.y - mean
    linked = cells.part & (sums[0] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        lag = around / sums[0] - mean if cells.links.weight is None else around - sums[0] * mean
        moran = deviation * lag / spread
    judged = linked & (np.abs(deviation) > 1e-12 * mean)
    upper, lower = sum_tails(cells, around, sums, everything=False)
    high = deviation > 0
    like, unlike = np.where(high, upper, lower), np.where(high, lower, upper)
    p = {"greater": like, "less": unlike}.get(alternative, np.minimum(2 * np.minimum(like, unlike), 1.0))
    p = np.where(judged, p, np.nan)
    q = q_values(p)
    cluster = like <= unlike
    z = np.sign(deviation) * standardised(around, permutation_moments(sums, others, cells.n - 1.0))
    table = pd.DataFrame(
        {
            "moran": np.where(judged, moran, np.nan),
            "z": np.where(judged, z, np.nan),
            "p_value": p,
            "q_value": q,
            "quadrant": pd.Categorical.from_codes(
                np.where(judged, np.where(lag > 0, np.where(high, 0, 1), np.where(high, 3, 2)), -1),
                categories=pd.Index(QUADRANTS),
            ),
            "hotspot_class": classify(np.where(cluster & (alternative != "less"), q, np.nan), high),
        },
        index=counts.index,
    )
    return on_cells_of(table, counts, _LOOK)

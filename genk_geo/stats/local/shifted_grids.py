"""Hot whatever the grid: the same question asked on grids that are shifted by half a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from genk_geo.stats.local.getis_ord import local_g

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid

# Where in a cell is asked whether the shifted cell there is hot, in cells from the middle.
_QUARTERS = ((-0.25, -0.25), (-0.25, 0.25), (0.25, -0.25), (0.25, 0.25))
_HOT = ("hot 90", "hot 95", "hot 99")


class Judge(Protocol):
    """Says which cells of a grid are hot."""

    def __call__(self, grid: Grid, counts: pd.Series[float]) -> pd.DataFrame:
        """Table on the cells of the grid with a column ``hotspot_class``."""
        ...


def _by_g_star(grid: Grid, counts: pd.Series[float]) -> pd.DataFrame:
    """G* with the eight cells around; the focal count is redrawn too."""
    return local_g(counts, grid.graph(), permute="all")


def shifted_hot(
    points: gpd.GeoDataFrame | gpd.GeoSeries | npt.ArrayLike,
    grid: Grid,
    *,
    weights: npt.ArrayLike | None = None,
    judge: Judge = _by_g_star,
) -> pd.Series[int]:
    """Count on how many of four grids each place is hot.

    The grid itself and three that are shifted by half a cell to the east, to the north and both. On a shifted
    grid a cell is hot when at least half of it lies in hot cells there.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        Incidents, as for :meth:`genk_geo.stats.Grid.count`.
    grid : Grid
        Grid that the answer is given for.
    weights : array_like, optional
        One weight a point.
    judge : callable, optional
        Gets a grid and its counts and gives a table with ``hotspot_class``; by default G* with the eight
        cells around, ``permute="all"``. Pass one's own to use an exposure or a mask.

    Returns
    -------
    pandas.Series
        0 to 4 for every cell of `grid`, named ``hot_in``: "hot in k of 4".

    Raises
    ------
    SchemaError
        As for :meth:`genk_geo.stats.Grid.count`.

    Examples
    --------
    A block stays hot on most of the grids, empty ground on none:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> points = [[450, 450], [450, 550], [550, 450], [550, 550]] * 3
    >>> found = gg.stats.shifted_hot(points, grid)
    >>> int(found["100m_E4_N4"]), int(found["100m_E0_N0"])
    (3, 0)
    """
    half = grid.cell_m / 2.0
    middle = grid.cells.geometry.centroid
    centres = np.column_stack([middle.x, middle.y])
    hot_in = np.zeros(len(grid), dtype=np.int64)
    for east, north in ((0.0, 0.0), (half, 0.0), (0.0, half), (half, half)):
        moved = grid if (east, north) == (0.0, 0.0) else grid.shifted(east, north)
        classes = judge(moved, moved.count(points, weights=weights))["hotspot_class"]
        hot = set(classes.index[classes.astype(str).isin(_HOT)])
        quarters = [
            moved.assign(centres + np.array(at) * grid.cell_m).isin(hot).to_numpy() for at in _QUARTERS
        ]
        hot_in += np.sum(quarters, axis=0) >= len(_QUARTERS) / 2
    return pd.Series(hot_in, index=grid.cells.index, name="hot_in")

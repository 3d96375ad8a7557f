"""Counts by cell and by hour of a history of any length, a block of it in memory at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo import stats
from genk_geo.store.tallies import ALL, blocks

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from genk_geo.store import Store
    from genk_geo.store.tallies import Selection


def count_cells(store: Store, grid: stats.Grid, selection: Selection = ALL) -> pd.Series:
    """Count incidents by cell, as :meth:`genk_geo.stats.Grid.count` counts them.

    Parameters
    ----------
    store : Store
        The history.
    grid : Grid
        Cells in the system of the history.
    selection : Selection, optional
        Which incidents; all.

    Returns
    -------
    pandas.Series
        Whole numbers for every cell.
    """
    total = grid.count(np.empty((0, 2)))
    for block in blocks(store, ["x", "y"], selection):
        total = total + grid.count(block[["x", "y"]].to_numpy(float))
    return total


def count_hours(store: Store, selection: Selection = ALL) -> npt.NDArray[np.float64]:
    """Count incidents by hour of the week, those with a window spread over it.

    Parameters
    ----------
    store : Store
        The history.
    selection : Selection, optional
        Which incidents; all.

    Returns
    -------
    numpy.ndarray
        168 sums on the clock of the history, as of :func:`genk_geo.stats.aoristic`.
    """
    hours = np.zeros(168)
    for block in blocks(store, ["from_utc", "to_utc"], selection):
        begin, end = (block[name].dt.tz_convert(store.timezone) for name in ("from_utc", "to_utc"))
        hours += stats.aoristic(begin, end)
    return hours

"""Folds of whole blocks of ground, so that neighbours do not test each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats import Grid


def block_layouts(grid: Grid, *, block_m: float) -> npt.NDArray[np.int64]:
    """Number of the block of each cell, in four layouts half a block apart; shape (4, cells).

    Parameters
    ----------
    grid : Grid
        Square cells.
    block_m : float
        Side of a block.
    """
    side = max(round(block_m / grid.cell_m), 1)
    column, row = (grid.cells[name].to_numpy() for name in ("col", "row"))
    layouts = []
    for east, north in ((0, 0), (side // 2, 0), (0, side // 2), (side // 2, side // 2)):
        corner = np.column_stack([(column + east) // side, (row + north) // side])
        layouts.append(np.unique(corner, axis=0, return_inverse=True)[1].ravel())
    return np.asarray(layouts, dtype=np.int64)


def spatial_folds(
    grid: Grid, *, block_m: float, folds: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Deal square blocks of cells out over folds, at random and as evenly as can be.

    Parameters
    ----------
    grid : Grid
        Square cells.
    block_m : float
        Side of a block.
    folds : int
        Number of folds.
    rng : numpy.random.Generator
        Chance.

    Returns
    -------
    numpy.ndarray
        Fold of each cell, 0 .. folds - 1; cells of one block share a fold.
    """
    per_block = max(round(block_m / grid.cell_m), 1)
    column, row = (grid.cells[name].to_numpy() // per_block for name in ("col", "row"))
    _, block = np.unique(np.column_stack([column, row]), axis=0, return_inverse=True)
    deal = np.arange(block.max() + 1) % folds
    rng.shuffle(deal)
    return np.asarray(deal[block.ravel()], dtype=np.int64)

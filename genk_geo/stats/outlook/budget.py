"""The ground that a budget buys: the most urgent cells, one by one or in patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def shares_inside(priority: Floats, cost: Floats, budgets: Sequence[float]) -> Floats:
    """Share of each cell that budgets buy, the highest priority first.

    Cells of equal priority are bought in proportion: what a draw among them would give on average.

    Parameters
    ----------
    priority, cost : numpy.ndarray
        Of each cell.
    budgets : sequence of float
        In the unit of the costs.

    Returns
    -------
    numpy.ndarray
        Shape (budgets, cells), 0 to 1; each row costs its budget.
    """
    _, group = np.unique(-priority, return_inverse=True)
    price = np.bincount(group, weights=cost)
    before = np.concatenate([[0.0], np.cumsum(price)[:-1]])
    left = np.asarray(budgets, dtype=float)[:, None] - before
    bought = np.clip(left / np.where(price > 0, price, 1.0), 0.0, 1.0)
    shares: Floats = bought[:, group]
    return shares


class Patches:
    """Whole cells in patches of at least so many cells, the best for their cost first.

    Greedy: at every step either the best cell that touches what is bought, or the best new patch (grown cell
    by cell around each cell), whichever has more priority for its cost.

    Parameters
    ----------
    priority, cost : numpy.ndarray
        Of each cell; cells that cost nothing are not for sale.
    around : numpy.ndarray
        Neighbours of each cell, -1 where none, shape (cells, neighbours).
    least : int
        Cells that a patch has at least.
    """

    def __init__(self, priority: Floats, cost: Floats, around: Ints, *, least: int) -> None:
        from genk_geo.stats.outlook.patch_growth import Offer, grow

        # Arrays of its own: for read-only ones the search would be compiled anew.
        self._offer, self._least = Offer(np.array(priority), np.array(cost), np.array(around)), least
        self._patches = grow(self._offer, least)

    def within(self, budget: float, *, groups: Ints | None = None) -> Ints:
        """Cells that a budget buys, in order.

        Parameters
        ----------
        budget : float
            In the unit of the costs.
        groups : numpy.ndarray, optional
            Number of the group of each cell, below 0 none: the best patch of every group is bought first,
            best group first, as long as the budget lasts.

        Returns
        -------
        numpy.ndarray
            Positions of cells.
        """
        from genk_geo.stats.outlook.patch_growth import buy

        first = np.zeros(0, dtype=np.int64) if groups is None else self._one_each(budget, groups)
        return np.asarray(buy(self._offer, self._patches, float(budget), first))

    def _one_each(self, budget: float, groups: Ints) -> Ints:
        from genk_geo.stats.outlook.patch_growth import best_patches

        cost = self._offer.cost
        found = []
        for group in range(int(groups.max(initial=-1)) + 1):
            mine = groups == group
            only = self._offer._replace(cost=np.where(mine, cost, 0.0))
            grown, value = best_patches(only, self._least)
            best = int(np.argmax(value))
            if np.isfinite(value[best]):
                found.append((-float(value[best]), group, grown[best]))
        chosen: list[Ints] = [np.zeros(0, dtype=np.int64)]
        spent = 0.0
        for _, _, patch in sorted(found, key=lambda one: one[:2]):
            if spent + cost[patch].sum() <= budget * (1 + 1e-12):
                chosen.append(patch)
                spent += float(cost[patch].sum())
        return np.concatenate(chosen)


def group_codes(groups: pd.Series[str]) -> Ints:
    """Number of each cell's group by its name, -1 where it has none."""
    import pandas as pd

    return np.asarray(pd.factorize(groups, sort=True)[0], dtype=np.int64)


def neighbour_table(grid: Grid) -> Ints:
    """Position of the eight cells around each cell of a square grid, -1 where none."""
    row, column = (grid.cells[name].to_numpy(np.int64) for name in ("row", "col"))
    row, column = row - row.min() + 1, column - column.min() + 1
    place = np.full((int(row.max()) + 2, int(column.max()) + 2), -1, dtype=np.int64)
    place[row, column] = np.arange(row.size)
    steps = [(up, right) for up in (-1, 0, 1) for right in (-1, 0, 1) if (up, right) != (0, 0)]
    return np.column_stack([place[row + up, column + right] for up, right in steps])


def joined(cells: Ints, around: Ints) -> Ints:
    """Number of the patch of each cell that was bought, by the first of it; patches that touch are one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = np.full(around.shape[0], -1, dtype=np.int64)
    place[cells] = np.arange(cells.size)
    near = around[cells]
    there = np.where(near >= 0, place[near], -1)
    links = np.nonzero(there >= 0)
    table = coo_array((np.ones(links[0].size), (links[0], there[links])), shape=(cells.size, cells.size))
    _, label = connected_components(table, directed=False)
    _, first, patch = np.unique(label, return_index=True, return_inverse=True)
    order: Ints = np.argsort(np.argsort(first))[patch]
    return order

"""The ground that a budget buys: the most urgent cells, one by one or in patches."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

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
        self._priority, self._cost, self._around, self._least = priority, cost, around, least
        self._grown, self._value = _best_patches(priority, cost, around, least)
        seeds = np.argsort(-self._value, kind="stable")
        self._seeds = seeds[np.isfinite(self._value[seeds])]

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
        first = np.zeros(0, dtype=np.int64) if groups is None else self._one_each(budget, groups)
        return np.asarray(
            _buy(
                self._priority, self._cost, self._around, float(budget),
                self._grown, self._value, self._seeds, first,
            )
        )  # fmt: skip

    def _one_each(self, budget: float, groups: Ints) -> Ints:
        found = []
        for group in range(int(groups.max(initial=-1)) + 1):
            mine = groups == group
            price = np.where(mine, self._cost, 0.0)
            grown, value = _best_patches(self._priority, price, self._around, self._least)
            best = int(np.argmax(value))
            if np.isfinite(value[best]):
                found.append((-float(value[best]), group, grown[best]))
        chosen: list[Ints] = [np.zeros(0, dtype=np.int64)]
        spent = 0.0
        for _, _, patch in sorted(found, key=lambda one: one[:2]):
            if spent + self._cost[patch].sum() <= budget * (1 + 1e-12):
                chosen.append(patch)
                spent += float(self._cost[patch].sum())
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


@njit(cache=True, nogil=True)
def _best_beside(
    priority: Floats, cost: Floats, edge: Ints, members: Ints
) -> int:  # pragma: no cover - compiled
    """The cell of an edge with most priority for its cost that is no member yet; -1 where there is none."""
    best = -1
    for cell in edge:
        taken = False
        for member in members:
            taken = taken or member == cell
        if taken:
            continue
        if best < 0 or priority[cell] / cost[cell] > priority[best] / cost[best]:
            best = cell
    return best


@njit(cache=True, nogil=True)
def _best_patches(
    priority: Floats, cost: Floats, around: Ints, least: int
) -> tuple[Ints, Floats]:  # pragma: no cover - compiled
    """Grow a patch around every cell by its best neighbour; -inf where there is no room or nothing to win."""
    n = priority.size
    grown = np.full((n, least), -1, np.int64)
    value = np.full(n, -np.inf)
    edge = np.empty(least * around.shape[1], np.int64)
    for seed in range(n):
        if cost[seed] <= 0 or priority[seed] <= 0:
            continue
        grown[seed, 0] = seed
        size, edges = 1, 0
        won, paid = priority[seed], cost[seed]
        while size < least:
            for other in around[grown[seed, size - 1]]:
                if other >= 0 and cost[other] > 0:
                    edge[edges] = other
                    edges += 1
            best = _best_beside(priority, cost, edge[:edges], grown[seed, :size])
            if best < 0:
                break
            grown[seed, size] = best
            size += 1
            won += priority[best]
            paid += cost[best]
        if size == least:
            value[seed] = won / paid
    return grown, value


@njit(cache=True, nogil=True)
def _buy(  # noqa: C901 - one loop, compiled
    priority: Floats,
    cost: Floats,
    around: Ints,
    budget: float,
    grown: Ints,
    value: Floats,
    seeds: Ints,
    start: Ints,
) -> Ints:  # pragma: no cover - compiled
    owned = np.zeros(priority.size, np.bool_)
    bought = np.empty(priority.size, np.int64)
    count, spent, at = 0, 0.0, 0
    edge = [(0.0, np.int64(-1))]
    basket = np.empty(max(start.size, grown.shape[1]), np.int64)
    fill = start.size
    basket[:fill] = start
    limit = budget * (1 + 1e-12)
    while True:
        for cell in basket[:fill]:
            if owned[cell]:
                continue
            owned[cell] = True
            bought[count] = cell
            count += 1
            spent += cost[cell]
            for other in around[cell]:
                if other >= 0 and not owned[other] and cost[other] > 0:
                    heapq.heappush(edge, (-priority[other] / cost[other], other))
        while edge and (edge[0][1] < 0 or owned[edge[0][1]] or spent + cost[edge[0][1]] > limit):
            heapq.heappop(edge)
        while at < seeds.size:
            paid, free = 0.0, True
            for cell in grown[seeds[at]]:
                free = free and not owned[cell]
                paid += cost[cell]
            if free and spent + paid <= limit:
                break
            at += 1
        if edge and (at >= seeds.size or -edge[0][0] >= value[seeds[at]]):
            basket[0] = edge[0][1]
            fill = 1
        elif at < seeds.size:
            fill = grown.shape[1]
            basket[:fill] = grown[seeds[at]]
        else:
            break
    return bought[:count].copy()


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

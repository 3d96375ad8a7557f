"""Compiled loops of buying ground: patches grown cell by cell, the best for their cost first."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Offer(NamedTuple):
    """Cells for sale.

    Attributes
    ----------
    priority, cost : numpy.ndarray, shape (cells,)
        Of each cell; what costs nothing is not for sale.
    around : numpy.ndarray of int, shape (cells, neighbours)
        Neighbours of each cell, -1 where none.
    """

    priority: npt.NDArray[np.float64]
    cost: npt.NDArray[np.float64]
    around: npt.NDArray[np.int64]


class Patches(NamedTuple):
    """The patch around each cell.

    Attributes
    ----------
    grown : numpy.ndarray of int, shape (cells, cells of a patch)
        Its cells, -1 where there is no room.
    value : numpy.ndarray, shape (cells,)
        Its priority for its cost, -inf where there is none.
    seeds : numpy.ndarray of int
        Cells with a patch, the best first.
    """

    grown: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    seeds: npt.NDArray[np.int64]


def grow(offer: Offer, least: int) -> Patches:
    """Grow a patch around every cell, of so many cells."""
    grown, value = best_patches(offer, least)
    seeds = np.argsort(-value, kind="stable")
    return Patches(grown, value, seeds[np.isfinite(value[seeds])])


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
def best_patches(offer: Offer, least: int) -> tuple[Ints, Floats]:  # pragma: no cover - compiled
    """Grow a patch around every cell by its best neighbour; -inf where there is no room or nothing to win."""
    priority, cost, around = offer.priority, offer.cost, offer.around
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
def buy(  # noqa: C901, PLR0912 - one loop, compiled
    offer: Offer, patches: Patches, budget: float, start: Ints
) -> Ints:  # pragma: no cover - compiled
    """Buy the cells of `start`, then the best cell that touches what is bought or the best new patch."""
    priority, cost, around = offer.priority, offer.cost, offer.around
    grown, value, seeds = patches.grown, patches.value, patches.seeds
    owned = np.zeros(priority.size, np.bool_)
    bought = np.empty(priority.size, np.int64)
    count, spent, at = 0, 0.0, 0
    edge = [(0.0, np.int64(-1))]
    basket = np.empty(max(start.size, grown.shape[1]), np.int64)
    fill = start.size
    # Cell by cell: a part at once takes numba four seconds to compile, most of it for what it would say of
    # parts that are not as long.
    for place in range(fill):
        basket[place] = start[place]
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
            for place in range(fill):
                basket[place] = grown[seeds[at], place]
        else:
            break
    return bought[:count].copy()

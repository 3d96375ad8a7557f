"""Compiled search along a network: distances from a place to the nodes and targets within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.network.reach import Spots
    from genk_geo.stats.network.streets import Streets

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Distance to a node that has not been reached.
UNKNOWN = np.int64(2**62)


class Targets(NamedTuple):
    """Places to be found, by segment.

    Attributes
    ----------
    bounds : numpy.ndarray of int, shape (segments + 1,)
        Those on segment s stand at ``bounds[s]:bounds[s + 1]``.
    at : numpy.ndarray
        How far along it, in metres.
    """

    bounds: npt.NDArray[np.int64]
    at: npt.NDArray[np.float64]


class Search(NamedTuple):
    """Room for one search after the other.

    Attributes
    ----------
    far : numpy.ndarray of int, shape (nodes,)
        Distance to each node in micrometres; to be wiped after each search.
    touched : numpy.ndarray of int, shape (nodes,)
        Nodes that were reached, nearest first.
    keys : numpy.ndarray of int
        Heap of the nodes to go on from.
    """

    far: npt.NDArray[np.int64]
    touched: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def build_search(streets: Streets) -> Search:
    """Room for searches over a network."""
    nodes = streets.arm_start.size - 1
    return Search(
        np.full(nodes, UNKNOWN, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.empty(streets.arm.size + 4, dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def _sink(keys: Ints, size: int) -> int:
    """Take the smallest away."""
    size -= 1
    key, at = keys[size], 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at] = keys[child]
        at = child
    keys[at] = key
    return size


@njit(cache=True, nogil=True)
def _rise(keys: Ints, size: int, key: int) -> int:
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] <= key:
            break
        keys[at] = keys[parent]
        at = parent
    keys[at] = key
    return size + 1


@njit(cache=True, nogil=True)
def settle(streets: Streets, segment: int, offset_um: int, reach_um: int, search: Search) -> int:
    """Distance to every node within reach (in ``far``); how many stand in ``touched``, nearest first."""
    cost, arm_start, arm, head = streets.length_um, streets.arm_start, streets.arm, streets.head
    far, touched, keys = search.far, search.touched, search.keys
    nodes = far.size
    size, count = 0, 0
    for side in range(2):  # side 0: to the end, side 1: to the beginning
        first = cost[segment] - offset_um if side == 0 else offset_um
        node = head[2 * segment + side]
        if first <= reach_um and first < far[node]:
            far[node] = first
            size = _rise(keys, size, first * nodes + node)
    while size > 0:
        walked, node = keys[0] // nodes, keys[0] % nodes
        size = _sink(keys, size)
        if walked > far[node]:
            continue
        touched[count] = node
        count += 1
        for k in range(arm_start[node], arm_start[node + 1]):
            further = walked + cost[arm[k] >> 1]
            if further <= reach_um and further < far[head[arm[k]]]:
                far[head[arm[k]]] = further
                size = _rise(keys, size, further * nodes + head[arm[k]])
    return count


@njit(cache=True, nogil=True)
def _with_room(found: Ints, distance: Floats) -> tuple[Ints, Floats]:
    """The same with room for as many again; one by one, as a part at once takes long to compile."""
    more, further = np.empty(2 * found.size, dtype=np.int64), np.empty(2 * found.size)
    for at in range(found.size):
        more[at], further[at] = found[at], distance[at]
    return more, further


@njit(cache=True, nogil=True)
def reached_targets(  # noqa: C901 - compiled
    streets: Streets, sources: Spots, targets: Targets, reach: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """How many targets each source reaches, which, and how far they are."""
    cost, arm_start, arm, head = streets.length_um, streets.arm_start, streets.arm, streets.head
    bounds, at = targets.bounds, targets.at
    search = build_search(streets)
    far, touched = search.far, search.touched
    seen = np.full(cost.size, -1, dtype=np.int64)
    counts = np.zeros(sources.segment.size, dtype=np.int64)
    found, distance, total = np.empty(1024, dtype=np.int64), np.empty(1024), 0
    for i in range(sources.segment.size):
        own, here = sources.segment[i], sources.offset_m[i]
        reach_um = int(np.floor(reach * 1e6 + 0.5))
        here_um = min(cost[own], max(np.int64(0), np.int64(np.floor(here * 1e6 + 0.5))))
        settled = settle(streets, own, here_um, reach_um, search)
        before = total
        for j in range(-1, settled):
            first = arm_start[touched[j]] if j >= 0 else 0
            last = arm_start[touched[j] + 1] if j >= 0 else 1
            for k in range(first, last):
                s = arm[k] >> 1 if j >= 0 else own
                if seen[s] == i:
                    continue
                seen[s] = i
                length = cost[s] / 1e6
                tail, tip = far[head[2 * s + 1]], far[head[2 * s]]
                for t in range(bounds[s], bounds[s + 1]):
                    away = np.inf
                    if tail < UNKNOWN:
                        away = tail / 1e6 + at[t]
                    if tip < UNKNOWN:
                        away = min(away, tip / 1e6 + length - at[t])
                    if s == own:
                        away = min(away, abs(at[t] - here))
                    if away <= reach + 1e-6:
                        if total == found.size:
                            found, distance = _with_room(found, distance)
                        found[total], distance[total] = t, away
                        total += 1
        counts[i] = total - before
        for j in range(settled):
            far[touched[j]] = UNKNOWN
    return counts, found[:total], distance[:total]

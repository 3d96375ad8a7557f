"""Compiled search for what lies within walking or driving distance along a network."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from genk_geo.stats.network.paths import micrometres

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.reference.streets.street_network import StreetNetwork

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Spots(NamedTuple):
    """Places on a network.

    Attributes
    ----------
    segment : numpy.ndarray of int, shape (n,)
        Position of the segment.
    offset_m : numpy.ndarray, shape (n,)
        Distance from its first vertex.
    """

    segment: npt.NDArray[np.int64]
    offset_m: npt.NDArray[np.float64]

    def some(self, chosen: npt.NDArray[np.bool_] | Ints) -> Spots:
        """Part of the places."""
        return Spots(self.segment[chosen], self.offset_m[chosen])


class Reached(NamedTuple):
    """Targets near each source.

    Attributes
    ----------
    start : numpy.ndarray of int, shape (sources + 1,)
        Targets of source i stand at ``start[i]:start[i + 1]``.
    target : numpy.ndarray of int
        Which target.
    distance_m : numpy.ndarray
        How far along the network.
    """

    start: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    distance_m: npt.NDArray[np.float64]

    @property
    def source(self) -> Ints:
        """Source of each target."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def sums(self, values: Floats) -> Floats:
        """Sum over the targets of each source."""
        values = np.asarray(values, dtype=float)
        total: Floats = np.bincount(
            self.source, weights=values[self.target], minlength=len(self.start) - 1
        ).astype(float)
        return total


def node_spots(network: StreetNetwork, nodes: Ints) -> Spots:
    """Nodes as places on one of their segments."""
    arms = network.arms
    arm = arms.arm[arms.start[nodes]]
    segment = arm >> 1
    return Spots(segment, np.where(arm % 2 == 0, 0.0, network.length_m[segment]))


def within_reach(
    network: StreetNetwork, sources: Spots, targets: Spots, reach_m: float, *, costs_m: Floats | None = None
) -> Reached:
    """Find the targets within reach of each source along the network.

    Parameters
    ----------
    network : StreetNetwork
        The streets.
    sources, targets : Spots
        Places on it.
    reach_m : float
        Targets at this distance still count.
    costs_m : numpy.ndarray, shape (segments,), optional
        Effort of each segment in place of its length; offsets are stretched with it.

    Returns
    -------
    Reached
        By source, targets in ascending order.
    """
    stretch = np.ones(len(network.length_m)) if costs_m is None else costs_m / network.length_m
    cost = micrometres(network.length_m * stretch)
    order = np.argsort(targets.segment, kind="stable")
    bounds = np.searchsorted(targets.segment[order], np.arange(len(cost) + 1)).astype(np.int64)
    arms = network.arms
    at = (targets.offset_m * stretch[targets.segment])[order]
    origin = sources.offset_m * stretch[sources.segment]
    workers = min(os.cpu_count() or 1, max(1, len(sources.segment)))

    def run(part: Ints) -> tuple[Ints, Ints, Floats]:
        count, found, distance = _reach(
            cost, arms.start, arms.arm, arms.head, sources.segment[part], origin[part], bounds, at, reach_m
        )
        return count, found, distance

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(run, np.array_split(np.arange(len(sources.segment)), workers)))
    count, found, distance = (np.concatenate([part[i] for part in parts]) for i in range(3))
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    target = order[found].astype(np.int64)
    place = np.lexsort((target, np.repeat(np.arange(len(count)), count)))
    return Reached(start, target[place], distance[place])


@njit(cache=True, nogil=True)
def _sink(keys: npt.NDArray[np.int64], size: int) -> int:
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
def _rise(keys: npt.NDArray[np.int64], size: int, key: int) -> int:
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
def settle(  # noqa: PLR0913, PLR0917 - compiled
    cost: Ints, arm_start: Ints, arm: Ints, head: Ints, segment: int, offset_um: int, reach_um: int,
    far: Ints, touched: Ints, keys: Ints,
) -> int:  # fmt: skip
    """Distance to every node within reach (in `far`); how many stand in `touched`, nearest first."""
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
def _reach(  # noqa: C901, PLR0913, PLR0917 - compiled
    cost: Ints, arm_start: Ints, arm: Ints, head: Ints, segment: Ints, origin: Floats,
    bounds: Ints, at: Floats, reach: float,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:  # fmt: skip
    unknown = np.int64(2**62)
    far = np.full(arm_start.size - 1, unknown, dtype=np.int64)
    touched, keys = np.empty(far.size, dtype=np.int64), np.empty(arm.size + 4, dtype=np.int64)
    seen = np.full(cost.size, -1, dtype=np.int64)
    counts = np.zeros(segment.size, dtype=np.int64)
    found, distance, total = np.empty(1024, dtype=np.int64), np.empty(1024), 0
    for i in range(segment.size):
        own, here = segment[i], origin[i]
        reach_um = int(np.floor(reach * 1e6 + 0.5))
        here_um = min(cost[own], max(np.int64(0), np.int64(np.floor(here * 1e6 + 0.5))))
        settled = settle(cost, arm_start, arm, head, own, here_um, reach_um, far, touched, keys)
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
                    if tail < unknown:
                        away = tail / 1e6 + at[t]
                    if tip < unknown:
                        away = min(away, tip / 1e6 + length - at[t])
                    if s == own:
                        away = min(away, abs(at[t] - here))
                    if away <= reach + 1e-6:
                        if total == found.size:
                            found, distance = np.append(found, found), np.append(distance, distance)
                        found[total], distance[total] = t, away
                        total += 1
        counts[i] = total - before
        for j in range(settled):
            far[touched[j]] = unknown
    return counts, found[:total], distance[:total]

"""What lies within walking or driving distance along a network."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.stats.network.streets import build_streets

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
    from genk_geo.stats.network.search import Targets, reached_targets

    stretch = np.ones(len(network.length_m)) if costs_m is None else costs_m / network.length_m
    streets = build_streets(network, network.length_m * stretch)
    order = np.argsort(targets.segment, kind="stable")
    bounds = np.searchsorted(targets.segment[order], np.arange(len(stretch) + 1)).astype(np.int64)
    ordered = Targets(bounds, (targets.offset_m * stretch[targets.segment])[order])
    origins = Spots(sources.segment, sources.offset_m * stretch[sources.segment])
    workers = min(os.cpu_count() or 1, max(1, len(sources.segment)))

    def run(part: Ints) -> tuple[Ints, Ints, Floats]:
        count, found, distance = reached_targets(streets, origins.some(part), ordered, float(reach_m))
        return count, found, distance

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(run, np.array_split(np.arange(len(sources.segment)), workers)))
    count, found, distance = (np.concatenate([part[i] for part in parts]) for i in range(3))
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    target = order[found].astype(np.int64)
    place = np.lexsort((target, np.repeat(np.arange(len(count)), count)))
    return Reached(start, target[place], distance[place])

"""Places that may be dangerous, and the choice among those that overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from genk_geo.stats.network.reach import Reached, Spots, node_spots, within_reach

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.reference.streets.street_network import StreetNetwork

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Scores are sums of tenths: smaller differences are rounding.
_SAME_SCORE = 1e-6


@dataclass(frozen=True)
class Candidates:
    """Middles of places, and the accidents within the radius of each.

    Attributes
    ----------
    xy : numpy.ndarray, shape (n, 2)
        Middles: junctions first, then accidents (told by the junction they lie at).
    kind : tuple of str
        ``junction``, ``stretch`` or empty.
    near : Reached
        Accidents within the radius.
    junctions : int
        How many of the middles are junctions.
    spots, network, radius_m
        Where on the network; None in the plane.
    """

    xy: Floats
    kind: tuple[str, ...]
    near: Reached
    junctions: int
    spots: Spots | None
    network: StreetNetwork | None
    radius_m: float

    def reach(self, chosen: Ints, targets: Spots) -> Reached:
        """Targets within the radius of some of the middles."""
        assert self.network is not None
        assert self.spots is not None
        return within_reach(self.network, self.spots.some(chosen), targets, self.radius_m)


def candidates_on_plane(accidents: gpd.GeoDataFrame, radius_m: float) -> Candidates:
    """Around every accident, in a straight line."""
    from scipy.spatial import KDTree

    xy = shapely.get_coordinates(accidents.geometry.to_numpy())
    pairs = []
    if len(xy):
        tree = KDTree(xy)
        pairs = [np.sort(found) for found in tree.query_ball_point(xy, radius_m + 1e-6)]
    lengths = np.array([0, *(len(found) for found in pairs)], dtype=np.int64)
    target = np.concatenate([np.zeros(0, dtype=np.int64), *pairs]).astype(np.int64)
    source = np.repeat(np.arange(len(xy)), lengths[1:])
    near = Reached(np.cumsum(lengths), target, np.hypot(*(xy[source] - xy[target]).T))
    return Candidates(xy, ("",) * len(xy), near, 0, None, None, radius_m)


def candidates_on_network(
    network: StreetNetwork, accidents: Spots, radius_m: float, junction_m: float
) -> Candidates:
    """Around every junction of three or more streets and every accident, along the streets."""
    junctions = np.flatnonzero(network.degree >= 3)
    crossings = node_spots(network, junctions)
    spots = Spots(
        np.concatenate([crossings.segment, accidents.segment]),
        np.concatenate([crossings.offset_m, accidents.offset_m]),
    )
    close = within_reach(network, accidents, crossings, junction_m)
    kinds = np.where(np.diff(close.start) > 0, "junction", "stretch")
    lines = network.segments.geometry.to_numpy()[spots.segment]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines, spots.offset_m))
    # What counts as a junction is told by the junction, not by an accident beside it.
    order = np.lexsort((close.target, close.distance_m, close.source))
    beside, first = np.unique(close.source[order], return_index=True)
    xy[len(junctions) + beside] = network.nodes[junctions[close.target[order][first]]]
    near = within_reach(network, spots, accidents, radius_m)
    kind = ("junction",) * len(junctions) + tuple(kinds.tolist())
    return Candidates(xy, kind, near, len(junctions), spots, network, radius_m)


def choose(candidates: Candidates, score: Floats, least: float) -> list[tuple[int, Ints]]:
    """Take the place with the highest score, its accidents with it, until none reaches `least`.

    Parameters
    ----------
    candidates : Candidates
        Places that may overlap.
    score : numpy.ndarray
        Of each accident.
    least : float
        Lowest score that is still of interest.

    Returns
    -------
    list of (int, numpy.ndarray of int)
        Middle and accidents of each place. Between equal scores the place with more accidents counts, then a
        junction, then the one nearest to its accidents, then the first.
    """
    near = candidates.near
    n = len(near.start) - 1
    free = np.ones(len(score), dtype=bool)
    sums, counts = near.sums(score), np.diff(near.start)
    apart = np.bincount(near.source, weights=near.distance_m, minlength=n).astype(float)
    order = np.argsort(near.target, kind="stable")
    holders = near.source[order]
    bounds = np.searchsorted(near.target[order], np.arange(len(score) + 1))
    distance = near.distance_m[order]
    chosen: list[tuple[int, Ints]] = []
    while n and (best := sums.max()) >= least - _SAME_SCORE:
        among = np.flatnonzero(sums >= best - _SAME_SCORE)
        keys = (among, np.round(apart[among], 3), among >= candidates.junctions, -counts[among])
        at = int(among[np.lexsort(keys)[0]])
        members = near.target[near.start[at] : near.start[at + 1]]
        members = members[free[members]]
        chosen.append((at, members))
        free[members] = False
        for member in members:
            where = slice(bounds[member], bounds[member + 1])
            sums[holders[where]] -= score[member]
            counts[holders[where]] -= 1
            apart[holders[where]] -= distance[where]
    return chosen

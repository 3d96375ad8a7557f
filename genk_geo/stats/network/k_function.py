"""Do events lie closer together along the streets than chance gives? Network K and cross-K."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numba import njit

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.reference.streets.nodes import SAME_NODE_M
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.stats.network.paths import micrometres
from genk_geo.stats.network.reach import Spots, settle
from genk_geo.stats.network.segments import snap_to_network

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Places nearer to each other than this are one: a place at a node is not a place on each of its streets.
_SAME = SAME_NODE_M

Correction = Literal["geometric", "none"]


@dataclass(frozen=True)
class NetworkK:
    """K along a network, with what chance gives.

    Attributes
    ----------
    table : pandas.DataFrame
        Index: ``distance_m``. ``k`` (metres of street), ``low`` and ``high`` (lowest and highest of the
        simulations), ``p_value`` (one-sided: clustered; (1 + as high) / (1 + simulations)).
    events : int
        Events on the network.
    simulations : int
        Patterns that were drawn.
    """

    table: pd.DataFrame
    events: int
    simulations: int


def network_k(
    segments: gpd.GeoDataFrame | StreetNetwork,
    events: gpd.GeoDataFrame,
    *,
    distances_m: npt.ArrayLike,
    others: gpd.GeoDataFrame | None = None,
    correction: Correction = "geometric",
    max_distance_m: float = 50.0,
    simulations: int = 99,
    rng: np.random.Generator,
) -> NetworkK:
    """Network K of events, or cross-K of events and others (accidents around schools, say).

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system.
    events : geopandas.GeoDataFrame
        Points; of a cross-K the ones that are counted from.
    distances_m : array_like
        Distances along the streets, ascending.
    others : geopandas.GeoDataFrame, optional
        Points that are counted around the events: cross-K. Chance moves these, not the events.
    correction : {"geometric", "none"}, default "geometric"
        Geometric: a pair counts 1 / (places of the network at that distance), so that K of a random pattern
        is the distance itself, whatever the streets look like. None: Okabe and Yamada's K, in metres of
        street within reach.
    max_distance_m : float, default 50
        Points further from every segment are left out.
    simulations : int, default 99
        Uniform patterns of as many points on the streets; 0: none.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    NetworkK
        K, its envelope and p-values by distance.

    Raises
    ------
    ConfigError
        If the distances are not ascending and positive.
    SchemaError
        If fewer than two points (one of each) are on the network.

    Notes
    -----
    Okabe and Yamada (2001); Ang, Baddeley and Nair (2012), "Geometrically corrected second order analysis
    of events on a linear network".
    """
    edges = np.asarray(distances_m, dtype=float)
    if edges.ndim != 1 or edges.size == 0 or not (np.diff(edges, prepend=0.0) > 0).all():
        raise ConfigError("distances_m: needed ascending distances above 0 metres.")
    network = StreetNetwork.from_segments(segments)
    from_spots = _spots(network, events, max_distance_m)
    to_spots = from_spots if others is None else _spots(network, others, max_distance_m)
    n, m = len(from_spots.segment), len(to_spots.segment)
    if min(n, m) < 1 or (others is None and n < 2):
        raise SchemaError(
            f"K needs at least two points on the network, given {n} events and {m} to count. "
            "See snap_to_network for what lies too far from the streets."
        )

    def k(sources: Spots, targets: Spots) -> Floats:
        return _k(network, sources, targets, edges, same=others is None, corrected=correction == "geometric")

    observed = k(from_spots, to_spots)
    drawn = np.empty((simulations, edges.size))
    for run in range(simulations):
        chance = uniform_spots(network, m, rng)
        drawn[run] = k(chance if others is None else from_spots, chance)
    nothing = np.full(edges.size, np.nan)
    table = pd.DataFrame(
        {
            "k": observed,
            "low": drawn.min(axis=0) if simulations else nothing,
            "high": drawn.max(axis=0) if simulations else nothing,
            "p_value": (1 + (drawn >= observed).sum(axis=0)) / (1 + simulations) if simulations else nothing,
        },
        index=pd.Index(edges, name="distance_m"),
    )
    return NetworkK(table, n, simulations)


def uniform_spots(network: StreetNetwork, n: int, rng: np.random.Generator) -> Spots:
    """Random places on the streets, as many for each metre."""
    ends = np.cumsum(network.length_m)
    walked = rng.random(n) * ends[-1]
    segment = np.minimum(np.searchsorted(ends, walked, side="right"), len(ends) - 1)
    offset = np.clip(walked - (ends - network.length_m)[segment], 0, network.length_m[segment])
    return Spots(segment.astype(np.int64), offset)


def _spots(network: StreetNetwork, events: gpd.GeoDataFrame, max_distance_m: float) -> Spots:
    placed = snap_to_network(events, network, max_distance_m=max_distance_m)
    on = placed[placed["segment"] >= 0]
    return Spots(on["segment"].to_numpy(), on["offset_m"].to_numpy())


def _k(
    network: StreetNetwork, sources: Spots, targets: Spots, edges: Floats, *, same: bool, corrected: bool
) -> Floats:
    arms = network.arms
    order = np.argsort(targets.segment, kind="stable")
    bounds = np.searchsorted(targets.segment[order], np.arange(len(network.length_m) + 1)).astype(np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    twin = place if same else np.full(len(sources.segment), -1, dtype=np.int64)
    counts = _pairs_by_distance(
        micrometres(network.length_m), arms.start, arms.arm, arms.head, sources.segment, sources.offset_m,
        twin, bounds, targets.offset_m[order], edges, corrected,
    )  # fmt: skip
    n, m = len(sources.segment), len(targets.segment)
    pairs = n * (m - 1) if same else n * m
    result: Floats = network.length_m.sum() * np.cumsum(counts) / pairs
    return result


@njit(cache=True, nogil=True)
def _pairs_by_distance(  # noqa: C901, PLR0912, PLR0913, PLR0917 - compiled
    cost: Ints, arm_start: Ints, arm: Ints, head: Ints, segment: Ints, offset: Floats, twin: Ints,
    bounds: Ints, at: Floats, edges: Floats, corrected: bool,  # noqa: FBT001
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Pairs by distance band, each 1 or 1 / (places of the network at its distance)."""
    unknown = np.int64(2**62)
    far = np.full(arm_start.size - 1, unknown, dtype=np.int64)
    touched, keys = np.empty(far.size, dtype=np.int64), np.empty(arm.size + 4, dtype=np.int64)
    seen = np.full(cost.size, -1, dtype=np.int64)
    begins, ends = np.empty(3 * cost.size + far.size + 3), np.empty(3 * cost.size + far.size + 3)
    distances = np.empty(at.size)
    sums = np.zeros(edges.size)
    reach = edges[-1]
    for i in range(segment.size):
        own, here = segment[i], offset[i]
        here_um = min(cost[own], max(np.int64(0), np.int64(np.floor(here * 1e6 + 0.5))))
        settled = settle(
            cost, arm_start, arm, head, own, here_um, int((reach + _SAME) * 1e6) + 1, far, touched, keys
        )
        pairs, spans = 0, 0
        for j in range(-1, settled):
            first = arm_start[touched[j]] if j >= 0 else 0
            last = arm_start[touched[j] + 1] if j >= 0 else 1
            for k in range(first, last):
                s = arm[k] >> 1 if j >= 0 else own
                if seen[s] == i:
                    continue
                seen[s] = i
                length = cost[s] / 1e6
                tail = far[head[2 * s + 1]] / 1e6 if far[head[2 * s + 1]] < unknown else np.inf
                tip = far[head[2 * s]] / 1e6 if far[head[2 * s]] < unknown else np.inf
                for t in range(bounds[s], bounds[s + 1]):
                    away = min(tail + at[t], tip + length - at[t])
                    if s == own:
                        away = min(away, abs(at[t] - here))
                    if t != twin[i] and away <= reach:
                        distances[pairs] = away
                        pairs += 1
                if s == own:
                    spans = _leg(begins, ends, spans, 0.0, tail, here)
                    spans = _leg(begins, ends, spans, 0.0, tip, length - here)
                else:
                    spans = _leg(begins, ends, spans, tail, tip, length)
            if j >= 0:
                node = far[touched[j]] / 1e6
                spans = _span(begins, ends, spans, node - _SAME, node + _SAME)
        if corrected:
            begins[:spans].sort()
            ends[:spans].sort()
        for p in range(pairs):
            share = 1.0
            if corrected:
                begun = np.searchsorted(begins[:spans], distances[p], side="right")
                share = max(1.0, float(begun - np.searchsorted(ends[:spans], distances[p])))
            sums[np.searchsorted(edges, distances[p])] += 1.0 / share
        for j in range(settled):
            far[touched[j]] = unknown
    return sums


@njit(cache=True, nogil=True)
def _span(begins: Floats, ends: Floats, spans: int, begin: float, end: float) -> int:
    if end <= begin:
        return spans
    begins[spans], ends[spans] = begin, end
    return spans + 1


@njit(cache=True, nogil=True)
def _leg(begins: Floats, ends: Floats, spans: int, tail: float, tip: float, length: float) -> int:
    """Add the distances at which a stretch between two nodes has places: from each end to where they meet."""
    if max(tail, tip) == np.inf:  # the other end is out of reach
        near = min(tail, tip)
        return spans if near == np.inf else _span(begins, ends, spans, near + _SAME, near + length)
    meeting = (tail + tip + length) / 2
    if meeting - max(tail, tip) <= _SAME:  # the shortest way to one end is over the other
        return _span(begins, ends, spans, min(tail, tip) + _SAME, max(tail, tip) - _SAME)
    spans = _span(begins, ends, spans, tail + _SAME, meeting - _SAME / 2)
    spans = _span(begins, ends, spans, tip + _SAME, meeting - _SAME / 2)
    return _span(begins, ends, spans, meeting - _SAME / 2, meeting + _SAME / 2)

"""Compiled loops of the network K function: distances between events, and how many places lie as far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from genk_geo.reference.streets.nodes import SAME_NODE_M
from genk_geo.stats.network.search import UNKNOWN, Targets, build_search, settle

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.network.reach import Spots
    from genk_geo.stats.network.streets import Streets

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Places nearer to each other than this are one: a place at a node is not a place on each of its streets.
_SAME = SAME_NODE_M


@njit(cache=True, nogil=True)
def pairs_by_distance(  # noqa: C901, PLR0912 - one search from each event, compiled
    streets: Streets,
    sources: Spots,
    targets: Targets,
    twin: Ints,
    edges: Floats,
    corrected: bool,  # noqa: FBT001 - compiled
) -> npt.NDArray[np.float64]:
    """Pairs by distance band, each 1 or 1 / (places of the network at its distance).

    Parameters
    ----------
    streets : Streets
        The network.
    sources : Spots
        Events that are counted from.
    targets : Targets
        Events that are counted.
    twin : numpy.ndarray of int, shape (sources,)
        Place of each source among the targets, -1 where it is none: nothing is paired with itself.
    edges : numpy.ndarray
        Ascending edges of the bands.
    corrected : bool
        Divide by the places of the network at the distance.
    """
    cost, arm_start, arm, head = streets.length_um, streets.arm_start, streets.arm, streets.head
    bounds, at = targets.bounds, targets.at
    search = build_search(streets)
    far, touched = search.far, search.touched
    seen = np.full(cost.size, -1, dtype=np.int64)
    begins, ends = np.empty(3 * cost.size + far.size + 3), np.empty(3 * cost.size + far.size + 3)
    distances = np.empty(at.size)
    sums = np.zeros(edges.size)
    reach = edges[-1]
    for i in range(sources.segment.size):
        own, here = sources.segment[i], sources.offset_m[i]
        here_um = min(cost[own], max(np.int64(0), np.int64(np.floor(here * 1e6 + 0.5))))
        settled = settle(streets, own, here_um, int((reach + _SAME) * 1e6) + 1, search)
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
                tail = far[head[2 * s + 1]] / 1e6 if far[head[2 * s + 1]] < UNKNOWN else np.inf
                tip = far[head[2 * s]] / 1e6 if far[head[2 * s]] < UNKNOWN else np.inf
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
            far[touched[j]] = UNKNOWN
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

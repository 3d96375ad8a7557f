"""Distances along streets."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.stats import Network
from genk_geo.stats.network.reach import Spots, within_reach
from tests.examples import examples


class TestReach:
    @settings(deadline=None, max_examples=examples(20))
    @given(st.integers(0, 2**31), st.floats(10, 900))
    def test_distances_are_those_of_networkx(self, town, seed, reach):
        rng = np.random.default_rng(seed)
        streets = town.sample(frac=0.6, random_state=rng.integers(2**31))
        network = Network.from_segments(streets)
        n = 12
        segment = rng.integers(0, len(streets), n)
        spots = Spots(segment, rng.random(n) * network.length_m[segment])
        graph = nx.MultiGraph()
        for s, (u, v) in enumerate(network.ends):
            here = np.flatnonzero(spots.segment == s)
            along = here[np.argsort(spots.offset_m[here])]
            stops = [u, *(f"e{at}" for at in along), v]
            offsets = [0.0, *spots.offset_m[along], network.length_m[s]]
            for a, b, gap in zip(stops[:-1], stops[1:], np.diff(offsets), strict=True):
                graph.add_edge(a, b, weight=gap)
        got = within_reach(network, spots, spots, reach)
        for at in range(n):
            paths = nx.single_source_dijkstra_path_length(graph, f"e{at}", cutoff=reach)
            wanted = {int(name[1:]): far for name, far in paths.items() if isinstance(name, str)}
            mine = slice(got.start[at], got.start[at + 1])
            assert dict(zip(got.target[mine].tolist(), got.distance_m[mine], strict=True)) == pytest.approx(
                wanted, abs=1e-4
            )

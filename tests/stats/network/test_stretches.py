"""Stretches, concentration and distances along streets."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson
from shapely import LineString, Point

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Network, concentration, dangerous_stretches, network_k
from genk_geo.stats.network.reach import Spots, within_reach


@pytest.fixture(scope="module")
def town():
    """A lattice of 8 x 8 blocks of 100 m: rows primary, columns residential."""
    rows = [LineString([(100 * i, 100 * j), (100 * i + 100, 100 * j)]) for j in range(9) for i in range(8)]
    columns = [LineString([(100 * i, 100 * j), (100 * i, 100 * j + 100)]) for i in range(9) for j in range(8)]
    return gpd.GeoDataFrame(
        {
            "name": [f"Rij {at // 8}" for at in range(72)] + [f"Kolom {at // 8}" for at in range(72)],
            "road_class": ["primary"] * 72 + ["residential"] * 72,
        },
        geometry=rows + columns,
        crs=31370,
    )


def at_random(streets, n, rng, *, classes=("primary", "residential")):
    chosen = streets[streets["road_class"].isin(classes)]
    lines = chosen.geometry.to_numpy()[rng.integers(0, len(chosen), n)]
    return list(shapely.line_interpolate_point(lines, rng.random(n), normalized=True))


def frame(points):
    return gpd.GeoDataFrame(geometry=list(points), crs=31370)


class TestReach:
    @settings(deadline=None, max_examples=20)
    @given(st.integers(0, 2**31), st.floats(10, 900))
    def test_distances_are_those_of_networkx(self, town, seed, reach):
        rng = np.random.default_rng(seed)
        streets = town.sample(frac=0.6, random_state=rng.integers(2**31))
        network = Network.of(streets)
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


class TestStretches:
    def test_a_planted_stretch_is_found_with_its_street(self, town):
        rng = np.random.default_rng(4)
        planted = [Point(x, 300) for x in rng.uniform(320, 470, 14)]
        got = dangerous_stretches(town, frame(at_random(town, 120, rng) + planted), replicates=199, rng=rng)
        assert got.index[0] == 1
        first = got.iloc[0]
        assert "Rij 3" in first["place"]
        assert first.geometry.distance(Point(400, 300)) < 1
        assert first["p_value"] == pytest.approx(1 / 200)
        assert first["observed"] >= 12
        assert first["relative_risk"] == pytest.approx(first["observed"] / first["expected"])
        assert first["length_m"] == pytest.approx(first.geometry.length)

    def test_a_busy_class_is_no_dangerous_stretch(self, town):
        """Ten times as many accidents on primary roads says something of the class, not of a stretch."""
        rng = np.random.default_rng(5)
        events = frame(at_random(town, 200, rng, classes=("primary",)) + at_random(town, 20, rng))
        assert dangerous_stretches(town, events, replicates=199, rng=rng).empty

    def test_chance_alone_gives_no_more_than_it_says(self, town):
        """Out of 60 patterns without any dangerous stretch about 3 give one at 5 %."""
        false = 0
        for seed in range(60):
            rng = np.random.default_rng(seed)
            events = frame(at_random(town, 60, rng))
            false += not dangerous_stretches(
                town, events, windows_m=(200,), lixel_m=50, replicates=99, rng=rng
            ).empty
        assert false <= poisson.ppf(0.999, 3)

    def test_no_piece_is_in_two_stretches(self, town):
        rng = np.random.default_rng(6)
        planted = [Point(x, y) for y in (100, 600) for x in rng.uniform(150, 260, 15)]
        got = dangerous_stretches(town, frame(at_random(town, 60, rng) + planted), replicates=99, rng=rng)
        assert len(got) >= 2
        for one in range(len(got)):
            for other in range(one):
                assert got.geometry.iloc[one].intersection(got.geometry.iloc[other]).length < 1e-6

    def test_the_same_seed_gives_the_same(self, town):
        events = frame(at_random(town, 50, np.random.default_rng(1)))
        one, other = (
            dangerous_stretches(town, events, replicates=49, max_p=1, rng=np.random.default_rng(2))
            for _ in range(2)
        )
        assert one.equals(other)

    def test_few_events_and_faults(self, town):
        rng = np.random.default_rng(1)
        assert dangerous_stretches(town, frame([Point(0, 0)]), rng=rng).empty
        with pytest.raises(ConfigError, match="windows_m"):
            dangerous_stretches(town, frame([Point(0, 0)]), windows_m=(), rng=rng)
        with pytest.raises(ConfigError, match="replicates"):
            dangerous_stretches(town, frame([Point(0, 0)]), replicates=0, rng=rng)


class TestK:
    def test_a_line_by_hand(self):
        """Points at 10, 20 and 50 on a street of 100 m."""
        street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs=31370)
        events = frame([Point(10, 0), Point(20, 0), Point(50, 0)])
        rng = np.random.default_rng(0)
        got = network_k(street, events, distances_m=[15, 35, 45], correction="none", simulations=0, rng=rng)
        assert got.table["k"].tolist() == pytest.approx([100 * 2 / 6, 100 * 4 / 6, 100])
        # From 10 there is street on both sides as far as 10 m, from 20 as far as 20 m, from 50 everywhere:
        # pairs count 1/2 + 1/2 (10 m: 10 lies on the edge of reach), then 1 + 1/2 (30 m), 1 + 1/2 (40 m).
        got = network_k(street, events, distances_m=[15, 35, 45], simulations=0, rng=rng)
        assert got.table["k"].tolist() == pytest.approx(np.cumsum([1.0, 1.5, 1.5]) * 100 / 6)

    def test_clustered_around_schools_or_not(self, town):
        rng = np.random.default_rng(3)
        schools = [Point(150, 400), Point(650, 200)]
        near = [Point(p.x + d, p.y) for p in schools for d in rng.uniform(-40, 40, 15)]
        close = network_k(
            town, frame(schools), others=frame(near), distances_m=[50, 100], simulations=39, rng=rng
        )
        assert (close.table["p_value"] == 1 / 40).all()
        others = frame(at_random(town, 30, rng))
        spread = network_k(
            town, frame(schools), others=others, distances_m=[50, 100], simulations=39, rng=rng
        )
        assert (spread.table["p_value"] > 0.05).all()

    def test_faults_are_told(self, town):
        rng = np.random.default_rng(0)
        with pytest.raises(ConfigError, match="ascending"):
            network_k(town, frame([Point(0, 0)]), distances_m=[5, 5], rng=rng)
        with pytest.raises(SchemaError, match="at least two"):
            network_k(town, frame([Point(0, 0)]), distances_m=[5], rng=rng)


class TestConcentration:
    def test_by_hand(self):
        """Four places, of which one has 6 of 10 events: half of them at one place, 80 % at two."""
        got = concentration([6, 0, 3, 1])
        assert got.shares["places"].tolist() == [1, 1, 2]
        assert got.shares["share_of_places"].tolist() == [0.25, 0.25, 0.5]
        assert got.gini == pytest.approx((2 * (0 * 1 + 1 * 2 + 3 * 3 + 6 * 4) / 10 - 5) / 4)
        assert got.gini_corrected == pytest.approx(got.gini)
        assert got.curve["share_of_events"].tolist() == pytest.approx([0, 0.6, 0.9, 1, 1])
        assert got.shares["by_chance"].isna().all()

    def test_few_events_over_many_places_are_not_concentrated_for_that(self):
        """Five events at five of a hundred places: as even as can be. The plain coefficient says .95."""
        counts = np.zeros(100)
        counts[:5] = 1
        got = concentration(counts)
        assert got.gini == pytest.approx(0.95)
        assert got.gini_corrected == pytest.approx(0)
        counts[:5] = [5, 0, 0, 0, 0]
        assert concentration(counts).gini_corrected == pytest.approx(0.8)

    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
    def test_the_coefficient_lies_between_its_ends(self, counts):
        got = concentration(counts)
        if sum(counts) == 0:
            assert np.isnan(got.gini)
            return
        assert -1e-9 <= got.gini_corrected <= 1
        assert got.curve["share_of_events"].iloc[-1] == pytest.approx(1)

    def test_chance_follows_the_length(self):
        rng = np.random.default_rng(1)
        length = np.r_[np.full(10, 1000.0), np.full(90, 1.0)]
        got = concentration(np.r_[np.full(10, 20), np.zeros(90)], exposure=length, rng=rng)
        assert got.shares.loc[0.5, "by_chance"] < 0.06
        even = concentration(np.r_[np.full(10, 20), np.zeros(90)], rng=rng)
        assert even.shares.loc[0.5, "by_chance"] > 0.2

    def test_faults_are_told(self):
        with pytest.raises(SchemaError, match="whole numbers"):
            concentration([1.5])
        with pytest.raises(SchemaError, match="exposure"):
            concentration([1, 2], exposure=[0, 0])
        with pytest.raises(ConfigError, match="shares"):
            concentration([1], shares=[1.0])

"""Networks: nodes, pieces, events on segments."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Network, lixelise, snap_to_network
from tests.examples import examples

CROSS = [[(0, 0), (100, 0)], [(0, 0), (0, 100)], [(0, 0), (-100, 0)], [(0, 0), (0, -100)]]


def lines(*coordinates, **columns):
    return gpd.GeoDataFrame(columns, geometry=[LineString(c) for c in coordinates], crs=31370)


def points(*xy):
    return gpd.GeoDataFrame(geometry=[Point(c) for c in xy], crs=31370)


class TestNetwork:
    def test_nodes_are_shared_ends(self):
        network = Network.from_segments(lines(*CROSS))
        assert len(network.nodes) == 5
        assert sorted(network.degree) == [1, 1, 1, 1, 4]

    def test_ends_a_few_millimetres_apart_are_one_node(self):
        network = Network.from_segments(
            lines([(0, 0), (50, 0)], [(50.004, 0), (100, 0)], [(50, 0.005), (50, 90)])
        )
        assert sorted(network.degree) == [1, 1, 1, 3]

    def test_rings_double_streets_and_loops(self):
        ring = [(0, 0), (60, 0), (60, 60), (0, 0)]
        network = Network.from_segments(lines(ring, [(0, 0), (-80, 0)], [(0, 0), (-40, 30), (-80, 0)]))
        assert sorted(network.degree) == [2, 4]
        assert network.arms.start.tolist() == [0, 2, 6]

    def test_a_bridge_does_not_meet_what_it_crosses(self):
        network = Network.from_segments(lines([(-50, 0), (50, 0)], [(0, -50), (0, 50)]))
        assert network.degree.tolist() == [1, 1, 1, 1]

    @pytest.mark.parametrize(
        ("segments", "says"),
        [
            (gpd.GeoDataFrame(geometry=[], crs=31370), "no segments"),
            (lines([(0, 0), (1, 0)]).set_crs(None, allow_override=True), "no coordinate reference system"),
            (lines([(5.4, 50.9), (5.5, 50.9)]).set_crs(4326, allow_override=True), "degrees"),
            (points((0, 0)), "LineString"),
            (lines([(0, 0), (0, 0)]), "LineString"),
            (lines([(0, 0), (1, 0)], [(1, 0), (2, 0)]).set_index(pd.Index(["a", "a"])), "more than once"),
        ],
    )
    def test_faults_are_told(self, segments, says):
        with pytest.raises(SchemaError, match=says):
            Network.from_segments(segments)


class TestSnapping:
    def test_places_and_reasons(self):
        events = gpd.GeoDataFrame(
            geometry=[Point(30, 4), Point(50, 200), None, Point(0, 0), Point()],
            index=list("abcde"),
            crs=31370,
        )
        placed = snap_to_network(events, lines(*CROSS), max_distance_m=20)
        assert placed["segment"].tolist() == [0, -1, -1, 0, -1]
        assert placed["reason"].tolist() == ["", "too_far", "no_place", "", "no_place"]
        assert placed.loc["a", ["offset_m", "distance_m"]].tolist() == [30, 4]
        assert placed.loc["b", "distance_m"] == pytest.approx(np.hypot(50, 100))
        assert placed.index.tolist() == list("abcde")

    def test_events_of_another_system_are_moved(self):
        segments = lines([(228000, 184800), (229000, 184800)])
        event = gpd.GeoDataFrame(geometry=[Point(5.48633, 50.96814)], crs=4326)
        placed = snap_to_network(event, segments)
        assert placed["offset_m"].iloc[0] == pytest.approx(500, abs=1.5)

    def test_faults_are_told(self):
        with pytest.raises(SchemaError, match="Points"):
            snap_to_network(lines([(0, 0), (1, 1)]), lines(*CROSS))
        with pytest.raises(ConfigError, match="max_distance_m"):
            snap_to_network(points((0, 0)), lines(*CROSS), max_distance_m=0)


class TestPieces:
    def test_pieces_are_equal_and_follow_the_bends(self):
        segments = lines([(0, 0), (30, 0), (30, 25)], [(0, 0), (0, -7)]).set_index(pd.Index(["bend", "stub"]))
        pieces = lixelise(segments, 10)
        assert pieces["segment_id"].tolist() == ["bend"] * 6 + ["stub"]
        assert pieces["lixel"].tolist() == [0, 1, 2, 3, 4, 5, 0]
        assert pieces.geometry.length.to_numpy()[[0, 1, 2, 4, 5, 6]] == pytest.approx([55 / 6] * 5 + [7])
        assert len(pieces.geometry.iloc[3].coords) == 3  # the corner
        starts = shapely.get_point(pieces.geometry.to_numpy()[:6], 0)
        apart = shapely.distance(segments.geometry.iloc[0], starts)
        assert apart == pytest.approx(np.zeros(6), abs=1e-9)

    @settings(deadline=None, max_examples=examples(25))
    @given(
        st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=7),
        st.sampled_from([3.0, 10.0, 50.0, 1000.0]),
    )
    def test_pieces_keep_the_length(self, corners, lixel_m):
        corners = [c for at, c in enumerate(corners) if at == 0 or c != corners[at - 1]]
        if len(corners) < 2:
            return
        segments = lines(corners)
        pieces = lixelise(segments, lixel_m)
        assert pieces.geometry.length.sum() == pytest.approx(segments.geometry.length.iloc[0])
        assert pieces.geometry.length.to_numpy() == pytest.approx(pieces["length_m"].to_numpy())

    def test_too_short_is_refused(self):
        with pytest.raises(ConfigError, match="lixel_m"):
            lixelise(lines(*CROSS), 0.01)

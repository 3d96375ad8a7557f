"""School zones, ways to school."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import events_around, walking_reach_m, walking_zones, ways_to_school


@pytest.fixture
def streets():
    """Two ways from west to east: straight on (400 m) and round (480 m); a street apart in the north."""
    return gpd.GeoDataFrame(
        geometry=[
            LineString([(0, 0), (200, 0)]),
            LineString([(200, 0), (400, 0)]),
            LineString([(0, 0), (0, -40), (400, -40), (400, 0)]),
            LineString([(0, 900), (400, 900)]),
        ],
        crs=31370,
    )


def frame(*points, index=None):
    return gpd.GeoDataFrame(geometry=list(points), index=index, crs=31370)


class TestZones:
    def test_ground_within_a_walk(self, streets):
        schools = frame(Point(200, 5), Point(200, 400), index=["school", "far"])
        got = walking_zones(streets, schools, minutes=1.5, walk_kmh=4)
        assert walking_reach_m(1.5, 4) == 100
        assert got.loc["school", "street_m"] == pytest.approx(200, abs=25)
        zone = got.geometry.loc["school"]
        assert zone.contains(Point(290, 0))
        assert not zone.contains(Point(340, 0))
        assert not zone.intersects(Point(200, -40))  # near as the crow flies, far to walk
        assert got.loc["far", "street_m"] == 0
        assert got.geometry.loc["far"].is_empty

    def test_events_within_a_walk(self, streets):
        schools = frame(Point(200, 0), index=["s"])
        events = frame(Point(120, 2), Point(200, -40), Point(310, 0), Point(200, 300), index=list("abcd"))
        got = events_around(streets, schools, events, reach_m=100)
        assert got.to_dict("records") == [{"place": "s", "event": "a", "distance_m": pytest.approx(80)}]

    def test_faults_are_told(self, streets):
        with pytest.raises(ConfigError, match="minutes"):
            walking_zones(streets, frame(Point(0, 0)), minutes=0)


class TestWays:
    def test_the_safest_way_goes_round_the_accidents(self, streets):
        homes, schools = frame(Point(0, 3), index=["wijk"]), frame(Point(400, 0), index=[7])
        got = ways_to_school(streets, homes, schools, [3, 9, 0, 0]).loc["wijk"]
        assert got["school"] == 7
        assert (got["length_m"], got["accidents"]) == (400, 12)
        assert (got["safest_length_m"], got["safest_accidents"]) == (480, 0)

    def test_without_accidents_the_ways_are_the_same(self, streets):
        got = ways_to_school(streets, frame(Point(0, 3)), frame(Point(400, 0)), [0, 0, 0, 0]).iloc[0]
        assert got["safest_length_m"] == got["length_m"] == 400

    def test_the_nearest_school_counts(self, streets):
        schools = frame(Point(400, 0), Point(200, 0), index=["east", "middle"])
        assert ways_to_school(streets, frame(Point(0, 0)), schools, np.zeros(4))["school"].tolist() == [
            "middle"
        ]

    def test_no_way_is_no_way(self, streets):
        got = ways_to_school(streets, frame(Point(0, 900), Point(0, 0)), frame(Point(400, 0)), np.zeros(4))
        assert got["length_m"].isna().tolist() == [True, False]

    def test_faults_are_told(self, streets):
        with pytest.raises(SchemaError, match="no school"):
            ways_to_school(streets, frame(Point(0, 0)), frame(), np.zeros(4))
        with pytest.raises(SchemaError, match="4 numbers"):
            ways_to_school(streets, frame(Point(0, 0)), frame(Point(0, 0)), np.zeros(3))

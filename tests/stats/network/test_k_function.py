"""K along streets, by hand and by chance."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import network_k


def frame(points):
    return gpd.GeoDataFrame(geometry=list(points), crs=31370)


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

    def test_clustered_around_schools_or_not(self, town, at_random):
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

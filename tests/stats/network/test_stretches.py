"""Dangerous stretches: planted ones found, chance held at its level."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from scipy.stats import poisson
from shapely import Point

from genk_geo.errors import ConfigError
from genk_geo.stats import dangerous_stretches


def frame(points):
    return gpd.GeoDataFrame(geometry=list(points), crs=31370)


class TestStretches:
    def test_a_planted_stretch_is_found_with_its_street(self, town, at_random):
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

    def test_a_busy_class_is_no_dangerous_stretch(self, town, at_random):
        """Ten times as many accidents on primary roads says something of the class, not of a stretch."""
        rng = np.random.default_rng(5)
        events = frame(at_random(town, 200, rng, classes=("primary",)) + at_random(town, 20, rng))
        assert dangerous_stretches(town, events, replicates=199, rng=rng).empty

    def test_chance_alone_gives_no_more_than_it_says(self, town, at_random):
        """Out of 60 patterns without any dangerous stretch about 3 give one at 5 %."""
        false = 0
        for seed in range(60):
            rng = np.random.default_rng(seed)
            events = frame(at_random(town, 60, rng))
            false += not dangerous_stretches(
                town, events, windows_m=(200,), lixel_m=50, replicates=99, rng=rng
            ).empty
        assert false <= poisson.ppf(0.999, 3)

    def test_no_piece_is_in_two_stretches(self, town, at_random):
        rng = np.random.default_rng(6)
        planted = [Point(x, y) for y in (100, 600) for x in rng.uniform(150, 260, 15)]
        got = dangerous_stretches(town, frame(at_random(town, 60, rng) + planted), replicates=99, rng=rng)
        assert len(got) >= 2
        for one in range(len(got)):
            for other in range(one):
                assert got.geometry.iloc[one].intersection(got.geometry.iloc[other]).length < 1e-6

    def test_the_same_seed_gives_the_same(self, town, at_random):
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

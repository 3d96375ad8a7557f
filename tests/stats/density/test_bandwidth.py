import numpy as np
import pandas as pd
import pytest

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import likelihood_bandwidth, maximal_bandwidth, quartic_radius, scott_bandwidth


def test_bandwidths_of_redwood_seedlings(r_table):
    """The 62 seedlings come with R's spatstat.data."""
    xy = r_table("spatstat.data", "data.frame(redwood$x, redwood$y + 1)").to_numpy()
    assert scott_bandwidth(xy) == pytest.approx((0.13620, 0.13786), abs=5e-6)
    assert likelihood_bandwidth(xy, bounds=(0, 0, 1, 1)) == pytest.approx(0.040806, abs=5e-7)


def test_bandwidths_as_spatstat(root):
    """Reference: spatstat.explore 3.0-6, bw.ppl and bw.scott of the first 300 points in the window below."""
    xy = pd.read_csv(root / "tests" / "stats" / "r_reference" / "points.csv")[["x", "y"]].to_numpy()[:300]
    bounds = (150_000, 165_000, 160_000, 177_000)
    assert scott_bandwidth(xy) == pytest.approx((1115.364972, 1263.108370), rel=1e-9)
    assert likelihood_bandwidth(xy, bounds=bounds) == pytest.approx(409.5562481, rel=1e-9)


def test_the_widest_bandwidth_of_liver_disease(shared_data):
    """All 3,781 places of the primary biliary cirrhosis data; Terrell's principle as package sparr has it."""
    xy = pd.read_csv(shared_data / "oracles" / "pbc.csv")[["x", "y"]]
    assert maximal_bandwidth(xy) == pytest.approx(3.00416, abs=5e-6)


def test_the_widest_bandwidth_of_heaps_and_of_normal_points():
    """Of a normal density it is 1.08 against Scott's 1 times the deviation; heaps do not make it 0."""
    xy = np.random.default_rng(1).normal(0, 100, (4000, 2))
    assert maximal_bandwidth(xy) / np.mean(scott_bandwidth(xy)) == pytest.approx(1.0846, abs=0.03)
    heaps = np.vstack([np.zeros((90, 2)), xy[:10]])
    assert maximal_bandwidth(heaps) > 5
    with pytest.raises(SchemaError, match="at least two"):
        maximal_bandwidth([[1, 1], [1, 1]])


def test_the_likelihood_finds_the_scale_of_clusters():
    rng = np.random.default_rng(2)
    parents = rng.uniform(0, 5000, (15, 2))
    tight, wide = (
        np.clip(np.repeat(parents, 20, axis=0) + rng.normal(0, sd, (300, 2)), 0, 5000) for sd in (30, 300)
    )
    bounds = (0, 0, 5000, 5000)
    candidates = np.geomspace(10, 1000, 12)
    narrow = likelihood_bandwidth(tight, bounds=bounds, candidates=candidates)
    assert narrow < likelihood_bandwidth(wide, bounds=bounds, candidates=candidates)
    sampled = likelihood_bandwidth(
        tight, bounds=bounds, candidates=candidates, max_points=100, rng=np.random.default_rng(3)
    )
    assert narrow / 2 < sampled < narrow * 2
    assert quartic_radius(100) == pytest.approx(282.8427)


@pytest.mark.parametrize(
    ("xy", "options", "kind", "message"),
    [
        ([[1, 1]], {}, SchemaError, "at least two"),
        ([[1, 1], [1, 1]], {}, SchemaError, "at least two"),
        ([[1, 1], [99, 1]], {}, SchemaError, "within the bounds"),
        ([[1, 1], [2, 1]], {"candidates": [0, 1]}, ConfigError, "above 0"),
    ],
)
def test_no_bandwidth_from_nothing(xy, options, kind, message):
    with pytest.raises(kind, match=message):
        likelihood_bandwidth(xy, bounds=(0, 0, 10, 10), **options)

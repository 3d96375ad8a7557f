"""K, L, pair correlation, nearest neighbours and quadrats: R's figures, and chance that keeps its promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import clark_evans, planar_k, quadrat_test
from genk_geo.stats.patterns.edge_weights import edge_weights
from genk_geo.stats.patterns.planar_k import close_pairs, largest_deviation_p
from genk_geo.stats.patterns.study_area import study_area
from tests.examples import examples, repetitions

WINDOW = (150_000, 165_000, 160_000, 177_000)
POLYGON = shapely.Polygon(
    [(150_500, 165_500), (159_500, 166_000), (159_000, 174_000), (155_000, 176_500), (151_000, 171_000)]
)
SQUARE = (0.0, 0.0, 1000.0, 1000.0)


@pytest.fixture(scope="module")
def reference(root):
    return pd.read_csv(root / "tests" / "stats" / "r_reference" / "planar_k.csv")


@pytest.fixture(scope="module")
def points(root):
    return pd.read_csv(root / "tests" / "stats" / "r_reference" / "points.csv")[["x", "y"]].to_numpy()


def curves(xy, window, reference, **options):
    rng, at = np.random.default_rng(1), reference["distance_m"]
    return planar_k(xy, window=window, distances_m=at, simulations=0, rng=rng, **options).table


@pytest.mark.parametrize("correction", ["none", "translation", "isotropic"])
def test_k_as_spatstat(points, reference, correction):
    """Reference: Kest of spatstat.explore 3.0-6 (planar_k.R)."""
    first = points[:400]
    found = curves(first, WINDOW, reference, correction=correction)
    np.testing.assert_allclose(found["k"], reference[correction], rtol=1e-12)
    np.testing.assert_allclose(found["l"], np.sqrt(reference[correction] / np.pi), rtol=1e-12)
    inside = first[shapely.contains_xy(POLYGON, *first.T)]
    in_polygon = curves(inside, POLYGON, reference, correction=correction)
    # Both shift a raster of a polygon over itself, each its own.
    off = 1e-3 if correction == "translation" else 1e-12
    np.testing.assert_allclose(in_polygon["k"], reference[f"polygon_{correction}"], rtol=off)


def test_pair_correlation_as_spatstat(points, reference):
    """Its kernel sums go through a raster of distances; ours do not."""
    found = curves(points[:400], WINDOW, reference, correction="translation", bandwidth_m=60 * np.sqrt(5))
    np.testing.assert_allclose(found["g"], reference["g_translation"], rtol=2e-3)


def test_nearest_neighbours_as_spatstat(points):
    first = points[:400]
    assert clark_evans(points, window=WINDOW, correction="none").ratio == pytest.approx(
        0.816908437598834, rel=1e-12
    )
    plain = clark_evans(first, window=WINDOW, correction="none")
    assert plain[:3] == pytest.approx((0.79985, -7.6579, 1.89e-14), rel=1e-4)
    assert clark_evans(first, window=WINDOW, correction="donnelly").ratio == pytest.approx(
        0.7830381, abs=5e-8
    )
    inside = first[shapely.contains_xy(POLYGON, *first.T)]
    assert clark_evans(inside, window=POLYGON, correction="none").ratio == pytest.approx(0.8971496, abs=5e-8)


def test_quadrats_as_spatstat(points):
    bins = np.linspace(150_000, 160_000, 5), np.linspace(165_000, 177_000, 6)
    counts = np.histogram2d(*points[:400].T, bins=bins)[0].ravel()
    found = quadrat_test(counts, np.ones(20), rng=np.random.default_rng(1))
    assert (found.statistic, found.df, found.p_value) == (pytest.approx(124.8), 19, 0.001)
    assert found.p_chi2 == pytest.approx(1.4e-17, rel=0.01)


@pytest.mark.parametrize("hole", [False, True])
def test_the_part_of_a_circle_inside_is_what_shapely_measures(hole):
    rng = np.random.default_rng(4)
    ground = shapely.Polygon([(0, 0), (900, 100), (1000, 1000), (400, 500), (100, 900)])
    if hole:
        ground = ground.difference(shapely.box(300, 200, 500, 350))
    area = study_area(ground)
    points = area.draw(40, rng)
    pairs = close_pairs(points, 600.0)[::7]
    share = 1.0 / edge_weights(area, points, pairs, "isotropic")
    apart = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    rings = shapely.get_exterior_ring(
        shapely.buffer(shapely.points(points[pairs[:, 0]]), apart, quad_segs=400)
    )
    told = shapely.length(shapely.intersection(rings, ground)) / shapely.length(rings)
    np.testing.assert_allclose(share, np.maximum(told, 0.01), atol=2e-3)


@settings(max_examples=examples(20))
@given(st.integers(0, 2**31), st.floats(0.1, 50), st.floats(-1e5, 1e5))
def test_units_and_places_do_not_matter(seed, scale, shift):
    xy = np.random.default_rng(seed).uniform(0, 1000, (25, 2))
    plain = planar_k(xy, window=SQUARE, distances_m=[100, 200], simulations=0, rng=np.random.default_rng(1))
    moved = planar_k(
        xy * scale + shift,
        window=shapely.affinity.translate(shapely.box(0, 0, 1000 * scale, 1000 * scale), shift, shift).buffer(
            1e-6, join_style="mitre"
        ),
        distances_m=[100 * scale, 200 * scale],
        simulations=0,
        rng=np.random.default_rng(1),
    )
    np.testing.assert_allclose(moved.table["g"], plain.table["g"], rtol=1e-3)
    np.testing.assert_allclose(moved.table["l"], plain.table["l"] * scale, rtol=1e-3)


def test_chance_is_called_clustered_as_seldom_as_promised():
    rng, runs = np.random.default_rng(6), repetitions(200)
    found = [
        planar_k(
            rng.uniform(0, 1000, (30, 2)), window=SQUARE, distances_m=[50, 100, 200], simulations=19, rng=rng
        )
        for _ in range(runs)
    ]
    false = np.mean([one.p_value <= 0.05 for one in found])
    assert false <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    # Without bias: K is the area of a circle, also where half of it lies outside.
    mean = np.mean([one.table["k"] for one in found], axis=0)
    np.testing.assert_allclose(mean, np.pi * np.array([50, 100, 200]) ** 2, rtol=0.06)


def test_one_test_of_all_distances_is_exact():
    """Of curves that are alike the first is among the most deviant 5 % in 5 % of draws."""
    rng = np.random.default_rng(9)
    p = [largest_deviation_p(rng.normal(size=(20, 6)).cumsum(axis=1)) for _ in range(2000)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2000))
    assert largest_deviation_p(np.ones((20, 3))) == 1.0


def test_nearest_neighbours_among_dwellings_are_no_news():
    rng = np.random.default_rng(3)
    dwellings = rng.normal(500, 60, (300, 2))
    xy = dwellings[rng.integers(0, 300, 40)]
    assert clark_evans(xy, window=SQUARE, rng=rng).p_value < 0.01
    assert clark_evans(xy, window=SQUARE, among=dwellings, rng=rng).p_value > 0.05


@settings(max_examples=examples(15))
@given(st.lists(st.integers(0, 9), min_size=3, max_size=6).filter(any))
def test_quadrats_of_small_numbers_are_judged_by_drawing(counts):
    rng = np.random.default_rng(1)
    found = quadrat_test(counts, np.ones(len(counts)), rng=rng, alternative="either")
    expected = sum(counts) / len(counts)
    assert found.statistic == pytest.approx(sum((n - expected) ** 2 / expected for n in counts))
    assert 0 < found.p_value <= 1


def test_ground_without_exposure_takes_no_part():
    rng = np.random.default_rng
    whole = quadrat_test([4, 0, 6], [1, 0, 2], rng=rng(1))
    assert whole == quadrat_test([4, 6], [1, 2], rng=rng(1))
    with pytest.raises(SchemaError, match="without exposure"):
        quadrat_test([4, 1, 6], [1, 0, 2], rng=rng(1))


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"xy": [[1, 1]]}, SchemaError, "at least 2"),
        ({"xy": [[1, 1], [np.nan, 2]]}, SchemaError, "lack a place .*1"),
        ({"xy": [[1, 1], [2000, 2]]}, SchemaError, "outside the window"),
        ({"window": "Genk"}, ConfigError, "window"),
        ({"window": shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])}, ConfigError, "do not cross"),
        ({"distances_m": [100, 50]}, ConfigError, "ascending"),
        ({"distances_m": [0, 50]}, ConfigError, "above 0"),
        ({"correction": "border"}, ConfigError, "correction"),
        ({"bandwidth_m": -1}, ConfigError, "bandwidth_m"),
        ({"simulations": -1}, ConfigError, "simulations"),
    ],
)
def test_what_has_no_answer_is_refused(change, kind, message):
    given = {"xy": [[1, 1], [2, 2], [900, 800]], "window": SQUARE, "distances_m": [100]} | change
    with pytest.raises(kind, match=message):
        planar_k(given.pop("xy"), rng=np.random.default_rng(1), **given)


def test_a_correction_that_does_not_go_with_the_window_is_refused():
    xy = [[156_000, 168_000], [157_000, 169_000]]
    with pytest.raises(ConfigError, match="rectangle"):
        clark_evans(xy, window=POLYGON, correction="donnelly")
    with pytest.raises(ConfigError, match="among"):
        clark_evans(xy, window=WINDOW, among=xy, correction="none")
    with pytest.raises(ConfigError, match="simulations"):
        clark_evans(xy, window=WINDOW, simulations=0)

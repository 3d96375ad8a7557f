"""Space-time scan: brute force, chance held at its level, planted clusters signalled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import scan
from genk_geo.stats.scanning.alive import best_alive
from genk_geo.stats.scanning.circles_and_windows import build_circles, build_windows
from tests.examples import examples, repetitions


def by_brute_force(xy, days, today, radius, window, floor):
    """Largest ratio over every circle around a place and every window that ends today."""
    best, n = 0.0, len(days)
    for centre in np.unique(xy, axis=0):
        distance = np.hypot(*(xy - centre).T)
        for reach in np.unique(distance[distance <= radius]):
            inside = distance <= reach
            for length in range(1, window + 1):
                late = days > today - length
                c, mu = (inside & late).sum(), inside.sum() * late.sum() / n
                if c >= floor and c > mu:
                    ratio = c * np.log(c / mu)
                    ratio += (n - c) * np.log((n - c) / (n - mu)) if c < n else 0.0
                    best = max(best, ratio)
    return best


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 20)), min_size=4, max_size=30))
@settings(max_examples=examples(40), deadline=None)
def test_every_cylinder_is_looked_at(cases):
    *xy, days = np.array(cases).T
    xy = np.column_stack(xy).astype(float)
    today = int(days.max())
    found = scan(xy, days, radius_m=2.5, window_days=6, min_cases=2, replicates=9)
    best = found.clusters["llr"].max() if len(found.clusters) else 0.0
    assert best == pytest.approx(by_brute_force(xy, days, today, 2.5, 6, 2), abs=1e-9)
    members = [member for row in found.clusters["members"] for member in row]
    assert len(members) == len(set(members))


@pytest.mark.parametrize(("n", "lane_bits"), [(60, 8), (700, 16)])
def test_shuffled_days_are_searched_like_the_given_ones(n, lane_bits):
    """The best of each dealt data set, by brute force; few and many cases in a circle."""
    rng = np.random.default_rng(n)
    xy = rng.integers(0, 5, (n, 2)).astype(float)
    age = np.sort(rng.integers(0, 12, n))
    recent = np.searchsorted(age, np.arange(10))
    around = build_circles(np.unique(xy, axis=0), xy, 2.5)
    span = build_windows(recent, n, 2, int(around.held[:, 1].max()))
    assert span.lane_bits == lane_bits
    ages = age[age < 9]
    picks = rng.integers(0, n - np.arange(ages.size), (3, ages.size))
    for pick, best in zip(picks, best_alive(picks, ages, around, span), strict=True):
        order = np.arange(n)
        for j, k in enumerate(pick):
            order[[j, j + k]] = order[[j + k, j]]
        dealt = np.full(n, 100)
        dealt[order[: ages.size]] = ages
        assert best == pytest.approx(by_brute_force(xy, -dealt, 0, 2.5, 9, 2), abs=1e-9)


def test_events_at_one_place_are_in_a_circle_together():
    xy = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0], [6.0, 8.0], [3.0, 4.0], [3.0, -4.0]])
    around = build_circles(xy[:1], xy, 7.0)
    assert around.held[:, 1].tolist() == [2, 5, 5]
    assert around.within(0, 2).tolist() == [0, 2]
    assert sorted(around.within(0, 5).tolist()) == [0, 1, 2, 4, 5]
    assert (around.radius(0, 2), around.radius(0, 5)) == (0.0, 5.0)


def city(rng, n=250, days=120):
    return rng.uniform(0, 5000, (n, 2)), rng.integers(0, days, n)


@pytest.mark.slow
def test_chance_is_held_at_its_level():
    """Data sets without clusters: the p-values are uniform within Monte Carlo error."""
    rng, runs = np.random.default_rng(2), repetitions(1000)
    p = []
    for _ in range(runs):
        xy, days = city(rng, 120, 60)
        found = scan(xy, days, today=59, radius_m=1000, window_days=14, min_cases=2, replicates=39, rng=rng)
        p.append(found.clusters["p_value"].min() if len(found.clusters) else 1.0)
    p = np.array(p)
    for level in (0.05, 0.1, 0.25):
        assert (p <= level).mean() == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / runs))
    # Kolmogorov at 1 %, or .06 where that is wider.
    assert kstest(p - rng.uniform(0, 0.025, runs), "uniform").statistic < max(0.06, 1.63 / np.sqrt(runs))


@pytest.mark.slow
def test_a_cluster_of_three_times_the_usual_is_signalled_within_two_weeks():
    """One false signal a year: weekly looks, a recurrence interval of a year or more.

    As many events as Genk has reports of nuisance (4,000 a year) on 25 km2; the cluster has a radius of 1 km.
    """
    rng = np.random.default_rng(6)
    grid = np.array([(x, y) for x in range(125, 5000, 250) for y in range(125, 5000, 250)], dtype=float)
    signalled, runs = 0, repetitions(40)
    for _ in range(runs):
        xy, days = city(rng, 4000, 365)
        centre = rng.uniform(1000, 4000, 2)
        usual = (np.hypot(*(xy - centre).T) < 1000).sum() / 365 * 14
        extra = rng.poisson(2 * usual)
        angle, reach = rng.uniform(0, 2 * np.pi, extra), 1000 * np.sqrt(rng.uniform(0, 1, extra))
        planted = centre + np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
        days = np.concatenate([days, rng.integers(351, 365, extra)])
        found = scan(
            np.vstack([xy, planted]), days, today=364, centres=grid, replicates=199, rng=rng
        ).clusters
        rare = found[found["recurrence_days"] >= 365]
        signalled += (np.hypot(rare["x"] - centre[0], rare["y"] - centre[1]) < 1200).any()
    assert signalled >= 0.8 * runs


def test_a_rerun_gives_the_same_whatever_the_number_of_threads(monkeypatch):
    xy, days = city(np.random.default_rng(1))
    one = scan(xy, days, replicates=199, rng=np.random.default_rng(7))
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    other = scan(xy, days, replicates=199, rng=np.random.default_rng(7))
    np.testing.assert_array_equal(one.largest, other.largest)
    pd.testing.assert_frame_equal(one.clusters, other.clusters)


def test_grid_cells_can_be_the_centres():
    rng = np.random.default_rng(3)
    xy, days = city(rng)
    xy = np.vstack([xy, np.full((8, 2), 2050.0)])
    days = np.concatenate([days, np.full(8, 119)])
    grid = np.array([(x, y) for x in range(50, 5000, 100) for y in range(50, 5000, 100)], dtype=float)
    found = scan(xy, days, centres=grid, replicates=99, rng=rng).clusters.iloc[0]
    assert np.hypot(found["x"] - 2050, found["y"] - 2050) <= 300
    assert found["observed"] >= 8
    assert found["p_value"] == 0.01
    assert found["recurrence_days"] > 365


def test_nothing_found_is_an_empty_table():
    found = scan([[0.0, 0.0], [5000.0, 0.0]], [0, 50], replicates=9)
    assert found.clusters.empty
    assert {"x", "radius", "p_value", "recurrence_days", "members"} <= set(found.clusters)
    assert scan([[0.0, 0.0]], [0], today=400, replicates=9).clusters.empty
    assert scan([[0.0, 0.0]] * 3, [0, 0, 0], centres=[[9e6, 0.0]], replicates=9).clusters.empty


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"days": [1.5, 2, 3]}, SchemaError, r"whole day \(rows 0\)"),
        ({"today": 2}, SchemaError, r"later than day 2 \(rows 2\)"),
        ({"xy": [[0, 0]]}, SchemaError, "given"),
        ({"window_days": 0}, ConfigError, "window"),
        ({"window_days": 9000}, ConfigError, "at most 3,660"),
        ({"replicates": 0}, ConfigError, "replicates"),
    ],
)
def test_what_cannot_be_scanned_is_refused(change, error, message):
    told = {"xy": [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]], "days": [1, 2, 3]} | change
    with pytest.raises(error, match=message):
        scan(told.pop("xy"), told.pop("days"), **told)


def test_moments_count_as_the_days_on_which_they_fall():
    xy, moments = np.zeros((3, 2)), pd.date_range("2026-01-01 22:00", periods=3)
    found, plain = scan(xy, moments, min_cases=1), scan(xy, [20454, 20455, 20456], min_cases=1)
    assert found.clusters.equals(plain.clusters)
    assert found.dated
    assert not plain.dated

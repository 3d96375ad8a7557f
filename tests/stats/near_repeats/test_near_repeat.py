"""Near repeats: the reach that was put in, chance held at its level, zones and strings by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, knox, near_repeat, near_repeat_strings, near_repeat_zones
from tests.examples import examples, repetitions

BANDS = {"distance_bands": (0, 1, 100, 200, 300), "time_bands": (0, 7, 14, 21, 28)}


def incidents(rng, n=400, days=730, followed=0.0):
    """Incidents without pattern, a part of them followed within 90 m and a week."""
    xy, when = rng.uniform(0, 5000, (n, 2)), rng.uniform(0, days, n)
    again = np.flatnonzero(rng.random(n) < followed)
    angle, far = rng.uniform(0, 2 * np.pi, again.size), rng.uniform(10, 90, again.size)
    near = xy[again] + far[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.vstack([xy, near]), np.concatenate([when, when[again] + rng.uniform(0, 7, again.size)])


def test_the_reach_that_was_put_in_is_found():
    rng = np.random.default_rng(1)
    found = near_repeat(*incidents(rng, followed=0.15), **BANDS, least_m=100, rng=rng)
    reach = found.reach()
    assert (reach.distance_m, reach.days) == (100, 7)
    assert reach.p_value == 0.001
    assert reach.ratio > 10
    first = found.bands.query("from_m == 1 and from_days == 0").iloc[0]
    assert first["p_value"] == 0.001
    assert found.reach(min_ratio=1000) is None


def test_a_reach_is_all_bands_up_to_it():
    rng = np.random.default_rng(2)
    xy, days = incidents(rng, 200, 100, 0.1)
    found = near_repeat(xy, days, **BANDS, least_m=100, permutations=19)
    assert found.reaches["distance_m"].min() == 100
    for row in found.reaches.itertuples():
        whole = knox(
            xy, days, distance_bands=[0, row.distance_m], time_bands=[0, row.days], metric="euclidean",
            permutations=1,
        )  # fmt: skip
        assert row.observed == whole.observed.iloc[0, 0]
        assert row.expected == pytest.approx(whole.expected.iloc[0, 0], rel=1e-12)
        assert row.z == pytest.approx(whole.z.iloc[0, 0], rel=1e-9)
    bands = knox(xy, days, **BANDS, metric="euclidean", permutations=1).observed.iloc[:-1, :-1]
    np.testing.assert_array_equal(found.bands["observed"], bands.to_numpy().ravel())


def test_a_place_that_is_busy_for_months_is_no_near_repeat_within_blocks():
    rng = np.random.default_rng(6)
    xy, days = incidents(rng)
    busy = rng.uniform(2000, 2090, (60, 2))
    xy, days = np.vstack([xy, busy]), np.concatenate([days, rng.uniform(182, 364, 60)])
    assert near_repeat(xy, days, **BANDS, rng=rng).reach().ratio > 2
    assert near_repeat(xy, days, **BANDS, block_days=91, rng=rng).reach() is None
    xy, days = incidents(rng, followed=0.15)
    found = near_repeat(xy, days, **BANDS, block_days=91, least_m=100, rng=rng)
    assert (found.reach().distance_m, found.reach().days) == (100, 7)
    pairs = found.reaches.query("distance_m == 300 and days == 28").iloc[0]
    # What chance gives as many incidents, of which none follows another.
    chance = np.mean(
        [
            knox(
                *incidents(np.random.default_rng(seed), len(days)), distance_bands=[0, 300],
                time_bands=[0, 28], metric="euclidean", permutations=0,
            ).observed.iloc[0, 0]
            for seed in range(10)
        ]
    )  # fmt: skip
    assert pairs["expected"] == pytest.approx(chance, rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("block_days", [None, 45])
def test_looking_at_many_reaches_makes_none_significant(block_days):
    """Data sets without pattern: the corrected p-value of the best reach is uniform.

    Tolerance: three standard errors at each level; pairs are counts, so p may also be too large.
    """
    rng, runs = np.random.default_rng(3), repetitions(1000)
    best = np.array(
        [
            near_repeat(
                *incidents(rng, 100, 90),
                distance_bands=(0, 200, 400, 600),
                time_bands=(0, 7, 14),
                block_days=block_days,
                permutations=99,
                rng=rng,
            ).reaches["p_value"].min()
            for _ in range(runs)
        ]
    )  # fmt: skip
    for level in (0.05, 0.1, 0.25, 0.5):
        assert (best <= level).mean() == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / runs))


def test_nothing_stands_out_where_nothing_follows():
    rng = np.random.default_rng(4)
    assert near_repeat(*incidents(rng), **BANDS, rng=rng).reach(max_p=0.01) is None


@pytest.fixture(scope="module")
def grid():
    return Grid.cover(shapely.box(0, 0, 2000, 1000), 100)


def test_zones_are_whole_cells_that_hide_where_in_the_cell(grid):
    today = 100
    xy = [[110.0, 510.0], [350.0, 550.0], [1550.0, 550.0], [1850.0, 50.0], [9999.0, 0.0], [50.0, 50.0]]
    days = [90, 99, 100, 86, 100, 101]
    zones = near_repeat_zones(xy, days, grid, distance_m=100, reach_days=14, today=today)
    assert zones["incidents"].tolist() == [2, 1]  # too old, outside the grid and after today left out
    assert zones["until"].tolist() == [112, 113]
    assert len(zones["cells"][1]) == 5  # its cell and the four beside it
    assert zones.geometry[1].equals(grid.cells.loc[list(zones["cells"][1])].union_all())
    assert zones["area_m2"][1] == pytest.approx(50_000)
    moved = np.add(xy, [[80, 80], [-40, 30], [49, -49], [0, 0], [0, 0], [0, 0]])
    again = near_repeat_zones(moved, days, grid, distance_m=100, reach_days=14, today=today)
    assert again["cells"].tolist() == zones["cells"].tolist()


def test_an_incident_counts_so_many_days(grid):
    for today, alive in ((10, 1), (15, 1), (16, 0)):
        zones = near_repeat_zones([[50, 50]], [10], grid, distance_m=100, reach_days=7, today=today)
        assert len(zones) == alive
        assert {"cells", "incidents", "until", "geometry"} <= set(zones)
        assert zones.crs == grid.cells.crs


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 12)), max_size=14))
@settings(max_examples=examples(40), deadline=None)
def test_strings_by_hand(cases):
    table = np.array(cases, dtype=float).reshape(-1, 3)
    found = near_repeat_strings(table[:, :2], table[:, 2], distance_m=2.5, reach_days=3)
    n = len(table)
    linked = np.eye(n, dtype=bool)
    for i in range(n):
        for j in range(n):
            near = np.hypot(*(table[i, :2] - table[j, :2])) < 2.5
            linked[i, j] |= near and abs(table[i, 2] - table[j, 2]) < 3
    for _ in range(n):
        linked = (linked.astype(int) @ linked.astype(int)) > 0
    for i in range(n):
        assert (found[i] < 0) == (linked[i].sum() == 1)
        for j in range(n):
            assert i == j or (linked[i, j] == (found[i] == found[j] >= 0))
    if n:
        first = pd.Series(table[:, 2]).groupby(found).min().drop(-1, errors="ignore")
        assert first.is_monotonic_increasing
        assert first.index.tolist() == list(range(len(first)))


def test_what_cannot_be_counted_is_refused(grid):
    xy, days = incidents(np.random.default_rng(5), 20, 50)
    with pytest.raises(ConfigError, match="least_m"):
        near_repeat(xy, days, distance_bands=(0, 50), least_m=100)
    with pytest.raises(ConfigError, match="permutations"):
        near_repeat(xy, days, permutations=0)
    with pytest.raises(SchemaError, match="a day for each of 20 places"):
        near_repeat_strings(xy, days[:3], distance_m=10, reach_days=3)
    with pytest.raises(SchemaError, match="a day for each"):
        near_repeat_zones(xy, days[:3], grid, distance_m=10, reach_days=3, today=9)

import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import (
    EMERGING,
    Grid,
    emerging_category,
    emerging_hotspots,
    mann_kendall,
    space_time_cube,
)

# Yearly flow of the Nile at Aswan, 1871 to 1970, 10^8 m3.
NILE = """
    1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100
    1210 1150 1250 1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456
    824 702 1120 1100 832 764 821 768 845 864 862 698 845 744 796 1040 759 781 865 845 944 984 897
    822 1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749 838 1050 918 986 797 923 975
    815 1020 906 901 1170 912 746 919 718 714 740
"""
TZ = "Europe/Brussels"


def test_the_nile_goes_down():
    found = mann_kendall([float(flow) for flow in NILE.split()])
    assert found.s == -1387
    assert found.variance == pytest.approx(112728.3, abs=0.05)
    assert found.z == pytest.approx(-4.128067, abs=5e-7)
    assert found.p_value == pytest.approx(3.658e-5, rel=2e-4)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
@settings(deadline=None, max_examples=40)
def test_trend_is_a_count_of_pairs(series):
    found = mann_kendall(series)
    pairs = [np.sign(b - a) for a, b in itertools.combinations(series, 2)]
    assert found.s == sum(pairs)
    assert mann_kendall(series[::-1]).s == -found.s
    with_gap = mann_kendall([*series[:1], np.nan, *series[1:]])
    assert (with_gap.s, with_gap.variance) == (found.s, found.variance)


def test_variance_is_that_of_all_orders():
    series = [1, 1, 2, 3, 3, 3]
    every = [mann_kendall(order).s for order in itertools.permutations(series)]
    assert mann_kendall(series).variance == pytest.approx(np.var(every))


def test_rows_are_tested_each_on_its_own():
    rng = np.random.default_rng(1)
    table = rng.integers(0, 5, (7, 20)).astype(float)
    table[3] = 2.0
    table[4, 5:] = np.nan
    found = mann_kendall(table)
    for i, row in enumerate(table):
        assert found.z[i] == mann_kendall(row).z
    assert (found.z[3], found.p_value[3]) == (0, 1)
    assert np.isfinite(mann_kendall([np.nan, np.nan]).p_value)
    with pytest.raises(SchemaError, match="needed one row"):
        mann_kendall([])


def points_and_moments():
    moments = pd.to_datetime(
        pd.Series(
            [
                "2026-01-05 00:00",
                "2026-01-11 23:59",
                "2026-01-12 00:00",
                "2026-02-28 12:00",
                "2026-03-01 00:00",
            ]
        )
    ).dt.tz_localize(TZ)
    return [[50, 50], [50, 50], [150, 50], [50, 150], [50, 50]], moments


def test_a_cube_has_every_cell_and_every_week():
    grid = Grid.cover(shapely.box(0, 0, 200, 200), 100)
    xy, moments = points_and_moments()
    cube = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 9))
    assert cube.shape == (4, 8)
    assert cube.columns[0] == pd.Timestamp("2026-01-05")
    assert cube.iloc[0].tolist() == [2, 0, 0, 0, 0, 0, 0, 1]
    assert cube.loc["100m_E1_N0"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert cube.to_numpy().sum() == 5
    # Periods of three weeks end with the last week; the two oldest weeks make no whole one.
    three = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 9), weeks=3)
    assert [str(d.date()) for d in three.columns] == ["2026-01-19", "2026-02-09"]
    assert three.to_numpy().sum() == 2
    weighted = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 9), weights=[0.5] * 5)
    assert weighted.to_numpy().sum() == 2.5


def test_months_that_were_seen_in_part_are_left_out():
    grid = Grid.cover(shapely.box(0, 0, 200, 200), 100)
    xy, moments = points_and_moments()
    cube = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 18), step="month")
    assert [str(d.date()) for d in cube.columns] == ["2026-02-01", "2026-03-01", "2026-04-01"]
    assert cube.sum().tolist() == [1, 1, 0]


def test_cubes_that_cannot_be():
    grid = Grid.cover(shapely.box(0, 0, 200, 200), 100)
    xy, moments = points_and_moments()
    run = {"first": Week(2026, 2), "last": Week(2026, 3)}
    with pytest.raises(ConfigError, match="no whole period"):
        space_time_cube(xy, moments, grid, step="month", **run)
    with pytest.raises(ConfigError, match="no whole period"):
        space_time_cube(xy, moments, grid, weeks=3, **run)
    with pytest.raises(ConfigError, match="needed 1 or more"):
        space_time_cube(xy, moments, grid, weeks=0, **run)
    with pytest.raises(ConfigError, match="week or month"):
        space_time_cube(xy, moments, grid, step="day", **run)
    with pytest.raises(ConfigError, match="first before the last"):
        space_time_cube(xy, moments, grid, first=Week(2026, 3), last=Week(2026, 2))
    with pytest.raises(SchemaError, match="tz-aware"):
        space_time_cube(xy, moments.dt.tz_localize(None), grid, **run)
    with pytest.raises(SchemaError, match="one a point"):
        space_time_cube(xy, moments[:2], grid, **run)
    with pytest.raises(SchemaError, match="weights"):
        space_time_cube(xy, moments, grid, weights=[1], **run)


# H hot, c cold, . neither; trend up, flat or down.
SEQUENCES = [
    (".........H", 0, "new_hot"),
    ("....c....H", 0, "new_hot"),
    ("H", 0, "new_hot"),
    ("........HH", 0, "consecutive_hot"),
    ("..HHHHHHHH", 0, "consecutive_hot"),
    ("c......HHH", 1, "consecutive_hot"),
    (".HHHHHHHHH", 1, "intensifying_hot"),
    ("HHHHHHHHHH", 1, "intensifying_hot"),
    (".HHHHHHHHH", 0, "persistent_hot"),
    ("HHHH.HHHHH", 0, "persistent_hot"),
    ("HH", 0, "persistent_hot"),
    ("HHHHcHHHHH", -1, "diminishing_hot"),
    ("HHHHHHHHH.", 1, "historical_hot"),
    ("HHHHHHHHHc", 0, "historical_hot"),
    ("HHHHHHHH.H", 0, "persistent_hot"),
    ("HHHHHHHHH..", 0, "none"),  # 9 of 11, one run, over
    ("H.HHHHHHHH.", 0, "sporadic_hot"),
    ("H.H.H.....", 0, "sporadic_hot"),
    ("H........H", 0, "sporadic_hot"),
    (".HHH.HHHHH", 0, "sporadic_hot"),
    ("H.c......H", 0, "oscillating_hot"),
    ("HHHHHHHccH", 1, "oscillating_hot"),
    ("H.H.c.....", 0, "none"),
    ("...HH.....", 0, "none"),
    ("..........", 1, "none"),
    ("H.H......c", 0, "new_cold"),
    ("c.H......c", 0, "oscillating_cold"),
]


def read(text):
    return [{"H": 1, "c": -1, ".": 0}[sign] for sign in text]


@pytest.mark.parametrize(("text", "trend", "category"), SEQUENCES)
def test_every_category_and_its_borders(text, trend, category):
    states = np.array([read(text)])
    assert emerging_category(states, [trend])[0] == category
    if "_hot" in category and emerging_category(-states, [-trend])[0] != category.replace("hot", "cold"):
        # Only where the mirror image is also a hot pattern does hot go first.
        assert emerging_category(-states, [-trend])[0].endswith("_hot")


def test_the_mirror_images_of_all_kinds_are_reached():
    reached = set()
    for text, trend, _ in SEQUENCES:
        states = np.array([read(text)])
        reached |= {emerging_category(states, [trend])[0], emerging_category(-states, [-trend])[0]}
    assert reached == set(EMERGING)


def test_states_that_are_none():
    with pytest.raises(SchemaError, match="needed shapes"):
        emerging_category([1, 0], [0])
    with pytest.raises(SchemaError, match="only -1, 0 and 1"):
        emerging_category([[2, 0]], [0])


def test_planted_histories_come_out():
    rng = np.random.default_rng(5)
    grid = Grid.cover(shapely.box(0, 0, 3000, 3000), 100)
    col, row = grid.cells["col"].to_numpy(), grid.cells["row"].to_numpy()
    rate = np.full((len(grid), 10), 0.2)
    always = (np.abs(col - 5) <= 1) & (np.abs(row - 5) <= 1)
    lately = (np.abs(col - 22) <= 1) & (np.abs(row - 22) <= 1)
    rate[always] = 6.0
    rate[lately, -1] = 6.0
    periods = pd.date_range("2026-01-05", periods=10, freq="7D", name="period")
    cube = pd.DataFrame(rng.poisson(rate), grid.cells.index, periods)
    found = emerging_hotspots(cube, grid.graph())
    centre, new = grid.assign([[550, 550], [2250, 2250]])
    assert found.loc[centre, "category"] == "persistent_hot"
    assert found.loc[centre, "hot_periods"] == 10
    assert found.loc[new, "category"] == "new_hot"
    assert found.loc[new, "last"] == "hot"
    near = (
        always
        | lately
        | np.isin(np.arange(len(grid)), np.flatnonzero(grid.graph().sparse @ (always | lately)))
    )
    assert (found.loc[~near, "category"] != "none").mean() < 0.01
    assert list(found["category"].cat.categories) == list(EMERGING)
    quiet = emerging_hotspots(cube * 0, grid.graph())
    assert (quiet["category"] == "none").all()
    masked = emerging_hotspots(cube, grid.graph(), possible=pd.Series(~always, grid.cells.index))
    assert (masked.loc[always, "category"] == "none").all()
    with pytest.raises(SchemaError, match="at least one period"):
        emerging_hotspots(cube.iloc[:, :0], grid.graph())
    with pytest.raises(ConfigError, match="level"):
        emerging_hotspots(cube, grid.graph(), level=0)

"""Whatever draws says where chance came from, in what its result shows of itself."""

from __future__ import annotations

import inspect

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo import stats
from genk_geo.calendar import Week

BOX = (0, 0, 2000, 2000)
GRID = stats.Grid.cover(shapely.box(*BOX), 250, crs=31370)
XY = np.random.default_rng(2).uniform(100, 1900, (40, 2)).round(1)
DAYS = np.arange(40.0) * 4
POINTS = gpd.GeoDataFrame(
    {
        "from": pd.Timestamp("2026-05-04", tz="Europe/Brussels") + pd.to_timedelta(DAYS, unit="D"),
        "severity": "light",
        "weak_road_user": False,
    },
    geometry=gpd.points_from_xy(*XY.T, crs=31370),
)
STREETS = gpd.GeoDataFrame(
    geometry=[shapely.LineString([(0, y), (2000, y)]) for y in range(100, 2000, 300)], crs=31370
)
COUNTS = GRID.count(POINTS)


def record():
    return stats.WeekRecord.from_incidents(
        POINTS, POINTS["from"], GRID, first=Week(2026, 19), last=Week(2026, 41)
    )


def backtested(**chance):
    return stats.backtest(record(), weeks=2, models=["decayed"], **chance)


#: What each function that draws gives, with the source of chance left to the test.
DRAWS = {
    "backtest": backtested,
    "clark_evans": lambda **by: stats.clark_evans(XY, window=BOX, simulations=3, **by),
    "concentration": lambda **by: stats.concentration(COUNTS, simulations=3, **by),
    "dangerous_stretches": lambda **by: stats.dangerous_stretches(
        STREETS, POINTS, max_distance_m=200, replicates=3, max_p=1.0, **by
    ),
    "forecast": lambda **by: stats.forecast(record(), models=["decayed"], **by),
    "global_g": lambda **by: stats.global_g(COUNTS, GRID.graph(), permutations=3, **by),
    "global_moran": lambda **by: stats.global_moran(COUNTS, GRID.graph(), permutations=3, **by),
    "knox": lambda **by: stats.knox(XY, DAYS, permutations=3, **by),
    "near_repeat": lambda **by: stats.near_repeat(XY, DAYS, permutations=3, **by),
    "network_k": lambda **by: stats.network_k(
        STREETS, POINTS, distances_m=[200], max_distance_m=200, simulations=3, **by
    ),
    "planar_k": lambda **by: stats.planar_k(XY, window=BOX, distances_m=[200], simulations=3, **by),
    "quadrat_test": lambda **by: stats.quadrat_test(COUNTS, np.ones(len(GRID)), simulations=3, **by),
    "scan": lambda **by: stats.scan(XY, DAYS, replicates=3, **by),
    "scan_cases": lambda **by: stats.scan_cases(XY, np.arange(40) % 2, np.ones(40), replicates=3, **by),
    "scan_counts": lambda **by: stats.scan_counts(XY, np.ones((40, 1)), np.ones((40, 1)), replicates=3, **by),
    "scorecard": lambda **by: stats.scorecard(backtested(), replicates=3, **by),
    "space_time_k": lambda **by: stats.space_time_k(
        XY, DAYS, window=BOX, period=(0, 160), distances_m=[200], days_apart=[7], permutations=3, **by
    ),
    "Walk": lambda **by: stats.Walk(record(), **by),
}  # fmt: skip
#: Their results are bare numbers; their docstrings say from where chance comes without a generator.
BARE = {"dangerous_by_chance", "likelihood_bandwidth"}


def test_everything_that_draws_is_asked():
    def draws(value):
        return callable(value) and "rng" in inspect.signature(value).parameters

    public = {
        name for name in stats.__all__ if inspect.isroutine(value := getattr(stats, name)) and draws(value)
    }
    public |= {"Walk"} if draws(stats.Walk) else set()
    assert public == set(DRAWS) | BARE
    for name in stats.__all__:
        value = getattr(stats, name)
        if inspect.isclass(value) and name != "Walk" and "rng" in inspect.signature(value).parameters:
            pytest.fail(f"{name} draws too")
    assert all("seed 0 by default" in getattr(stats, name).__doc__ for name in BARE)


def shown(found):
    return found.summary() if hasattr(found, "summary") else repr(found)


@pytest.mark.parametrize("name", sorted(DRAWS))
def test_the_source_of_chance_is_told(name):
    for chance, told in (({}, "seed 0"), ({"rng": 7}, "seed 7")):
        assert told in shown(DRAWS[name](**chance))
    own = DRAWS[name](rng=np.random.default_rng(3))
    assert "a generator of your own" in shown(own)


def test_nothing_is_told_where_nothing_was_drawn():
    for found in (
        stats.concentration(COUNTS, simulations=0),
        stats.planar_k(XY, window=BOX, distances_m=[200], simulations=0),
        stats.clark_evans(XY, window=BOX, correction="none"),
    ):
        assert found.seed == ""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import global_g, global_moran


@pytest.fixture(scope="module")
def spdep(root):
    folder = root / "tests" / "stats" / "r_reference"
    grid = pd.read_csv(folder / "grid.csv")
    graph = Graph.build_distance_band(gpd.GeoSeries.from_xy(grid["x"], grid["y"]), 750, binary=True)
    return grid["count"], graph, pd.read_csv(folder / "spdep_global_band750.csv").set_index("stat")


@pytest.mark.parametrize(
    ("statistic", "transformation", "name"), [(global_moran, "R", "moran_rand"), (global_g, "B", "globalG")]
)
def test_global_statistics_as_spdep(spdep, statistic, transformation, name):
    counts, graph, reference = spdep
    found = statistic(counts, graph.transform(transformation), rng=np.random.default_rng(1), permutations=99)
    expected = reference.loc[name]
    assert found.statistic == pytest.approx(expected["estimate"], rel=1e-6)
    assert found.expected == pytest.approx(expected["expectation"], rel=1e-6)
    assert found.variance == pytest.approx(expected["variance"], rel=1e-6)
    assert found.z == pytest.approx(expected["z"], rel=1e-6)
    assert found.p_value == 1 / 100


def moran_by_hand(y, linked):
    z = y - y.mean(axis=1, keepdims=True)
    return y.shape[1] / linked.sum() * ((z @ linked) * z).sum(axis=1) / (z**2).sum(axis=1)


def g_by_hand(y, linked):
    return ((y @ linked) * y).sum(axis=1) / (y.sum(axis=1) ** 2 - (y**2).sum(axis=1))


@pytest.mark.parametrize(
    ("statistic", "by_hand"), [(global_moran, moran_by_hand), (global_g, g_by_hand)], ids=["moran", "g"]
)
def test_global_moments_are_those_of_the_permutations(statistic, by_hand):
    """Drawn by hand, a hundred times as fast: limits are four standard errors of 40,000 draws."""
    rng = np.random.default_rng(2)
    linked = np.triu(rng.random((12, 12)) < 0.3, 1)
    linked |= linked.T
    linked[0, 1] = linked[1, 0] = True
    focal, neighbour = np.nonzero(linked)
    graph = Graph.from_arrays(focal, neighbour, np.ones(focal.size))
    y = rng.poisson(2, 12).astype(float)
    drawn = rng.permuted(np.tile(y, (40_000, 1)), axis=1)
    values = by_hand(drawn, linked.astype(float))
    for row, value in zip(drawn[:20], values, strict=False):
        found = statistic(pd.Series(row).loc[graph.unique_ids], graph, rng=rng, permutations=1)
        assert found.statistic == pytest.approx(value)
    told = statistic(pd.Series(y).loc[graph.unique_ids], graph, rng=rng)
    assert values.mean() == pytest.approx(told.expected, abs=4 * np.sqrt(told.variance / 40_000))
    spread = (values - values.mean()) ** 2
    assert spread.mean() == pytest.approx(told.variance, abs=4 * spread.std() / np.sqrt(40_000))


def test_global_p_values_are_uniform_without_pattern(spdep):
    _, graph, _ = spdep
    rng = np.random.default_rng(3)
    p = [
        global_moran(pd.Series(rng.poisson(1, 480)), graph, rng=rng, permutations=39).p_value
        for _ in range(150)
    ]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.07)
    two = global_g(pd.Series(rng.poisson(1, 480)), graph, rng=rng, permutations=39, alternative="two-sided")
    assert 0 < two.p_value <= 1


def test_global_statistics_of_maps_that_say_nothing():
    rng = np.random.default_rng(4)
    graph = Graph.from_arrays(list("abcde"), list("badce"), [1, 1, 1, 1, 0])
    equal = global_moran(pd.Series(1.0, list("abcde")), graph, rng=rng)
    assert np.isnan(equal.p_value)
    assert equal.islands == 1
    missing = global_g(pd.Series([1, 2, np.nan, 3, 4], list("abcde")), graph, rng=rng)
    assert (missing.n, missing.islands) == (2, 2)
    signed = global_moran(pd.Series([-1.0, -2, 3, 4, 0], list("abcde")), graph, rng=rng, permutations=9)
    assert signed.statistic > 0
    with pytest.raises(SchemaError, match="0 or more"):
        global_g(pd.Series([-1.0, -2, 3, 4, 0], list("abcde")), graph, rng=rng)
    with pytest.raises(SchemaError, match="pandas Series"):
        global_g([1, 2], graph, rng=rng)
    with pytest.raises(ConfigError, match="permutations"):
        global_g(pd.Series([1.0, 2, 3, 4, 0], list("abcde")), graph, rng=rng, permutations=0)

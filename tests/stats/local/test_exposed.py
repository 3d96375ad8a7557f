import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import binom, nbinom, poisson

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, local_g, overdispersion, q_values, shifted_hot
from genk_geo.stats.inference.tails import binomial_interval, mean_interval

GRID = Grid.cover(shapely.box(0, 0, 1000, 1000), 100)


def counts_and_homes(seed=12):
    rng = np.random.default_rng(seed)
    return (
        pd.Series(rng.poisson(1, 100), GRID.cells.index),
        pd.Series(rng.integers(1, 50, 100), GRID.cells.index),
    )


def test_the_interval_of_the_relative_risk_is_mid_p():
    counts, homes = counts_and_homes()
    found = local_g(counts, GRID.graph(), exposure=homes)
    assert list(found)[-3:] == ["relative_risk", "risk_low", "risk_high"]
    total = counts.sum()
    chance = found["expected"] / total
    for cell in found.index[::17]:
        x, share = found.loc[cell, "observed"], chance[cell]
        low, high = (found.loc[cell, name] * share for name in ("risk_low", "risk_high"))
        if x > 0:
            assert binom.sf(x, total, low) + 0.5 * binom.pmf(x, total, low) == pytest.approx(0.025)
        else:
            assert low == 0
        assert binom.cdf(x, total, high) - 0.5 * binom.pmf(x, total, high) == pytest.approx(0.025)
    assert (found["risk_low"] <= found["relative_risk"]).all()
    assert (found["relative_risk"] <= found["risk_high"]).all()
    narrow = local_g(counts, GRID.graph(), exposure=homes, level=0.5)
    assert (narrow["risk_high"] < found["risk_high"]).all()


def test_intervals_cover():
    rng = np.random.default_rng(3)
    mean = rng.uniform(0.3, 20, 20_000)
    x = rng.poisson(mean).astype(float)
    low, high = mean_interval(x, 1.0, 0.95)
    assert ((low <= mean) & (mean <= high)).mean() == pytest.approx(0.95, abs=0.01)
    x = rng.negative_binomial(mean, 0.5).astype(float)  # variance twice the mean
    low, high = mean_interval(x, 2.0, 0.95)
    assert ((low <= mean) & (mean <= high)).mean() == pytest.approx(0.95, abs=0.012)
    x = rng.binomial(400, mean / 400).astype(float)
    low, high = binomial_interval(x, np.full(x.size, 400.0), 0.95)
    assert ((low <= mean / 400) & (mean / 400 <= high)).mean() == pytest.approx(0.95, abs=0.01)


def test_the_ends_of_the_binomial_interval():
    low, high = binomial_interval(np.array([0.0, 10.0]), np.array([10.0, 10.0]), 0.9)
    assert low[0] == 0
    assert 0.5 * (1 - high[0]) ** 10 == pytest.approx(0.05)
    assert 0.5 * low[1] ** 10 == pytest.approx(0.05)
    assert high[1] == pytest.approx(1)


def test_over_dispersion_gives_the_negative_binomial_tail():
    counts, homes = counts_and_homes()
    ratio = 2.5
    found = local_g(counts, GRID.graph(), exposure=homes, dispersion=ratio)
    plain = local_g(counts, GRID.graph(), exposure=homes)
    tail = nbinom.sf(found["observed"] - 1, found["expected"] / (ratio - 1), 1 / ratio)
    np.testing.assert_allclose(found["p_value"], tail, rtol=1e-9)
    np.testing.assert_allclose(found["z"], plain["z"] / np.sqrt(ratio))
    assert (found["risk_high"] - found["risk_low"] > plain["risk_high"] - plain["risk_low"]).all()
    cold = local_g(counts, GRID.graph(), exposure=homes, dispersion=1, alternative="less")
    np.testing.assert_allclose(
        cold["p_value"], poisson.cdf(cold["observed"], cold["expected"]), rtol=1e-9, atol=1e-15
    )


def test_over_dispersed_history_without_hotspot_makes_no_alarm():
    rng = np.random.default_rng(5)
    ratio, graph = 3.0, GRID.graph()
    homes = pd.Series(20.0, GRID.cells.index)
    draws = rng.negative_binomial(2.0 / (ratio - 1), 1 / ratio, (200, 100))
    estimated = overdispersion(pd.DataFrame(draws))
    assert estimated == pytest.approx(ratio, rel=0.1)
    p = [
        [
            local_g(pd.Series(row, GRID.cells.index), graph, exposure=homes, dispersion=d)["p_value"]
            for row in draws[:60]
        ]
        for d in (estimated, None)
    ]
    assert np.mean(np.array(p[0]) <= 0.01) <= 0.012
    assert np.mean(np.array(p[1]) <= 0.01) > 0.03  # what the binomial tail would have made of it


def test_overdispersion_of_little():
    assert overdispersion(pd.DataFrame()) == 1
    assert overdispersion(pd.DataFrame({"a": [np.nan, np.nan], "b": [0, 0]})) == 1
    with pytest.raises(SchemaError, match="0 or more"):
        overdispersion(pd.DataFrame({"a": [-1]}))


def test_wrong_options_of_the_exposure():
    counts, homes = counts_and_homes()
    with pytest.raises(ConfigError, match="needed an exposure"):
        local_g(counts, GRID.graph(), dispersion=2)
    with pytest.raises(ConfigError, match="1 or more"):
        local_g(counts, GRID.graph(), exposure=homes, dispersion=0.5)
    with pytest.raises(ConfigError, match="level"):
        local_g(counts, GRID.graph(), exposure=homes, level=95)


def test_false_discovery_over_cells_and_weeks_together():
    rng = np.random.default_rng(7)
    p = rng.random((40, 6)) ** 2
    p[3, 2] = np.nan
    together = q_values(p)
    assert together.shape == p.shape
    np.testing.assert_array_equal(together.ravel(), q_values(p.ravel()))
    np.testing.assert_array_equal(together, q_values(pd.DataFrame(p)))
    assert q_values([]).size == 0
    from scipy.stats import false_discovery_control

    told = np.isfinite(p)
    np.testing.assert_allclose(together[told], false_discovery_control(p[told]))
    assert np.isnan(together[3, 2])


def test_hot_in_k_of_four_grids():
    rng = np.random.default_rng(8)
    grid = Grid.cover(shapely.box(0, 0, 2000, 2000), 100)
    noise = rng.uniform(0, 2000, (300, 2))
    spot = rng.normal((1000, 1000), 40, (60, 2))
    hot_in = shifted_hot(np.vstack([noise, spot]), grid)
    assert hot_in.between(0, 4).all()
    assert hot_in.index.equals(grid.cells.index)
    assert hot_in[grid.assign([[1005, 1005]])[0]] == 4
    assert (hot_in[grid.assign([[100, 100], [1900, 1900]])] == 0).all()
    # A hotspot on one corner of the grid is not hot everywhere: the number says so.
    assert set(hot_in.unique()) - {0, 4}

    def where_three(_, counts):
        return counts.map({0: "not significant", 3: "hot 99"}).to_frame("hotspot_class")

    assert shifted_hot(noise[:1], grid, weights=[3], judge=where_three).max() >= 3


def test_a_continuous_tail_meets_the_exact_one_on_large_counts():
    from genk_geo.stats.inference.exact_sums import tail_tables
    from genk_geo.stats.inference.pearson import Moments, permutation_moments, tails

    values, times = (
        np.arange(60),
        np.maximum(np.round(3000 * nbinom.pmf(np.arange(60), 3, 0.2)), 0).astype(int),
    )
    y = np.repeat(values, times).astype(float)
    present = times > 0
    upper, _ = tail_tables(values[present], times[present], 8, remove_one=False)
    d = y - y.mean()
    population = Moments(*(np.asarray(m) for m in (y.mean(), (d**2).mean(), (d**3).mean())))
    eight = np.array(8.0)
    moments = permutation_moments((eight, eight, eight), population, float(y.size))
    sums = np.arange(upper.shape[-1], dtype=float)
    exact = upper[0, 8]
    smooth = tails(sums - 0.5, moments)[0]  # the middle between two whole sums
    told = (exact > 1e-4) & (exact < 0.9999)
    assert np.abs(smooth - exact)[told].max() < 0.004
    assert np.abs(np.log10(smooth / exact))[told].max() < 0.1

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import binom, nbinom, poisson

from genk_geo.errors import ConfigError
from genk_geo.stats import Grid, local_g, overdispersion

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


def test_wrong_options_of_the_exposure():
    counts, homes = counts_and_homes()
    with pytest.raises(ConfigError, match="needed an exposure"):
        local_g(counts, GRID.graph(), dispersion=2)
    with pytest.raises(ConfigError, match="1 or more"):
        local_g(counts, GRID.graph(), exposure=homes, dispersion=0.5)
    with pytest.raises(ConfigError, match="level"):
        local_g(counts, GRID.graph(), exposure=homes, level=95)

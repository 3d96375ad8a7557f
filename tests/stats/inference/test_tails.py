import numpy as np
import pytest
from scipy.stats import poisson

from genk_geo.stats import poisson_tail
from genk_geo.stats.inference.tails import binomial_interval, mean_interval


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


def test_upper_poisson_tail():
    assert poisson_tail(15, 3.174) == pytest.approx(1.33e-6, rel=5e-3)
    x = np.arange(30)
    np.testing.assert_allclose(poisson_tail(x, 7.5), poisson.sf(x - 1, 7.5), rtol=1e-10)

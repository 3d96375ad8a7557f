"""The variance of counts as a function of their mean is found again."""

from __future__ import annotations

import numpy as np
import pytest

from genk_geo.stats.inference.excess_variance import fit_excess

MEAN = np.repeat([0.2, 1.0, 3.0, 10.0, 40.0], 8)


def fitted(draw, n=400):
    counts = np.array([draw(mean) for mean in MEAN for _ in range(n)], dtype=float).reshape(MEAN.size, n)
    return fit_excess(np.full(MEAN.size, float(n)), MEAN, ((counts - MEAN[:, None]) ** 2).mean(axis=1) / MEAN)


def test_chance_has_no_excess():
    level, growth = fitted(np.random.default_rng(1).poisson)
    assert level < 0.05
    assert growth < 0.01


def test_threes_have_a_level_and_shared_shocks_a_growth():
    rng = np.random.default_rng(2)
    level, growth = fitted(lambda mean: 3 * rng.poisson(mean / 3))
    assert level == pytest.approx(2.0, abs=0.2)
    assert growth < 0.03
    level, growth = fitted(lambda mean: rng.poisson(mean * rng.gamma(4, 1 / 4)))
    assert growth == pytest.approx(0.25, abs=0.05)
    assert level < 0.2


def test_less_than_chance_is_chance_and_one_row_has_a_level_alone():
    ten, mean = np.full(3, 10.0), np.array([1.0, 5.0, 9.0])
    assert fit_excess(ten, mean, np.full(3, 0.5)) == (0.0, 0.0)
    assert fit_excess(np.array([51.0]), np.array([80.0]), np.array([2.5])) == (1.5, 0.0)
    assert fit_excess(np.empty(0), np.empty(0), np.empty(0)) == (0.0, 0.0)

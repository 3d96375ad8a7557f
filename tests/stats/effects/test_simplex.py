"""Weights of a mix of places."""

import numpy as np
import pytest
from scipy.optimize import minimize

from genk_geo.stats.effects.simplex import simplex_weights


def cost(weights, donors, wanted, noise, penalty):
    return ((wanted - donors @ weights) ** 2).sum() + penalty * (noise * weights**2).sum()


@pytest.mark.parametrize("penalty", [0.05, 1.0, 20.0])
def test_no_general_solver_finds_better_weights(penalty):
    rng = np.random.default_rng(3)
    donors, wanted = rng.gamma(4.0, 0.25, (12, 8)), rng.gamma(4.0, 0.25, (12, 3))
    noise = rng.uniform(0.2, 3.0, 8)
    allowed = np.ones((8, 3), bool)
    allowed[2, 1] = False
    found = simplex_weights(donors, wanted, noise, penalty, allowed)
    assert found.sum(axis=0) == pytest.approx(1.0)
    assert (found >= 0).all()
    assert found[2, 1] == 0
    for at in range(3):
        ends = [(0.0, 1.0 if open_ else 0.0) for open_ in allowed[:, at]]
        best = minimize(
            cost, np.full(8, 1 / 8), (donors, wanted[:, at], noise, penalty), method="SLSQP", bounds=ends,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14, "maxiter": 500},
        )  # fmt: skip
        assert cost(found[:, at], donors, wanted[:, at], noise, penalty) <= best.fun * (1 + 1e-6)


def test_a_mix_that_fits_is_found():
    rng = np.random.default_rng(4)
    donors = rng.gamma(4.0, 0.25, (40, 6))
    truth = np.array([0.5, 0.0, 0.3, 0.2, 0.0, 0.0])
    found = simplex_weights(donors, (donors @ truth)[:, None], np.ones(6), 1e-9)
    assert found[:, 0] == pytest.approx(truth, abs=1e-3)


def test_an_endless_penalty_looks_at_noise_only():
    found = simplex_weights(np.ones((3, 3)), np.zeros((3, 1)), np.array([1.0, 0.5, 0.25]), float("inf"))
    assert found[:, 0] == pytest.approx([1 / 7, 2 / 7, 4 / 7])

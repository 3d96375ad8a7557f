"""The models against R's glmnet, glm and glm.nb (tests/cpted/reference) and against scikit-learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import PoissonRegressor

from genk_geo.cpted.model import count_model as models
from genk_geo.cpted.model.elastic_net import PooledCells, fit_path, penalties

REFERENCE = Path(__file__).parent / "reference"
NAMES = [f"x{i}" for i in range(1, 9)]


@pytest.fixture(scope="module")
def cells():
    return pd.read_csv(REFERENCE / "cells.csv")


@pytest.fixture(scope="module")
def found_by_r():
    return pd.read_csv(REFERENCE / "coefficients.csv")


def rows_of(cells):
    x = cells[NAMES].to_numpy(dtype=float)
    return PooledCells(x, cells["y"].to_numpy(float), cells["exposure"].to_numpy(), np.ones(len(cells)))


def tally_of(cells):
    x = cells[NAMES].to_numpy(dtype=bool)
    return models.Tally(x, cells["y"].to_numpy(), np.log(cells["exposure"].to_numpy()), np.ones(len(cells)))


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.1, 0.0])
def test_the_penalised_fit_is_that_of_glmnet(cells, found_by_r, l1_ratio):
    expected = found_by_r[(found_by_r["model"] == "glmnet") & (found_by_r["alpha"] == l1_ratio)]
    assert len(expected) == 6
    path = fit_path(rows_of(cells), expected["lambda"].to_numpy(), l1_ratio=l1_ratio)
    np.testing.assert_allclose(path, expected[["s0", *NAMES]].to_numpy(), rtol=0, atol=1e-6)


def test_cells_that_are_alike_may_be_taken_together(cells):
    whole = rows_of(cells)
    patterns, row = np.unique(whole.x, axis=0, return_inverse=True)
    sums = (np.bincount(row, weights=values) for values in (whole.y, whole.exposure, whole.cells))
    together = PooledCells(patterns, *sums)
    assert len(together.y) < len(whole.y)
    penalty = np.array([0.1, 0.01])
    np.testing.assert_allclose(
        fit_path(together, penalty, l1_ratio=0.5), fit_path(whole, penalty, l1_ratio=0.5), atol=1e-8
    )


def test_pure_ridge_is_that_of_scikit_learn(cells):
    rows = rows_of(cells)
    x = (rows.x - rows.x.mean(axis=0)) / rows.x.std(axis=0)
    penalty, mean_exposure = 0.05, rows.exposure.mean()
    # scikit-learn weighs rows where we have an exposure, and divides by the sum of the weights.
    ridge = PoissonRegressor(
        alpha=penalty / mean_exposure, tol=1e-12, max_iter=10_000, solver="newton-cholesky"
    )
    ridge.fit(x, rows.y / rows.exposure, sample_weight=rows.exposure)
    ours = fit_path(PooledCells(x, rows.y, rows.exposure, rows.cells), np.array([penalty]), l1_ratio=0.0)[0]
    np.testing.assert_allclose(ours, [ridge.intercept_, *ridge.coef_], atol=1e-6)


def test_at_the_largest_penalty_everything_is_zero_and_just_below_it_not(cells):
    rows = rows_of(cells)
    largest = penalties(rows, l1_ratio=0.5, count=10, smallest=0.01)[0]
    path = fit_path(rows, np.array([largest * 1.000001, largest * 0.98]), l1_ratio=0.5)
    assert not path[0, 1:].any()
    assert np.count_nonzero(path[1, 1:]) == 1


@pytest.mark.parametrize("family", ["poisson", "negative binomial"])
def test_the_count_models_are_those_of_r(cells, found_by_r, family):
    expected = found_by_r.set_index("model").loc[family]
    errors = pd.read_csv(REFERENCE / "standard_errors.csv").set_index("model").loc[family]
    fit = models.fit_counts(tally_of(cells), [0, 2, 5], family)
    np.testing.assert_allclose(
        fit.coefficients, expected[["s0", "x1", "x3", "x6"]].to_numpy(float), atol=1e-6
    )
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), errors.to_numpy(float), atol=1e-6)
    assert fit.dispersion == pytest.approx(expected["dispersion"], abs=1e-5)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    parameters = 4 + (family != "poisson")
    assert fit.bic == pytest.approx(-2 * expected["loglik"] + parameters * np.log(len(cells)), abs=1e-5)


def test_counts_without_overdispersion_bring_the_negative_binomial_to_poisson():
    rng = np.random.default_rng(4)
    x = rng.random((3000, 1)) < 0.3
    y = np.minimum(rng.poisson(np.exp(-0.5 + x[:, 0])), 3)  # capped: less spread than a Poisson
    tally = models.Tally(x, y, np.zeros(3000), np.ones(3000))
    one, other = (models.fit_counts(tally, [0], family) for family in ("poisson", "negative binomial"))
    np.testing.assert_allclose(one.coefficients, other.coefficients, atol=1e-4)
    assert one.bic < other.bic

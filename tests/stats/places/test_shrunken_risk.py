"""Shrunken risks: the posterior of a gamma prior, and chances that come true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import shrunken_risk


def drawn(rng, n=3000, shape=2.0, change=0.0):
    """Risks, and counts of two periods; between them a part of the risk is drawn anew."""
    expected = pd.Series(rng.gamma(1.0, 1.0, n))
    then = rng.gamma(shape, 1 / shape, n)
    now = (1 - change) * then + change * rng.gamma(shape, 1 / shape, n)
    observed = pd.Series(rng.poisson(expected * now))
    before = pd.Series(rng.poisson(3 * expected * then))
    return now, observed, expected, before


def in_ten_classes(chance, worst):
    """Mean chance and share that came true, of the classes with enough places to tell."""
    group = np.minimum((chance * 10).astype(int), 9)
    return [(chance[group == k].mean(), worst[group == k].mean(), (group == k).sum()) for k in range(10)]


@pytest.mark.parametrize(("shape", "change"), [(2.0, 0.0), (2.0, 0.5), (0.7, 0.0)])
def test_chances_come_true_in_ten_classes(shape, change):
    rng, chances, truths = np.random.default_rng(3), [], []
    for _ in range(12):
        risk, observed, expected, before = drawn(rng, shape=shape, change=change)
        found = shrunken_risk(observed, expected, before=before, expected_before=3 * expected)
        chances.append(found["chance"])
        truths.append(risk > np.quantile(risk, 0.95))
    for said, came, places in in_ten_classes(np.concatenate(chances), np.concatenate(truths)):
        if places >= 200:
            assert said == pytest.approx(came, abs=0.05 + 2 * np.sqrt(0.25 / places))


def test_without_a_past_it_is_the_posterior_of_the_prior_that_was_drawn_from():
    _, observed, expected, _ = drawn(np.random.default_rng(4), n=20_000)
    found = shrunken_risk(observed, expected)
    shape = 2.0  # one of those that are tried
    assert found["risk"].to_numpy() == pytest.approx(
        ((shape + observed) / (shape + expected)).to_numpy(), rel=0.1
    )
    limit = np.quantile(gamma(shape, scale=1 / shape).rvs(200_000, random_state=1), 0.95)
    wanted = gamma.sf(limit, shape + observed, scale=1 / (shape + expected))
    assert found["chance"].to_numpy() == pytest.approx(wanted, abs=0.05)


def test_the_worst_are_as_many_as_said():
    _, observed, expected, before = drawn(np.random.default_rng(5))
    for worst in (0.01, 0.05, 0.2):
        found = shrunken_risk(observed, expected, before=before, expected_before=3 * expected, worst=worst)
        assert found["chance"].mean() == pytest.approx(worst, rel=1e-6)


@pytest.mark.parametrize("worst", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("risks", [(8.0, 0.2), (0.01, 3.0), (1.0, 1.0)])
def test_the_worst_are_as_many_where_every_ninth_place_is_another(risks, worst):
    """Streets can put all busy cells a fixed number of cells apart: part of the places is then no sample."""
    rng = np.random.default_rng(9)
    ninth, other = risks
    expected = pd.Series(rng.gamma(1.0, 1.0, 2700) + 0.01)
    risk = np.where(np.arange(2700) % 9 == 0, ninth, other * rng.choice([0.1, 1.0], 2700))
    observed, before = pd.Series(rng.poisson(expected * risk)), pd.Series(rng.poisson(3 * expected * risk))
    for past in ({}, {"before": before, "expected_before": 3 * expected}):
        chance = shrunken_risk(observed, expected, worst=worst, **past)["chance"]
        assert chance.between(0, 1).all()
        assert chance.mean() == pytest.approx(worst, rel=1e-5)


def test_a_city_of_equal_places_makes_nobody_sure():
    rng = np.random.default_rng(6)
    expected = pd.Series(rng.gamma(1.0, 1.0, 3000))
    found = shrunken_risk(pd.Series(rng.poisson(expected)), expected)
    assert found["risk"].between(0.8, 1.3).all()
    assert found["chance"].max() < 0.5


def test_what_comes_in_bursts_says_less():
    _, observed, expected, _ = drawn(np.random.default_rng(7))
    calm = shrunken_risk(observed, expected)["chance"]
    restless = shrunken_risk(observed, expected, dispersion=pd.Series(3.0, observed.index))["chance"]
    assert restless.max() < calm.max()


def test_what_has_ended_is_not_told_by_its_past():
    """Thirty times as busy for a long time, and as quiet as the others now; and one that goes on."""
    rng = np.random.default_rng(8)
    expected = pd.Series(np.full(2000, 1.0))
    observed, before = pd.Series(rng.poisson(1.0, 2000)), pd.Series(rng.poisson(12.0, 2000))
    before.iloc[[7, 9]], observed.iloc[7], observed.iloc[9] = 120, 1, 10
    found = shrunken_risk(observed, expected, before=before, expected_before=12 * expected)
    assert found["chance"].iloc[7] < 0.15
    assert found["risk"].iloc[7] < 2
    assert found["chance"].iloc[9] > 0.9
    assert found["risk"].iloc[9] > 5


def test_nothing_expected_nothing_said():
    found = shrunken_risk(pd.Series([1.0, 2.0, 0.0]), pd.Series([0.0, 1.0, np.nan]))
    assert found.isna().all(axis=1).tolist() == [True, False, True]
    assert shrunken_risk(pd.Series([1.0]), pd.Series([0.0])).isna().all(axis=None)


def test_wrong_input_is_refused():
    with pytest.raises(ConfigError, match="worst"):
        shrunken_risk(pd.Series([1.0]), pd.Series([1.0]), worst=1.0)
    with pytest.raises(SchemaError, match="same"):
        shrunken_risk(pd.Series([1.0]), pd.Series([1.0], index=[5]))

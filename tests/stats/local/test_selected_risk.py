"""At least so many times: lower bounds of windows that were chosen for being high."""

from __future__ import annotations

import numpy as np
import pytest

from genk_geo.errors import ConfigError
from genk_geo.stats import q_values
from genk_geo.stats.inference.tails import binomial_tails, overdispersed_tails
from genk_geo.stats.local.exposed import risk_interval
from tests.examples import repetitions

WINDOWS, TOTAL = 300, 3000


def drawn(rng, *, dispersion):
    """Windows of which a twentieth has a raised risk; what is seen, expected, and true."""
    expected = rng.gamma(2.0, 4.0, WINDOWS)
    risk = np.where(rng.random(WINDOWS) < 0.05, rng.uniform(1.2, 3.0, WINDOWS), 1.0)
    mean = expected * risk
    if dispersion is None:
        return rng.binomial(TOTAL, mean / TOTAL).astype(float), expected, risk
    size = mean / (dispersion - 1.0)
    return rng.negative_binomial(size, 1.0 / dispersion).astype(float), expected, risk


def missing(dispersion, *, corrected, seeds):
    """Mean share of shown windows whose lower bound lies above the truth, and how many are shown."""
    shares, shown = [], 0
    for seed in range(seeds):
        observed, expected, risk = drawn(np.random.default_rng(seed), dispersion=dispersion)
        total = np.full(WINDOWS, float(TOTAL))
        if dispersion is None:
            upper = binomial_tails(observed, total, expected / TOTAL)[0]
        else:
            upper = overdispersed_tails(observed, expected, dispersion)[0]
        hot = q_values(upper) <= 0.05
        shown += int(hot.sum())
        if hot.any():
            low, _ = risk_interval(
                observed[hot], expected[hot], total=total[hot], dispersion=dispersion, level=0.95,
                selected_from=WINDOWS if corrected else None,
            )  # fmt: skip
            shares.append(np.mean(low > risk[hot]))
        else:
            shares.append(0.0)
    return float(np.mean(shares)), shown


@pytest.mark.parametrize("dispersion", [None, 2.0])
def test_lower_bounds_of_what_was_selected_miss_as_seldom_as_promised(dispersion):
    seeds = repetitions(400)
    share, shown = missing(dispersion, corrected=True, seeds=seeds)
    assert shown > 0.75 * seeds
    # 2.5 % is promised; the standard error is .6 % with 400 draws.
    assert share <= 0.025 + 2 * 0.006 * np.sqrt(400 / seeds)


def test_without_the_correction_they_miss_far_more_often():
    assert missing(None, corrected=False, seeds=repetitions(400))[0] > 0.05


def test_one_window_of_many_has_the_widest_interval_and_all_of_them_the_usual_one():
    observed, expected, total = np.array([20.0]), np.array([8.0]), np.array([3000.0])
    asked = {"total": total, "dispersion": None, "level": 0.95}
    usual = risk_interval(observed, expected, **asked)
    same = risk_interval(observed, expected, **asked, selected_from=1)
    wide = risk_interval(observed, expected, **asked, selected_from=500)
    np.testing.assert_array_equal(usual, same)
    assert wide[0] < usual[0] < usual[1] < wide[1]
    with pytest.raises(ConfigError, match="selected_from"):
        risk_interval(np.ones(3), np.ones(3), **(asked | {"total": np.full(3, 9.0)}), selected_from=2)


def test_nothing_shown_is_nothing_bounded():
    low, high = risk_interval(
        np.empty(0), np.empty(0), total=np.empty(0), dispersion=None, level=0.95, selected_from=9
    )
    assert low.size == high.size == 0

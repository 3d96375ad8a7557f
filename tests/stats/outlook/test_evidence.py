"""Evidence between models: by integration, seldom too much where they are equal, enough where not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm

from genk_geo.stats import scorecard
from genk_geo.stats.outlook.evidence import _SPREADS, evidence
from tests.examples import repetitions

MODELS = ("decayed", "a", "b", "c", "d")


def test_it_is_the_mean_of_all_bets():
    given = np.array([1.0, -0.5, 2.0, 0.0, 1.5])
    total, squares = given.sum(), (given**2).sum()

    def mean(spread):
        def bet(size):
            return 2 * norm.pdf(size, 0, spread) * np.exp(size * total - size**2 * squares / 2)

        return quad(bet, 0, 12 * spread)[0]

    assert evidence(given) == pytest.approx(np.mean([mean(spread) for spread in _SPREADS]), rel=1e-6)


def test_nothing_seen_says_nothing_and_a_loss_less_than_that():
    assert evidence([]) == evidence([0.0, 0.0]) == pytest.approx(1.0)
    assert evidence([-3.0] * 10) < 0.5
    assert np.isfinite(evidence([100.0] * 500))


def test_equal_models_are_hardly_ever_told_apart_however_often_one_looks():
    rng, runs = np.random.default_rng(1), repetitions(1000)
    reached = 0
    for _ in range(runs):
        # Weeks that differ much in what they hold, and incidents that come in threes.
        week = rng.gamma(2.0, 1.0, 52)
        given = 3.0 * (rng.poisson(week) - rng.poisson(week))
        reached += max(evidence(given[:n]) for n in range(4, 53, 4)) >= 40
    assert reached / runs <= 0.025 + 0.01


def scored(rng, *, weeks, better=1.0, incidents=8):
    """Scores of five models that catch a fifth of the incidents each, by chance; the last one more."""
    rows = []
    for week in range(weeks):
        for model in MODELS:
            caught = rng.binomial(incidents, 0.2 * (better if model == "d" else 1.0))
            rows.append((week, model, caught))
    table = pd.DataFrame(rows, columns=["at", "model", "caught"])
    week = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * table.pop("at"), unit="D")
    same = {
        "budget": 0.02,
        "incidents": incidents,
        "best": incidents,
        "base_incidents": 0,
        "base_caught": 0.0,
    }
    return table.assign(week=week, log_score=-1.0, **same)


def looks(rows, *, first=20):
    """Model that is chosen at every third weekly look."""
    mondays = rows["week"].drop_duplicates()
    for n in range(first, len(mondays) + 1, 3):
        card = scorecard(
            rows[rows["week"] <= mondays.iloc[n - 1]], weeks=26, replicates=1, rng=np.random.default_rng(0)
        )
        yield n, card.loc[card["chosen"], "model"].iloc[0]


def test_of_five_equal_models_the_plain_one_stays_over_half_a_year_of_looks():
    changed, runs = 0, repetitions(25)
    for seed in range(runs):
        rows = scored(np.random.default_rng(seed), weeks=46)
        changed += any(model != "decayed" for _, model in looks(rows))
    # 2.5 % at most: more than this comes less than once in forty times (3 of 25).
    assert changed <= binom(runs, 0.025).ppf(1 - 1 / 40)


def test_a_better_model_is_found_and_no_other():
    found = []
    for seed in range(5):
        rows = scored(np.random.default_rng(100 + seed), weeks=60, better=2.0)
        first = next(((n, model) for n, model in looks(rows) if model != "decayed"), (99, "d"))
        assert first[1] == "d"
        found.append(first[0])
    assert np.median(found) <= 40


def test_evidence_goes_by_all_weeks_and_sums_by_the_last():
    rows = scored(np.random.default_rng(7), weeks=60, better=2.0)
    short = scorecard(rows, weeks=26, rng=np.random.default_rng(1)).set_index("model")
    whole = scorecard(rows, rng=np.random.default_rng(1)).set_index("model")
    assert (short["weeks"] == 26).all()
    assert short.loc["d", "evidence"] == whole.loc["d", "evidence"] > 160
    assert short.loc["decayed", "evidence"] == 1.0

"""Events that follow from others: planted figures come back, and the likelihood is that of every pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import self_exciting
from genk_geo.stats.patterns.self_exciting import _events, _log_likelihood
from tests.examples import examples

SIDE, DAYS = 5000.0, 800.0
BOUNDS, PERIOD = (0.0, 0.0, SIDE, SIDE), (0.0, DAYS)


def cascade(rng, *, background, followers, half_life, spread_m):
    """Draw a self-exciting process generation by generation; what falls outside still has followers."""
    n = rng.poisson(background * DAYS)
    born = np.column_stack([rng.uniform(0, SIDE, (n, 2)), rng.uniform(0, DAYS, n)])
    every = [born]
    while len(born):
        parents = np.repeat(born, rng.poisson(followers, len(born)), axis=0)
        born = parents + np.column_stack(
            [
                rng.normal(0, spread_m, (len(parents), 2)),
                rng.exponential(half_life / np.log(2), len(parents)),
            ]
        )
        born = born[born[:, 2] < DAYS]
        every.append(born)
    events = np.concatenate(every)
    return events[((events[:, :2] >= 0) & (events[:, :2] <= SIDE)).all(axis=1)]


def test_what_was_planted_comes_back():
    found = []
    for seed in range(4):
        events = cascade(
            np.random.default_rng(seed), background=1.0, followers=0.4, half_life=14.0, spread_m=80.0
        )
        found.append(self_exciting(events[:, :2], events[:, 2], bounds=BOUNDS, period=PERIOD))
    means = pd.DataFrame(found).mean()
    assert means["background"] == pytest.approx(1.0, rel=0.06)
    assert means["followers"] == pytest.approx(0.4, rel=0.1)
    assert means["half_life_days"] == pytest.approx(14.0, rel=0.12)
    assert means["spread_m"] == pytest.approx(80.0, rel=0.06)
    assert min(one.gained for one in found) > 100


def _direct(events, base, followers, rate, spread):
    """Log-likelihood from every pair, one at a time."""
    total = -base * DAYS
    for i, (x, y, day) in enumerate(events):
        risk = base / SIDE**2
        for j, (other_x, other_y, earlier) in enumerate(events):
            if j != i and earlier < day:
                square = (x - other_x) ** 2 + (y - other_y) ** 2
                risk += (
                    followers * rate * np.exp(-rate * (day - earlier))
                    * np.exp(-square / (2 * spread**2)) / (2 * np.pi * spread**2)
                )  # fmt: skip
        total += np.log(risk)
        steps = np.linspace(-8, 8, 4001)
        normal = np.exp(-0.5 * steps**2) / np.sqrt(2 * np.pi)
        inside = 1.0
        for at in (x, y):
            within = (at + spread * steps >= 0) & (at + spread * steps <= SIDE)
            inside *= np.trapezoid(normal * within, steps)
        total -= followers * (1 - np.exp(-rate * (DAYS - day))) * inside
    return total


@settings(max_examples=examples(10))
@given(st.integers(0, 2**31), st.floats(0.05, 0.9), st.floats(0.01, 1.0), st.floats(30.0, 900.0))
def test_the_likelihood_is_that_of_every_pair(seed, followers, rate, spread):
    rng = np.random.default_rng(seed)
    events = np.column_stack([rng.uniform(0, SIDE, (25, 2)), rng.uniform(0, DAYS, 25).round()])
    told = _events(events[:, :2], events[:, 2], BOUNDS, PERIOD, None, (2 * SIDE, DAYS))
    found = _log_likelihood(told, 0.03, followers, rate, spread)
    assert found == pytest.approx(_direct(events, 0.03, followers, rate, spread), rel=1e-3)


def test_lasting_hotspots_are_no_followers_once_the_background_is_known():
    """A third of the events in one place for ever: an even background takes them for followers."""
    rng = np.random.default_rng(3)
    wide, narrow = rng.uniform(0, SIDE, (300, 2)), rng.normal(2500, 100, (150, 2))
    xy, days = np.vstack([wide, narrow]), rng.uniform(0, DAYS, 450)
    bump = np.exp(-((xy - 2500) ** 2).sum(axis=1) / (2 * 100**2)) / (2 * np.pi * 100**2)
    known = self_exciting(
        xy, days, bounds=BOUNDS, period=PERIOD, background=(2 / SIDE**2 + bump) / 3, reach_m=600
    )
    fooled = self_exciting(xy, days, bounds=BOUNDS, period=PERIOD, reach_m=600)
    assert fooled.gained > 50
    assert known.gained < 5
    assert known.followers < 0.1 < fooled.followers


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"xy": [[1, 1], [2, 2]]}, SchemaError, "at least three"),
        ({"days": [1, 2, 900]}, SchemaError, "outside the bounds or the period"),
        ({"xy": [[1, 1], [2, 2], [np.nan, 3]]}, SchemaError, "lack a place"),
        ({"bounds": (0, 0, 0, 9)}, ConfigError, "xmin < xmax"),
        ({"reach_m": 0}, ConfigError, "reach_m"),
        ({"background": [1, 1]}, SchemaError, "background"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, kind, message):
    given = {"xy": [[1, 1], [2, 2], [3, 3]], "days": [1, 2, 3], "bounds": BOUNDS, "period": PERIOD} | change
    with pytest.raises(kind, match=message):
        self_exciting(given.pop("xy"), given.pop("days"), **given)

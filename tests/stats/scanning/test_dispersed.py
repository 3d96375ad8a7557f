"""The scan against how restless the past was: its likelihood ratio, its variance, its promises."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, nbinom

from genk_geo.stats import scan
from genk_geo.stats.scanning.alive import alive_cylinders
from genk_geo.stats.scanning.circles_and_windows import build_circles, build_windows
from genk_geo.stats.scanning.dispersed import dispersed_cylinders, dispersed_ratio, past_dispersion
from tests.examples import repetitions

WEEKS, LONGEST = 104, 4
#: Twenty-five quarters of 1 km, of 16 places each.
QUARTER = np.array([(x, y) for x in range(5) for y in range(5)], dtype=float) * 1000.0


def city(rng, *, cv=0.0, a_week=60.0, threes=False):
    """Events of a city of which the quarters go up and down for four weeks at a time."""
    level = np.ones((WEEKS // 4, 25)) if cv == 0 else rng.gamma(cv**-2, cv**2, (WEEKS // 4, 25))
    count = rng.poisson(np.repeat(level, 4, axis=0) * a_week / 25.0 / (3 if threes else 1))
    week, quarter = (np.repeat(at, count.ravel()) for at in np.divmod(np.arange(count.size), 25))
    xy = QUARTER[quarter] + rng.integers(0, 4, (week.size, 2)) * 250.0
    return (np.repeat(xy, 3, axis=0), np.repeat(week, 3)) if threes else (xy, week)


def laid_out(xy, days, radius_m=1000.0, floor=3):
    age = days.max() - days
    around = build_circles(np.unique(xy, axis=0), xy, radius_m)
    recent = np.searchsorted(np.sort(age), np.arange(LONGEST + 1)).astype(np.int64)
    return age, around, build_windows(recent, age.size, floor, int(around.held[:, 1].max()))


def found_in(xy, days, *, dispersed, seed=0):
    table = scan(
        xy, days, today=WEEKS - 1, window_days=LONGEST, dispersed=dispersed, replicates=199,
        rng=np.random.default_rng(seed),
    ).clusters  # fmt: skip
    return table[table["recurrence_days"] >= 7 * 52]


def test_the_ratio_is_that_of_a_negative_binomial_in_a_large_city():
    count, mean, dispersion = 19.0, 6.0, 2.5
    size = mean / (dispersion - 1.0)
    # The likeliest mean with the size kept is the count itself.
    best = nbinom.logpmf(count, size, size / (size + count))
    null = nbinom.logpmf(count, size, size / (size + mean))
    assert dispersed_ratio(count, mean, 1e9, dispersion) == pytest.approx(best - null, rel=1e-5)


def test_without_dispersion_the_ratio_and_the_cylinders_are_those_of_chance():
    xy, days = city(np.random.default_rng(2))
    age, around, span = laid_out(xy, days)
    plain = alive_cylinders(age, around, span)
    ours = dispersed_cylinders(age, around, span, np.zeros((LONGEST, 2)))
    for ours_of, plain_of in zip(ours, plain, strict=True):
        np.testing.assert_allclose(ours_of, plain_of, rtol=1e-12)


def test_the_best_cylinder_is_the_best_of_all():
    rng = np.random.default_rng(4)
    xy, days = city(rng, cv=0.5, a_week=20)
    age, around, span = laid_out(xy, days)
    excess = np.array([[0.1, 0.02], [0.2, 0.05], [0.3, 0.08], [0.4, 0.1]])
    found = dispersed_cylinders(age, around, span, excess)
    for centre in rng.choice(around.start.size - 1, 12, replace=False):
        middle = np.unique(xy, axis=0)[centre]
        away = np.hypot(*(xy - middle).T)
        best = 0.0
        for radius in np.unique(away[away <= 1000]):
            inside = away <= radius
            for length in range(1, LONGEST + 1):
                count = float((inside & (age < length)).sum())
                mean = inside.sum() * (age < length).sum() / age.size
                spread = 1.0 + excess[length - 1] @ [1.0, mean]
                if count >= 3:
                    best = max(best, dispersed_ratio(count, mean, float(age.size), spread))
        assert found.ratio[centre] == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_variance_of_the_past_is_found(seed):
    rng = np.random.default_rng(seed)
    calm = past_dispersion(*laid_out(*city(rng)))
    assert (calm[:, 0] < 0.15).all()
    assert (calm[:, 1] < 0.02).all()
    threes = past_dispersion(*laid_out(*city(rng, threes=True)))
    # What comes in threes varies three times as much, whatever is expected.
    np.testing.assert_allclose(1.0 + threes @ [1.0, 10.0], 3.0, atol=0.5)
    shocks = past_dispersion(*laid_out(*city(rng, cv=0.5)))
    # One week of a quarter, 2.4 expected: 1 + .25 x 2.4; circles of 1 km hold parts of its neighbours too.
    assert 1.25 < 1.0 + shocks[0] @ [1.0, 2.4] < 1.75


def test_too_short_a_past_says_nothing():
    xy, days = city(np.random.default_rng(1), cv=0.5)
    late = days >= WEEKS - 12
    assert (past_dispersion(*laid_out(xy[late], days[late]))[1:] == 0).all()


def test_what_is_judged_plays_no_part():
    xy, days = city(np.random.default_rng(6))
    burst = np.vstack([xy, np.full((60, 2), 2250.0)]), np.concatenate([days, np.full(60, WEEKS - 1)])
    np.testing.assert_allclose(
        past_dispersion(*laid_out(*burst)), past_dispersion(*laid_out(xy, days)), atol=0.05
    )


def test_restless_quarters_signal_as_seldom_as_promised_and_an_outbreak_is_found():
    seldom = often = found = 0
    runs = repetitions(25)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        xy, days = city(rng, cv=0.5)
        often += len(found_in(xy, days, dispersed=False, seed=seed)) > 0
        seldom += len(found_in(xy, days, dispersed=True, seed=seed)) > 0
        # 24 more in a street than the few of its two weeks.
        xy = np.vstack([xy, np.full((24, 2), 2250.0)])
        days = np.concatenate([days, rng.integers(WEEKS - 2, WEEKS, 24)])
        signal = found_in(xy, days, dispersed=True, seed=seed)
        found += bool((np.hypot(signal["x"] - 2250, signal["y"] - 2250) <= 500).any())
    # 1.9 % is promised: what comes less often than once in eighty times is more than chance.
    assert seldom <= binom(runs, 0.019).ppf(1 - 1 / 80)
    assert often >= int(0.32 * runs)
    assert found >= 0.88 * runs

"""Steps in reporting: found when all areas rise, not when one does; ranges that follow them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genk_geo.calendar import Week
from genk_geo.errors import SchemaError
from genk_geo.stats import alerts, expect, reporting_step
from tests.examples import repetitions

MONDAYS = pd.date_range("2023-01-02", periods=157, freq="7D")
WEEK = Week.from_day(MONDAYS[-1].date())
#: Cities that are drawn, sixty with all repetitions.
SEEDS = max(30, repetitions(60))
#: Weekly means of areas: from one in three weeks to twelve a week.
MEANS = np.array([0.3, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0])


def city(rng, *, cv=0.0, season=0.0, growth=0.0, step=1.0, after=0):
    """Counts of twelve areas; the last `after` weeks before the one that is judged are at the new level."""
    week = np.arange(157)
    level = 1.0 + season * np.sin(2 * np.pi * week / 52.0)
    level = level * (1.0 + growth * (week / 157.0 - 0.5))
    level[156 - after :] *= step
    shock = rng.gamma(cv**-2, cv**2, (40, MEANS.size)) if cv else np.ones((40, MEANS.size))
    mean = level[:, None] * MEANS * np.repeat(shock, 4, axis=0)[:157]
    return pd.DataFrame(rng.poisson(mean), index=MONDAYS, columns=[f"a{i:02}" for i in range(MEANS.size)])


@pytest.mark.parametrize(("factor", "after"), [(1.5, 4), (1.5, 10), (2.0, 4), (0.5, 6)])
def test_a_step_of_the_whole_city_is_found(factor, after):
    found = [
        reporting_step(city(np.random.default_rng(seed), step=factor, after=after), week=WEEK)
        for seed in range(10)
    ]
    found = [step for step in found if step is not None]
    assert len(found) >= 8
    begin = Week.from_day(MONDAYS[156 - after].date())
    assert np.median([abs((step.since.monday - begin.monday).days) for step in found]) <= 7
    assert np.median([step.factor for step in found]) == pytest.approx(factor, rel=0.1)
    near = [abs(np.log(step.factor / factor)) <= 3 * np.sqrt(step.log_variance) for step in found]
    assert sum(near) >= len(found) - 1


@pytest.mark.parametrize(
    "changes", [{}, {"cv": 0.4}, {"season": 0.4}, {"growth": 0.5}, {"season": 0.4, "growth": 0.5, "cv": 0.4}]
)
def test_chance_shocks_seasons_and_growth_are_no_step(changes):
    found = [reporting_step(city(np.random.default_rng(s), **changes), week=WEEK) for s in range(SEEDS)]
    assert sum(step is not None for step in found) <= 1


def test_one_area_alone_is_news_and_no_step():
    history = city(np.random.default_rng(1))
    history.iloc[-11:, 5] += 30
    assert reporting_step(history, week=WEEK) is None
    assert alerts(history, week=WEEK).loc["a05", "alert"]


def test_a_new_source_is_told():
    history = city(np.random.default_rng(2), step=1.6, after=8)
    usual, app = history.sum(axis=1), pd.Series(0, index=history.index)
    sources = pd.DataFrame({"form": usual, "app": app})
    assert not reporting_step(history, week=WEEK, sources=sources).new_source
    sources.loc[sources.index[-9:], "app"] = 20
    assert reporting_step(history, week=WEEK, sources=sources).new_source
    with pytest.raises(SchemaError, match="same weeks"):
        reporting_step(history, week=WEEK, sources=sources.iloc[1:])


def test_what_is_known_too_short_or_of_too_few_areas_has_no_step():
    history = city(np.random.default_rng(3), step=2.0, after=10)
    assert reporting_step(history, week=WEEK) is not None
    assert reporting_step(history.iloc[40:], week=WEEK) is None
    assert reporting_step(history.iloc[:, :3], week=WEEK) is None


def coverage(changes, *, seeds, steps=True):
    """Share of counts inside the range, of areas with a mean below and from two a week on."""
    inside = []
    for seed in range(seeds):
        history = city(np.random.default_rng(1000 + seed), **changes)
        step = reporting_step(history, week=WEEK) if steps else None
        found = expect(history, week=WEEK, step=step)
        inside.append(found["observed"].between(found["low"], found["high"]))
    share = np.array(inside).mean(axis=0)
    return share[MEANS < 2].mean(), share[MEANS >= 2].mean(), share[MEANS >= 8].mean()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"cv": 0.4},
        {"season": 0.4, "growth": 0.5},
        {"step": 1.5, "after": 5},
        {"step": 1.5, "after": 9, "cv": 0.2},
    ],
)
def test_ranges_cover_what_they_promise_for_small_and_large_areas(changes):
    small, large, largest = coverage(changes, seeds=SEEDS)
    # Standard errors of sixty cities are 1, .8 and 1.3 %, of thirty 1.4, 1.1 and 1.8 %. Of a small count
    # one end of the range is 0, so it covers more.
    assert small >= 0.94
    assert 0.92 <= large <= 0.99
    assert 0.91 <= largest <= 0.99


def test_without_the_step_the_ranges_of_large_areas_do_not_cover():
    assert coverage({"step": 1.5, "after": 5}, seeds=20, steps=False)[2] < 0.85


def test_after_a_step_no_alert_is_given_for_what_has_been_usual_since():
    told = before = 0
    for seed in range(20):
        history = city(np.random.default_rng(seed), step=1.6, after=8)
        told += int(alerts(history, week=WEEK, step=reporting_step(history, week=WEEK))["alert"].sum())
        before += int(alerts(history, week=WEEK)["alert"].sum())
    assert told <= 3
    assert before >= 10


def test_weeks_that_are_not_known_are_no_step():
    """A file that failed to come for six weeks took the whole city down, and back."""
    history = city(np.random.default_rng(3))
    lost, fallen = history.astype(float), history.copy()
    lost.iloc[-7:-1] = np.nan
    fallen.iloc[-7:-1] //= 3
    assert reporting_step(lost, week=WEEK) is None
    assert reporting_step(fallen, week=WEEK).factor < 0.5

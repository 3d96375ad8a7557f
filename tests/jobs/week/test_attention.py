"""Points of attention: what lasts unproven is told, what is proven is not told twice, chance is not told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genk_geo.calendar import Window
from genk_geo.config import GridSettings
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.week.attention import (
    LEAST_CHANCE,
    MOST,
    attention_places,
    first_places,
    judge_places,
    spans_of,
)
from genk_geo.jobs.week.hotspots import find_heat
from tests.jobs.week.test_signals import WEEK, background, themed


@pytest.fixture(scope="module")
def ground(city):
    return Ground.cover(city, 100)


def busy_place(ground, seed=3):
    """Middle of a place where people live."""
    rng = np.random.default_rng(seed)
    lived = ground.cells[ground.dwellings > 20].geometry.centroid
    return lived.iloc[int(rng.integers(len(lived)))]


def history_with(ground, times):
    """Two years of four burglaries a week, and more around one place so many days before the end."""
    rng = np.random.default_rng(0)
    xy, moment = background(ground, rng, 416, 104)
    place, end = busy_place(ground), np.datetime64(WEEK.shift(1).monday, "s")
    days = np.asarray(times, dtype=float)
    more = np.column_stack(
        [place.x + rng.uniform(-90, 90, days.size), place.y + rng.uniform(-90, 90, days.size)]
    )
    when = end - (days * 86400).astype("timedelta64[s]")
    return themed(ground, np.vstack([xy, more]), np.concatenate([moment, when]), theme="burglary"), place


def looked_at(history):
    events, window = history.of_events, Window(WEEK, history.settings.window_weeks)
    heat = find_heat(events, window, GridSettings())
    return heat, attention_places(events, window, heat.cells)


def test_what_has_long_come_back_is_told_though_it_is_not_proven(ground):
    """Every seven weeks one: twice in the window, where nobody could prove it."""
    history, place = history_with(ground, np.arange(20, 700, 50))
    heat, found = looked_at(history)
    assert heat.areas.empty
    here = found[found.geometry.distance(place) < 200]
    assert len(here) == 1
    assert here["chance"].iloc[0] >= LEAST_CHANCE
    assert here["known"].iloc[0] >= 10
    assert here["risk"].iloc[0] > 1.5


def test_what_is_proven_is_not_told_again(ground):
    history, place = history_with(ground, np.arange(2, 80, 5))
    heat, found = looked_at(history)
    assert heat.areas.distance(place).min() < 100
    assert not (found.geometry.intersection(heat.areas.union_all()).area > 1).any()


@pytest.mark.parametrize("now", [[], [40], [5, 60]])
def test_what_has_ended_is_not_told(ground, now):
    """Every five days one for two years, and in this window none, one or two: that is over."""
    history, place = history_with(ground, [*now, *np.arange(93, 700, 5)])
    heat, found = looked_at(history)
    judged = judge_places(history.of_events, Window(WEEK, history.settings.window_weeks))
    near = ground.cells.geometry.distance(place) < 150
    assert heat.areas.empty
    assert not judged.goes_on[near].any()
    assert (found.geometry.distance(place) > 100).all()


def test_a_hotspot_that_the_page_calls_gone_is_no_point_of_attention(ground):
    history, place = history_with(ground, np.arange(20, 700, 50))
    events, window = history.of_events, Window(WEEK, history.settings.window_weeks)
    none = ground.cells.iloc[:0].assign(cell_id=[])
    gone = ground.cells.geometry[ground.cells.geometry.distance(place) < 120]
    told, without = (attention_places(events, window, none, gone=one) for one in (None, gone))
    assert (told.geometry.distance(place) < 100).any()
    assert not (without.geometry.distance(place) < 100).any()


def test_places_are_few_likely_and_apart(ground):
    history, _ = history_with(ground, np.arange(20, 700, 50))
    found = looked_at(history)[1]
    assert len(found) <= MOST
    assert found["number"].tolist() == list(range(1, len(found) + 1))
    assert (found["risk"] > 1).all()
    assert (found["chance"] >= LEAST_CHANCE).all()
    for at in range(len(found)):
        assert (found.geometry.drop(index=at).intersection(found.geometry[at]).area < 1).all()


def test_places_stand_in_the_order_of_their_odds(ground):
    """Of what is likely enough: none beside one that stands before it, and nothing else is passed over."""
    rng, n = np.random.default_rng(4), len(ground.cells)
    risk = pd.DataFrame({"risk": rng.uniform(0.5, 3, n), "log_odds": rng.normal(0, 5, n)})
    risk["chance"] = np.where(rng.random(n) < 0.002, rng.uniform(LEAST_CHANCE, 1, n), 0.2)
    besides = rng.random(n) < 0.1
    told = first_places(risk, ground.grid, besides=besides)
    odds, middle = risk["log_odds"].to_numpy(), ground.grid.cells.geometry.centroid
    assert len(told) == MOST
    assert (np.diff(odds[told]) < 0).all()
    for at in np.flatnonzero((risk["chance"] >= LEAST_CHANCE) & (risk["risk"] > 1) & ~besides):
        before = [one for one in told if odds[one] > odds[at]]
        near = bool((middle.iloc[before].distance(middle.iloc[at]) < 299).any())
        assert (at in told) == (not near and odds[at] >= odds[told[-1]])


def test_a_place_may_be_busier_for_as_long_as_the_record_tells():
    window = Window(WEEK, 13)
    assert spans_of(window, WEEK.shift(-200)) == pytest.approx(
        {13: 0.8, 4: 0.2 / 3, 26: 0.2 / 3, 52: 0.2 / 3}
    )
    assert spans_of(window, WEEK.shift(-25)) == pytest.approx({13: 0.8, 4: 0.1, 26: 0.1})
    assert spans_of(window, WEEK.shift(-24)) == pytest.approx({13: 0.8, 4: 0.2})
    assert spans_of(Window(WEEK, 3), WEEK) == {3: 0.8}


def test_a_city_by_chance_has_hardly_any(ground):
    """Chances are honest: where all places are alike, none can be likely among the worst."""
    history, _ = history_with(ground, [])
    assert len(looked_at(history)[1]) <= 3


def test_the_window_and_the_past_share_no_day(ground):
    history, _ = history_with(ground, np.arange(20, 700, 50))
    window = Window(WEEK, history.settings.window_weeks)
    judged = judge_places(history.of_events, window)
    everything = history.of_events.counts(Window(WEEK, 104))
    assert (judged.now + judged.before <= everything).all()
    assert judged.now.equals(history.of_events.counts(window))


def test_too_few_incidents_say_nothing(ground):
    history, _ = history_with(ground, [])
    few = type(history)(history.theme, history.settings, history.incidents.iloc[:5], ground)
    heat, found = looked_at(few)
    assert found is None
    assert heat.needed is None


def test_more_incidents_in_the_city_need_more_in_a_place(ground):
    rng = np.random.default_rng(1)
    needed = []
    for number in (208, 2080):
        history = themed(ground, *background(ground, rng, number, 104), theme="burglary")
        needed.append(find_heat(history.of_events, Window(WEEK, 13), GridSettings()).needed)
    assert 3 <= needed[0] < needed[1]
    assert pd.notna(needed).all()

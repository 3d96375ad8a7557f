"""ISO weeks on the city's clock."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genk_geo.calendar import Week, Window, week_of
from genk_geo.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "monday", "hours"),
    [
        ("2026-W46", dt.date(2026, 11, 9), 168),
        ("2026-W43", dt.date(2026, 10, 19), 169),  # the clock goes back on Sunday 25 October
        ("2026-W13", dt.date(2026, 3, 23), 167),  # and forward on Sunday 29 March
        ("2020-W53", dt.date(2020, 12, 28), 168),
    ],
)
def test_a_week_knows_its_monday_and_its_length(text, monday, hours):
    week = Week.parse(text)
    assert week.monday == monday
    assert week.hours() == hours
    assert str(week) == text


@pytest.mark.parametrize("text", ["2026-46", "week 46", "2026-W00", "2026-W54", "2025-W53", "", "2026-W461"])
def test_what_is_no_week_is_refused_with_an_example(text):
    with pytest.raises(ConfigError, match=r"2026-W46|not an ISO week"):
        Week.parse(text)


def test_week_53_has_a_neighbour_on_both_sides_and_a_year_before():
    week = Week(2026, 53)
    assert str(week.shift(1)) == "2027-W01"
    assert str(week.shift(-1)) == "2026-W52"
    assert str(week.a_year_before()) == "2026-W01"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(-300, 300))
def test_shifting_there_and_back_is_nothing(day, weeks):
    week = Week.from_day(day)
    assert week.monday <= day <= week.sunday
    assert week.shift(weeks).shift(-weeks) == week
    assert week.shift(weeks).minus(week) == weeks
    assert Week.parse(str(week)) == week


@given(st.integers(1_420_000_000, 1_900_000_000))
def test_every_moment_lies_in_exactly_the_week_that_week_of_says(seconds):
    moment = pd.Series(pd.to_datetime([seconds], unit="s", utc=True)).dt.tz_convert("Europe/Brussels")
    week = Week.from_day(week_of(moment).iloc[0].date())
    assert Window(week, 1).contains(moment).all()
    assert not Window(week.shift(1), 1).contains(moment).any()


def test_a_window_is_half_open():
    window = Window(Week(2026, 46), 4)
    assert str(window.first) == "2026-W43"
    edges = pd.Series([window.start(), window.end() - pd.Timedelta(1, "us"), window.end()])
    assert window.contains(edges).tolist() == [True, True, False]

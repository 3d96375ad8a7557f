import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import SchemaError
from genk_geo.stats import aoristic, peak
from tests.examples import examples

TZ = "Europe/Brussels"


def moments(*texts):
    return pd.Series([pd.Timestamp(t, tz=TZ) if t else pd.NaT for t in texts], dtype=f"datetime64[us, {TZ}]")


def hour(day, clock):
    return day * 24 + clock


def test_a_window_spreads_over_its_hours():
    # Wednesday 11 November 2026, 22:30 to 01:00.
    found = aoristic(moments("2026-11-11 22:30"), moments("2026-11-12 01:00"))
    assert found[hour(2, 22)] == pytest.approx(0.2)
    assert found[hour(2, 23)] == pytest.approx(0.4)
    assert found[hour(3, 0)] == pytest.approx(0.4)
    assert found.sum() == 1
    assert np.count_nonzero(found) == 3


def test_open_and_empty_windows_count_for_their_first_hour():
    start = moments("2026-11-09 00:00", "2026-11-15 23:59", "2026-11-10 12:30")
    found = aoristic(start, moments("", "2026-11-15 23:59", "2026-11-10 12:30"))
    assert found[hour(0, 0)] == found[hour(6, 23)] == found[hour(1, 12)] == 1
    np.testing.assert_array_equal(aoristic(start), found)


def test_a_window_over_sunday_night_goes_on_on_monday():
    found = aoristic(moments("2026-11-15 23:00"), moments("2026-11-16 01:00"))
    assert found[hour(6, 23)] == found[hour(0, 0)] == 0.5


def test_a_week_or_longer_says_nothing():
    found = aoristic(
        moments("2026-11-02 10:00", "2026-10-01 10:00"), moments("2026-11-09 10:00", "2026-11-01 00:00")
    )
    np.testing.assert_allclose(found, 2 / 168)


def test_clock_changes():
    # In the night of 28 March 2027 the clock jumps from 2 to 3; that of 25 October 2026 lives 2 to 3 twice.
    spring = aoristic(moments("2027-03-28 01:00"), moments("2027-03-28 04:00"))
    assert spring[hour(6, 1) : hour(6, 4)] == pytest.approx([1 / 3] * 3)
    twice = pd.Series(pd.to_datetime(["2026-10-25 00:50", "2026-10-25 01:10"], utc=True)).dt.tz_convert(TZ)
    autumn = aoristic(twice[:1], twice[1:])  # 02:50 summer time to 02:10 winter time
    assert autumn[hour(6, 2)] == 1
    week = aoristic(moments("2026-10-19 00:00"), moments("2026-10-26 00:00"))
    np.testing.assert_allclose(week, 1 / 168)


@given(
    st.lists(
        st.tuples(st.integers(0, 600_000), st.integers(0, 15_000), st.floats(0, 5)), min_size=1, max_size=40
    )
)
@settings(deadline=None, max_examples=examples(40))
def test_as_minute_by_minute(windows):
    origin = pd.Timestamp("2025-06-02", tz="UTC")
    first, length, weight = (np.array(column) for column in zip(*windows, strict=True))
    start = pd.Series(origin + pd.to_timedelta(first, unit="min"))
    end = start + pd.to_timedelta(length, unit="min")
    found = aoristic(start, end, weights=weight)
    slow = np.zeros(7 * 1440)
    for a, n, w in windows:
        if n >= 7 * 1440:
            slow += w / slow.size
        else:
            minutes = max(n, 1)
            np.add.at(slow, np.arange(a, a + minutes) % slow.size, w / minutes)
    np.testing.assert_allclose(found, slow.reshape(168, 60).sum(axis=1), atol=1e-9)
    assert found.sum() == pytest.approx(weight.sum(), rel=1e-15)
    assert aoristic(start, end).sum() == pytest.approx(len(windows), rel=1e-15)


def test_a_million_windows_keep_their_total():
    rng = np.random.default_rng(1)
    n = 10**6
    start = pd.Series(
        pd.Timestamp("2024-01-01", tz=TZ) + pd.to_timedelta(rng.integers(0, 10**6, n), unit="min")
    )
    end = start + pd.to_timedelta(rng.integers(0, 1500, n), unit="min")
    assert aoristic(start, end).sum() == n


def test_nothing_gives_nothing():
    assert aoristic(moments()).sum() == 0
    assert peak(aoristic(moments())) is None


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (pd.Series(pd.to_datetime(["2026-01-01"])), None, "needed a Series of tz-aware times"),
        ([1], None, "given list"),
        (moments("2026-01-01", ""), None, r"1 incidents have no start \(rows 1\)"),
        (moments("2026-01-02"), moments("2026-01-01"), r"1 windows end before they begin \(rows 0\)"),
        (moments("2026-01-02"), moments("2026-01-03", "2026-01-04"), "as many ends as starts"),
    ],
)
def test_bad_windows_are_refused(start, end, message):
    with pytest.raises(SchemaError, match=message):
        aoristic(start, end)


def test_bad_weights_are_refused():
    with pytest.raises(SchemaError, match="needed 1 finite numbers"):
        aoristic(moments("2026-01-01"), weights=[-1])

"""Dates and clock times as files write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.ingestion.times import read_clock, read_moments, to_zone
from tests.examples import examples

TZ = "Europe/Brussels"


def moment(date: str, time: str = "", **options) -> str | None:
    written = read_moments(pd.Series([date]), pd.Series([time]), **options)
    if written.unreadable[0]:
        return "unreadable"
    local = to_zone(written.clock(), TZ, utc_offset=written.utc_offset)[0]
    return None if pd.isna(local) else local.isoformat()


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("31/12/2026", "", "2026-12-31T00:00:00+01:00"),
        ("3/5/2026", "7u30", "2026-05-03T07:30:00+02:00"),
        ("03-05-2026 23:05", "", "2026-05-03T23:05:00+02:00"),
        ("03.05.2026", "2305", "2026-05-03T23:05:00+02:00"),
        ("03/05/26", "23", "2026-05-03T23:00:00+02:00"),
        ("2026-05-03", "23h05", "2026-05-03T23:05:00+02:00"),
        ("2026-05-03T23:05:10.250", "", "2026-05-03T23:05:10+02:00"),
        ("2026-05-03T21:05:00Z", "", "2026-05-03T23:05:00+02:00"),
        ("2026-05-03 14:05-07:00", "", "2026-05-03T23:05:00+02:00"),
        ("20260503", "", "2026-05-03T00:00:00+02:00"),
        ("202605032305", "", "2026-05-03T23:05:00+02:00"),
        ("46145", "0,75", "2026-05-03T18:00:00+02:00"),
        ("46145.75", "", "2026-05-03T18:00:00+02:00"),
        ("zo 3/5/2026", "18.30", "2026-05-03T18:30:00+02:00"),
        ("03/05/2026 10:00", "11:00", "2026-05-03T11:00:00+02:00"),
        ("03/05/2026", "24:00", "2026-05-04T00:00:00+02:00"),
        ("03/05/2026", "99", "2026-05-03T00:00:00+02:00"),
        ("03/05/2026", "1899-12-31 18:30:00", "2026-05-03T18:30:00+02:00"),
        ("", "", None),
        ("29/02/2025", "", "unreadable"),
        ("12/31/2026", "", "unreadable"),
        ("01/01/1900", "", "unreadable"),
        ("31/12/9999", "", "unreadable"),
        ("gisteren", "", "unreadable"),
        ("03/05/2026", "25:00", "unreadable"),
        ("03/05/2026", "12:61", "unreadable"),
        ("03/05/2026 25:10", "", "unreadable"),
    ],
)
def test_forms(date, time, expected):
    assert moment(date, time) == expected


def test_month_first_only_when_the_profile_says_so():
    assert moment("05/03/2026") == "2026-03-05T00:00:00+01:00"
    assert moment("05/03/2026", month_first=True) == "2026-05-03T00:00:00+02:00"


def test_an_unknown_hour_is_not_midnight():
    written = read_moments(pd.Series(["03/05/2026"] * 2), pd.Series(["99", "00:00"]))
    np.testing.assert_array_equal(written.seconds, [np.nan, 0.0])


def test_the_hour_that_spring_skips_moves_forward_and_the_one_that_autumn_repeats_is_the_first():
    assert moment("29/03/2026", "02:30") == "2026-03-29T03:00:00+02:00"
    assert moment("25/10/2026", "02:30") == "2026-10-25T02:30:00+02:00"
    clock = np.array(["2026-10-25T02:30"], dtype="datetime64[us]")
    assert to_zone(clock, TZ, second_pass=np.array([True]))[0].isoformat() == "2026-10-25T02:30:00+01:00"


@settings(deadline=None, max_examples=examples(100))
@given(st.datetimes(pd.Timestamp("1970-01-01"), pd.Timestamp("2099-12-31")))
def test_every_day_and_minute_reads_back(when):
    written = read_moments(pd.Series([f"{when:%d/%m/%Y}"]), pd.Series([f"{when:%H:%M:%S}"]))
    assert written.clock()[0] == np.datetime64(when.replace(microsecond=0), "us")
    assert not written.unreadable[0]


@settings(deadline=None, max_examples=examples(100))
@given(st.lists(st.text(st.sampled_from(list("0123456789/:-. uTZ+,é")), max_size=20), min_size=1))
def test_no_text_stops_the_reading(texts):
    values = pd.Series(texts, dtype="str")
    written = read_moments(values, values)
    seconds, _ = read_clock(values)
    assert (written.known | written.unreadable | (values.str.strip() == "").to_numpy()).all()
    assert (np.isnan(seconds) | ((seconds >= 0) & (seconds <= 86_400))).all()

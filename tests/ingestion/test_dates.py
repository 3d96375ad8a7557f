"""Columns of dates in the shapes of real exports: read as what they were, or stopped."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import SupplierFileError
from genk_geo.ingestion import Profile, ingest
from genk_geo.ingestion.moments.order import decide_order
from genk_geo.ingestion.times import read_clock, read_dates, read_moments, to_zone, without_standing_in
from tests.examples import examples

TZ = "Europe/Brussels"
MONTHS = {
    language: names.split()
    for language, names in {
        "nl": "januari februari maart april mei juni juli augustus september oktober november december",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "en": "January February March April May June July August September October November December",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "kort": "jan. feb. mrt. apr. mei jun. jul. aug. sept. okt. nov. dec.",
    }.items()
}
EXCEL = pd.Timestamp("1899-12-30").to_pydatetime()


def twelve(when: dt.datetime) -> str:
    return f"{when.hour % 12 or 12}:{when:%M:%S} {'PM' if when.hour >= 12 else 'AM'}"


#: Ways of writing a moment of the local clock, to the second.
SHAPES = {
    "iso": lambda w: f"{w:%Y-%m-%d %H:%M:%S}",
    "iso T and a fraction": lambda w: f"{w:%Y-%m-%dT%H:%M:%S}.123456",
    "slashes": lambda w: f"{w:%Y/%m/%d %H:%M:%S}",
    "day first": lambda w: f"{w:%d/%m/%Y %H:%M:%S}",
    "without zeros": lambda w: f"{w.day}-{w.month}-{w.year} {w.hour}:{w:%M:%S}",
    "points": lambda w: f"{w:%d.%m.%Y %H.%M.%S}",
    "twelve hours": lambda w: f"{w:%d/%m/%Y} {twelve(w)}",
    "compact": lambda w: f"{w:%Y%m%d%H%M%S}",
    "weekday": lambda w: f"za {w:%d/%m/%Y %H:%M:%S}",
    **{
        name: lambda w, names=names: f"{w.day} {names[w.month - 1]} {w.year} {w:%H:%M:%S}"
        for name, names in MONTHS.items()
    },
    "american words": lambda w: f"{MONTHS['en'][w.month - 1]} {w.day}, {w.year} {twelve(w)}",
    "database": lambda w: f"{w:%d}-{MONTHS['short'][w.month - 1].upper()}-{w:%y %H:%M:%S}",
    "serial": lambda w: repr((w - EXCEL) / dt.timedelta(days=1)),
}
#: Ways of writing an instant, that say their zone or need none.
INSTANTS = {
    "utc": lambda w: f"{w:%Y-%m-%dT%H:%M:%S}Z",
    "utc in letters": lambda w: f"{w:%Y-%m-%d %H:%M:%S} UTC",
    "short offset": lambda w: f"{w:%Y/%m/%d %H:%M:%S}+00",
    "long offset": lambda w: f"{w + dt.timedelta(hours=5, minutes=30):%Y-%m-%d %H:%M:%S}+05:30",
    "named offset": lambda w: f"{w - dt.timedelta(hours=5):%d/%m/%Y %H:%M:%S} EST",
    "unix": lambda w: str(int(w.replace(tzinfo=dt.UTC).timestamp())),
    "milliseconds": lambda w: str(int(w.replace(tzinfo=dt.UTC).timestamp()) * 1000),
    "mail": lambda w: f"{w:%a}, {w.day} {MONTHS['short'][w.month - 1]} {w:%Y %H:%M:%S} +0000",
}
MOMENTS = st.datetimes(pd.Timestamp("2002-01-01"), pd.Timestamp("2029-12-31")).map(
    lambda when: when.replace(microsecond=0)
)


def one(text: str, time: str | None = None):
    return read_moments(pd.Series([text]), None if time is None else pd.Series([time]))


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None, max_examples=examples(40))
@given(when=MOMENTS)
def test_a_moment_in_any_shape_is_read_as_what_it_was(shape, when):
    written = one(SHAPES[shape](when))
    assert not written.unreadable[0]
    assert written.clock()[0] == np.datetime64(when, "us")


@pytest.mark.parametrize("shape", INSTANTS)
@settings(deadline=None, max_examples=examples(40))
@given(when=MOMENTS)
def test_an_instant_in_any_shape_is_read_as_what_it_was(shape, when):
    written = one(INSTANTS[shape](when))
    read = to_zone(written.clock(), TZ, utc_offset=written.utc_offset)[0]
    assert read == pd.Timestamp(when, tz="UTC")


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
@settings(deadline=None, max_examples=examples(60))
@given(days=st.lists(st.dates(dt.date(2021, 1, 1), dt.date(2026, 10, 31)), min_size=3))
def test_a_column_is_read_in_its_order_or_stopped(form, days):
    """Where one day is above 12, the column says its order; else it is day first, or stopped."""
    column = read_dates(pd.Series([f"{day:{form}}" for day in days]))
    decision = decide_order(column.forms, np.datetime64("2026-11-20"))
    telling = {day for day in days if day.day > 12}
    if decision.doubt or not telling:
        assert decision.doubt or decision.order == "dmy" or telling
        return
    if len(telling) > 0.05 * len(set(days)):
        read = read_moments(column, order=decision.order).day.astype("datetime64[D]").tolist()
        assert read == days


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["5/13/2026", "5/11/2026"], "mdy"),
        (["05/01/2023", "06/02/2023", "07/03/2023"], "dmy"),
        (["26-10-13"], "ymd"),
        (["26-10-13", "26-10-14", "26-10-31"], "ymd"),
        ([f"{day:02}-11-26" for day in range(2, 9)], "dmy"),
        ([f"{day:02}/11/2026" for day in range(1, 13)], "dmy"),
        (
            [f"13/{month:02}/{year}" for month in range(1, 13) for year in (2024, 2025)] + ["05/14/2026"],
            "dmy",
        ),
        (["2026-05-13", "2026-05-11"], "dmy"),
    ],
)
def test_the_order_follows_from_all_values(texts, order):
    decision = decide_order(read_dates(pd.Series(texts)).forms, np.datetime64("2026-11-20"))
    assert (decision.order, decision.doubt) == (order, "")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["13/05/2026", "05/14/2026"], "some can only be day first and some only month first"),
        ([f"11/{day:02}/2026" for day in range(2, 9)], "all can be read day first and month first"),
        ([f"{a:02}/{b:02}/2026" for a in range(1, 7) for b in range(1, 7)], "all can be read"),
    ],
)
def test_a_column_that_fits_two_orders_is_stopped_with_its_values(burglaries, texts, words):
    rows = [f"T{n};{text};;;;;woning;Europalaan;12;;3600;Genk;;" for n, text in enumerate(texts)]
    with pytest.raises(SupplierFileError, match=words) as caught:
        burglaries(*rows)
    assert "date_order" in str(caught.value)
    assert repr(texts[0]) in str(caught.value)


def test_a_profile_that_says_the_order_is_taken_at_its_word(burglaries):
    from genk_geo.ingestion import load_profile

    told = load_profile("burglary").model_copy(update={"date_order": "mdy"})
    rows = [f"T{n};11/{n:02}/2026;;;;;woning;Europalaan;12;;3600;Genk;;" for n in range(2, 9)]
    days = burglaries(*rows, profile=told).incidents["from"].dt.strftime("%d/%m")
    assert days.tolist() == [f"{n:02}/11" for n in range(2, 9)]


@pytest.mark.parametrize(
    "text", ["2026-05", "05/2026", "mei 2026", "mai 2026", "May 2026", "202605", "2026/5"]
)
def test_a_month_is_known_to_the_month(burglaries, text):
    result = burglaries(f"T1;{text};;;;;woning;Europalaan;12;;3600;Genk;;")
    row = result.incidents.iloc[0]
    assert row["from"] == pd.Timestamp("2026-05-01", tz=TZ)
    assert row["to"] == pd.Timestamp("2026-06-01", tz=TZ)
    assert any("a month and no day" in warning for warning in result.report.warnings)


def three_columns(path, city, rows, **columns):
    path.write_text("\n".join(["id;jaar;maand;dag;uur;straat", *rows]), encoding="utf-8")
    fields = {"source_id": "id", "year": "jaar", "month": "maand", "day": "dag", "street": "straat"}
    profile = Profile(source="s", theme="traffic", columns=fields | columns)
    return ingest(path, profile=profile, city=city, now="2026-11-20").incidents


def test_day_month_and_year_in_three_columns(tmp_path, city):
    rows = [
        "1;2026;5;13;1430;Europalaan",
        "2;26;05;3;930;Europalaan",
        "3;2026;mei;31;5;Hasseltweg",
        "4;2026;5;;;Stalenstraat",
        "5;2026.0;5.0;4.0;;Stalenstraat",
    ]
    incidents = three_columns(tmp_path / "a.csv", city, rows, from_time="uur")
    assert incidents["from"].dt.strftime("%d/%m %H:%M").tolist() == [
        "13/05 14:30", "03/05 09:30", "31/05 00:05", "01/05 00:00", "04/05 00:00",
    ]  # fmt: skip
    assert incidents["to"].dt.strftime("%d/%m").fillna("").tolist() == ["", "", "", "01/06", "05/05"]


@pytest.mark.parametrize(
    ("texts", "minutes"),
    [
        (["5", "930", "2305", "0"], [5, 570, 1385, 0]),
        (["930", "45", "1200"], [570, 45, 720]),
        (["0930", "5", "2305"], [570, 300, 1385]),
        (["23", "5", "0"], [1380, 300, 0]),
        (["23.0", "5.0"], [1380, 300]),
        (["93000", "230500"], [570, 1385]),
        (["11:30 PM", "12:15 AM", "12:00 pm", "11PM", "1 a.m."], [1410, 15, 720, 1380, 60]),
        (["1899-12-30", "1899-12-31 18:30:00", "24:00", "24:00:00"], [0, 1110, 1440, 1440]),
    ],
)
def test_columns_of_clock_times(texts, minutes):
    seconds, bad = read_clock(pd.Series(texts))
    assert not bad.any()
    assert (seconds / 60).tolist() == minutes


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(st.times(), min_size=1))
def test_whole_numbers_that_lost_their_zeros(times):
    """With one three-digit number in the column, as any real one has."""
    texts = ["930", *(str(100 * time.hour + time.minute) for time in times)]
    seconds, bad = read_clock(pd.Series(texts))
    assert not bad.any()
    assert seconds[1:].tolist() == [60 * (60 * time.hour + time.minute) for time in times]


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "2026-05-03 23:05+99:00", "2026-05-03 23:05 XYZ", "3/5/2026 13:00 AM", "31 februari 2026",
     "2026-05-03T23:05[Europe/London]", "2026-13", "99999999999999999999", "3 mei"],
)  # fmt: skip
def test_what_is_no_moment_is_unreadable(text):
    assert one(text).unreadable[0]


def clocks(*groups: tuple[str, int]):
    times = [time for time, count in groups for _ in range(count)]
    return read_moments(pd.Series(["03/05/2026"] * len(times)), pd.Series(times))


@pytest.mark.parametrize(
    ("groups", "unknown"),
    [
        ([("00:00", 40), ("23:10", 30), ("22:40", 30)], 40),
        ([("12:00", 40), ("13:10", 60)], 40),
        ([("00:00", 30), ("12:00", 30), ("18:20", 40)], 60),
        ([("00:00", 3)], 3),
        ([("00:00", 10), ("23:00", 8), ("01:00", 9), ("22:00", 9)], 0),
        ([("00:00", 2), ("14:25", 60)], 0),
        ([("12:00", 12), ("11:00", 9), ("13:00", 10), ("17:45", 30)], 0),
    ],
)
def test_standing_in_for_an_unknown_hour(groups, unknown):
    written, count = without_standing_in(clocks(*groups))
    assert count == unknown == np.isnan(written.seconds).sum()


def test_midnights_in_a_workbook(tmp_path, city):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["PV-nummer", "Datum van", "Uur van", "Feit", "Straat", "Nr"])
    for number, time in enumerate([dt.time(0, 0), dt.time(23, 5), dt.time(7, 30)]):
        book.active.append(
            [
                f"A{number}",
                pd.Timestamp("2026-05-03").to_pydatetime(),
                time,
                "woning",
                "Europalaan",
                10 + number,
            ]
        )
    book.save(tmp_path / "a.xlsx")
    result = ingest(tmp_path / "a.xlsx", profile="burglary", city=city, now="2026-11-20")
    assert result.incidents["from"].dt.strftime("%d %H:%M").tolist() == ["03 00:00", "03 23:05", "03 07:30"]
    assert result.incidents["to"].isna().all()

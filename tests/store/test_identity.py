"""The history recognises a report by its number as long as time and place agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from genk_geo.errors import QualityGateError
from genk_geo.ingestion import ingest, load_profile
from genk_geo.store import Store
from tests.examples import examples

HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
NOW = "2026-11-20 12:00"


def accident(number, day, *, x=228_000.0, time="12:10", severity="licht gewond") -> str:
    when = pd.Timestamp("2026-01-05") + pd.Timedelta(days=int(day))
    return f"{number};{when:%d/%m/%Y};{time};{severity};1;auto;fiets;;{x:.1f};184800,0"


@pytest.fixture
def history(tmp_path, city):
    """Deliver files of accidents one after the other to one history."""
    with Store.open(tmp_path / "h.duckdb") as store:

        def deliver(*rows: str, **changes):
            path = tmp_path / "levering.csv"
            path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
            profile = load_profile("traffic").model_copy(update=changes)
            added = store.add(ingest(path, profile=profile, city=city, now=NOW))
            return added, len(store.incidents())

        yield deliver


def week(number: int, *, same_places: bool) -> list[str]:
    away = 0 if same_places else 700 * number
    return [accident(n + 1, 7 * number + n % 5, x=228_000.3 + 90.7 * n + away) for n in range(8)]


@pytest.mark.parametrize("same_places", [True, False])
def test_numbers_that_restart_each_week_keep_every_accident(history, same_places):
    for number in range(3):
        added, count = history(*week(number, same_places=same_places))
        assert (added.new, count) == (8, 8 * (number + 1))
        assert added.returned == (8 if number else 0)
    again, count = history(*week(1, same_places=same_places))
    assert (again.new, again.changed, count) == (0, 0, 24)


def test_numbers_that_restart_each_day_keep_every_accident(history):
    for day in range(4):
        rows = [accident(n, day, x=228_000.3 + 400 * n + 1_300 * day, time=f"1{day}:0{n}") for n in range(5)]
        assert history(*rows)[1] == 5 * (day + 1)


@pytest.mark.parametrize(
    "changed",
    [
        accident(3, 2, x=228_272.4, severity="zwaar gewond"),
        accident(3, 2, x=228_272.4, time="14:30"),
        accident(3, 5, x=228_272.4),
        accident(3, 2, x=229_500.0),
        accident(3, 22, x=228_272.4),
    ],
    ids=["severity", "hour", "day", "place", "three weeks, among numbers that agree"],
)
def test_a_correction_updates_the_report(history, changed):
    rows = week(0, same_places=True)
    rows[2] = accident(3, 2, x=228_272.4)
    history(*rows)
    rows[2] = changed
    added, count = history(*rows)
    assert (added.new, added.changed, added.returned, count) == (0, 1, 0, 8)


def test_one_number_alone_with_a_far_date_overwrites_nothing(history):
    history(accident(3, 2))
    added, count = history(accident(3, 100))
    assert (added.new, added.returned, count) == (1, 1, 2)


def test_a_correction_of_a_restarted_number_finds_its_own_report(history):
    history(*week(0, same_places=False))
    history(*week(3, same_places=False))
    rows = week(3, same_places=False)
    rows[4] = rows[4].replace("licht", "zwaar")
    added, count = history(*rows)
    assert (added.new, added.changed, count) == (0, 1, 16)


def test_a_file_of_several_years_finds_the_reports_of_each(history):
    history(*week(0, same_places=False))
    both = [*week(0, same_places=False), *week(5, same_places=False)]
    added, count = history(*both)
    assert (added.known, added.new, count) == (8, 8, 16)
    assert history(*both)[0].new == 0


@pytest.mark.parametrize("number", ["1", "2,02605E+11", "2.02605e+11", "n.v.t."])
def test_numbers_that_are_no_key_swallow_nothing(history, number):
    rows = [accident(number, n, x=228_000.3 + 310.3 * n) for n in range(12)]
    assert history(*rows)[1] == 12
    added, count = history(*rows)
    assert (added.new, added.changed, count) == (0, 0, 12)


def test_long_numbers_that_a_spreadsheet_cut_are_no_key(history):
    rows = [accident("20260512345678900", n, x=228_000.3 + 310.3 * n) for n in range(4)]
    rows += [accident("20260512345679000", n, x=229_000.3 + 310.3 * n) for n in range(4)]
    assert history(*rows)[1] == 8


def test_the_same_content_under_other_numbers_stops(history):
    rows = week(0, same_places=True)
    history(*rows)
    renamed = [f"PV-2026-{row}" for row in rows]
    with pytest.raises(QualityGateError, match="under other numbers"):
        history(*renamed)
    assert history(*renamed, repeats=("politie-verkeer",))[0].new == 8


def test_a_stopped_file_leaves_the_history_as_it_was(history):
    history(*week(0, same_places=True))
    with pytest.raises(QualityGateError):
        history(*week(0, same_places=True), source="elders")
    assert history(*week(0, same_places=True)) == (history(*week(0, same_places=True))[0], 8)


def test_most_rows_repeated_is_a_gate(history):
    with pytest.raises(QualityGateError, match="max_duplicates"):
        history(*[accident("8", 3)] * 12)
    assert history(*[accident("8", 3)] * 12, max_duplicates=1.0)[1] == 1


@settings(
    deadline=None, max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(deliveries=[[(1, 54), (1, 60)]])
@example(deliveries=[[(1, 0), (1, 54)], [(1, 108)]])
@given(
    deliveries=st.lists(
        st.lists(st.tuples(st.integers(1, 4), st.integers(0, 300)), min_size=1, max_size=5, unique=True),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_whatever_is_delivered_twice_changes_nothing_the_second_time(deliveries, tmp_path_factory, city):
    """And of reports a month and half a kilometre apart none is lost, whatever their numbers.

    One that moved by a few days and a street under the same number is a correction of the one before.
    """
    folder = tmp_path_factory.mktemp("h")
    days = set()
    with Store.open(folder / "h.duckdb") as store:
        for delivery in deliveries:
            rows = [accident(n, day, x=226_000.3 + 15.3 * day) for n, day in delivery]
            (folder / "a.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
            days |= {day for _, day in delivery}
            repeats = load_profile("traffic").model_copy(update={"repeats": ("politie-verkeer",)})
            result = ingest(folder / "a.csv", profile=repeats, city=city, now=NOW)
            store.add(result)
            before = store.incidents()
            again = store.add(result)
            assert (again.new, again.changed) == (0, 0)
            pd.testing.assert_frame_equal(before, store.incidents())
    assert len(before) >= 1 + (np.diff(sorted(days)) >= 30).sum()
    assert before["incident_id"].is_unique
    assert np.isfinite(before.geometry.x).all()

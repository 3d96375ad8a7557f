"""From what stands in the register to places and days that are judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from genk_geo.calendar import Week
from genk_geo.jobs.dossiers.effects import _rounds
from genk_geo.jobs.dossiers.places import named_ground
from genk_geo.jobs.dossiers.remembered import rows_of
from genk_geo.results import Agreement, Book, Dossier
from genk_geo.store import Store

WEEK = Week(2026, 46)
BEFORE, NOW = shapely.box(0, 0, 100, 100), shapely.box(500, 0, 700, 100)
ONE = Dossier(
    "2026-014", "nuisance", "2025-W01", "2025-W05", by_hand=False, state="in_hand",
    state_since=dt.date(2025, 2, 3), state_by="register", ground=NOW,
)  # fmt: skip
STREET = shapely.LineString([(0, 50), (400, 50)])
CITY = SimpleNamespace(
    wijken=gpd.GeoDataFrame(
        {"wijk": ["Kern", "Sint-Jan"], "stadsdeel": ["Midden", "Rand"]},
        geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)], crs=31370,
    ),
    streets=gpd.GeoDataFrame(
        {"street": ["Kerkstraat", "Pleintje"]}, geometry=[STREET, shapely.Point(5, 5)], crs=31370
    ),
)  # fmt: skip


DRAWN = {"kerkplein": shapely.box(300, 0, 360, 60), "sint jan": shapely.box(1200, 0, 1300, 100)}


def agreed(done, measure="light", **other):
    known = {"partner": "Politie", "measure": measure, "done": done}
    return Agreement(f"2026-014/{measure}{done}", "2026-014", **known | other)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A history in which the dossier lay elsewhere, and moved in the middle of 2025."""
    path = tmp_path_factory.mktemp("history") / "h.duckdb"
    with Store.open(path, crs=31370, timezone="Europe/Brussels") as opened:
        for week, ground in (("2025-W10", BEFORE), ("2025-W30", NOW)):
            book = Book(week, dt.date(2025, 3, 10), (replace(ONE, ground=ground),))
            opened.save_book(rows_of(book))
        yield opened


def rounds(store, *agreements, one=ONE):
    book = Book(str(WEEK), dt.date(2026, 11, 16), (one,), agreements)
    return list(_rounds(one, book, store, CITY, WEEK, DRAWN))


def test_what_is_done_within_a_year_is_one_round_on_the_ground_of_before(store):
    found = rounds(
        store, agreed(dt.date(2025, 6, 1), "camera"), agreed(dt.date(2025, 4, 1)),
        agreed(dt.date(2026, 5, 1), "cut"),
    )  # fmt: skip
    assert [(one.measures, one.start) for one in found] == [
        (("light", "camera"), dt.date(2025, 4, 1)), (("cut",), dt.date(2026, 5, 1)),
    ]  # fmt: skip
    assert [one.followed_by for one in found] == [dt.date(2026, 5, 1), None]
    # The hotspot moved after the light came: the light is judged where it was.
    assert [one.ground.equals(BEFORE) for one in found] == [True, False]
    assert found[1].ground.equals(NOW)


def test_a_place_that_is_named_is_judged_by_itself(store):
    found = rounds(
        store, agreed(dt.date(2025, 4, 1), place="Kerkstraat"), agreed(dt.date(2025, 4, 8), place="hoek"),
        agreed(dt.date(2025, 5, 1), "cut", place="SINT JAN"),
    )  # fmt: skip
    assert len(found) == 3
    assert found[0].ground.equals(STREET.buffer(50))
    assert found[1].ground.equals(BEFORE)
    # A street that is known by a point has no course; a place that was drawn goes before a wijk of its name.
    assert found[2].ground.equals(DRAWN["sint jan"])
    assert named_ground("Pleintje", CITY, DRAWN) is None
    assert named_ground("Sint-Jan", CITY, {}).area == 1_000_000
    # Of a city without streets the table has no shapes: a word that names nothing stopped the whole week.
    bare = SimpleNamespace(wijken=CITY.wijken, streets=pd.DataFrame({"street": []}))
    assert named_ground("hoek", bare, {}) is None
    assert named_ground(" KERKPLEIN ", CITY, DRAWN).equals(DRAWN["kerkplein"])
    assert [one.place for one in found] == ["Kerkstraat", "", "SINT JAN"]


@pytest.mark.parametrize(
    "no_deed",
    [
        agreed(None),
        agreed(dt.date(2027, 1, 1)),  # a day to come
        agreed(dt.date(2025, 4, 1), partner=""),
        agreed(dt.date(2025, 4, 1), measure=""),  # promised nothing
    ],
)
def test_without_a_deed_it_says_how_long_that_would_take(store, no_deed):
    (plan,) = rounds(store, no_deed)
    assert (plan.measures, plan.start) == ((), dt.date(2026, 11, 16))
    assert plan.ground.equals(NOW)
    assert rounds(store, no_deed, one=replace(ONE, state="closed")) == []


def test_an_end_counts_when_all_has_ended_and_one_before_its_beginning_is_a_slip(store):
    first, last = dt.date(2025, 4, 1), dt.date(2025, 9, 1)
    both = [agreed(first, until=last), agreed(first, "cut", until=dt.date(2025, 8, 1))]
    assert [one.end for one in rounds(store, *both)] == [last]
    assert [one.end for one in rounds(store, both[0], agreed(first, "cut"))] == [None]
    assert [one.end for one in rounds(store, agreed(first, until=dt.date(2025, 3, 1)))] == [None]


def test_a_ground_that_was_forgotten_is_none(store):
    bare = replace(ONE, number="2026-099", ground=None)
    assert (
        list(_rounds(bare, Book(str(WEEK), dt.date(2026, 11, 16), (bare,)), store, CITY, WEEK, DRAWN)) == []
    )

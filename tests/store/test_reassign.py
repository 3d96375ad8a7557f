"""Other borders: incidents change wijk as a new version, and what was known before stays known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from genk_geo import ingest
from genk_geo.store import Store
from genk_geo.store.tallies import count_wijk_weeks

HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
PLACES = [(228_500, 184_800), (228_510, 184_810), (231_700, 187_900), (230_200, 183_000)]
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def text(places=PLACES, more=""):
    rows = [
        f"TG.{at}/26;{10 + at}/11/2026;14:30;licht gewond;1;auto;fietser;;{x},0;{y},0\n"
        for at, (x, y) in enumerate(places)
    ]
    return HEADER + "".join(rows) + more


@pytest.fixture
def store(city, tmp_path):
    (tmp_path / "a.csv").write_text(text(), encoding="utf-8")
    with Store.open(tmp_path / "h.duckdb", crs=city.crs, timezone=city.timezone) as opened:
        opened.add(ingest(tmp_path / "a.csv", profile="traffic", city=city, now=NOW), now=NOW)
        yield opened


def moved(city):
    """Everything in the wijk of the first incident belongs to another one."""
    first = city.locate(*[[part] for part in PLACES[0]])["wijk"].item()
    other = next(name for name in city.wijken["wijk"] if name != first)
    stadsdeel = city.wijken.set_index("wijk")["stadsdeel"][other]

    def locate(x, y):
        found = city.locate(x, y)
        mine = (found["wijk"] == first).fillna(value=False)
        return found.assign(
            wijk=found["wijk"].where(~mine, other), stadsdeel=found["stadsdeel"].where(~mine, stadsdeel)
        )

    return locate, first, other


def test_incidents_change_wijk_and_the_past_stays(store, city):
    locate, first, other = moved(city)
    before, tx = store.incidents(), store.known
    found = store.reassign(locate, dry_run=True)
    assert (found.incidents, found.outside) == (2, 0)
    assert store.known == tx
    pd.testing.assert_frame_equal(store.incidents(), before)

    assert store.reassign(locate, now=NOW + dt.timedelta(days=1)) == found
    after = store.incidents()
    assert (before["wijk"] == first).sum() == 2
    assert after["wijk"].tolist() == before["wijk"].replace(first, other).tolist()
    same = [name for name in before.columns if name not in {"wijk", "stadsdeel"}]
    pd.testing.assert_frame_equal(after[same], before[same])
    assert count_wijk_weeks(store).loc[other].sum() == 2
    pd.testing.assert_frame_equal(store.as_known(tx).incidents(), before)
    assert store.known_before(NOW + dt.timedelta(days=2)) == tx + 1

    nothing = store.reassign(locate, now=NOW + dt.timedelta(days=2))
    assert (nothing.incidents, nothing.rows, store.known) == (0, 0, tx + 1)
    store.reassign(city.locate, now=NOW + dt.timedelta(days=3))  # and back
    pd.testing.assert_frame_equal(store.incidents(), before)


def test_deliveries_that_are_told_again_tell_the_new_areas(store, city, tmp_path):
    """An older file that comes in later replays those after it: their old areas must not come back."""
    locate, _, other = moved(city)
    store.reassign(locate, now=NOW + dt.timedelta(days=1))
    older = tmp_path / "2026-11-01.csv"
    older.write_text(
        HEADER + "TG.99/26;1/10/2026;14:30;licht gewond;1;auto;auto;;228600,0;184900,0\n", encoding="utf-8"
    )
    added = store.add(ingest(older, profile="traffic", city=city, now=NOW), now=NOW + dt.timedelta(days=2))
    assert added.new == 1
    assert (store.incidents()["wijk"] == other).sum() == 2

    # the same file read with the new borders tells nothing new
    told = store.add(read_by(locate, tmp_path / "a.csv", city), now=NOW + dt.timedelta(days=3))
    assert (told.new, told.known, told.changed) == (0, 4, 0)


def read_by(locate, file, city):
    """What a file tells, with other borders."""
    again = ingest(file, profile="traffic", city=city, now=NOW)
    areas = locate(again.incidents.geometry.x, again.incidents.geometry.y)
    columns = {name: areas[name].to_numpy(object) for name in ("sector", "wijk", "stadsdeel")}
    placed = again.incidents.assign(**{name: pd.array(part, dtype="str") for name, part in columns.items()})
    return replace(again, incidents=placed)


def test_rows_that_differed_by_their_area_alone_become_one(store, city, tmp_path):
    locate, _, other = moved(city)
    (tmp_path / "b.csv").write_text(text(more="\n"), encoding="utf-8")
    store.add(read_by(locate, tmp_path / "b.csv", city), now=NOW + dt.timedelta(days=1))
    assert (store.incidents()["wijk"] == other).sum() == 2
    store.reassign(city.locate, now=NOW + dt.timedelta(days=2))
    assert (store.incidents()["wijk"] == other).sum() == 0
    assert len(store.incidents()) == 4
    told = store.add(ingest(tmp_path / "b.csv", profile="traffic", city=city, now=NOW))
    assert (told.new, told.known, told.changed) == (0, 4, 0)


def test_what_lies_outside_the_new_borders_keeps_its_wijk(store, city):
    before = store.incidents()

    def nowhere(x, y):
        return city.locate(x, y).assign(wijk=pd.NA, stadsdeel=pd.NA, sector=pd.NA)

    found = store.reassign(nowhere, now=NOW)
    assert (found.incidents, found.outside) == (0, 4)
    pd.testing.assert_frame_equal(store.incidents(), before)

"""Histories that earlier versions made are taken along whole."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from genk_geo.ingestion import ingest
from genk_geo.store import Store
from tests.store.test_store import contents

FIRST = Path(__file__).parent / "histories" / "first.sql"
HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"


def row(number, day, x, severity="licht gewond"):
    return f"{number};{day};12:10;{severity};1;auto;fiets;;{x:.1f};184800,0"


@pytest.fixture
def first(tmp_path):
    """A history of the first kind: two files, of which the second begins its numbers again."""
    path = tmp_path / "h.duckdb"
    with duckdb.connect(str(path)) as base:
        base.execute(FIRST.read_text(encoding="utf-8"))
    return path


def test_everything_of_the_first_kind_is_there(first):
    with duckdb.connect(str(first)) as base:
        before = base.execute("select * from incidents order by incident_id").fetchall()
        files = base.execute("select * from files order by taken_utc").fetchall()
    with Store.open(first) as store:
        assert store._connection.execute("select * from incidents order by incident_id").fetchall() == before
        assert [tuple(one)[:2] for one in store.files()[["sha256", "profile"]].to_numpy()] == [
            one[:2] for one in files
        ]
        assert store.secret == bytes(32)
        assert len(store.rejects()) == 1
        assert store.areas("burglary", "2026-W46", "abc")["hotspot_id"].tolist() == ["b", "a"]
        assert store.published()[["theme", "lost", "changed"]].to_numpy().tolist() == [
            ["traffic", False, False]
        ]
        assert store.run_of("2026-W46") == (1, {})
        again = contents(store)
    with Store.open(first) as store:  # nothing is left to do
        pd.testing.assert_frame_equal(contents(store), again)


def test_its_files_are_known_and_its_numbers_too(first, tmp_path, city):
    one = [row(n, "09/11/2026", 228000.3 + 90 * n) for n in range(1, 6)] + ["9;31/02/2026;;;;;;;;"]
    two = [row(n, "11/08/2026", 229000.3 + 90 * n) for n in range(1, 3)]
    new = [row(2, "11/08/2026", 229180.3, "zwaar gewond")]
    with Store.open(first) as store:
        before = contents(store)
        for name, rows in (("een", one), ("twee", two), ("drie", new)):
            path = tmp_path / f"{name}.csv"
            path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
            added = store.add(ingest(path, profile="traffic", city=city, now="2026-11-16"))
            assert added.new == 0
            if name != "drie":
                pd.testing.assert_frame_equal(contents(store), before)
        assert len(store.incidents()) == 7
        assert len(store.files()) == 3
        assert (store.incidents()["severity"] == "serious").sum() == 1

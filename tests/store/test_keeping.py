"""The file of a history: one writer, any reader, whole after any accident, and forgetting to the byte."""

from __future__ import annotations

import os
import random
import sqlite3
from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from genk_geo.errors import BusyError, ConfigError
from genk_geo.ingestion import ingest
from genk_geo.store import Store
from genk_geo.store.keeping.backup import back_up, check_backup, newest_good, restore
from genk_geo.store.keeping.faults import fault
from genk_geo.store.keeping.integrity import check_history
from tests.fixtures.dying import fate_of
from tests.store.test_store import contents, result_of

#: Kills of a run that adds; 200 in full.
KILLS = int(os.environ.get("GENK_GEO_KILLS", "2"))
#: Bits that are turned in a history; 200 in full.
FLIPS = int(os.environ.get("GENK_GEO_FLIPS", "12"))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "data" / "history.duckdb"
    with Store.open(path) as store:
        store.add(result_of(range(300)))
    return path


def test_a_reader_sees_the_history_as_it_stands_while_a_run_writes(path):
    with Store.open(path) as writer, Store.open(path, read_only=True) as reader:
        before = contents(reader)
        writer.add(result_of(range(500)))
        pd.testing.assert_frame_equal(contents(reader), before)
        with pytest.raises(ConfigError):
            reader.add(result_of(range(500)))
    with Store.open(path, read_only=True) as reader:
        assert len(reader.incidents()) == 500
    assert sorted(one.name for one in path.parent.iterdir()) == [".history.duckdb.lock", "history.duckdb"]


def test_a_second_writer_is_told_who_writes(path):
    with Store.open(path), pytest.raises(BusyError, match=f"process {os.getpid()}, since 20") as caught:
        Store.open(path)
    assert caught.value.exit_code == 6
    Store.open(path).close()


def test_a_sqlite_file_an_empty_one_and_a_lost_journal_are_told_apart(tmp_path, path):
    other = tmp_path / "other.duckdb"
    with sqlite3.connect(other) as base:
        base.execute("create table t (a integer)")
    base.close()
    with pytest.raises(ConfigError, match="SQLite or GeoPackage"):
        Store.open(other)
    other.write_bytes(b"")
    with pytest.raises(ConfigError, match="is empty"):
        Store.open(other)
    other.unlink()
    duckdb.connect(str(other)).close()
    with pytest.raises(ConfigError, match="holds nothing"):
        Store.open(other)
    with pytest.raises(ConfigError, match="There is no history"):
        Store.open(tmp_path / "absent.duckdb", read_only=True)


def test_a_journal_of_another_run_beside_the_file_changes_nothing(path):
    with Store.open(path) as store:
        before = contents(store)
    for rubbish in (b"", b"rubbish" * 1000):
        path.with_name(f"{path.name}.wal").write_bytes(rubbish)
        try:
            with Store.open(path) as store:
                pd.testing.assert_frame_equal(contents(store), before)
        except ConfigError as error:
            assert "damaged" in str(error)  # noqa: PT017
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def test_turned_bits_and_cut_ends_are_told_as_damage_or_do_no_harm(path):
    whole, chance = path.read_bytes(), random.Random(7)
    with Store.open(path) as store:
        before = contents(store)
    for turn in range(FLIPS):
        spoiled = bytearray(whole)
        if turn % 4:
            spoiled[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        else:
            del spoiled[chance.randrange(1, len(whole)) :]
        path.write_bytes(spoiled)
        try:
            with Store.open(path) as store:
                pd.testing.assert_frame_equal(contents(store), before)
        except ConfigError as error:
            assert "damaged" in str(error) or "no history" in str(error), error  # noqa: PT017
            assert "in use" not in str(error)  # noqa: PT017
    path.write_bytes(whole)
    assert check_history(path) == 300


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ("IO Error: Could not write file: No space left on device", "disk .* is full"),
        ("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block 5", "damaged"),
        (
            "Could not set lock on file: Conflicting lock is held in python (PID 12)",
            "in use by another program",
        ),
        ("something new", "cannot be read or written: something new"),
    ],
)
def test_what_the_database_says_is_told_in_our_words(path, said, match):
    with pytest.raises(ConfigError, match=match):
        raise fault(path, said)


def test_a_killed_run_leaves_the_history_as_it_was_and_the_next_one_goes_on(path):
    with Store.open(path) as store:
        before = contents(store)

    def add():
        store = Store.open(path)
        store.add(result_of(range(900), category="poging", delivered="2026-03-01"))
        store.close()

    chance = random.Random(KILLS)
    for _ in range(KILLS):
        fate_of(add, after_s=chance.uniform(0.0, 0.3))
        with Store.open(path) as store:
            found = contents(store)
        if len(found) == 300:
            pd.testing.assert_frame_equal(found, before)
        else:
            assert set(found["category"]) == {"poging"}
        check_history(path)
    with Store.open(path) as store:
        store.add(result_of(range(900), category="poging", delivered="2026-03-01"))
        assert len(store.incidents()) == 900


def test_a_backup_while_a_run_writes_is_whole_and_comes_back(path):
    with Store.open(path) as store:
        before = contents(store)
        store.add(result_of(range(500), category="poging", delivered="2026-03-01"))
        made = back_up(path)
    assert made.incidents == check_backup(made.file) == 300
    assert newest_good(path) == made.file
    path.write_bytes(path.read_bytes()[:5000])
    aside, incidents = restore(path, made.file)
    assert (incidents, aside.stat().st_size) == (300, 5000)
    with Store.open(path) as store:
        pd.testing.assert_frame_equal(contents(store), before)
    made.file.write_bytes(made.file.read_bytes()[:-1])
    assert newest_good(path) is None
    with pytest.raises(ConfigError, match="checksum differs"):
        restore(path, made.file)


def test_a_history_that_does_not_hang_together_is_seen(path):
    with duckdb.connect(str(path)) as base:
        base.execute("delete from contents where row_id in (select row_id from contents limit 2)")
    with pytest.raises(ConfigError, match="2 versions of a row that is not there"):
        check_history(path)


HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
KEPT = "XGEHEIMX"


def test_no_byte_of_what_is_forgotten_is_left(tmp_path, city):
    path, file = tmp_path / "data" / "history.duckdb", tmp_path / "levering.csv"
    rows = [
        f"TG.{n}/26;{n:02}/03/2026;12:10;licht gewond;1;auto;fiets;;{228_000.3 + 90 * n:.1f};184800,0"
        for n in range(1, 9)
    ]
    rows += ["TG.3/26;31/02/2026;12:10;;;;;;;"]
    file.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    result = ingest(file, profile="traffic", city=city, now="2026-11-20")
    told = result.incidents.assign(kept_nota=[f"{KEPT}{n}Y" for n in range(8)])
    result = replace(result, incidents=told)
    gone = told["incident_id"].tolist()
    with Store.open(path) as store:
        store.add(result)
    back_up(path)
    with Store.open(path) as store:
        plan = store.forget(["TG.3/26"], dry_run=True)
        assert (plan.incidents, plan.rejects) == (1, 1)
        assert len(store.incidents()) == 8
        assert store.forget(["TG.3/26"]) == plan
        assert len(store.incidents()) == 7
        limit = pd.Timestamp("2026-03-06", tz="Europe/Brussels")
        assert store.forget(before={"traffic": limit}).incidents == 4
        assert len(store.incidents()) == 3
        again = store.add(result)  # the file still stands on the disk
        assert (again.new, len(store.incidents())) == (0, 3)
        kept = store._connection.execute("select sum(n), count(distinct monday) from kept_counts").fetchall()
    assert kept == [(5, 2)]  # the first of March was a Sunday
    assert check_history(path) == 3
    from genk_geo.jobs.desk.keeping import renew_backups

    assert renew_backups(path) == 1
    everything = b"".join(one.read_bytes() for one in path.parent.rglob("*") if one.is_file())
    for n in range(5):
        assert gone[n].encode() not in everything
        assert f"{KEPT}{n}Y".encode() not in everything
    assert f"{KEPT}7Y".encode() in everything
    assert b"TG.3/26" not in everything

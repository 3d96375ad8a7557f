"""A command that is killed at whatever moment loses nothing, and the next one ends as an undisturbed one.

A command runs in a fork and is killed before one of its changes of a file or statements to the database, or
after some time. GENK_GEO_KILLS=200 kills so often, over all commands; GENK_GEO_KILLED_PROGRAMS says how many
more are killed as programs of their own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from genk_geo.cli import main
from genk_geo.store.keeping.backup import check_backup
from genk_geo.store.keeping.integrity import check_history
from tests.fixtures.desk import WEEK, burglaries, deliver, set_up
from tests.fixtures.dying import fate_of

KILLS = int(os.environ.get("GENK_GEO_KILLS", "6"))
PROGRAMS = int(os.environ.get("GENK_GEO_KILLED_PROGRAMS", "0"))
FIRST = Path(__file__).parents[1] / "store" / "histories" / "first.sql"
LAST, NEXT = WEEK.shift(-2), WEEK.shift(-1)
#: Locks stay: a lock that is removed can be held twice.
LOCKS = {".history.duckdb.lock"}
#: When something was done differs between runs; how often does too, where a killed one had saved.
VOLATILE = {"deliveries": "exclude (taken_utc)", "transactions": None}

COMMANDS = {
    "ingest": ["ingest", "nieuw.csv", "--profile", "burglary"],
    "weekly": ["weekly", "--week", str(NEXT)],
    "stale": ["weekly", "--stale"],
    "forget": ["forget", "--source-id", f"PV.{LAST.number}.0/26", "--source-id", f"PV.{LAST.number}.1/26"],
    "backup": ["backup"],
    "restore": ["restore", "kept.duckdb"],
    "migrate": ["ingest", "nieuw.csv", "--profile", "burglary"],
}
#: How many of a hundred kills each gets.
SHARE = {"ingest": 15, "weekly": 30, "stale": 15, "forget": 15, "backup": 8, "restore": 7, "migrate": 10}


def command(desk, name):
    """The work of a fork: the command, as somebody gives it in the folder of the desk."""

    def work():
        os.chdir(desk)
        main([*COMMANDS[name], "--config", "stad.toml"])

    return work


def done(desk, arguments):
    """A command that nobody kills."""
    fate = fate_of(lambda: (os.chdir(desk), main([*arguments, "--config", "stad.toml"])))
    assert fate.code in {0, 5}, fate.said
    return fate


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    """A desk for each command, as it stands before it; made when it is asked for."""
    top = tmp_path_factory.mktemp("desks")
    base = top / "base"
    set_up(base)
    deliver(base, "oud.csv", *(burglaries(LAST.shift(-back)) for back in range(8)))
    arguments = ["weekly", "--week", str(LAST), "--config", str(base / "stad.toml")]
    with pytest.raises(SystemExit, match="0"):
        main(arguments)  # here and not in a fork, so that forks have everything loaded

    def ready(name):
        desk = top / name
        if desk.exists():
            return desk
        shutil.copytree(base, desk)
        corrected = burglaries(LAST, word="poging woning", count=3)
        deliver(desk, "nieuw.csv", burglaries(NEXT), corrected, burglaries(LAST, count=2, tag="LATE"))
        if name == "stale":
            done(desk, COMMANDS["ingest"])
        if name in {"forget", "restore"}:
            done(desk, ["backup"])
        if name == "restore":
            (made,) = (desk / "data" / "backups").glob("*.duckdb")
            made.rename(desk / "kept.duckdb")
            made.with_name(f"{made.name}.sha256").rename(desk / "kept.duckdb.sha256")
            done(desk, COMMANDS["ingest"])
        if name == "migrate":
            (desk / "data" / "history.duckdb").unlink()
            with duckdb.connect(str(desk / "data" / "history.duckdb")) as history:
                history.execute(FIRST.read_text(encoding="utf-8"))
        return desk

    return ready


def rows_of(path):
    """All that a history says."""
    with duckdb.connect(str(path), read_only=True) as base:
        tables = [name for (name,) in base.execute("select table_name from duckdb_tables()").fetchall()]
        chosen = {name: VOLATILE.get(name, "") for name in tables}
        return {
            name: sorted(map(repr, base.execute(f'select * {less} from "{name}"').fetchall()))
            for name, less in chosen.items()
            if less is not None
        }


def incidents_of(path):
    with duckdb.connect(str(path), read_only=True) as base:
        return base.execute("select * from incidents order by incident_id").fetchall()


def pages_of(desk):
    maps = desk / "maps"
    return {
        str(path.relative_to(maps)): path.read_bytes() for path in sorted(maps.rglob("*")) if path.is_file()
    }


def state_of(desk):
    return rows_of(desk / "data" / "history.duckdb"), pages_of(desk)


def left_in(desk):
    """What no run should leave."""
    names = {path.name for path in desk.rglob("*") if path.name[0] == "." or path.suffix in {".part", ".wal"}}
    return names - LOCKS


def check_weeks_are_whole(desk):
    """Each week that a reader sees holds what its manifest says, to the byte."""
    for manifest in desk.glob("maps/*/20*/manifest.json"):
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        found = {name: sha256((manifest.parent / name).read_bytes()).hexdigest() for name in files}
        assert found == files, manifest


def check_after(desk, name, wanted, gone):
    """What holds after the next run."""
    history, (rows, pages) = desk / "data" / "history.duckdb", wanted
    assert left_in(desk) == set()
    assert pages_of(desk) == pages
    found = rows_of(history)
    assert {table: found[table] for table in found if found[table] != rows[table]} == {}
    check_history(history)
    check_weeks_are_whole(desk)
    backups = desk / "data" / "backups"
    for backup in backups.glob("*.duckdb"):
        check_backup(backup)
    assert {one.name for one in backups.glob("*.sha256")} == {
        f"{one.name}.sha256" for one in backups.glob("*.duckdb")
    }
    if name == "forget":
        everything = b"".join(one.read_bytes() for one in (desk / "data").rglob("*") if one.is_file())
        assert not [one for one in gone if one.encode() in everything]


def moments(chance, count, fate):
    """Spread over what a run does and over how long it takes; and, of few, in the steps of publishing."""
    last = max(at for at, step in enumerate(fate.steps) if "history.duckdb" in step or "rename" in step)
    if count <= 2:
        return [{"at": chance.randint(max(last - 6, 0), last)} for _ in range(count)]
    steps = sorted(chance.sample(range(len(fate.steps)), min(count // 2, len(fate.steps))))
    times = [chance.uniform(0.0, fate.seconds) for _ in range(count - len(steps))]
    return [{"at": one} for one in steps] + [{"after_s": one} for one in times]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_loses_nothing_and_the_next_one_ends_as_an_undisturbed_one(desks, tmp_path, name):
    before = desks(name)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before, undisturbed)
    fate = fate_of(command(undisturbed, name))
    assert fate.code in {0, 5}, fate.said
    wanted = state_of(undisturbed)
    assert left_in(undisturbed) == set()
    history = "data/history.duckdb"
    known = incidents_of(before / history), incidents_of(undisturbed / history)
    gone = sorted({row[0] for row in known[0]} - {row[0] for row in known[1]}) if name == "forget" else []
    assert bool(gone) == (name == "forget")
    count = max(round(KILLS * SHARE[name] / 100), 1)
    chance, killed = random.Random(KILLS), 0
    for how in moments(chance, count, fate):
        desk = tmp_path / "desk"
        shutil.copytree(before, desk)
        end = fate_of(command(desk, name), **how)
        killed += end.code < 0
        if name != "migrate" or (desk / history).stat().st_size != (before / history).stat().st_size:
            assert incidents_of(desk / history) in known, how
        check_weeks_are_whole(desk)
        again = fate_of(command(desk, name))
        assert again.code == fate.code, (how, again.said)
        check_after(desk, name, wanted, gone)
        shutil.rmtree(desk)
    assert killed >= count * 0.8
    print(f"{name}: {killed} of {count} killed, {len(fate.steps)} steps, {fate.seconds:.1f} s")


@pytest.mark.skipif(not PROGRAMS, reason="GENK_GEO_KILLED_PROGRAMS says how many programs are killed")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_program_too(desks, tmp_path, name):
    before = desks(name)
    wanted, chance = None, random.Random(PROGRAMS)
    words = [sys.executable, "-m", "genk_geo", *COMMANDS[name], "--config", "stad.toml"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for _ in range(1 + max(round(PROGRAMS * SHARE[name] / 100), 1)):
        desk = tmp_path / "desk"
        shutil.copytree(before, desk)
        gone = []
        if wanted is None:
            began = time.monotonic()
            code, wanted = subprocess.run(words, cwd=desk, check=False, **quiet).returncode, state_of(desk)
            taken = time.monotonic() - began
        else:
            with subprocess.Popen(words, cwd=desk, **quiet) as run:
                time.sleep(chance.uniform(0.2, 1.0) * taken)
                run.send_signal(signal.SIGKILL)
            check_weeks_are_whole(desk)
            assert subprocess.run(words, cwd=desk, check=False, **quiet).returncode == code
            check_after(desk, name, wanted, gone)
        shutil.rmtree(desk)

"""Wherever the disk is full, a command says so in a line, loses nothing, and the next one ends as ever.

In a fork no more files can be made, as on a full disk: GENK_GEO_FULL_DISK_STEPS=40 does so at 40 places of a
command. GENK_GEO_SMALL_DISK=/a/folder fills a real disk (a tmpfs of 64 MiB) as often, to any byte.
"""

from __future__ import annotations

import csv
import errno
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from tests.fixtures.desk import (
    COMMANDS,
    check_after,
    check_weeks_are_whole,
    command,
    incidents_of,
    state_of,
)
from tests.fixtures.dying import fate_of, is_written

STEPS = int(os.environ.get("GENK_GEO_FULL_DISK_STEPS", "1"))
SMALL = os.environ.get("GENK_GEO_SMALL_DISK")
HISTORY = "data/history.duckdb"
REGISTER = "data/history.exports.csv"
EXPORTS = {kind: ["export", "--out", f"uit.{kind}"] for kind in ("gpkg", "geojson", "parquet", "csv")} | {
    "receipt": ["forget", "--source-id", "PV.37.0/26", "--receipt", "uit.receipt"],
    "rejects": ["ingest", "nieuw.csv", "--profile", "burglary", "--rejects", "uit.rejects"],
    "hotspots": ["hotspots", "--theme", "burglary", "--out", "uit.hot.gpkg"],
}


def full_from(step):
    """From this new file or folder on, no more can be made; what is moved or removed takes no room."""

    def hook():
        made = [0]

        def seen(event, arguments):
            new = event == "os.mkdir" or (event == "open" and is_written(arguments[0], arguments[2]))
            if new:
                made[0] += 1
                if made[0] > step:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))

        sys.addaudithook(seen)

    return hook


def count_new(fate):
    return sum(step.startswith(("open ", "os.mkdir ")) for step in fate.steps)


def check_told(fate):
    """One line, which names the fault; no traceback."""
    assert fate.code == 2, (fate.code, fate.said)
    assert "Traceback" not in fate.said, fate.said
    last = fate.said.strip().splitlines()[-1]
    assert last.startswith("genk-geo: "), fate.said
    assert any(word in last for word in ("full", "No space", "is vol")), last


def spread(count, most):
    """Numbers from 0 to `most`, evenly; the middle one where one is asked."""
    return [most // 2] if count == 1 else sorted({round(at * most / (count - 1)) for at in range(count)})


def check_exports(desk):
    """What an export left is whole, and each line of the register is one."""
    for path in desk.glob("uit.*"):
        if path.name in {"uit.gpkg", "uit.geojson"}:
            assert pyogrio.read_info(path, layer="uit", force_feature_count=True)["features"] == 32
        elif path.suffix == ".parquet":
            assert len(gpd.read_parquet(path)) == 32
        elif path.suffix == ".csv":
            assert len(pd.read_csv(path)) == 32
    assert not list(desk.glob(".uit*")), list(desk.glob(".uit*"))
    if (desk / REGISTER).exists():
        with (desk / REGISTER).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert {len(row) for row in rows} == {7}, rows


@pytest.mark.parametrize("name", COMMANDS if STEPS > 1 else ("ingest", "backup"))
def test_where_no_file_can_be_made_nothing_is_lost(desks, tmp_path, name):
    before = desks(name)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before, undisturbed)
    fate = fate_of(command(undisturbed, name))
    wanted = state_of(undisturbed, numbered=False)
    for step in spread(STEPS, max(count_new(fate) - 1, 0)):
        no_room = partial(fate_of, hook=full_from(step))
        _fail(before, tmp_path / "desk", name, wanted, no_room)


def _fail(before, desk, name, wanted, run):
    """A run on a full disk, then one on a disk with room."""
    shutil.copytree(before, desk)
    known = (
        [wanted[0]["current"]]
        if name == "migrate"
        else [state_of(before)[0]["current"], wanted[0]["current"]]
    )
    end = run(command(desk, name))
    if end.code not in {0, 5, 7}:  # 7: the week stands, its list could not be written
        check_told(end)
    if name != "migrate":
        assert state_of(desk)[0]["current"] in known
        incidents_of(desk / HISTORY)
    check_weeks_are_whole(desk)
    again = fate_of(command(desk, name))
    assert again.code in {0, 5}, again.said
    check_after(desk, name, wanted, [], numbered=False)
    shutil.rmtree(desk)
    return end.code


@pytest.fixture
def small():
    if SMALL is None:
        pytest.skip("no small disk is named (GENK_GEO_SMALL_DISK)")
    folder = Path(SMALL) / "genk_geo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def filled(folder, room):
    """Run something while the disk has so much room."""

    def run(work):
        ballast = folder / "ballast"
        ballast.touch()
        taken = max(shutil.disk_usage(folder).free - room, 0)
        os.posix_fallocate((handle := os.open(ballast, os.O_RDWR)), 0, max(taken, 1))
        os.close(handle)
        end = fate_of(work)
        ballast.unlink()
        return end

    return run


@pytest.mark.parametrize("name", COMMANDS)
def test_a_real_disk_that_is_full_at_any_byte(desks, small, tmp_path, name):
    before = desks(name)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before, undisturbed)
    assert fate_of(command(undisturbed, name)).code in {0, 5}
    wanted = state_of(undisturbed, numbered=False)
    size = sum(path.stat().st_size for path in before.rglob("*"))
    codes = [
        _fail(before, small / "desk", name, wanted, filled(small, size * 4 * step // STEPS))
        for step in range(STEPS)
    ]
    assert 2 in codes


@pytest.mark.parametrize("kind", EXPORTS)
def test_what_is_taken_out_is_whole_or_not_there(desks, small, kind):
    before, desk = desks("base"), small / "desk"
    words = EXPORTS[kind]
    if kind == "rejects":
        before = desks("ingest")

    def work():
        from genk_geo.cli import main

        os.chdir(desk)
        main([*words, "--config", "stad.toml"])

    codes = []
    for step in range(STEPS):
        shutil.copytree(before, desk)
        end = filled(small, 4096 * (step + 1) ** 2)(work)
        codes.append(end.code)
        if end.code:
            check_told(end)
        check_exports(desk)
        again = fate_of(work)
        assert again.code == 0, again.said
        check_exports(desk)
        shutil.rmtree(desk)
    assert 2 in codes

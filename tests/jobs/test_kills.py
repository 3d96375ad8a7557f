"""A command that is killed at whatever moment loses nothing, and the next one ends as an undisturbed one.

A command runs in a fork and is killed before one of its changes of a file or statements to the database, or
after some time. GENK_GEO_KILLS=200 kills so often, over all commands; GENK_GEO_KILLED_PROGRAMS says how many
more are killed as programs of their own.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.fixtures.desk import (
    COMMANDS,
    check_after,
    check_weeks_are_whole,
    command,
    incidents_of,
    left_in,
    state_of,
)
from tests.fixtures.dying import fate_of

KILLS = int(os.environ.get("GENK_GEO_KILLS", "2"))
PROGRAMS = int(os.environ.get("GENK_GEO_KILLED_PROGRAMS", "0"))
#: Those that touch more than one file; the others are killed where many kills are asked.
QUICK = ("weekly", "forget")
#: How many of a hundred kills each gets.
SHARE = {"ingest": 15, "weekly": 30, "stale": 15, "forget": 15, "backup": 8, "restore": 7, "migrate": 10}


def moments(chance, count, fate):
    """Spread over what a run does and over how long it takes; and, of few, in the steps of publishing."""
    last = max(at for at, step in enumerate(fate.steps) if "history.duckdb" in step or "rename" in step)
    if count <= 2:
        return [{"at": chance.randint(max(last - 6, 0), last)} for _ in range(count)]
    steps = sorted(chance.sample(range(len(fate.steps)), min(count // 2, len(fate.steps))))
    times = [chance.uniform(0.0, fate.seconds) for _ in range(count - len(steps))]
    return [{"at": one} for one in steps] + [{"after_s": one} for one in times]


@pytest.mark.parametrize("name", COMMANDS if KILLS >= 50 else QUICK)
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

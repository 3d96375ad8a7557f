"""Work on several processors: the answers, and the faults, of doing one thing after the other."""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from genk_geo import at_once as module
from genk_geo.at_once import PROCESSES, at_once, processors
from genk_geo.errors import ConfigError

forks = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")


def slowly(answer):
    """An answer, and who gives it, after so long that another one is free for the next task."""
    time.sleep(0.2)
    return answer, os.getpid()


def of_a_fork(here, spoil, answer):
    """An answer that a fork spoils: it fails, dies or hangs."""
    time.sleep(0.1)  # so that the fork takes a task as well
    if os.getpid() != here:
        spoil()
    return answer


@forks
def test_answers_come_in_the_order_of_tasks_from_several_processes():
    found = at_once([partial(slowly, at) for at in range(4)], processes=2)
    assert [answer for answer, _ in found] == [0, 1, 2, 3]
    assert len({who for _, who in found}) == 2


@forks
def test_the_heaviest_task_begins_first():
    began = at_once([time.monotonic_ns] * 3, weights=[1, 3, 2], processes=2)
    assert began[1] < began[2] < began[0]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_the_first_task_that_fails_is_told_whoever_did_it(processes):
    def fail(at):
        time.sleep(0.05 * (3 - at))
        raise ConfigError("task {at}", at=at)

    with pytest.raises(ConfigError, match="task 1"):
        at_once([lambda: 0, partial(fail, 1), partial(fail, 2)], processes=processes)


@forks
@pytest.mark.parametrize(
    "spoil",
    [
        lambda: 1 / 0,
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: os._exit(7),
        lambda: time.sleep(60),
    ],
    ids=["fails", "killed", "ends", "hangs"],
)
def test_what_a_fork_does_not_bring_is_done_here(monkeypatch, spoil):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(module, "_PATIENCE_TIMES", 0.0)
    tasks = [partial(of_a_fork, os.getpid(), spoil, at) for at in range(3)]
    assert at_once(tasks, processes=2) == [0, 1, 2]


@forks
def test_an_answer_that_cannot_be_sent_is_found_here():
    found = at_once(
        [partial(lambda at: (time.sleep(0.1), lambda: at)[1], at) for at in range(3)], processes=2
    )
    assert [answer() for answer in found] == [0, 1, 2]


@forks
def test_no_fork_is_left_behind(monkeypatch):
    found = at_once([partial(slowly, at) for at in range(3)], processes=3)
    others = {who for _, who in found} - {os.getpid()}
    assert others
    for who in others:
        with pytest.raises(ProcessLookupError):
            os.kill(who, 0)
    here, fork, forks_made = os.getpid(), os.fork, []

    def noted():
        forks_made.append(fork())
        return forks_made[-1]

    def interrupt(at):
        time.sleep(0.2 * at)
        if os.getpid() == here:
            raise KeyboardInterrupt
        time.sleep(60)

    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(KeyboardInterrupt):
        at_once([partial(interrupt, at) for at in range(3)], processes=2)
    # Neither alive nor waiting to be asked for; other children of this process are none of its business.
    (made,) = forks_made
    with pytest.raises(ProcessLookupError):
        os.kill(made, 0)


@forks
def test_a_fork_ends_with_the_process_that_it_comes_from(tmp_path):
    told = tmp_path / "forks"

    def note_and_wait():
        with told.open("a") as stream:
            stream.write(f"{os.getpid()}\n")
        time.sleep(60)

    run = os.fork()
    if run == 0:
        at_once([note_and_wait] * 2, processes=2)
        os._exit(0)
    while not told.exists() or len(told.read_text().split()) < 2:
        time.sleep(0.01)
    (fork,) = {int(who) for who in told.read_text().split()} - {run}
    os.kill(run, signal.SIGKILL)
    os.waitpid(run, 0)
    for _ in range(500):
        try:
            state = Path(f"/proc/{fork}/stat").read_text(encoding="utf-8").split(")")[-1].split()[0]
            if state == "Z":  # it ended, and waits for its new parent
                break
        except FileNotFoundError:
            break
        time.sleep(0.01)
    else:
        pytest.fail("the fork lives on")


def test_one_process_changes_objects_of_its_own(monkeypatch):
    monkeypatch.setenv(PROCESSES, "1")
    seen = []
    assert at_once([partial(seen.append, at) for at in range(3)]) == [None] * 3
    assert seen == [0, 1, 2]


def test_the_environment_says_how_many(monkeypatch):
    monkeypatch.setenv(PROCESSES, "3")
    assert processors() == 3
    monkeypatch.delenv(PROCESSES)
    assert processors() >= 1
    for wrong in ("0", "-1", "two"):
        monkeypatch.setenv(PROCESSES, wrong)
        with pytest.raises(ConfigError, match=f"{PROCESSES}: given '{wrong}', needed 1 or more"):
            processors()

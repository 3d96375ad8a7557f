"""Run a job of genk_geo beside its peers, in turns, and tell medians and ratios."""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    # A contestant is timed by the clock, unless it gives the seconds itself (another process or language).
    Run = Callable[[], object]


class Seconds(float):
    """Time that a contestant measured itself; any other result is just a result."""

    __slots__ = ()


@dataclass(frozen=True)
class Job:
    """One question put to everybody.

    Attributes
    ----------
    name : str
        What is computed, and how much of it.
    ours : callable
        The way of genk_geo.
    peers : dict of str to callable or None
        The others; None = not installed here.
    targets : dict of str to float
        Ratio that is to be reached against a peer.
    rounds : int
        How often everybody runs, after one run to warm up.
    """

    name: str
    ours: Run
    peers: dict[str, Run | None] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)
    rounds: int = 5


@dataclass(frozen=True)
class Line:
    """One row of the table: seconds as medians over the rounds."""

    job: str
    ours_s: float
    peer: str
    peer_s: float | None
    target: float | None

    @property
    def ratio(self) -> float | None:
        return None if self.peer_s is None else self.peer_s / self.ours_s


def seconds(run: Run) -> float:
    """Seconds by the clock, or those that the contestant gives itself."""
    begin = time.perf_counter()
    told = run()
    return told if isinstance(told, Seconds) else time.perf_counter() - begin


def compare(job: Job) -> list[Line]:
    """Let everybody run in turns, so that a busy machine is busy for all."""
    present = {"genk_geo": job.ours} | {name: run for name, run in job.peers.items() if run is not None}
    if job.rounds > 1:
        for run in present.values():
            seconds(run)
    taken: dict[str, list[float]] = {name: [] for name in present}
    for _ in range(job.rounds):
        for name, run in present.items():
            taken[name].append(seconds(run))
    median = {name: statistics.median(values) for name, values in taken.items()}
    ours = median.pop("genk_geo")
    if not job.peers:
        return [Line(job.name, ours, "", None, None)]
    return [Line(job.name, ours, name, median.get(name), job.targets.get(name)) for name in job.peers]


def installed(module: str) -> bool:
    """Whether a peer is here."""
    return importlib.util.find_spec(module) is not None


def elsewhere(code: str, *arguments: str) -> Seconds:
    """Seconds that a piece of Python prints last, run in a process of its own (a peer may crash)."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return Seconds(json.loads(done.stdout.strip().splitlines()[-1]))


def table(lines: list[Line]) -> str:
    """Markdown."""
    rows = ["| Job | genk_geo | Peer | Peer's time | Ratio | Target |", "|---|---:|---|---:|---:|---:|"]
    for line in lines:
        peer = "absent" if line.peer and line.peer_s is None else _time(line.peer_s)
        ratio = "" if line.ratio is None else f"{line.ratio:,.3g} x"
        target = "" if line.target is None else f">= {line.target:g} x"
        rows.append(f"| {line.job} | {_time(line.ours_s)} | {line.peer} | {peer} | {ratio} | {target} |")
    return "\n".join(rows)


def _time(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.2f} ms"

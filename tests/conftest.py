"""Fixtures that every room's tests share."""

from __future__ import annotations

import gc
import io
import os
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

from tests.examples import examples

pytest_plugins = [
    f"tests.fixtures.{name}"
    for name in ("browser", "identity", "demo", "kleinstad", "postgis", "town", "week", "weeks")
]

ROOT = Path(__file__).resolve().parents[1]

# As many tests run at once as there are processors: each run of the weekly job has one, but where it is said.
os.environ.setdefault("GENK_GEO_PROCESSES", "1")

# Each worker has one core: threads of BLAS and OpenMP would wait for those of the other worker, and spin.
if "PYTEST_XDIST_WORKER" in os.environ:
    for library in ("OMP", "OPENBLAS"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# To look for garbage among libraries and thousands of tests takes a quarter of the time of collecting them.
gc.disable()

# A busy machine is no fault of the code: no test may fail for being slow.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    max_examples=examples(100),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")

#: Fixtures that take the better part of a minute to make: the files that use one run in one worker.
COSTLY = ("demo_run", "demo_files")
#: Files that walk through the fictitious year, which is made once a process.
YEAR = ("test_newcomer", "test_notebooks")
#: Files that take longest are started first, so that no worker ends long after the others.
LONGEST = ("test_readme", "test_examples", "test_notebooks", "test_wheel", "test_risk", "test_weekly_faults")
#: It runs no compiled loop: while it does, the other worker compiles those of a weekly run, once for both.
BESIDE_COMPILING = "test_hostile_settings"


@cache
def group_of(file: str) -> str:
    """What a file of tests is run together with: others that share what is costly, else itself alone."""
    if Path(file).stem in YEAR:
        return "year"
    text = (ROOT / file).read_text(encoding="utf-8")
    return "costly" if any(name in text for name in COSTLY) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Deal out tests by group; marks of groups do not reach xdist with every version of pytest."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid.split("::")[0])

    return ByGroup(config, log)


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, and measure no coverage there: it would take half as long again.

    What these files run is run by others too, in smaller pieces.
    """
    order = {name: place for place, name in enumerate((BESIDE_COMPILING, *LONGEST))}

    def place(item):
        costly = group_of(str(item.path.relative_to(ROOT))) == "costly"
        return -1 if costly else order.get(item.path.stem, len(order))

    items.sort(key=place)
    for item in items:
        if item.path.stem in LONGEST:
            item.add_marker("no_cover")


def pytest_collection_finish():
    """From here on garbage is looked for among what the tests make, and less often than by default."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_unconfigure():
    gc.unfreeze()  # else libraries would find at the end that nobody let go of their objects


def pytest_terminal_summary(terminalreporter):
    """Say in one line what was not tested, and why."""
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        told = "; ".join(f"{count} x {reason}" for reason, count in reasons.most_common())
        terminalreporter.write_line(f"Not tested here: {told}")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; it is never part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is absent")
    return folder


@pytest.fixture(scope="session")
def city():
    from genk_geo import City

    return City.load()


class Done(NamedTuple):
    """What became of a command: as a finished process would tell it."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def genk_geo():
    """The command line, in this process: `genk_geo("weekly", "--week", "2026-W46", cwd=folder)`.

    It goes through `main` as the installed command does, so that faults become one line and an exit code.
    """
    from genk_geo.cli import main

    def run(*arguments, cwd):
        out, err = io.StringIO(), io.StringIO()
        code = 0
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(cwd)
            patch.setattr("genk_geo.cli.spoken_in", lambda _: "en")  # tests/cli/test_language.py hears Dutch
            patch.setattr(sys, "argv", ["genk-geo", *map(str, arguments)])
            try:
                main()
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else int(left.code is not None)
        return Done(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of an installed Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    known = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    )
    found = next((path for name in names if (path := shutil.which(name))), None)
    found = found or next((path for path in known if Path(path).exists()), None)
    if found is None:
        message = "no Chromium or Chrome is installed, so no page was opened"
        if os.environ.get("GENK_GEO_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture
def r_table(tmp_path):
    """Read a data set that comes with an R package, which has to be installed: it is not carried here."""

    def read(package: str, table: str):
        import pandas as pd

        if shutil.which("Rscript") is None:
            pytest.skip("Rscript is not installed")
        file = tmp_path / "table.csv"
        code = (
            f"suppressMessages(library({package}));"
            f"write.csv({{{table}}}, commandArgs(TRUE)[1], row.names=FALSE)"
        )
        done = subprocess.run(["Rscript", "-e", code, str(file)], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"R has no package {package}")
        return pd.read_csv(file)

    return read

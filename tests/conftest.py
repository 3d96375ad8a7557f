"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytest_plugins = ["tests.fixtures.demo", "tests.fixtures.week"]

ROOT = Path(__file__).resolve().parents[1]


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

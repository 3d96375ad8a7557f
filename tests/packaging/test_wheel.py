"""The wheel: built from the source, installed far from it, and used there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(command, cwd, **options):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | options,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """The wheel, built from a copy so that the checkout stays as it is; nothing is downloaded."""
    source = tmp_path_factory.mktemp("source")
    waste = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "genk_geo", source / "genk_geo", ignore=waste)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", source],
        source,
    )
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Folder of the programs of an environment that has the wheel, and our libraries but not our source."""
    if importlib.util.find_spec("ensurepip") is None:
        pytest.skip("this Python has no ensurepip, so no second environment can be made without internet")
    venv = tmp_path_factory.mktemp("elsewhere") / "venv"
    run([sys.executable, "-m", "venv", venv], venv.parent)
    programs = venv / ("Scripts" if os.name == "nt" else "bin")
    run(
        [programs / "python", "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", wheel],
        venv.parent,
    )
    libraries = Path(
        run(
            [programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], venv
        ).strip()
    )
    # A plain line in a .pth file adds our libraries without running their own .pth files: the editable
    # installation of the source is not followed.
    ours = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (libraries / "libraries.pth").write_text("\n".join(ours) + "\n", encoding="utf-8")
    return programs


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel, root):
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name for name in names if not name.startswith("genk_geo-")}
    waste = {"__pycache__", ".pyc"}
    source = {
        path.relative_to(root).as_posix()
        for path in (root / "genk_geo").rglob("*")
        if path.is_file() and not any(part in path.as_posix() for part in waste)
    }
    assert inside == source
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_command_runs_from_the_wheel(installed, tmp_path):
    told = run([installed / "genk-geo", "--help"], tmp_path, PYTHONSAFEPATH="1")
    assert "weekly" in told
    assert "demo" in told


def test_the_city_loads_from_the_wheel(installed, tmp_path, root):
    code = (
        "import genk_geo, genk_geo.demo.calibration as known; print(genk_geo.__file__);"
        "city = genk_geo.City.load();"
        "print(city.name, len(city.streets), known.facts('nuisance')['per_year'])"
    )
    where, what = run([installed / "python", "-I", "-c", code], tmp_path).splitlines()
    assert not Path(where).is_relative_to(root)
    assert what == "Genk 790 4000.0"

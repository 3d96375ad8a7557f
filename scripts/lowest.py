"""Try the lowest versions that `pyproject.toml` allows: `python3.11 scripts/lowest.py [ARGUMENTS OF PYTEST]`.

In a folder for temporary files it makes an environment with the lowest version of each dependency that is
named there, with uv (fetched if it is not installed), and runs a smoke selection of the tests in it. Do this
when a bound or a dependency changes and before a release, on Python 3.11: newer ones have no built packages
of the lowest versions. It ends with the exit code of pytest; nothing in the checkout changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from _bootstrap import ROOT, SetupError, clean_environment, execute

#: Something of every room, and each library in what it is used for; a few minutes.
SMOKE = (
    "tests/foundation",
    "tests/doors",
    "tests/store",
    "tests/ingestion",
    "tests/reference",
    "tests/geocoding/test_geocode.py",
    "tests/cpted/test_factors.py",
    "tests/stats/density",
    "tests/stats/grid",
    "tests/stats/inference",
    "tests/stats/local",
    "tests/stats/network",
    "tests/jobs/week/test_weekly_faults.py",
    "tests/render/words",
    "tests/cli",
)


def main(arguments: list[str]) -> int:
    """Make the environment, run the tests in it, and clear it away.

    Parameters
    ----------
    arguments : list of str
        Arguments of pytest; the smoke selection when there are none.

    Returns
    -------
    int
        Exit code of pytest, or 2 where no environment could be made.
    """
    if sys.version_info[:2] != (3, 11):
        print(
            "The lowest versions have built packages for Python 3.11 only: start this script with that one."
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="genk-geo-lowest-") as folder:
        try:
            python = make_environment(Path(folder))
        except SetupError as error:
            print(f"\n{error}", file=sys.stderr)
            return 2
        listed = subprocess.run(
            [find_uv(Path(folder)), "pip", "list", "--python", str(python)],
            capture_output=True, text=True, check=True, env=clean_environment(),
        )  # fmt: skip
        print(listed.stdout, flush=True)
        # Old versions warn of what has changed since; here it counts that they work.
        told = ["-q", "-o", "filterwarnings=default", "--disable-warnings", *(arguments or SMOKE)]
        return subprocess.call([str(python), "-m", "pytest", *told], cwd=ROOT, env=clean_environment())


def find_uv(folder: Path) -> str:
    """Path of uv: the installed one, or one that is fetched into the folder."""
    own = folder / "uv" / ("Scripts" if os.name == "nt" else "bin")
    found = shutil.which("uv") or shutil.which("uv", path=str(own))
    if found is None:
        execute([sys.executable, "-m", "venv", str(own.parent)])
        execute([str(own / "python"), "-m", "pip", "install", "--disable-pip-version-check", "uv"])
        found = str(own / "uv")
    return found


def make_environment(folder: Path) -> Path:
    """Install the lowest named versions, and the package itself from a copy of its source.

    Parameters
    ----------
    folder : pathlib.Path
        Where everything is put.

    Returns
    -------
    pathlib.Path
        The environment's Python.

    Raises
    ------
    SetupError
        If no environment can be made with these versions.
    """
    uv, venv, source = find_uv(folder), folder / "venv", folder / "source"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    print("Installing the lowest versions that pyproject.toml allows ...", flush=True)
    execute([uv, "venv", "--no-project", "--python", sys.executable, str(venv)])
    install = [uv, "pip", "install", "--no-config", "--python", str(python)]
    execute(
        [*install, "--resolution", "lowest-direct", "-r", str(ROOT / "pyproject.toml"), "--extra", "test"]
    )
    shutil.copytree(ROOT / "genk_geo", source / "genk_geo", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    execute([*install, "--no-deps", str(source)])
    return python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

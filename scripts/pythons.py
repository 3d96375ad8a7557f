"""Install and run the weekly job on other Pythons: `python3 scripts/pythons.py [VERSION ...]`.

By default on 3.11 and on the newest Python at hand that the dependencies support: on the path, of pyenv or of
uv. In a folder for temporary files it makes an environment for each with the pinned libraries, installs the
package as a wheel, and runs the weekly job on the demo. One that is not at hand is said and passed over. It
ends with 0 when all that were tried work, 1 when one does not, and 3 when there was none to try.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _bootstrap import NEWEST_TRIED, ROOT, SetupError, clean_environment, execute

OLDEST = (3, 11)
_WHICH = (
    "import sys, sysconfig; "
    "print(*sys.version_info[:2], int(bool(sysconfig.get_config_var('Py_GIL_DISABLED'))))"
)
#: What every environment has to do: begin, look at the machine, and publish a week of the demo.
_STEPS = (
    ["-W", "error::SyntaxWarning", "-m", "genk_geo", "--help"],
    ["-m", "genk_geo", "doctor"],
    ["-m", "genk_geo", "demo", "--out", "maps", "--data", "demo"],
)

Version = tuple[int, int]


def main(arguments: list[str]) -> int:
    """Try each Python that was asked for.

    Parameters
    ----------
    arguments : list of str
        Versions such as ``3.12``; the oldest and the newest at hand when there are none.

    Returns
    -------
    int
        0, 1 or 3, as the module says.
    """
    asked = [_parsed(one) for one in arguments]
    there = pythons_at_hand()
    print("At hand: " + (", ".join(f"{a}.{b}" for a, b in sorted(there)) or "none"), flush=True)
    wanted = asked or chosen(there)
    tried, failed = 0, []
    for version in wanted:
        name = f"{version[0]}.{version[1]}"
        if version not in there:
            print(f"Python {name} is not at hand: passed over.", flush=True)
            continue
        tried += 1
        try:
            seconds = try_out(there[version])
            print(f"Python {name}: installed, and the weekly job ran ({seconds:.0f} s).", flush=True)
        except SetupError as error:
            failed.append(name)
            print(f"Python {name}: {error}", file=sys.stderr, flush=True)
    if not tried:
        return 3
    return 1 if failed else 0


def chosen(there: dict[Version, str]) -> list[Version]:
    """The oldest that is promised, and the newest at hand of those that the dependencies support."""
    newer = [version for version in there if OLDEST < version <= NEWEST_TRIED]
    return [OLDEST, *([max(newer)] if newer else [])]


def pythons_at_hand() -> dict[Version, str]:
    """Version -> program, of every ordinary CPython that can be found."""
    minors = range(OLDEST[1], NEWEST_TRIED[1] + 1)
    names = ["python3", *(f"python3.{minor}" for minor in minors)]
    programs = [path for name in names if (path := shutil.which(name))]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    programs += [str(path) for path in sorted(pyenv.glob("3.*/bin/python3"))]
    programs += _of_uv()
    found: dict[Version, str] = {}
    for program in [sys.executable, *programs]:
        version = _version_of(program)
        if version is not None and OLDEST <= version <= NEWEST_TRIED:
            found.setdefault(version, program)
    return found


def _of_uv() -> list[str]:
    uv = shutil.which("uv")
    if uv is None:
        return []
    listed = subprocess.run(
        [uv, "python", "list", "--only-installed"], capture_output=True, text=True, check=False, timeout=60
    )
    return [line.split()[1] for line in listed.stdout.splitlines() if len(line.split()) > 1]


def _version_of(program: str) -> Version | None:
    """Version of a program that really is a Python; shims may only say that they cannot run."""
    try:
        told = subprocess.run(
            [program, "-I", "-c", _WHICH], capture_output=True, text=True, check=True, timeout=60
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    return None if len(told) != 3 or told[2] != "0" else (int(told[0]), int(told[1]))


def try_out(program: str) -> float:
    """Install the package for a Python and run the weekly job.

    Parameters
    ----------
    program : str
        The Python.

    Returns
    -------
    float
        Seconds that the job took, without the installation.

    Raises
    ------
    SetupError
        With what was said where it failed.
    """
    with tempfile.TemporaryDirectory(prefix="genk-geo-python-") as folder:
        here = Path(folder)
        source = here / "source"
        shutil.copytree(ROOT / "genk_geo", source / "genk_geo", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
            shutil.copy(ROOT / name, source)
        execute([program, "-m", "venv", str(here / "venv")])
        python = str(here / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        quietly = ["--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]
        listed = ["-c", str(source / "constraints.txt"), str(source)]
        execute([python, "-m", "pip", "install", *quietly, *listed], cwd=here)
        work = here / "work"
        work.mkdir()
        begun = time.monotonic()
        for step in _STEPS:
            _run([python, *step], work)
        if not list(work.glob("maps/*/index.html")):
            raise SetupError("the weekly job made no page.")
        return time.monotonic() - begun


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise SetupError(f"{' '.join(command[1:])} ended with {done.returncode}:\n{said}")


def _parsed(told: str) -> Version:
    found = re.fullmatch(r"(\d+)\.(\d+)", told)
    if found is None:
        raise SystemExit(f"{told!r} is no version of Python; 3.12 is one.")
    return int(found[1]), int(found[2])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

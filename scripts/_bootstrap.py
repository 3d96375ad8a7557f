"""Make and keep the virtual environment that the scripts beside this file run in.

Only the standard library is used, so any CPython 3.11 or newer can start it on a machine with nothing else.
The environment lives in `.venv` in the checkout. A stamp in it says for what it was made; while it is being
made the stamp says so too, so that an interrupted set-up is recognised and done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from _advice import advice, telling

ROOT = Path(__file__).resolve().parents[1]
NEWEST_TRIED = (3, 14)


class SetupError(Exception):
    """The environment could not be made; the text says why and what to do."""


@dataclass(frozen=True)
class Stamp:
    """What an environment was made for.

    Parameters
    ----------
    key : str
        Hash of the dependency lists and the pins.
    python : str
        Version that it runs, such as ``3.12``.
    place : str
        Folder of the checkout; an environment that was moved or copied does not work.
    extras : tuple of str
        Extras of the package that are in it.
    done : bool
        False while it is being made.
    """

    key: str
    python: str
    place: str
    extras: tuple[str, ...]
    done: bool = False

    @classmethod
    def read(cls, venv: Path) -> Stamp | None:
        """Stamp of an environment; None when it has none, or one that cannot be read."""
        try:
            told = json.loads(_stamp_file(venv).read_text(encoding="utf-8"))
            return cls(**(told | {"extras": tuple(told["extras"])}))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, venv: Path) -> None:
        """Put the stamp in place in one step."""
        beside = venv / "genk-geo-stamp.new"
        beside.write_text(json.dumps(vars(self)), encoding="utf-8")
        beside.replace(_stamp_file(venv))


def _stamp_file(venv: Path) -> Path:
    return venv / "genk-geo-stamp.json"


def run(arguments: list[str], *, extra: str | None = None) -> NoReturn:
    """Set the environment up where needed, run its Python and end with that one's exit code.

    Parameters
    ----------
    arguments : list of str
        What the environment's Python gets, such as ``["-m", "pytest"]``.
    extra : str, optional
        Extra of the package that it needs.
    """
    try:
        python = prepare(ROOT, () if extra is None else (extra,))
        code = subprocess.call([str(python), *arguments], cwd=ROOT, env=clean_environment())
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again; what was half done is done anew.", file=sys.stderr)
        code = 130
    sys.exit(code)


def prepare(root: Path, extras: tuple[str, ...] = ()) -> Path:
    """Make the environment of a checkout, or bring it up to date; do nothing when it is right already.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    extras : tuple of str
        Extras of the package to install with it.

    Returns
    -------
    pathlib.Path
        The environment's Python.

    Raises
    ------
    SetupError
        If this Python will not do or the packages cannot be installed.
    """
    check_python()
    venv = root / ".venv"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    found = Stamp.read(venv)
    kept = () if found is None else found.extras
    wanted = Stamp(_key(root), _running(), str(root), tuple(sorted({*extras, *kept})))
    if found is not None and vars(found) == vars(wanted) | {"done": True} and python.exists():
        return python
    reason, uv = must_make_anew(venv, python, found, wanted), shutil.which("uv")
    try:
        if reason is not None:
            print(f"Setting up {venv} with Python {wanted.python}: {reason}.", flush=True)
            make(venv, wanted, uv=uv)
        elif found is not None:  # what somebody made by hand is never marked, so that it is never emptied
            wanted.write(venv)
        install(python, root, wanted.extras, uv=uv)
        Stamp(**(vars(wanted) | {"done": True})).write(venv)
    except OSError as error:
        raise SetupError(f"{error}\n{advice([str(error)])}") from error
    return python


def check_python() -> None:
    """Refuse a Python for which the libraries have no built packages."""
    if sys.implementation.name != "cpython":
        raise SetupError(f"This is {sys.implementation.name}. Use the Python from python.org, 3.11 to 3.14.")
    if sys.maxsize < 2**32:
        raise SetupError("This is a Python of 32 bits. Install one of 64 bits, 3.11 to 3.14.")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise SetupError("This is a free-threaded Python. Use an ordinary one, 3.11 to 3.14.")
    if sys.version_info[:2] > NEWEST_TRIED:
        print(
            f"Python {_running()} was not tried yet; if the set-up fails, use Python 3.11 to 3.14.",
            flush=True,
        )


def must_make_anew(venv: Path, python: Path, found: Stamp | None, wanted: Stamp) -> str | None:
    """Why the environment must be made from nothing; None when packages can be installed into it as it is."""
    if not venv.exists():
        return "this is done once and takes a few minutes"
    if found is None:
        version = _version_of(python)
        if version == wanted.python:
            return None
        raise SetupError(
            f"{venv} was not made by this script and holds {version or 'no working Python'}, needed is "
            f"{wanted.python}. Rename or remove that folder and run the same command again."
        )
    reasons = {
        "the set-up before this one was interrupted": not found.done,
        "the checkout was moved": found.place != wanted.place,
        f"it was made with Python {found.python}": found.python != wanted.python,
    }
    reason = next((text for text, holds in reasons.items() if holds), None)
    if reason is None and _version_of(python) != wanted.python:
        reason = "its Python does not work any more"
    return reason


def _version_of(python: Path) -> str | None:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run(
            [str(python), "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def make(venv: Path, wanted: Stamp, *, uv: str | None) -> None:
    """Make an empty environment in the place of what was there, marked as unfinished from the beginning."""
    if venv.exists():
        shutil.rmtree(venv)
    venv.mkdir()
    wanted.write(venv)
    if uv is not None:
        try:
            like = ["--allow-existing", "--no-project", "--python", sys.executable]
            execute([uv, "venv", *like, str(venv)])
        except SetupError as error:
            print(f"{error}\nThat was uv; going on with Python's own venv ...", flush=True)
        else:
            return
    execute([sys.executable, "-m", "venv", str(venv)])


def install(python: Path, root: Path, extras: tuple[str, ...], *, uv: str | None) -> None:
    """Install the package, editable, with its pinned dependencies.

    Parameters
    ----------
    python : pathlib.Path
        Python of the environment.
    root : pathlib.Path
        The checkout.
    extras : tuple of str
        Extras to install.
    uv : str, optional
        Path of uv; pip of the environment is used without it.
    """
    what = f".[{','.join(extras)}]" if extras else "."
    # Relative to the checkout, so that a path with spaces or commas is no part of a requirement.
    listed = ["-c", "constraints.txt", "-e", what]
    print(f"Installing the package and its libraries with {'uv' if uv else 'pip'} ...", flush=True)
    if uv is not None:
        try:
            execute([uv, "pip", "install", "--compile-bytecode", "--python", str(python), *listed], cwd=root)
        except SetupError as error:
            print(f"{error}\nThat was uv; going on with pip ...", flush=True)
        else:
            return
    if not has_pip(python):
        execute([str(python), "-m", "ensurepip", "--default-pip"])
    # pip compiles on one core, file after file; `compile_libraries` on all of them.
    quietly = ["--disable-pip-version-check", "--no-input", "--no-compile"]
    execute([str(python), "-m", "pip", "install", *quietly, *listed], cwd=root)
    compile_libraries(python)


def compile_libraries(python: Path) -> None:
    """Compile the installed libraries on all cores; what cannot be compiled is left for its import to say."""
    code = (
        "import compileall, sysconfig;"
        "compileall.compile_dir(sysconfig.get_path('purelib'), quiet=2, workers=0)"
    )
    execute([str(python), "-W", "ignore", "-c", code])


def has_pip(python: Path) -> bool:
    """Whether the environment has pip; one made by uv has not."""
    asked = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def execute(command: list[str], cwd: Path | None = None) -> None:
    """Run a command quietly; when it fails, show what it said of that and say what can be done.

    Raises
    ------
    SetupError
        If it does not end with exit code 0.
    """
    on_screen = sys.stdout.isatty()
    lines: deque[str] = deque(maxlen=400)
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if on_screen:
                print(f"\r  {line.strip()[:70]:<70}", end="", flush=True)
    if on_screen:
        print(f"\r{'':<72}\r", end="", flush=True)
    if process.returncode != 0:
        program = command[2] if command[1] == "-m" else Path(command[0]).stem
        said = "\n".join(f"  {line}" for line in telling(list(lines)))
        raise SetupError(f"{program} said:\n{said}\n{advice(list(lines))}")


def clean_environment() -> dict[str, str]:
    """Environment variables without those that point Python to another installation."""
    unwanted = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _key(root: Path) -> str:
    files = (root / "pyproject.toml", root / "constraints.txt")
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _running() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"

"""The set-up scripts: what they do in each situation, with the slow installers replaced by recorders."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
ENTRIES = ("demo.py", "test.py")


@pytest.fixture
def bootstrap(monkeypatch):
    """A fresh copy of the module whose commands are only written down."""
    spec = importlib.util.spec_from_file_location("_bootstrap", SCRIPTS / "_bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "_bootstrap", module)
    spec.loader.exec_module(module)
    module.commands = []

    def execute(command, cwd=None):
        module.commands.append(command)
        if command[1:] == ["-m", "venv", command[-1]] or command[1] == "venv":
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(exist_ok=True)
            python.symlink_to(sys.executable)

    monkeypatch.setattr(module, "execute", execute)
    monkeypatch.setattr(module, "has_pip", lambda _: True)
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    monkeypatch.setattr(module.os, "name", "posix")
    return module


@pytest.fixture
def checkout(tmp_path):
    """A folder with a space in its name that holds what the stamp looks at."""
    folder = tmp_path / "een map"
    folder.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def steps(bootstrap):
    """What was done, in words."""
    taken = [
        "install" if "install" in command else "make" if "venv" in command else "other"
        for command in bootstrap.commands
    ]
    bootstrap.commands.clear()
    return taken


def test_the_first_time_makes_the_second_time_nothing(bootstrap, checkout):
    python = bootstrap.prepare(checkout)
    assert python.is_relative_to(checkout / ".venv")
    assert steps(bootstrap) == ["make", "install"]
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == []


def test_changed_pins_are_installed_into_the_same_environment(bootstrap, checkout):
    bootstrap.prepare(checkout)
    steps(bootstrap)
    (checkout / "constraints.txt").write_text("changed", encoding="utf-8")
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == ["install"]


def test_an_extra_is_added_once_and_kept(bootstrap, checkout):
    bootstrap.prepare(checkout)
    steps(bootstrap)
    bootstrap.prepare(checkout, ("test",))
    assert ".[test]" in bootstrap.commands[-1]
    assert steps(bootstrap) == ["install"]
    bootstrap.prepare(checkout)
    bootstrap.prepare(checkout, ("test",))
    assert steps(bootstrap) == []


def test_an_interrupted_set_up_is_done_again(bootstrap, checkout, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(bootstrap, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.prepare(checkout)
    steps(bootstrap)
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == ["make", "install"]


def test_an_environment_of_another_python_or_place_is_made_anew(bootstrap, checkout, monkeypatch, capsys):
    bootstrap.prepare(checkout)
    steps(bootstrap)
    moved = checkout.rename(checkout.with_name("verhuisd"))
    bootstrap.prepare(moved)
    assert steps(bootstrap) == ["make", "install"]
    assert "the checkout was moved" in capsys.readouterr().out
    monkeypatch.setattr(bootstrap, "_running", lambda: "3.99")
    bootstrap.prepare(moved)
    assert steps(bootstrap) == ["make", "install"]
    assert "it was made with Python 3." in capsys.readouterr().out


def test_somebodys_own_environment_is_used_or_left_alone_but_never_emptied(bootstrap, checkout, monkeypatch):
    own = checkout / ".venv" / "bin"
    own.mkdir(parents=True)
    (own / "python").symlink_to(sys.executable)
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == ["install"]
    (checkout / ".venv" / "genk-geo-stamp.json").unlink()
    monkeypatch.setattr(bootstrap, "_running", lambda: "3.99")
    with pytest.raises(bootstrap.SetupError, match="was not made by this script"):
        bootstrap.prepare(checkout)
    assert steps(bootstrap) == []
    assert (own / "python").exists()


def test_uv_is_used_when_there_and_pip_when_uv_fails(bootstrap, checkout, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: "/somewhere/uv")
    bootstrap.prepare(checkout)
    assert [command[0] for command in bootstrap.commands] == ["/somewhere/uv", "/somewhere/uv"]
    assert "--compile-bytecode" in bootstrap.commands[1]
    works = bootstrap.execute

    def fails_in_uv(command, cwd=None):
        if command[0] == "/somewhere/uv":
            raise bootstrap.SetupError("no route")
        works(command, cwd)

    monkeypatch.setattr(bootstrap, "execute", fails_in_uv)
    bootstrap.commands.clear()
    bootstrap.shutil.rmtree(checkout / ".venv")
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == ["make", "install"]
    assert "going on with pip" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        ("failed to fetch: dns error: failed to lookup address information", "no connection"),
        ("WARNING: Retrying ... NewConnectionError ... ERROR: No matching distribution", "no connection"),
        ("The virtual environment was not created because ensurepip is not available.", "python3.11-venv"),
        ("/usr/bin/python3: No module named venv", "-venv"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "do not exist for this Python"),
        ("[WinError 5] Access is denied: 'numpy'", "cannot be written"),
        ("something never seen before", "the lines above say why"),
    ],
)
def test_failures_are_explained(bootstrap, output, told, monkeypatch):
    monkeypatch.setattr(bootstrap, "_running", lambda: "3.11")
    assert told in bootstrap.advice(output)


def test_a_failing_command_shows_its_last_lines(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("_bootstrap", SCRIPTS / "_bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "_bootstrap", module)
    spec.loader.exec_module(module)
    code = "import sys; print('Network is unreachable'); sys.exit(3)"
    with pytest.raises(module.SetupError, match=r"(?s)Network is unreachable.*no connection"):
        module.execute([sys.executable, "-c", code])


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_old_python_gets_a_sentence(entry):
    source = (SCRIPTS / entry).read_text(encoding="ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.AnnAssign))]
    code = f"import sys, runpy; sys.version_info = (3, 9, 0); runpy.run_path({str(SCRIPTS / entry)!r})"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_scripts_name_no_address_of_a_package_index():
    for path in SCRIPTS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "--index" not in text
        assert "-i http" not in text


def test_only_the_standard_library_is_imported():
    for path in (SCRIPTS / "_bootstrap.py", *(SCRIPTS / entry for entry in ENTRIES)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in {*sys.stdlib_module_names, "_bootstrap"}

"""The set-up scripts: what they do in each situation, with the slow installers replaced by recorders."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
ENTRIES = ("demo.py", "test.py")


@pytest.fixture
def script(monkeypatch):
    """Import a fresh copy of a module of the scripts."""
    monkeypatch.syspath_prepend(SCRIPTS)

    def load(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    yield load
    for name in ("_bootstrap", "_advice"):
        sys.modules.pop(name, None)


@pytest.fixture
def bootstrap(monkeypatch, script):
    """The module with its commands only written down."""
    module = script("_bootstrap")
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
        "install" if "install" in command else "make" if "venv" in command else "compile"
        for command in bootstrap.commands
    ]
    bootstrap.commands.clear()
    return taken


def test_the_first_time_makes_the_second_time_nothing(bootstrap, checkout):
    python = bootstrap.prepare(checkout)
    assert python.is_relative_to(checkout / ".venv")
    assert steps(bootstrap) == ["make", "install", "compile"]
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == []


def test_changed_pins_are_installed_into_the_same_environment(bootstrap, checkout):
    bootstrap.prepare(checkout)
    steps(bootstrap)
    (checkout / "constraints.txt").write_text("changed", encoding="utf-8")
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == ["install", "compile"]


def test_an_extra_is_added_once_and_kept(bootstrap, checkout):
    bootstrap.prepare(checkout)
    steps(bootstrap)
    bootstrap.prepare(checkout, ("test",))
    assert ".[test]" in bootstrap.commands[-2]
    assert steps(bootstrap) == ["install", "compile"]
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
    assert steps(bootstrap) == ["make", "install", "compile"]


def test_an_environment_of_another_python_or_place_is_made_anew(bootstrap, checkout, monkeypatch, capsys):
    bootstrap.prepare(checkout)
    steps(bootstrap)
    moved = checkout.rename(checkout.with_name("verhuisd"))
    bootstrap.prepare(moved)
    assert steps(bootstrap) == ["make", "install", "compile"]
    assert "the checkout was moved" in capsys.readouterr().out
    monkeypatch.setattr(bootstrap, "_running", lambda: "3.99")
    bootstrap.prepare(moved)
    assert steps(bootstrap) == ["make", "install", "compile"]
    assert "it was made with Python 3." in capsys.readouterr().out


def test_somebodys_own_environment_is_used_or_left_alone_but_never_emptied(bootstrap, checkout, monkeypatch):
    own = checkout / ".venv" / "bin"
    own.mkdir(parents=True)
    (own / "python").symlink_to(sys.executable)
    bootstrap.prepare(checkout)
    assert steps(bootstrap) == ["install", "compile"]
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
    assert steps(bootstrap) == ["make", "install", "compile"]
    assert "going on with pip" in capsys.readouterr().out


NOTHING = (
    "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)\n"
    "ERROR: No matching distribution found for numpy==2.4.6"
)
RETRY = "WARNING: Retrying (Retry(total=0)) after connection broken by '{}': /simple/numpy/\n"
REFUSED = "NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused')"
CERTIFICATE = (
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))"
)
UNSOLVED = "error: No solution found when resolving dependencies\n  cause: "
FETCHING = (
    "error: Failed to fetch: `numpy`\n  cause: error sending request\n  cause: client error (Connect)\n"
)
PASSED_OVER = "ERROR: Ignored the following versions that require a different python version: {}\n"
OTHERS = (
    "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: 1.26, 2.0)\n"
    "ERROR: No matching distribution found for numpy==2.4.6"
)

CONFLICT = (
    "ERROR: Cannot install genk-geo[test] because these package versions have conflicting dependencies.\n"
    "    genk-geo[test] 0.1.0 depends on branca\n    The user requested (constraint) branca==0.8.2\n"
)
IMPOSSIBLE = "ERROR: ResolutionImpossible: for help visit"


@pytest.mark.parametrize(
    ("said", "advised"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        ("error: Failed to install: numpy\n  cause: No space left on device (os error 28)", "disk is full"),
        ("The virtual environment was not created because ensurepip is not available.", "python3.99-venv"),
        ("/usr/bin/python3: No module named venv", "python3.99-venv"),
        (RETRY.format(CERTIFICATE) + NOTHING, "PIP_CERT"),
        (FETCHING + "  cause: invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        (
            RETRY.format(f"ProxyError('Cannot connect to proxy.', {REFUSED})") + NOTHING,
            "HTTPS_PROXY, or clear",
        ),
        (
            RETRY.format("ProxyError('Tunnel connection failed: 407 Proxy Authentication')") + NOTHING,
            "The proxy",
        ),
        (FETCHING + "  cause: tunnel error: proxy authorization required", "The proxy"),
        (RETRY.format(REFUSED) + NOTHING, "no connection"),
        (RETRY.format("[Errno -2] Name or service not known") + NOTHING, "no connection"),
        (
            "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.",
            "no connection",
        ),
        (FETCHING + "  cause: dns error\n  cause: error resolving DNS", "no connection"),
        (
            UNSOLVED + "Because numpy was not found in the package registry\nhint: 403 Forbidden error",
            "refuses",
        ),
        ("ERROR: HTTP error 503 while getting numpy-2.4.6.whl", "refuses"),
        ("error: [WinError 5] Access is denied: 'numpy'", "cannot be written"),
        ("ERROR: Could not install packages: [Errno 13] Permission denied: '/x/.venv'", "cannot be written"),
        (
            PASSED_OVER.format("2.4.6 Requires-Python >=3.11") + OTHERS,
            "numpy==2.4.6 does not exist for Python 3.99",
        ),
        (
            UNSOLVED + "Because the current Python version does not satisfy Python>=3.11",
            "Use Python 3.11 to 3.14",
        ),
        (NOTHING, "Nothing called numpy==2.4.6 was offered"),
        (
            UNSOLVED + "Because numpy was not found in the provided package locations",
            "Nothing called numpy was",
        ),
        (
            PASSED_OVER.format("2.9 Requires-Python >=3.15") + OTHERS,
            "does not have numpy==2.4.6 for Python 3.99",
        ),
        (OTHERS, "a mirror that is behind"),
        (UNSOLVED + "Because there is no version of numpy==2.4.6 and you require", "a mirror that is behind"),
        (
            "  ERROR: Failed building wheel for rasterio\nFailed to build rasterio",
            "no built package (wheel) of rasterio",
        ),
        ("error: subprocess-exited-with-error\n× Preparing metadata did not run", "no built package (wheel)"),
        ("error: Failed to build `rasterio==1.4.4`\n  cause: gcc failed", "(wheel) of rasterio==1.4.4"),
        (
            RETRY.format(f"ProxyError('Cannot connect to proxy.', {REFUSED})") + CONFLICT + IMPOSSIBLE,
            "The proxy",
        ),
        (RETRY.format(REFUSED) + CONFLICT + IMPOSSIBLE, "no connection"),
        (CONFLICT + IMPOSSIBLE, "does not have branca==0.8.2 for Python 3.99"),
        (
            CONFLICT + "    The user requested (constraint) branca==0.7\n" + IMPOSSIBLE,
            "outside this checkout",
        ),
        (UNSOLVED + "Because you require numpy==2.4.6 and numpy==2.0", "constraint file"),
        ("something never seen before", "the lines above say why"),
    ],
)
def test_failures_are_explained_by_what_lies_behind_them(script, said, advised, monkeypatch):
    """What pip and uv really said in each of these situations, shortened."""
    module = script("_advice")
    monkeypatch.setattr(module.sys, "version_info", (3, 99, 0))
    assert advised in module.advice(said.splitlines())


def test_a_connection_that_was_made_again_is_no_explanation(script):
    module = script("_advice")
    said = [RETRY.format(REFUSED).strip(), "Downloading numpy", "ERROR: Failed building wheel for rasterio"]
    assert "no built package (wheel) of rasterio" in module.advice(said)
    assert module.telling(said) == said[2:]


def test_of_much_output_the_lines_are_shown_that_tell(script):
    module = script("_advice")
    said = [
        "Collecting numpy",
        *(f"  Downloading part {at}" for at in range(50)),
        *OTHERS.splitlines(),
        "note: x",
    ]
    assert module.telling(said) == OTHERS.splitlines()
    assert module.telling(["one", "", "two"]) == ["one", "two"]


def test_a_failing_command_says_what_it_said_and_what_to_do(script):
    code = "import sys; print('Collecting'); print('ERROR: Network is unreachable'); sys.exit(3)"
    module = script("_bootstrap")
    with pytest.raises(module.SetupError) as caught:
        module.execute([sys.executable, "-c", code])
    assert "said:\n  ERROR: Network is unreachable\nThe packages could not be fetched" in str(caught.value)


def test_a_full_disk_without_any_program_is_explained_too(bootstrap, checkout, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bootstrap, "make", full)
    with pytest.raises(bootstrap.SetupError, match=r"(?s)No space left on device.*The disk is full"):
        bootstrap.prepare(checkout)


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
    for path in (SCRIPTS / name for name in ("_bootstrap.py", "_advice.py", *ENTRIES)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in {*sys.stdlib_module_names, "_bootstrap", "_advice"}

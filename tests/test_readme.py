"""Every command of the README runs, in its order, on demo files under the names that the README uses."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """Fenced blocks of a language, their indentation removed."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", README, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    from genk_geo.demo import generate

    folder = tmp_path_factory.mktemp("desk")
    files = generate(folder / "demo")
    shutil.copy(files.files["burglary"][0], folder / "inbraken.csv")
    shutil.copy(files.files["traffic"][0], folder / "ongevallen.csv")
    (folder / "adressen.csv").write_text(
        "nr;adres\n1;Europalaan 12\n2;Stalenstraat\n3;Gildenkouterlei 5\n", encoding="utf-8"
    )
    (settings,) = blocks("toml")
    (folder / "genk-geo.toml").write_text(settings, encoding="utf-8")
    return folder


def environment():
    """The environment's programs first on the path, as when it is active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return os.environ | {"PATH": path}


def test_the_two_commands_are_the_ones_that_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    setup = [command for command in COMMANDS if command.startswith("python3 ")]
    assert setup == ["python3 scripts/demo.py", "python3 scripts/test.py"]
    for command in setup:
        script = command.split()[1]
        assert (ROOT / script).is_file()
        assert script in ci


def test_every_other_command_runs(desk):
    commands = [command for command in COMMANDS if not command.startswith("python3 ")]
    assert len(commands) >= 7
    for command in commands:
        done = subprocess.run(
            shlex.split(command), cwd=desk, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (desk / "maps" / "2026-W46" / "index.html").is_file()
    assert (desk / "geweigerd.csv").is_file()
    assert (desk / "punten.csv").is_file()
    assert (desk / "hotspots.gpkg").is_file()


def test_the_python_of_the_readme_runs(desk):
    (code,) = blocks("python")
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=desk, check=True)


def test_every_file_that_the_readme_names_exists():
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`((?:notebooks|examples|data|genk_geo)/[^`]+)`", README):
        assert (ROOT / name).exists(), name

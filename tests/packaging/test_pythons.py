"""Other Pythons: which are tried, and that one that is not at hand is passed over."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def pythons(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPTS)
    for name in ("pythons", "_bootstrap", "_advice"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("pythons")
    for name in ("pythons", "_bootstrap", "_advice"):
        sys.modules.pop(name, None)


def test_the_oldest_and_the_newest_at_hand_are_tried(pythons):
    assert pythons.chosen({(3, 11): "a", (3, 12): "b", (3, 13): "c"}) == [(3, 11), (3, 13)]
    assert pythons.chosen({(3, 11): "a"}) == [(3, 11)]
    assert pythons.chosen({}) == [(3, 11)]


def test_only_what_really_is_a_python_counts(pythons, tmp_path, monkeypatch):
    shim = tmp_path / "python3.12"
    shim.write_text(
        "#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\nexit 127\n", encoding="utf-8"
    )
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "geen"))
    assert pythons.pythons_at_hand() == {sys.version_info[:2]: sys.executable}


@pytest.fixture
def tried(pythons, monkeypatch):
    """What was tried, where 3.11 works and 3.13 does not."""
    programs = []

    def try_out(program):
        programs.append(program)
        if program == "broken":
            raise pythons.SetupError("pip said: no.")
        return 12.0

    monkeypatch.setattr(pythons, "pythons_at_hand", lambda: {(3, 11): "good", (3, 13): "broken"})
    monkeypatch.setattr(pythons, "try_out", try_out)
    return programs


@pytest.mark.parametrize(
    ("arguments", "code", "programs", "said"),
    [
        (["3.11"], 0, ["good"], "Python 3.11: installed, and the weekly job ran (12 s)."),
        (["3.14"], 3, [], "Python 3.14 is not at hand: passed over."),
        (["3.11", "3.14"], 0, ["good"], "passed over"),
        ([], 1, ["good", "broken"], "At hand: 3.11, 3.13"),
    ],
)
def test_what_is_tried_is_told(arguments, code, programs, said, pythons, tried, capsys):
    assert pythons.main(arguments) == code
    assert tried == programs
    told = capsys.readouterr()
    assert said in told.out
    assert ("pip said: no." in told.err) is (code == 1)


def test_what_is_no_version_is_refused(pythons):
    with pytest.raises(SystemExit, match=r"3\.12 is one"):
        pythons.main(["nieuwste"])

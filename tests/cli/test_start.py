"""What holds for every command: quick to start, all in --help, one line for a fault, the right exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from genk_geo.cli import app, main


def commands(group, path=()):
    """Every command with its words, those of groups included."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


TREE = typer.main.get_command(app)
COMMANDS = dict(commands(TREE))
every_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def test_the_module_starts_the_program_and_loads_nothing_heavy():
    heavy = {"pandas", "geopandas", "numba", "pydantic", "rich"}
    code = (
        "import atexit, runpy, sys; sys.argv = ['genk-geo', '--help'];"
        f"atexit.register(lambda: print('heavy:', sorted({heavy} & set(sys.modules))));"
        "runpy.run_module('genk_geo', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "weekly" in done.stdout
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_help_names_every_command(genk_geo):
    assert len(COMMANDS) == 30
    for group in ([], ["reference"], ["traffic"]):
        done = genk_geo(*group, "--help")
        listed = {line.split()[0] for line in done.out.partition("Commands:")[2].splitlines() if line.strip()}
        inside = {words[len(group)] for words in COMMANDS if list(words[: len(group)]) == group}
        assert (done.code, listed) == (0, inside)


@every_command
def test_help_explains_every_option_and_argument(words, genk_geo):
    done = genk_geo(*words, "--help")
    assert done.code == 0
    written = " ".join(done.out.split())
    command = COMMANDS[words]
    assert " ".join(command.help.split()[:6]) in written
    for option in command.params:
        assert option.help, option.name
        assert " ".join(option.help.split()) in written
        assert all(typed in written for typed in option.opts if typed.startswith("-"))


@every_command
def test_every_command_can_be_told_the_settings_and_the_language(words):
    typed = {name for option in COMMANDS[words].params for name in option.opts}
    # the first prints a file, the others make their settings
    own = {("profile",): set(), ("demo",): {"--lang"}, ("init",): {"--lang"}}
    assert own.get(words, {"--config", "--lang"}) <= typed


@every_command
def test_what_is_not_there_is_wrong_use(words, genk_geo):
    done = genk_geo(*words, "--bestaat-niet")
    assert (done.code, done.out) == (2, "")
    assert "--bestaat-niet" in done.err or "Missing" in done.err


def test_without_a_command_the_help_is_shown(genk_geo):
    assert "Commands:" in genk_geo().out + genk_geo().err
    assert genk_geo("wekelijks").code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "fout.toml does not exist"),
        ("wekelijks = 1", "wekelijks: unknown key"),
        ("lang = 'fr'", "lang: Input should be 'nl' or 'en'"),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        "weekly", "ingest x.csv --profile traffic", "geocode x.csv --out y.csv",
        "aliases x.csv --aliases y.csv",
        "hotspots --theme traffic --out x.gpkg", "export --out x.csv", "risk --theme traffic --out x",
        "schouw x.json", "backtest --theme traffic", "evaluate --measure x.gpkg --theme traffic",
        "reference show", "reference update", "traffic show", "traffic network",
    ],
)  # fmt: skip
def test_wrong_settings_are_one_line_and_code_2(words, text, message, genk_geo, tmp_path):
    if text is not None:
        (tmp_path / "fout.toml").write_text(text, encoding="utf-8")
    done = genk_geo(*words.split(), "--config", "fout.toml")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("genk-geo: ")
    assert message in done.err


def test_a_bug_keeps_its_traceback_and_a_machine_that_refuses_is_told(genk_geo, monkeypatch):
    """Python ends with code 1 when an error is nobody's fault but ours."""
    monkeypatch.setattr("genk_geo.ingestion.propose_profile", lambda _, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["profile", "x.csv"])

    def refuse(_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("genk_geo.ingestion.propose_profile", refuse)
    done = genk_geo("profile", "x.csv")
    assert (done.code, done.err) == (
        2,
        "genk-geo: the disk is full: what was being written is not there. Mend that, then try again.\n",
    )

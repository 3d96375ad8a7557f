"""The command line: quick to start, one line for a fault, the right exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ongevallen.csv"
    path.write_text(
        "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
        "TG.1/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
        "TG.2/26;gisteren;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n",
        encoding="utf-8",
    )
    return path


def test_help_loads_nothing_heavy():
    heavy = "{'pandas', 'geopandas', 'numba', 'pydantic'}"
    code = f"import sys; import genk_geo.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_every_command(tmp_path, genk_geo):
    done = genk_geo("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in (
        "weekly",
        "demo",
        "ingest",
        "profile",
        "geocode",
        "hotspots",
        "risk",
        "schouw",
        "backtest",
        "evaluate",
        "aliases",
        "export",
        "traffic",
        "reference",
        "doctor",
    ):
        assert command in done.stdout


@pytest.mark.parametrize("command", ["backtest", "evaluate"])
def test_the_help_of_a_command_that_looks_back_explains_every_option(command, tmp_path, genk_geo):
    done = genk_geo(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    written = " ".join(done.stdout.split())
    for words in {
        "backtest": ("95 % intervals", "default: the last on record", "default: that of the settings"),
        "evaluate": ("displacement_control", "before_from", "evaluatie.html", "for analysts"),
    }[command]:
        assert words in written
    options = [line.split() for line in done.stdout.splitlines() if line.strip().startswith("--")]
    assert len(options) >= 8
    assert all(len(words) > 2 for words in options)


def test_a_fault_is_one_line_and_exit_code_2(tmp_path, genk_geo):
    done = genk_geo("weekly", "--week", "2026-46", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "2026-W46" in done.stderr
    assert not done.stdout


def test_a_missing_file_and_an_unknown_option_are_wrong_use(tmp_path, genk_geo):
    assert genk_geo("ingest", "nergens.csv", "--profile", "traffic", cwd=tmp_path).returncode == 2
    assert genk_geo("weekly", "--wekelijks", cwd=tmp_path).returncode == 2


def test_ingest_tells_what_became_of_the_rows_and_keeps_the_rejects(file, tmp_path, genk_geo):
    done = genk_geo("ingest", file, "--profile", "traffic", "--rejects", "geweigerd.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 nieuw, 0 al bekend" in done.stdout
    assert "1 x bad_time" in done.stdout
    assert "gisteren" in (tmp_path / "geweigerd.csv").read_text(encoding="utf-8")
    again = genk_geo("ingest", file, "--profile", "traffic", cwd=tmp_path)
    assert "0 nieuw, 1 al bekend" in again.stdout


def test_geocode_writes_points_and_a_summary(tmp_path, genk_geo):
    (tmp_path / "in.csv").write_text("nr;adres\n1;Europalaan\n2;Meir 1 Antwerpen\n", encoding="utf-8")
    done = genk_geo("geocode", "in.csv", "--column", "adres", "--out", "uit.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "street" in done.stdout
    assert "Europalaan" in (tmp_path / "uit.csv").read_text(encoding="utf-8")


def test_profile_proposes_toml_that_can_be_used(file, tmp_path, genk_geo):
    done = genk_geo("profile", file, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "eigen.toml").write_text(done.stdout, encoding="utf-8")
    used = genk_geo("ingest", file, "--profile", "eigen.toml", cwd=tmp_path)
    assert used.returncode == 0, used.stderr


def test_reference_show_says_what_is_assumed(tmp_path, genk_geo):
    done = genk_geo("reference", "show", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "indicative" in done.stdout
    assert "assumed" in done.stdout


def test_doctor_is_content_here_and_says_what_is_wrong_with_settings(tmp_path, genk_geo):
    assert genk_geo("doctor", cwd=tmp_path).returncode == 0
    (tmp_path / "fout.toml").write_text("wekelijks = 1")
    done = genk_geo("doctor", "--config", "fout.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "wekelijks: unknown key" in done.stdout


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"ongevallen.csv": None}, 2, "No file matches"),
        ({"ongevallen.csv": ""}, 2, "empty"),
        ({"profile": "burglary"}, 2, "ongevallen.csv"),
        ({"profile": "verkeer"}, 2, "verkeer"),
        ({"date": "gisteren"}, 3, "not one is valid"),
        ({"toml": "wekelijks = true\n"}, 2, "unknown key"),
        ({"week": "2199-W01"}, 2, "lies in the future"),
        ({"out": "ongevallen.csv"}, 2, "cannot be written"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_weekly_ends_with_the_right_code_and_publishes_nothing(
    change, code, message, file, tmp_path, genk_geo
):
    text = file.read_text(encoding="utf-8").splitlines(keepends=True)
    content = "".join(text[:2]).replace("10/11/2026", change.get("date", "10/11/2025"))
    content = change.get(file.name, content)
    file.unlink() if content is None else file.write_text(content, encoding="utf-8")
    source = f'[[sources]]\npath = "*.csv"\nprofile = "{change.get("profile", "traffic")}"\n'
    settings = change.get("toml", "") + 'store = "history.duckdb"\n' + source
    (tmp_path / "genk-geo.toml").write_text(settings, encoding="utf-8")
    week, out = change.get("week", "2025-W46"), change.get("out", "maps")
    done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", week, "--out", out, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert not (tmp_path / "maps").exists() or not any((tmp_path / "maps").iterdir())


def test_hotspots_of_an_unknown_theme_or_format_are_wrong_use(tmp_path, genk_geo):
    done = genk_geo("hotspots", "--theme", "moord", "--out", "x.gpkg", cwd=tmp_path)
    assert (done.returncode, "Known: nuisance, burglary, traffic" in done.stderr) == (2, True)

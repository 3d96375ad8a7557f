"""No command overwrites a user's own file, and odd wishes get one line."""

import os

import pytest

from genk_geo.calendar import Week
from genk_geo.cli import main
from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.week.publication import check_ours, staged, write_manifest


def ended(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return end.value.code, capsys.readouterr().err


@pytest.mark.parametrize("out", ["a.csv", "./a.csv", "same.csv", "", " "])
def test_geocode_leaves_what_it_reads(tmp_path, monkeypatch, capsys, out):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "a.csv"
    source.write_text("adres;x\nEuropalaan 12;1\n", encoding="utf-8")
    os.link(source, tmp_path / "same.csv")
    code, told = ended(["geocode", "a.csv", "--out", out], capsys)
    assert code == 2
    assert len(told.strip().splitlines()) == 1
    assert source.read_text(encoding="utf-8").startswith("adres;x\n")


@pytest.mark.parametrize("review", ["a.csv", "b.csv"])
def test_the_review_has_a_file_of_its_own(tmp_path, monkeypatch, capsys, review):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("adres;x\nEuropalaan 12;1\n", encoding="utf-8")
    code, told = ended(["geocode", "a.csv", "--out", "b.csv", "--review", review], capsys)
    assert (code, "written over" in told) == (2, True)


@pytest.mark.parametrize("options", [["weekly", "--out", ""], ["demo", "--out", "maps", "--data", ""]])
def test_an_empty_folder_is_none(options, capsys):
    assert ended(options, capsys) == (2, "genk-geo: The path to write to is empty. Give a name.\n")


def test_a_file_named_like_a_week_stays(tmp_path):
    mine = tmp_path / "2026-W46"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="is a file"), staged(mine):
        pass
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_folder_named_like_a_week_stays(tmp_path):
    mine = tmp_path / "2026-W46"
    check_ours(mine)
    mine.mkdir()
    check_ours(mine)  # empty: nothing is lost
    (mine / "verslag.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="something else than a published week"):
        check_ours(mine)
    (mine / "index.html").write_text("mine too", encoding="utf-8")
    with pytest.raises(ConfigError, match="something else than a published week"):
        check_ours(mine)


def test_a_file_put_into_a_published_week_stays(tmp_path):
    week = tmp_path / "2026-W46"
    week.mkdir()
    (week / "index.html").write_text("ours", encoding="utf-8")
    write_manifest(week, {})
    for own in ("index.pdf", "Thumbs.db", ".DS_Store"):
        (week / own).write_text("x", encoding="utf-8")
    check_ours(week)
    (week / "nota.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"nota\.txt.*Move that first"):
        check_ours(week)


@pytest.mark.parametrize(
    "words",
    [
        "ingest a.csv --profile p.toml --rejects a.csv",
        "ingest a.csv --profile p.toml --rejects ./p.toml",
        "ingest a.csv --profile p.toml --config c.toml --rejects c.toml",
        "ingest a.csv --profile p.toml --config c.toml --rejects h.duckdb",
        "schouw a.csv --out a.csv",
        "schouw --zones a.csv --template a.csv",
        "aliases a.csv --aliases a.csv",
        "traffic network --from a.gpkg --out a.gpkg",
    ],
)
def test_no_command_writes_over_what_it_reads(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "p.toml", "a.gpkg", "h.duckdb"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    (tmp_path / "c.toml").write_text("store = 'h.duckdb'", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code, told = ended(words.split(), capsys)
    assert (code, "would be written over" in told, len(told.strip().splitlines())) == (2, True, 1)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("out", ["nergens/b.csv", "a.csv/b.csv"])
def test_geocode_writes_into_no_missing_folder(tmp_path, monkeypatch, capsys, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("adres;x\nEuropalaan 12;1\n", encoding="utf-8")
    code, told = ended(["geocode", "a.csv", "--out", out], capsys)
    assert (code, "does not exist" in told, len(told.strip().splitlines())) == (2, True, 1)


@pytest.mark.parametrize("week", ["0001-W01", "1899-W01", "9999-W52"])
def test_weeks_outside_our_time(week):
    with pytest.raises(ConfigError, match="1900 to 2200"):
        Week.parse(week)


@pytest.mark.parametrize(
    "text",
    [
        "show = []", "as_of = 0001-01-01T00:00:00", "as_of = '9998-01-01'",
        "as_of = 2026-01-01T00:00:00+99:00",
        "[grid]\nbandwidth_m = inf", "[grid]\nbandwidth_m = nan", "[grid]\nbandwidth_m = 1e300",
        "[city]\ncrs = 1", "[city]\ncrs = 999999", "[city]\ntimezone = 'Mars/Base'", "seed = " + "9" * 400,
        "seed = " + "9" * 5000, "a = " + "[" * 20_000 + "]" * 20_000, "[" + "a." * 3000 + "a]",
    ],
)  # fmt: skip
def test_hostile_settings_get_one_message(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        Settings.load(path)

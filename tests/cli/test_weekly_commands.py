"""The weekly job and the demo, through the program."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

SETTINGS = """store = "history.duckdb"
show = ["traffic"]
tiles = "none"
[[sources]]
path = "*.csv"
profile = "traffic"
"""
SAID = {
    "nl": ("bestand", "/ Verkeer: 100 % (1)", "te weinig om iets te zeggen", "2025-W46 staat klaar. Open: "),
    "en": ("file", "/ Traffic: 100 % (1)", "too few to say anything", "2025-W46 is ready. Open: "),
}


@pytest.mark.parametrize("lang", SAID)
def test_a_week_is_published_and_told_in_one_language(lang, genk_geo, accidents, tmp_path, kleinstad):
    (tmp_path / "genk-geo.toml").write_text(f'lang = "{lang}"\n{SETTINGS}{kleinstad}', encoding="utf-8")
    done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", "2025-W46", "--out", "kaarten")
    assert done.code == 0, done.err
    assert all(words in done.out for words in SAID[lang])
    other = SAID["en" if lang == "nl" else "nl"]
    assert not any(words in done.out for words in other)
    index = tmp_path / "kaarten" / "2025-W46" / "index.html"
    assert done.out.splitlines()[-1].endswith(str(index.relative_to(tmp_path)))
    assert f'<html lang="{lang}"' in index.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", SAID)
def test_rejected_rows_are_deleted_in_time_and_the_run_says_so(
    lang, genk_geo, accidents, tmp_path, kleinstad
):
    import duckdb

    (tmp_path / "genk-geo.toml").write_text(
        f'lang = "{lang}"\nrejects_days = 30\n{SETTINGS}{kleinstad}', encoding="utf-8"
    )
    genk_geo("ingest", accidents, "--profile", "traffic", "--config", "genk-geo.toml")
    with duckdb.connect(str(tmp_path / "history.duckdb")) as base:
        base.execute("update deliveries set taken_utc = taken_utc - interval 31 days")
        (kept,) = base.execute("select original from rejects").fetchone()
        assert "gisteren" in kept
        assert "Europalaan" not in kept
    accidents.unlink()
    row = "TG.9/26;10/11/2025;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
    head = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
    (tmp_path / "nieuw.csv").write_text(head + row, encoding="utf-8")
    words = {"nl": "1 geweigerde regel van meer dan 30 dagen", "en": "1 rejected row of more than 30 days"}[
        lang
    ]
    for told in (True, False):
        done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", "2025-W46", "--out", "kaarten")
        assert done.code == 0, done.err
        assert (words in done.out) == told


def test_the_demo_makes_its_files_and_runs_the_week_on_them(
    genk_geo, accidents, tmp_path, kleinstad, monkeypatch
):
    made = []

    def generate(folder, *, seed):
        made.append((folder, seed))
        text = accidents.read_text(encoding="utf-8").replace("10/11/2025", "10/11/2026")
        folder.mkdir()
        (folder / "ongevallen.csv").write_text(text, encoding="utf-8")
        (folder / "genk-geo.toml").write_text("demo = true\n" + SETTINGS + kleinstad, encoding="utf-8")
        return SimpleNamespace(config=folder / "genk-geo.toml")

    monkeypatch.setattr("genk_geo.demo.generate", generate)
    done = genk_geo("demo", "--out", "kaarten", "--data", "gegevens", "--seed", "5", "--lang", "en")
    assert done.code == 0, done.err
    assert [(folder.name, *asked) for folder, *asked in made] == [("gegevens", 5)]
    assert "Week 2026-W46 is ready" in done.out
    page = (tmp_path / "kaarten" / "2026-W46" / "index.html").read_text(encoding="utf-8")
    assert "Fictitious demo data" in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--week 2026-46", "2026-W46"),
        ("--week 2199-W01", "lies in the future"),
        ("--out ongevallen.csv", "ongevallen.csv is a file. Give a folder"),
        ("--lang fr", "lang: Input should be 'nl' or 'en'"),
    ],
)
def test_wrong_use_is_one_line_and_publishes_nothing(words, message, genk_geo, accidents, tmp_path):
    (tmp_path / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
    done = genk_geo("weekly", "--config", "genk-geo.toml", *words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert message in done.err
    assert not (tmp_path / "maps").exists()


def test_data_that_is_not_fit_to_publish_ends_with_3(genk_geo, accidents, tmp_path):
    (tmp_path / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
    header, _, bad = accidents.read_text(encoding="utf-8").splitlines()
    accidents.write_text(f"{header}\n{bad}\n", encoding="utf-8")
    done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", "2025-W46")
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1), done
    assert "not one is valid" in done.err
    assert not (tmp_path / "maps").exists() or not any((tmp_path / "maps").iterdir())


@pytest.mark.parametrize("words", ["--seed -1", "--data ongevallen.csv", "--lang fr"])
def test_wrong_use_of_the_demo(words, genk_geo, accidents):
    assert genk_geo("demo", *words.split()).code == 2


TWO = """store = "history.duckdb"
show = ["traffic", "burglary"]
tiles = "none"
[[sources]]
path = "ongevallen.csv"
profile = "traffic"
[[sources]]
path = "inbraken*.csv"
profile = "burglary"
[[releases]]
profile = "analist"
"""


@pytest.mark.parametrize("broken", [True, False])
@pytest.mark.parametrize("lang", SAID)
def test_one_broken_or_missing_file_does_not_stop_the_other_themes(
    lang, broken, genk_geo, accidents, tmp_path, kleinstad
):
    accidents.rename(tmp_path / "ongevallen.csv")
    if broken:
        (tmp_path / "inbraken 46.csv").write_bytes(b"%PDF-1.4 iets anders")
    (tmp_path / "genk-geo.toml").write_text(f'lang = "{lang}"\n{TWO}{kleinstad}', encoding="utf-8")
    done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", "2025-W46", "--out", "kaarten")
    assert done.code == 5, done.err
    assert "inbraken*.csv" in done.err
    assert ({"nl": "is een PDF", "en": "is a PDF"}[lang] in done.err) == broken
    (folder,) = (tmp_path / "kaarten").glob("*/2025-W46")
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    traffic, burglary = facts["deliveries"]
    assert (traffic["received"], traffic["broken"]) == (["ongevallen.csv"], {})
    assert (burglary["expected"], burglary["received"]) == ("inbraken*.csv", [])
    assert list(burglary["broken"]) == (["inbraken 46.csv"] if broken else [])
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert {"nl": "inbraak: gegevens ontbreken", "en": "burglary: data missing"}[lang] in index


def test_a_history_in_use_has_an_exit_code_of_its_own(genk_geo, accidents, tmp_path):
    from genk_geo.store import Store

    (tmp_path / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
    (path,) = [
        tmp_path / line.split('"')[1] for line in SETTINGS.splitlines() if line.startswith("store =")
    ] or [tmp_path / "data" / "history.duckdb"]
    with Store.open(path):
        done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", "2025-W46", "--out", "kaarten")
    assert (done.code, "in use by another run" in done.err) == (6, True)


ANALYST = """store = "history.duckdb"
show = ["traffic"]
tiles = "none"
outlook = {wanted = false}
[[sources]]
path = "*.csv"
profile = "traffic"
[[releases]]
profile = "analist"
"""


def many(rows, bad, tmp_path, city):
    """A file of so many rows, of which so many have no date."""
    head = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
    lines = [
        f"TG.{at}/26;{'gisteren' if at < bad else '10/11/2025'};14:30;licht gewond;1;auto;fietser;"
        f"Europalaan;228{at:03d},0;184800,0\n"
        for at in range(rows)
    ]
    (tmp_path / "ongevallen.csv").write_text(head + "".join(lines), encoding="utf-8")
    (tmp_path / "genk-geo.toml").write_text(ANALYST + city, encoding="utf-8")


def test_a_file_of_which_nearly_all_is_rejected_needs_a_reason(genk_geo, tmp_path, kleinstad):
    many(901, 900, tmp_path, kleinstad)
    week = ("weekly", "--config", "genk-geo.toml", "--week", "2025-W46", "--log", "run.log")
    done = genk_geo(*week)
    assert (done.code, done.out) == (3, ""), done
    assert "ongevallen.csv is niet gebruikt: 100 % van de rijen is geweigerd (hoogstens 25 %)" in done.err
    assert not list(tmp_path.glob("maps/analist/2025-W46"))
    assert "is niet gebruikt" in (tmp_path / "maps" / "analist" / "maandag.html").read_text(encoding="utf-8")
    assert genk_geo(*week, "--accept", "rejected").code == 2
    assert genk_geo(*week, "--accept", "weigerd", "--because", "zomaar").code == 2
    done = genk_geo(*week, "--accept", "rejected", "--because", "de rest volgt volgende week")
    assert done.code == 0, done.err
    assert "Toch genomen, aandeel geweigerd: de rest volgt volgende week" in done.out
    facts = json.loads((tmp_path / "maps" / "analist" / "2025-W46" / "manifest.json").read_text())
    assert facts["accepted"] == {"rejected": "de rest volgt volgende week"}
    assert facts["deliveries"][0]["gates"][0]["held"] is False
    log = (tmp_path / "run.log").read_text(encoding="utf-8")
    assert "WARNING ongevallen.csv is niet gebruikt" in log
    assert "INFO Lijst van maandag: week 2025-W46" in log


def test_a_quiet_week_of_one_file_does_not_stop_the_others(genk_geo, accidents, tmp_path, kleinstad):
    text = accidents.read_text(encoding="utf-8")
    accidents.rename(tmp_path / "ongevallen.csv")
    head = "PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;Straat;Nr;Gemeente;X;Y\n"
    (tmp_path / "inbraken 46.csv").write_text(head, encoding="utf-8")
    (tmp_path / "genk-geo.toml").write_text(TWO + kleinstad, encoding="utf-8")
    week = ("weekly", "--config", "genk-geo.toml", "--week", "2025-W46", "--out", "kaarten")
    done = genk_geo(*week)
    assert done.code == 0, done.err
    assert "inbraken*.csv (Inbraak): 0 nieuw gelezen, 1 al bekend." in done.out
    assert text.count("\n") == 3
    (tmp_path / "inbraken 46.csv").write_text("iets;anders\n", encoding="utf-8")  # not its own names
    done = genk_geo(*week[:-3], "2025-W47", *week[-2:])
    assert (done.code, "inbraken 46.csv" in done.err) == (5, True)


def test_what_cannot_be_passed_on_has_an_exit_code_of_its_own(genk_geo, accidents, tmp_path, kleinstad):
    settings = ANALYST + kleinstad + '[[shares]]\npath = "weg"\n[notify]\nwebhook = "http://127.0.0.1:1/"\n'
    (tmp_path / "genk-geo.toml").write_text(settings, encoding="utf-8")
    done = genk_geo("weekly", "--config", "genk-geo.toml", "--week", "2025-W46")
    assert done.code == 7, done.err
    assert done.err.count("daarna ging iets mis") == 2
    assert done.out.count("Na het publiceren ging iets mis.") == 2
    assert (tmp_path / "maps" / "analist" / "2025-W46" / "index.html").is_file()
    assert (tmp_path / "maps" / "analist" / "index.html").is_file()

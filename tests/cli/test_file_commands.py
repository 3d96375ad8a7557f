"""One file into the history, layers out of it."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

SAID = {
    "nl": ("bestand", "1 nieuw, 0 al bekend. Geschiedenis: ", "Geweigerde regels: geweigerd.csv"),
    "en": ("file", "1 new, 0 known before. History: ", "Rejected rows: geweigerd.csv"),
}


@pytest.mark.parametrize("lang", SAID)
def test_ingest_tells_what_became_of_the_rows_and_keeps_the_rejects(lang, genk_geo, accidents, tmp_path):
    arguments = ["ingest", accidents, "--profile", "traffic", "--lang", lang]
    (tmp_path / "geweigerd.csv").write_text("of another day, for all to read")
    (tmp_path / "geweigerd.csv").chmod(0o644)
    done = genk_geo(*arguments, "--rejects", "geweigerd.csv")
    assert done.code == 0, done.err
    assert done.out.startswith(SAID[lang][0])
    assert all(sentence in done.out for sentence in SAID[lang])
    assert "  1 x bad_time\n" in done.out
    assert done.out.splitlines()[1].split() == ["ongevallen.csv", "2", "1", "0", "1", "100", "%"]
    assert "gisteren" in (tmp_path / "geweigerd.csv").read_text(encoding="utf-8")
    assert (tmp_path / "geweigerd.csv").stat().st_mode & 0o777 == 0o600
    again = genk_geo(*arguments)
    assert {"nl": "0 nieuw, 1 al bekend", "en": "0 new, 1 known before"}[lang] in again.out


def test_a_file_with_few_places_is_pointed_out_in_the_language_of_the_settings(genk_geo, accidents, tmp_path):
    text = accidents.read_text(encoding="utf-8").splitlines()
    lost = text[1].replace("228500,0;184800,0", ";").replace("Europalaan", "Nergensstraatje")
    accidents.write_text("\n".join([text[0], lost]), encoding="utf-8")
    for lang, words in {"nl": "Let op: van ongevallen.csv kreeg maar 0 %", "en": "Mind: only 0 %"}.items():
        (tmp_path / "c.toml").write_text(f'lang = "{lang}"\n', encoding="utf-8")
        done = genk_geo("ingest", accidents, "--profile", "traffic", "--config", "c.toml")
        assert done.code == 0
        assert words in done.err
        assert {"nl": "minder dan 85 %: wijk onbekend 0 % (1)", "en": "less than 85 %: wijk unknown"}[
            lang
        ] in done.out


def test_profile_proposes_toml_that_can_be_used(genk_geo, accidents, tmp_path):
    done = genk_geo("profile", accidents)
    assert done.code == 0, done.err
    (tmp_path / "eigen.toml").write_text(done.out, encoding="utf-8")
    assert genk_geo("ingest", accidents, "--profile", "eigen.toml").code == 0


@pytest.mark.parametrize(
    ("lang", "words"), [("nl", "hete vakken: heet.gpkg"), ("en", "hot cells: heet.gpkg")]
)
def test_hotspots_are_written_for_a_gis(lang, words, genk_geo, desk, tmp_path):
    arguments = ["hotspots", "--theme", "burglary", "--week", "2026-W45", "--config", desk / "genk-geo.toml"]
    done = genk_geo(*arguments, "--out", "heet.gpkg", "--lang", lang)
    assert done.code == 0, done.err
    layer = gpd.read_file(tmp_path / "heet.gpkg", layer="heet")
    assert done.out == f"{len(layer)} {words}\n"
    assert len(layer) > 10
    style = gpd.read_file(tmp_path / "heet.gpkg", layer="layer_styles")["styleQML"].item()
    assert 'attr="hotspot_class"' in style
    assert {"nl": "zeer zeker", "en": "very sure"}[lang] in style


@pytest.mark.parametrize(
    ("lang", "words"), [("nl", "incidenten, alleen voor analisten"), ("en", "incidents, for analysts only")]
)
def test_incidents_are_exported(lang, words, genk_geo, desk, tmp_path):
    arguments = ["export", "--theme", "traffic", "--from", "2026-W40", "--config", desk / "genk-geo.toml"]
    done = genk_geo(*arguments, "--to", "2026-W41", "--out", "uit.csv", "--lang", lang)
    assert done.code == 0, done.err
    table = pd.read_csv(tmp_path / "uit.csv")
    assert done.out == f"{len(table)} {words}: uit.csv\n"
    assert len(table) == 5


def test_incidents_go_to_a_database(genk_geo, desk, postgis):
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgis["near"], autocommit=True) as base:
        base.execute("drop schema if exists genk_geo cascade")
    chosen = ["--theme", "traffic", "--from", "2026-W40", "--config", desk / "genk-geo.toml"]
    done = genk_geo("export", *chosen, "--to", "2026-W41", "--to", postgis["near"])
    assert (done.code, done.err) == (0, "")
    told, table = done.out.splitlines()
    assert told.startswith("5 incidenten, alleen voor analisten: postgresql://")
    assert table == "Tabel genk_geo.incidents was nog leeg."
    done = genk_geo("export", "--config", desk / "genk-geo.toml", "--to", postgis["near"], "--lang", "en")
    assert done.out.endswith("Table genk_geo.incidents: the 5 rows that were there are replaced.\n")
    with psycopg.connect(postgis["near"]) as base:
        (comment,) = base.execute("select obj_description('genk_geo.incidents'::regclass)").fetchone()
    assert comment.endswith("Theme: all; weeks: the first to the last.")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("ingest nergens.csv --profile traffic", "nergens.csv"),
        ("ingest ongevallen.csv --profile verkeer", "verkeer"),
        (
            "ingest ongevallen.csv --profile traffic --rejects nergens/x.csv",
            "The folder of nergens/x.csv does not",
        ),
        ("profile nergens.csv", "nergens.csv"),
        ("hotspots --theme moord --out x.gpkg", "Known: nuisance, burglary, traffic"),
        ("hotspots --theme traffic --out x.gpkg", "There is no history"),
        ("hotspots --theme traffic --out nergens/x.gpkg", "The folder of nergens/x.gpkg does not exist"),
        ("export --out x.gpkg", "no history"),
        ("export --out nergens/x.csv", "The folder of nergens/x.csv does not exist"),
        ("export --out postgresql://u:geheim@h/d", "Give `genk-geo export` it as --to"),
        ("export --to postgresql://u:geh@eim@h/d", "can be read in two ways"),
        ("export --to nergens.csv --out x.csv", "More than one place to write to"),
        ("export --to 2026-W46", "Nowhere to write to"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(words, message, genk_geo, accidents, tmp_path):
    done = genk_geo(*words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err
    assert "geh" not in done.err
    assert [path.name for path in tmp_path.iterdir()] == [accidents.name]


def test_formats_that_nobody_knows(genk_geo, desk):
    told = ["--theme", "burglary", "--config", desk / "genk-geo.toml", "--out", "x.docx"]
    for command in ("hotspots", "export"):
        done = genk_geo(command, *told)
        assert (done.code, "x.docx: unknown format" in done.err) == (2, True)


def test_a_file_of_which_nothing_is_valid_does_not_pass_the_gate(genk_geo, accidents, tmp_path):
    header, _, bad = accidents.read_text(encoding="utf-8").splitlines()
    accidents.write_text(f"{header}\n{bad}\n", encoding="utf-8")
    done = genk_geo("ingest", accidents, "--profile", "traffic", "--rejects", "geweigerd.csv")
    assert done.code == 3
    assert "not one is valid (1 x bad_time)" in done.err
    assert "  1 x bad_time\n" in done.out
    assert "gisteren" in (tmp_path / "geweigerd.csv").read_text(encoding="utf-8")
    assert not (tmp_path / "data").exists()

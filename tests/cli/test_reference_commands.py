"""The city and its official layers on the command line, in both languages."""

from __future__ import annotations

import shutil

import pytest

from tests.jobs.desk.official.world import best_zip, population_zip, sector_zip, sectors

SETTINGS = '[reference]\nfolder = "referentie"\ntries = 1\ntimeout_s = 1\n'


@pytest.fixture(scope="module")
def raw(city):
    frame = sectors(city, shift_m=150)
    return {
        "adressen.zip": best_zip(city),
        "sh_statbel_31370_20260101.zip": sector_zip(frame),
        "bevolking.zip": population_zip(frame),
    }


@pytest.fixture
def office(desk, raw, tmp_path):
    """The desk with its history, and files that somebody fetched by hand."""
    for name, content in raw.items():
        (tmp_path / name).write_bytes(content)
    shutil.copy(desk / "history.duckdb", tmp_path)
    text = 'store = "history.duckdb"\nshow = ["burglary", "traffic"]\n' + SETTINGS
    (tmp_path / "genk-geo.toml").write_text(text, encoding="utf-8")
    return tmp_path


FROM = (
    "--from",
    "adressen.zip",
    "--from",
    "sectors=sh_statbel_31370_20260101.zip",
    "--from",
    "population=bevolking.zip",
)


def test_files_fetched_by_hand_to_the_history_in_new_borders(genk_geo, office):
    config = ("--config", "genk-geo.toml")
    done = genk_geo("reference", "show", *config)
    assert "Inbraak: van 300 incidenten liggen er 300 (100 %) binnen" in done.out
    assert "Er is geen adressenregister geladen" in done.err
    assert "Indicatieve grenzen" in done.out

    done = genk_geo("reference", "update", *FROM, *config)
    assert done.code == 0, done.err
    assert "wijken zijn verschoven, het meest: " in done.out
    assert "1 nieuwe straat: Proefstraat" in done.out  # the Europalaan was there
    assert "niet meer" not in done.out
    assert "veranderen van wijk. De historiek volgt met: genk-geo reference reassign" in done.out
    assert "In gebruik: referentie/versions/" in done.out
    assert genk_geo("reference", "update", *FROM, *config).out == (
        "Alles is nog hetzelfde als wat in gebruik is; er is niets gewijzigd.\n"
    )

    done = genk_geo("reference", "show", *config)
    assert "Indicatieve grenzen" not in done.out
    assert "adressenregister" not in done.err
    assert "sectors.gpkg" in done.out
    would = genk_geo("reference", "reassign", "--dry-run", *config).out
    done = genk_geo("reference", "reassign", *config)
    assert done.code == 0, done.err
    count = would.split(" ", 1)[0]
    assert int(count) > 0
    assert would == f"{count} incidenten zouden van wijk veranderen. Er is niets gewijzigd.\n"
    assert done.out.startswith(f"{count} incidenten zijn van wijk veranderd.")
    assert "weekly --stale" in done.out
    assert genk_geo("reference", "reassign", *config).out == "Geen enkel incident verandert van wijk.\n"

    assert genk_geo("reference", "back", *config).code == 2  # there is one version
    done = genk_geo("doctor", *config, "--lang", "en")
    assert "Burglary: of 300 incidents 300 (100 %) lie within" in done.out
    assert "No address register" not in done.out
    assert "official layers: 3, of 2" in done.out
    (changed,) = (office / "referentie" / "versions").glob("*/population.csv")
    changed.write_text(changed.read_text(encoding="utf-8") + " ", encoding="utf-8")
    done = genk_geo("doctor", *config, "--lang", "en")
    assert done.code == 2
    assert "population.csv is missing or was changed since it was made" in done.out
    done = genk_geo("reference", "update", "--from", "population=bevolking.zip", *config)
    assert "In gebruik: " in done.out, done.err  # the same raw file, and yet made anew


SAID = {
    "nl": ("adressen: ", "Er is niets gewijzigd: wat er was, blijft in gebruik."),
    "en": ("addresses: ", "Nothing was changed: what was there stays in use."),
}


@pytest.mark.parametrize("lang", SAID)
def test_a_failure_is_one_line_with_what_to_do_and_a_code_of_its_own(lang, genk_geo, tmp_path):
    text = SETTINGS + '[reference.addresses_of]\naddresses = "http://127.0.0.1:9/a.zip"\n'
    (tmp_path / "genk-geo.toml").write_text(text, encoding="utf-8")
    done = genk_geo(
        "reference", "update", "--layer", "addresses", "--config", "genk-geo.toml", "--lang", lang
    )
    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)
    assert all(part in done.err for part in SAID[lang])
    assert "--from" in done.err


def test_a_dry_run_asks_nobody(genk_geo, tmp_path):
    (tmp_path / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
    done = genk_geo("reference", "update", "--dry-run", "--config", "genk-geo.toml", "--lang", "en")
    assert done.code == 0, done.err
    heading, *rows, last = done.out.splitlines()
    assert heading.split() == ["layer", "origin", "licence"]
    assert [row.split("  ")[0] for row in rows] == [
        "municipal border", "statistical sectors", "population", "addresses", "OpenStreetMap", "schools",
        "stops",
    ]  # fmt: skip
    assert all("https://" in row for row in rows)
    assert last == "Nothing was asked and nothing changed (--dry-run)."
    assert not (tmp_path / "referentie").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("reference update --layer addresses", "folder = "),
        ("reference back", "folder = "),
        ("reference update --layer gebouwen --config genk-geo.toml", "No layer is called gebouwen"),
        (
            "reference update --from stops=nergens.geojson --config genk-geo.toml",
            "nergens.geojson does not exist",
        ),
        ("reference update --postcode 3600 --config genk-geo.toml", "--out"),
        ("reference back --config genk-geo.toml", "no older version"),
        ("reference reassign --config genk-geo.toml", "There is no history"),
    ],
)
def test_wrong_use_is_one_line(words, message, genk_geo, tmp_path):
    (tmp_path / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
    done = genk_geo(*words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert message in done.err

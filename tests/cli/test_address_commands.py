"""Addresses of a file, corrections, and the register."""

from __future__ import annotations

import pandas as pd
import pytest

SAID = {
    "nl": ("regels aandeel", "2 regels: uit.csv", "1 adres om na te kijken: na.csv", "1 verbetering: a.csv"),
    "en": ("rows share", "2 rows: uit.csv", "1 address to review: na.csv", "1 correction: a.csv"),
}


@pytest.fixture
def addresses(tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("nr;adres\n1;Europalaan\n2;Meir 1 Antwerpen\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("lang", SAID)
def test_what_is_not_found_is_reviewed_corrected_and_remembered(lang, genk_geo, addresses, tmp_path):
    heading, rows, review, remembered = SAID[lang]
    share = {"nl": "50,0 %", "en": "50.0 %"}[lang]
    done = genk_geo("geocode", addresses, "--out", "uit.csv", "--review", "na.csv", "--lang", lang)
    assert done.code == 0, done.err
    first, *levels, last, asked = done.out.splitlines()
    assert (first.split(), last, asked) == (["geocode_level", *heading.split()], rows, review)
    assert [line.split()[:2] for line in levels] == [["none", "1"], ["street", "1"]]
    assert all(line.endswith(share) for line in levels)
    table = pd.read_csv(tmp_path / "na.csv", encoding="utf-8-sig").assign(correction="Stalenstraat")
    table.to_csv(tmp_path / "na.csv", index=False, encoding="utf-8-sig")
    done = genk_geo("aliases", "na.csv", "--aliases", "a.csv", "--lang", lang)
    assert (done.code, done.out) == (0, f"{remembered}\n")
    genk_geo("geocode", addresses, "--out", "uit.csv", "--aliases", "a.csv")
    assert pd.read_csv(tmp_path / "uit.csv")["geocode_level"].tolist() == ["street", "street"]


@pytest.mark.parametrize(("lang", "words"), [("nl", "functionaris"), ("en", "data protection officer")])
def test_before_addresses_leave_the_machine_it_is_said(lang, words, genk_geo, addresses, monkeypatch):
    asked = []
    monkeypatch.setattr("genk_geo.geocoding.online.FlemishService._ask", lambda _, text: asked.append(text))
    done = genk_geo("geocode", addresses, "--out", "uit.csv", "--online", "--yes", "--lang", lang)
    assert done.code == 0
    assert len(asked) == 1
    assert done.err.startswith("! PRIVACY: --online ")
    assert words in done.err
    assert "geo.api.vlaanderen.be" in done.err
    refused = genk_geo("geocode", addresses, "--out", "uit.csv", "--online", "--lang", lang)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert len(asked) == 1
    assert "PRIVACY" not in genk_geo("geocode", addresses, "--out", "uit.csv").err


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "nl",
            ("woningen of inwoners: 27.394", "zijn benaderd en niet officieel", "is een aanname", "herkomst"),
        ),
        (
            "en",
            (
                "dwellings or inhabitants: 27,394",
                "are approximate, not official",
                "is an assumption",
                "origin",
            ),
        ),
    ],
)
def test_reference_show_says_what_is_assumed(lang, said, genk_geo):
    done = genk_geo("reference", "show", "--lang", lang)
    assert done.code == 0, done.err
    assert all(words in done.out for words in said)
    assert "CC BY 4.0" in done.out


@pytest.mark.parametrize(
    ("lang", "words"), [("nl", "1 huisnummer: a.parquet"), ("en", "1 house number: a.parquet")]
)
def test_reference_update_takes_the_city_out_of_the_register(lang, words, genk_geo, tmp_path):
    names = (
        "EPSG:31370_x,EPSG:31370_y,EPSG:4326_lat,EPSG:4326_lon,address_id,box_number,house_number,municipality_id,"
        "municipality_name_de,municipality_name_fr,municipality_name_nl,postcode,postname_fr,postname_nl,street_id,"
        "streetname_de,streetname_fr,streetname_nl,region_code,status"
    )
    own = "228500,184800,50.97,5.49,1,,1,71016,,,Genk,3600,,,1,,,Europalaan,BE-VLG,current"
    (tmp_path / "alles.csv").write_text(f"{names}\n{own}\n", encoding="utf-8")
    done = genk_geo("reference", "update", "--from", "alles.csv", "--out", "a.parquet", "--lang", lang)
    assert (done.code, done.out) == (0, f"{words}\n"), done.err
    assert (tmp_path / "a.parquet").is_file()


@pytest.mark.parametrize(
    ("lang", "good", "bad", "why"),
    [("nl", "stad: Genk", "NEE", "onbekende sleutel"), ("en", "city: Genk", "NO", "unknown key")],
)
def test_doctor_is_content_here_and_says_what_is_wrong_with_settings(
    lang, good, bad, why, genk_geo, tmp_path
):
    done = genk_geo("doctor", "--lang", lang)
    assert done.code == 0
    assert good in done.out
    (tmp_path / "fout.toml").write_text("wekelijks = 1", encoding="utf-8")
    done = genk_geo("doctor", "--config", "fout.toml", "--lang", lang)
    assert done.code == 2
    line = done.out.splitlines()[-1]
    assert line.startswith(f"{bad:>3}  ")
    assert f"wekelijks: {why}" in line


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("geocode nergens.csv --out x.csv", "nergens.csv"),
        ("geocode in.csv --out x.docx", "write to .csv, .xlsx or .parquet"),
        ("geocode in.csv --out nergens/x.csv", "The folder of nergens/x.csv does not exist"),
        ("geocode in.csv --out x.csv --column straat", "straat"),
        ("geocode in.csv --out x.csv --aliases nergens.csv", "nergens.csv"),
        ("aliases nergens.csv --aliases x.csv", "nergens.csv does not exist"),
        ("aliases in.csv --aliases x.csv", "column address, correction is missing"),
        ("aliases in.csv --aliases x.pdf", "x.pdf: unknown format. End the name in .toml, .csv."),
        ("aliases in.csv --aliases nergens/x.csv", "The folder of nergens/x.csv does not exist"),
        ("reference update", "Say where the addresses go"),
        ("reference update --from nergens.zip --out x.parquet", "nergens.zip does not exist"),
    ],
)
def test_wrong_use_is_one_line(words, message, genk_geo, addresses):
    done = genk_geo(*words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert message in done.err


def test_doctor_reads_profiles_aliases_and_a_file_of_each_source(genk_geo, tmp_path):
    head = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
    row = "TG.9/25;10/11/2025;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
    (tmp_path / "goed.csv").write_text(head + row, encoding="utf-8")
    (tmp_path / "stuk.csv").write_bytes(b"%PDF-1.4 iets anders")
    (tmp_path / "alias.toml").write_text("[aliases", encoding="utf-8")
    source = '[[sources]]\npath = "{}"\nprofile = "{}"\n'
    told = [
        ("goed.csv", "traffic"),
        ("stuk.csv", "traffic"),
        ("geen*.csv", "traffic"),
        ("goed.csv", "onbekend"),
    ]
    text = 'aliases = "alias.toml"\n' + "".join(source.format(*one) for one in told)
    (tmp_path / "genk-geo.toml").write_text(text, encoding="utf-8")
    done = genk_geo("doctor", "--config", "genk-geo.toml")
    assert done.code == 2
    assert "goed.csv: 1 rijen, 1 incidenten" in done.out
    faults = ["alias.toml kan niet", "stuk.csv is een PDF", "Geen bestand past bij geen*.csv", "onbekend"]
    assert all(fault in done.out for fault in faults)

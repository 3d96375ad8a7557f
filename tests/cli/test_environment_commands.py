"""Risk terrain and schouw, through the program."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

RISK = {
    "nl": (
        "binnen ",
        "van cafés en eetgelegenheden",
        "gewone telling van eerdere incidenten",
        "Factoren: 1. Zones: ",
    ),
    "en": (
        "within ",
        "m of cafés en eetgelegenheden",
        "plain count of earlier incidents",
        "Factors: 1. Zones: ",
    ),
}
SCHOUW = {
    "nl": ("Formulier: leeg.csv", "beantwoord", "zichtbaarheid", "(vragen: ", "kappa An / Bo: 1,00"),
    "en": ("Form: leeg.csv", "answered", "visibility", "(items: ", "kappa An / Bo: 1.00"),
}


@pytest.mark.parametrize("lang", RISK)
def test_risk_tells_what_goes_together_and_writes_it(lang, genk_geo, desk, tmp_path):
    arguments = ["risk", "--theme", "burglary", "--config", desk / "genk-geo.toml", "--lang", lang]
    done = genk_geo(*arguments, "--out", "risico")
    assert done.code == 0, done.err
    assert all(words in done.out for words in RISK[lang])
    assert done.out.splitlines()[1].startswith("horeca")
    zones = gpd.read_file(tmp_path / "risico" / "zones-burglary.gpkg")
    assert len(list((tmp_path / "risico").glob("zone-*.html"))) == len(zones) > 0


@pytest.fixture
def zones(tmp_path):
    layer = gpd.GeoDataFrame({"zone_id": ["burglary-1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=31370)
    layer.to_file(tmp_path / "zones.gpkg")
    return tmp_path / "zones.gpkg"


@pytest.mark.parametrize("lang", SCHOUW)
def test_an_empty_form_is_written_and_returned_ones_are_compared(lang, genk_geo, zones, tmp_path):
    form, *told = SCHOUW[lang]
    done = genk_geo("schouw", "--template", "leeg.csv", "--zones", zones, "--lang", lang)
    assert (done.code, done.out) == (0, f"{form}\n"), done.err
    table = pd.read_csv(
        tmp_path / "leeg.csv", sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False
    )
    visits = []
    for observer, date, shift in (("An", "2026-11-10", 0), ("Bo", "2026-11-10", 1), ("An", "2027-05-10", 1)):
        scores = [str(1 + min(4, at % 5 + shift)) for at in range(len(table))]
        visits.append(table.assign(observer=observer, date=date, score=scores))
    pd.concat(visits).to_csv(tmp_path / "terug.csv", sep=";", index=False, encoding="utf-8-sig")
    done = genk_geo("schouw", "terug.csv", "--out", "index.csv", "--lang", lang)
    assert done.code == 0, done.err
    assert all(words in done.out for words in told)
    assert done.out.endswith("Index: index.csv\n")
    assert len(pd.read_csv(tmp_path / "index.csv")) == 3 * 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("risk --theme moord --out x", "Known: nuisance"),
        ("risk --theme burglary --out x", "No factor is named"),
        ("risk --theme burglary --out zones.gpkg", "zones.gpkg is a file. Give a folder"),
        ("schouw", "Give forms to read"),
        ("schouw --template x.csv", "Give forms to read"),
        ("schouw --template x.pdf --zones zones.gpkg", "x.pdf: unknown format"),
        ("schouw --template x.csv --zones nergens.gpkg", "nergens.gpkg does not exist"),
        ("schouw nergens.json", "nergens.json does not exist"),
        ("schouw x.json --out nergens/x.csv", "The folder of nergens/x.csv does not exist"),
    ],
)
def test_wrong_use_is_one_line(words, message, genk_geo, zones):
    done = genk_geo(*words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert message in done.err

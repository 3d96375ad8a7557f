"""Past weeks foreseen again, and measures judged, through the program."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

BACKTEST = {
    "nl": (
        "Inbraak: 2026-W42 tot en met 2026-W45",
        "tegenover telling",
        "gewone telling",
        "Gebruikt voor de kaart: ",
    ),
    "en": ("Burglary: 2026-W42 to 2026-W45", "against count", "plain count", "Used for the map: "),
}
LONG_AGO = "evaluate --before 2020-01-06/2020-03-01 --after 2021-01-06/2021-03-02"
EVALUATE = {
    "nl": ("Inbraak: 2025-10-06/2026-03-29 tegenover ", "Aanpak", "Exacte toets: p = 0,", "Vergelijking"),
    "en": ("Burglary: 2025-10-06/2026-03-29 against ", "Treated", "Exact test: p = 0.", "Control"),
}


@pytest.mark.parametrize("lang", BACKTEST)
def test_past_weeks_are_scored_and_written(lang, genk_geo, desk, tmp_path):
    arguments = ["backtest", "--theme", "burglary", "--config", desk / "genk-geo.toml", "--lang", lang]
    done = genk_geo(
        *arguments, "--weeks", 4, "--last", "2026-W45", "--cell", 400, "--patch", 1, "--out", "terug"
    )
    assert done.code == 0, done.err
    assert all(words in done.out for words in BACKTEST[lang])
    assert done.out.count(" *  ") == 3
    scores = pd.read_csv(tmp_path / "terug" / "burglary_scores.csv")
    assert f"{scores['incidents'].iloc[0]} inciden" in done.out
    plot = (tmp_path / "terug" / "burglary_scores.svg").read_text(encoding="utf-8")
    assert BACKTEST[lang][0] in plot
    assert BACKTEST[lang][2] in plot


@pytest.fixture
def measure(tmp_path):
    areas = {"treated": shapely.box(228_000, 184_300, 229_000, 185_300)}
    areas["control"] = shapely.box(229_500, 182_500, 230_500, 183_500)
    layer = gpd.GeoDataFrame({"role": list(areas)}, geometry=list(areas.values()), crs=31370)
    layer.to_file(tmp_path / "maatregel.gpkg")
    return tmp_path / "maatregel.gpkg"


@pytest.mark.parametrize("lang", EVALUATE)
def test_a_measure_is_judged_and_written(lang, genk_geo, desk, measure, tmp_path):
    arguments = ["evaluate", "--measure", measure, "--theme", "burglary", "--config", desk / "genk-geo.toml"]
    arguments += ["--before", "2025-10-06/2026-03-29", "--after", "2026-04-06/2026-09-27", "--ring", 200]
    done = genk_geo(*arguments, "--lang", lang, "--out", "nazorg")
    assert done.code == 0, done.err
    assert all(words in done.out for words in EVALUATE[lang])
    table = pd.read_csv(tmp_path / "nazorg" / "evaluation.csv")
    assert table["role"].tolist() == ["treated", "control", "displacement"]
    line = next(line for line in done.out.splitlines() if line.startswith(EVALUATE[lang][1]))
    assert line.split()[-3:-1] == [str(table["before"][0]), str(table["after"][0])]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("backtest --theme moord", 2, "Known: nuisance, burglary, traffic"),
        ("backtest --theme burglary --last 2025-W40", 3, "too short a record"),
        ("backtest --theme burglary --out maatregel.gpkg", 2, "maatregel.gpkg is a file. Give a folder"),
        ("evaluate --measure nergens.gpkg --theme burglary", 2, "nergens.gpkg does not exist"),
        ("evaluate --measure maatregel.gpkg --theme burglary", 2, "one date in column `before_from`"),
        ("evaluate --measure maatregel.gpkg --theme burglary --before 2025", 2, "'2025' is not a period"),
        (f"{LONG_AGO} --theme burglary --measure maatregel.gpkg", 3, "The history of burglary runs from"),
    ],
)
def test_a_fault_is_one_line_and_its_code(words, code, message, genk_geo, desk, measure):
    done = genk_geo(*words.split(), "--config", desk / "genk-geo.toml")
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1), done
    assert message in done.err

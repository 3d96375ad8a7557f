"""Streets from a file, accidents from a history, through the program."""

from __future__ import annotations

import geopandas as gpd
import pytest

from genk_geo.reference import StreetNetwork

SHOWN = {
    "nl": (
        "5 letselongevallen, waarvan 5 op 1 km straat",
        "op de lijst  kruispunt",
        "4 van 4 stralen",
        "25,5",
    ),
    "en": (
        "5 injury accidents, 5 of them on 1 km of street",
        "on the list  junction",
        "4 of 4 radii",
        "25.5",
    ),
}


@pytest.mark.parametrize(
    ("lang", "said"),
    [("nl", "3 stukken straat, 1,3 km, uit "), ("en", "3 segments of street, 1.3 km, from ")],
)
def test_streets_are_written_as_one_layer(lang, said, genk_geo, desk, tmp_path):
    source = desk / "straten.geojson"
    done = genk_geo("traffic", "network", "--from", source, "--out", "net.gpkg", "--lang", lang)
    assert done.code == 0, done.err
    assert done.out.startswith(said)
    assert '[network] path = "net.gpkg"' in done.out
    assert len(StreetNetwork.load(tmp_path / "net.gpkg", crs=31370)) == 3


@pytest.mark.parametrize("lang", SHOWN)
def test_dangerous_points_are_listed(lang, genk_geo, desk, tmp_path):
    arguments = ["traffic", "show", "--config", desk / "genk-geo.toml", "--week", "2026-W46", "--lang", lang]
    done = genk_geo(*arguments, "--out", "punten.gpkg")
    assert done.code == 0, done.err
    assert all(words in done.out for words in SHOWN[lang])  # the score: five times 3 x 1.7
    assert len(gpd.read_file(tmp_path / "punten.gpkg", layer="verkeer_punten")) > 0


def test_where_nothing_was_drawn_nothing_is_said_of_chance(genk_geo, desk, tmp_path):
    text = (desk / "genk-geo.toml").read_text(encoding="utf-8").replace("draws = 2", "draws = 0")
    text = text.replace('path = "', f'path = "{desk.as_posix()}/').replace(
        "history.duckdb", f"{desk.as_posix()}/history.duckdb"
    )
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    done = genk_geo("traffic", "show", "--config", "c.toml", "--week", "2026-W46")
    assert done.code == 0, done.err
    assert "nan" not in done.out
    assert "toeval" not in done.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("show", "No street network is named"),
        ("show --config c.toml", "genk-geo weekly"),
        ("show --config c.toml --out nergens/x.gpkg", "The folder of nergens/x.gpkg does not exist"),
        ("show --config c.toml --out x.csv", "x.csv: unknown format. End the name in .gpkg."),
        ("network --from nergens.osm", "nergens.osm does not exist"),
        ("network --from nergens.osm --out nergens/x.gpkg", "The folder of nergens/x.gpkg does not exist"),
    ],
)
def test_wrong_use_is_one_line(words, message, genk_geo, tmp_path):
    (tmp_path / "c.toml").write_text('[network]\npath = "straten.geojson"\n', encoding="utf-8")
    done = genk_geo("traffic", *words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert message in done.err

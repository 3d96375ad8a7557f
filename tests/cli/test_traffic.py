"""`genk-geo traffic`: streets from a file, accidents from a history."""

from __future__ import annotations

import json

import pytest

from genk_geo.reference import StreetNetwork

# Three streets that meet near the middle of Genk.
STREETS = [
    [[5.48, 50.968], [5.486, 50.968]],
    [[5.486, 50.968], [5.492, 50.968]],
    [[5.486, 50.968], [5.486, 50.972]],
]
CONFIG = """store = "h.duckdb"
out = "maps"
show = ["traffic"]
[[sources]]
path = "ongevallen.csv"
profile = "traffic"
[network]
path = "straten.geojson"
[traffic]
replicates = 19
draws = 2
"""


@pytest.fixture
def place(tmp_path):
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"Straat {at}"},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for at, line in enumerate(STREETS)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "straten.geojson").write_text(text, encoding="utf-8")
    rows = [
        f"T.{at};{1 + at}/10/2026;14:30;zwaar gewond;1;auto;fietser;;5,486{at}1;50,96801" for at in range(5)
    ]
    header = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
    (tmp_path / "ongevallen.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (tmp_path / "c.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_streets_are_written_as_one_layer(place, genk_geo):
    done = genk_geo("traffic", "network", "--from", "straten.geojson", "--out", "net.gpkg", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "3 segments" in done.stdout
    assert 'path = "net.gpkg"' in done.stdout
    assert len(StreetNetwork.load(place / "net.gpkg", crs=31370)) == 3


def test_a_history_is_needed_and_said(place, genk_geo):
    done = genk_geo("traffic", "show", "--config", "c.toml", "--week", "2026-W46", cwd=place)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "genk-geo weekly" in done.stderr


@pytest.mark.parametrize(("lang", "says"), [("nl", "5 letselongevallen"), ("en", "5 injury accidents")])
def test_dangerous_points_are_listed(lang, says, place, genk_geo):
    read = genk_geo("ingest", "ongevallen.csv", "--profile", "traffic", "--config", "c.toml", cwd=place)
    assert read.returncode == 0, read.stderr
    asked = ("--config", "c.toml", "--week", "2026-W46", "--out", "punten.gpkg", "--lang", lang)
    done = genk_geo("traffic", "show", *asked, cwd=place)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
    assert "25.5" in done.stdout  # five times 3 x 1.7
    assert (place / "punten.gpkg").exists()

"""`genk-geo traffic`: streets from a file, accidents from a history."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from genk_geo.cli import app
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
def place(tmp_path, monkeypatch):
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
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, list(arguments), catch_exceptions=True)


def test_streets_are_written_as_one_layer(place):
    done = run("traffic", "network", "--from", "straten.geojson", "--out", "net.gpkg")
    assert done.exit_code == 0, done.output
    assert "3 segments" in done.output
    assert len(StreetNetwork.load(place / "net.gpkg", crs=31370)) == 3


def test_a_history_is_needed_and_said(place):
    done = run("traffic", "show", "--config", "c.toml", "--week", "2026-W46")
    assert done.exit_code != 0
    assert "genk-geo weekly" in str(done.exception)


def test_dangerous_points_are_listed(place):
    from genk_geo import City, ingest
    from genk_geo.store import Store

    city = City.load()
    read = ingest(place / "ongevallen.csv", profile="traffic", city=city, now="2026-11-20")
    with Store.open(place / "h.duckdb", crs=city.crs, timezone=city.timezone) as store:
        store.add(read)
    done = run("traffic", "show", "--config", "c.toml", "--week", "2026-W46", "--out", "punten.gpkg")
    assert done.exit_code == 0, done.output
    assert "5 injury accidents" in done.output
    assert "25.5" in done.output  # five times 3 x 1.7
    assert (place / "punten.gpkg").exists()

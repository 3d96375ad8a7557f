"""The command line in this process, and a desk with small files and a history to try it on."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

from genk_geo.cli import main

ACCIDENTS = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
BURGLARIES = "PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;Straat;Nr;Gemeente;X;Y\n"
#: Three streets that meet near the middle of Genk.
STREETS = [
    [[5.48, 50.968], [5.486, 50.968]],
    [[5.486, 50.968], [5.492, 50.968]],
    [[5.486, 50.968], [5.486, 50.972]],
]
SETTINGS = """store = "history.duckdb"
show = ["burglary", "traffic"]
[[sources]]
path = "inbraken.csv"
profile = "burglary"
[[sources]]
path = "ongevallen.csv"
profile = "traffic"
[network]
path = "straten.geojson"
[traffic]
replicates = 19
draws = 2
[outlook]
models = ["promap"]
[[cpted.factors]]
name = "horeca"
path = "horeca.geojson"
"""


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    """Faults in English, as Python users get them; test_language.py hears them as the settings say."""
    monkeypatch.setattr("genk_geo.cli.spoken_in", lambda _: "en")


@pytest.fixture
def genk_geo(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder, through the same door as the program."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsys.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


@pytest.fixture
def accidents(tmp_path):
    """One good row and one that cannot be read."""
    file = tmp_path / "ongevallen.csv"
    rows = [
        f"TG.{at}/26;{day};14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
        for at, day in enumerate(("10/11/2025", "gisteren"), 1)
    ]
    file.write_text(ACCIDENTS + "".join(rows), encoding="utf-8")
    return file


def features(kind, shapes, name):
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": f"{name} {at}"},
                "geometry": {"type": kind, "coordinates": shape},
            }
            for at, shape in enumerate(shapes)
        ],
    }


def burglaries(rng):
    """Sixty weeks of them, most around one place."""
    for at in range(300):
        day = np.datetime64("2025-09-22") + int(rng.integers(0, 420))
        told = f"{day.item():%d/%m/%Y}"
        x, y = (228_500, 184_800) if at % 3 else (230_000, 183_000)
        x, y = x + rng.normal(0, 250), y + rng.normal(0, 250)
        yield f"TG.{at};{told};02:00;{told};04:00;{told};inbraak woning;Europalaan;;Genk;{x:.1f};{y:.1f}\n"


@pytest.fixture(scope="session")
def desk(tmp_path_factory, city):
    """A folder with settings, files and their history; tests only read it."""
    from genk_geo import ingest
    from genk_geo.crs import transform_xy
    from genk_geo.store import Store

    folder = tmp_path_factory.mktemp("desk")
    rows = [
        f"T.{at};{1 + at}/10/2026;14:30;zwaar gewond;1;auto;fietser;;5,486{at}1;50,96801\n" for at in range(5)
    ]
    (folder / "ongevallen.csv").write_text(ACCIDENTS + "".join(rows), encoding="utf-8")
    rng = np.random.default_rng(7)
    (folder / "inbraken.csv").write_text(BURGLARIES + "".join(burglaries(rng)), encoding="utf-8")
    lon, lat = transform_xy(228_500 + rng.normal(0, 300, 20), 184_800 + rng.normal(0, 300, 20), 31370, 4326)
    places = [list(place) for place in zip(lon.tolist(), lat.tolist(), strict=True)]
    layers = {
        "horeca": features("Point", places, "Bar"),
        "straten": features("LineString", STREETS, "Straat"),
    }
    for name, layer in layers.items():
        (folder / f"{name}.geojson").write_text(json.dumps(layer), encoding="utf-8")
    (folder / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
    with Store.open(folder / "history.duckdb", crs=city.crs, timezone=city.timezone) as store:
        for name, profile in {"inbraken": "burglary", "ongevallen": "traffic"}.items():
            store.add(ingest(folder / f"{name}.csv", profile=profile, city=city, now="2026-11-20"))
    return folder

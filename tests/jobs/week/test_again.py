"""A week with all themes, made again on two processors, has its old bytes.

The city is small; `GENK_GEO_DEMO_AGAIN=1` makes the whole demo again too (test_weekly_demo.py).
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pytest
import shapely

from genk_geo import at_once, weekly
from genk_geo.calendar import Week
from tests.fixtures.kleinstad import HIGH, SOUTH, WEST, WIDE
from tests.fixtures.suppliers import MIDDLE, accidents, burglaries, csv, reports, table

WEEK, NOW = Week(2026, 46), dt.datetime(2026, 11, 18, 8, tzinfo=dt.UTC)
SETTINGS = """
store = "history.duckdb"
tiles = "none"
[signals]
replicates = 99
[outlook]
models = ["density"]
weeks = 4
[network]
path = "straten.geojson"
[traffic]
replicates = 19
draws = 0
[cpted]
themes = ["nuisance", "burglary"]
cell_m = 250
[[cpted.factors]]
name = "bars"
path = "bars.geojson"
[[sources]]
path = "inbraken.csv"
profile = "burglary"
[[sources]]
path = "meldingen.csv"
profile = "nuisance"
[[sources]]
path = "ongevallen.csv"
profile = "traffic"
[grid]
cell_m = 200
"""


@pytest.fixture
def desk(tmp_path, kleinstad):
    """Three files of sixteen weeks, a grid of streets and three bars."""
    told = ((1, "inbraken", burglaries), (2, "meldingen", reports), (3, "ongevallen", accidents))
    for seed, name, written in told:
        (tmp_path / f"{name}.csv").write_text(csv(written(table(seed, WEEK))), encoding="utf-8")
    across = [((WEST, SOUTH + at), (WEST + 3 * WIDE, SOUTH + at)) for at in range(150, 2 * HIGH, 300)]
    along = [((WEST + at, SOUTH), (WEST + at, SOUTH + 2 * HIGH)) for at in range(150, 3 * WIDE, 300)]
    streets = shapely.node(shapely.MultiLineString(across + along))
    for name, shapes in (
        ("straten", shapely.get_parts(streets)),
        ("bars", shapely.points([MIDDLE, (MIDDLE[0] + 500, MIDDLE[1]), (MIDDLE[0], MIDDLE[1] - 700)])),
    ):
        gpd.GeoDataFrame(geometry=shapes, crs=31370).to_crs(4326).to_file(tmp_path / f"{name}.geojson")
    (tmp_path / "genk-geo.toml").write_text(SETTINGS + kleinstad, encoding="utf-8")
    return tmp_path


def bytes_of(publication):
    return {
        (one.release.profile, path.name): path.read_bytes()
        for one in publication.releases
        for path in one.folder.iterdir()
    }


def test_a_week_made_again_on_two_processors_has_its_old_bytes(desk, monkeypatch):
    first = weekly(desk / "genk-geo.toml", week=WEEK, now=NOW)  # on one, as all tests are
    before = bytes_of(first)
    assert [look.theme for look in first.result.themes] == ["nuisance", "burglary", "traffic"]
    assert all(look.in_window and look.outlook for look in first.result.themes)
    assert first.result.traffic is not None
    assert first.result.environments
    forks = []
    begin = at_once._begin
    monkeypatch.setattr(at_once, "_begin", lambda *told: forks.append(1) or begin(*told))
    monkeypatch.setenv(at_once.PROCESSES, "2")
    after = bytes_of(weekly(desk / "genk-geo.toml", week=WEEK, now=NOW))
    assert len(forks) >= 3  # themes, terrains and pages
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []

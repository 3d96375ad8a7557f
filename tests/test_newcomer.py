"""The session that a newcomer writes: at most two lines a step, and each step shows something."""

from __future__ import annotations

import ast
import inspect
import re
from importlib.util import find_spec

import numpy as np
import pytest

import genk_geo as gg
from tests.conftest import ROOT

#: What is installed without extras draws maps; what a step gives is held to the house's limits.
MOST_LINES = 15
#: What would make a browser ask another host.
REQUEST = re.compile(r"<(?:script|link|img)\b[^>]*(?:src|href)\s*=\s*.?(?:https?:)?//")


@pytest.fixture(scope="module")
def year():
    return gg.datasets.genk_year()


def load(year):
    return gg.City.load(year.folder / "genk-geo.toml")


def ingest(year):
    return gg.ingest(year.files["burglary"], profile="burglary", city=year.city, now="2026-11-16")


def geocode(year):
    return gg.geocode(["Stadsplein 1", "Europalaan 12, Genk"], year.city)


def count(year):
    grid = gg.stats.Grid.cover(year.city, "auto", points=year.incidents["nuisance"])
    return grid.count(year.incidents["nuisance"])


def hotspots(year):
    counts = count(year)
    return gg.stats.local_g(counts, exposure=year.city.exposure_of(counts.grid.cells))


def density(year):
    return gg.stats.kernel_density(year.incidents["nuisance"], bandwidth_m="auto", cell_m=100)


def near_repeat(year):
    return gg.stats.near_repeat(year.incidents["burglary"], permutations=99)


def scan(year):
    return gg.stats.scan(year.incidents["burglary"], replicates=99)


def emerging(year):
    cube = gg.stats.space_time_cube(
        year.incidents["nuisance"], grid=gg.stats.Grid.cover(year.city, 200), step=13
    )
    return gg.stats.emerging_hotspots(cube)


def forecast(year):
    record = gg.stats.WeekRecord.from_incidents(
        year.incidents["nuisance"], grid=gg.stats.Grid.cover(year.city, 500)
    )
    return gg.stats.forecast(record, models=["decayed"])


def terrain(year):
    grid = gg.stats.Grid.cover(year.city, 500)
    return gg.cpted.risk_terrain(year.incidents["nuisance"], year.factors, grid, stability=0)


def streets(year):
    accidents = year.incidents["traffic"]
    return gg.stats.network_density(year.streets, accidents, lixel_m=50, max_distance_m=150)


def dangerous(year):
    rule = gg.stats.PointRule(max_distance_m=150)
    return gg.stats.dangerous_points(year.incidents["traffic"], year.streets, rule=rule)


STEPS = (
    load, ingest, geocode, count, hotspots, density, near_repeat, scan, emerging, forecast, terrain, streets,
    dangerous,
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_each_step_takes_two_lines_and_shows_something(year, step):
    body = ast.parse(inspect.getsource(step)).body[0].body
    assert len(body) <= 2
    found = step(year)
    told = found.summary() if hasattr(found, "summary") else repr(found)
    assert told.strip()
    assert 1 <= len(told.splitlines()) <= MOST_LINES
    page = found.explore(lang="nl").get_html()
    assert 'class="gg-legend"' in page
    assert not REQUEST.search(page)


def test_a_sentence_over_a_map_says_what_its_table_holds(year):
    from genk_geo.show.words import Words

    found = hotspots(year)
    for part in (found, found[found["q_value"] <= 0.05], found.iloc[:50]):
        (told,) = part.shows(Words("en")).notes
        stand_out = int((part["q_value"] <= 0.05).sum())
        assert told.startswith(f"Cells tested: {part['p_value'].notna().sum():,}.")
        assert told.endswith(f"with it: {stand_out}.")
    assert found.drop(columns="q_value").shows(Words("en")).notes == ()
    assert found.iloc[:0].shows(Words("en")).notes == ()


def test_a_map_shows_no_cluster_that_chance_gives_too(year):
    found = scan(year)
    page = found.explore(lang="en")
    drawn = found.clusters["p_value"] <= 0.05
    assert 0 < drawn.sum() < len(found.clusters)
    shapes = [one for one in page._children.values() if hasattr(one, "data")]
    assert sum(len(one.data["features"]) for one in shapes) == drawn.sum()
    assert len(found.to_gdf()) == len(found.clusters)


def test_the_same_map_has_the_same_bytes(year):
    first, second = (hotspots(year).explore().get_html() for _ in range(2))
    assert first == second


def test_a_map_that_shows_incidents_says_for_whom_it_is_and_is_closed_to_others(year, tmp_path):
    page = ingest(year).explore(lang="nl")
    assert "Voor analisten" in page.get_html()
    page.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").stat().st_mode & 0o077 == 0
    assert "Voor analisten" not in load(year).explore(lang="nl").get_html()


def test_what_stands_in_data_is_text_on_a_map_and_never_code():
    import geopandas as gpd
    import shapely

    evil = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}{% raw %}"
    lines = gpd.GeoDataFrame({"name": [evil]}, geometry=[shapely.LineString([(0, 0), (50, 0)])], crs=31370)
    network = gg.stats.Network.from_segments(lines.assign(road_class="x"), source=evil)
    page = network.explore().get_html()
    assert "<img src=x" not in page
    assert "{{ 7" not in page
    assert ">49" not in page
    assert "<img" not in network._repr_html_()


def test_only_what_is_public_is_listed():
    for room in (gg, gg.stats, gg.cpted, gg.datasets):
        listed = [name for name in dir(room) if not name.startswith("__")]
        assert set(listed) <= set(room.__all__) or room is gg.datasets
    text = gg.stats.__doc__
    for question in ("Where", "When", "What follows", "Did it help", "on streets"):
        assert question in text
    for name in gg.stats.__all__:
        assert getattr(gg.stats, name) is not None


def test_the_page_of_the_session_runs(tmp_path, monkeypatch, year):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gg.datasets, "genk_year", lambda: year)
    page = (ROOT / "docs" / "newcomer.md").read_text(encoding="utf-8")
    session: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) > 10
    for block in blocks:
        if "pointpats" in block and find_spec("pointpats") is None:
            continue
        exec(compile(block, "docs/newcomer.md", "exec"), session)
    assert (tmp_path / "density.tif").is_file()
    assert np.abs(session["theirs"] - session["ours"]).max() < 1e-12
    if "their_pairs" in session:
        assert session["their_pairs"] == session["pairs"].iloc[0, 0]

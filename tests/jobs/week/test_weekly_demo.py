"""The weekly job on the demo data: it finds what was planted, and a rerun is the same to the byte."""

from __future__ import annotations

import re
from html import unescape

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.spatial import KDTree

from genk_geo import ingest, weekly
from genk_geo.at_once import PROCESSES
from genk_geo.crs import WGS84, reproject
from genk_geo.demo import DEMO_NOW, DEMO_WEEK


@pytest.fixture(scope="session")
def truth(demo_files, city):
    return gpd.read_file(demo_files.truth).to_crs(city.crs)


@pytest.fixture(scope="session")
def found(demo_run):
    areas = [look.areas[look.areas["status"] != "gone"] for look in demo_run.result.themes]
    return pd.concat(areas, ignore_index=True)


def test_the_planted_hotspots_are_found(truth, found):
    planted = truth[truth["detectable_in_week"]]
    hits = [
        spot.geometry.intersects(found[found["theme"] == spot.theme].union_all())
        for spot in planted.itertuples()
    ]
    assert len(planted) >= 8
    assert sum(hits) / len(hits) >= 0.8


def test_few_reported_areas_touch_nothing_planted(truth, found):
    idle = [
        not truth[truth["theme"] == area.theme].intersects(area.geometry).any() for area in found.itertuples()
    ]
    assert sum(idle) / len(idle) <= 0.1


def test_a_weekend_night_hotspot_is_told_by_its_hours(truth, found):
    nights = truth[(truth["kind"] == "weekend_nights") & truth["detectable_in_week"]]
    assert len(nights)
    for spot in nights.itertuples():
        area = found[(found["theme"] == spot.theme) & found.intersects(spot.geometry)].iloc[0]
        assert set(area["peak_days"]) & {4, 5, 6}
        assert area["peak_to"] > 20


def test_the_readme_quotes_the_page_that_its_picture_shows(demo_run, root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    quoted = [
        " ".join(part.split())
        for part in "\n".join(re.findall(r"^> ?(.*)$", readme, re.MULTILINE)).split("\n\n")
    ]
    (page,) = demo_run.folder.glob("stadsdeel-genk-midden.html")
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))).split())
    brief = text[text.index("In het kort") : text.index("Zoals gewoonlijk")]
    assert len(quoted) == 4
    assert [brief.find(sentence) for sentence in quoted] == sorted(
        {brief.index(sentence) for sentence in quoted}
    )


def test_the_rows_add_up(demo_run):
    for report in demo_run.reports:
        assert report.rows_in == report.incidents + report.duplicates + report.rejects
    rows = demo_run.result.quality
    assert rows.rows_in == rows.incidents + rows.duplicates + rows.rejects
    assert rows.rows_in == sum(report.rows_in for report in demo_run.reports)


def test_the_manifest_tells_no_folder_of_this_machine(demo_run, demo_files):
    text = (demo_run.folder / "manifest.json").read_text(encoding="utf-8")
    assert str(demo_files.folder) not in text
    assert str(demo_run.folder.parent) not in text


@pytest.mark.no_cover
def test_a_rerun_on_two_processors_gives_the_same_bytes(demo_run, demo_files, a_whole_year_back, monkeypatch):
    monkeypatch.setenv(PROCESSES, "2")  # the first run had one, as all tests have
    before = {path.name: path.read_bytes() for path in demo_run.folder.iterdir()}
    again = weekly(demo_files.config, week=DEMO_WEEK, out=demo_run.folder.parent, now=DEMO_NOW)
    after = {path.name: path.read_bytes() for path in again.folder.iterdir()}
    assert [name for name in before if before[name] != after.get(name)] == []
    assert before.keys() == after.keys()


def test_every_stadsdeel_has_a_page_that_says_the_data_is_fictitious(demo_run, city):
    pages = sorted(demo_run.folder.glob("stadsdeel-*.html"))
    assert len(pages) == len(city.stadsdelen)
    for page in (*pages, demo_run.index):
        assert "fictieve demogegevens" in page.read_text(encoding="utf-8").lower()


def test_no_published_text_holds_the_point_of_a_burglary(demo_run, demo_files, city):
    """No pair of coordinates in any published text lies within half a metre of a burglary."""
    burglaries = ingest(
        demo_files.files["burglary"][0], profile="burglary", city=city, now=DEMO_NOW
    ).incidents
    points = reproject(burglaries[burglaries.geometry.notna()], WGS84).geometry
    texts = [path.read_text(encoding="utf-8") for path in demo_run.folder.glob("*.[hc]*")]
    pairs = {pair for text in texts for pair in re.findall(r"(5\.\d{3,})\W{1,3}(5[01]\.\d{3,})", text)}
    assert len(pairs) > 100  # outlines of wijken and hotspots
    written = np.array(sorted(pairs), dtype=float)
    distance, _ = KDTree(written * (70_100, 111_200)).query(
        np.column_stack([points.x * 70_100, points.y * 111_200])
    )
    assert distance.min() > 0.5


def test_a_new_hotspot_makes_its_wijk_an_alert_and_few_others(demo_run, truth, city):
    nuisance = next(look for look in demo_run.result.themes if look.theme == "nuisance")
    new = truth[(truth["theme"] == "nuisance") & (truth["kind"] == "new")].geometry.centroid.iloc[0]
    wijk = city.locate([new.x], [new.y])["wijk"].iloc[0]
    assert nuisance.wijken.loc[wijk, "alert"]
    assert sum(int(look.wijken["alert"].sum()) for look in demo_run.result.themes) <= 4
    assert wijk in demo_run.index.read_text(encoding="utf-8")


def test_a_hotspot_says_how_much_more_and_what_it_has_been(demo_run, truth):
    traffic = next(look for look in demo_run.result.themes if look.theme == "traffic")
    live = traffic.areas[traffic.areas["status"] != "gone"]
    assert (live["risk_low"] > 2).all()
    assert (live["risk_low"] < live["relative_risk"]).all()
    oldest = truth[truth["theme"] == "traffic"].sort_values("from").iloc[0]
    pattern = live.loc[live.intersects(oldest.geometry), "pattern"]
    assert set(pattern) <= {"persistent", "intensifying", "diminishing", "sporadic"}

"""The files of a week: complete, the same every time, safe to hand over."""

import csv
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import geopandas as gpd
import pytest

from genk_geo.config import ReleaseSettings
from genk_geo.errors import ConfigError
from genk_geo.release import checked_release
from genk_geo.render import publish
from genk_geo.render.file_names import stadsdeel_pages
from genk_geo.render.words.texts import Texts

PAGES = ["index.html", "stadsdeel-noorderveld.html", "stadsdeel-zuiderpoort.html"]


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def texts_of(html):
    """Visible text and attribute values of a page, without scripts and styles."""
    parts = []

    class Reader(HTMLParser):
        skip = 0

        def handle_starttag(self, tag, attrs):
            self.skip += tag in {"script", "style"}
            parts.extend(value for name, value in attrs if value and name in {"aria-label", "title", "href"})

        def handle_endtag(self, tag):
            self.skip -= tag in {"script", "style"}

        def handle_data(self, data):
            if not self.skip and data.strip():
                parts.append(data.strip())

    Reader().feed(html)
    return parts


def page(folder, name):
    return (folder / name).read_text(encoding="utf-8")


def test_all_files_are_there_and_small(published):
    files = [*PAGES, "handleiding.html", "hotspots.csv", "hotspots.gpkg", "map.json", "told.json"]
    assert sorted(content(published)) == sorted(files)
    assert all(path.stat().st_size < 1_000_000 for path in published.iterdir())


def test_the_same_week_gives_the_same_bytes(week_result, published, tmp_path):
    publish(
        checked_release(week_result),
        tmp_path,
        contact="wijkcel@fictiestad.example",
        other_weeks=["2026-W45", "2026-W47", "2025-W52"],
    )
    assert content(tmp_path) == content(published)


def test_hidden_counts_leave_no_trace(week_result, wijken, tmp_path):
    """Two weeks that differ only in what is held back give the same bytes in every file."""
    burglary = week_result.themes[1]
    table = burglary.wijken.copy()
    names = ["Kastanjehof", "Sint-Odulf"]
    table.loc[names, "observed"] = [3, 1]
    table["trend"] = [
        (*trend[:-1], int(now)) for trend, now in zip(table["trend"], table["observed"], strict=True)
    ]
    table.loc[["Molenakker", "Sint-Odulf"], "last_year"] = [3, 0]
    areas = burglary.areas.assign(this_week=1)
    cells = burglary.hotspots.copy()
    small = cells["observed"] < 5
    cells.loc[small, "observed"] = 4 - cells.loc[small, "observed"]
    cells["relative_risk"] = cells["observed"] / cells["expected"]
    other = replace(burglary, wijken=table, areas=areas, hotspots=cells)
    nuisance, traffic = week_result.themes[0], week_result.themes[2]
    publish(checked_release(week_result), tmp_path / "a")
    publish(checked_release(replace(week_result, themes=(nuisance, other, traffic))), tmp_path / "b")
    publish(
        checked_release(
            replace(week_result, themes=(nuisance, other, traffic)), reader=ReleaseSettings(small_count=0)
        ),
        tmp_path / "open",
    )
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a") != content(tmp_path / "open")


def test_nothing_is_asked_of_another_host(published):
    for name in PAGES:
        html = page(published, name)
        code = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
        assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", code)
        assert "@import" not in html
        assert not re.search(r"url\((?!data:|#)", html)
    stadsdeel = page(published, PAGES[1])
    assert set(re.findall(r"img-src ([^;]*);", stadsdeel)) == {"data:"}
    assert not re.search(r"jsdelivr|cloudflare|jquery|bootstrapcdn", stadsdeel)
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', stadsdeel)
    assert unescape(policy).startswith("default-src 'none';")


def test_no_random_identifier_is_left(published):
    for name in PAGES:
        assert not re.search(r"_[0-9a-f]{32}", page(published, name))


def test_a_demo_says_so_in_title_header_and_foot(published, calm_result, tmp_path):
    for name in PAGES:
        html = page(published, name)
        assert re.search(r"<title>Fictieve demogegevens", html)
        assert html.count("Fictieve demogegevens") >= 3
    publish(checked_release(calm_result), tmp_path)
    assert all("demogegevens" not in page(tmp_path, name) for name in PAGES)


def test_weeks_are_linked_both_ways(published):
    links = texts_of(page(published, PAGES[1]))
    assert "../2026-W45/stadsdeel-noorderveld.html" in links
    assert "../2026-W47/stadsdeel-noorderveld.html" in links
    index = texts_of(page(published, "index.html"))
    assert "../2025-W52/index.html" in index
    assert "week 52 van 2025" in index


def test_a_week_with_nothing_to_report_is_finished(calm_result, tmp_path):
    publish(checked_release(calm_result), tmp_path)
    words = " ".join(texts_of(page(tmp_path, PAGES[1])))
    assert "Geen hotspots deze week" in words
    assert "21 overlastmeldingen (verwacht 11 tot 27) en 21 verkeersongevallen (verwacht 11 tot 27)." in words
    assert "Niets nieuws dat eruit springt." in words
    assert "Indicatieve grenzen" not in words
    assert "Geen enkele wijk springt eruit" in " ".join(texts_of(page(tmp_path, "index.html")))


def test_a_week_without_data_says_so_on_every_page(empty_result, tmp_path):
    publish(checked_release(empty_result), tmp_path)
    for name in PAGES:
        assert "Voor deze week zijn geen gegevens ontvangen" in page(tmp_path, name)
    assert "rustig" not in texts_of(page(tmp_path, "index.html"))


def test_a_theme_with_too_few_incidents_says_so(published):
    words = " ".join(texts_of(page(published, PAGES[1])))
    assert "Door het kleine aantal valt over hotspots van" in words
    assert "6 in 52 weken" not in words  # a count over a window that shifts: for analysts


def test_notes_on_boundaries_and_grouping(published):
    words = " ".join(texts_of(page(published, PAGES[1])))
    assert "Indicatieve grenzen" in words
    assert "aanname" in words
    assert "wijkcel@fictiestad.example" in words


def test_english_pages_have_no_dutch(week_result, tmp_path):
    publish(checked_release(week_result), tmp_path, texts=Texts("en"), tiles="none")
    html = page(tmp_path, PAGES[1])
    assert '<html lang="en"' in html
    assert "geo.api.vlaanderen.be" not in html
    assert not {"deze", "verwacht", "wijken", "geen"} & set(" ".join(texts_of(html)).lower().split())


ATTACK = (
    "</script><script>window.hacked=1</script><!--\u2028`${window.hacked=1}\"'><img src=x onerror=hacked=1>"
)


@pytest.fixture(scope="module")
def attacked(week_result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("attack")
    nuisance = week_result.themes[0]
    wijken = week_result.wijken.replace({"wijk": {"Kastanjehof": ATTACK}})
    areas = nuisance.areas.assign(place=ATTACK, wijk=ATTACK)
    areas.loc[0, "place"] = "=1+1"
    table = nuisance.wijken.rename(index={"Kastanjehof": ATTACK})
    themes = (replace(nuisance, areas=areas, wijken=table), *week_result.themes[1:])
    result = replace(week_result, wijken=wijken, city_name=ATTACK, attribution=ATTACK, themes=themes)
    publish(checked_release(result), folder, contact=ATTACK)
    return folder


def test_hostile_names_are_shown_as_text(attacked, published):
    for name in PAGES:
        html = page(attacked, name)
        assert html.count("<script") == page(published, name).count("<script")
        assert html.count("<!--") == page(published, name).count("<!--")
        assert "<img" not in html
        assert "\u2028" not in "".join(re.findall(r"<script>.*?</script>", html, flags=re.DOTALL))


def test_a_spreadsheet_does_not_compute_a_place(attacked):
    with (attacked / "hotspots.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert rows[0]["plaats"] == "'=1+1"


def test_the_table_of_hotspots(published):
    with (published / "hotspots.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["nummer"] for row in rows] == ["1", "2", "3", "4", "5", "", "1"]
    first, gone = rows[0], rows[5]
    assert (first["thema"], first["status"], first["deze_week"], first["verwacht"]) == (
        "Overlast",
        "nieuw",
        "niet getoond",
        "5,0",
    )
    assert (gone["status"], gone["waargenomen"], gone["verwacht"], gone["zekerheid"]) == (
        "weg",
        "< 5",
        "",
        "–",
    )


def test_the_layers_for_a_gis(published):
    path = published / "hotspots.gpkg"
    areas, cells, wijken = (gpd.read_file(path, layer=name) for name in ("areas", "cells", "wijken"))
    assert areas.crs.to_epsg() == 31370
    assert len(areas) == 7
    assert areas["this_week"].isna().all()
    assert cells[["observed", "expected", "relative_risk"]].isna().all(axis=None)
    assert set(areas["expected"].dropna()) <= {0.5, 1.0, 2.0, 5.0, 10.0}
    assert {"z", "p_value", "q_value"}.isdisjoint(cells.columns)
    assert wijken.set_index("wijk").loc["Kastanjehof", "nuisance_observed"] == 23
    assert wijken["burglary_observed"].isna().all()


def test_the_map_of_a_page_shows_the_wijken_and_hotspots_of_its_table(published):
    html = page(published, PAGES[1])
    layers = [json.loads(data) for data in re.findall(r"_add\((\{.*?\})\);", html)]
    numbers = sorted(
        f["properties"]["number"]
        for layer in layers
        for f in layer["features"]
        if "number" in f["properties"]
    )
    assert numbers == [1, 1, 3, 5]
    assert len(re.findall("data-hotspot=", html)) == 4
    coordinates = re.findall(r"5\.\d+|50\.\d+", json.dumps(layers))
    assert max(len(number.partition(".")[2]) for number in coordinates) <= 5


def test_pages_of_stadsdelen_have_plain_distinct_names():
    names = stadsdeel_pages(("Genk-Noord", "Châtelet / Zuid", "Genk Noord", "日本"))
    assert list(names.values()) == [
        "stadsdeel-genk-noord.html",
        "stadsdeel-chatelet-zuid.html",
        "stadsdeel-genk-noord-2.html",
        "stadsdeel-x.html",
    ]


def test_wrong_options_are_refused(week_result, tmp_path):
    with pytest.raises(ConfigError, match="grb, osm, none"):
        publish(checked_release(week_result), tmp_path, tiles="satellite")
    with pytest.raises(ConfigError, match="2026-W46"):
        publish(checked_release(week_result), tmp_path, other_weeks=["last week"])
    assert not list(tmp_path.iterdir())

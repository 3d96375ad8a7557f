"""Zones of the environment on the pages: beside the hotspots, on request, with their sheets."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from genk_geo.release import checked_release
from genk_geo.render import publish
from genk_geo.results import Driver, Environment, Zone

HOSTILE = "<script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def with_zones(week_result):
    middle = week_result.wijken.geometry.iloc[0].representative_point()
    driver = Driver(
        "bus_stop", HOSTILE, "proximity", "within", 100.0, 2.3, absent=False, quality="zichtbaarheid"
    )
    zone = Zone(
        "nuisance-01", 1, "nuisance", ("Klokkenweg",), week_result.wijken["wijk"].iloc[0],
        week_result.wijken["stadsdeel"].iloc[0], 9.0, 40_000.0, (driver,), ("Snoei het groen.",),
        (("preventie", ("Verlichting",)),), (), shapely.box(*middle.buffer(100).bounds),
    )  # fmt: skip
    looks = (
        Environment("nuisance", (zone,), 0.02, 0.21, 0.27),
        Environment("burglary", (), 0.02, float("nan"), float("nan")),
    )
    return replace(week_result, environments=looks)


@pytest.fixture(scope="module")
def pages(with_zones, tmp_path_factory):
    folder = tmp_path_factory.mktemp("omgeving")
    publish(checked_release(with_zones), folder)
    return folder


def test_the_table_says_what_why_and_how_good(pages, with_zones):
    page = (pages / "stadsdeel-noorderveld.html").read_text(encoding="utf-8")
    assert with_zones.environments[0].zones[0].stadsdeel == "Noorderveld"
    section = page[page.index('id="omgeving"') : page.index('id="gegevens"')]
    assert "RRV 2,3" in section
    assert "zichtbaarheid" in section
    # of 21 and 27 % others than analysts are told steps of 5
    assert "20 % in de 2 % van de stad" in section
    assert "haalde 25 %" in section
    assert "Inbraak: geen omgevingszone" in section
    assert HOSTILE not in page
    assert (pages / "zone-nuisance-01.html").is_file()
    assert 'href="stadsdeel-noorderveld.html"' in (pages / "zone-nuisance-01.html").read_text(
        encoding="utf-8"
    )


def test_zones_go_out_as_a_layer(pages):
    layer = gpd.read_file(pages / "hotspots.gpkg", layer="zones")
    assert layer["zone_id"].tolist() == ["nuisance-01"]


def test_without_factors_the_pages_say_nothing_of_the_environment(published):
    page = (published / "stadsdeel-noorderveld.html").read_text(encoding="utf-8")
    assert 'id="omgeving"' not in page
    assert 'id="zones"' not in page
    assert not list(published.glob("zone-*.html"))


@pytest.mark.browser
def test_zones_are_shown_on_request_for_their_theme(pages, visit):
    page = visit(pages / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    assert page.locator("path.zone").count() == 0
    page.check("#zones")
    assert page.locator("path.zone").count() == 1
    page.locator(".themes [data-choose-theme=burglary]").first.click()
    assert page.locator("path.zone").count() == 0
    page.locator(".themes [data-choose-theme=nuisance]").first.click()
    page.locator("path.zone").dispatch_event("click")
    page.locator("#omgeving summary").click()
    page.get_by_role("link", name="Klokkenweg").click()
    page.wait_for_selector("#schouw")
    assert page.evaluate("window.hacked") is None
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

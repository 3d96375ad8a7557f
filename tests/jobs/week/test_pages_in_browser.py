"""Every published page of the demo in a real browser, without any network."""

from __future__ import annotations

import pytest

from tests.fixtures.browser import READY

pytestmark = pytest.mark.browser

NAMES = "document.querySelector('.folium-map').dataset.names.split('|').filter(Boolean)"


def test_every_page_of_the_demo_opens_without_complaint(demo_run, visit, city):
    """As wide as a desk, and then as a telephone; zoomed on each hotspot it names two streets."""
    places = set(city.pois["poi"])
    hotspots = 0
    pages = sorted(demo_run.folder.glob("*.html"))
    page = None
    # Sheets of zones are of one form: the first three are opened.
    for path in pages[: 3 - sum(len(look.zones) for look in demo_run.result.environments)]:
        page = visit(path, width=1280, height=844, into=page)
        page.locator(READY).first.wait_for(state="attached")
        assert page.locator("h1").count() == 1
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        if path.name.startswith("zone-"):
            assert page.locator("#schouw fieldset").count() > 10, path.name
        elif path.name.startswith(("stadsdeel-", "verkeer")):
            assert page.locator(".leaflet-container path").count() > 0, path.name
        for row in page.locator("tr[data-show^=hotspot] button").all():
            row.click()
            hotspots += 1
            assert len({*page.evaluate(NAMES)} - places) >= 2, (path.name, row.inner_text())
    assert hotspots > 5
    sheets = sum(len(look.zones) for look in demo_run.result.environments)
    assert len(pages) == 11 + sheets

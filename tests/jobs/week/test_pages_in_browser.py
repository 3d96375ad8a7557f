"""Every published page of the demo in a real browser, without any network."""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.browser

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
TILES = ("https://geo.api.vlaanderen.be/", "https://tile.openstreetmap.org/")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_the_demo_opens_without_complaint(demo_run, chromium, width):
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = browser.new_page(viewport={"width": width, "height": 844})
        page.route(
            "**/*", lambda route: route.continue_() if route.request.url[:5] == "file:" else route.abort()
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda r: r.url.startswith(TILES) or complaints.append(r.url))
        page.on(
            "console",
            lambda m: (
                m.type == "error" and not m.location["url"].startswith(TILES) and complaints.append(m.text)
            ),
        )
        pages = sorted(demo_run.folder.glob("*.html"))
        for path in pages:
            page.goto(path.as_uri())
            page.wait_for_timeout(150)
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
            if path.name.startswith("zone-"):
                assert page.locator("#schouw fieldset").count() > 10, path.name
            elif path.name.startswith("stadsdeel-"):
                assert page.locator(".leaflet-container path").count() > 0, path.name
        browser.close()
    sheets = sum(len(look.zones) for look in demo_run.result.environments)
    assert len(pages) == 11 + sheets
    assert complaints == []

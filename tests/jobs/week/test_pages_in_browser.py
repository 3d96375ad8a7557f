"""Every published page of the demo in a real browser, without any network."""

from __future__ import annotations

import pytest

from tests.fixtures.browser import READY

pytestmark = pytest.mark.browser


def test_every_page_of_the_demo_opens_without_complaint(demo_run, visit):
    """At the width of a desk, and then at that of a telephone."""
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
    sheets = sum(len(look.zones) for look in demo_run.result.environments)
    assert len(pages) == 11 + sheets

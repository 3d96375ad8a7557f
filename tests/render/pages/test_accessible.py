"""Pages that everyone can use: WCAG 2.2 AA by axe-core, in both languages, on a desk and on a phone."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tests.fixtures.browser import unfold

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "index.html",
    "stadsdeel-noorderveld.html",
    "handleiding.html",
    "zone-nuisance-01.html",
    "verkeer.html",
]


@pytest.fixture(scope="module")
def axe() -> str:
    """The code of axe-core, from a package of the test extra."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page, axe: str, where: str = "html") -> list[tuple[str, str]]:
    page.evaluate(axe)
    found = page.evaluate("([where, tags]) => axe.run(where, {runOnly: tags})", [where, TAGS])
    assert len(found["passes"]) > 10
    return [(fault["id"], node["html"][:200]) for fault in found["violations"] for node in fault["nodes"]]


@pytest.mark.parametrize(("lang", "width"), [("nl", 1280), ("en", 390)])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(visit, full_published, axe, lang, width, name):
    page = visit(full_published / lang / name, width=width, height=844)
    assert page.locator("html").get_attribute("lang") == lang
    if name == "index.html":
        page.locator("details summary").click()
    if not name.startswith("stadsdeel"):
        assert violations(page, axe) == []
        return
    page.wait_for_selector("html.ready")
    # What is folded is looked at too.
    unfold(page)
    for box in page.locator(".layers input").all():
        box.check()
    assert violations(page, axe) == []
    # With a popup open the map has moved: axe measures shapes as if the frame did not cut them off.
    page.locator("tr[data-show] button").first.click()
    assert violations(page, axe, ".leaflet-popup") == []


def test_what_axe_would_say_of_a_bad_page(visit, full_published, axe):
    """The check itself finds fault where there is one."""
    page = visit(full_published / "nl" / "handleiding.html")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert "html-has-lang" in {fault for fault, _ in violations(page, axe)}


def test_targets_are_large_enough_to_hit(visit, full_published):
    """Buttons and fields are at least 24 px in both directions (WCAG 2.5.8)."""
    page = visit(full_published / "nl" / "stadsdeel-noorderveld.html", width=390, height=844)
    page.wait_for_selector("html.ready")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .leaflet-control a, #zoek, .number, .mark")]
            .filter(node => node.offsetParent !== null)
            .map(node => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == []

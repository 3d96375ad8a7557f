"""Pages that everyone can use: WCAG 2.2 AA by axe-core, in both languages, on a desk and on a phone."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from tests.fixtures.browser import unfold

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["index.html", "handleiding.html", "zone-nuisance-01.html", "verkeer.html"]
#: Both languages on both widths.
VIEWS = [(lang, width) for lang in ("nl", "en") for width in (1280, 390)]


@pytest.fixture(scope="module")
def axe() -> str:
    """The code of axe-core, from a package of the test extra."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page, axe: str, where: str = "html", *, lang: str = "nl") -> list[tuple[str, str]]:
    """Faults that axe finds.

    Contrast is two thirds of its work and is measured in Dutch only: colours stand in style sheets, which
    know no language, as a test holds them to.
    """
    page.evaluate(axe)
    rules = {"color-contrast": {"enabled": lang == "nl"}}
    run = "([where, runOnly, rules]) => axe.run(where, {runOnly, rules, resultTypes: ['violations']})"
    found = page.evaluate(run, [where, TAGS, rules])
    assert len(found["passes"]) > 10
    return [(fault["id"], node["html"][:200]) for fault in found["violations"] for node in fault["nodes"]]


@pytest.mark.parametrize(("lang", "width"), VIEWS)
def test_no_violation(visit, full_published, axe, lang, width):
    page = None
    for name in PAGES:
        page = visit(full_published / lang / name, width=width, height=844, into=page)
        assert page.locator("html").get_attribute("lang") == lang
        unfold(page)
        assert violations(page, axe, lang=lang) == [], name


@pytest.mark.parametrize(("lang", "width"), VIEWS)
def test_no_violation_on_the_page_of_a_stadsdeel(visit, weeks_published, axe, lang, width):
    """With all that is folded, every layer, an earlier week and two maps side by side."""
    page = visit(weeks_published / lang / "2026-W46" / "stadsdeel-noorderveld.html", width=width, height=844)
    page.wait_for_selector("html.ready")
    unfold(page)
    for box in page.locator(".layers input").all():
        box.check()
    page.locator("#twee-weken").press("Enter")
    assert violations(page, axe, lang=lang) == []
    page.locator("#weken-kaart-week").press("ArrowLeft")
    assert violations(page, axe, "#kaart", lang=lang) == []
    # With a popup open the map has moved: axe measures shapes as if the frame did not cut them off.
    page.locator("tr[data-show] button").first.click()
    assert violations(page, axe, ".leaflet-popup", lang=lang) == []


def test_what_axe_would_say_of_a_bad_page(visit, full_published, axe):
    """The check itself finds fault where there is one."""
    page = visit(full_published / "nl" / "handleiding.html")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('main p').style.color = '#ccc'")
    assert {"html-has-lang", "color-contrast"} <= {fault for fault, _ in violations(page, axe)}


def test_style_sheets_know_no_language(full_published):
    """Else contrast would have to be measured in each of them."""
    for page in (full_published / "en").glob("*.html"):
        styles = re.findall(r"<style[^>]*>(.*?)</style>", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert styles
        assert not [style for style in styles if re.search(r":lang\(|\[(xml:)?lang", style)]


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

"""Marks on the map in a browser: whatever is switched on, each can be read and reached."""

from __future__ import annotations

import itertools

import pytest

from tests.fixtures.browser import unfold

pytestmark = pytest.mark.browser

#: Rectangles of the signs that are drawn, and what they say.
SIGNS = """() => [...document.querySelectorAll('.leaflet-marker-pane :is(.number,.mark)>span')].map(sign => {
    const box = sign.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom, sign.textContent];
})"""


def overlaps(signs):
    """Pairs of signs of which one covers some of the other."""
    return [
        (one[4], other[4])
        for one, other in itertools.combinations(signs, 2)
        if min(one[2], other[2]) - max(one[0], other[0]) > 2
        and min(one[3], other[3]) - max(one[1], other[1]) > 2
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("release", ["nl", "analist"])
def test_marks_stand_beside_each_other(visit, full_published, width, release):
    page = visit(full_published / release / "stadsdeel-noorderveld.html", width=width)
    page.wait_for_selector("html.ready")
    unfold(page)
    for box in page.locator("#kaart input[type=checkbox]").all():
        if box.is_visible() and box.get_attribute("id") not in {"base", "points"}:
            box.check()
    for theme in page.locator("#kaart [data-choose-theme]").all():
        theme.click()
        signs = page.evaluate(SIGNS)
        assert len(signs) >= 1
        assert overlaps(signs) == []


def test_far_out_marks_make_room_and_close_by_they_come_back(visit, full_published):
    page = visit(full_published / "nl" / "stadsdeel-noorderveld.html", width=390)
    page.wait_for_selector("html.ready")
    for box in page.locator("#kaart input[type=checkbox]").all():
        if box.is_visible() and box.get_attribute("id") not in {"base", "points"}:
            box.check()
    moved = """() => [...document.querySelectorAll('.leaflet-marker-pane :is(.number,.mark)>span')]
        .filter(sign => sign.style.transform).length"""
    before = page.evaluate(moved)
    for zoom, more in (("out", True), ("in", False)):
        scale = page.locator(".leaflet-control-scale-line").inner_text()
        page.locator(f".leaflet-control-zoom-{zoom}").click()
        page.wait_for_function(
            "was => document.querySelector('.leaflet-control-scale-line').innerText !== was", arg=scale
        )
        assert overlaps(page.evaluate(SIGNS)) == []
        assert (page.evaluate(moved) > before) is more


@pytest.mark.parametrize("width", [1280, 390])
def test_numbers_of_dangerous_points_make_room_far_out(visit, full_published, width):
    page = visit(full_published / "nl" / "verkeer.html", width=width)
    page.wait_for_selector("[data-ready]")
    signs = SIGNS.replace(".number,.mark", ".traffic-mark")
    for _ in range(4):
        scale = page.locator(".leaflet-control-scale-line").inner_text()
        page.locator(".leaflet-control-zoom-out").click()
        page.wait_for_function(
            "was => document.querySelector('.leaflet-control-scale-line').innerText !== was", arg=scale
        )
    assert overlaps(page.evaluate(signs)) == []
    page.evaluate("document.querySelectorAll('.traffic-mark span').forEach(s => { s.style.transform = ''; })")
    assert overlaps(page.evaluate(signs)) != []

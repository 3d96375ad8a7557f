"""Weeks that move under the map, and two weeks side by side, by keyboard alone."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.town import WEEK
from tests.fixtures.weeks import a_week_before

NOORD = "stadsdeel-noorderveld.html"


def carried(folder):
    """What the page carries of its weeks."""
    html = (folder / NOORD).read_text(encoding="utf-8")
    return json.loads(re.search(r'id="weken-gegevens">(.*?)</script>', html)[1])


def test_a_page_carries_every_week_as_its_own_page_showed_it(weeks_published):
    told = carried(weeks_published / "nl" / "2026-W46")
    assert [week["name"] for week in told["weeks"]] == ["week 42", "week 43", "week 44", "week 45", "week 46"]
    says = [week["says"] for week in told["themes"]["nuisance"]]
    assert says[0] == "Week 42: wat de kaart toonde, werd toen nog niet bewaard."
    assert says[1] == "Week 43: daarvan staat hier geen pagina."
    assert says[2].startswith("Week 44: 38 overlastmeldingen, verwacht 15 tot 35; meer dan verwacht in")
    assert says[2].endswith(
        "2 hotspots: nr. 3 Odulfusplein en Hoge Weg (Sint-Odulf); nr. 5 Molenpad (Molenakker)."
    )
    assert says[4].endswith("nr. 5 Molenpad (Molenakker).")
    assert "waarvan 1 nieuw: nr. 1 Klokkenweg en Zilverberkstraat (Kastanjehof)" in says[4]
    kastanjehof, molenakker, _ = told["themes"]["nuisance"][3]["wijken"]
    assert [told["texts"][at] for at in molenakker] == ["much_more", "31", "0 tot 10"]
    assert [told["texts"][at] for at in kastanjehof] == ["much_more", "23", "7 tot 15"]
    assert [told["themes"]["nuisance"][at]["wijken"] for at in (0, 1)] == [[], []]


def test_ground_that_stays_hot_is_carried_once(weeks_published):
    told = carried(weeks_published / "nl" / "2026-W46")
    spots = [spot for weeks in told["themes"].values() for week in weeks for spot in week["spots"]]
    assert len(spots) > told["shapes"]["shapes"] == len({spot[0] for spot in spots})


def test_the_public_goes_through_the_weeks_by_wijk_alone(weeks_published):
    told = carried(weeks_published / "publiek" / "2026-W46")
    assert told["shapes"]["shapes"] == 0
    assert not any("hotspot" in week["says"].lower() for weeks in told["themes"].values() for week in weeks)


def test_a_first_page_has_no_weeks_to_go_through(published):
    html = (published / NOORD).read_text(encoding="utf-8")
    assert "weken-gegevens" not in html.replace('getElementById("weken-gegevens")', "")
    assert 'type="range"' not in html


def test_what_a_map_showed_stands_beside_its_page(weeks_published):
    from genk_geo.release.kept.week_maps import from_kept

    own = from_kept((weeks_published / "nl" / "2026-W46" / "map.json").read_text(encoding="utf-8"))
    assert own.week == WEEK
    assert len(a_week_before(own, 1).themes["nuisance"].hotspots) == len(own.themes["nuisance"].hotspots) - 1


@pytest.fixture
def noord(visit, weeks_published):
    page = visit(weeks_published / "nl" / "2026-W46" / NOORD)
    page.wait_for_selector("html.ready")
    return page


def numbers(page, where="#kaart .map-one:first-child"):
    return sorted(page.locator(f"{where} .leaflet-marker-icon.number").all_inner_texts())


@pytest.mark.browser
def test_colours_hotspots_and_sentence_move_together_by_keyboard(noord):
    slider, says = noord.locator("#weken-kaart-week"), noord.locator("#weken-kaart [role=status]")
    assert slider.get_attribute("aria-valuetext") == "deze week: week 46, 9 november tot 15 november"
    expect(noord.get_by_role("slider", name="Week op de kaart", exact=True)).to_have_count(1)
    assert numbers(noord) == ["1", "3", "5"]
    assert noord.locator("path.wijk.level-much_more").count() == 1
    assert noord.locator(".mark").count() > 0
    slider.focus()
    noord.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "week 45, 2 november tot 8 november"
    expect(says).to_contain_text("Week 45: 38 overlastmeldingen")
    assert numbers(noord) == ["3", "5"]
    assert noord.locator("path.wijk.level-much_more").count() == 2
    assert noord.locator(".leaflet-marker-icon.mark").count() == 0
    assert noord.locator("#weken-kaart a").get_attribute("href") == f"../2026-W45/{NOORD}#thema=nuisance"
    assert noord.locator("[data-legend=wijken] h3").inner_text() == "Wijken, in die week"
    wijk = noord.locator("path.wijk").nth(1)
    assert "31" in wijk.get_attribute("aria-label")
    wijk.focus()
    noord.keyboard.press("Enter")
    popup = noord.locator(".leaflet-popup")
    assert "week 45, 2 november tot 8 november" in popup.inner_text()
    assert "31" in popup.inner_text()
    noord.keyboard.press("Escape")
    assert popup.count() == 0
    noord.locator("#kaart .leaflet-marker-icon.number").first.focus()
    noord.keyboard.press("Enter")
    assert "Hotspot 3, week 45" in popup.inner_text()
    noord.keyboard.press("Escape")
    slider.focus()
    noord.keyboard.press("Home")
    expect(says).to_contain_text("nog niet bewaard")
    assert numbers(noord) == []
    assert noord.locator("path.wijk[class*=level-]").count() == 0
    noord.keyboard.press("End")
    assert numbers(noord) == ["1", "3", "5"]
    assert noord.locator("[data-legend=wijken] h3").inner_text() == "Wijken, deze week"
    assert noord.locator(".leaflet-marker-icon.mark").count() > 0


@pytest.mark.browser
def test_a_theme_is_shown_of_the_week_that_is_chosen_and_a_row_leads_back_to_this_one(noord):
    noord.locator("#weken-kaart-week").focus()
    noord.keyboard.press("ArrowLeft")
    noord.locator("#kaart [data-choose-theme=burglary]").click()
    assert noord.locator("#weken-kaart [role=status]").inner_text().startswith("Week 45: 5 inbraken")
    noord.locator("input[value=density]").check()
    assert noord.locator("img.leaflet-image-layer").count() == 0
    noord.locator("tr[data-show^=hotspot] button").first.click()
    assert noord.locator("#weken-kaart-week").input_value() == "4"
    assert "Hotspot 1" in noord.locator(".leaflet-popup").inner_text()


@pytest.mark.browser
def test_paper_shows_the_week_of_the_page(noord):
    noord.locator("#weken-kaart-week").focus()
    noord.keyboard.press("ArrowLeft")
    noord.locator("#twee-weken").click()
    noord.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert numbers(noord) == ["1", "3", "5"]
    assert noord.locator(".weeks-under:visible, #tweede-kaart:visible").count() == 0
    assert noord.locator("[data-legend=wijken] h3").inner_text() == "Wijken, deze week"
    # The map has the form of paper, and the whole stadsdeel is on it.
    frame = noord.locator(".folium-map").first.bounding_box()
    wijken = [wijk.bounding_box() for wijk in noord.locator("#kaart .map-one:first-child path.wijk").all()]
    assert frame["width"] / frame["height"] == pytest.approx(112 / 74, rel=0.02)
    assert all(
        frame["x"] <= one["x"] <= one["x"] + one["width"] <= frame["x"] + frame["width"] for one in wijken
    )
    assert all(
        frame["y"] <= one["y"] <= one["y"] + one["height"] <= frame["y"] + frame["height"] for one in wijken
    )
    noord.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert numbers(noord) == ["3", "5"]
    assert noord.locator("#tweede-kaart").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_two_weeks_side_by_side_by_keyboard(visit, weeks_published, width):
    page = visit(weeks_published / "nl" / "2026-W46" / NOORD, width=width, height=844)
    page.wait_for_selector("html.ready")
    button = page.locator("#twee-weken")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    first, second = (page.locator(f"#{name}").bounding_box() for name in ("kaart-twee", "weken-kaart"))
    assert (first["x"] > second["x"]) == (width == 1280)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert numbers(page, "#tweede-kaart") == ["3", "5"]
    assert page.locator("#tweede-kaart path.level-much_more").count() == 2
    slider = page.locator("#weken-twee-week")
    assert slider.get_attribute("aria-valuetext") == "week 45, 2 november tot 8 november"
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert numbers(page, "#tweede-kaart") == numbers(page) == ["1", "3", "5"]
    # Both show the same piece of town, whichever is moved.
    for name in ("kaart .map-one:first-child .folium-map", "kaart-twee"):
        frame = page.locator(f"#{name}")
        frame.focus()
        page.keyboard.press("+")
        page.keyboard.press("ArrowUp")
        page.wait_for_function(
            """() => {
                const at = [...document.querySelectorAll('.folium-map')].map(one => {
                    const box = one.getBoundingClientRect();
                    const path = one.querySelector('path.wijk').getBoundingClientRect();
                    return [path.left - box.left, path.top - box.top, path.width];
                });
                return at.length === 2 && at[0].every((one, n) => Math.abs(one - at[1][n]) < 2);
            }"""
        )
    # A row of the table opens on a map that has room for it.
    page.locator("tr[data-show^=hotspot] button").first.press("Enter")
    assert page.locator("#tweede-kaart").is_visible() == (width == 1280)
    page.keyboard.press("Escape")
    if width == 1280:
        button.press("Enter")
    button.focus()
    assert not page.locator("#tweede-kaart").is_visible()
    assert page.evaluate("document.activeElement.id") == "twee-weken"

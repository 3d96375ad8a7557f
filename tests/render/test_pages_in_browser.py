"""Pages in a real browser without a network, as a wijkmanager opens them from a mail or a share."""

import base64
import re

import pytest
from playwright.sync_api import expect, sync_playwright

from genk_geo.render import publish

pytestmark = pytest.mark.browser

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TILE_HOST = "https://geo.api.vlaanderen.be/"


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens a page and fails the test at its end when the page complained or asked for something."""
    complaints, contexts = [], []

    def route(request):
        if request.request.url.startswith(("file:", "data:")):
            request.continue_()
        else:
            request.abort()

    def open_page(path, *, width=1280, height=900, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                m.type in {"error", "warning"}
                and not m.location["url"].startswith(TILE_HOST)
                and complaints.append(m.text)
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda r: r.url.startswith(TILE_HOST) or complaints.append(r.url))
        page.route("**/*", route)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def noord(visit, published):
    page = visit(published / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    return page


@pytest.mark.parametrize("name", ["index.html", "stadsdeel-noorderveld.html", "stadsdeel-zuiderpoort.html"])
def test_every_page_opens_and_never_scrolls_sideways(visit, published, name):
    page = visit(published / name)
    for width in (1280, 768, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title().startswith("Fictieve demogegevens")


def test_pages_of_calm_empty_and_english_weeks_open(visit, calm_result, empty_result, week_result, tmp_path):
    publish(calm_result, tmp_path / "calm")
    publish(empty_result, tmp_path / "empty", tiles="none")
    publish(week_result, tmp_path / "en", lang="en", tiles="none")
    for name in ("calm", "empty", "en"):
        page = visit(tmp_path / name / "stadsdeel-noorderveld.html")
        page.wait_for_selector("html.ready")
        assert page.locator("path.wijk").count() == 3


def test_theme_buttons_switch_map_legend_and_table(noord):
    assert noord.locator("path.area").count() == 3
    assert noord.locator("path.wijk.level-much_more").count() == 1
    noord.locator("#kaart [data-choose-theme=burglary]").click()
    assert noord.locator("path.area").count() == 1
    assert noord.locator("path.wijk.level-more").count() == 1
    assert noord.locator("#wijken caption:visible").inner_text() == "Inbraak, week 46"
    noord.locator("#wijken [data-choose-theme=traffic]").click()
    assert noord.locator("path.area").count() == 0
    assert "Te weinig gegevens" in noord.locator(".map-note:visible").inner_text()
    pressed = noord.locator("[data-choose-theme][aria-pressed=true]")
    assert {button.get_attribute("data-choose-theme") for button in pressed.all()} == {"traffic"}


def test_colours_follow_the_choice(noord):
    noord.locator("input[value=density]").check()
    assert noord.locator("img.leaflet-image-layer").count() == 1
    assert noord.locator("[data-legend=density]").is_visible()
    assert not noord.locator("[data-legend=wijken]").is_visible()
    assert noord.locator("path[class*=level-]:not(.swatch *)").count() == 0
    noord.locator("input[value=none]").check()
    assert noord.locator("img.leaflet-image-layer").count() == 0


def test_a_new_hotspot_is_hatched(noord):
    fill = noord.evaluate("getComputedStyle(document.querySelector('path.area-new')).fill")
    assert "#hatch" in fill


def test_the_keyboard_leads_from_the_table_to_the_map_and_back(noord):
    button = noord.locator("tr[data-theme=burglary] button")
    button.focus()
    noord.keyboard.press("Enter")
    popup = noord.locator(".leaflet-popup")
    assert popup.get_by_text("Notelaarstraat (Kastanjehof)").is_visible()
    assert "< 5" in popup.inner_text()
    assert noord.evaluate("document.activeElement.classList.contains('leaflet-popup')")
    assert noord.locator("#kaart [data-choose-theme=burglary]").get_attribute("aria-pressed") == "true"
    noord.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    assert noord.evaluate("document.activeElement.closest('tr').dataset.theme") == "burglary"


def test_a_number_on_the_map_opens_by_keyboard(noord):
    noord.locator(".leaflet-marker-pane .number").first.focus()
    noord.keyboard.press("Enter")
    assert noord.locator(".leaflet-popup .card-title").inner_text() == "Hotspot 1"


def test_a_wijk_opens_by_click_and_says_what_the_table_says(noord):
    noord.locator(".map-box").scroll_into_view_if_needed()
    box = noord.locator("path.wijk.level-much_more").bounding_box()
    noord.mouse.click(box["x"] + 30, box["y"] + box["height"] - 30)
    assert "23" in noord.locator(".leaflet-popup").inner_text()
    row = noord.locator("#wijken tr", has_text="Kastanjehof").first
    assert re.search(r"\b23\b", row.inner_text())


def test_names_and_numbers_stand_free_of_each_other(noord):
    overlaps = noord.evaluate(
        """() => {
            const labels = '.name span:not([hidden]), .leaflet-marker-pane .number';
            const boxes = [...document.querySelectorAll(labels)].map(node => node.getBoundingClientRect());
            return boxes.filter((a, i) => boxes.some((b, j) => i < j && a.left < b.right && b.left < a.right
                && a.top < b.bottom && b.top < a.bottom)).length;
        }"""
    )
    assert overlaps == 0
    assert noord.locator(".name span:visible").count() == 4


def test_streets_appear_when_there_is_a_connection(browser, published):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked = []

    def tile(route):
        asked.append(route.request.url)
        route.fulfill(body=PIXEL, content_type="image/png")

    page.route(f"{TILE_HOST}**", tile)
    page.goto((published / "stadsdeel-noorderveld.html").as_uri())
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    assert page.locator("#base").is_checked()
    assert all("grb_bsk_grijs" in url for url in asked)
    page.locator("#base").uncheck()
    expect(page.locator("img.leaflet-tile")).to_have_count(0)
    page.close()


def test_without_script_the_tables_remain(visit, published):
    page = visit(published / "stadsdeel-noorderveld.html", java_script_enabled=False)
    assert page.get_by_text("De kaart heeft JavaScript nodig").is_visible()
    assert page.locator("tr[data-hotspot]").count() == 4


def test_hostile_names_run_nothing(visit, week_result, tmp_path):
    attack = "<img src=x onerror='window.hacked=1'></script><script>window.hacked=1</script>"
    nuisance = week_result.themes[0]
    themes = (type(nuisance)(**{**vars(nuisance), "areas": nuisance.areas.assign(place=attack)}),)
    publish(type(week_result)(**{**vars(week_result), "themes": themes}), tmp_path, contact=attack)
    page = visit(tmp_path / "stadsdeel-noorderveld.html")
    page.locator("tr[data-hotspot] button").first.click()
    assert attack in page.locator(".leaflet-popup").inner_text()
    assert page.evaluate("window.hacked") is None


def test_paper_has_map_and_hotspots_on_its_first_page(noord, tmp_path):
    """A4 landscape less its margins is 1047 x 718 px; the page takes at most three sheets."""
    noord.set_viewport_size({"width": 1047, "height": 718})
    noord.emulate_media(media="print")
    noord.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for selector in (".folium-map", "table.hotspots", ".demo"):
        box = noord.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 718
        assert box["x"] + box["width"] <= 1048
    assert noord.locator("table.wijken:visible").count() == 3
    sheets = noord.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 3

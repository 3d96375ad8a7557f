"""Pages in a real browser without a network, as a wijkmanager opens them from a mail or a share."""

import base64
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from genk_geo.release import checked_release
from genk_geo.render import publish
from genk_geo.render.words.texts import Texts

pytestmark = pytest.mark.browser

TILE_HOST = "https://geo.api.vlaanderen.be/"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def full(visit, full_published):
    """The stadsdeel page of a week in which everything was found."""
    page = visit(full_published / "nl" / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    return page


@pytest.fixture
def noord(visit, published):
    page = visit(published / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    return page


@pytest.mark.parametrize("release", ["nl", "en", "analist", "publiek"])
def test_every_page_opens_and_never_scrolls_sideways(visit, full_published, release):
    page = None
    for path in sorted((full_published / release).glob("*.html")):
        page = visit(path, into=page)
        for width in (1280, 768, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert page.title().startswith(("Fictieve demogegevens", "Fictitious demo data")), path.name


def test_pages_of_calm_empty_and_english_weeks_open(visit, calm_result, empty_result, week_result, tmp_path):
    publish(checked_release(calm_result), tmp_path / "calm")
    publish(checked_release(empty_result), tmp_path / "empty", tiles="none")
    publish(checked_release(week_result), tmp_path / "en", texts=Texts("en"), tiles="none")
    page = None
    for name in ("calm", "empty", "en"):
        page = visit(tmp_path / name / "stadsdeel-noorderveld.html", into=page)
        page.wait_for_selector("html.ready")
        assert page.locator("path.wijk").count() == 3


def test_theme_buttons_switch_map_legend_and_table(noord):
    assert noord.locator("path.area").count() == 3
    assert noord.locator("path.wijk.level-much_more").count() == 1
    noord.locator("#kaart [data-choose-theme=burglary]").click()
    assert noord.locator("path.area").count() == 1
    # of wijken with few burglaries no more is told than "< 5", so neither does their colour
    assert noord.locator("path.wijk.level-usual").count() == 3
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
    assert "verwacht ongeveer 1" in popup.inner_text()
    assert "deze week" not in popup.inner_text().casefold()  # it would be a small count
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


def test_tiles_are_asked_for_by_a_click_and_no_sooner(browser, week_result, tmp_path):
    publish(checked_release(week_result), tmp_path, tiles="grb")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked = []

    def tile(route):
        asked.append(route.request.url)
        route.fulfill(body=PIXEL, content_type="image/png")

    page.route(f"{TILE_HOST}**", tile)
    page.goto((tmp_path / "stadsdeel-noorderveld.html").as_uri())
    page.wait_for_selector("html.ready")
    page.locator(".leaflet-control-zoom-in").click()
    assert asked == []
    assert TILE_HOST.split("/")[2] in page.locator(".tools label").inner_text()
    page.locator("#base").check()
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
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
    publish(
        checked_release(type(week_result)(**{**vars(week_result), "themes": themes})),
        tmp_path,
        contact=attack,
    )
    page = visit(tmp_path / "stadsdeel-noorderveld.html")
    page.locator("tr[data-hotspot] button").first.click()
    assert attack in page.locator(".leaflet-popup").inner_text()
    assert page.evaluate("window.hacked") is None


def test_every_layer_is_switched_on_and_off_and_the_legend_follows(full):
    shapes = {
        "attention": "path.attention", "signals": "path.signal", "outlook": "path.ahead",
        "repeats": "path.repeat", "zones": "path.zone",
        "overlay-cameras": ".leaflet-marker-icon.overlay",
    }  # fmt: skip
    traffic = {"danger": "path.danger", "stretches": "path.stretch"}
    boxes = full.locator(".layers input")
    assert {box.get_attribute("id") for box in boxes.all()} == set(shapes | traffic)
    for key, shape in (shapes | traffic).items():
        drawn, legend = full.locator(f".leaflet-container {shape}"), full.locator(f"[data-keys={key}]").first
        if key in traffic:
            full.locator("#kaart [data-choose-theme=traffic]").click()
        full.locator(f"#{key}").check()
        told = full.locator(f"label:has(#{key}) .layer-count").inner_text()
        assert drawn.count() == int(told.strip("()")) > 0, key
        assert legend.is_visible(), key
        full.locator(f"#{key}").uncheck()
        assert drawn.count() == 0, key
        assert not legend.is_visible(), key


def test_a_layer_of_one_theme_leaves_with_it_and_an_own_layer_stays(full):
    for key in ("outlook", "overlay-cameras"):
        full.locator(f"#{key}").check()
    full.locator("#kaart [data-choose-theme=burglary]").click()
    assert full.locator(".leaflet-container path.ahead, .leaflet-container path.signal").count() == 0
    assert full.locator(".leaflet-container .mark").count() == 0
    assert full.locator("label:has(#outlook) .layer-count").inner_text() == "(0)"
    assert full.locator(".leaflet-marker-icon.overlay").count() == 2


def test_all_on_the_map_is_reached_and_opened_by_keyboard(full):
    for box in full.locator(".layers input").all():
        box.check()
    things = full.locator(".leaflet-container [tabindex='0'][role=button]:not(.leaflet-control a)")
    expected = {"wijk": 3, "number": 3, "mark": 5, "zone": 1, "overlay": 2}
    for kind, count in expected.items():
        assert full.locator(f".leaflet-container .{kind}[tabindex='0'][role=button]").count() == count, kind
    assert things.count() == sum(expected.values())
    popup = full.locator(".leaflet-popup")
    for thing in things.all():
        thing.focus()
        assert thing.get_attribute("aria-label")
        full.keyboard.press("Enter")
        title = popup.locator(".card-title").inner_text()
        assert title in thing.get_attribute("aria-label")
        assert full.evaluate("document.activeElement.classList.contains('leaflet-popup')")
        full.keyboard.press("Escape")
        expect(popup).to_have_count(0)
        assert thing.evaluate("node => node === document.activeElement")


def test_the_keyboard_leaves_the_map_again(full):
    full.locator(".leaflet-container").focus()
    for _ in range(25):
        full.keyboard.press("Tab")
    assert not full.evaluate("document.activeElement.closest('.leaflet-container')")


def test_the_tables_say_what_the_map_says(full):
    """Every row opens the shape that it is about, with the same figures; every shape has its row."""
    rows = full.locator("tr[data-show]")
    kinds = {row.get_attribute("data-show").split("/")[0] for row in rows.all()}
    assert kinds == {
        "hotspot", "attention", "signals", "outlook", "repeats", "danger", "stretches", "wijk",
    }  # fmt: skip
    popup = full.locator(".leaflet-popup")
    for row in rows.all():
        kind, theme, _ = row.get_attribute("data-show").split("/")
        if kind == "wijk":
            chosen = row.locator("xpath=ancestor::div[@data-for-theme]").get_attribute("data-for-theme")
            full.locator(f"#kaart [data-choose-theme={chosen}]").click()
        row.locator("button").first.evaluate("button => button.click()")
        text = popup.inner_text()
        assert row.locator("button").first.inner_text() in text
        for cell in row.locator("td.num:not(.rank)").all():
            figure = cell.evaluate("node => node.textContent").strip()
            for part in filter(None, re.split(r"(?=verwacht)", figure)):
                assert part in text, (row.get_attribute("data-show"), part, text)
        assert "chosen" in row.get_attribute("class")
        if theme:
            assert full.locator(f"#kaart [data-choose-theme={theme}]").get_attribute("aria-pressed") == "true"
        full.keyboard.press("Escape")


def test_a_wijk_is_found_by_its_name(full):
    field, said = full.locator("#zoek"), full.locator(".find-said")
    field.fill("odulf")
    field.press("Enter")
    assert full.locator(".leaflet-popup .card-title").inner_text() == "Sint-Odulf"
    assert full.locator("#wijken tr.chosen:visible th").inner_text() == "Sint-Odulf"
    full.keyboard.press("Escape")
    field.fill("nergens")
    full.get_by_role("button", name="Toon", exact=True).click()
    assert said.inner_text() == "Geen wijk met die naam."
    field.fill("o")
    field.press("Enter")
    assert "typ verder" in said.inner_text()
    field.fill("Lindelo")
    field.press("Enter")
    full.wait_for_url("**/stadsdeel-zuiderpoort.html#wijk=lindelo")
    full.wait_for_selector("html.ready")
    assert full.locator(".leaflet-popup .card-title").inner_text() == "Lindelo"


def test_the_theme_goes_along_to_another_week(full):
    full.locator("#kaart [data-choose-theme=burglary]").click()
    assert full.locator("a[rel=prev]").get_attribute("href").endswith("#thema=burglary")
    full.goto(full.url.split("#")[0] + "#thema=traffic")
    pressed = full.locator("#kaart [aria-pressed=true]")
    expect(pressed).to_have_attribute("data-choose-theme", "traffic")


def test_an_analist_sees_incidents_and_the_public_no_places(visit, full_published):
    page = visit(full_published / "analist" / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    page.locator("#points").check()
    assert page.locator("path.point").count() == 5
    assert page.get_by_text("alleen voor analisten").is_visible()
    public = visit(full_published / "publiek" / "stadsdeel-noorderveld.html")
    public.wait_for_selector("html.ready")
    assert public.locator(".leaflet-container path.wijk").count() == 3
    for gone in ("path.area", "#hotspots", "#signalen", "#volgende-week", ".layers", "input[value=density]"):
        assert public.locator(gone).count() == 0, gone
    assert "hotspot" not in public.locator("main").inner_text().lower()


def test_hostile_names_in_every_layer_are_shown_as_text(visit, full_result, tmp_path):
    attack = "</script><script>window.hacked=1</script>{{ 7*7 }}<img src=x onerror=window.hacked=1>"
    theme = full_result.themes[0]
    signals = theme.signals.assign(place=[(attack,)] * len(theme.signals))
    overlay = full_result.overlays[0]
    own = replace(overlay, label=attack[:50], features=overlay.features.assign(name=attack))
    themes = (replace(theme, signals=signals), *full_result.themes[1:])
    publish(checked_release(replace(full_result, themes=themes, overlays=(own,))), tmp_path)
    page = visit(tmp_path / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    page.locator("#overlay-cameras").check()
    for sign in (".leaflet-marker-icon.overlay", ".leaflet-container .mark-signals"):
        page.locator(sign).first.focus()
        page.keyboard.press("Enter")
        assert attack in page.locator(".leaflet-popup").inner_text()
    assert page.evaluate("window.hacked") is None


def test_paper_is_one_sheet_with_map_tables_and_wijken(full):
    """A4 landscape less its margins is 1047 x 718 px."""
    full.set_viewport_size({"width": 1047, "height": 718})
    full.emulate_media(media="print")
    full.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for selector in (".folium-map", "table.hotspots", "table.summary", ".demo", "footer"):
        box = full.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 718, selector
        assert box["x"] + box["width"] <= 1048, selector
    outside = full.evaluate(
        """() => {
            const frame = document.querySelector('.folium-map').getBoundingClientRect();
            return [...document.querySelectorAll('.leaflet-marker-pane .number')]
                .map(node => node.getBoundingClientRect())
                .filter(box => box.left < frame.left || box.right > frame.right
                    || box.top < frame.top || box.bottom > frame.bottom).length;
        }"""
    )
    assert outside == 0
    full.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert full.locator("#papier").get_attribute("media") == "print"


def test_dangerous_points_belong_to_the_traffic_theme(full):
    for key in ("danger", "stretches"):
        full.locator(f"#{key}").check()
    shapes = full.locator(".leaflet-container path.danger, .leaflet-container path.stretch")
    marks = full.locator(".leaflet-container .mark-danger, .leaflet-container .mark-stretches")
    assert (shapes.count(), marks.count()) == (0, 0)
    full.locator("#kaart [data-choose-theme=traffic]").click()
    assert (shapes.count(), marks.count()) == (4, 4)
    assert sorted(marks.all_inner_texts()) == ["D1", "G1", "G2", "G3"]
    table = full.locator("#verkeer tr[data-show] .mark-key")
    assert table.all_text_contents() == ["G1", "G2", "G3", "D1"]
    full.locator("#kaart [data-choose-theme=nuisance]").click()
    assert (shapes.count(), marks.count()) == (0, 0)


def test_listed_and_watched_points_differ_without_colour(full):
    full.locator("#kaart [data-choose-theme=traffic]").click()
    full.locator("#danger").check()

    def dashes(selector):
        return full.locator(selector).first.evaluate("node => getComputedStyle(node).strokeDasharray")

    assert dashes(".leaflet-container .danger-listed") == dashes(".legend .danger-listed") == "none"
    assert dashes(".leaflet-container .danger-watch") == dashes(".legend .danger-watch") != "none"
    legend = full.locator("[data-keys=danger]").all_inner_texts()
    assert [text.strip() for text in legend] == [
        "gevaarlijk punt, G-nummer in de tabel", "net onder de lijst, G-nummer",
    ]  # fmt: skip


def test_a_dangerous_point_opens_by_keyboard_and_leads_on(full):
    full.locator("#kaart [data-choose-theme=traffic]").click()
    for key in ("danger", "stretches"):
        full.locator(f"#{key}").check()
    popup = full.locator(".leaflet-popup")
    for mark, title in (("G3", "Net onder de lijst, nummer 3"), ("D1", "Gevaarlijk straatdeel 1: Ringlaan")):
        node = full.locator(".leaflet-container .mark", has_text=mark)
        node.focus()
        full.keyboard.press("Enter")
        assert title in popup.locator(".card-title").inner_text()
        assert popup.locator("a[href='verkeer.html']").count() == 1
        assert full.locator("#verkeer tr.chosen .mark-key").inner_text() == mark
        full.keyboard.press("Escape")
        expect(popup).to_have_count(0)
        assert node.evaluate("node => node === document.activeElement")


def test_a_dangerous_point_is_drawn_where_and_as_wide_as_it_is(visit, full_published, full):
    """A dot of `.point` and a dangerous point of the traffic page have nothing to do with one another."""
    full.locator("#kaart [data-choose-theme=traffic]").click()
    full.locator("#danger").check()
    circles = full.locator(".leaflet-container .danger").all()
    wide = [circle.evaluate("node => node.getBBox().width") for circle in circles]
    assert max(wide) - min(wide) <= 1  # Leaflet draws on whole pixels
    assert full.locator(".leaflet-container .point").count() == 0
    analist = visit(full_published / "analist" / "stadsdeel-noorderveld.html")
    analist.wait_for_selector("html.ready")
    analist.locator("#points").check()
    dot = analist.locator(".leaflet-container path.point").first
    assert dot.evaluate("node => getComputedStyle(node).strokeDasharray") == "none"


def test_readers_of_wijken_see_no_dangerous_point(visit, full_published):
    page = visit(full_published / "publiek" / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    assert page.locator("#verkeer, #danger, #stretches").count() == 0


def test_the_traffic_map_opens_from_its_tables_and_fits_its_paper(visit, full_published):
    page = visit(full_published / "nl" / "verkeer.html")
    page.wait_for_selector("[data-ready]")
    # the fourth place of the list has fewer than five accidents: it is for analysts
    assert page.locator(".leaflet-container path.danger").count() == 3
    for button in page.locator("button[data-thing]").all():
        button.click()
        assert button.inner_text() in page.locator(".leaflet-popup").inner_text()
    page.locator(".leaflet-container .traffic-mark").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup")).to_have_count(1)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    spill = page.evaluate(
        """() => {
            const frame = document.querySelector(".leaflet-container").getBoundingClientRect();
            return [...document.querySelectorAll(".leaflet-container path.wijk-outline")].filter(path => {
                const box = path.getBoundingClientRect();
                return box.left < frame.left || box.right > frame.right || box.top < frame.top
                    || box.bottom > frame.bottom;
            }).length;
        }"""
    )
    assert spill == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")

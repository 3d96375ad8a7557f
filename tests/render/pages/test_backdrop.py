"""What lies under the maps, in a browser without a network: streets, names, and no request before a click."""

from __future__ import annotations

import re

import pytest

from genk_geo.config import ReleaseSettings
from genk_geo.release import checked_release
from genk_geo.render import publish
from tests.fixtures.browser import unfold
from tests.fixtures.streets import backdrop_of

pytestmark = pytest.mark.browser

#: Share of the pixels of a canvas that are not empty.
INKED = """pane => {
    const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let inked = 0;
    for (let at = 3; at < pixels.length; at += 4) { inked += pixels[at] > 0; }
    return inked / (pixels.length / 4);
}"""
NAMES = "document.querySelector('.folium-map').dataset.names.split('|').filter(Boolean)"


@pytest.fixture(scope="module")
def mapped(full_result, tmp_path_factory):
    """Pages with streets as lines, and with names at points, for a wijkmanager."""
    top = tmp_path_factory.mktemp("ondergrond")
    for name, lines in (("lines", True), ("names", False)):
        publish(
            checked_release(full_result, reader=ReleaseSettings(profile="wijkmanager")), top / name,
            tiles="grb", backdrop=backdrop_of(full_result.wijken, lines=lines),
        )  # fmt: skip
    return top


def zoomed(page):
    """Names on the map, zoomed on each hotspot in turn."""
    for row in page.locator("tr[data-show^=hotspot] button").all():
        row.click()
        page.wait_for_timeout(300)  # a popup may move the map a little
        yield page.evaluate(NAMES)


@pytest.mark.parametrize("kind", ["lines", "names"])
def test_a_map_zoomed_on_a_hotspot_names_streets(visit, mapped, kind):
    page = visit(mapped / kind / "stadsdeel-noorderveld.html", width=390, height=844, tiles=())
    page.wait_for_selector("html.ready")
    far = set(page.evaluate(NAMES))
    seen = [set(names) for names in zoomed(page)]
    assert len(seen) >= 3
    assert all(len([name for name in names if "straat" in name]) >= 2 for names in seen)
    assert set().union(*seen) - far  # more on zooming in
    assert page.evaluate(INKED, "backdrop-names") > 0
    assert (page.evaluate(INKED, "backdrop") > 0.02) is (kind == "lines")


def test_names_keep_clear_of_what_was_found_and_of_each_other(visit, mapped):
    """Where a name, number or mark of the page stands, the canvas of street names is empty."""
    page = visit(mapped / "lines" / "stadsdeel-noorderveld.html", tiles=())
    page.wait_for_selector("html.ready")
    assert len(page.evaluate(NAMES)) >= 5
    covered = page.evaluate(
        """() => {
            const canvas = document.querySelector('.leaflet-backdrop-names-pane canvas');
            const frame = canvas.getBoundingClientRect();
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const signs = '.number > span, .mark > span, .name span:not([hidden])';
            return [...document.querySelector('.folium-map').querySelectorAll(signs)].map(sign => {
                const box = sign.getBoundingClientRect();
                let inked = 0;
                for (let y = Math.round(box.top - frame.top); y < box.bottom - frame.top; y += 1) {
                    for (let x = Math.round(box.left - frame.left); x < box.right - frame.left; x += 1) {
                        inked += pixels[4 * (y * canvas.width + x) + 3] > 0;
                    }
                }
                return inked;
            });
        }"""
    )
    assert len(covered) >= 5
    assert set(covered) == {0}


def test_the_backdrop_is_the_same_whoever_reads_and_whatever_happened(
    mapped, full_result, calm_result, tmp_path
):
    backdrop = backdrop_of(full_result.wijken)
    for name, result, profile in (("calm", calm_result, "wijkmanager"), ("public", full_result, "publiek")):
        publish(
            checked_release(result, reader=ReleaseSettings(profile=profile)),
            tmp_path / name,
            backdrop=backdrop,
        )
    carried = [
        re.findall(
            r"backdrop: (\{.*\}),\n", (folder / "stadsdeel-noorderveld.html").read_text(encoding="utf-8")
        )
        for folder in (mapped / "lines", tmp_path / "calm", tmp_path / "public")
    ]
    assert len(carried[0]) == 1
    assert carried[0] == carried[1] == carried[2]


def test_by_keyboard_the_map_goes_as_the_tables_do(visit, full_published):
    page = visit(full_published / "nl" / "stadsdeel-noorderveld.html")
    page.wait_for_selector("html.ready")
    unfold(page)
    for box in page.locator(".layers input").all():
        box.check()
    seen = 0
    for theme in page.locator("#kaart [data-choose-theme]").all():
        theme.click()
        signs, rows = page.evaluate(
            """() => {
                const said = node => node.innerText.trim();
                const theme = document.querySelector('[aria-pressed=true]').dataset.chooseTheme;
                const open = row => row.dataset.show.split('/')[1] === theme;
                const signs = [...document.querySelectorAll('.leaflet-marker-pane :is(.number, .mark)')];
                const rows = [...document.querySelectorAll('tr[data-show] .rank')].filter(
                    cell => open(cell.closest('tr')) && said(cell));
                const shown = new Set(signs.map(said));
                return [signs.map(said), rows.map(said).filter(sign => shown.has(sign))];
            }"""
        )
        assert signs == rows
        seen += len(signs)
    assert seen >= 8
    path = page.locator(".leaflet-ground-pane path[tabindex='0']").first
    assert path.get_attribute("aria-label")
    order = page.evaluate(
        """() => [...document.querySelectorAll('.leaflet-map-pane [tabindex="0"]')].map(
            node => node.tagName === 'path' ? node.classList.contains('wijk') ? 'wijk' : 'shape' : 'sign')"""
    )
    assert order.index("sign") < order.index("wijk")


def test_shapes_on_the_map_of_traffic_open_and_close_by_keyboard(visit, full_published):
    page = visit(full_published / "nl" / "verkeer.html")
    page.wait_for_selector("[data-ready]")
    shape = page.locator("path.stretch[tabindex='0']").first
    assert ", " in shape.get_attribute("aria-label")
    assert page.locator("path.street[tabindex]").count() == 0
    shape.focus()
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('stretch')")

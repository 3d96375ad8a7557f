"""The page of an evaluation: areas told apart without colour, and the verdict in plain words."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely

from genk_geo import stats
from genk_geo.config import ThemeSettings
from genk_geo.release import release_evaluation
from genk_geo.render.pages.evaluation_page import evaluation_page
from genk_geo.render.words.texts import Texts

BEFORE = {"treated": 1060, "control": 50, "displacement": 20, "displacement_control": 22}
AFTER = {"treated": 920, "control": 52, "displacement": 18, "displacement_control": 20}
EVIL = "{{ 7 * 7 }}</script><b>'\""


def measure(wijken, before, after, *, outside=0, demo=False, attribution="", boundary=""):
    x, y = wijken.union_all().centroid.coords[0]
    boxes = [shapely.box(x + 900 * n - 1500, y, x + 900 * n - 800, y + 700) for n in range(len(before))]
    areas = gpd.GeoDataFrame(
        {"role": list(before), "before": list(before.values()), "after": list(after.values())},
        geometry=boxes,
        crs=wijken.crs,
    )
    areas = areas.assign(area_m2=areas.area, change=areas["after"] - areas["before"])
    city = SimpleNamespace(wijken=wijken, name="Fictiestad", attribution=attribution, boundary_note=boundary)
    return release_evaluation(
        "nuisance",
        areas,
        stats.displacement(before, after),
        before=(dt.date(2025, 3, 3), dt.date(2025, 8, 31)),
        after=(dt.date(2026, 3, 2), dt.date(2026, 8, 30)),
        outside=outside,
        city=city,
        demo=demo,
    )


MUCH = """\
van de aanpak: van 1.060 naar 920; in het vergelijkingsgebied: van 50 naar 52.</li>
naartoe zou kunnen verschuiven: van 20 naar 18.</li>
De gebieden hadden niet ongeveer evenveel incidenten."""
LITTLE = """\
In verhouding tot de vergelijking is dat 3 % meer.
verwachten: 1 overlastmelding meer.
tussen 21 overlastmeldingen minder en 23 overlastmeldingen meer.</li>
Dat verschil kan toeval zijn."""


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        (BEFORE, AFTER, MUCH),
        ({"treated": 30, "control": 30}, {"treated": 31, "control": 30}, LITTLE),
        ({"treated": 3, "control": 3}, {"treated": 3, "control": 3}, "verwachten: 0 overlastmeldingen."),
    ],
)
def test_the_page_says_what_the_counts_say(wijken, before, after, sentences):
    page = evaluation_page(measure(wijken, before, after), texts=Texts("nl"))
    for sentence in sentences.splitlines():
        assert sentence in page
    assert ("aantallen zijn klein" in page) == (min(before.values()) < 5)
    assert "voor analisten" in page
    assert page == evaluation_page(measure(wijken, before, after), texts=Texts("nl"))


def test_what_is_left_out_made_up_or_approximate_is_said(wijken):
    shown = measure(
        wijken, BEFORE, AFTER, outside=1, demo=True, boundary="indicative", attribution="Stad Fictie (vrij)"
    )
    page = evaluation_page(shown, texts=Texts("en"))
    for words in ("1 incident without", "ictitious", "approximat", "Stad Fictie (vrij)", '<html lang="en"'):
        assert words in page
    plain = evaluation_page(measure(wijken, BEFORE, AFTER), texts=Texts("en"))
    assert "without a precise place does not" not in plain
    assert "ictitious" not in plain


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "width"), [("nl", 1280), ("en", 390)])
def test_the_map_opens_and_tells_the_areas_apart_by_pattern(wijken, visit, tmp_path, lang, width):
    hostile = wijken.assign(wijk=[EVIL, *wijken["wijk"][1:]])
    text = evaluation_page(
        measure(hostile, BEFORE, AFTER),
        texts=Texts(lang, {"nuisance": ThemeSettings(label_nl=EVIL, label_en=EVIL)}),
    )
    (tmp_path / "evaluatie.html").write_text(text, encoding="utf-8")
    page = visit(tmp_path / "evaluatie.html", width=width, height=844)
    page.wait_for_selector(".folium-map[data-ready]")
    assert EVIL in page.locator("h1").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    looks = [
        page.locator(f".leaflet-container path.measure-{role}").evaluate(
            "node => { const s = getComputedStyle(node); return s.fill + s.strokeDasharray; }"
        )
        for role in stats.ROLES
    ]
    assert len(set(looks)) == 4
    assert sum("url(" in look for look in looks) == 3
    legend = [key.inner_text() for key in page.locator(".legend .keys li").all()]
    assert len(set(legend)) == 4
    page.locator("button[data-thing=control-1]").click()
    assert "52" in page.locator(".leaflet-popup-content").inner_text()
    page.keyboard.press("Escape")
    page.locator("input[data-layer=treated]").uncheck()
    assert page.locator(".leaflet-container path.measure-treated").count() == 0
    # axe measures shapes as if the frame did not cut them off: with the map moved they would lie beside it
    page.locator("#traffic-home").click()
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run({exclude: ['.leaflet-popup']}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']})"
    )
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []

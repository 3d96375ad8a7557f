"""The sheet of a zone: filled in a real browser, saved, read back; hostile text stays text."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from playwright.sync_api import sync_playwright

from genk_geo.cpted import checklist, quality_index, read_forms
from genk_geo.errors import ConfigError
from genk_geo.release.values.environment import ReleasedDriver, ReleasedZone
from genk_geo.render.files.zone_files import write_sheets
from genk_geo.render.pages.zone_sheet import zone_sheet
from genk_geo.render.words.texts import Texts
from genk_geo.render.words.zones import driver_text

HOSTILE = '"><img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script>\''


def zone(**changes):
    driver = ReleasedDriver(
        "bus_stop", "bushaltes", "proximity", "within", 100.0, 2.34, absent=False, quality="zichtbaarheid"
    )
    values = {
        "zone_id": "burglary-01", "number": 1, "theme": "burglary", "streets": ("Kerkstraat", "Dorpsstraat"),
        "wijk": "Noord", "stadsdeel": "Genk-Noord", "score": 9.0, "area_m2": 30_000.0, "drivers": (driver,),
        "advice": ("Zet de halte in het zicht.",), "measures": (("preventie", ("Snoei rond de halte",)),),
        "hotspots": ("I3",), "geometry": shapely.box(0, 0, 100, 300),
    }  # fmt: skip
    return ReleasedZone(**(values | changes))


def hostile():
    driver = ReleasedDriver(
        HOSTILE, HOSTILE, "proximity", "within", 100.0, 2.0, absent=False, quality="zichtbaarheid"
    )
    return zone(
        zone_id=HOSTILE, streets=(HOSTILE,), wijk=HOSTILE, stadsdeel=HOSTILE, drivers=(driver,),
        advice=(HOSTILE,), measures=(("nazorg", (HOSTILE,)),), hotspots=(HOSTILE,),
    )  # fmt: skip


def test_a_driver_reads_as_a_person_would_say_it():
    t, (driver,) = Texts("nl"), zone().drivers
    assert driver_text(driver, t) == "binnen 100 m van bushaltes; RRV 2,3"
    lamp = ReleasedDriver("lamp", "lampen", "density", "above_2sd", 200.0, 1.5, absent=True, quality="")
    assert driver_text(lamp, t) == "weinig lampen binnen 200 m; RRV 1,5"
    light = ReleasedDriver("light", "licht", "value", "bottom_quarter", np.nan, 1.5, absent=False, quality="")
    assert driver_text(light, t) == "lage waarde: licht; RRV 1,5"
    for lang in ("nl", "en"):
        for rule in ("above_2sd", "top_quarter", "bottom_quarter"):
            for absent in (False, True):
                one = ReleasedDriver("x", "x", "value", rule, np.nan, 2.0, absent=absent, quality="")
                assert "RRV 2" in driver_text(one, Texts(lang))


def test_a_sheet_asks_nothing_of_any_host_and_names_all_items():
    page = zone_sheet(zone(), Texts("nl"), city="Genk", demo=True)
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    for question in checklist()["question"]:
        assert question in page
    assert "Fictieve demogegevens" in page
    assert "connect-src" not in page  # default-src 'none' holds for it


def test_two_zones_never_share_a_file(tmp_path):
    with pytest.raises(ConfigError, match="same name"):
        write_sheets([zone(), zone()], tmp_path, city="Genk")


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    complaints, contexts = [], []

    def open_page(path, **options):
        context = browser.new_context(accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: m.type in {"error", "warning"} and complaints.append(m.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or complaints.append(r.url)
        )
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["json", "csv"])
@pytest.mark.parametrize("made", [zone, hostile])
def test_a_form_is_filled_saved_and_read_back(kind, made, visit, tmp_path):
    one = made()
    (path,) = write_sheets([one], tmp_path, city="Genk")
    page = visit(path, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Bewaar als bestand").click()
    assert page.locator("#melding").inner_text() == ""  # the name and day are still to be given
    remark = '=2+2; "kapot" <b>licht</b> \'s avonds' + HOSTILE
    page.fill("input[name=observer]", "An <i>Peeters</i>")
    page.fill("input[name=date]", "2026-11-10")
    for item, score in (("verlichting", 2), ("overzicht", 4), ("aanwezigheid", 3)):
        page.check(f'input[name="{item}"][value="{score}"]')
    page.fill('input[name="verlichting-remark"]', remark)
    with page.expect_download() as waiting:
        page.click(f"#bewaar-{kind}")
    saved = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    assert f"(3 van {len(checklist())} punten beoordeeld)" in page.locator("#melding").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    forms = read_forms([saved])
    assert forms["zone_id"].unique().tolist() == [one.zone_id]
    assert forms["observer"].unique().tolist() == ["An <i>Peeters</i>"]
    answers = forms.set_index("item")
    assert answers.loc["verlichting", ["score", "remark"]].tolist() == [2.0, remark]
    table = quality_index(forms).set_index("quality")
    assert table.loc["zichtbaarheid", "index"] == 50
    assert table.loc["eenduidigheid", "answered"] == 0


@pytest.mark.browser
def test_a_hostile_zone_gives_a_safe_file_name(visit, tmp_path):
    (path,) = write_sheets([hostile()], tmp_path, city=HOSTILE)
    page = visit(path)
    page.fill("input[name=observer]", "../../etc")
    page.fill("input[name=date]", "2026-11-10")
    with page.expect_download() as waiting:
        page.click("#bewaar-json")
    assert set(waiting.value.suggested_filename) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    waiting.value.save_as(tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["zone_id"] == HOSTILE

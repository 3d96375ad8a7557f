"""Names and words from outside are shown as text, whatever they hold; nothing of them runs."""

import csv
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from genk_geo.config import THEMES, ReleaseSettings, ThemeSettings
from genk_geo.jobs.desk.geocode_file import geocode_file
from genk_geo.release import checked_release
from genk_geo.render import publish
from genk_geo.render.pages.self_contained import static
from genk_geo.render.words.texts import Texts
from genk_geo.show.leaflet import leaflet_js
from genk_geo.spreadsheet import visible_page
from tests.fixtures.browser import READY

RUN = "window.hacked=1"
ATTACKS = {
    "Kastanjehof": f"</script><script>{RUN}</script>",
    "Molenakker": f"`${{{RUN}}}` <!-- <script>",
    "Sint-Odulf": f"\"' onload='{RUN}' <img src=x onerror={RUN}>",
    "Bruggeneinde": f"javascript:{RUN}//\u2028\u2029{{{{7*7}}}}{{% raw %}}",
    "Lindelo": "a\u202eb\u2066c\x00d\u200fe",
    "'t Vossenhol & Co": "x" * 100_000,
}
#: What is left of the name of Lindelo without the signs that turn a text.
CLEAN = "abcde"
LABEL = f"<b>{RUN}</b>`${{{RUN}}}`"
PARTS = {"Noorderveld": f"<svg onload={RUN}>", "Zuiderpoort": "y" * 100_000}
PROFILES = ("analist", "wijkmanager", "publiek")
#: Names to be read on a page, beside those that stand on all of them.
WRITTEN = {
    "handleiding": (),
    "index": (LABEL, PARTS["Noorderveld"], "yyyy"),
    "noord": (LABEL, PARTS["Noorderveld"]),
    "zuid": (LABEL, ATTACKS["Bruggeneinde"], CLEAN, "yyyy", "xxxx"),
    "verkeer": (ATTACKS["Bruggeneinde"], CLEAN, "xxxx"),
}
FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\x00=1", "\u202e=1")


@pytest.fixture(scope="module")
def attacked(full_result, tmp_path_factory):
    """Every name and word that comes from outside is hostile."""
    week_result = replace(full_result, environments=(), overlays=())
    folder = tmp_path_factory.mktemp("attack")

    def renamed(theme):
        place = [list(ATTACKS.values())[at % 5] for at in range(len(theme.areas))]
        return replace(
            theme,
            areas=theme.areas.assign(
                place=place,
                wijk=theme.areas["wijk"].map(ATTACKS),
                stadsdeel=theme.areas["stadsdeel"].map(PARTS),
            ),
            wijken=theme.wijken.rename(index=ATTACKS).assign(
                stadsdeel=theme.wijken["stadsdeel"].map(PARTS).to_numpy()
            ),
            stadsdelen=theme.stadsdelen.rename(index=PARTS),
        )

    def hostile(table, **columns):
        names = [list(ATTACKS.values())[at % 6] for at in range(len(table))]
        told = {"wijk": table["wijk"].map(ATTACKS), "stadsdeel": table["stadsdeel"].map(PARTS)}
        return table.assign(**told, **{name: make(names) for name, make in columns.items()})

    def one_street(names):
        return [(name,) for name in names]

    found = week_result.traffic
    traffic = replace(
        found,
        network=ATTACKS["Sint-Odulf"],
        attribution=ATTACKS["Molenakker"],
        points=hostile(found.points, place=one_street),
        stretches=hostile(found.stretches, place=one_street),
        segments=hostile(found.segments, name=list),
        schools=hostile(found.schools, name=list),
        ways=found.ways.rename(index=ATTACKS).assign(school=ATTACKS["Bruggeneinde"]),
        wijken=found.wijken.rename(index=ATTACKS).assign(
            stadsdeel=found.wijken["stadsdeel"].map(PARTS).to_numpy()
        ),
        by_year=tuple(
            replace(year, wijken=year.wijken.rename(index=ATTACKS), conditions=()) for year in found.by_year
        ),
        conditions=(
            (
                f"kept_circumstance_{ATTACKS['Kastanjehof']}",
                found.conditions[0][1].rename(index={"dag": RUN}),
            ),
        ),
    )
    result = replace(
        week_result,
        traffic=traffic,
        city_name=ATTACKS["Kastanjehof"],
        attribution=ATTACKS["Sint-Odulf"],
        wijken=week_result.wijken.replace({"wijk": ATTACKS, "stadsdeel": PARTS}),
        stadsdelen=week_result.stadsdelen.replace({"stadsdeel": PARTS}),
        themes=tuple(renamed(theme) for theme in week_result.themes),
    )
    for profile in PROFILES:
        publish(
            checked_release(result, reader=ReleaseSettings(profile=profile)),
            folder / profile,
            texts=Texts("nl", dict.fromkeys(THEMES, ThemeSettings(label_nl=LABEL))),
            contact=ATTACKS["Molenakker"],
            tiles="none",
        )
    return folder


def kind_of(path):
    """The page without its release; of a stadsdeel, which of the two."""
    if path.stem.startswith("stadsdeel"):
        return "zuid" if "yyy" in path.stem else "noord"
    return path.stem


@pytest.mark.browser
@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_runs_in_any_page_and_every_name_is_read(attacked, visit, profile):
    """City, contact and source stand on every page; a wijk on that of its stadsdeel and of the streets."""
    paths = sorted((attacked / profile).glob("*.html"))
    assert sorted(kind_of(path) for path in paths) == sorted(WRITTEN)
    page = None
    for path in paths:
        page = visit(path, tiles=(), into=page)
        page.locator(READY).first.wait_for(state="attached")
        for button in page.locator("tr[data-show^=danger] button, button[data-thing]").all():
            button.evaluate("node => node.click()")  # names as long as a book are hard to hit
            assert page.locator(".leaflet-popup .card-title").count() == 1
        assert page.evaluate("window.hacked") is None, path
        assert page.locator("img[src=x], svg[onload]").count() == 0
        seen = page.locator("body").inner_text()
        assert "49" not in seen.split()
        names = [ATTACKS[name] for name in ("Kastanjehof", "Molenakker", "Sint-Odulf")]
        assert [name for name in (*names, *WRITTEN[kind_of(path)]) if name not in seen] == [], path.name


def test_signs_that_turn_a_text_are_in_no_page(attacked):
    pages = {path: path.read_text(encoding="utf-8") for path in attacked.glob("*/*.html")}
    for page in pages.values():
        assert not set(page) & set("\u202e\u2066\u200f\x00")
        assert not any(mark in page for mark in ("\\u202e", "\\u2066", "\\u200f", "\\u0000"))
    without = {kind_of(path) for path, page in pages.items() if CLEAN not in page}
    assert without == {"handleiding"}


def test_cleaning_a_page_leaves_its_scripts_alone():
    for script in (leaflet_js(), static("page.js"), static("schouw.js")):
        assert visible_page(script) == script
    assert visible_page(r'"\u202e\\u202e\\\u202eb\u00e9"') == r'"\\u202e\\b\u00e9"'


def test_a_page_of_long_names_has_a_short_file_name(attacked):
    assert all(len(path.name) < 100 for path in attacked.glob("*/*"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_spreadsheet_computes_a_place(week_result, tmp_path, formula):
    nuisance = week_result.themes[0]
    areas = nuisance.areas.assign(place=formula, wijk=formula)
    publish(
        checked_release(replace(week_result, themes=(replace(nuisance, areas=areas),))),
        tmp_path,
        tiles="none",
    )
    with (tmp_path / "hotspots.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert any(cell.startswith("'") for cell in cells)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_located_files_and_reviews_compute_nothing(city, tmp_path, suffix):
    table = pd.DataFrame({"=kop": ["a"] * 8, "adres": FORMULAS})
    table.to_parquet(tmp_path / "in.parquet")
    out, review = tmp_path / f"uit{suffix}", tmp_path / f"nazicht{suffix}"
    geocode_file(tmp_path / "in.parquet", out, city, review=review)
    for path in (out, review):
        if suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                cells = [cell for row in csv.reader(file) for cell in row]
        else:
            sheet = openpyxl.load_workbook(path).active
            cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert "'=1+1" in cells
        bad = [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r")) or cell == "-1+1"]
        assert bad == []

"""Whole runs: a hotspot that lasts is a dossier on the pages and in the register, and stays one."""

from __future__ import annotations

import datetime as dt
import os
import re
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from genk_geo.config import Settings
from genk_geo.jobs.dossiers.register.read import read_register
from genk_geo.jobs.monday.run import monday
from genk_geo.render import told_in
from genk_geo.store.keeping.integrity import check_history
from tests.jobs.week.test_leaks import WEEK, plant

pytestmark = pytest.mark.skipif(
    "GENK_GEO_DOSSIER_WEEKS" not in os.environ, reason="whole runs with dossiers are made by hand"
)


def run(settings, week):
    now = dt.datetime.combine(week.shift(1).monday, dt.time(6), ZoneInfo("Europe/Brussels"))
    return monday(settings, week=str(week), now=now)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Two weeks; between them partners write in the register."""
    folder = tmp_path_factory.mktemp("dossiers")
    planted = plant(folder, seed=11, weeks=40)
    releases = [{"profile": "analist"}, {"profile": "wijkmanager"}, {"profile": "publiek"}]
    path = folder / "acties.xlsx"
    settings = Settings.load(
        planted.config, releases=releases, tiles="none", dossiers={"path": str(path), "weeks": 1}
    ).model_copy(update={"out": folder / "maps", "store": folder / "h.duckdb"})
    first = run(settings, WEEK.shift(-1))
    book = openpyxl.load_workbook(path)
    sheet = book["acties"]
    sheet["B2"], sheet["C2"], sheet["F2"] = "Politie", "camera", dt.date(2020, 1, 1)
    sheet["I2"] = "achter nummer 7"
    number = sheet["A2"].value
    sheet.append([number, "Jan Peeters", "Tante Mia belt", None, None, None, None, None, "Kasteelweg 13"])
    book.save(path)
    second = run(settings, WEEK)
    return settings, path, number, first, second


def pages(settings, profile, week):
    folder = settings.out / profile / str(week)
    return {one.name: one.read_text(encoding="utf-8") for one in sorted(folder.glob("*.html"))}


def test_a_hotspot_that_lasts_becomes_a_dossier_and_a_row(desk):
    settings, path, number, first, second = desk
    assert first.trouble == second.trouble == ()
    assert number in first.proposed
    assert re.fullmatch(r"\d{4}-\d{3}", number)
    book = second.publications[0].result.dossiers
    one = next(one for one in book.dossiers if one.number == number)
    assert one.state == "in_hand"
    assert one.listed
    assert {note.kind for note in book.notes} >= {"person", "unknown_measure"}
    assert read_register(path).numbers >= {one.number for one in book.dossiers} - {""}
    assert check_history(settings.store) > 0


def test_pages_say_what_was_agreed_and_free_words_stay_with_analysts(desk):
    settings, _, number, _, _ = desk
    own, shared = pages(settings, "analist", WEEK), pages(settings, "wijkmanager", WEEK)
    for text in (own["aanpak.html"], own["overleg.html"]):
        assert "Tante Mia belt" in text
        assert "Kasteelweg 13" in text
    for text in shared.values():
        assert not re.search("Tante Mia|Peeters|Kasteelweg 13|achter nummer", text)
    assert "te laat" in shared["aanpak.html"]
    assert "een andere partner" in shared["aanpak.html"]
    assert f'id="d-{number}"' in shared["aanpak.html"]
    hotspots = [text for name, text in shared.items() if name.startswith("stadsdeel-")]
    assert any(f'href="aanpak.html#d-{number}"' in text for text in hotspots)
    assert not any("aanpak" in name for name in pages(settings, "publiek", WEEK.shift(-4)))


def test_a_dossier_that_readers_see_rests_on_what_they_were_shown(desk):
    settings, _, _, _, second = desk
    (record,) = told_in(settings.out / "wijkmanager" / str(WEEK))
    book = second.publications[0].result.dossiers
    assert set(record["dossiers"]) <= {one.number for one in book.dossiers}
    text = pages(settings, "wijkmanager", WEEK)["aanpak.html"]
    assert set(re.findall(r'id="d-([0-9-]+)"', text)) == set(record["dossiers"])


def test_made_again_a_week_has_its_old_bytes_whatever_the_register_says_by_then(desk):
    settings, path, _, _, _ = desk
    before = pages(settings, "analist", WEEK) | pages(settings, "wijkmanager", WEEK)
    openpyxl_before = path.read_bytes()
    path.unlink()
    again = run(settings, WEEK)
    assert again.publications[0].as_it_was
    assert pages(settings, "analist", WEEK) | pages(settings, "wijkmanager", WEEK) == before
    path.write_bytes(openpyxl_before)

"""The place that a proposal puts in the register: what partners leave there must stay the dossier's place."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import openpyxl
import shapely

from genk_geo.config import Settings
from genk_geo.jobs.dossiers.places import named_ground
from genk_geo.jobs.monday.register import propose
from genk_geo.results import Book, Dossier

DAY = dt.date(2026, 11, 16)


def dossier(number, **other):
    known = {"by_hand": False, "state": "proposed", "state_since": DAY, "state_by": "weekly"}
    spot = {"wijk": "Kolderbos", "ground": shapely.box(0, 0, 100, 100)}
    return Dossier(number, "nuisance", "2026-W40", "2026-W46", **known | spot | other)


def test_a_bare_wijk_stands_only_where_the_dossier_is_about_all_of_it(tmp_path, city):
    """Filled in by a partner as it was proposed, a hotspot was judged over its whole wijk."""
    path = tmp_path / "acties.xlsx"
    book = Book("2026-W46", DAY, (dossier("2026-101"), dossier("2026-102", by_hand=True, whole_area=True)))
    added = propose(SimpleNamespace(dossiers=book, releases=()), Settings(dossiers={"path": path}))
    assert added == ("2026-101", "2026-102")
    places = [row[8] for row in openpyxl.load_workbook(path)["acties"].iter_rows(min_row=2, values_only=True)]
    assert places == ["ergens in Kolderbos", "Kolderbos"]
    assert named_ground(places[0], city, {}) is None
    assert named_ground(places[1], city, {}) is not None

"""Dossiers in words: what the brief counts, and what is known of one that somebody opened himself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from genk_geo.calendar import Week
from genk_geo.release import Level, release_effects
from genk_geo.release.values.dossiers import ReleasedDossier, ReleasedPresence
from genk_geo.render.words.measures.dossiers import brief_of, dossier_row, presence_text
from genk_geo.render.words.texts import Texts
from genk_geo.results import MeasuredEffect
from tests.render.words.measures.test_effects import KNOWN, change

NL, EN = Texts("nl"), Texts("en")
WEEK = SimpleNamespace(week=Week(2026, 46))


def effects(*verdicts, **other):
    told = {
        "helped": change(),
        "did_not_help": change(105, 100.0, 0.9, 1.2),
        "cannot_tell": change(88, 100.0),
    }
    found = [
        MeasuredEffect(**KNOWN | told.get(verdict, {}) | {"verdict": verdict} | other) for verdict in verdicts
    ]
    return release_effects(found, Level.POINTS, 5)


def dossier(*, own=(), **other):
    known = {"by_hand": False, "hot": False, "state": "followed_up"}
    return ReleasedDossier(
        number="2025-255", theme="nuisance", state_since=dt.date(2025, 11, 17), since="2025-W47",
        streets=("Dreef",), wijk="Bret", stadsdeel="Oost", hotspots=(), together=(), sources=(), peak_days=(),
        peak_from=None, peak_to=None, owners=("Politie",), alone=False, missing_links=(), agreements=(),
        effects=own, **known | other,
    )  # fmt: skip


def test_the_brief_counts_what_became_of_measures_of_open_dossiers():
    own = effects("helped", "helped", "cannot_tell", "too_early", "did_not_help")
    planned = effects("too_early", measures=())
    closed = dossier(own=effects("helped"), state="closed")
    _, told = brief_of([dossier(own=own), dossier(own=planned), closed], NL)
    assert told == (
        "Van 5 maatregelen: 2 hielpen, 1 hielp niet, van 1 is het nog niet te zeggen en voor 1 is het te "
        "vroeg of gebeurt er te weinig."
    )
    assert "2 helped, 1 did not help" in brief_of([dossier(own=own)], EN)[-1]
    assert brief_of([dossier(own=effects("helped"))], NL)[-1] == "Van 1 maatregel: 1 hielp."
    # Of a place where nothing was done there is nothing to count.
    assert brief_of([dossier(own=planned)], NL) == ["1 dossier loopt."]


def test_of_what_a_reader_is_not_told_the_brief_says_no_more():
    silent = tuple(one.untold() for one in effects("helped", "did_not_help"))
    assert brief_of([dossier(own=silent)], NL)[-1] == "Van 2 maatregelen: van 2 wordt niets gezegd."
    assert [each["tone"] for each in dossier_row(dossier(own=silent), WEEK, NL)["effects"]] == [
        "open",
        "open",
    ]


def test_where_nothing_was_done_there_is_no_effect_but_a_word_beforehand():
    labels = [
        dossier_row(dossier(own=effects("too_early", measures=keys)), WEEK, NL)["effects"][0]["label"]
        for keys in ((), ("light",))
    ]
    assert labels == ["Vooraf", "Effect"]


def test_presence_is_told_beside_when_it_is_wanted():
    assert presence_text(dossier(), NL) == ""
    wanted = ReleasedPresence(4, "night", 0.0, 0.0, None)
    assert presence_text(dossier(presence=wanted), NL) == "het meest gebeurt op vrijdag, 22 tot 6 uur"
    given = replace(wanted, given=12.5, on_time=5.0, since=dt.date(2026, 10, 2))
    told = "; sinds 2 oktober 2026 was er 12,5 uur iemand, waarvan 40 % dan"
    assert presence_text(dossier(presence=given), NL) == presence_text(dossier(presence=wanted), NL) + told


@pytest.mark.parametrize(
    ("by_hand", "hot", "told"),
    [
        (False, False, "geen hotspot meer; die begon in week 47 van 2025"),
        (True, False, "geen hotspot; met de hand geopend in week 47 van 2025"),
        (True, True, "een hotspot; met de hand geopend in week 47 van 2025"),
        (True, None, "deze week niet te zeggen; met de hand geopend in week 47 van 2025"),
    ],
)
def test_a_dossier_that_no_hotspot_asked_for_is_not_said_to_have_been_one(by_hand, hot, told):
    assert dossier_row(dossier(by_hand=by_hand, hot=hot), WEEK, NL)["now"] == told

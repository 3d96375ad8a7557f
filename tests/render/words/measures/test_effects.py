"""Whether a measure helped, in words."""

import datetime as dt

import pytest

from genk_geo.release.level import Level
from genk_geo.release.matters.effect import release_effects
from genk_geo.render.words.measures.effects import effect_sentence
from genk_geo.render.words.texts import Texts
from genk_geo.stats import Change, Effect

NL, EN = Texts("nl"), Texts("en")
KNOWN = {
    "action_id": "A1", "dossier": "D1", "measure": "lamps", "theme": "nuisance", "area": "p0",
    "start": dt.date(2025, 1, 6), "end": None, "p_value": 0.001, "placebo_p": 0.01, "placebos": 99,
    "per_week": 2.0, "weeks_needed": 96, "judged_after": 52, "weeks_seen": 60, "visible": 0.65, "before": 120,
    "compared": "synthetic", "donors": (), "ring": None, "displacement": "unknown", "after_end": None,
    "relapse": "unknown",
}  # fmt: skip


def sentence(level=Level.POINTS, texts=NL, **other):
    (one,) = release_effects([Effect(**KNOWN | {"verdict": "too_early", "change": None} | other)], level)
    return effect_sentence(one, texts)


def change(observed=63, expected=101.0, low=0.48, high=0.79):
    return Change(observed, expected, observed / expected, low, high, 0.95, 52)


def test_it_helped():
    told = sentence(verdict="helped", change=change(), displacement="moved", relapse="came_back")
    assert told == (
        "Overlast: het hielp. 38 % minder dan zonder de maatregel te verwachten was (52 % minder tot 21 % "
        "minder, over 52 weken). In de rand eromheen kwam er meer: een deel kan verschoven zijn. Na het "
        "einde kwam het terug."
    )
    assert "38 % less than was to be expected" in sentence(texts=EN, verdict="helped", change=change())


def test_it_cannot_be_told_or_did_not_help():
    assert "kan toeval zijn (30 % minder tot 8 % meer" in sentence(
        verdict="cannot_tell", change=change(88, 100.0, 0.7, 1.08)
    )
    endless = sentence(verdict="cannot_tell", change=change(1, 1.0, 0.1, float("inf")))
    assert "Evenveel als te verwachten was" in endless
    assert "elk veelvoud" in endless
    assert "het hielp niet. 5 % meer dan" in sentence(
        verdict="did_not_help", change=change(105, 100.0, 0.9, 1.2)
    )


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"weeks_needed": 38, "judged_after": 38}, "pas na 38 weken te zien (nu 60)"),
        ({}, "pas na 96 weken te zien; na 52 weken volgt een eerste oordeel, dat een daling van 35 %"),
        ({"weeks_needed": None}, "in vijf jaar niet te zien; na 52 weken"),
        ({"visible": float("nan")}, "een daling van 50 %"),
        ({"judged_after": None, "verdict": "cannot_tell"}, "Hier gebeurt te weinig"),
        ({"per_week": float("nan"), "verdict": "cannot_tell"}, "te weinig weken van voor de start"),
    ],
)
def test_why_there_is_no_verdict(known, told):
    assert told in sentence(**known)


def test_wijkmanagers_see_rounded_shares_of_many_and_no_share_of_few():
    assert "40 % minder dan" in sentence(Level.AREAS, verdict="helped", change=change())
    few = sentence(Level.AREAS, verdict="helped", change=change(4, 15.0, 0.1, 0.8))
    assert (
        few == "Overlast: het hielp. Er kwam minder dan zonder de maatregel te verwachten was, over 52 weken."
    )


def test_the_public_sees_no_action():
    assert release_effects([Effect(**KNOWN | {"verdict": "too_early", "change": None})], Level.WIJKEN) == ()

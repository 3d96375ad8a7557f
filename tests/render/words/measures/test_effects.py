"""Whether a measure helped, in words."""

import datetime as dt

import pytest
import shapely

from genk_geo.release.level import Level
from genk_geo.release.matters.effect import release_effects
from genk_geo.render.words.measures.effects import effect_sentence, effect_text
from genk_geo.render.words.texts import Texts
from genk_geo.results import MeasuredEffect

NL, EN = Texts("nl"), Texts("en")
NOTHING = float("nan")
KNOWN = {
    "dossier": "2026-001", "theme": "nuisance", "measures": ("light",), "start": dt.date(2025, 1, 6),
    "end": None, "ground": shapely.box(0, 0, 1, 1), "wijken": (), "verdict": "too_early", "observed": 0,
    "expected": 0.0, "ratio": NOTHING, "low": NOTHING, "high": NOTHING, "weeks": 0, "weeks_seen": 60,
    "per_week": 2.0, "weeks_needed": 96, "judged_after": 52, "visible": 0.65, "displacement": "unknown",
    "relapse": "unknown", "plain_ratio": NOTHING,
}  # fmt: skip


def released(level=Level.POINTS, change=None, **other):
    (one,) = release_effects([MeasuredEffect(**KNOWN | (change or {}) | other)], level, 5)
    return one


def sentence(level=Level.POINTS, texts=NL, **other):
    return effect_sentence(released(level, **other), texts)


def change(observed=63, expected=101.0, low=0.48, high=0.79):
    return {
        "observed": observed, "expected": expected, "ratio": observed / expected, "low": low, "high": high,
        "weeks": 52,
    }  # fmt: skip


def test_it_helped():
    told = sentence(verdict="helped", change=change(), displacement="moved", relapse="came_back")
    assert told == (
        "Overlast: het hielp. 38 % minder dan zonder de maatregel te verwachten was (52 % minder tot 21 % "
        "minder, over 52 weken). In de rand eromheen kwam er meer: een deel kan verschoven zijn. Na het "
        "einde kwam het terug."
    )
    assert "38 % less than was to be expected" in sentence(texts=EN, verdict="helped", change=change())


def test_of_two_rounds_the_first_shares_what_came_since_the_second():
    began = {"start": dt.date(2024, 1, 1), "verdict": "helped", "change": change()}
    second = dt.date(2024, 12, 23)  # a week before the end of the verdict's 52
    told = sentence(**began, followed_by=second)
    assert told.endswith(
        "Sinds 23 december 2024 loopt hier een volgende ronde: wat daarna kwam, telt voor beide."
    )
    assert "volgende ronde" not in sentence(**began, followed_by=dt.date(2024, 12, 30))
    assert "volgende ronde" not in sentence(
        Level.AREAS, **began | {"change": change(1, 2.0)}, followed_by=second
    )


def test_it_cannot_be_told_or_did_not_help():
    assert "kan toeval zijn (30 % minder tot 8 % meer" in sentence(
        verdict="cannot_tell", change=change(88, 100.0, 0.7, 1.08)
    )
    # What came is below any chance of the place itself; others fell as far without any measure.
    rank = sentence(verdict="cannot_tell", change=change(66, 100.0, 0.48, 0.91), displacement="moved")
    assert "daalde het op sommige plaatsen even sterk (52 % minder tot 9 % minder" in rank
    assert "verschoven" not in rank
    assert "meer dan te verwachten was." in rank
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
        (
            {
                "judged_after": None,
                "verdict": "cannot_tell",
                "weeks_seen": 6,
                "start": dt.date(2025, 1, 8),
                "end": dt.date(2025, 2, 27),
            },
            "ook later niet. Het duurde 6 weken: te kort",
        ),
        (
            {
                "judged_after": None,
                "verdict": "cannot_tell",
                "weeks_seen": 5,
                "start": dt.date(2025, 1, 8),
                "end": dt.date(2025, 2, 27),
            },
            "Hier gebeurt te weinig",
        ),
        ({"per_week": float("nan"), "verdict": "cannot_tell"}, "te weinig weken van voor de start"),
    ],
)
def test_why_there_is_no_verdict(known, told):
    assert told in sentence(**known)


def test_wijkmanagers_see_rounded_shares_of_many():
    told = released(Level.AREAS, verdict="helped", change=change() | {"weeks": 43}, displacement="moved")
    assert "40 % minder dan" in effect_sentence(told, NL)
    assert "over ongeveer 52 weken" in effect_sentence(told, NL)
    assert (told.displacement, told.least) == ("unknown", 12)
    waiting = released(Level.AREAS, weeks_needed=96, judged_after=41)
    assert (waiting.weeks_needed, waiting.judged_after) == (104, 52)
    much = released(Level.AREAS, verdict="did_not_help", change=change(190, 101.0, 1.5, 2.4))
    assert (much.ratio, much.least) == (None, 5)


@pytest.mark.parametrize(
    "few",
    [
        {"verdict": "helped", "change": change(4, 25.0, 0.1, 0.8)},
        {"verdict": "helped", "change": change(0, 25.0, 0.0, 0.2)},
        {"verdict": "cannot_tell", "change": change(17, 19.0, 0.6, 1.4)},
        {"verdict": "cannot_tell", "judged_after": None},
        {"per_week": 0.3},
        {"per_week": NOTHING},
    ],
)
def test_of_few_wijkmanagers_are_told_one_and_the_same_thing(few):
    assert sentence(Level.AREAS, **few) == (
        "Overlast: hierover wordt niets gezegd. Daarvoor gebeurt er te weinig, of zou het te veel zeggen."
    )
    assert released(Level.AREAS, **few) == released(Level.AREAS, per_week=NOTHING)


def test_the_public_sees_no_action():
    assert release_effects([MeasuredEffect(**KNOWN)], Level.WIJKEN, 5) == ()


def test_what_was_done_stands_before_it_and_what_was_not_is_a_plan():
    told = effect_text(released(measures=("camera", ""), end=dt.date(2025, 12, 31)), NL)
    assert told.startswith("Camera en een andere maatregel, van 6 januari 2025 tot 31 december 2025. Overl")
    assert effect_text(released(), NL).startswith("Verlichting, sinds 6 januari 2025. ")
    plan = effect_text(released(measures=(), weeks_needed=38, judged_after=38), NL)
    assert plan == "Overlast: wat hier 20 % wegneemt, is pas na 38 weken te zien."
    assert "na 96 weken te zien; een daling van 35 % na 52 weken" in effect_text(released(measures=()), NL)
    assert "in vijf jaar niet" in effect_text(released(measures=(), weeks_needed=None), NL)

"""Verdicts on measures at a place leave every small count of its wijk what it could be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from genk_geo.calendar import Week
from genk_geo.release.bounds.effect_room import room_for
from genk_geo.release.values.effect import ReleasedEffect

WEEK = Week(2026, 46)
EFFECT = ReleasedEffect(
    dossier="2026-014", theme="nuisance", measures=("light",), start=WEEK.shift(-51).monday, end=None,
    verdict="helped", ratio=0.6, low=0.4, high=0.8, weeks=65, about=True, weeks_seen=52, weeks_needed=104,
    judged_after=52, visible=0.6, known=True, displacement="unknown", relapse="unknown", wijken=("Kern",),
    least=12,
)  # fmt: skip


def page(texts, week=WEEK, **beside):
    """A page that tells the last weeks of a wijk."""
    weeks = {str(week.shift(-back)): {"wijken": {"Kern": text}} for back, text in enumerate(texts)}
    theme = {"weeks": weeks, "hotspots": [], "signals": [], "attention": [], "effects": []}
    return {"week": str(week), "themes": {"nuisance": theme | beside}}


def spot(observed, weeks=4, wijken=("Kern",)):
    return {"observed": observed, "weeks": weeks, "touched": list(wijken), "wijken": list(wijken)}


def room(*records, **other):
    return room_for(EFFECT, records, WEEK, limit=5, **other)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (page([]), 51 * 4),  # all weeks may have been small
        (page(["0-4"] * 52), 51 * 4),
        (page(["9"] * 52), 52 * 9 - 4),
        (page(["0-4"] * 4, hotspots=[spot("12")]), 51 * 4 - 12),
        (page(["0-4"] * 4, hotspots=[spot("12", wijken=("Rand",))]), 51 * 4),
        (page(["0-4"] * 4, attention=[spot("", 1)]), 51 * 4 - 5),
        (page([], signals=[spot("8-", 2)]), 51 * 4 - 8),
    ],
)
def test_what_a_wijk_can_have_had_with_one_small_count_at_none(told, wanted):
    assert room(told) == wanted


def test_a_week_of_two_wijken_has_no_more_room_than_one_small_count():
    wide = replace(EFFECT, wijken=("Kern", "Rand"))
    assert room_for(wide, [page(["0-4"] * 52)], WEEK, limit=5) == 51 * 4
    assert room_for(wide, [page(["9"] * 52)], WEEK, limit=5) == 52 * 9 + 51 * 4


def test_what_was_told_of_other_measures_and_pages_is_taken_off():
    other = replace(EFFECT, dossier="2026-020", least=30)
    assert room(page([]), taken=[other, EFFECT]) == 51 * 4 - 30
    assert room(page([]), taken=[replace(other, wijken=("Rand",))]) == 51 * 4
    gone = {"of": "2026-003/2026-01-05", "wijken": ["Kern"], "since": "2026-W02", "least": 9}
    assert room(page([]), page([], WEEK.shift(-1), effects=[gone])) == 51 * 4 - 9
    own = gone | {"of": f"2026-014/{EFFECT.start}"}
    assert room(page([]), page([], WEEK.shift(-1), effects=[own])) == 51 * 4
    # Windows of two pages share weeks: they count once.
    spots = page([], hotspots=[spot("12")]), page([], WEEK.shift(-1), hotspots=[spot("12")])
    assert room(*spots) == 51 * 4 - 15


def test_what_was_said_once_stays_said():
    """A page that says less of a measure later takes nothing back of what it said before."""
    of = {"of": "2026-003/2026-01-05", "wijken": ["Kern"], "since": "2026-W02"}
    earlier, later = (
        page([], WEEK.shift(-back), effects=[of | {"least": least}]) for back, least in ((9, 30), (1, 5))
    )
    assert room(page([]), earlier, later) == room(page([]), later, earlier) == 51 * 4 - 30
    now = replace(EFFECT, dossier="2026-003", start=dt.date(2026, 1, 5), least=5)
    assert room(page([]), earlier, later, taken=[now]) == 51 * 4 - 30


def test_two_places_of_one_dossier_say_something_of_the_same_wijk():
    elsewhere = replace(EFFECT, least=20)  # began on the same day, along a street that its agreement names
    assert room(page([]), taken=[elsewhere]) == 51 * 4 - 20
    assert room(page([]), taken=[replace(elsewhere, start=WEEK.shift(-20).monday)]) == 51 * 4 - 20
    both = [{"of": f"2026-003/{EFFECT.start}", "wijken": ["Kern"], "since": "", "least": 20}] * 2
    assert room(page([]), page([], WEEK.shift(-1), effects=both)) == 51 * 4 - 40


def test_readers_who_lay_their_pages_side_by_side_leave_less_room():
    fine = page(["2"] * 52)
    assert room(page(["0-4"] * 52), fine) == room(fine, page(["0-4"] * 52)) == 52 * 2 - 4
    assert room(page(["0-4"] * 52), page(["0-2"] * 52)) == 52 * 2 - 4
    assert room(page(["0-4"] * 52), page(["5-"] * 52)) == 51 * 4  # told otherwise: held back as ever
    marked = page([], WEEK.shift(-8), attention=[spot("", 1)])
    assert room(page([]), marked) == 51 * 4 - 5


@pytest.mark.parametrize(("told", "counted"), [(13, 13), (26, 14), (52, 40), (65, 52), (0, 52)])
def test_what_came_since_the_weeks_of_a_verdict_is_no_room(told, counted):
    """A verdict on the first quarter says what came in that, also a year later."""
    early = replace(EFFECT, weeks=told)
    assert room_for(early, [page(["0-4"] * 52)], WEEK, limit=5) == (counted - 1) * 4


def test_the_week_in_which_a_measure_began_is_none_of_its_verdict():
    later = replace(EFFECT, start=EFFECT.start + dt.timedelta(days=1), weeks=13)
    assert room_for(later, [page(["0-4"] * 50 + ["9", "80"])], WEEK, limit=5) == 9 + 11 * 4


def test_a_measure_that_began_a_week_ago_has_no_room():
    fresh = replace(EFFECT, start=dt.date(2026, 11, 9))
    assert room_for(fresh, [page(["0-4"])], WEEK, limit=5) == 0

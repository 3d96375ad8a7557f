"""Dossiers and what became of agreements: at one farm they tell nothing, and elsewhere no small count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import shapely

from genk_geo.config import ReleaseSettings
from genk_geo.release import check, release
from genk_geo.release.check import guarded
from genk_geo.results import Agreement, Book, Dossier, MeasuredEffect

NOTHING = float("nan")
WEEKS = 14


def dossier(number, week, wijk=0):
    return Dossier(
        number, "burglary", str(week), str(week), by_hand=False, state="in_hand",
        state_since=dt.date(2026, 1, 5), state_by="register", hotspots=(f"h{wijk}",),
        ground=shapely.box(0, 0, 10, 10), wijk=f"w{wijk}", stadsdeel="A",
    )  # fmt: skip


def effect(number, start, *, observed, expected=20.0, weeks=13, **other):
    known = {
        "dossier": number, "theme": "burglary", "measures": ("camera",), "start": start, "end": None,
        "ground": shapely.box(0, 0, 10, 10), "wijken": ("w0",), "verdict": "cannot_tell",
        "observed": observed, "expected": expected, "ratio": observed / max(expected, 1.0), "low": 0.1,
        "high": 2.0, "weeks": weeks, "weeks_seen": WEEKS, "per_week": 1.5, "weeks_needed": 30,
        "judged_after": 13, "visible": 0.5, "displacement": "moved", "relapse": "unknown",
        "plain_ratio": NOTHING,
    }  # fmt: skip
    return MeasuredEffect(**known | other)


def agreed(number):
    return Agreement(f"{number}/a", number, "Politie", "camera", done=dt.date(2026, 1, 5), place="Hoeve 1")


def shown(city, week, told, dossiers, effects):
    """The page of a wijkmanager on a week with dossiers, and its record."""
    book = Book(str(week), dt.date(2026, 6, 1), dossiers, tuple(agreed(one.number) for one in dossiers))
    result = replace(city.result(week), dossiers=book, effects=effects, secret=b"x")
    own = ReleaseSettings(profile="wijkmanager").resolved(5)
    return guarded(release(result, reader=own, told=told), told)


@pytest.fixture
def quiet(attack):
    """Fourteen weeks in which a wijk had four a week, and what its pages told; no count of it is known."""
    weeks = [attack.week.shift(at) for at in range(WEEKS)]
    city = attack.City("AB", {week: [4, 9] for week in weeks}, spots={0: 0})
    told = []
    pages = [city.page(weeks[at], told) for at in (3, 7, 11)]
    return city, weeks, pages, told


def test_a_dossier_on_nothing_that_is_shown_changes_nothing(attack):
    weeks = [attack.week.shift(at) for at in range(4)]
    bare = attack.City("AB", {week: [4, 9] for week in weeks})
    farm = dossier("2026-417", weeks[0])
    there = effect("2026-417", weeks[0].monday, observed=40)
    with_it = shown(bare, weeks[-1], [], (farm,), (there,))
    without = shown(bare, weeks[-1], [], (), ())
    assert with_it[0].dossiers == without[0].dossiers == ()
    assert with_it[1] == without[1]


def test_of_an_agreement_at_one_farm_nothing_follows_from_what_came_there(quiet):
    city, weeks, _, told = quiet
    shifts = {"busiest_day": 4, "busiest_slot": "night", "present": 9.0, "present_since": dt.date(2026, 1, 5)}
    one = replace(dossier("2026-417", weeks[0]), **shifts)
    farms = [
        *({"observed": came, "expected": 25.0} for came in range(5)),
        *({"observed": 6, "expected": least} for least in (1.0, 8.0, 19.9)),
        {"observed": 0, "expected": 0.0, "weeks": 0, "judged_after": None, "verdict": "cannot_tell"},
        {"observed": 9, "per_week": 0.2}, {"observed": 9, "per_week": NOTHING},
    ]  # fmt: skip
    told_of = [
        shown(city, weeks[-1], told, (one,), (effect("2026-417", weeks[0].monday, **farm),)) for farm in farms
    ]
    pages, records = zip(*told_of, strict=True)
    assert len({each.dossiers[0].effects for each in pages}) == 1
    assert all(record == records[0] for record in records)
    (agreement,) = pages[0].dossiers[0].agreements
    assert (agreement.place, agreement.words) == ("", "")
    assert pages[0].dossiers[0].presence is None


def two(weeks):
    numbers = ("2026-417", "2026-038")
    effects = tuple(effect(number, weeks[0].monday, observed=28, weeks=13) for number in numbers)
    return tuple(dossier(number, weeks[0]) for number in numbers), effects


def test_two_verdicts_in_a_wijk_of_small_counts_leave_each_its_values(attack, quiet):
    city, weeks, pages, told = quiet
    dossiers, effects = two(weeks)
    page, _ = shown(city, weeks[-1], told, dossiers, effects)
    shares = [one.ratio for each in page.dossiers for one in each.effects]
    assert sorted(share is None for share in shares) == [False, True]
    small, narrowed = attack.follows([*pages, page], city.unknown, city.limit)
    assert small >= WEEKS
    assert narrowed == []


def test_a_place_that_sticks_out_of_the_city_is_checked_like_any_other(quiet):
    """Where no wijken hold a place wholly, nothing was checked; what came there is in one of them."""
    city, weeks, _, told = quiet
    dossiers, effects = two(weeks)
    held, record = shown(city, weeks[-1], told, dossiers, effects)
    out = tuple(replace(one, wijken=()) for one in effects)
    page, out_record = shown(city, weeks[-1], told, dossiers, out)
    assert sorted(one.ratio is None for each in page.dossiers for one in each.effects) == [False, True]
    assert (page.dossiers, out_record) == (held.dossiers, record)


def test_what_verdicts_say_of_weeks_long_ago_stays_checked_with_these(attack):
    """A year of small counts later there seemed to be room for both shares: they are of the first quarter."""
    weeks = [attack.week.shift(at) for at in range(2 * WEEKS)]
    city = attack.City("AB", {week: [4, 9] for week in weeks}, spots={0: 0})
    told = []
    pages = [city.page(weeks[at], told) for at in range(3, 2 * WEEKS - 1, 4)]
    dossiers, effects = two(weeks)
    page, _ = shown(city, weeks[-1], told, dossiers, effects)
    assert sorted(one.ratio is None for each in page.dossiers for one in each.effects) == [False, True]
    small, narrowed = attack.follows([*pages, page], city.unknown, city.limit)
    assert small >= 2 * WEEKS
    assert narrowed == []


def test_told_in_full_they_would_say_what_each_week_had(attack, quiet, monkeypatch):
    city, weeks, pages, told = quiet
    monkeypatch.setattr(check, "with_safe_effects", lambda week, _: week)
    dossiers, effects = two(weeks)
    page, _ = shown(city, weeks[-1], told, dossiers, effects)
    _, narrowed = attack.follows([*pages, page], city.unknown, city.limit)
    assert {(known.low, known.high) for known in narrowed} == {(4, 4)}

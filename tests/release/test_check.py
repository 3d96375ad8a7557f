"""Attacks on held back counts that the checker must see, and honest tables that it must let pass."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genk_geo.calendar import Week
from genk_geo.config import ReleaseSettings
from genk_geo.errors import QualityGateError
from genk_geo.release import checked_release, release
from genk_geo.release.check import check_release, guarded, refuse
from genk_geo.release.record import record_of
from genk_geo.release.suppress import Count, for_everyone, with_totals
from genk_geo.render import publish, told_in

PARENTS = {"A1": "A", "A2": "A", "A3": "A", "B1": "B", "B2": "B"}
LIMIT = 5


def record(week="2026-W46", *, level="areas", city=None, stadsdelen=None, wijken=None, weeks=None, spots=()):
    tables = {"city": city, "stadsdelen": stadsdelen, "wijken": wijken}
    own = {kind: told for kind, told in tables.items() if told is not None}
    return {
        "profile": "x",
        "level": level,
        "limit": LIMIT,
        "week": week,
        "parents": PARENTS,
        "themes": {"burglary": {"weeks": {week: own, **(weeks or {})}, "hotspots": list(spots)}},
    }


def names(found):
    return {cell.name for finding in found for cell in finding.cells}


def spot(observed, this_week, *, shape="s", wijk="", weeks=13):
    return {"shape": shape, "wijk": wijk, "weeks": weeks, "observed": observed, "this_week": this_week}


def test_a_lone_small_count_follows_from_its_total():
    lone = record(stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "9", "A3": "8"})
    (found,) = check_release(lone, [])
    assert (names([found]), found.low, found.high) == ({"A1"}, 3, 3)
    with pytest.raises(QualityGateError, match="burglary, A1, 2026-W46") as refused:
        refuse([found], "wijkmanager")
    assert "3" not in str(refused.value).split("(")[1]  # the message does not say the count
    covered = record(stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "9", "A3": "5-"})
    assert check_release(covered, []) == []


def test_small_counts_as_large_as_they_can_be_follow_from_their_total():
    full = record(stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "0-4", "A3": "12"})
    assert names(check_release(full, [])) == {"A1", "A2"}


def test_nobody_is_betrayed_by_a_total_of_none():
    assert check_release(record(stadsdelen={"B": "0"}, wijken={"B1": "0-4", "B2": "0-4"}), []) == []


def test_city_minus_stadsdelen():
    """The rows of a table say what its columns hold back."""
    told = record(city={"G": "30"}, stadsdelen={"A": "28", "B": "0-4"}, wijken={"B1": "0-4", "B2": "0-4"})
    assert names(check_release(told, [])) == {"B"}
    assert not check_release(record(city={"G": "30"}, stadsdelen={"A": "5-", "B": "0-4"}), [])


def test_last_week_told_another_part_of_the_same_week():
    """What two pages hold back in the same week, one of them shows: trend against table."""
    then = record("2026-W45", stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "5-", "A3": "8"})
    trend = {"2026-W45": {"stadsdelen": {"A": "20"}, "wijken": {"A1": "0-4", "A2": "9", "A3": "5-"}}}
    now = record("2026-W46", weeks=trend)
    assert check_release(then, []) == check_release(now, []) == []
    found = check_release(now, [then])
    assert names(found) == {"A1"}
    assert {cell.week for finding in found for cell in finding.cells} == {"2026-W45"}


def test_a_year_later_the_same_week_comes_up_again():
    before = {"2025-W46": {"stadsdelen": {"A": "11"}, "wijken": {"A1": "0-4", "A2": "9", "A3": "0-4"}}}
    then = record("2025-W46", stadsdelen={"A": "11"}, wijken={"A1": "2", "A2": "9", "A3": "0-4"})
    assert names(check_release(record("2026-W46", weeks=before), [])) == set()
    assert names(check_release(record("2026-W46", weeks=before), [then])) <= {"A3"}


def test_a_window_minus_its_shifted_self():
    """Of 8 to 12 incidents, with fewer than five new ones: four came in and none fell out."""
    then = record("2026-W45", spots=[spot("8", "0-4")])
    now = record("2026-W46", spots=[spot("12", "0-4")])
    assert check_release(then, []) == check_release(now, []) == []
    found = check_release(now, [then])
    assert ("2026-W46", 4, 4) in {(f.cells[0].week, f.low, f.high) for f in found}
    assert check_release(record("2026-W46", spots=[spot("10", "0-4")]), [then]) == []
    assert check_release(record("2026-W46", spots=[spot("5-", "0-4")]), [then]) == []
    assert check_release(record("2026-W46", spots=[spot("12", "0-4", shape="other")]), [then]) == []


def test_a_chain_of_windows_adds_up():
    """No two weeks say it, three do: 6, 8, 10 with one new incident at most in the first of the steps."""
    weeks = ["2026-W44", "2026-W45", "2026-W46"]
    steps = [record(week, spots=[spot(n, "0-4", weeks=2)]) for week, n in zip(weeks, "246", strict=True)]
    # n44 + n45 = 4 and n45 + n46 = 6: n46 - n44 = 2, n44 + n43 = 2
    assert check_release(steps[2], steps[:1]) == []
    told = [*steps[:2], record("2026-W43", spots=[spot("2", "0-4", weeks=2)])]
    low_high = {(f.cells[0].week, f.low, f.high) for f in check_release(steps[2], told)}
    assert low_high == set()
    tight = record("2026-W46", spots=[spot("8", "0-4", weeks=2)])
    assert {f.cells[0].week for f in check_release(tight, steps[:2])} >= {"2026-W45", "2026-W46"}


def test_a_hotspot_fills_its_wijk():
    """Sixteen in a month in a wijk that never has five a week: four in every week."""
    weeks = {f"2026-W{n}": {"wijken": {"A1": "0-4"}} for n in (43, 44, 45)}
    told = record(wijken={"A1": "0-4"}, weeks=weeks, spots=[spot("16", "0-4", wijk="A1", weeks=4)])
    assert names(check_release(told, [])) == {"A1", "s"}
    looser = record(wijken={"A1": "0-4"}, weeks=weeks, spots=[spot("14", "0-4", wijk="A1", weeks=4)])
    assert check_release(looser, []) == []


def test_two_releases_laid_side_by_side():
    """Each is safe by itself; the reader of both knows all."""
    mine = record(stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "5-", "A3": "8"})
    public = record(level="wijken", stadsdelen={"A": "20"}, wijken={"A1": "0-", "A2": "9", "A3": "0-"})
    assert check_release(mine, []) == check_release(public, []) == []
    assert names(check_release(mine, [public])) == {"A1"}
    assert names(check_release(public, [mine])) == {"A1"}


def test_the_public_must_think_any_small_count_possible():
    narrow = record(level="wijken", stadsdelen={"A": "12"}, wijken={"A1": "0-", "A2": "10", "A3": "0-"})
    assert names(check_release(narrow, [])) == {"A1", "A3"}
    assert check_release(record(level="areas", **narrow["themes"]["burglary"]["weeks"]["2026-W46"]), []) == []
    wide = record(level="wijken", stadsdelen={"A": "14"}, wijken={"A1": "0-", "A2": "10", "A3": "0-"})
    assert check_release(wide, []) == []


def test_a_level_can_say_it_all():
    assert names(check_release(record(wijken={"A1": "4-4"}), [])) == {"A1"}


def test_what_was_known_before_is_no_reason_to_stop():
    lone = record("2026-W45", stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "9", "A3": "8"})
    again = {"2026-W45": lone["themes"]["burglary"]["weeks"]["2026-W45"]}
    assert check_release(record("2026-W46", weeks=again), [lone]) == []


def test_corrected_data_do_not_stop_the_week():
    then = record("2026-W45", stadsdelen={"A": "20"}, wijken={"A1": "7", "A2": "9", "A3": "4-"})
    trend = {"2026-W45": {"stadsdelen": {"A": "31"}, "wijken": {"A1": "6", "A2": "12", "A3": "13"}}}
    assert check_release(record("2026-W46", weeks=trend), [then]) == []


def test_incidents_of_an_unknown_wijk_are_in_the_total_only():
    told = record(stadsdelen={"A": "30"}, wijken={"A1": "0-4", "A2": "9", "A3": "8"})
    assert check_release(told, []) == []


def test_an_analist_may_know_everything():
    assert check_release(record(level="points", wijken={"A1": "4-4"}), []) == []


tables = st.lists(st.integers(0, 12), min_size=5, max_size=5)


@given(tables, st.sampled_from([2, 3, 5]))
@settings(deadline=None, max_examples=40)
def test_what_the_release_step_tells_of_a_week_passes(counts, limit):
    parents = list(PARENTS.values())
    totals = {name: sum(n for n, p in zip(counts, parents, strict=True) if p == name) for name in "AB"}
    text = lambda c: str(c.value) if c.value is not None else f"{c.limit}-" if c.over else f"0-{limit - 1}"  # noqa: E731  # short here
    wijken, above = with_totals(counts, parents, totals, limit)
    one = record(
        city={"G": str(sum(counts))},
        stadsdelen={name: text(count) for name, count in above.items()},
        wijken=dict(zip(PARENTS, map(text, wijken), strict=True)),
    )
    wijken, above, city = for_everyone(counts, parents, totals, sum(counts), limit)
    two = record(
        level="wijken",
        city={"G": text(city)},
        stadsdelen={name: text(count) for name, count in above.items()},
        wijken=dict(zip(PARENTS, map(text, wijken), strict=True)),
    )
    one["limit"] = two["limit"] = limit
    assert check_release(one, [two]) == []
    assert check_release(two, [one]) == []
    for count, told in zip(counts, wijken, strict=True):
        assert told.value is None or count >= limit


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.integers(2, 5))
@example([1, 1, 0, 1], 2)
@example([4, 4, 9, 4], 5)
@settings(deadline=None, max_examples=40)
def test_a_stadsdeel_of_one_wijk_is_covered(counts, limit):
    parents = ["A", "B", "C", "C"]
    totals = {"A": counts[0], "B": counts[1], "C": counts[2] + counts[3]}
    wijken, above = with_totals(counts, parents, totals, limit)

    def text(count):
        if count.value is not None:
            return str(count.value)
        return f"{count.limit}-" if count.over else f"0-{limit - 1}"

    told = record(
        city={"G": str(sum(counts))},
        stadsdelen={name: text(count) for name, count in above.items()},
        wijken=dict(zip(["w", "x", "y", "z"], map(text, wijken), strict=True)),
    )
    told |= {"limit": limit, "parents": dict(zip(["w", "x", "y", "z"], parents, strict=True))}
    found = [f for f in check_release(told, []) if f.cells[0].kind == "wijken"]
    assert found == []


def test_the_release_step_keeps_silent_about_a_window_that_would_tell(week_result):
    """This week 7 burglaries in the outline, last week 3: four came in, none fell out."""
    week = Week.parse("2026-W46")
    burglary = week_result.themes[1]
    then = replace(burglary, areas=burglary.areas.assign(observed=5, this_week=1))
    now = replace(burglary, areas=burglary.areas.assign(observed=9, this_week=4))
    earlier = release(replace(week_result, week=week.shift(-1), themes=(then,)))
    later = release(replace(week_result, themes=(now,)))
    first = record_of(earlier)
    first["themes"]["burglary"]["weeks"] = {}  # the fixture has the same tables in every week
    assert later.themes[0].hotspots[0].observed == Count(9)
    safe, told = guarded(later, [first])
    assert safe.themes[0].hotspots[0].observed == Count(None, 5, over=True)
    assert safe.themes[0].hotspots[0].expected is None
    assert check_release(told, [first]) == []
    alone, _ = guarded(later, [])
    assert alone == later


def test_a_publication_that_gives_a_count_away_is_refused(week_result, tmp_path):
    nuisance = week_result.themes[0]
    publish(checked_release(replace(week_result, themes=(nuisance,))), tmp_path / "a")
    (told,) = told_in(tmp_path / "a")
    # An earlier page showed what this one holds back in its cover.
    (tables,) = (theme["weeks"] for theme in told["themes"].values())
    assert tables["2026-W46"]["wijken"]["Lindelo"] == "0-4"
    assert tables["2026-W46"]["wijken"]["Bruggeneinde"] == "5-"
    tables.clear()
    tables["2026-W46"] = {"wijken": {"Bruggeneinde": "5"}}
    with pytest.raises(QualityGateError, match="Lindelo"):
        publish(checked_release(replace(week_result, themes=(nuisance,)), told=[told]), tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_the_public_gets_no_small_count_anywhere(week_result):
    week = release(week_result, reader=ReleaseSettings(profile="publiek"))
    assert week.reader.delay_weeks == 4
    for theme in week.themes:
        areas = [theme.city, *theme.stadsdelen.values(), *theme.wijken.values()]
        counts = [c for a in areas for c in (a.observed, a.last_year, *a.trend)]
        assert all(count.value is None or count.value >= 5 for count in counts)
        assert (theme.hotspots, theme.signals, theme.near_repeat, theme.outlook) == ((), None, None, None)
        assert theme.density is None
        assert theme.cells.empty
    assert week.environments == ()
    assert check_release(record_of(week), [record_of(release(week_result))]) == []

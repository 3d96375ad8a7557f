"""Attacks on held back counts that the checker must see, and honest tables that it must let pass."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genk_geo.calendar import Week, Window
from genk_geo.config import ReleaseSettings
from genk_geo.errors import QualityGateError
from genk_geo.release import checked_release, release
from genk_geo.release.check import check_release, guarded, refuse
from genk_geo.release.kept.record import record_of
from genk_geo.release.suppress import SECRET, Count, held_back
from genk_geo.release.told import text_of
from genk_geo.render import publish, told_in
from tests.examples import examples

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


def spot(observed, *, shape="s", wijken=(), weeks=13):
    told = {"shape": shape, "wijken": list(wijken), "apart": True, "weeks": weeks}
    return told | {"observed": observed, "this_week": "0-"}


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


def test_a_total_of_none_says_it_of_every_part():
    none = record(stadsdelen={"B": "0"}, wijken={"B1": "0-4", "B2": "0-4"})
    assert names(check_release(none, [])) == {"B1", "B2"}
    assert check_release(record(stadsdelen={"B": "0-8"}, wijken={"B1": "0-4", "B2": "0-4"}), []) == []


def test_city_minus_stadsdelen():
    """The rows of a table say what its columns hold back."""
    told = record(city={"G": "30"}, stadsdelen={"A": "28", "B": "0-4"}, wijken={"B1": "0-4", "B2": "0-4"})
    assert names(check_release(told, [])) == {"B", "B1", "B2"}
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
    before = {"2025-W46": {"stadsdelen": {"A": "13"}, "wijken": {"A1": "0-4", "A2": "9", "A3": "0-4"}}}
    then = record("2025-W46", stadsdelen={"A": "13"}, wijken={"A1": "0-4", "A2": "9", "A3": "4"})
    assert names(check_release(record("2026-W46", weeks=before), [])) == set()
    assert names(check_release(then, [record("2026-W46", weeks=before)])) == {"A1"}


def test_a_window_minus_its_shifted_self():
    """From 8 to 10 incidents, in a wijk that had fewer than five: two or more came in."""
    then = record("2026-W45", spots=[spot("8", wijken=["A1"])])
    small = {"A1": "0-4"}
    now = record("2026-W46", wijken=small, spots=[spot("10", wijken=["A1"])])
    assert check_release(then, []) == check_release(now, []) == []
    found = check_release(now, [then])
    assert ("A1", "2026-W46", 2, 4) in {(f.cells[0].name, f.cells[0].week, f.low, f.high) for f in found}
    for other in (spot("10", wijken=["A2"]), spot("10"), spot("8", wijken=["A1"])):
        assert check_release(record("2026-W46", wijken=small, spots=[other]), [then]) == []
    vague = record("2026-W46", wijken=small, spots=[spot("5-", wijken=["A1"])])
    assert check_release(vague, [then]) == []
    moved = record("2026-W46", wijken=small, spots=[spot("10", shape="other", wijken=["A1"])])
    assert check_release(moved, [then]) == []


def test_a_chain_of_windows_adds_up():
    """No two weeks say it, three do: one more and one more, in a wijk that had few in either week."""
    small = {f"2026-W{n}": {"wijken": {"A1": "0-4"}} for n in (45, 46)}
    first = record("2026-W44", spots=[spot("9", wijken=["A1"])])
    third = record("2026-W46", weeks=small, spots=[spot("16", wijken=["A1"])])
    assert check_release(third, []) == []
    assert {f.cells[0].week for f in check_release(third, [first])} >= {"2026-W45", "2026-W46"}


def test_a_hotspot_fills_its_wijk():
    """Sixteen in a month in a wijk that never has five a week: four in every week."""
    weeks = {f"2026-W{n}": {"wijken": {"A1": "0-4"}} for n in (43, 44, 45)}
    for most, found in (("16", {"A1", "s"}), ("13", {"A1", "s"}), ("12", set())):
        told = record(wijken={"A1": "0-4"}, weeks=weeks, spots=[spot(most, wijken=["A1"], weeks=4)])
        assert names(check_release(told, [])) == found


def test_hotspots_apart_fill_their_wijk_together():
    weeks = {f"2026-W{n}": {"wijken": {"A1": "0-4", "A2": "0-4"}} for n in (43, 44, 45)}
    spots = [spot("7", shape=name, wijken=["A1"], weeks=4) for name in "st"]
    told = record(wijken={"A1": "0-4", "A2": "0-4"}, weeks=weeks, spots=spots)
    assert "A1" in names(check_release(told, []))
    over = [one | {"apart": False} for one in spots]
    assert check_release(record(wijken={"A1": "0-4"}, weeks=weeks, spots=over), []) == []
    both = [spot("29", wijken=["A1", "A2"], weeks=4)]
    told = record(wijken={"A1": "0-4", "A2": "0-4"}, weeks=weeks, spots=both)
    assert names(check_release(told, [])) >= {"A1", "A2"}


def test_two_releases_laid_side_by_side():
    """Each is safe by itself; the reader of both knows all."""
    mine = record(stadsdelen={"A": "20"}, wijken={"A1": "0-4", "A2": "5-", "A3": "8"})
    public = record(level="wijken", stadsdelen={"A": "20"}, wijken={"A1": "0-", "A2": "9", "A3": "0-"})
    assert check_release(mine, []) == check_release(public, []) == []
    assert names(check_release(mine, [public])) == {"A1"}
    assert names(check_release(public, [mine])) == {"A1"}


def test_every_reader_must_think_any_small_count_possible():
    narrow = record(level="wijken", stadsdelen={"A": "12"}, wijken={"A1": "0-4", "A2": "10", "A3": "0-4"})
    assert names(check_release(narrow, [])) == {"A1", "A3"}
    assert names(check_release(narrow | {"level": "areas"}, [])) == {"A1", "A3"}
    wide = record(stadsdelen={"A": "14"}, wijken={"A1": "0-4", "A2": "10", "A3": "0-4"})
    assert check_release(wide, []) == []


def test_a_reader_who_knows_how_many_have_no_wijk():
    """Of 14 incidents three have no known wijk: one is left for A1 and A3."""
    told = record(stadsdelen={"A": "14"}, wijken={"A1": "0-4", "A2": "10", "A3": "0-4"})
    told["themes"]["burglary"]["beside"] = {"2026-W46": {"A": 3}}
    assert names(check_release(told, [])) == {"A1", "A3"}


def test_a_range_that_shrinks_is_found():
    told = record(city={"G": "19-27"}, stadsdelen={"A": "10-14", "B": "9-13"})
    assert check_release(told, []) == []
    told = record(city={"G": "20"}, stadsdelen={"A": "10-14", "B": "9-13"})
    assert names(check_release(told, [])) == {"A", "B"}


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


@given(tables, st.sampled_from(["AAABB", "ABCCC", "AABCC"]), st.sampled_from([2, 3, 5]))
@example([1, 1, 0, 1, 1], "ABCCC", 2)
@example([4, 4, 9, 4, 4], "ABCCC", 5)
@settings(deadline=None, max_examples=examples(60))
def test_what_the_release_step_tells_of_a_week_passes(counts, parents, limit):
    totals = {
        name: sum(n for n, p in zip(counts, parents, strict=True) if p == name) for name in set(parents)
    }
    told = held_back(counts, parents, totals, sum(counts) + 2, limit)
    one = record(
        city={"G": text_of(told.city)},
        stadsdelen={name: text_of(count) for name, count in told.stadsdelen.items()},
        wijken=dict(zip(PARENTS, map(text_of, told.wijken), strict=True)),
    )
    one |= {"limit": limit, "parents": dict(zip(PARENTS, parents, strict=True))}
    one["themes"]["burglary"]["beside"] = {"2026-W46": {"G": 2}}
    assert check_release(one, []) == []
    assert check_release(one | {"level": "wijken"}, [one]) == []


def test_the_release_step_keeps_silent_about_a_window_that_would_tell(week_result):
    """This week 9 burglaries in the outline, last week 5, in a wijk that had few: four came in."""
    week = Week.parse("2026-W46")
    burglary = week_result.themes[1]
    then = replace(burglary, areas=burglary.areas.assign(observed=5), window=Window(week.shift(-1), 13))
    now = replace(burglary, areas=burglary.areas.assign(observed=9))
    earlier = release(replace(week_result, week=week.shift(-1), themes=(then,)))
    first = record_of(earlier)
    first["themes"]["burglary"]["weeks"] = {}  # the fixture has the same tables in every week
    later = release(replace(week_result, themes=(now,)))
    assert later.themes[0].hotspots[0].observed == Count(9)
    safe, told = guarded(later, [first])
    # Whatever there are now: the page repeats what was told, with its week.
    assert safe.themes[0].hotspots[0].observed == SECRET
    assert safe.themes[0].hotspots[0].before == (Count(5), week.shift(-1))
    assert safe.themes[0].hotspots[0].expected is None
    assert check_release(told, [first]) == []
    alone, _ = guarded(later, [])
    assert alone == later


def test_a_week_that_was_told_of_other_areas_is_refused(week_result, tmp_path):
    nuisance = replace(week_result, themes=week_result.themes[:1])
    publish(checked_release(nuisance), tmp_path / "a")
    (told,) = told_in(tmp_path / "a")
    tables = told["themes"]["nuisance"]["weeks"]
    tables["2026-W46"]["wijken"]["Nieuwdorp"] = tables["2026-W46"]["wijken"].pop("Lindelo")
    with pytest.raises(QualityGateError, match="told before of other areas"):
        publish(checked_release(nuisance, told=[told]), tmp_path / "b")
    assert not (tmp_path / "b").exists()
    del tables["2026-W46"]
    tables["2026-W45"]["wijken"]["Nieuwdorp"] = tables["2026-W45"]["wijken"].pop("Lindelo")
    released = release(nuisance, told=[told])
    assert len(released.themes[0].wijken["Lindelo"].trend) == 3


def corrected(result, theme, **counts):
    """The same week, with other counts in some wijken and in all that they add up to."""
    found = result.themes[theme]
    wijken = found.wijken.copy()
    wijken.loc[list(counts), "observed"] = list(counts.values())
    sums = wijken.groupby("stadsdeel")["observed"].sum()
    more = {
        "wijken": wijken,
        "stadsdelen": found.stadsdelen.assign(observed=sums.reindex(found.stadsdelen.index).to_numpy()),
        "city": found.city.assign(observed=int(sums.sum())),
    }
    return replace(result, themes=(replace(found, **more),))


def test_a_week_is_told_once(week_result):
    """A correction does not reach the page: it would tell what came in late."""
    first = release(replace(week_result, themes=week_result.themes[:1]))
    again = corrected(week_result, 0, Kastanjehof=25, Lindelo=6, Molenakker=4)
    told = [record_of(first)]
    assert release(again).themes[0].wijken["Kastanjehof"].observed == Count(25)
    for profile in ("wijkmanager", "publiek"):
        later, record = guarded(release(again, reader=ReleaseSettings(profile=profile), told=told), told)
        assert record["themes"]["nuisance"]["weeks"] == told[0]["themes"]["nuisance"]["weeks"]
        assert later.themes[0].wijken["Kastanjehof"].observed == Count(23)
    assert record_of(release(again, told=told)) == told[0]
    analist = release(again, reader=ReleaseSettings(profile="analist"), told=told)
    assert analist.themes[0].wijken["Lindelo"].observed == Count(6)


def test_a_week_without_its_file_is_told_when_it_is_there(week_result):
    """Nothing came in on Monday; on Tuesday the file is there."""
    nothing = corrected(week_result, 0, **dict.fromkeys(week_result.themes[0].wijken.index, 0))
    first = release(nothing)
    assert first.no_data
    told = [record_of(first)]
    assert "2026-W46" not in told[0]["themes"]["nuisance"]["weeks"]
    later = release(replace(week_result, themes=week_result.themes[:1]), told=told)
    assert later.themes[0].wijken["Kastanjehof"].observed == Count(23)


def test_a_hotspot_keeps_what_was_told_of_it(week_result):
    nuisance = week_result.themes[0]
    first = release(replace(week_result, themes=(nuisance,)))
    told = [record_of(first)]
    areas = nuisance.areas.assign(observed=nuisance.areas["observed"] + 1)
    areas.geometry = [*areas.geometry[:-1], areas.geometry.iloc[-1].buffer(50)]
    again = release(replace(week_result, themes=(replace(nuisance, areas=areas),)), told=told)
    later, _ = guarded(again, told)
    was, now = ([spot.observed for spot in week.themes[0].hotspots] for week in (first, later))
    assert now[:-1] == was[:-1]
    assert later.themes[0].hotspots[0].expected is None
    # An outline that the first page did not show: that it is large, and no number.
    assert now[-1] == Count(None, 5, over=True)


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

"""Counts of hotspots over windows that shift: every small history published, and read backwards."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product

import geopandas as gpd
import pytest
import shapely

from genk_geo.release.suppress import SECRET, Count

LIMIT = 2
#: That the attack would find something: the same reading of a rule that gave counts away.
BY_HAND = "GENK_GEO_HISTORIES" in os.environ


@pytest.fixture(scope="module")
def placed(attack):
    """A city whose hotspot holds what is said for each week."""

    @dataclass
    class Placed(attack.City):
        inside: dict = field(default_factory=dict)

        def in_spot(self, _wijk, week):
            return self.inside.get(week, 0)

    return Placed


def page_of(attack, placed, rows, inside, told, *, window=2, limit=LIMIT, parents="A"):
    """The last of some weeks published, after the pages that were told of those before it."""
    weeks = [attack.week.shift(at) for at in range(len(rows))]
    city = placed(
        parents, {when: list(row) for when, row in zip(weeks, rows, strict=True)}, window=window,
        limit=limit, spots={0: 10}, inside=dict(zip(weeks, inside, strict=True)),
    )  # fmt: skip
    return city.page(weeks[-1], told)


def pages_of(attack, placed, rows, inside, **own):
    """All but the first week published, one after the other: what is told of the areas and of the hotspot."""
    told = []
    return [
        page_of(attack, placed, rows[: at + 1], inside[: at + 1], told, **own) for at in range(1, len(rows))
    ]


def said(page):
    (theme,) = page.themes
    (spot,) = theme.hotspots
    tables = {
        when: (str(table.wijken), str(table.stadsdelen)) for when, table in sorted(theme.tables.items())
    }
    hours = (spot.peak_days, spot.peak_from, spot.peak_to)
    return str((tables, spot.observed, spot.before, spot.expected, spot.times, spot.number, hours))


def read_backwards(attack, placed, backwards):
    weeks = [(n, s) for n in range(LIMIT + 1) for s in range(n + 1)]

    @cache
    def page(history):
        """The last of so many weeks after those before it: what they say, and the record of all."""
        before, told = page(history[:-1]) if len(history) > 2 else ((), ())
        # Beside it a wijk that always has some: a week without any is told as such.
        rows, inside, told = [[n, 3] for n, _ in history], [s for _, s in history], list(told)
        shown = page_of(attack, placed, rows, inside, told, parents="AB")
        return (*before, said(shown)), told

    def rule(history):
        return page(history)[0], [n < LIMIT for n, _ in history]

    inputs = list(product(weeks, repeat=3))
    worlds = {}
    for history in inputs:
        told, hidden = rule(history)
        worlds.setdefault(told, []).append(([n for n, _ in history], hidden))
    return [
        (told, at) for told, members in worlds.items() for at in range(3)
        if members[0][1][at] and {counts[at] for counts, _ in members} != set(range(LIMIT))
    ]  # fmt: skip


def test_nothing_follows_from_windows_for_who_knows_the_rule(attack, placed, backwards):
    assert read_backwards(attack, placed, backwards) == []


@pytest.mark.skipif(not BY_HAND, reason="old windows are read backwards with GENK_GEO_HISTORIES")
def test_the_windows_of_before_gave_small_counts_away(attack, placed, backwards, monkeypatch, caplog):
    """Told unless that says too much: where it is not told, it would have said too much."""
    monkeypatch.setattr("genk_geo.release.check.with_told_windows", lambda week, *_: week)
    caplog.set_level(logging.ERROR, "genk_geo")
    assert read_backwards(attack, placed, backwards) != []


def test_a_count_that_was_told_is_repeated_with_its_week(attack, placed):
    """Small counts in the wijk: told once, and again when no week is shared any more."""
    rows, inside = [[4]] * 6, [3, 3, 3, 2, 2, 2]
    pages = pages_of(attack, placed, rows, inside, window=2, limit=5, parents="A")
    spots = [page.themes[0].hotspots[0] for page in pages]
    weeks = [page.week for page in pages]
    # Two weeks of four at the most: four is what they can have with one of them at none.
    assert [spot.observed for spot in spots[:1]] == [SECRET]
    pages = pages_of(attack, placed, rows, inside, window=3, limit=5)
    spots = [page.themes[0].hotspots[0] for page in pages]
    assert spots[0].observed == Count(6)
    assert (spots[1].observed, spots[1].before) == (SECRET, (Count(6), weeks[0]))
    # Hours are known of hotspots with five or more: beside a count that is not told they would tell that.
    assert [spot.peak_from for spot in spots[:2]] == [20, None]
    assert spots[3].observed in {Count(6), Count(7), Count(None, 8, over=True)}


def test_a_lively_wijk_tells_every_week(attack, placed):
    rows, inside = [[20]] * 5, [8, 9, 8, 7, 9]
    pages = pages_of(attack, placed, rows, inside, limit=5)
    assert [page.themes[0].hotspots[0].observed.value for page in pages] == [17, 17, 15, 16]


def test_where_exact_totals_leave_no_room_is_no_news(attack):
    """Three hotspots with all that a stadsdeel had, or all but one: told alike, or the fourth had none."""
    rows = [(1, 1, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (0, 1, 1, 0)]
    told = []
    for last in (rows[3], (0, 1, 0, 1)):
        weeks = [attack.week.shift(at) for at in range(4)]
        counts = dict(zip(weeks, map(list, (*rows[:3], last)), strict=True))
        city = attack.City("AAAA", counts, limit=LIMIT, window=4, spots={0: 10, 1: 10, 2: 10})
        (theme,) = city.page(weeks[-1], []).themes
        assert {table.stadsdelen["A"] for table in theme.tables.values()} == {Count(2)}
        told.append({spot.wijk: spot.observed for spot in theme.hotspots})
    least = Count(None, 3, over=True)
    assert told == [{"w0": least, "w1": least, "w2": SECRET}] * 2


@pytest.fixture(scope="module")
def two_spots(attack):
    """A city with two hotspots in its first wijk, one in the corner of the other: their boxes overlap."""

    @dataclass
    class Two(attack.City):
        inside: tuple = ()

        def theme(self, week, **own):
            found = super().theme(week, **own)
            row = found.areas.iloc[0].to_dict()
            shapes = (
                shapely.box(100, 100, 200, 800).union(shapely.box(100, 100, 800, 200)),
                shapely.box(300, 300, 800, 800),
            )
            rows = [
                row | {"hotspot_id": f"h{at}", "number": 1 + at, "observed": count, "geometry": shape}
                for at, (shape, count) in enumerate(zip(shapes, self.inside, strict=True))
            ]
            return replace(found, areas=gpd.GeoDataFrame(rows, crs=31370))

    return Two


def test_hotspots_of_one_page_add_up_where_their_boxes_overlap(attack, two_spots, monkeypatch):
    """Six and seven in a wijk that had nine and a small count: four."""
    weeks = [attack.week, attack.week.shift(1)]
    rows = {weeks[0]: [9, 9], weeks[1]: [4, 9]}
    city = two_spots("AB", rows, window=2, spots={0: 10}, inside=(6, 7))
    page = city.page(weeks[1], [])
    assert attack.follows([page], 0, 5)[1] == []
    assert SECRET in [spot.observed for spot in page.themes[0].hotspots]
    monkeypatch.setattr("genk_geo.release.check.with_told_windows", lambda week, *_: week)
    monkeypatch.setattr("genk_geo.release.check.check_release", lambda *_: [])
    (known,) = attack.follows([city.page(weeks[1], [])], 0, 5)[1]
    assert (known.wijk, known.week, known.low) == ("w0", weeks[1], 4)


def test_a_hotspot_of_which_nothing_is_told_has_three_all_the_same(attack, two_spots):
    """Four weeks of four: with none in one of them twelve, of which three lie in the other hotspot."""
    weeks = [attack.week.shift(at) for at in range(4)]
    city = two_spots("AB", {week: [4, 9] for week in weeks}, window=4, spots={0: 10}, inside=(12, 3))
    told = sorted(spot.observed.ends[0] for spot in city.page(weeks[-1], []).themes[0].hotspots)
    assert told == [0, 9]

"""A dossier keeps its number through moves, merges, splits and relapses; no agreement loses it."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo import stats
from genk_geo.calendar import Week
from genk_geo.jobs.dossiers.follow import Spot, follow, lasting
from genk_geo.jobs.dossiers.states import with_state
from genk_geo.results import Agreement, Dossier

FIRST = Week(2025, 1)
#: 500 by hand, before a release: GENK_GEO_DOSSIER_WEEKS=500.
WEEKS = int(os.environ.get("GENK_GEO_DOSSIER_WEEKS", "60"))
DAY = dt.date(2026, 11, 16)


def dossier(number="2026-001", **told):
    known = {
        "theme": "nuisance", "since": "2026-W30", "opened": "2026-W34", "by_hand": False,
        "state": "proposed", "state_since": dt.date(2026, 8, 24), "state_by": "weekly",
    }  # fmt: skip
    return Dossier(number, **(known | told))


def spot(name, box, *came_from, since="2026-W30"):
    return Spot(name, came_from, since, shapely.box(*box))


def of_week(dossiers, spots):
    return follow(dossiers, spots, week=Week(2026, 46))


class Town:
    """Hotspots as squares that wander, grow into each other, fall apart, vanish and return."""

    def __init__(self, seed):
        self.chance = np.random.default_rng(seed)
        self.spots = [self.square() for _ in range(6)]

    def square(self):
        x, y = self.chance.integers(0, 20, 2) * 100
        return [int(x), int(y), int(self.chance.integers(1, 4)) * 100]

    def week(self):
        moved = []
        for x, y, side in self.spots:
            turn = self.chance.random()
            if turn < 0.04:
                continue  # gone
            if turn < 0.10 and side > 100:  # in two, with a gap between
                moved += [[x, y, 100], [x + side + 100, y, 100]]
                continue
            dx, dy = self.chance.integers(-1, 2, 2) * 100 if turn < 0.6 else (0, 0)
            moved.append([x + int(dx), y + int(dy), side])
        if self.chance.random() < 0.3:
            moved.append(self.square())
        self.spots = moved[:12]
        if not self.spots:
            return gpd.GeoDataFrame({"peak_cell": []}, geometry=[], crs=31370)
        ground = shapely.union_all([shapely.box(x, y, x + s, y + s) for x, y, s in self.spots])
        shapes = list(shapely.get_parts(ground))
        cells = [f"c_E{int(s.bounds[0])}_N{int(s.bounds[1])}" for s in shapes]
        return gpd.GeoDataFrame({"peak_cell": cells}, geometry=shapes, crs=31370)


def lived_through(seed, weeks):
    """What a theme lived through, week by week: its hotspots, and its dossiers after each week."""
    town, areas, dossiers, given = Town(seed), None, (), 0
    for at in range(weeks):
        week = FIRST.shift(at)
        areas = stats.track(town.week(), areas, theme="nuisance", week=week)
        spots = [
            Spot(row["hotspot_id"], tuple(row["from_ids"]), row["since"], row["geometry"])
            for row in areas.to_dict("records")
            if row["status"] != "gone"
        ]
        found = follow(dossiers, spots, week=week)
        new = []
        for one in lasting(found.free, week=week, weeks=3):
            given += 1
            new.append(
                dossier(
                    f"2025-{given:03d}", hotspots=(one.hotspot_id,), formerly=(one.hotspot_id,),
                    ground=one.ground, last_hot=str(week), since=one.since, opened=str(week),
                )
            )  # fmt: skip
        before, dossiers = dossiers, (*found.dossiers, *new)
        yield week, areas, spots, before, dossiers


def test_weeks_on_end_lose_no_dossier_and_no_agreement():
    merged = split = back = 0
    agreements = {}
    for _, areas, spots, before, dossiers in lived_through(20261, WEEKS):
        numbers = [one.number for one in dossiers]
        assert len(set(numbers)) == len(numbers)
        agreements |= {f"{one.number}/politie": one.number for one in dossiers}
        assert set(agreements.values()) <= set(numbers)
        now = {one.number: one for one in dossiers}
        ids = {one.hotspot_id for one in spots}
        heirs = {name for one in spots for name in (one.hotspot_id, *one.from_ids)}
        for old in before:
            one = now[old.number]
            assert (one.theme, one.opened) == (old.theme, old.opened)
            assert set(one.hotspots) <= ids
            assert one.formerly[: len(old.formerly)] == old.formerly
            # What the hotspot became is still the dossier's: nothing is let go while it lives on.
            assert not heirs.intersection(old.hotspots) or one.hotspots
            back += not old.hotspots and bool(one.hotspots)
        for area in spots:  # one that lasted has a dossier, and all of one that merged are named in each
            held = {one.number for one in dossiers if area.hotspot_id in one.hotspots}
            assert all(set(now[number].together) >= held - {number} for number in held)
        merged += (areas["status"] == "merged").sum()
        split += (areas["status"] == "split").sum()
    assert min(merged, split, back) > WEEKS // 50
    assert len(dossiers) > WEEKS // 10


def test_merged_dossiers_both_stay_and_part_again_on_their_own_ground():
    west = dossier("2026-001", hotspots=("A",), ground=shapely.box(0, 0, 100, 100))
    east = dossier("2026-002", hotspots=("B",), ground=shapely.box(200, 0, 300, 100))
    whole = of_week([west, east], [spot("A", (0, 0, 300, 100), "A", "B")]).dossiers
    assert [one.hotspots for one in whole] == [("A",), ("A",)]
    assert [one.together for one in whole] == [("2026-002",), ("2026-001",)]
    parts = [spot("A", (0, 0, 100, 100), "A"), spot("C", (200, 0, 300, 100), "A")]
    again = of_week(whole, parts)
    assert [one.hotspots for one in again.dossiers] == [("A",), ("C",)]
    assert [one.together for one in again.dossiers] == [(), ()]
    assert again.free == ()


def test_one_that_comes_back_is_found_by_its_ground_and_only_then_opened_again():
    quiet = dossier(ground=shapely.box(0, 0, 200, 100), formerly=("A",), last_hot="2026-W40")
    closed = replace(quiet, state="closed", closed=dt.date(2026, 10, 20))
    for one in (quiet, closed):
        found = of_week([one], [spot("Z", (50, 0, 250, 100)), spot("Y", (900, 0, 950, 50))])
        assert found.dossiers[0].hotspots == ("Z",)
        assert found.returned == ("2026-001",)
        assert [free.hotspot_id for free in found.free] == ["Y"]
        state = with_state(found.dossiers[0], (), day=DAY, returned=True)
        assert (state.state, state.state_by) == (
            ("reopened", "weekly") if one is closed else ("proposed", "weekly")
        )
    # Closed while it was hot, and hot still: nobody is surprised.
    decided = replace(closed, hotspots=("A",))
    still = of_week([decided], [spot("A", (0, 0, 200, 100), "A")])
    assert still.returned == ()
    assert with_state(still.dossiers[0], (), day=DAY, returned=False).state == "closed"


def test_a_wijk_that_was_opened_by_hand_stays_that_wijk():
    wijk = dossier(ground=shapely.box(0, 0, 1000, 1000), whole_area=True, by_hand=True, state="open")
    found = of_week([wijk], [spot("A", (0, 0, 100, 100)), spot("B", (500, 500, 700, 700))]).dossiers[0]
    assert found.hotspots == ("A", "B")
    assert found.ground.equals(wijk.ground)


PROMISED = Agreement("x", "2026-001", "Politie", "camera", due=dt.date(2026, 12, 1))
DONE = replace(PROMISED, done=dt.date(2026, 11, 10))


@pytest.mark.parametrize(
    ("state", "agreements", "wanted"),
    [
        ("proposed", [], "proposed"),
        ("proposed", [Agreement("x", "2026-001", "Politie")], "open"),
        ("open", [], "open"),
        ("proposed", [PROMISED], "in_hand"),
        ("in_hand", [PROMISED, DONE], "in_hand"),
        ("in_hand", [DONE], "followed_up"),
        ("in_hand", [replace(DONE, done=dt.date(2027, 1, 1))], "in_hand"),  # not done yet
        ("followed_up", [DONE, PROMISED], "in_hand"),
        ("in_hand", [], "open"),
        ("closed", [PROMISED], "closed"),
    ],
)
def test_the_state_follows_from_the_agreements(state, agreements, wanted):
    assert with_state(dossier(state=state), agreements, day=DAY, returned=False).state == wanted


def test_what_was_promised_before_the_closing_does_not_take_a_relapse_in_hand():
    closed = dossier(state="closed", closed=dt.date(2026, 10, 1))
    old = replace(PROMISED, due=dt.date(2026, 9, 1))
    back = with_state(closed, [old], day=DAY, returned=True)
    assert back.state == "reopened"
    assert with_state(back, [old], day=DAY, returned=False).state == "reopened"
    assert with_state(back, [old, PROMISED], day=DAY, returned=False).state == "in_hand"

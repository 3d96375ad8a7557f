"""Planted measures: at the busiest places, told apart in the truth alone, and nothing else changes."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest

from genk_geo.demo import DEMO_WEEK
from genk_geo.demo.incidents import draw_incidents
from genk_geo.demo.measures import planted
from genk_geo.demo.places import Terrain


@pytest.fixture(scope="module")
def made(city):
    terrain = Terrain.from_city(city)
    even = np.ones(len(terrain.xy))
    drawn, hotspots = draw_incidents("nuisance", DEMO_WEEK, 3, terrain, np.random.default_rng(1), times=even)
    own = {"week": DEMO_WEEK, "years": 3, "seed": 5}
    return drawn, hotspots, terrain, planted.with_measures(drawn, hotspots, terrain, **own), own


def test_the_same_seed_plants_the_same(made):
    drawn, hotspots, terrain, (incidents, measures), own = made
    again = planted.with_measures(drawn, hotspots, terrain, **own)
    assert again[0].equals(incidents)
    assert again[1] == measures
    assert len(measures) == planted.MEASURES
    spots = np.array([[one.x, one.y] for one in hotspots])
    assert len(planted.lasting_places(terrain, 5, spots)) == planted.PLACES
    assert sum(one.works for one in measures) == planted.WORKING
    assert all((one.taken > 0) == one.works for one in measures)


def test_measures_lie_apart_and_away_from_planted_hotspots(made):
    _, hotspots, _, (_, measures), _ = made
    xy = np.array([[one.x, one.y] for one in measures])
    away = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    assert away[~np.eye(len(xy), dtype=bool)].min() >= planted.APART_M
    spots = np.array([[one.x, one.y] for one in hotspots])
    assert np.hypot(*(xy[:, None] - spots[None]).transpose(2, 0, 1)).min() >= planted.APART_M


def test_what_works_takes_away_four_in_ten_and_planted_hotspots_stay(made):
    drawn, _, _, (incidents, measures), _ = made
    start = np.datetime64(measures[0].start)
    xy, late = incidents[["x", "y"]].to_numpy(), incidents["moment"].to_numpy() >= start
    change = {True: [], False: []}
    for one in measures:
        inside = np.hypot(*(xy - (one.x, one.y)).T) <= planted.MEASURE_M
        before = inside & ~late & (incidents["moment"].to_numpy() >= start - np.timedelta64(52, "W"))
        change[one.works].append((inside & late).sum() / before.sum())
    assert np.mean(change[True]) == pytest.approx(planted.LEFT * planted.QUIETER, abs=0.06)
    # Chosen for their busiest year, the others have less without any measure.
    assert 0.85 < np.mean(change[False]) < planted.QUIETER + 0.02
    # Of what was there nothing was moved, and nothing of a hotspot is gone.
    assert (incidents["hotspot"] != "").sum() == (drawn["hotspot"] != "").sum()
    assert incidents["moment"].is_monotonic_increasing


def test_the_file_of_measures_does_not_say_which_work(made, tmp_path):
    _, _, _, (_, measures), _ = made
    planted.write_measures(tmp_path, measures)
    drawn = gpd.read_file(tmp_path / planted.FILE)
    assert set(drawn.columns) == {"name", "measure", "theme", "start", "fictief", "geometry"}
    truth = json.loads((tmp_path / planted.TRUTH).read_text(encoding="utf-8"))["measures"]
    assert [one["name"] for one in truth] == drawn["name"].tolist()
    assert sum(one["works"] for one in truth) == planted.WORKING
    middle = drawn.to_crs(31370).centroid
    assert np.hypot(middle.x - [one.x for one in measures], middle.y - [one.y for one in measures]).max() < 1

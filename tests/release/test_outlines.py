"""What is drawn depends on blocks of addresses and never on the door inside a block."""

import datetime as dt
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.config import ReleaseSettings
from genk_geo.release import release
from genk_geo.release.outlines import Outlines, _around, coarse_density
from genk_geo.results import Density, NearRepeat, Outlook, PastOutlook
from tests.examples import examples

CRS = 31370
X, Y, SIDE = 226_000, 183_000, 200
N = 12


@pytest.fixture(scope="module")
def blocks():
    """Blocks of two by two cells with 8 to 12 addresses, and a strip where nobody lives."""
    rows = [
        {
            "addresses": 0.0 if column == N - 1 else 8.0 + (column * 7 + row) % 5,
            "place": (f"Straat {column}", f"Laan {row}"),
            "wijk": "Noord" if row > 5 else "Zuid",
            "stadsdeel": "Stad",
            "geometry": shapely.box(
                X + SIDE * column, Y + SIDE * row, X + SIDE * (column + 1), Y + SIDE * (row + 1)
            ),
        }
        for column in range(N)
        for row in range(N)
    ]
    return gpd.GeoDataFrame(rows, crs=CRS)


def cells_near(x, y, reach_m):
    """Whole cells of 100 m whose middle lies within reach of a point: as a method draws it."""
    columns = np.arange(X, X + SIDE * N, 100)
    rows = np.arange(Y, Y + SIDE * N, 100)
    boxes = [
        shapely.box(c, r, c + 100, r + 100)
        for c in columns
        for r in rows
        if np.hypot(c + 50 - x, r + 50 - y) <= reach_m
    ]
    return shapely.union_all(boxes)


def points_at(places, moment="2026-11-12 12:00"):
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"i{n}" for n in range(len(places))],
            "category": "x",
            "moment": pd.Timestamp(moment, tz="Europe/Brussels"),
        },
        geometry=[shapely.Point(place) for place in places],
        crs=CRS,
    )


inside = st.tuples(st.integers(1, 199), st.integers(1, 199))
block = st.tuples(st.integers(1, N - 3), st.integers(1, N - 2))


@given(block, inside, inside, st.sampled_from([60, 150, 250]))
@settings(deadline=None, max_examples=examples(60))
def test_two_doors_of_a_block_give_one_outline(blocks, where, one, other, reach_m):
    """A shape that a method puts around a door does not say which door of at least eight."""
    outlines = Outlines(blocks)
    drawn = []
    for dx, dy in (one, other):
        x, y = X + SIDE * where[0] + dx, Y + SIDE * where[1] + dy
        drawn.append(
            outlines.of(cells_near(x, y, reach_m).union(shapely.Point(x, y).buffer(1)), points_at([(x, y)]))
        )
    assert drawn[0] == drawn[1]
    covered = blocks[blocks.within(drawn[0].geometry)]
    assert covered["addresses"].sum() >= 8


@given(block, inside, inside, st.sampled_from([100, 300]))
@settings(deadline=None, max_examples=examples(40))
def test_a_zone_around_one_burglary_does_not_say_its_centre(blocks, week_result, where, one, other, distance):
    told = []
    for dx, dy in (one, other):
        x, y = X + SIDE * where[0] + dx, Y + SIDE * where[1] + dy
        zones = gpd.GeoDataFrame(
            {
                "number": [1], "place": [("Deur",)], "wijk": ["Noord"], "stadsdeel": ["Stad"],
                "incidents": [1], "until": [dt.date(2026, 11, 20 + dx % 3)],
            },
            geometry=[cells_near(x, y, distance).union(shapely.Point(x, y).buffer(1))], crs=CRS,
        )  # fmt: skip
        strings = pd.DataFrame(
            {
                "number": [1], "place": [("Deur",)], "wijk": ["Noord"], "stadsdeel": ["Stad"],
                "incidents": [3], "first": [dt.date(2026, 11, 2)], "last": [dt.date(2026, 11, 10)],
            }
        )  # fmt: skip
        repeat = NearRepeat(
            pd.DataFrame(), distance, 14, 2.0, 0.01, pd.Timestamp("2024-01-01"), zones, strings
        )
        burglary = replace(
            week_result.themes[1],
            near_repeat=repeat,
            points=points_at([(x, y)]),
            areas=week_result.themes[1].areas[:0],
        )
        told.append(release(replace(week_result, themes=(burglary,), blocks=blocks)).themes[0].near_repeat)
    assert told[0] == told[1]
    (zone,) = told[0].zones
    assert zone.incidents.value is None
    assert zone.until == dt.date(2026, 11, 22)
    assert "Deur" not in zone.streets
    (string,) = told[0].strings
    assert (string.streets, string.first, string.last) == ((), None, None)
    assert string.incidents.value is None


def test_an_outline_where_nobody_lives_goes_with_the_nearest_houses(blocks):
    empty = shapely.box(X + SIDE * 11 + 20, Y + 20, X + SIDE * 11 + 60, Y + 60)
    ground = Outlines(blocks).snapped(empty)
    assert blocks[blocks.within(ground.geometry)]["addresses"].sum() >= 8
    assert ground.streets[0] == "Straat 10"


@given(block, inside, inside, st.integers(3, 9))
@settings(deadline=None, max_examples=examples(20))
def test_a_density_says_nothing_finer_than_a_block(blocks, where, one, other, number):
    """Pixel by pixel the same, wherever in its block it happened; nothing at all of a few."""
    extent, cell_m = (float(X), float(Y), float(X + SIDE * N), float(Y + SIDE * N)), 50.0
    outlines, surfaces, plain = Outlines(blocks), [], []
    for dx, dy in (one, other):
        xy = [(X + SIDE * where[0] + dx, Y + SIDE * where[1] + dy)] * number
        values = stats.kernel_density(
            np.array(xy, dtype=float), extent=extent, cell_m=cell_m, bandwidth_m=300
        )
        plain.append(values)
        surfaces.append(
            coarse_density(Density(values, extent, cell_m, 300.0), points_at(xy), outlines, 5).values
        )
    assert np.array_equal(surfaces[0], surfaces[1])
    assert surfaces[0].any() == (number >= 5)
    assert one == other or not np.array_equal(plain[0], plain[1])
    if number >= 5:  # as many incidents as there are
        inner = 2 <= where[0] <= N - 3 and 2 <= where[1] <= N - 3
        total = surfaces[0].sum() * (cell_m / 1000) ** 2
        assert total <= number * 1.01
        assert not inner or total > 0.3 * number


def test_an_outlook_tells_no_expected_number_and_no_few_that_were_caught(blocks, week_result):
    places = gpd.GeoDataFrame(
        {
            "number": [1], "place": [("Deur",)], "wijk": ["Noord"], "stadsdeel": ["Stad"], "area_m2": [1e4],
            "expected": [0.123], "peak_days": [(4,)], "peak_from": [18.0], "peak_to": [22.0],
        },
        geometry=[shapely.box(X + 500, Y + 500, X + 600, Y + 600)], crs=CRS,
    )  # fmt: skip
    scores = pd.DataFrame(
        {
            "model": ["a", "b", "c"], "budget": 0.02, "weeks": 52, "incidents": [900, 120, 30],
            **{name: [0.3333, 0.123456, 0.5] for name in ("capture", "capture_low", "capture_high")},
            **dict.fromkeys(("pai", "pei", "rri", "log_score", "gain", "gain_low", "gain_high"), 1.23456),
            "baseline": False, "chosen": False,
        }
    )  # fmt: skip
    ahead = Outlook("a", 0.02, places, PastOutlook(9, 4, 6), scores)
    theme = replace(week_result.themes[1], outlook=ahead)
    result = replace(week_result, themes=(theme,), blocks=blocks)
    told = release(result).themes[0].outlook
    assert told.places[0].expected is None
    assert told.places[0].geometry.area == pytest.approx(4e4)
    assert told.last is None
    assert told.scores.table["capture"].tolist() == [0.33, 0.1]
    full = release(result, reader=ReleaseSettings(profile="analist")).themes[0].outlook
    assert full.places[0].expected == 0.123
    assert full.last.caught.value == 4
    assert full.scores.table is scores


def test_an_analist_sees_outlines_and_points_as_they_were_found(blocks, week_result):
    points = points_at([(X + 333, Y + 333)])
    theme = replace(week_result.themes[0], points=points)
    result = replace(week_result, themes=(theme,), blocks=blocks, week=Week(2026, 46))
    full = release(result, reader=ReleaseSettings(profile="analist")).themes[0]
    assert full.points.geometry.tolist() == points.geometry.tolist()
    assert {spot.geometry for spot in full.hotspots} == set(theme.areas.geometry)
    for profile in ("wijkmanager", "publiek"):
        less = release(result, reader=ReleaseSettings(profile=profile))
        assert less.themes[0].points is None
    assert Window(Week(2026, 46), 4) == theme.window


def test_only_names_of_areas_have_a_place_on_the_map(published):
    """A point within the outline of a few incidents would look like one of them."""
    page = (published / "stadsdeel-noorderveld.html").read_text(encoding="utf-8")
    decode = json.JSONDecoder().raw_decode
    starts = [at for at in range(len(page)) if page.startswith('{"features": ', at)]
    features = [one["properties"] for at in starts for one in decode(page, at)[0]["features"]]
    assert {"wijk", "neighbour"} < {own["kind"] for own in features}
    assert {own["kind"] for own in features if "at" in own} == {"wijk", "neighbour"}


def test_the_sum_around_each_cell_is_that_of_scipys_signals_to_the_bit():
    from scipy.signal import fftconvolve

    rng = np.random.default_rng(1)
    for rows, columns, reach in ((40, 31, 6), (17, 90, 3), (9, 9, 12)):
        values = rng.poisson(0.2, (rows, columns)) * rng.random((rows, columns))
        steps = np.arange(-reach, reach + 1)
        disc = (np.hypot(*np.meshgrid(steps, steps)) <= reach).astype(float)
        np.testing.assert_array_equal(_around(values, disc), fftconvolve(values, disc, mode="same"))

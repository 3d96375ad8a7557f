"""Counts in the history are those of the whole table in memory, on the city's clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import genk_geo as gg
from genk_geo.calendar import Week, occurred, week_of
from genk_geo.config import ReleaseSettings
from genk_geo.config.analysis import ThemeSettings
from genk_geo.errors import DisclosureError
from genk_geo.jobs.history import precisely_placed
from genk_geo.jobs.streamed import count_cells, count_hours
from genk_geo.release import NEAR_M, check_overlays, judged_by
from genk_geo.results import Overlay
from genk_geo.schema import geocode_level_dtype
from genk_geo.store import Store
from genk_geo.store.tallies import (
    Selection,
    blocks,
    clock_of,
    count_wijk_weeks,
    places_near,
    weeks_on_record,
)
from genk_geo.store.weekly import read_weekly_counts
from tests.examples import examples
from tests.store.test_store import result_of

TZ = "Europe/Brussels"
#: Without a zone: on the city's clock.
BARE = pd.Timestamp("2025-07-07").to_pydatetime()
ZONES = (TZ, "UTC", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu")


def drawn(n, seed=1, **more):
    """A result of n reports over three years, with places, levels, wijken and windows of all kinds."""
    rng = np.random.default_rng(seed)
    minutes = pd.to_timedelta(rng.integers(0, 3 * 365 * 1440, n), unit="min")
    begin = pd.Series((pd.Timestamp("2024-01-01", tz="UTC") + minutes).tz_convert(TZ).as_unit("us"))
    window = pd.to_timedelta(pd.Series(rng.integers(0, 4000, n)), unit="min")
    result = result_of(
        range(n),
        sha256=f"{seed:064d}",
        **{
            "from": begin,
            "to": (begin + window).where(rng.random(n) < 0.5),
            "reported": (begin + 2 * window).where(rng.random(n) < 0.8),
            "theme": rng.choice(["burglary", "nuisance"], n),
            "wijk": pd.Series(rng.choice(["Winterslag", "Sledderlo", "Bokrijk"], n), dtype="str").where(
                rng.random(n) < 0.9
            ),
            "geocode_level": pd.Series(rng.choice(["street", "poi", "address", "none"], n)).astype(
                geocode_level_dtype()
            ),
            "geocode_uncertainty_m": np.where(rng.random(n) < 0.9, rng.choice([5.0, 50.0, 500.0], n), np.nan),
        }
        | more,
    )
    xy = rng.uniform((226_000, 182_500), (232_000, 189_000), (n, 2)).round(1)
    result.incidents.geometry = np.where(rng.random(n) < 0.9, shapely.points(xy), None)
    return result


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("tallies") / "history.duckdb") as store:
        store.add(drawn(3000))
        yield store


def week_names(incidents):
    return week_of(occurred(incidents), TZ).map(lambda monday: str(Week.from_day(monday.date())))


SELECTIONS = {
    "all": {},
    "theme": {"theme": "burglary"},
    "time": {
        "start": pd.Timestamp("2024-03-31 02:30", tz="UTC"),
        "end": pd.Timestamp("2025-07-07").to_pydatetime(),
    },
    "known": {"theme": "nuisance", "reported_before": pd.Timestamp("2025-11-03", tz=TZ)},
    "nothing": {"theme": "traffic"},
}


@pytest.mark.parametrize("chosen", SELECTIONS.values(), ids=SELECTIONS)
def test_wijken_cells_and_hours_are_those_of_the_whole_table(history, chosen, city):
    incidents = history.incidents(**chosen)
    selection = Selection(**chosen)
    table = pd.crosstab(incidents["wijk"].fillna(""), week_names(incidents))
    found = count_wijk_weeks(history, selection)
    assert found.index.tolist() == sorted(set(incidents["wijk"].fillna("")))
    assert found.equals(table.reindex_like(found).astype(np.int64))
    grid = gg.stats.Grid.cover(city.boundary, cell_m=250)
    assert count_cells(history, grid, selection).equals(grid.count(incidents))
    hours = gg.stats.aoristic(incidents["from"], incidents["to"])
    np.testing.assert_allclose(count_hours(history, selection), hours, rtol=0, atol=1e-9)


def test_only_what_is_placed_precisely_is_counted_where_that_is_asked(history, city):
    incidents = history.incidents()
    precise = incidents[precisely_placed(incidents, ThemeSettings(max_uncertainty_m=50))]
    grid = gg.stats.Grid.cover(city.boundary, cell_m=250)
    counts = count_cells(history, grid, Selection(within_m=50))
    assert counts.equals(grid.count(precise))
    assert 0 < counts.sum() < len(incidents) / 2


def test_blocks_hold_everything_once_and_no_more_than_asked(history):
    parts = list(blocks(history, ["incident_id", "occurred_utc"], rows=700))
    assert len(parts) >= 4
    whole = pd.concat(parts).set_index("incident_id")["occurred_utc"]
    incidents = history.incidents().set_index("incident_id")
    assert whole.sort_index().to_list() == occurred(incidents).sort_index().to_list()
    with pytest.raises(ValueError, match="kept"):
        next(blocks(history, ["kept"]))


def test_weeks_on_record_have_no_gap(history, tmp_path):
    weeks = weeks_on_record(history)
    names = set(week_names(history.incidents()))
    assert names <= set(map(str, weeks))
    assert (str(weeks[0]), str(weeks[-1])) == (min(names), max(names))
    assert [one.minus(weeks[0]) for one in weeks] == list(range(len(weeks)))
    with Store.open(tmp_path / "new.duckdb") as store:
        assert weeks_on_record(store) == []
        assert count_wijk_weeks(store).empty


@settings(max_examples=examples(25))
@given(
    zone=st.sampled_from(ZONES),
    begin=st.datetimes(
        pd.Timestamp("1995-01-01").to_pydatetime(), pd.Timestamp("2030-01-01").to_pydatetime()
    ),
    days=st.integers(0, 800),
    after=st.integers(0, 10**9),
)
def test_the_clock_is_that_of_the_zone(zone, begin, days, after):
    end = begin + dt.timedelta(days=days)
    moment = begin + (end - begin) * (after / 10**9)
    clock = clock_of(zone, begin, end).to_pandas()
    since = clock["since_utc"].to_numpy("datetime64[us]")
    at = int(np.searchsorted(since, np.datetime64(moment), "right")) - 1
    offset = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert clock["offset_s"].iloc[at] == offset.total_seconds()


def named(places):
    return set(zip(places.geometry.x, places.geometry.y, places["geocode_level"].astype(str), strict=True))


@settings(max_examples=examples(15))
@given(seed=st.integers(0, 999), reach=st.sampled_from([1.0, 3.0, 250.0]))
def test_no_place_near_a_point_is_missed(history, seed, reach):
    places = history.incidents()
    places = places[places.geometry.notna()]
    rng = np.random.default_rng(seed)
    around = shapely.get_coordinates(places.geometry.to_numpy())[rng.integers(0, len(places), 20)]
    points = around + rng.uniform(-1, 1, around.shape) * reach
    points[0] = around[0] + [reach, 0]
    found = places_near(history, points, reach)
    near = shapely.dwithin(places.geometry.to_numpy()[:, None], shapely.points(points), reach).any(axis=1)
    kept, wanted = named(found), named(places[near])
    assert kept >= wanted
    assert len(found) <= 20 * 9 * len(wanted) + 200
    assert len(places_near(history, np.empty((0, 2)), reach)) == 0


@pytest.mark.parametrize("shape", ["points", "circles", "lines", "areas", "elsewhere", "nothing"])
def test_layers_are_judged_by_the_places_under_them_as_by_the_whole_history(history, shape):
    incidents = history.incidents()
    exact = incidents[incidents.geometry.notna() & (incidents["geocode_level"] != "poi")]
    xy = shapely.get_coordinates(exact.geometry.to_numpy())[:60]
    shapes = {
        "points": shapely.points(xy + 1.5),
        "circles": shapely.buffer(shapely.points(xy), 40),
        "lines": [shapely.linestrings(xy[at : at + 2]) for at in range(0, 60, 2)],
        "areas": [shapely.multipoints(xy[at : at + 6]).convex_hull for at in range(0, 60, 6)],
        "elsewhere": shapely.points(xy + 40),
        "nothing": [],
    }[shape]
    features = gpd.GeoDataFrame({"name": ""}, index=range(len(shapes)), geometry=list(shapes), crs=31370)
    layers = [Overlay("cameras", "Camera's", features)]

    def judged(places):
        try:
            check_overlays(layers, places, [ReleaseSettings(profile="wijkmanager")])
        except DisclosureError as error:
            return str(error)
        return ""

    near = places_near(history, judged_by(layers), NEAR_M)
    assert judged(near) == judged(incidents)
    assert len(near) < len(incidents) / 2
    assert bool(judged(near)) == (shape not in {"elsewhere", "nothing"})


def test_weekly_counts_follow_every_delivery(tmp_path):
    with Store.open(tmp_path / "history.duckdb") as store:
        assert read_weekly_counts(store).empty
        for seed in (1, 2):  # the second corrects weeks, themes and wijken of the first
            begin = drawn(300, seed=1).incidents["from"]
            n = 200 + 50 * seed
            store.add(drawn(n, seed=seed, **{"from": begin[:n], "to": begin[:n]}))
            for theme in (None, "burglary"):
                incidents = store.incidents(theme)
                table = pd.crosstab(incidents["wijk"].fillna(""), week_names(incidents))
                counts = read_weekly_counts(store, theme)
                assert counts.equals(table.reindex_like(counts).astype(np.int64))
                assert counts.to_numpy().sum() == len(incidents)
        before = read_weekly_counts(store)
        store._connection.execute("drop table weekly_counts")  # as a history of before has none
        assert read_weekly_counts(store).equals(before)
    with Store.open(tmp_path / "history.duckdb") as store, pytest.raises(Exception, match="keep"):
        store.add(drawn(5, wijk=[1, 2, 3, 4, 5]))

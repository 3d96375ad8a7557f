"""Reports become events: what tells of one thing is one, what is merely near stays apart."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genk_geo import stats
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.events.links import DISTANCES_M, GAPS_DAYS

START = pd.Timestamp("2024-01-01", tz="Europe/Brussels")


def reported(x, y, day, *, hours=0.0, **columns):
    """Reports at places, so many days after the start."""
    begin = START + pd.to_timedelta(np.round(np.asarray(day, dtype=float) * 86400), unit="s")
    end = begin + pd.to_timedelta(np.broadcast_to(hours, len(begin)), unit="h")
    return gpd.GeoDataFrame(
        {"from": begin, "to": end, **columns}, geometry=gpd.points_from_xy(x, y), crs=31370
    )


def scattered(rng, n, *, days=728.0, size_m=6000.0):
    return rng.uniform(0, size_m, n), rng.uniform(0, size_m, n), rng.uniform(0, days, n)


def pair_shares(number, truth):
    """Of the pairs that were put together, the share that is right; of the true pairs, the share found."""
    table = pd.DataFrame({"found": np.asarray(number), "true": np.asarray(truth)})

    def pairs(columns):
        sizes = table.groupby(columns).size()
        return float((sizes * (sizes - 1) / 2).sum())

    both = pairs(["found", "true"])
    return both / pairs("found"), both / pairs("true")


def test_four_reports_at_one_address_in_one_night_are_one_event():
    """Alone, and in a record of two years."""
    night = 700.9 + np.array([0, 0.03, 0.1, 0.2])
    alone = stats.bundle_reports(reported(np.full(4, 3000.0), np.full(4, 3000.0), night))
    assert alone.events["reports"].tolist() == [4]
    x, y, day = scattered(np.random.default_rng(0), 700)
    record = reported(np.append(x, [3000.0] * 4), np.append(y, [3000.0] * 4), np.append(day, night))
    found = stats.bundle_reports(record)
    assert len(set(found.number.iloc[-4:])) == 1
    assert found.events["reports"].sum() == 704
    assert len(found.events) >= 700


@pytest.mark.parametrize("lot_m", [5.0, 20.0, 40.0])
def test_garages_in_a_row_in_one_night_are_one_event(lot_m):
    """Three times in three years, as windows that overlap; the same row a month later is another event."""
    x, y, day = scattered(np.random.default_rng(1), 600, days=1092)
    row = np.arange(3) * lot_m
    for night in (200.0, 500.0, 530.0):
        x, y = np.append(x, 3000.0 + row), np.append(y, [3000.0] * 3)
        day = np.append(day, night + np.array([0.0, 0.05, 0.1]))
    found = stats.bundle_reports(reported(x, y, day, hours=9.0))
    rows = found.number.iloc[-9:].to_numpy().reshape(3, 3)
    assert (rows == rows[:, :1]).all()
    assert np.unique(rows).size == 3
    assert found.events["radius_m"].iloc[rows[:, 0]].tolist() == pytest.approx([2 * lot_m] * 3)
    assert len(found.events) >= 600


def test_windows_that_overlap_are_no_time_apart():
    friday_to_sunday = reported([0, 6, 12], [0, 0, 0], [4.7, 5.9, 6.4], hours=[60.0, 12.0, 1.0])
    assert stats.bundle_reports(friday_to_sunday).events["reports"].tolist() == [3]
    a_month = reported([0, 0], [0, 0], [0.0, 10.0], hours=[700.0, 1.0])
    assert len(stats.bundle_reports(a_month).events) == 2  # known to a month: it says nothing


@pytest.mark.parametrize(
    ("share", "extra", "least"), [(0.02, 1, 0.8), (0.05, 2, 0.95), (0.1, 2, 0.96), (0.2, 3, 0.96)]
)
def test_echoes_are_found_and_little_else(share, extra, least):
    """Nuisance of two years, 80 a week; extra reports at some 20 m within a day.

    Measured over twelve records a strength: precision .91, .98, .99, .98, recall .94 and 1.00, 1.00, 1.00.
    """
    rng = np.random.default_rng(2)
    x, y, day = scattered(rng, 8000)
    told = np.repeat(np.flatnonzero(rng.random(8000) < share), extra)
    truth = np.append(np.arange(8000), told)
    x = np.append(x, x[told] + rng.normal(0, 14, told.size))
    y = np.append(y, y[told] + rng.normal(0, 14, told.size))
    day = np.append(day, day[told] + rng.uniform(0, 1, told.size))
    found = stats.bundle_reports(reported(x, y, day))
    precision, recall = pair_shares(found.number, truth)
    assert precision >= least
    assert recall >= 0.9


def test_unrelated_reports_stay_apart():
    """Of 8000 independent reports fewer than 20 are taken for another's echo; 1 to 7 in ten records."""
    found = stats.bundle_reports(reported(*scattered(np.random.default_rng(3), 8000)))
    assert len(found.events) > 7980


@pytest.mark.parametrize(("wide_m", "least"), [(40.0, 0.98), (0.0, 0.98)])
def test_a_busy_place_is_no_endless_event(wide_m, least):
    """Two reports a day about a square, or a station of one address, for two years: six records kept all."""
    rng = np.random.default_rng(4)
    x, y, day = scattered(rng, 6000)
    busy = 1456
    x = np.append(x, 3000 + rng.normal(0, wide_m, busy))
    y = np.append(y, 3000 + rng.normal(0, wide_m, busy))
    found = stats.bundle_reports(reported(x, y, np.append(day, rng.uniform(0, 728, busy))))
    assert found.number.iloc[-busy:].nunique() >= least * busy


def test_a_night_in_which_all_the_city_reports_is_not_one_event():
    rng = np.random.default_rng(5)
    x, y, day = scattered(rng, 8000, size_m=3000)
    x, y = np.append(x, rng.uniform(0, 3000, 400)), np.append(y, rng.uniform(0, 3000, 400))
    found = stats.bundle_reports(reported(x, y, np.append(day, 365 + rng.uniform(0, 0.2, 400))))
    assert found.number.iloc[-400:].nunique() >= 390


def test_what_follows_some_days_later_is_an_event_of_its_own():
    """Near repeats: a fifth is followed within 60 m, one to six days later.

    Of 720, 706 to 720 stay in eight records: those of the next day at the same hour are hard to tell.
    """
    rng = np.random.default_rng(6)
    x, y, day = scattered(rng, 600, days=1092)
    late = rng.integers(1, 7, 120) + rng.normal(0, 0.05, 120)
    near = x[:120] + rng.uniform(-60, 60, 120), y[:120] + rng.uniform(-60, 60, 120), day[:120] + late
    found = stats.bundle_reports(reported(*(np.append(a, b) for a, b in zip((x, y, day), near, strict=True))))
    assert len(found.events) >= 700


def test_categories_that_do_not_go_together_are_learned():
    rng = np.random.default_rng(7)
    x, y, day = (np.append(values, values[:400]) for values in scattered(rng, 4000))
    kind = rng.integers(0, 3, 4000).astype(str)
    kind = np.append(kind, kind[:400])
    found = stats.bundle_reports(reported(x + rng.normal(0, 9, 4400), y, day, category=kind))
    by_kind = found.links[""].table.groupby("same_category")["partners"].sum()
    assert by_kind[True] > 20 * by_kind[False]
    assert len(found.events) == pytest.approx(4000, abs=20)


def some_reports():
    number = st.integers(0, 30)
    return st.lists(st.tuples(number, number, number, st.integers(0, 40), st.sampled_from("ab")), max_size=40)


def built(rows):
    x, y, day, hours, kind = zip(*rows, strict=True) if rows else ((),) * 5
    return reported(
        np.multiply(x, 9.0), np.multiply(y, 5.0), np.multiply(day, 0.2), hours=np.array(hours, dtype=float),
        category=list(kind), incident_id=[f"i{at:03d}" for at in range(len(rows))],
    )  # fmt: skip


@given(some_reports(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_plays_no_part(rows, random):
    reports = built(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    found, again = stats.bundle_reports(reports), stats.bundle_reports(reports.iloc[order])
    pd.testing.assert_series_equal(found.number, again.number.sort_index())
    assert found.events["first"].tolist() == again.events["first"].tolist()


def test_events_that_began_together_at_one_place_are_numbered_alike_in_any_order():
    reports = built([(1, 1, 0, 0, "a"), (1, 1, 0, 0, "b"), (1, 1, 0, 40, "a"), (1, 1, 0, 40, "b")] * 3)
    reports["geocode_uncertainty_m"] = 1000.0  # too vague to belong together
    found, again = stats.bundle_reports(reports), stats.bundle_reports(reports.iloc[::-1])
    assert len(found.events) == 12
    pd.testing.assert_series_equal(found.number, again.number.sort_index())


@given(some_reports())
def test_bundling_events_again_changes_nothing(rows):
    found = stats.bundle_reports(built(rows))
    again = stats.bundle_reports(found.events, links=found.links)
    assert again.number.tolist() == list(range(len(found.events)))
    assert (again.events["reports"] == 1).all()


@given(some_reports(), st.floats(0, 100), st.floats(0, 2))
def test_no_event_is_wider_than_the_limits(rows, distance_m, days):
    reports = built(rows)
    found = stats.bundle_reports(reports, limits=stats.EventLimits(distance_m=distance_m, days=days))
    assert found.events["reports"].sum() == len(reports)
    for number, event in found.events.iterrows():
        own = reports[found.number == number]
        first = reports.loc[event["first"]]
        assert (own.distance(first.geometry) <= distance_m + 1e-6).all()
        assert ((own["from"] - first["to"]) <= pd.Timedelta(days=days, seconds=1)).all()
        assert (own["from"] >= first["from"]).all()
        assert event["until"] == own["to"].max()


def test_a_chain_does_not_run_along_a_street():
    """Forty reports of one night, 20 m apart: no event reaches further than 100 m."""
    chain = reported(np.arange(40) * 20.0, np.zeros(40), np.arange(40) * 0.01)
    found = stats.bundle_reports(chain)
    assert found.events["radius_m"].max() <= 100
    assert found.events["reports"].tolist() == [6, 6, 6, 6, 6, 6, 4]
    week = reported(np.zeros(28), np.zeros(28), np.arange(28) * 0.25)
    events = stats.bundle_reports(week).events
    assert ((events["until"] - events["from"]) <= pd.Timedelta(days=2)).all()


def test_events_tell_what_their_reports_told():
    reports = reported(
        [0, 3, 900, np.nan], [0, 4, 0, np.nan], [0.0, 0.01, 3.0, 3.0],
        source=["app", "police", "app", "app"], theme="nuisance",
        reported=START + pd.to_timedelta([9, 2, 4, 5], unit="D"), geocode_uncertainty_m=[5, 5, 400, None],
    ).set_index(pd.Index(list("wxyz")))  # fmt: skip
    before = reports.copy()
    found = stats.bundle_reports(reports)
    pd.testing.assert_frame_equal(reports, before)
    assert found.number.to_dict() == {"w": 0, "x": 0, "y": 1, "z": 2}
    events = found.events
    assert events["first"].tolist() == ["w", "y", "z"]
    assert events["reports"].tolist() == [2, 1, 1]
    assert events["sources"].tolist() == [2, 1, 1]
    assert events["radius_m"].tolist() == [5.0, 0.0, 0.0]
    assert events["reported"].tolist() == (START + pd.to_timedelta([2, 4, 5], unit="D")).tolist()
    assert list(found.links) == ["nuisance"]
    assert events.crs.to_epsg() == 31370


def test_themes_and_places_that_are_hardly_known_stay_apart():
    two = reported([0, 0], [0, 0], [0, 0], theme=["nuisance", "burglary"])
    assert len(stats.bundle_reports(two).events) == 2
    vague = reported([0, 0], [0, 0], [0, 0], geocode_uncertainty_m=[5.0, 250.0])
    assert len(stats.bundle_reports(vague).events) == 2


def test_no_reports_are_no_events():
    nothing = reported([], [], [], source=[], reported=pd.Series([], dtype="datetime64[us, UTC]"))
    found = stats.bundle_reports(nothing)
    assert found.number.empty
    assert {"first", "reports", "sources", "until", "radius_m"} <= set(found.events)


def test_links_are_learned_from_the_bands_that_hold_too_many_pairs():
    rng = np.random.default_rng(8)
    x, y, day = scattered(rng, 2000)
    echo = x[:300] + 17.0, y[:300], day[:300] + 0.5
    links = stats.learn_links(reported(*(np.append(a, b) for a, b in zip((x, y, day), echo, strict=True))))
    table = links.table.set_index(["from_m", "from_days", "same_category"])
    assert len(table) == 2 * (DISTANCES_M.size - 1) * (GAPS_DAYS.size - 1)
    assert table.loc[(10, 0.25, True), "pairs"] >= 300
    assert table.loc[(10, 0.25, True), "probability"] > 0.95
    assert table.loc[(50, 1, True), "probability"] < 0.5
    assert links.reports == 2300


@pytest.mark.parametrize(
    "limits", [{"distance_m": 101.0}, {"days": -1.0}, {"days": 3.0}, {"chance": 1.5}, {"distance_m": np.nan}]
)
def test_limits_beyond_what_is_learned_are_refused(limits):
    with pytest.raises(ConfigError, match=next(iter(limits))):
        stats.EventLimits(**limits)


def test_reports_without_a_time_or_a_metric_system_are_refused():
    good = reported([0], [0], [0])
    with pytest.raises(SchemaError, match="from"):
        stats.bundle_reports(good.drop(columns="from"))
    with pytest.raises(SchemaError, match="each index once"):
        stats.bundle_reports(pd.concat([good, good]))
    with pytest.raises(SchemaError, match="metric"):
        stats.bundle_reports(good.set_crs(4326, allow_override=True))
    with pytest.raises(SchemaError, match="coordinate"):
        stats.bundle_reports(good.set_crs(None, allow_override=True))

"""The weekly job counts events: what several people report once, or one night does to a row, is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genk_geo.calendar import Week, Window
from genk_geo.config import THEMES, GridSettings, Settings
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week.analysis import look_at_theme
from genk_geo.jobs.week.hotspots import find_heat
from genk_geo.jobs.week.near_repeat import near_repeats
from genk_geo.jobs.week.signals import signals
from genk_geo.store import Store
from tests.jobs.week.test_signals import AS_OF, WEEK, background, themed


@pytest.fixture(scope="module")
def ground(city):
    return Ground.cover(city, 100)


def switched(history, **changed):
    settings = history.settings.model_copy(update=changed)
    return ThemeHistory(history.theme, settings, history.incidents, history.ground)


def heat_of(history):
    return find_heat(history.of_events, Window(WEEK, history.settings.window_weeks), GridSettings())


@pytest.fixture(scope="module")
def one_night(ground):
    """Two years of four burglaries a week; on the last Saturday four people report one at a quiet address."""
    rng = np.random.default_rng(0)
    xy, moment = background(ground, rng, 416, 104)
    last = np.datetime64(WEEK.monday, "s") + np.timedelta64(5 * 86400 + 80000, "s")
    night = last + np.array([0, 900, 3600, 9000]).astype("timedelta64[s]")
    quiet = ground.cells[(ground.dwellings > 0) & (ground.dwellings < 5)].geometry.centroid.iloc[40]
    return themed(
        ground, np.vstack([xy, [[quiet.x, quiet.y]] * 4]), np.concatenate([moment, night]), theme="burglary"
    )


def test_four_reports_at_one_address_in_one_night_make_no_hotspot(one_night):
    """As reports they were one, of the surest kind; as events they are one event."""
    assert len(heat_of(one_night).areas) == 0
    told = heat_of(switched(one_night, bundle=False, restless=False))
    assert told.areas["hotspot_class"].astype(str).tolist() == ["hot 99"]
    assert len(one_night.of_events.incidents) == len(one_night.incidents) - 3
    assert len(switched(one_night, bundle=False).of_events.incidents) == len(one_night.incidents)


def test_four_reports_in_one_night_are_no_signal(one_night):
    def seen(history):
        return signals(history.of_events, WEEK, as_of=AS_OF, settings=Settings())

    assert len(seen(switched(one_night, bundle=False))) >= 1
    assert seen(one_night).empty


def test_rows_of_garages_are_no_near_repeat(ground):
    """Three nights in three years in which three garages in a row are broken into: 60 records.

    As reports 64 % told of a near repeat; nominal is 1 %.
    """
    told = 0
    for seed in range(60):
        rng = np.random.default_rng([5, seed])
        xy, moment = background(ground, rng, 600, 156)
        first, lot = xy[:3], rng.uniform(5, 40, 3)
        rows = [first + np.column_stack([k * lot, 0 * lot]) for k in (1, 2)]
        history = themed(
            ground, np.vstack([xy, *rows]), np.concatenate([moment, moment[:3], moment[:3]]), hours=8.0
        )
        told += near_repeats(history.of_events, WEEK, seed=seed).distance_m > 0
    assert told <= 4  # 1 % of 60 and three standard errors


def test_one_event_that_four_people_report_counts_once_where_a_near_repeat_counts_now(ground):
    rng = np.random.default_rng(5)
    xy, moment = background(ground, rng, 416, 104)
    again = rng.choice(416, 80, replace=False)
    later = moment[again] + rng.integers(2 * 86400, 6 * 86400, 80).astype("timedelta64[s]")
    past = later < np.datetime64(WEEK.monday, "s")
    last = np.datetime64(WEEK.monday, "s") + np.timedelta64(5 * 86400 + 80000, "s")
    night = last + np.array([0, 900, 3600, 9000]).astype("timedelta64[s]")
    lonely = ground.cells[(ground.dwellings > 0) & (ground.dwellings < 5)].geometry.centroid.iloc[40]
    told = np.array([[lonely.x + east, lonely.y] for east in (-15, -5, 5, 15)])
    history = themed(
        ground,
        np.vstack([xy, xy[again][past] + rng.uniform(-40, 40, (past.sum(), 2)), told]),
        np.concatenate([moment, later[past], night]),
    )

    def there(looked_at):
        zones = near_repeats(looked_at, WEEK, seed=1).zones
        return zones[zones.contains(lonely)]["incidents"].tolist()

    assert there(history.of_events) == [1]
    assert there(history) == [4]


def test_echoes_make_no_map_false(ground):
    """A tenth of 80 reports a week told twice more, 20 m and a day away; 93 % of maps were false."""
    false = 0
    for seed in range(12):
        rng = np.random.default_rng([6, seed])
        xy, moment = background(ground, rng, 80 * 60, 60)
        again = np.repeat(np.flatnonzero(rng.random(len(xy)) < 0.1), 2)
        late = rng.integers(0, 86400, again.size).astype("timedelta64[s]")
        kept = moment[again] + late < np.datetime64(Week(2026, 47).monday, "s")
        near = (xy[again] + rng.normal(0, 14, (again.size, 2)))[kept]
        history = themed(
            ground,
            np.vstack([xy, near]),
            np.concatenate([moment, (moment[again] + late)[kept]]),
            theme="nuisance",
        )
        false += len(heat_of(history).areas) > 0
    assert false <= 2


def test_the_week_tells_reports_and_events(one_night, city, tmp_path):
    """Counts of wijken are of reports; points say which event each is of."""
    incidents = one_night.incidents.assign(
        incident_id=[f"b{at}" for at in range(len(one_night.incidents))],
        category="woning",
        wijk=city.locate(one_night.incidents.geometry.x, one_night.incidents.geometry.y)["wijk"].to_numpy(),
        stadsdeel=city.locate(one_night.incidents.geometry.x, one_night.incidents.geometry.y)[
            "stadsdeel"
        ].to_numpy(),
    )
    settings = Settings(outlook={"wanted": False})
    looks = []
    with Store.open(tmp_path / "history.duckdb", crs=city.crs, timezone=city.timezone) as store:
        for bundle in (True, False):
            own = THEMES["burglary"].model_copy(update={"bundle": bundle})
            history = ThemeHistory("burglary", own, incidents, one_night.ground)
            looks.append(look_at_theme(history, week=WEEK, as_of=AS_OF, settings=settings, store=store))
    events, reports = looks
    pd.testing.assert_frame_equal(events.wijken, reports.wijken)
    assert events.located == reports.located == reports.events
    assert events.events == events.located - 3
    last = events.points.loc[incidents.index[-4:], "event"]
    assert last.tolist() == [incidents["incident_id"].iloc[-4]] * 4
    assert (reports.points["event"] == reports.points["incident_id"]).all()
    gone = reports.areas[reports.areas["status"] != "gone"]
    assert (gone["reports"] >= gone["observed"]).all()

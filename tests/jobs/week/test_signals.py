"""Signals and near repeats of a week: what was planted appears, chance seldom does."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from genk_geo.calendar import Week, Window
from genk_geo.config import THEMES, Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week import near_repeat
from genk_geo.jobs.week import signals as drawing
from genk_geo.jobs.week.near_repeat import near_repeats, usable
from genk_geo.jobs.week.signals import COLUMNS, RAREST_WEEKS, signals
from genk_geo.schema import geocode_level_dtype
from tests.examples import repetitions

WEEK = Week(2026, 46)
AS_OF = WEEK.end() + pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def ground(city):
    return Ground.cover(city, 100)


def themed(ground, xy, moment, *, theme="burglary", hours=0.0, reported=None):
    """A history of precisely located incidents."""
    begin = pd.to_datetime(pd.Series(moment)).dt.tz_localize(
        "Europe/Brussels", ambiguous=np.ones(len(xy), bool), nonexistent="shift_forward"
    )
    table = gpd.GeoDataFrame(
        {
            "from": begin,
            "to": begin + pd.to_timedelta(pd.Series(np.broadcast_to(hours, len(xy))), unit="h"),
            "reported": begin if reported is None else reported,
            "source": "police",
            "geocode_uncertainty_m": 5.0,
            "geocode_level": pd.Series(["address"] * len(xy), dtype=geocode_level_dtype()),
        },
        geometry=gpd.points_from_xy(*np.asarray(xy, dtype=float).T),
        crs=ground.city.crs,
    )
    return ThemeHistory(theme, THEMES[theme], table, ground)


def background(ground, rng, n, weeks):
    """Places that follow the dwellings, moments that follow nothing."""
    weight = ground.dwellings.fillna(0).to_numpy()
    cells = ground.cells.iloc[rng.choice(len(weight), n, p=weight / weight.sum())]
    xy = cells.geometry.centroid.get_coordinates().to_numpy() + rng.uniform(-49, 49, (n, 2))
    end = np.datetime64(WEEK.shift(1).monday, "s")
    return xy, end - rng.integers(3600, weeks * 7 * 86400, n).astype("timedelta64[s]")


@pytest.fixture(scope="module")
def quiet(ground):
    return background(ground, np.random.default_rng(0), 700, 104)


def test_a_planted_cluster_is_told_as_a_reader_asks(ground, quiet):
    xy, moment = quiet
    rng = np.random.default_rng(1)
    middle = xy[0]
    planted = middle + rng.uniform(-120, 120, (10, 2))
    days = np.datetime64(WEEK.monday, "s") + rng.integers(0, 7 * 86400 - 3600, 10).astype("timedelta64[s]")
    history = themed(ground, np.vstack([xy, planted]), np.concatenate([moment, days]))
    found = signals(history, WEEK, as_of=AS_OF, settings=Settings())
    first = found.iloc[0]
    assert tuple(found.columns) == COLUMNS
    assert (first["number"], first["since"], first["days"]) == (1, WEEK.monday, 7)
    assert first["observed"] >= 8
    assert first["expected"] < 1
    assert 52 <= first["every_weeks"] <= RAREST_WEEKS
    assert first.geometry.distance(gpd.points_from_xy(*middle[:, None])[0]) < 150
    assert len(first["place"]) == 2
    assert first["wijk"] in set(ground.city.wijken["wijk"])
    inside = history.incidents[history.in_window(Window(WEEK, 1))].intersects(first.geometry)
    assert inside.sum() == first["observed"]  # whole cells, so the map shows what was counted
    pd.testing.assert_frame_equal(found, signals(history, WEEK, as_of=AS_OF, settings=Settings()))


def test_of_very_many_events_chance_is_drawn_as_often_as_the_rarest_signal_asks(ground, quiet, monkeypatch):
    asked, plain = [], drawing.stats.scan
    monkeypatch.setattr(
        drawing.stats, "scan", lambda *told, **how: asked.append(how["replicates"]) or plain(*told, **how)
    )
    history = themed(ground, *quiet)
    for many, every_weeks in ((10_000, 52), (100, 20), (100, 100), (100, 1000)):
        monkeypatch.setattr(drawing, "MANY", many)
        signals(history, WEEK, as_of=AS_OF, settings=Settings(signals={"every_weeks": every_weeks}))
    assert asked == [999, 199, 400, 999]


def test_chance_alone_seldom_gives_a_signal(ground):
    """No more than once in 26 weeks; the limit would be a surprise of 1 in 400."""
    settings = Settings(signals={"every_weeks": 26, "replicates": 199})
    found, runs = 0, repetitions(60)
    for seed in range(runs):
        history = themed(ground, *background(ground, np.random.default_rng(seed), 400, 104))
        found += len(signals(history, WEEK, as_of=AS_OF, settings=settings)) > 0
    assert found <= binom(runs, 1 / 26).ppf(1 - 1 / 400)


def test_week_after_week_chance_gives_as_many_signals_as_is_said(ground):
    """Three cities in which nothing is planted, each looked at in up to 60 weeks in a row.

    Looks share their data: what stands out in one week may do so for the four weeks that a signal can last.
    So for the rate at one in four weeks 180 looks count as 45, which gives wide limits on both sides. At
    one a year a signal that lies over last week's is the same one: what begins anew is at most binomial.
    """
    settings = Settings(signals={"every_weeks": 4, "replicates": 199})
    seen = begun = 0
    weeks = repetitions(60)
    for seed in range(3):
        history = themed(ground, *background(ground, np.random.default_rng([8, seed]), 400, 164))
        before = None
        for back in range(weeks - 1, -1, -1):
            week = WEEK.shift(-back)
            found = signals(history, week, as_of=week.end() + pd.Timedelta(days=1), settings=settings)
            yearly = found[found["every_weeks"] >= 52].geometry
            seen += len(found) > 0
            begun += len(yearly) > 0 and not (before is not None and yearly.intersects(before).any())
            before = yearly.union_all() if len(yearly) else None
    low, high = binom(3 * weeks // 4, 1 / 4).interval(0.998)
    assert low <= seen / 4 <= high  # 3 to 21 of 45
    assert begun <= binom(3 * weeks, 1 / 52).ppf(0.999)  # 10 of 180; 3.5 expected


def test_a_busy_week_everywhere_is_no_signal(ground, quiet):
    xy, moment = quiet
    again = moment[:350] + (moment.max() - moment[:350]).astype("timedelta64[D]") // 7 * 7
    busy = themed(ground, np.vstack([xy, xy[:350] + 1.0]), np.concatenate([moment, again]))
    assert busy.in_window(Window(WEEK, 1)).sum() > 300
    assert signals(busy, WEEK, as_of=AS_OF, settings=Settings()).empty


def test_a_record_that_is_too_short_is_not_compared(ground):
    xy, moment = background(ground, np.random.default_rng(2), 100, 6)
    assert signals(themed(ground, xy, moment), WEEK, as_of=AS_OF, settings=Settings()) is None
    far = themed(ground, xy + 90_000.0, moment)
    assert signals(far, WEEK, as_of=AS_OF, settings=Settings()) is None
    none = themed(ground, xy[:0], moment[:0])
    assert signals(none, WEEK, as_of=AS_OF, settings=Settings()) is None


def test_weeks_are_compared_with_what_was_known_as_soon(ground, quiet):
    """A place whose reports all come two weeks late: its past must not count against its present."""
    xy, moment = quiet
    late = pd.Series(pd.to_datetime(moment)).dt.tz_localize("Europe/Brussels", ambiguous="NaT").ffill()
    late = late + pd.Timedelta(days=14)
    history = themed(ground, xy, moment, reported=late)
    known = history.known_in_time(WEEK, AS_OF)
    assert not known.any()
    assert signals(history, WEEK, as_of=AS_OF, settings=Settings()) is None


def test_reports_of_one_place_on_one_day_are_one_event(ground, quiet):
    xy, moment = quiet
    doubled = themed(ground, np.vstack([xy, xy + 0.0]), np.concatenate([moment, moment]))
    assert len(usable(doubled, WEEK)) == len(usable(themed(ground, xy, moment), WEEK))
    assert near_repeats(doubled, WEEK, seed=1).distance_m == 0


def test_of_very_many_the_newest_tell_whether_they_follow_each_other(ground, quiet, monkeypatch):
    history = themed(ground, *quiet)
    every = usable(history, WEEK)
    monkeypatch.setattr(near_repeat, "MOST", 300)
    pd.testing.assert_frame_equal(usable(history, WEEK), every.iloc[-300:])
    assert near_repeats(history, WEEK, seed=1).since == every["moment"].iloc[-300]


def test_a_time_that_is_not_known_to_the_week_says_nothing_of_order(ground, quiet):
    history = themed(ground, *quiet, hours=np.where(np.arange(700) < 100, 200.0, 5.0))
    assert len(usable(history, WEEK)) == 600


def test_near_repeats_that_were_put_in_are_told(ground):
    rng = np.random.default_rng(3)
    xy, moment = background(ground, rng, 500, 156)
    followed = rng.random(500) < 0.2
    follow = moment[followed] + rng.integers(3600, 6 * 86400, followed.sum()).astype("timedelta64[s]")
    known = follow < np.datetime64(WEEK.shift(1).monday, "s")
    xy = np.vstack([xy, (xy[followed] + rng.uniform(-60, 60, (followed.sum(), 2)))[known]])
    history = themed(ground, xy, np.concatenate([moment, follow[known]]))
    found = near_repeats(history, WEEK, seed=1)
    assert (found.distance_m, found.days) == (100, 7)
    assert found.p_value <= 0.01
    assert found.ratio > 3  # pairs of a quarter stay near in some shuffles, so the ratio errs on the low side
    assert found.since == history.moment.min()
    sunday = WEEK.shift(1).monday - dt.timedelta(days=1)
    assert found.zones["until"].between(sunday + dt.timedelta(days=1), sunday + dt.timedelta(days=7)).all()
    recent = history.incidents[history.moment >= WEEK.end() - pd.Timedelta(days=6)]
    assert recent.intersects(found.zones.union_all()).all()
    assert (found.strings["incidents"] >= 3).all()
    assert (found.strings["first"] <= found.strings["last"]).all()
    assert len(found.table) == 20


def test_near_repeats_of_many_are_told_after_fewer_shuffles(ground, monkeypatch):
    rng = np.random.default_rng(3)
    xy, moment = background(ground, rng, 500, 156)
    follow = moment[:100] + rng.integers(3600, 6 * 86400, 100).astype("timedelta64[s]")
    near = xy[:100] + rng.uniform(-60, 60, (100, 2))
    history = themed(ground, np.vstack([xy, near]), np.concatenate([moment, follow]))
    monkeypatch.setattr(near_repeat, "MANY", 300)
    found = near_repeats(history, WEEK, seed=1)
    assert (found.distance_m, found.days) == (100, 7)
    assert found.p_value == pytest.approx(1 / (near_repeat.OF_MANY + 1))


def test_a_theme_is_looked_at_for_near_repeats_when_the_settings_say_so(ground, quiet):
    assert near_repeats(themed(ground, *quiet, theme="nuisance"), WEEK, seed=1) is None
    for n in (40, 0):
        few = near_repeats(themed(ground, quiet[0][:n], quiet[1][:n]), WEEK, seed=1)
        assert few.too_few
        assert (few.distance_m, len(few.table), len(few.zones), len(few.strings)) == (0, 0, 0, 0)
    nothing = near_repeats(themed(ground, *quiet), WEEK, seed=1)
    assert not nothing.too_few
    assert tuple(nothing.table) == tuple(few.table)
    assert nothing.distance_m == nothing.days == 0
    assert np.isnan(nothing.ratio)
    assert nothing.zones.empty
    assert nothing.strings.empty
    assert {"number", "until", "geometry"} <= set(nothing.zones)
    assert THEMES["burglary"].near_repeat


def test_bands_must_ascend(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[themes.burglary]\nnear_repeat_m = [200, 100]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"near_repeat_m.*larger than the one before"):
        Settings.load(file)


def test_planted_hotspots_of_the_demo_are_signalled(demo_run, demo_files, city):
    """What began within the last four weeks is there; nothing is signalled where nothing was planted."""
    truth = gpd.read_file(demo_files.truth).to_crs(city.crs)
    new, seen, idle, told = 0, 0, 0, 0
    for look in demo_run.result.themes:
        spots = truth[truth["theme"] == look.theme]
        fresh = spots[pd.to_datetime(spots["from"]) >= pd.Timestamp(WEEK.shift(-3).monday)]
        ground = look.signals.union_all()
        new, seen = new + len(fresh), seen + int(fresh.intersects(ground).sum())
        idle += sum(not spots.intersects(signal).any() for signal in look.signals.geometry)
        told += len(look.signals)
    assert new == seen >= 1
    # Burglaries that began six and twelve weeks ago are none: what was planted earlier makes the past look as
    # restless as that. Without it both are signals, of once in 333 and once in 100 weeks.
    assert told >= 2
    assert idle <= 1


def test_the_demos_burglaries_are_followed_by_others_nearby(demo_run):
    found = {look.theme: look.near_repeat for look in demo_run.result.themes}
    assert found["nuisance"] is found["traffic"] is None
    assert (found["burglary"].distance_m, found["burglary"].days) == (100, 7)  # as was put in
    assert found["burglary"].ratio > 1.25
    assert len(found["burglary"].zones)
    assert (found["burglary"].zones["until"] > WEEK.shift(1).monday - dt.timedelta(days=1)).all()

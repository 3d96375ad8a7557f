"""The outlook in the weekly job: complete, repeatable, and blind to what was not known yet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genk_geo import stats
from genk_geo.calendar import occurred
from genk_geo.config import OutlookSettings, Settings
from genk_geo.demo import DEMO_WEEK
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week.outlook import build_record, look_ahead
from genk_geo.results.outlook import SCORE_COLUMNS
from genk_geo.store import Store


@pytest.fixture(scope="module")
def settings(demo_files):
    plain = Settings.load(demo_files.config)
    quick = {"models": ("scales",), "weeks": 22, "budget": 0.02}
    return plain.model_copy(update={"outlook": plain.outlook.model_copy(update=quick)})


@pytest.fixture(scope="module")
def ground(city):
    return Ground.cover(city, 200)


@pytest.fixture(scope="module")
def incidents(demo_run, settings, city):
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        return store.incidents(theme="nuisance", start=DEMO_WEEK.shift(-70).start())


def look(incidents, ground, settings, path, week=DEMO_WEEK):
    as_of = week.end() + pd.Timedelta(days=1)
    known = incidents[incidents["reported"].isna() | (incidents["reported"] < as_of)].reset_index(drop=True)
    history = ThemeHistory("nuisance", settings.themes["nuisance"], known, ground)
    with Store.open(path, crs=ground.city.crs, timezone=ground.city.timezone) as store:
        return look_ahead(history, week=week, as_of=as_of, settings=settings, store=store)


def test_every_theme_of_the_demo_has_an_outlook(demo_run):
    for theme in demo_run.result.themes:
        outlook = theme.outlook
        assert outlook is not None
        assert tuple(outlook.scores.columns) == SCORE_COLUMNS
        assert set(outlook.scores["model"]) == {stats.BASELINE, *OutlookSettings().models}
        # all of the last 26 in which anything happened: without incidents there is nothing to score
        assert outlook.scores["weeks"].between(20, 26).all()
        chosen = outlook.scores[outlook.scores["chosen"]]
        assert set(chosen["model"]) == {outlook.model}
        here = chosen[np.isclose(chosen["budget"], outlook.budget)].iloc[0]
        assert here["baseline"] or here["gain"] > 1
        assert outlook.places["number"].tolist() == list(range(1, len(outlook.places) + 1))
        assert outlook.places["area_m2"].min() >= 4 * 100**2
        assert outlook.places["area_m2"].sum() <= outlook.budget * demo_run.result.wijken.area.sum()
        assert outlook.places["stadsdeel"].isin(demo_run.result.stadsdelen["stadsdeel"]).all()
        assert outlook.last.caught <= outlook.last.incidents
        assert outlook.last.baseline <= outlook.last.incidents


def test_scores_add_up_over_the_weeks_as_if_made_at_once(incidents, ground, settings, tmp_path):
    """Two weekly runs one after another give what one run on a new store gives."""
    for back in (2, 1):
        look(incidents, ground, settings, tmp_path / "a.duckdb", DEMO_WEEK.shift(-back))
    after = look(incidents, ground, settings, tmp_path / "a.duckdb")
    again = look(incidents, ground, settings, tmp_path / "a.duckdb")
    alone = look(incidents, ground, settings, tmp_path / "b.duckdb")
    for other in (again, alone):
        pd.testing.assert_frame_equal(other.scores, after.scores)
        assert other.last == after.last
        assert other.model == after.model
        pd.testing.assert_frame_equal(pd.DataFrame(other.places), pd.DataFrame(after.places))


def test_the_last_outlook_is_judged_by_its_own_places(incidents, ground, settings, tmp_path):
    before = look(incidents, ground, settings, tmp_path / "a.duckdb", DEMO_WEEK.shift(-1))
    after = look(incidents, ground, settings, tmp_path / "a.duckdb")
    history = ThemeHistory("nuisance", settings.themes["nuisance"], incidents, ground)
    in_time = history.known_in_time(DEMO_WEEK, DEMO_WEEK.end() + pd.Timedelta(days=1))
    week = occurred(incidents)
    here = (week >= DEMO_WEEK.start()) & (week < DEMO_WEEK.end()) & history.precise & in_time
    there = incidents[here & incidents.geometry.notna()]
    assert after.last.incidents == len(there)
    assert after.last.caught == there.intersects(before.places.union_all()).sum()


def test_what_happens_later_changes_nothing(incidents, ground, settings, tmp_path):
    week = DEMO_WEEK.shift(-3)
    as_of = week.end() + pd.Timedelta(days=1)
    later = (incidents["reported"] >= as_of) | (occurred(incidents) >= week.end())
    assert later.any()
    with_future = look(incidents, ground, settings, tmp_path / "a.duckdb", week)
    without = look(incidents[~later], ground, settings, tmp_path / "b.duckdb", week)
    pd.testing.assert_frame_equal(with_future.scores, without.scores)
    pd.testing.assert_frame_equal(pd.DataFrame(with_future.places), pd.DataFrame(without.places))


def test_every_stadsdeel_gets_a_place_on_request(incidents, ground, settings, tmp_path):
    spread = settings.model_copy(update={"outlook": settings.outlook.model_copy(update={"spread": True})})
    alone = look(incidents, ground, settings, tmp_path / "a.duckdb")
    found = look(incidents, ground, spread, tmp_path / "a.duckdb")
    assert found.places["stadsdeel"].nunique() >= alone.places["stadsdeel"].nunique()
    assert found.places["stadsdeel"].nunique() >= 5


def test_too_little_history_says_nothing(incidents, ground, settings, tmp_path):
    recent = incidents[incidents["from"] >= DEMO_WEEK.shift(-6).start()].reset_index(drop=True)
    assert look(recent, ground, settings, tmp_path / "a.duckdb") is None
    assert look(incidents[:0], ground, settings, tmp_path / "a.duckdb") is None
    off = settings.model_copy(update={"outlook": settings.outlook.model_copy(update={"wanted": False})})
    assert look(incidents, ground, off, tmp_path / "a.duckdb") is None
    few = incidents[::250].reset_index(drop=True)
    history = ThemeHistory("nuisance", settings.themes["nuisance"], few, ground)
    assert build_record(history, week=DEMO_WEEK, delay=pd.Timedelta(days=1)) is None

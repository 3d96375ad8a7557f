"""Notes of one theme answer as the history does, and bring back to it what was saved in them."""

from __future__ import annotations

import itertools

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genk_geo.calendar import Week
from genk_geo.store import Store
from tests.examples import examples
from tests.store.test_store import areas_of

WEEKS = [Week(2026, 1).shift(-back) for back in range(4)]
KEYS = ("abc", "other")


def scores_of(weeks, caught):
    """Scores as an outlook makes them: models in their own order, whole numbers as such."""
    rows = [
        {
            "week": pd.Timestamp(week.monday), "model": model, "budget": budget, "incidents": 3,
            "caught": caught + at / 3, "best": 3.0, "base_incidents": 40, "base_caught": 9.5,
            "log_score": -20.125 - at,
        }
        for week in weeks
        for at, (model, budget) in enumerate(itertools.product(("scales", "decayed"), (0.05, 0.02)))
    ]  # fmt: skip
    return pd.DataFrame(rows)


saved = st.tuples(
    st.sampled_from(KEYS), st.lists(st.sampled_from(WEEKS), min_size=1, unique=True), st.floats(0, 9)
)


def answers(remembers):
    """All that can be asked for."""
    for key in KEYS:
        yield remembers.areas("burglary", WEEKS[0], key)
        # Windows with each end before, between and after weeks that are known, or none at all.
        for first, last in itertools.product(WEEKS[:2] + WEEKS[3:], repeat=2):
            yield remembers.scores("burglary", key, first=first, last=last)


def assert_same(one, other):
    for mine, theirs in zip(answers(one), answers(other), strict=True):
        if mine is None or theirs is None:
            assert mine is theirs
            continue
        assert type(mine) is type(theirs)
        # Of no week at all pandas chooses other units of time.
        pd.testing.assert_frame_equal(pd.DataFrame(mine), pd.DataFrame(theirs), check_dtype=len(mine) > 0)
        if isinstance(mine, gpd.GeoDataFrame):
            assert mine.crs == theirs.crs


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(saved, max_size=3), st.lists(saved, max_size=3), st.sets(st.sampled_from(KEYS)))
def test_notes_answer_as_the_history_would_before_and_after_saving(tmp_path_factory, before, after, areas):
    folder = tmp_path_factory.mktemp("notes")
    with Store.open(folder / "one.duckdb") as store, Store.open(folder / "two.duckdb") as other:
        for each in (store, other):
            each.save_areas("nuisance", WEEKS[0], "abc", areas_of("n"))
            each.save_scores("nuisance", "abc", scores_of(WEEKS, 7.0))
            each.save_areas("burglary", WEEKS[0], "abc", areas_of("a", "b"))
            for key, weeks, caught in before:
                each.save_scores("burglary", key, scores_of(weeks, caught))
        notes = store.notes_of("burglary", WEEKS[0])
        assert_same(notes, store)
        for each in (notes, other):
            for key in sorted(areas):
                each.save_areas("burglary", WEEKS[0], key, areas_of("c"))
            for key, weeks, caught in after:
                each.save_scores("burglary", key, scores_of(weeks, caught))
        assert_same(notes, other)
        notes.save_to(store)
        assert_same(store, other)
        assert store.areas("nuisance", WEEKS[0], "abc")["hotspot_id"].tolist() == ["n"]


def test_notes_hold_what_was_known_at_their_transaction(tmp_path):
    with Store.open(tmp_path / "history.duckdb") as store:
        now = pd.Timestamp("2026-01-05 06:00", tz="Europe/Brussels")
        first = store.as_known(store.begin_run(now))
        first.save_scores("burglary", "abc", scores_of(WEEKS[:1], 1.0))
        first.save_areas("burglary", WEEKS[0], "abc", areas_of("a"))
        second = store.as_known(store.begin_run(now + pd.Timedelta(days=7)))
        second.save_scores("burglary", "abc", scores_of(WEEKS[:1], 2.0))
        second.save_areas("burglary", WEEKS[0], "abc", areas_of("b"))
        for known in (first, second):
            assert_same(known.notes_of("burglary", WEEKS[0]), known)
        notes = [known.notes_of("burglary", WEEKS[0]) for known in (first, second)]
        assert [one.read_scores["caught"].min() for one in notes] == [1.0, 2.0]


def test_notes_of_one_theme_are_not_asked_for_another(tmp_path):
    with Store.open(tmp_path / "history.duckdb") as store:
        notes = store.notes_of("burglary", WEEKS[0])
    for ask in (
        lambda: notes.areas("traffic", WEEKS[0], "abc"),
        lambda: notes.save_areas("traffic", WEEKS[0], "abc", areas_of()),
        lambda: notes.scores("traffic", "abc", first=WEEKS[3], last=WEEKS[0]),
        lambda: notes.save_scores("traffic", "abc", scores_of(WEEKS, 1.0)),
    ):
        with pytest.raises(AssertionError, match="asked for another"):
            ask()

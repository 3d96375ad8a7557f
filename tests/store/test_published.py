"""Which published pages are others by now: told without looking at all of them again."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.calendar import BRUSSELS, Week
from genk_geo.store import Store, published
from genk_geo.store.published import Span
from tests.examples import examples
from tests.store.test_store import result_of
from tests.store.test_versions import delivery

_APART_H = 30
numbers = st.lists(st.integers(0, 8).map(lambda at: at * _APART_H), unique=True, max_size=4)
deliveries = st.tuples(
    st.permutations(range(8)), st.lists(st.tuples(numbers, st.sampled_from("ab"), numbers), max_size=5)
)
spans = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4), st.integers(0, 12)), min_size=5, max_size=5)


def noted(store, at, span):
    """Note a page that looks at some days."""
    begin, days, known = span
    first = pd.Timestamp("2026-01-01", tz=BRUSSELS)
    start = first + pd.Timedelta(days=begin)
    as_of = pd.Timestamp("2026-02-01", tz=BRUSSELS) + pd.Timedelta(days=known)
    page = Span("burglary", Week(2026, at + 1), start, start + pd.Timedelta(days=days), as_of)
    store.as_known(store.begin_run(as_of)).note_published(page, lost=False)


def looked_at_again(store, monkeypatch):
    """The same, of all pages on record."""
    with monkeypatch.context() as every:
        every.setattr(published, "_TOUCHED", "select theme, week, tx from published")
        return store.published()


@settings(deadline=None, max_examples=examples(10))
@given(deliveries, spans, st.integers(0, 9))
def test_pages_that_nothing_touched_are_as_they_were(tmp_path_factory, told, pages, forgotten):
    order, rows = told
    with Store.open(tmp_path_factory.mktemp("p") / "h.duckdb") as store:
        for at, (chosen, category, gone) in enumerate(rows):
            store.add(delivery(order[at], chosen, category, withdrawn=set(gone) - set(chosen)))
            pd.testing.assert_frame_equal(store.published(), looked_at_again(store, pytest.MonkeyPatch()))
            noted(store, at, pages[at])
        limit = pd.Timestamp("2026-01-01", tz=BRUSSELS) + pd.Timedelta(days=forgotten)
        store.forget(before={"burglary": limit})
        pd.testing.assert_frame_equal(store.published(), looked_at_again(store, pytest.MonkeyPatch()))


def test_a_history_of_years_looks_only_at_the_pages_of_the_days_that_are_told(tmp_path, monkeypatch):
    days = list(range(0, 40 * 24, 24))
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(result_of(days, delivered="2026-02-20", sha256=f"{1:064}"))
        for at in range(30):
            noted(store, at, (at, 2, 28))
        asked = []
        plain = published.digest_of
        monkeypatch.setattr(published, "digest_of", lambda *told: asked.append(told) or plain(*told))
        assert not store.published()["changed"].any()
        assert not asked
        store.add(result_of([24 * 10], category="inbraak", delivered="2026-02-21", sha256=f"{2:064}"))
        found = store.published()
        assert found.loc[found["changed"], "week"].tolist() == ["2026-W10", "2026-W11"]
        assert len(asked) <= 4


def test_what_had_changed_before_it_was_forgotten_has_changed(tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(result_of([240, 264], delivered="2026-02-20", sha256=f"{1:064}"))
        noted(store, 0, (10, 2, 28))
        store.add(result_of([240], category="inbraak", delivered="2026-02-21", sha256=f"{2:064}"))
        assert store.published()["changed"].tolist() == [True]
        store.forget(before={"burglary": pd.Timestamp("2026-01-11 20:00", tz=BRUSSELS)})
        assert len(store.incidents()) == 1
        assert store.published()["changed"].tolist() == [True]

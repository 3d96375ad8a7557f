"""What was known when: any order of reading gives one history, and nothing that was known is lost."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, QualityGateError
from genk_geo.store import Store
from tests.examples import examples
from tests.store.test_store import contents, result_of

DAYS = [f"2026-02-{day:02}" for day in range(1, 20)]


def delivery(day, numbers, category="woninginbraak", kind="changes", withdrawn=()):
    """A delivery of a day; numbers of `withdrawn` are listed in it."""
    result = result_of(numbers, category=category, delivered=DAYS[day], sha256=f"{day:064}")
    listed = pd.DataFrame(
        {"number_id": pd.Series([f"{number:016x}" for number in withdrawn], dtype="str"), "reason": "listed"}
    )
    return replace(result, delivery=kind, withdrawn=listed, max_withdrawn=1.0)


def timeline(store):
    """Every version on record, by what it says and not by its row."""
    return store._connection.execute(
        "select v.incident_id, v.moment_utc, coalesce(k.category, v.reason) from versions v "
        "left join contents k using (row_id) where v.tx_to is null order by all"
    ).fetchall()


def as_it_follows(deliveries):
    """The history by the rules, one delivery after the other."""
    known, profile_of = {}, set()
    for numbers, category, kind, withdrawn in deliveries:
        told = set(numbers)
        for number in set(withdrawn) - told:
            known.pop(number, None)
        if kind == "full":
            for number in set(known) - told:
                known.pop(number)
        known |= dict.fromkeys(numbers, category)
        profile_of |= told
    return known


numbers = st.lists(st.integers(0, 8), unique=True, max_size=5)
told = st.tuples(numbers, st.sampled_from("ab"), st.sampled_from(("changes", "changes", "full")), numbers)


@settings(deadline=None, max_examples=examples(10))
@given(st.lists(told, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_order_of_the_same_deliveries_gives_the_same_history(tmp_path_factory, deliveries, chance):
    folder = tmp_path_factory.mktemp("h")
    results = [
        delivery(day, numbers, category, kind, set(gone) - set(numbers))
        for day, (numbers, category, kind, gone) in enumerate(deliveries)
    ]
    turned = chance.sample(results, len(results))
    with Store.open(folder / "a.duckdb") as one, Store.open(folder / "b.duckdb") as other:
        one.add_all(results)
        for result in turned:
            other.add(result)
        pd.testing.assert_frame_equal(contents(one), contents(other))
        assert timeline(one) == timeline(other)
        known = other.as_known(other.known)
        pd.testing.assert_frame_equal(contents(one), contents(known))
        truth = as_it_follows(deliveries)
        assert dict(zip(one.incidents()["incident_id"], one.incidents()["category"], strict=True)) == {
            f"{number:016x}": category for number, category in truth.items()
        }


def test_an_older_file_that_is_read_later_undoes_no_correction(tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(delivery(1, range(3), "a"))
        assert store.add(delivery(5, range(3), "c")).changed == 3
        late = store.add(delivery(3, range(4), "b"))
        assert (late.new, late.known, late.changed, late.older) == (1, 3, 0, 3)
        assert store.incidents()["category"].tolist() == ["c", "c", "c", "b"]


def test_what_was_known_at_a_moment_stays_known(tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(delivery(1, range(3), "a"))
        first = store.known
        then = contents(store)
        store.add(delivery(5, range(3), "c"))
        store.add(delivery(3, range(4), "b", withdrawn=[]))
        store.add(delivery(9, [], kind="withdrawn", withdrawn=[1]))
        pd.testing.assert_frame_equal(contents(store.as_known(first)), then)
        assert store.incidents()["category"].tolist() == ["c", "c", "b"]
        told = {
            day: store.incidents(reported_before=pd.Timestamp(DAYS[day], tz="Europe/Brussels"))
            for day in (2, 4, 6, 10)
        }
    assert {day: "".join(table["category"]) for day, table in told.items()} == {
        2: "aaab", 4: "bbbb", 6: "cccb", 10: "ccb",
    }  # fmt: skip


def test_a_full_delivery_withdraws_what_it_lacks_and_a_cut_off_one_is_refused(tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(delivery(1, range(8), kind="full"))
        assert store.add(delivery(2, range(6), kind="full")).withdrawn == 2
        assert len(store.incidents()) == 6
        assert store.add(delivery(3, range(7), kind="full")).new == 0  # one came back
        before = contents(store)
        cut = replace(delivery(4, range(2), kind="full"), max_withdrawn=0.5)
        with pytest.raises(QualityGateError, match="lacks 5 of 7"):
            store.add(cut)
        pd.testing.assert_frame_equal(contents(store), before)


def test_a_file_that_is_read_anew_is_told_in_its_place(tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(delivery(1, range(3), "a"))
        store.add(delivery(2, [2], "c"))
        then, first = contents(store), store.known
        store.add(delivery(1, range(3), "b"))  # other aliases: another reading of the same file
        assert store.incidents()["category"].tolist() == ["b", "b", "c"]
        assert len(store.files()) == 2
        pd.testing.assert_frame_equal(contents(store.as_known(first)), then)


def test_rows_without_a_number_that_were_changed_are_no_further_incidents(tmp_path):
    def unnumbered(day, ids, **changes):
        one = result_of(range(5), delivered=DAYS[day], sha256=f"{day:064}", **changes)
        table = one.incidents.assign(incident_id=pd.Series(ids, dtype="str"))
        return replace(one, incidents=table, numbered=pd.Series([False] * 5))

    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(unnumbered(1, ["a", "b", "c", "d", "e"]))
        changed = ["woninginbraak"] * 4 + ["poging"]
        added = store.add(unnumbered(2, ["a", "b", "c", "d", "e2"], category=changed))
        assert (added.new, added.changed) == (0, 1)
        assert store.incidents()["category"].tolist() == changed


def test_one_number_under_two_themes_is_two_incidents(tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(delivery(1, range(5)))
        other = delivery(2, range(5))
        table = other.incidents.assign(theme=pd.Series(["nuisance"] * 5, dtype="str"))
        assert store.add(replace(other, incidents=table)).new == 5
        assert store.add(delivery(3, range(5), "poging")).changed == 5
        assert store.incidents()["theme"].value_counts().to_dict() == {"burglary": 5, "nuisance": 5}
        assert set(store.incidents("burglary")["category"]) == {"poging"}


def test_a_history_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "h.duckdb"
    Store.open(path).close()
    with duckdb.connect(str(path)) as base:
        base.execute("update meta set value = '99' where key = 'schema_version'")
    with pytest.raises(ConfigError, match="made by a newer genk_geo"):
        Store.open(path)


def test_files_of_several_sources_are_all_kept_that_are_added_at_once(tmp_path):
    results = []
    for at, source in enumerate(("meldpunt", "politie", "politie-verkeer")):
        one = result_of(range(10 * at, 10 * at + 4), source=source)
        results.append(replace(one, report=replace(one.report, source=source)))
    with Store.open(tmp_path / "h.duckdb") as store:
        added = store.add_all(results)
        assert [one.new for one in added] == [4, 4, 4]
        assert len(store.incidents()) == 12

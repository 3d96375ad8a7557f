"""The history: idempotent, whole or not at all, and closed to strangers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.calendar import BRUSSELS, Week, occurred
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.ingestion import IngestReport, IngestResult
from genk_geo.ingestion.delivered import Delivered
from genk_geo.schema import check_table, geocode_level_dtype
from genk_geo.store import Store
from tests.examples import examples


def test_the_bytes_behind_names_are_made_once(tmp_path):
    with Store.open(tmp_path / "a.duckdb") as store:
        secret = store.secret
    with Store.open(tmp_path / "a.duckdb") as again, Store.open(tmp_path / "b.duckdb") as other:
        assert again.secret == secret != other.secret
    assert len(secret) == 32
    with duckdb.connect(str(tmp_path / "a.duckdb")) as older:
        older.execute("delete from meta where key = 'names'")
    with Store.open(tmp_path / "a.duckdb") as store:
        assert len(store.secret) == 32


def result_of(
    numbers, *, sha256=None, category="woninginbraak", tz=BRUSSELS, crs=31370, delivered=None, **columns
):
    """An ingest result with an incident for each number."""
    numbers = np.asarray(list(numbers))
    told = repr((numbers.tolist(), category, delivered, sorted(columns.items())))
    sha256 = hashlib.sha256(told.encode()).hexdigest() if sha256 is None else sha256
    begin = pd.Series(pd.Timestamp("2026-01-01", tz=tz).as_unit("us") + pd.to_timedelta(numbers, unit="h"))
    begin = begin.astype(f"datetime64[us, {tz}]")
    table = pd.DataFrame({"incident_id": pd.Series([f"{number:016x}" for number in numbers], dtype="str")})
    table["source"], table["theme"], table["category"] = "politie", "burglary", category
    table["from"], table["to"] = begin, (begin + pd.Timedelta(hours=3)).where(numbers % 2 == 0)
    table["reported"] = (begin + pd.Timedelta(days=1)).where(numbers % 3 != 0)
    table["weight"] = 1.0
    table["severity"] = pd.Series([None] * len(numbers), dtype="str")
    weak = [(True, None, False)[number % 3] for number in numbers]
    table["weak_road_user"] = pd.Series(weak, index=table.index, dtype="boolean")
    table["geocode_level"] = pd.Series("coordinate", index=table.index).astype(geocode_level_dtype())
    table["geocode_score"], table["geocode_uncertainty_m"] = 1.0, 10.0
    for name in ("sector", "wijk", "stadsdeel"):
        table[name] = pd.Series(["Winterslag"] * len(numbers), dtype="str")
    for name, values in columns.items():
        table[name] = values
    for name in ("source", "theme", "category"):
        table[name] = table[name].astype("str")
    points = [shapely.Point(228_000 + number, 184_000) if number % 5 else None for number in numbers]
    incidents = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, index=table.index, crs=crs))
    rejects = pd.DataFrame(
        {
            "source": "politie",
            "line": [2, 3],
            "reason": ["bad_time", "not_selected"],
            "detail": "Datum van",
            "original": "TG.1;…",
        }
    )
    report = IngestReport(
        file="a.csv",
        sha256=sha256,
        profile="burglary",
        source="politie",
        theme="burglary",
        rows_in=len(numbers) + 2,
        incidents=len(numbers),
        duplicates=0,
        rejects=2,
        reasons={"bad_time": 1, "not_selected": 1},
        levels={"coordinate": len(numbers)},
    )
    moment = None if delivered is None else Delivered(*[pd.Timestamp(delivered, tz=tz)] * 2)
    return IngestResult(incidents, rejects.iloc[:0], rejects, report, delivered=moment)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "history.duckdb"


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def contents(store):
    return (
        pd.DataFrame(store.incidents())
        .drop(columns="geometry")
        .assign(wkt=store.incidents().geometry.to_wkt())
    )


def test_incidents_come_back_as_they_went_in(path):
    result = result_of(range(7))
    with Store.open(path) as store:
        assert store.add(result).new == 7
    with Store.open(path) as store:
        back = store.incidents()
    assert back.crs.to_epsg() == 31370
    pd.testing.assert_frame_equal(pd.DataFrame(back), pd.DataFrame(result.incidents))


def test_the_order_does_not_depend_on_the_delivery(path, tmp_path):
    with Store.open(path) as one, Store.open(tmp_path / "other.duckdb") as other:
        one.add(result_of(range(10)))
        for part in ([9, 3, 5], [0, 1, 2, 4], [8, 7, 6]):
            other.add(result_of(part))
        pd.testing.assert_frame_equal(contents(one), contents(other), check_like=False)


def test_the_same_file_twice_changes_nothing(store):
    first = store.add(result_of(range(5)))
    before = (contents(store), store.files(), store.rejects())
    second = store.add(result_of(range(5)))
    assert (first.new, first.known, first.changed) == (5, 0, 0)
    assert (second.new, second.known, second.changed) == (0, 5, 0)
    for one, other in zip(before, (contents(store), store.files(), store.rejects()), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_record_that_is_delivered_again_with_other_content_is_updated(store):
    store.add(result_of(range(5)))
    added = store.add(result_of([3, 4, 5], category=["woninginbraak", "poging", "poging"]))
    assert (added.new, added.known, added.changed) == (1, 2, 1)
    assert store.incidents()["category"].tolist() == ["woninginbraak"] * 4 + ["poging"] * 2
    assert len(store.files()) == 2


def test_hours_and_kept_columns_come_back_only_where_they_were_given(store):
    store.add(result_of([1, 2]))
    assert not {"hour", "kept_ploeg"} & set(store.incidents().columns)
    store.add(result_of([2, 3], hour=pd.array([18, None], dtype="Int8"), kept_ploeg=["P7", ""]))
    back = store.incidents()
    assert back["hour"].tolist() == [pd.NA, 18, pd.NA]
    assert back["kept_ploeg"].fillna("-").tolist() == ["-", "P7", ""]


def test_limits_are_half_open_on_the_moment_of_occurrence(store):
    result = result_of(range(24))
    store.add(result)
    moments = occurred(result.incidents)
    for at in (*moments[:6], moments[3] + pd.Timedelta(microseconds=1)):
        assert set(store.incidents(start=at)["incident_id"]) == set(
            result.incidents.loc[moments >= at, "incident_id"]
        )
        assert set(store.incidents(end=at)["incident_id"]) == set(
            result.incidents.loc[moments < at, "incident_id"]
        )
        late = result.incidents["reported"].fillna(moments) < at
        assert len(store.incidents(reported_before=at)) == late.sum()
    assert store.incidents(theme="nuisance").empty
    check_table(store.incidents(theme="nuisance"), "incidents", epsg=31370)
    naive = store.incidents(start=pd.Timestamp("2026-01-01 12:00"))
    aware = store.incidents(start=pd.Timestamp("2026-01-01 12:00", tz=BRUSSELS))
    assert len(naive) == len(aware) > 0


def test_times_are_kept_in_utc_and_given_on_the_citys_clock(path):
    with Store.open(path, crs=32615, timezone="America/Chicago") as store:
        store.add(result_of([0], tz="America/Chicago", crs=32615))
        assert store.incidents()["from"][0].isoformat() == "2026-01-01T00:00:00-06:00"
    with duckdb.connect(str(path), read_only=True) as base:
        assert str(base.execute("select from_utc from incidents").fetchone()[0]) == "2026-01-01 06:00:00"


def test_files_and_rejects_are_listed(store):
    store.add(result_of(range(3)))
    noted = store.files().iloc[0]
    assert (noted["file"], noted["rows_in"], noted["reasons"]["bad_time"]) == ("a.csv", 5, 1)
    assert abs(noted["taken"] - pd.Timestamp.now(BRUSSELS)) < pd.Timedelta(minutes=1)
    assert store.rejects()[["line", "reason", "original"]].to_numpy().tolist() == [[2, "bad_time", "TG.1;…"]]


def test_rejects_are_forgotten_in_time_and_do_not_come_back(store, path):
    store.add(result_of(range(3), sha256="f" * 64))
    store.add(result_of(range(3), sha256="e" * 64))
    assert store.forget_rejects(90) == 0
    store._connection.execute(
        "update deliveries set taken_utc = taken_utc - interval 91 days where sha256 like 'f%'"
    )
    assert store.forget_rejects(90) == 1
    assert store.rejects()["sha256"].tolist() == ["e" * 64]
    store.add(result_of(range(3), sha256="f" * 64), rejects_days=90)
    store.add(result_of(range(3), sha256="e" * 64), rejects_days=90)
    assert store.rejects()["sha256"].tolist() == ["e" * 64]
    assert store.forget_rejects(90) == 0
    assert len(store.files()) == 2
    assert store.files()["rejects"].tolist() == [2, 2]


def test_an_error_in_the_middle_leaves_the_history_as_it_was(store, monkeypatch):
    store.add(result_of(range(5)))
    before = contents(store)

    def fail(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr("genk_geo.store.history.tell", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        store.add(result_of(range(3, 50), category="poging"))
    pd.testing.assert_frame_equal(contents(store), before)
    monkeypatch.undo()
    assert store.add(result_of(range(3, 50))).new == 45


def test_a_run_that_is_killed_while_it_adds_loses_nothing(path):
    with Store.open(path) as store:
        store.add(result_of(range(5)))
        before = contents(store)
    script = textwrap.dedent(
        f"""
        import importlib.util, time
        spec = importlib.util.spec_from_file_location("helper", {__file__!r})
        helper = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(helper)

        def wait(*_):
            print("inside", flush=True)
            time.sleep(60)

        import genk_geo.store.history
        genk_geo.store.history.tell = wait
        helper.Store.open({str(path)!r}).add(helper.result_of(range(3, 500), category="poging"))
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline().strip() == "inside"
        with pytest.raises(ConfigError, match="is in use by another run"):
            Store.open(path)
        run.kill()
    with Store.open(path) as store:
        pd.testing.assert_frame_equal(contents(store), before)
        assert store.add(result_of(range(3, 500))).new == 495


def test_a_file_of_another_city_is_refused(path):
    Store.open(path).close()
    with pytest.raises(ConfigError, match="made with crs 31370, not 28992"):
        Store.open(path, crs=28992)
    with pytest.raises(ConfigError, match="made with timezone Europe/Brussels, not America/Chicago"):
        Store.open(path, timezone="America/Chicago")
    with Store.open(path) as store, pytest.raises(SchemaError, match="EPSG:28992"):
        store.add(result_of([1], crs=28992))


def test_what_is_no_history_is_refused_and_left_alone(tmp_path):
    text = tmp_path / "text.duckdb"
    text.write_text("dit is geen databank\n" * 1000)
    with pytest.raises(ConfigError, match="damaged or no history"):
        Store.open(text)
    assert text.read_text().startswith("dit is geen")
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as base:
        base.execute("create table t (a integer)")
    with pytest.raises(ConfigError, match="not a history of genk_geo"):
        Store.open(other)
    with pytest.raises(ConfigError, match="is a folder"):
        Store.open(tmp_path)


def test_a_damaged_history_gives_a_clear_error(path):
    with Store.open(path) as store:
        store.add(result_of(range(5000)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(ConfigError, match=r"history\.duckdb"), Store.open(path) as store:
        store.incidents()


@pytest.mark.skipif(os.name != "posix", reason="file permissions of POSIX")
def test_only_the_owner_can_read_the_file(path):
    with Store.open(path) as store:
        store.add(result_of(range(2000)))
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def areas_of(*ids):
    count = len(ids)
    return gpd.GeoDataFrame(
        {
            "hotspot_id": list(ids),
            "theme": ["burglary"] * count,
            "status": ["new"] * count,
            "since": ["2026-W46"] * count,
            "observed": [7] * count,
            "expected": [2.5] * count,
            "this_week": [1] * count,
            "hotspot_class": ["hot 95"] * count,
            "q_value": [0.01] * count,
            "area_m2": [10_000.0] * count,
            "wijk": ["Winterslag"] * count,
            "stadsdeel": pd.Series([None] * count, dtype="str"),
            "peak_days": [(4, 5)] * count,
            "peak_from": [np.nan] * count,
        },
        geometry=[shapely.box(228_000, 184_000, 228_100, 184_100 + 100 * number) for number in range(count)],
        crs=31370,
    )


def test_areas_come_back_as_they_went_in(store):
    week = Week(2026, 46)
    assert store.areas("burglary", week, "abc") is None
    store.save_areas("burglary", week, "abc", areas_of("b", "a"))
    back = store.areas("burglary", "2026-W46", "abc")
    pd.testing.assert_frame_equal(pd.DataFrame(back), pd.DataFrame(areas_of("b", "a")))
    assert back.crs.to_epsg() == 31370
    assert store.areas("burglary", week, "other settings") is None
    assert store.areas("burglary", week.shift(-1), "abc") is None
    store.save_areas("burglary", week, "abc", areas_of("c"))
    assert store.areas("burglary", week, "abc")["hotspot_id"].tolist() == ["c"]


def test_a_week_without_areas_is_not_a_week_that_was_never_saved(store):
    store.save_areas("burglary", Week(2026, 46), "abc", areas_of())
    back = store.areas("burglary", Week(2026, 46), "abc")
    assert back is not None
    assert back.empty
    check_table(back, "areas", epsg=31370)


@settings(deadline=None, max_examples=examples(12))
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 20), unique=True, max_size=8), st.sampled_from("ab")), max_size=6
    )
)
def test_the_history_is_what_a_dictionary_would_be(tmp_path_factory, deliveries):
    expected: dict[int, str] = {}
    with Store.open(tmp_path_factory.mktemp("h") / "h.duckdb") as store:
        for day, (numbers, category) in enumerate(deliveries):
            added = store.add(
                result_of(
                    numbers, category=category, delivered=f"2026-02-01 {day:02}:00", sha256=f"{day:064}"
                )
            )
            assert added.known == len(set(numbers) & set(expected))
            assert added.changed == sum(expected.get(number, category) != category for number in numbers)
            expected |= dict.fromkeys(numbers, category)
        found = store.incidents()
    assert found["category"].tolist() == [expected[number] for number in sorted(expected)]


def test_scores_of_past_outlooks_come_back_as_they_were_saved(tmp_path):
    path = tmp_path / "history.duckdb"
    weeks = [Week(2026, 1), Week(2025, 52)]
    rows = pd.DataFrame(
        {
            "week": [pd.Timestamp(week.monday) for week in weeks for _ in range(2)],
            "model": ["decayed", "scales"] * 2,
            "budget": 0.02,
            "incidents": [3, 3, 0, 0],
            "caught": [1 / 3, 2.0, 0.0, 0.0],
            "best": [3.0, 3.0, 0.0, 0.0],
            "base_incidents": 40,
            "base_caught": [9.5, 12.0, 8.0, 7.0],
            "log_score": [-20.125, -19.1, -1.0, -1.1],
        }
    )
    with Store.open(path) as store:
        store.save_scores("burglary", "abc", rows.assign(caught=0.0))
        store.save_scores("burglary", "abc", rows)
        store.save_scores("burglary", "other", rows[:2])
    with Store.open(path) as store:
        found = store.scores("burglary", "abc", first=weeks[1], last=weeks[0])
        expected = rows.sort_values(["week", "budget", "model"]).reset_index(drop=True)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
        assert len(store.scores("burglary", "abc", first=weeks[0], last=weeks[0])) == 2
        assert store.scores("traffic", "abc", first=weeks[1], last=weeks[0]).empty

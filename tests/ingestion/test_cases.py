"""Small inputs in the shapes of real exports (`cases/`), each with what its README says is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genk_geo.errors import QualityGateError
from genk_geo.ingestion import ingest, load_profile
from genk_geo.reference import City
from genk_geo.store import Store

CASES = Path(__file__).parent / "cases"
NOW = "2026-11-16 12:00"


def read(city, name: str, profile="burglary"):
    return ingest(CASES / name, profile=profile, city=city, now=NOW)


def begins(result) -> list[str]:
    return result.incidents["from"].dt.strftime("%Y-%m-%d %H:%M:%S").tolist()


def told(result, words: str) -> bool:
    return any(words in warning for warning in result.report.warnings)


def test_clocks_of_twelve_hours(city):
    assert begins(read(city, "ampm.csv")) == ["2026-11-02 23:30:00", "2026-11-03 00:15:00"]


def test_moments_with_a_zone(city):
    assert begins(read(city, "plus00.csv")) == ["2026-01-30 04:50:22"] * 3


def test_month_first_is_found_and_told(city):
    result = read(city, "maandeerst.csv")
    assert result.incidents["from"].dt.strftime("%d/%m/%Y").tolist() == [
        f"{day:02}/05/2026" for day in (13, 13, 12, 11, 1)
    ]
    assert told(result, "month first: '5/13/2026 23:30'")


def test_a_number_that_restarts_gives_new_incidents_and_is_told(city, tmp_path):
    with Store.open(tmp_path / "h.duckdb") as store:
        first = store.add(read(city, "restart_2023.csv"))
        second = store.add(read(city, "restart_2024.csv"))
        assert (first.new, first.returned, second.new, second.returned) == (2, 0, 2, 2)
        before = store.incidents()
        for name in ("restart_2023.csv", "restart_2024.csv", "restart_2023.csv"):
            again = store.add(read(city, name))
            assert (again.new, again.known, again.changed, again.returned) == (0, 2, 0, 0)
        pd.testing.assert_frame_equal(before, store.incidents())
    assert len(before) == 4


def test_a_number_that_is_no_key(city):
    result = read(city, "samenummer.csv")
    assert len(result.incidents) == 3
    assert told(result, "PV-nummer: the number stands on rows with different dates and places (3 rows)")


def test_three_writings_of_one_place(city):
    points = read(city, "latlon.csv", "nuisance").incidents.geometry.to_crs(4326)
    np.testing.assert_allclose(points.x, 5.5001, atol=1e-5)
    np.testing.assert_allclose(points.y, 50.9655, atol=1e-5)


def test_a_row_of_totals_is_no_report(city):
    result = read(city, "totaal.csv")
    assert (len(result.incidents), result.report.reasons) == (2, {"totals_row": 1})


def test_a_star_in_a_selection(city):
    result = read(city, "samenummer.csv", CASES / "select_ster.toml")
    assert (len(result.incidents), result.report.left_out) == (3, 0)


def test_a_sliver_is_repaired_with_a_message(caplog):
    city = City.from_files(CASES / "overlap.toml")
    assert "the areas 'A' and 'B' overlap by 10300 m2 (1.0 %)" in caplog.text
    assert city.boundary.area == pytest.approx(1_989_700)


def test_ground_in_a_gap_has_a_name():
    import shapely

    city = City.from_files(CASES / "kloof.toml")
    gap = shapely.box(229_900, 184_000, 230_100, 184_200)
    assert city.named(gap)[0] in {"West", "Oost"}
    across = shapely.box(229_000, 184_000, 231_000, 184_200)
    assert city.named(across, pd.Series(["Oost", "West", "Oost", "Oost", None])) == ("Oost", "Proef")
    assert city.named(across, pd.Series(["Oost", "West"]))[0] == "Oost en West"


def test_points_with_their_stadsdeel():
    city = City.from_files(CASES / "punten_stadsdeel.toml")
    assert city.wijken[["wijk", "stadsdeel"]].to_numpy().tolist() == [["Noord", "A"], ["Zuid", "B"]]


def test_points_in_metres(caplog):
    city = City.from_files(CASES / "punten_metrisch.toml")
    assert city.wijken["wijk"].tolist() == ["Noord", "Zuid"]
    assert city.contains([228_600], [184_600]).all()
    assert "points_crs" in caplog.text


def test_the_same_content_under_another_source_asks_first(city, tmp_path):
    own = load_profile("burglary")
    with Store.open(tmp_path / "h.duckdb") as store:
        store.add(read(city, "samenummer.csv"))
        other = own.model_copy(update={"source": "elders"})
        with pytest.raises(QualityGateError, match=r"3 of 3 new incidents of 'elders'.*source 'politie'"):
            store.add(read(city, "samenummer.csv", other))
        assert len(store.incidents()) == 3
        confirmed = other.model_copy(update={"repeats": ("politie",)})
        assert store.add(read(city, "samenummer.csv", confirmed)).new == 3

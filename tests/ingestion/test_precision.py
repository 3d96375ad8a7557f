"""Coordinates are no more precise than the lattice they lie on; piles are told by name and count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.crs import transform_xy
from genk_geo.ingestion import Profile, ingest
from genk_geo.ingestion.pairs import read_pairs
from genk_geo.ingestion.precision import lattice_step, spreadsheet_step
from tests.examples import examples

NOW = "2026-11-20"
PROFILE = Profile(
    source="s",
    theme="nuisance",
    columns={"source_id": "id", "from_date": "d", "x": "x", "y": "y", "address": "a"},
)


def places(city, count=40, seed=3):
    centre = city.boundary.representative_point()
    rng = np.random.default_rng(seed)
    return centre.x + rng.uniform(-1500, 1500, count), centre.y + rng.uniform(-1500, 1500, count)


def read(path, city, x, y, addresses=None):
    addresses = addresses if addresses is not None else [""] * len(x)
    rows = [
        f"{n};0{n % 9 + 1}/05/2026;{one};{two};{a}"
        for n, (one, two, a) in enumerate(zip(x, y, addresses, strict=True))
    ]
    path.write_text("\n".join(["id;d;x;y;a", *rows]), encoding="utf-8")
    return ingest(path, profile=PROFILE, city=city, now=NOW)


def unsure(result) -> list[float]:
    return sorted(set(result.incidents["geocode_uncertainty_m"].round()))


@pytest.mark.parametrize("step", [50, 100, 250, 500, 1000])
def test_metres_on_a_lattice(tmp_path, city, step):
    x, y = places(city)
    result = read(tmp_path / "a.csv", city, (x // step * step).astype(int), (y // step * step).astype(int))
    assert min(unsure(result)) >= step
    assert any(
        f"lattice of up to {step}" in warning or "rounded" in warning for warning in result.report.warnings
    )


@pytest.mark.parametrize(("decimals", "least"), [(2, 1_000), (3, 100)])
def test_degrees_of_two_or_three_decimals(tmp_path, city, decimals, least):
    lon, lat = transform_xy(*places(city), 31370, 4326)
    result = read(tmp_path / "a.csv", city, lon.round(decimals), lat.round(decimals))
    assert min(unsure(result)) >= least


def test_one_row_of_few_decimals_is_rounded_too(tmp_path, city):
    assert unsure(read(tmp_path / "a.csv", city, ["5,50"], ["50,96"])) == [1113.0]


def test_a_spreadsheet_that_shows_powers_of_ten(tmp_path, city):
    result = read(tmp_path / "a.csv", city, ["2,29E+05", "228514,2"], ["1,85E+05", "184811,7"])
    assert result.incidents["geocode_uncertainty_m"].tolist() == [1000.0, 10.0]


@pytest.mark.parametrize("system", [31370, 3812, 4326])
def test_exact_coordinates_stay_exact(tmp_path, city, system):
    x, y = transform_xy(*places(city, 300), 31370, system)
    digits = 6 if system == 4326 else 1
    result = read(
        tmp_path / "a.csv", city, [f"{one:.{digits}f}" for one in x], [f"{one:.{digits}f}" for one in y]
    )
    assert unsure(result) == [10.0]
    assert not any("rounded" in warning for warning in result.report.warnings)


def test_only_the_rounded_part_of_a_file_is_unsure(tmp_path, city):
    x, y = places(city, 60)
    x[:30], y[:30] = x[:30] // 100 * 100, y[:30] // 100 * 100
    values = read(tmp_path / "a.csv", city, x.round(1), y.round(1)).incidents["geocode_uncertainty_m"]
    assert (values[:30] >= 100).all()
    assert (values[30:] == 10).all()


@settings(deadline=None, max_examples=examples(50))
@given(st.sampled_from([10.0, 25.0, 50.0, 100.0, 500.0, 1000.0]), st.integers(0, 10_000))
def test_the_step_is_found_whatever_the_points(step, seed):
    rng = np.random.default_rng(seed)
    x, y = step * rng.integers(200, 5_000, 50), step * rng.integers(200, 5_000, 50)
    assert (lattice_step(x.astype(float), y.astype(float), 31370) >= step).all()
    assert (lattice_step(x + rng.uniform(0.1, 4.9, 50), y.astype(float), 31370) == 0).all()


def test_what_a_spreadsheet_left_of_a_number():
    texts = pd.Series(["2,29E+05", "2.2951E+05", "1E+06", "228500", "", "5,1e0"])
    assert spreadsheet_step(texts).round(6).tolist() == [1000.0, 10.0, 1e6, 0.0, 0.0, 0.1]


def test_a_pile_is_told_by_name_and_count(tmp_path, city):
    x, y = places(city)
    x[:20], y[:20] = 228_512.4, 184_849.6
    result = read(tmp_path / "a.csv", city, x.round(1), y.round(1))
    told = next(warning for warning in result.report.warnings if "one exact point" in warning)
    assert told.startswith("20 rows (50%) lie on one exact point, ")
    assert "(228512, 184850)" in told
    assert unsure(result) == [10.0]


def test_one_point_for_many_streets_makes_no_hotspot(tmp_path, city):
    x, y = places(city)
    x[:20], y[:20] = 228_512.4, 184_849.6
    streets = [*(["Europalaan", "Hasseltweg", "Stalenstraat", "Weg naar As"] * 5), *[""] * 20]
    values = read(tmp_path / "a.csv", city, x.round(1), y.round(1), streets).incidents[
        "geocode_uncertainty_m"
    ]
    assert (values[:20] > 1_000).all()
    assert (values[20:] == 10).all()


def test_the_middle_of_the_city_stands_for_somewhere(tmp_path, city):
    x, y = places(city)
    middle = city.boundary.centroid
    x[:12], y[:12] = round(middle.x, 1), round(middle.y, 1)
    values = read(tmp_path / "a.csv", city, x.round(1), y.round(1)).incidents["geocode_uncertainty_m"]
    assert (values[:12] > 1_000).all()


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("(50.9655, 5.5001)", ("50.9655", "5.5001")),
        ("POINT (5.5001 50.9655)", ("5.5001", "50.9655")),
        ("SRID=4326;POINT(5.5001 50.9655)", ("5.5001", "50.9655")),
        ("POINT Z (5.5001 50.9655 60.0)", ("5.5001", "50.9655")),
        ("[5.5001, 50.9655]", ("5.5001", "50.9655")),
        ("50,9655; 5,5001", ("50,9655", "5,5001")),
        ("50.9655\u00b0 N, 5.5001\u00b0 E", ("50.9655", "5.5001")),
        ("228500.5 184800.2", ("228500.5", "184800.2")),
        ("Europalaan 12, Genk (50.9655, 5.5001)", ("50.9655", "5.5001")),
        ("Europalaan 12, 14", ("", "")),
        ("Europalaan 12, 3600 Genk", ("", "")),
        ("12.50, 14", ("", "")),
        ("", ("", "")),
    ],
)
def test_two_coordinates_in_one_text(text, pair):
    x, y, _ = read_pairs(pd.Series([text]))
    assert (x[0], y[0]) == pair


@settings(deadline=None, max_examples=examples(60))
@given(
    st.floats(5.40, 5.59).map(lambda one: f"{one:.6f}"),
    st.floats(50.90, 51.01).map(lambda one: f"{one:.6f}"),
    st.sampled_from(
        ["({y}, {x})", "POINT ({x} {y})", "{y}, {x}", "{y} {x}", "[{x}, {y}]", "Stadsplein 1 ({y}, {x})"]
    ),
)
def test_any_writing_of_a_pair_is_read_back(x, y, form):
    first, second, _ = read_pairs(pd.Series([form.format(x=x, y=y)]))
    assert {first[0], second[0]} == {x, y}

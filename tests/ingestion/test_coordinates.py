"""Coordinate systems are recognised by value."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.crs import transform_xy
from genk_geo.ingestion.coordinates import locate_texts, read_numbers

X, Y = 228500.0, 184800.0


def located(city, x: str, y: str, **options):
    return locate_texts(pd.Series([x], dtype="str"), pd.Series([y], dtype="str"), city, **options)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("228500,5", 228500.5),
        ("228500.5", 228500.5),
        ("228.500,5", 228500.5),
        ("228,500.5", 228500.5),
        ("228 500,5", 228500.5),
        ("228\u00a0500", 228500.0),
        ("1.228.500", 1228500.0),
        ("-5", -5.0),
        ("", np.nan),
        ("inf", np.nan),
        ("nan", np.nan),
        ("12a", np.nan),
        ("1e999", np.nan),
    ],
)
def test_numbers(text, number):
    np.testing.assert_array_equal(read_numbers(pd.Series([text], dtype="str")), [number])


@pytest.mark.parametrize("system", [31370, 3812, 4326])
def test_each_system_is_recognised(city, system):
    x, y = transform_xy([X], [Y], 31370, system)
    answer = located(city, f"{x[0]:.9f}".replace(".", ","), f"{y[0]:.9f}")
    np.testing.assert_allclose([answer.x[0], answer.y[0]], [X, Y], atol=0.01)
    assert answer.given[0]
    assert not answer.bad[0]
    assert not answer.outside[0]


def test_the_known_point_of_genk(city):
    answer = located(city, "5.48633", "50.96814")
    np.testing.assert_allclose([answer.x[0], answer.y[0]], [X, Y], atol=1.0)


def test_swapped_longitude_and_latitude_are_turned(city):
    answer = located(city, "50.96814", "5.48633")
    np.testing.assert_allclose([answer.x[0], answer.y[0]], [X, Y], atol=1.0)


@pytest.mark.parametrize(("x", "y"), [("", ""), ("0", "0"), ("0,0", "0.00")])
def test_blank_and_zero_are_no_coordinates(city, x, y):
    answer = located(city, x, y)
    assert not answer.given[0]
    assert not answer.bad[0]


@pytest.mark.parametrize(
    ("x", "y"), [("228500", ""), ("x", "y"), ("104000", "193000"), ("22850000", "18480000"), ("500", "500")]
)
def test_what_fits_no_system_is_bad(city, x, y):
    assert located(city, x, y).bad[0]


@pytest.mark.parametrize(("x", "y"), [("2.35", "48.85"), ("205000", "155000"), ("228500", "215000")])
def test_elsewhere_is_outside(city, x, y):
    answer = located(city, x, y)
    assert answer.outside[0]
    assert not answer.bad[0]


def test_a_named_system_is_not_guessed(city):
    assert located(city, "5.48633", "50.96814", crs=31370).outside[0]


def test_another_city_reads_its_own_system(city):
    wijken = gpd.GeoDataFrame(
        {"wijk_code": ["1"], "wijk": ["W"], "stadsdeel": ["S"], "exposure": [np.nan]},
        geometry=[shapely.box(230_000, 578_000, 238_000, 586_000)],
        crs=28992,
    )
    other = dataclasses.replace(city, name="Elders", crs=28992, wijken=wijken, postcodes=())
    assert located(other, "233622", "581603").x[0] == 233622
    lon, lat = transform_xy([233622], [581603], 28992, 4326)
    np.testing.assert_allclose(located(other, str(lat[0]), str(lon[0])).x, [233622], atol=0.1)
    assert located(other, "228500", "184800").bad[0]

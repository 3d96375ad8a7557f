"""Reprojection happens in one place, by one pinned operation."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from genk_geo.crs import LAMBERT72, LAMBERT2008, WGS84, epsg_of, reproject, transform_xy
from genk_geo.errors import SchemaError


def test_the_check_point_of_genk():
    lon, lat = transform_xy(228500, 184800, LAMBERT72, WGS84)
    assert lon == pytest.approx(5.48633, abs=1e-5)
    assert lat == pytest.approx(50.96814, abs=1e-5)


def test_lambert_2008_agrees_with_proj_to_a_millimetre():
    x, y = transform_xy(228500, 184800, LAMBERT72, LAMBERT2008)
    assert (x, y) == (
        pytest.approx(728497.2877003149, abs=1e-3),
        pytest.approx(684809.6427647489, abs=1e-3),
    )


@given(st.floats(222_780, 233_822), st.floats(179_058, 190_395), st.sampled_from([WGS84, LAMBERT2008]))
def test_there_and_back_is_within_a_millimetre(x, y, target):
    there = transform_xy(x, y, LAMBERT72, target)
    back = transform_xy(*there, target, LAMBERT72)
    assert np.allclose(back, (x, y), atol=1e-3)


def test_what_is_not_a_place_stays_not_a_number():
    x, y = transform_xy([np.nan, 228500], [184800, np.nan], LAMBERT72, WGS84)
    assert np.isnan(x).tolist() == [True, True]
    assert np.isnan(y).tolist() == [True, True]


def test_a_layer_keeps_its_index_and_columns_and_the_original_is_untouched():
    layer = gpd.GeoDataFrame(
        {"name": ["a", "b"]},
        geometry=[Point(228500, 184800), LineString([(228500, 184800), (228600, 184900)])],
        index=[7, 3],
        crs=LAMBERT72,
    )
    moved = reproject(layer, WGS84)
    assert moved.index.tolist() == [7, 3]
    assert epsg_of(moved) == WGS84
    assert epsg_of(layer) == LAMBERT72
    assert layer.geometry.iloc[0].x == 228500


def test_a_layer_without_crs_is_an_error_that_names_the_layer():
    layer = gpd.GeoDataFrame(geometry=[Point(0, 0)])
    with pytest.raises(SchemaError, match=r"Streets has no coordinate reference system.*set_crs"):
        reproject(layer, WGS84, "Streets")

"""The contracts say every fault at once, with the rows."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import box

from genk_geo.errors import SchemaError, some_rows
from genk_geo.schema import check_table, geocode_level_dtype


def cells(**changes):
    table = {"area_m2": [10_000.0, 5_000.0], "wijk": ["Bret", None], "stadsdeel": ["Oost", None]} | changes
    return gpd.GeoDataFrame(table, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=31370)


def test_a_good_table_is_handed_on_unchanged():
    table = cells()
    assert check_table(table, "cells", epsg=31370) is table


def test_every_fault_is_told_with_column_and_row():
    with pytest.raises(SchemaError, match=r"'wijk' is missing.*'area_m2'.*-1.*rows 1"):
        check_table(cells(area_m2=[1.0, -1.0]).drop(columns="wijk"), "cells")


def test_another_coordinate_system_is_told_with_the_remedy():
    with pytest.raises(SchemaError, match=r"EPSG:31370, needed EPSG:28992.*reproject"):
        check_table(cells(), "cells", epsg=28992)


def test_points_are_not_cells():
    table = cells()
    table = table.set_geometry(table.centroid)
    with pytest.raises(SchemaError, match="must be polygons"):
        check_table(table, "cells")


def test_geocode_levels_are_ordered():
    level = geocode_level_dtype()
    order = list(level.categories)
    assert order.index("none") < order.index("city") < order.index("wijk") < order.index("street")
    assert order.index("street") < order.index("interpolated") < order.index("intersection")
    assert order.index("intersection") < order.index("address")


def test_a_message_names_five_rows_and_counts_the_rest():
    assert some_rows(range(1, 4)) == "1, 2, 3"
    assert some_rows(range(1, 46)) == "1, 2, 3, 4, 5 and 40 more"

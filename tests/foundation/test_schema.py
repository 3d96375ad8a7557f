"""The contracts say every fault at once, with the rows."""

from __future__ import annotations

import contextlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.errors
import pytest
from shapely.geometry import LineString, Point, box

from genk_geo.errors import SchemaError, some_rows
from genk_geo.schema import (
    AREA_STATUSES,
    HOTSPOT_CLASSES,
    REJECT_REASONS,
    _contracts,
    _keeps,
    _schema,
    check_table,
    geocode_level_dtype,
)


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


#: Columns of two rows that keep some rules and break others.
COLUMNS = (
    ["a", "b"], ["a", "a"], ["a", None], [-1, 1], [0, 1], [0.5, np.nan], [0.5, 1.5],
    pd.Series([1, "a"], dtype=object), pd.Series([1, None], dtype="Int64"),
    pd.to_datetime(["2026-01-01", "2026-01-02"]), pd.to_datetime(["2026-01-01", None], utc=True),
    pd.to_datetime(["2026-01-01"], utc=True),
    pd.Categorical(["none", "city"], dtype=geocode_level_dtype()), pd.Categorical(["none", "city"]),
    [HOTSPOT_CLASSES[0]], [AREA_STATUSES[0]], [*REJECT_REASONS][:1], [AREA_STATUSES[0], None],
    gpd.GeoSeries([box(0, 0, 1, 1), box(1, 0, 2, 1)]), gpd.GeoSeries([Point(0, 0), None]),
    gpd.GeoSeries([Point(0, 0)]), gpd.GeoSeries([Point(0, 0), box(0, 0, 1, 1)]),
    gpd.GeoSeries([LineString([(0, 0), (1, 1)])]),
)  # fmt: skip


def kinds():
    """Columns of all contracts, each kind once."""
    found = {}
    for columns in _contracts().values():
        for column in columns.values():
            found[tuple(rule.name for rule in column.rules), column.nullable] = column
    return found.values()


@pytest.mark.parametrize("column", kinds())
def test_the_quick_look_says_what_pandera_says(column):
    kept, schema = set(), _schema({"a": column})
    for at, values in enumerate(COLUMNS):
        frame = gpd.GeoDataFrame if isinstance(values, gpd.GeoSeries) else pd.DataFrame
        table = frame({"a": values})
        with contextlib.suppress(pandera.errors.SchemaError):
            schema.validate(table)
            kept.add(at)
        assert _keeps(table, {"a": column}) is (at in kept), values
    # of a number that may be none there is nothing to break
    assert 0 < len(kept) < len(COLUMNS) or not column.rules


def test_the_quick_look_misses_no_column():
    assert not _keeps(pd.DataFrame({"wijk": ["Bret"]}), _contracts()["cells"])
    twice = pd.DataFrame([["Bret", "Bret"]], columns=["wijk", "wijk"])
    assert not _keeps(twice, {"wijk": _contracts()["cells"]["wijk"]})

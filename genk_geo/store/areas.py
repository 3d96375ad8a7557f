"""Hotspot areas in the history: a row an area, its shape as WKB, its attributes as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import duckdb


def write_areas(
    connection: duckdb.DuckDBPyConnection, theme: str, week: str, fingerprint: str, areas: gpd.GeoDataFrame
) -> None:
    """Write a set of areas in place of the one with the same key, inside the caller's transaction."""
    key = [theme, week, fingerprint]
    attributes = pd.DataFrame(areas.drop(columns=areas.geometry.name))
    dtypes = {str(name): str(dtype) for name, dtype in attributes.dtypes.items()}
    connection.execute("delete from areas where theme = ? and week = ? and fingerprint = ?", key)
    connection.execute("delete from area_sets where theme = ? and week = ? and fingerprint = ?", key)
    connection.execute("insert into area_sets values (?, ?, ?, ?)", [*key, json.dumps(dtypes)])
    records = attributes.astype(object).to_dict("records")
    shapes = shapely.to_wkb(areas.geometry.to_numpy())
    rows = [
        [*key, position, record["hotspot_id"], json.dumps(record, default=_as_json), shape]
        for position, (record, shape) in enumerate(zip(records, shapes, strict=True))
    ]
    if rows:
        connection.executemany("insert into areas values (?, ?, ?, ?, ?, ?, ?)", rows)


def read_areas(
    connection: duckdb.DuckDBPyConnection, theme: str, week: str, fingerprint: str, crs: int
) -> gpd.GeoDataFrame | None:
    """Read a set of areas as it was written; None where none was."""
    key = [theme, week, fingerprint]
    found = connection.execute(
        "select dtypes from area_sets where theme = ? and week = ? and fingerprint = ?", key
    ).fetchone()
    if found is None:
        return None
    dtypes: dict[str, str] = json.loads(found[0])
    rows = connection.execute(
        "select attributes, geometry from areas where theme = ? and week = ? and fingerprint = ? "
        "order by position",
        key,
    ).fetchall()
    records = [json.loads(attributes) for attributes, _ in rows]
    columns = {
        name: pd.Series(
            [_as_tuple(record[name]) for record in records], dtype=pd.api.types.pandas_dtype(dtype)
        )
        for name, dtype in dtypes.items()
    }
    shapes = shapely.from_wkb([bytes(shape) for _, shape in rows])
    table = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)), columns=list(dtypes))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=crs))


def _as_json(value: Any) -> Any:
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"a column of areas holds a {type(value).__name__}, which the history cannot keep")


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(one) for one in value) if isinstance(value, list) else value

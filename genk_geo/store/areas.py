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

#: Theme, week and fingerprint of the settings.
Key = tuple[str, str, str]

_SAME = "theme = ? and week = ? and fingerprint = ? and tx = ?"


def write_areas(connection: duckdb.DuckDBPyConnection, key: Key, areas: gpd.GeoDataFrame, *, tx: int) -> None:
    """Write the areas of a week as a transaction found them, inside the caller's transaction."""
    attributes = pd.DataFrame(areas.drop(columns=areas.geometry.name))
    dtypes = {str(name): str(dtype) for name, dtype in attributes.dtypes.items()}
    for table in ("areas", "area_sets"):
        connection.execute(f"delete from {table} where {_SAME}", [*key, tx])  # noqa: S608 - ours
    connection.execute("insert into area_sets values (?, ?, ?, ?, ?)", [*key, json.dumps(dtypes), tx])
    records = attributes.astype(object).to_dict("records")
    shapes = shapely.to_wkb(areas.geometry.to_numpy())
    rows = [
        [*key, position, record["hotspot_id"], json.dumps(record, default=_as_json), shape, tx]
        for position, (record, shape) in enumerate(zip(records, shapes, strict=True))
    ]
    if rows:
        connection.executemany("insert into areas values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def read_areas(
    connection: duckdb.DuckDBPyConnection, key: Key, crs: int, *, tx: int
) -> gpd.GeoDataFrame | None:
    """Read the areas of a week as they were known at a transaction; None where they were not."""
    found = connection.execute(
        "select dtypes, tx from area_sets where theme = ? and week = ? and fingerprint = ? and tx <= ? "
        "order by tx desc limit 1",
        [*key, tx],
    ).fetchone()
    if found is None:
        return None
    dtypes: dict[str, str] = json.loads(found[0])
    rows = connection.execute(
        f"select attributes, geometry from areas where {_SAME} order by position",  # noqa: S608 - ours
        [*key, found[1]],
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


def area_keys(
    connection: duckdb.DuckDBPyConnection, theme: str, weeks: list[str], *, tx: int
) -> list[tuple[str, str]]:
    """Weeks and fingerprints for which areas of a theme were known at a transaction."""
    rows = connection.execute(
        "select distinct week, fingerprint from area_sets"
        " where theme = ? and list_contains(?, week) and tx <= ? order by all",
        [theme, weeks, tx],
    ).fetchall()
    return [(str(week), str(fingerprint)) for week, fingerprint in rows]


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

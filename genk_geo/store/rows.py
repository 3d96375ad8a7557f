"""Incidents as rows of the history, and back."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from genk_geo.schema import geocode_level_dtype

_TEXTS = ("incident_id", "source", "theme", "category", "severity", "sector", "wijk", "stadsdeel")
_MOMENTS = ("from", "to", "reported")
_NUMBERS = ("weight", "geocode_score", "geocode_uncertainty_m")
#: A column of text.
TEXT, _STAMP = pa.string(), pa.timestamp("us")
# In the order of the table, so that whole rows can be compared.
_ROWS = pa.schema(
    [(name, TEXT) for name in _TEXTS[:4]]
    + [(f"{name}_utc", _STAMP) for name in _MOMENTS]
    + [("weight", pa.float64()), ("severity", TEXT), ("weak_road_user", pa.bool_()), ("hour", pa.int8())]
    + [("geocode_level", TEXT), ("geocode_score", pa.float64()), ("geocode_uncertainty_m", pa.float64())]
    + [("sector", TEXT), ("wijk", TEXT), ("stadsdeel", TEXT), ("kept", TEXT)]
    + [("x", pa.float64()), ("y", pa.float64())]
)


def to_rows(incidents: gpd.GeoDataFrame) -> pa.Table:
    """Incidents as the table has them.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``.

    Returns
    -------
    pyarrow.Table
        Moments in UTC, the point as x and y.
    """
    count = len(incidents)
    columns: dict[str, Any] = {name: incidents[name].astype("str").to_numpy(object) for name in _TEXTS}
    for name in _MOMENTS:
        columns[f"{name}_utc"] = (
            incidents[name].dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
        )
    columns |= {name: incidents[name].to_numpy(dtype=float, na_value=np.nan) for name in _NUMBERS}
    columns["weak_road_user"] = incidents["weak_road_user"].astype("boolean")
    columns["hour"] = incidents["hour"] if "hour" in incidents else pd.array([pd.NA] * count, dtype="Int8")
    columns["geocode_level"] = incidents["geocode_level"].astype("str").to_numpy(object)
    columns["kept"] = _kept_texts(incidents)
    shapes = incidents.geometry.to_numpy()
    columns["x"], columns["y"] = shapely.get_x(shapes), shapely.get_y(shapes)
    frame = pd.DataFrame({name: pd.Series(values).reset_index(drop=True) for name, values in columns.items()})
    return pa.Table.from_pandas(frame, schema=_ROWS, preserve_index=False)


def _kept_texts(incidents: gpd.GeoDataFrame) -> list[str | None]:
    names = [name for name in incidents.columns if str(name).startswith("kept_")]
    if not names:
        return [None] * len(incidents)
    records = incidents[names].astype(object).where(incidents[names].notna(), "").to_dict("records")
    return [json.dumps(record, ensure_ascii=False, sort_keys=True) for record in records]


def from_rows(rows: pd.DataFrame, crs: int, timezone: str) -> gpd.GeoDataFrame:
    """Incidents as the contract has them.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of the table.
    crs : int
        EPSG code of the points.
    timezone : str
        Clock of the city.

    Returns
    -------
    geopandas.GeoDataFrame
        Contract ``incidents``.
    """
    table = pd.DataFrame(index=rows.index)
    for name in _TEXTS[:4]:
        table[name] = rows[name].astype("str")
    for name in _MOMENTS:
        moments = rows[f"{name}_utc"].astype("datetime64[us]")
        table[name] = moments.dt.tz_localize("UTC").dt.tz_convert(timezone)
    table["weight"] = rows["weight"]
    table["severity"] = rows["severity"].astype("str")
    table["weak_road_user"] = rows["weak_road_user"].astype("boolean")
    table["geocode_level"] = rows["geocode_level"].astype(geocode_level_dtype())
    for name in _NUMBERS[1:]:
        table[name] = rows[name]
    for name in ("sector", "wijk", "stadsdeel"):
        table[name] = rows[name].astype("str")
    if rows["hour"].notna().any():
        table["hour"] = rows["hour"].astype("Int8")
    if rows["kept"].notna().any():
        kept = pd.DataFrame([json.loads(text) if isinstance(text, str) else {} for text in rows["kept"]])
        table = table.join(kept[sorted(kept.columns)].astype("str"))
    points = np.where(rows["x"].notna(), shapely.points(rows["x"].to_numpy(), rows["y"].to_numpy()), None)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, index=table.index, crs=crs))

"""GeoParquet 1.1: rows along a curve through the city, with their boxes, so that a part is read alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

VERSION = "1.1.0"
#: Small enough that a stadsdeel is a few of a million, large enough that headers cost nothing.
_GROUP_ROWS = 16_384


def write_geoparquet(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer as GeoParquet 1.1 with a covering column ``bbox``.

    A reader that wants a part of the map skips the groups of rows whose boxes lie elsewhere. That only works
    where neighbours stand in one group, so rows are put along a Hilbert curve; those without a point come
    last, in the order that they had.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Any layer; its own column ``bbox``, if it has one, would be taken for the covering.
    path : path-like
        File to write.

    Raises
    ------
    ValueError
        If the layer has a column ``bbox`` already.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from genk_geo.jobs.desk.systems.geoparquet import write_geoparquet
    >>> points = gpd.GeoDataFrame({"n": [1, 2]}, geometry=gpd.points_from_xy([0, 9], [0, 9]), crs=31370)
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "points.parquet"
    >>> write_geoparquet(points, path)
    >>> gpd.read_parquet(path, bbox=(-1, -1, 1, 1))["n"].tolist()
    [1]
    """
    if "bbox" in layer.columns:
        raise ValueError("the layer has a column bbox, which GeoParquet needs for its own; rename it")
    shapes = layer.geometry
    nowhere = (shapes.isna() | shapes.is_empty).to_numpy()
    order = np.arange(len(layer))
    if not nowhere.all():
        along = np.full(len(layer), np.iinfo(np.int64).max)
        along[~nowhere] = shapes[~nowhere].hilbert_distance().to_numpy()
        order = np.argsort(along, kind="stable")
    layer.iloc[order].to_parquet(
        path, index=False, schema_version=VERSION, write_covering_bbox=True, row_group_size=_GROUP_ROWS
    )

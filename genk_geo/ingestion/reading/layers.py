"""Geometry layers: attributes as text, the point of each feature beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import epsg_of
from genk_geo.doors import layer_of_bytes
from genk_geo.doors import read_layer as open_layer
from genk_geo.errors import Message, SupplierFileError
from genk_geo.ingestion.reading.raw_table import Points, RawTable, bounded, no_rows

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

#: First bytes of a shapefile, a FlatGeobuf and a GeoParquet.
OTHER_LAYERS = {b"\x00\x00\x27\x0a", b"fgb\x03", b"PAR1"}


def read_layer(file: Path, content: bytes) -> RawTable:
    """Read the first layer of a GeoJSON, GeoPackage, shapefile, FlatGeobuf or GeoParquet file.

    Parameters
    ----------
    file : pathlib.Path
        The file, for its name.
    content : bytes
        What is in it (uncompressed).

    Returns
    -------
    RawTable
        Attributes as text; lines are feature numbers; points are the features' own points, or a point inside
        a line or area, in the layer's coordinate system.

    Raises
    ------
    SupplierFileError
        If the layer is damaged, has no features, or has no coordinate reference system.
    """
    how: dict[str, Any] = {"error": SupplierFileError, "datetime_as_string": True}
    if content[:4] in OTHER_LAYERS:
        layer = open_layer(file, Message("The file"), **how)
    else:
        layer = layer_of_bytes(content, file.name, Message("The file"), **how)
    if layer.empty:
        raise no_rows(file.name)
    bounded(len(layer.columns), len(layer), file.name)
    attributes = pd.DataFrame(layer.drop(columns=list(layer.columns[layer.dtypes == "geometry"])))
    frame = pd.DataFrame({str(name): _texts(attributes[name]) for name in attributes}, index=attributes.index)
    return RawTable(
        frame,
        np.arange(1, len(frame) + 1),
        points=None if layer.active_geometry_name is None else _points(layer, file.name),
    )


def _points(layer: gpd.GeoDataFrame, name: str) -> Points:
    if layer.crs is None:
        raise SupplierFileError(
            "{name} does not say its coordinate reference system. Save it with one.", name=name
        )
    shapes = layer.geometry.to_numpy()
    shapes = np.where(shapely.is_empty(shapes), None, shapes)  # "POINT EMPTY" is no place
    points = np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes))
    return Points(shapely.get_x(points), shapely.get_y(points), epsg_of(layer, name))


def _texts(values: pd.Series) -> pd.Series:
    def text(value: object) -> str:
        if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    return pd.Series([text(value) for value in values.tolist()], index=values.index, dtype="str")

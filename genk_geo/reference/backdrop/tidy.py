"""Lines and areas made light for drawing: simplified so that what meets still meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

_LINES_M = 2.0
_AREAS_M = 4.0
#: Vertices nearer than this are one, so that streets meet that were drawn to meet.
_SNAP_M = 0.1


def joined_lines(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify lines, with every place kept that two of them share.

    Lines are cut at the vertices that they share; Douglas and Peucker's algorithm keeps the ends of what it
    simplifies, so junctions stay where they are.

    Parameters
    ----------
    lines : geopandas.GeoDataFrame
        ``kind``, ``name``, LineStrings in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        The same columns, one row a piece between junctions.
    """
    if lines.empty:
        return lines
    shapes = lines.geometry.to_numpy()
    corners, line = shapely.get_coordinates(shapes, return_index=True)
    first = np.r_[True, line[1:] != line[:-1]]
    last = np.r_[line[1:] != line[:-1], True]
    cut = _shared(corners) | first | last
    row, place = _pieces(cut, first, last)
    pieces = shapely.linestrings(corners[place], indices=row)
    simple = shapely.simplify(pieces, _LINES_M)
    owner = line[place[np.r_[True, row[1:] != row[:-1]]]]
    table = lines.iloc[owner].reset_index(drop=True)
    return table.set_geometry(gpd.GeoSeries(simple, index=table.index, crs=lines.crs))


def _shared(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which vertices stand where another one does."""
    steps = np.round(corners / _SNAP_M).astype(np.int64)
    _, group, times = np.unique(steps, axis=0, return_inverse=True, return_counts=True)
    shared: npt.NDArray[np.bool_] = times[group.ravel()] > 1
    return shared


def _pieces(
    cut: npt.NDArray[np.bool_], first: npt.NDArray[np.bool_], last: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Piece and vertex of each corner of the pieces: where a line is cut, both pieces have the vertex."""
    twice = cut & ~first & ~last
    place = np.repeat(np.arange(len(cut)), 1 + twice)
    again = np.r_[False, place[1:] == place[:-1]]
    row = np.cumsum(first[place] & ~again | again) - 1
    return row.astype(np.intp), place.astype(np.intp)


def tidy_areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify areas: edges that neighbours share in the same way, where no two overlap.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        ``kind``, ``name``, Polygons in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        The same, without what became nothing.
    """
    if areas.empty:
        return areas
    shapes = shapely.make_valid(areas.geometry.to_numpy())
    if shapely.coverage_is_valid(shapes):
        simple = shapely.coverage_simplify(shapes, _AREAS_M)
    else:
        simple = shapely.simplify(shapes, _AREAS_M)
    parts = areas.set_geometry(gpd.GeoSeries(simple, index=areas.index, crs=areas.crs))
    parts = parts.explode(index_parts=False)
    return parts[parts.geometry.geom_type == "Polygon"].reset_index(drop=True)

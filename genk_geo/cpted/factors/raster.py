"""Rasters: the mean in each cell, from any coordinate system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import transform_xy
from genk_geo.doors import open_raster
from genk_geo.errors import ConfigError, Message, SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats import Grid

    Floats = npt.NDArray[np.float64]
    Whole = npt.NDArray[np.intp]

#: A cell is looked at in so many places a side, at least and at most.
_LEAST, _MOST = 16, 64
_CHUNK = 200_000
_MOST_PIXELS = 1_000_000


class _Raster(NamedTuple):
    """Data (NaN where unknown), place to pixel, EPSG code, size of a pixel in metres of the grid."""

    data: Floats
    inverse: Any
    epsg: int
    pixel_m: float


def raster_means(
    path: Path | str, grid: Grid, *, band: int = 1, least_known: float = 0.5
) -> pd.Series[float]:
    """Mean of a raster in every cell: each pixel counts by the area that it shares with the cell.

    Every pixel is drawn as a polygon in the system of the grid and cut by the cells; nothing is resampled.
    Rasters of more than a million pixels on the grid are looked at on a lattice of up to 4,096 places a
    cell instead: there a pixel is so small beside a cell that cutting it would change nothing to speak of.

    Parameters
    ----------
    path : path-like
        Anything that GDAL reads, with a coordinate system.
    grid : Grid
        The cells.
    band : int, default 1
        Which band.
    least_known : float, default 0.5
        Cells of which a smaller part has a value are NaN.

    Returns
    -------
    pandas.Series
        Index of the cells.

    Raises
    ------
    ConfigError
        If the file or band is missing or cannot be read.
    SchemaError
        If the raster has no coordinate system, or none of the grid has a value.

    Examples
    --------
    The pixel without a value does not count:

    >>> extent, values = (0, 0, 200, 200), [[1, 2], [3, np.nan]]
    >>> path = gg.stats.write_geotiff("groen.tif", values, extent=extent, cell_m=100, crs=31370)
    >>> grid = gg.stats.Grid.cover(shapely.box(*extent), cell_m=200)
    >>> gg.cpted.raster_means(path, grid).round(3).to_dict()
    {'200m_E0_N0': 2.0}
    """
    raster = _read(Path(path), grid, band)
    pixels = len(grid) * (grid.cell_m / raster.pixel_m) ** 2
    total, covered = _cut(raster, grid) if pixels <= _MOST_PIXELS else _sampled(raster, grid)
    enough = covered >= max(least_known, 1e-9)
    if not enough.any():
        raise SchemaError(
            "{path}: no cell of the grid has a value in this raster. Is its coordinate system right?",
            path=path,
        )
    means = np.where(enough, total / np.where(enough, covered, 1.0), np.nan)
    return pd.Series(means, index=grid.cells.index, name=Path(path).stem)


def _cut(raster: _Raster, grid: Grid) -> tuple[Floats, Floats]:
    """Sum of values by shared area, and shared area, of each cell in parts of a cell."""
    cells = grid.cells.geometry.to_numpy()
    tree = shapely.STRtree(cells)
    total, covered = np.zeros(len(grid)), np.zeros(len(grid))
    rows, columns = _pixels_near(raster, grid)
    step = max(_CHUNK // max(columns.size, 1), 1)
    for start in range(0, rows.size, step):
        row, column = (
            part.ravel() for part in np.meshgrid(rows[start : start + step], columns, indexing="ij")
        )
        value = raster.data[row, column]
        known = np.isfinite(value)
        outlines, value = _outlines(raster, row[known], column[known], grid.crs), value[known]
        pixel, cell, area = _shared(outlines, cells, tree)
        total += np.bincount(cell, weights=area * value[pixel], minlength=len(grid)) / grid.cell_m**2
        covered += np.bincount(cell, weights=area, minlength=len(grid)) / grid.cell_m**2
    return total, covered


def _shared(
    outlines: npt.NDArray[np.object_], cells: npt.NDArray[np.object_], tree: shapely.STRtree
) -> tuple[Whole, Whole, Floats]:
    """Which pixels share how much ground with which cells; most lie in one cell and need no cutting."""
    whole, holder = tree.query(outlines, predicate="within")
    cut = np.setdiff1d(np.arange(outlines.size), whole)
    part, cell = tree.query(outlines[cut], predicate="intersects")
    shared = shapely.area(shapely.intersection(cells[cell], outlines[cut[part]]))
    pixel = np.concatenate([whole, cut[part]])
    return pixel, np.concatenate([holder, cell]), np.concatenate([shapely.area(outlines[whole]), shared])


def _pixels_near(raster: _Raster, grid: Grid) -> tuple[Whole, Whole]:
    """Rows and columns of the raster that can touch the grid."""
    # Along the edges too: a straight edge here may be a bow there.
    bounds = grid.cells.total_bounds
    edge = shapely.segmentize(shapely.box(*bounds), float((bounds[2:] - bounds[:2]).max()) / 50)
    x, y = shapely.get_coordinates(edge).T
    column, row = _to_pixel(raster.inverse, *transform_xy(x, y, grid.crs, raster.epsg))
    height, width = raster.data.shape
    return _within(row, height), _within(column, width)


def _within(place: Floats, size: int) -> Whole:
    first, last = int(np.floor(place.min())) - 1, int(np.ceil(place.max())) + 1
    return np.arange(max(first, 0), min(last, size), dtype=np.intp)


def _outlines(raster: _Raster, row: Whole, column: Whole, crs: int) -> npt.NDArray[np.object_]:
    """Pixels as polygons in the grid's system."""
    forward = ~raster.inverse
    corners = []
    for right, down in ((0, 0), (1, 0), (1, 1), (0, 1)):
        x, y = _to_pixel(forward, (column + right).astype(float), (row + down).astype(float))
        corners.append(np.column_stack(transform_xy(x, y, raster.epsg, crs)))
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)))


def _sampled(raster: _Raster, grid: Grid) -> tuple[Floats, Floats]:
    """As :func:`_cut`, by looking at a regular lattice of places in each cell."""
    side = int(np.clip(np.ceil(4 * grid.cell_m / raster.pixel_m - 1e-3), _LEAST, _MOST))
    offset = (np.arange(side) + 0.5) / side * grid.cell_m
    dx, dy = (part.ravel() for part in np.meshgrid(offset, offset))
    corner = grid.cells.bounds[["minx", "miny"]].to_numpy()
    total, covered = np.zeros(len(grid)), np.zeros(len(grid))
    step = max(10 * _CHUNK // dx.size, 1)
    for start in range(0, len(grid), step):
        part = corner[start : start + step]
        x, y = transform_xy(
            (part[:, [0]] + dx).ravel(), (part[:, [1]] + dy).ravel(), source=grid.crs, target=raster.epsg
        )
        seen = _values_at(raster.data, raster.inverse, x, y).reshape(len(part), -1)
        known = np.isfinite(seen)
        covered[start : start + step] = known.mean(axis=1)
        total[start : start + step] = np.where(known, seen, 0.0).mean(axis=1)
    return total, covered


def _read(path: Path, grid: Grid, band: int) -> _Raster:
    with open_raster(path, Message("The raster")) as source:
        if source.crs is None:
            raise SchemaError("{path} has no coordinate reference system. Assign it in a GIS.", path=path)
        epsg = source.crs.to_epsg()
        if epsg is None:
            raise SchemaError("{path} has a coordinate reference system without EPSG code.", path=path)
        if not 1 <= band <= source.count:
            raise ConfigError(
                "{path} has {count} bands, given band {band}.", path=path, count=source.count, band=band
            )
        values = source.read(band, masked=True).astype(np.float64).filled(np.nan)
        transform = source.transform
    middle = grid.cells.total_bounds.reshape(2, 2).mean(axis=0)
    x, y = transform_xy(middle[0] + np.array([0, 1, 0]), middle[1] + np.array([0, 0, 1]), grid.crs, int(epsg))
    column, row = _to_pixel(~transform, x, y)
    per_metre = np.hypot(column[1:] - column[0], row[1:] - row[0]).max()
    return _Raster(values, ~transform, int(epsg), float(1 / max(per_metre, 1e-12)))


def _to_pixel(
    inverse: Any, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return (
        inverse.a * x + inverse.b * y + inverse.c,
        inverse.d * x + inverse.e * y + inverse.f,
    )


def _values_at(
    values: npt.NDArray[np.float64], inverse: Any, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Value of the pixel in which each place lies; NaN outside."""
    column, row = (np.floor(part) for part in _to_pixel(inverse, x, y))
    height, width = values.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    found = np.full(x.shape, np.nan)
    found[inside] = values[row[inside].astype(np.intp), column[inside].astype(np.intp)]
    return found

"""Rasters: the mean in each cell, from any coordinate system; the score as a GeoTIFF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.crs import transform_xy
from genk_geo.errors import ConfigError, SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.cpted.terrain import RiskTerrain
    from genk_geo.stats import Grid

#: A cell is looked at in so many places a side, at least and at most.
_LEAST, _MOST = 16, 64
_CHUNK = 2_000_000
_MAX_PIXELS = 400_000_000
_NODATA = -1.0
_TILE = 256


def raster_means(
    path: Path | str, grid: Grid, *, band: int = 1, least_known: float = 0.5
) -> pd.Series[float]:
    """Mean of a raster in every cell.

    Each cell is looked at on a regular lattice of 256 to 4,096 places, sixteen or more in a pixel unless
    pixels are very small; each place is brought into the raster's own coordinate system, so that no pixel
    is resampled. The mean counts each pixel by the part of the cell that it covers, up to the lattice.

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
    """
    values, inverse, epsg, pixel_m = _read(Path(path), grid, band)
    side = int(np.clip(np.ceil(4 * grid.cell_m / pixel_m - 1e-3), _LEAST, _MOST))
    offset = (np.arange(side) + 0.5) / side * grid.cell_m
    dx, dy = (part.ravel() for part in np.meshgrid(offset, offset))
    corner = grid.cells.bounds[["minx", "miny"]].to_numpy()
    means = np.full(len(grid), np.nan)
    step = max(_CHUNK // dx.size, 1)
    for start in range(0, len(grid), step):
        part = corner[start : start + step]
        x, y = transform_xy(
            (part[:, [0]] + dx).ravel(), (part[:, [1]] + dy).ravel(), source=grid.crs, target=epsg
        )
        seen = _look(values, inverse, x, y).reshape(len(part), -1)
        known = np.isfinite(seen)
        number = known.sum(axis=1)
        total = np.where(known, seen, 0.0).sum(axis=1)
        enough = number >= max(least_known * dx.size, 1)
        means[start : start + step] = np.where(enough, total / np.maximum(number, 1), np.nan)
    if np.isnan(means).all():
        raise SchemaError(
            f"{path}: no cell of the grid has a value in this raster. Is its coordinate system right?"
        )
    return pd.Series(means, index=grid.cells.index, name=Path(path).stem)


def _read(path: Path, grid: Grid, band: int) -> tuple[npt.NDArray[np.float64], Any, int, float]:
    """Values (NaN where unknown), place to pixel, EPSG code, size of a pixel in metres of the grid."""
    import rasterio
    from rasterio.errors import RasterioError

    if not path.exists():
        raise ConfigError(f"{path} does not exist. Give the path of an existing raster.")
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise SchemaError(f"{path} has no coordinate reference system. Assign it in a GIS.")
            epsg = source.crs.to_epsg()
            if epsg is None:
                raise SchemaError(f"{path} has a coordinate reference system without EPSG code.")
            if not 1 <= band <= source.count:
                raise ConfigError(f"{path} has {source.count} bands, given band {band}.")
            if source.width * source.height > _MAX_PIXELS:
                raise ConfigError(f"{path} has {source.width} x {source.height} pixels. Cut it to the city.")
            values = source.read(band, masked=True).astype(np.float64).filled(np.nan)
            transform = source.transform
    except RasterioError as error:
        raise ConfigError(f"{path} cannot be read as a raster ({error}).") from error
    middle = grid.cells.total_bounds.reshape(2, 2).mean(axis=0)
    x, y = transform_xy(middle[0] + np.array([0, 1, 0]), middle[1] + np.array([0, 0, 1]), grid.crs, int(epsg))
    column, row = _to_pixel(~transform, x, y)
    per_metre = np.hypot(column[1:] - column[0], row[1:] - row[0]).max()
    return values, ~transform, int(epsg), float(1 / max(per_metre, 1e-12))


def _to_pixel(
    inverse: Any, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return (
        inverse.a * x + inverse.b * y + inverse.c,
        inverse.d * x + inverse.e * y + inverse.f,
    )


def _look(
    values: npt.NDArray[np.float64], inverse: Any, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Value of the pixel in which each place lies; NaN outside."""
    column, row = (np.floor(part) for part in _to_pixel(inverse, x, y))
    height, width = values.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    found = np.full(x.shape, np.nan)
    found[inside] = values[row[inside].astype(np.intp), column[inside].astype(np.intp)]
    return found


def write_score(terrain: RiskTerrain, path: Path | str) -> None:
    """Write the score of a terrain as a GeoTIFF: one tiled float32 band, nodata -1 outside the city."""
    import rasterio
    from rasterio.errors import RasterioError

    grid = terrain.grid
    west, _, _, north = grid.cells.total_bounds
    column, row = (grid.cells[name].to_numpy() for name in ("col", "row"))
    values = np.full((np.ptp(row) + 1, np.ptp(column) + 1), _NODATA, dtype=np.float32)
    values[row.max() - row, column - column.min()] = terrain.score.to_numpy()
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": "float32",
        "crs": f"EPSG:{grid.crs}",
        "nodata": _NODATA,
        "transform": rasterio.Affine(grid.cell_m, 0.0, west, 0.0, -grid.cell_m, north),
        "compress": "deflate",
        "tiled": True,
        "blockxsize": _TILE,
        "blockysize": _TILE,
    }
    try:
        with rasterio.open(path, "w", **profile) as target:
            target.write(values, 1)
            target.set_band_description(1, "risk terrain score, 1 = lowest")
    except RasterioError as error:
        raise ConfigError(f"{path} cannot be written ({error}).") from error

"""Rasters for other programs: GeoTIFF files and contour polygons."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.density.raster import build_raster

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from genk_geo.stats.density.raster import Extent, Raster

    Floats = npt.NDArray[np.float64]

_TILE = 256


def write_geotiff(
    path: Path | str,
    values: npt.ArrayLike,
    *,
    extent: Extent,
    cell_m: float,
    crs: int,
    unit: str = "",
    description: str = "",
    nodata: float = -9999.0,
) -> Path:
    """Write a raster as a tiled, compressed GeoTIFF.

    Parameters
    ----------
    path : pathlib.Path or str
        File to write; one that exists is replaced only when the new one is whole.
    values : array_like
        Shape (rows, columns), row 0 = north, as :func:`genk_geo.stats.kernel_density` gives; NaN becomes
        `nodata`.
    extent, cell_m
        What the raster was made with.
    crs : int
        EPSG code.
    unit : str, optional
        Unit to note in the file, such as "incidents/km2".
    description : str, optional
        What the values are, noted in the file.
    nodata : float, default -9999
        Value that says in the file that nothing is known; a value that the raster itself does not have.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    SchemaError
        If the values do not fit the extent and the cell size.
    ConfigError
        If extent, cell size or EPSG code is impossible, the folder is missing, or the file cannot be written.

    Examples
    --------
    NaN becomes the nodata value:

    >>> import rasterio
    >>> values = np.array([[1.0, np.nan], [3.0, 4.0]])
    >>> path = gg.stats.write_geotiff("n.tif", values, extent=(0, 0, 200, 200), cell_m=100, crs=31370)
    >>> with rasterio.open(path) as file:
    ...     file.read(1).tolist()
    ...
    [[1.0, -9999.0], [3.0, 4.0]]
    """
    import rasterio
    from rasterio.crs import CRS
    from rasterio.errors import CRSError, RasterioError

    raster = build_raster(extent, cell_m)
    table = _fitting(values, raster)
    target = Path(path)
    if not target.parent.is_dir():
        raise ConfigError("{parent} is no folder. Make it first.", parent=target.parent)
    try:
        metric = CRS.from_epsg(crs)
    except CRSError as error:
        raise ConfigError("crs: given {crs}, needed an EPSG code such as 31370.", crs=crs) from error
    part = target.with_name(f".{target.name}.part")
    try:
        with rasterio.open(
            part,
            "w",
            driver="GTiff",
            width=raster.columns,
            height=raster.rows,
            count=1,
            dtype="float32",
            crs=metric,
            transform=rasterio.Affine(raster.cell_m, 0.0, raster.west, 0.0, -raster.cell_m, raster.north),
            nodata=nodata,
            tiled=True,
            blockxsize=_TILE,
            blockysize=_TILE,
            compress="deflate",
        ) as file:
            file.write(np.where(np.isfinite(table), table, nodata).astype(np.float32), 1)
            if unit:
                file.set_band_unit(1, unit)
            if description:
                file.set_band_description(1, description)
        part.replace(target)
    except (RasterioError, OSError) as error:
        raise ConfigError("{target} cannot be written ({reason}).", target=target, reason=error) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def contour_polygons(
    values: npt.ArrayLike, *, levels: Iterable[float], extent: Extent, cell_m: float, crs: int
) -> gpd.GeoDataFrame:
    """Polygons of where a raster reaches each level, between the cells' centres by interpolation.

    Parameters
    ----------
    values : array_like
        Shape (rows, columns), row 0 = north; NaN belongs to no polygon.
    levels : iterable of float
        Values to draw; a polygon holds what is at or above its level, so they nest.
    extent, cell_m
        What the raster was made with.
    crs : int
        EPSG code.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a level that is reached, ascending: ``level``, ``area_m2``, geometry.

    Raises
    ------
    SchemaError
        If the values do not fit the extent and the cell size.
    ConfigError
        If a level is not a number.

    Examples
    --------
    What reaches 4 lies inside what reaches 2:

    >>> values = np.zeros((9, 9))
    >>> values[4, 4] = 8
    >>> extent = (0, 0, 900, 900)
    >>> found = gg.stats.contour_polygons(values, levels=[2, 4], extent=extent, cell_m=100, crs=31370)
    >>> found["area_m2"].round().tolist()
    [11250.0, 5000.0]
    """
    from contourpy import FillType, contour_generator

    raster = build_raster(extent, cell_m)
    table = _fitting(values, raster)
    wanted = sorted({float(level) for level in levels})
    if not np.isfinite(wanted).all():
        raise ConfigError("levels: needed numbers.")
    # The outermost half cell has no centre beyond it: it takes the value of the cell it belongs to.
    wide = np.pad(table, 1, mode="edge")
    x = raster.west + (np.arange(-1, raster.columns + 1) + 0.5).clip(0, raster.columns) * raster.cell_m
    y = raster.north - (np.arange(-1, raster.rows + 1) + 0.5).clip(0, raster.rows) * raster.cell_m
    lines = contour_generator(x, y, np.ma.masked_invalid(wide), fill_type=FillType.OuterOffset)
    rows = []
    for level in wanted:
        outline = _union(*lines.filled(level, np.inf))
        if not outline.is_empty:
            rows.append({"level": level, "area_m2": outline.area, "geometry": outline})
    return gpd.GeoDataFrame(rows, columns=["level", "area_m2", "geometry"], geometry="geometry", crs=crs)


def _union(points: list[Floats], offsets: list[npt.NDArray[np.uint32]]) -> shapely.Geometry:
    polygons = []
    for xy, at in zip(points, offsets, strict=True):
        rings = [xy[a:b] for a, b in pairwise(at)]
        polygons.append(shapely.make_valid(shapely.Polygon(rings[0], rings[1:])))
    whole = shapely.union_all(polygons)
    areas = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(areas)


def _fitting(values: npt.ArrayLike, raster: Raster) -> Floats:
    table = np.asarray(values, dtype=float)
    if table.shape != (raster.rows, raster.columns):
        raise SchemaError(
            "The raster: needed {rows} rows and {columns} columns for this extent and cell size, given "
            "shape {shape}.",
            rows=raster.rows,
            columns=raster.columns,
            shape=table.shape,
        )
    return table

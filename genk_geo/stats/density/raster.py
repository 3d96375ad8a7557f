"""Rasters and the points on them: checked, and counted in cells from the north-west."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.stats.checks import places_of, plain_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    import shapely

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

Extent = tuple[float, float, float, float]

_log = logging.getLogger(__name__)
#: A raster larger than this is a wrong unit or cell size.
MOST_CELLS = 100_000_000


class Raster(NamedTuple):
    """Where the cells lie: north-west corner, size of a cell, columns and rows."""

    west: float
    north: float
    cell_m: float
    columns: int
    rows: int

    def in_cells(self, points: Floats) -> tuple[Floats, Floats]:
        """X to the east and y to the south, in cells, 0 = centre of the first cell."""
        return (points[:, 0] - self.west) / self.cell_m - 0.5, (self.north - points[:, 1]) / self.cell_m - 0.5

    def near(self, points: Floats, reach_m: float) -> Bools:
        """Which points lie within that distance of the raster."""
        east, south = self.west + self.columns * self.cell_m, self.north - self.rows * self.cell_m
        x, y = points[:, 0], points[:, 1]
        return (
            (x > self.west - reach_m)
            & (x < east + reach_m)
            & (y < self.north + reach_m)
            & (y > south - reach_m)
        )


def build_raster(extent: Extent, cell_m: float, **metres: float | None) -> Raster:
    """Raster over an extent; refuses what is no size, and any other length that is not above 0."""
    for name, value in (("cell_m", cell_m), *metres.items()):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise ConfigError("{name}: given {value}, needed metres above 0.", name=name, value=value)
    west, south, east, north = (float(side) for side in extent)
    if not (np.isfinite([west, south, east, north]).all() and west < east and south < north):
        raise ConfigError("extent: given {extent}, needed xmin < xmax and ymin < ymax.", extent=tuple(extent))
    columns, rows = (int(np.ceil(size / cell_m - 1e-9)) for size in (east - west, north - south))
    if columns * rows > MOST_CELLS:
        raise ConfigError(
            "The raster would have {count:,} cells, needed at most {most_cells:,}. Take larger cells or a "
            "smaller extent.",
            count=columns * rows,
            most_cells=MOST_CELLS,
        )
    return Raster(west, north, float(cell_m), columns, rows)


def checked_points(xy: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Coordinates, shape (n, 2), and weights, shape (n,), both finite; weights of 0 or more."""
    points = places_of(xy)
    wrong = ~np.isfinite(points).all(axis=1)
    if wrong.any():
        raise SchemaError(
            "{count} points have no coordinates (rows {wrong}). Leave out what is not located.",
            count=int(wrong.sum()),
            wrong=some_rows(np.flatnonzero(wrong)),
        )
    if weights is None:
        return points, np.ones(len(points))
    w = plain_numbers(weights)
    if w.shape != points.shape[:1]:
        raise SchemaError(
            "The weights: needed {count}, one a point, given shape {shape}.", count=len(points), shape=w.shape
        )
    wrong = ~(np.isfinite(w) & (w >= 0))
    if wrong.any():
        raise SchemaError(
            "The weights: needed finite numbers of 0 or more (rows {wrong}).",
            wrong=some_rows(np.flatnonzero(wrong)),
        )
    return points, w


def cells_inside(raster: Raster, window: shapely.Geometry) -> Bools:
    """Cells whose centre lies in the window, shape (rows, columns)."""
    import shapely

    if not isinstance(window, shapely.Geometry) or window.is_empty or window.area == 0:
        raise SchemaError("The window: needed a polygon with an area.")
    x = raster.west + (np.arange(raster.columns) + 0.5) * raster.cell_m
    y = raster.north - (np.arange(raster.rows) + 0.5) * raster.cell_m
    shapely.prepare(window)
    inside: Bools = shapely.intersects_xy(window, *np.meshgrid(x, y))
    if not inside.any():
        raise SchemaError("The window: needed one that holds a cell's centre; it lies outside the raster.")
    return inside


def points_inside(raster: Raster, window: shapely.Geometry, points: Floats) -> Bools:
    """Points in the window and on the raster; says how many are not."""
    import shapely

    shapely.prepare(window)
    inside: Bools = shapely.intersects_xy(window, points) & raster.near(points, 1e-6)
    if not inside.all():
        _log.warning("%d points lie outside the window and are left out.", int((~inside).sum()))
    return inside

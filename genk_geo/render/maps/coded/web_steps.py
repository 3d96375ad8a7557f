"""Corners of shapes in whole pixels of a web map, so that a page carries small differences between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from genk_geo.crs import WGS84, transform_xy

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

#: Coordinates are pixels of a web map at this zoom: in Belgium three quarters of a metre.
ZOOM = 17
_WORLD = 256 * 2**ZOOM


def on_the_web(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], ...]:
    """Pixels of a web map at :data:`ZOOM`, from the north-west corner of the world."""
    longitude, latitude = np.asarray(lon, dtype=float), np.radians(np.asarray(lat, dtype=float))
    x = (longitude + 180.0) / 360.0 * _WORLD
    y = (0.5 - np.arctanh(np.sin(latitude)) / (2 * np.pi)) * _WORLD
    return x, y


def moved_to_the_web(shapes: npt.NDArray[np.object_], epsg: int) -> npt.NDArray[np.object_]:
    """Shapes in pixels of a web map."""

    def moved(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(on_the_web(*transform_xy(xy[:, 0], xy[:, 1], epsg, WGS84)))

    found: npt.NDArray[np.object_] = shapely.transform(shapes, moved)
    return found


def rings_of(shape: BaseGeometry) -> list[npt.NDArray[np.float64]]:
    """Corners of each ring of an area, or of a line or point."""
    if shapely.get_dimensions(shape) < 2:
        return [shapely.get_coordinates(shape)]
    parts = shapely.get_parts(shape)
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [shapely.get_coordinates(ring) for ring in rings]


def steps_of(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Corners in whole pixels, without those that fall together with the one before."""
    steps = np.round(corners).astype(np.int64)
    moved: npt.NDArray[np.int64] = steps[np.r_[True, (np.diff(steps, axis=0) != 0).any(axis=1)]]
    return moved

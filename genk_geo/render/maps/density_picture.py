"""The density as a picture that lies right on a web map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.ndimage import map_coordinates

from genk_geo.crs import WGS84, transform_xy
from genk_geo.release.thresholds import DENSITY_LIMITS
from genk_geo.show.palette import DENSITY_COLOURS

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.week import ReleasedDensity

_CONTROL_POINTS = 17
_PIXELS_PER_CELL = 2
_OPACITY = 205


def density_picture(
    density: ReleasedDensity, bounds: tuple[float, float, float, float], crs: int, *, inside: BaseGeometry
) -> npt.NDArray[np.uint8] | None:
    """Classes of a density surface as pixels in Web Mercator.

    Parameters
    ----------
    density : ReleasedDensity
        Surface in the city's metric system.
    bounds : tuple of float
        West, south, east, north of the picture in degrees.
    crs : int
        EPSG code of the surface.
    inside : shapely geometry
        Only this area is drawn, in the same system.

    Returns
    -------
    numpy.ndarray or None
        Rows from the north, columns from the west, red green blue alpha; transparent below the lowest
        class. None when nothing reaches the lowest class.
    """
    rows, columns = _surface_positions(density, bounds, crs)
    values = map_coordinates(density.values, [rows, columns], order=1, mode="constant", cval=0.0)
    xmin, _, _, ymax = density.extent
    x, y = xmin + (columns + 0.5) * density.cell_m, ymax - (rows + 0.5) * density.cell_m
    shapely.prepare(inside)
    classes = np.where(shapely.contains_xy(inside, x, y), np.digitize(values, DENSITY_LIMITS), 0)
    if not classes.any():
        return None
    palette = np.zeros((len(DENSITY_LIMITS) + 1, 4), dtype=np.uint8)
    for rank, colour in enumerate(DENSITY_COLOURS, 1):
        palette[rank] = [*bytes.fromhex(colour.lstrip("#")), _OPACITY]
    return palette[classes]


def _surface_positions(
    density: ReleasedDensity, bounds: tuple[float, float, float, float], crs: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Row and column in the surface of each pixel.

    The projection is computed on a net of control points and interpolated: over a stadsdeel it bends by
    less than a metre between them, a fraction of a cell.
    """
    west, south, east, north = bounds
    lon = np.linspace(west, east, _CONTROL_POINTS)
    lat = _latitude(np.linspace(_mercator(north), _mercator(south), _CONTROL_POINTS))
    grid_lon, grid_lat = np.meshgrid(lon, lat)
    x, y = transform_xy(grid_lon, grid_lat, WGS84, crs)
    xmin, _, _, ymax = density.extent
    column = (x - xmin) / density.cell_m - 0.5
    row = (ymax - y) / density.cell_m - 0.5
    height = max(2, round(_PIXELS_PER_CELL * float(np.ptp(row))))
    width = max(2, round(_PIXELS_PER_CELL * float(np.ptp(column))))
    net = np.meshgrid(
        (np.arange(height) + 0.5) / height * (_CONTROL_POINTS - 1),
        (np.arange(width) + 0.5) / width * (_CONTROL_POINTS - 1),
        indexing="ij",
    )
    return map_coordinates(row, net, order=1), map_coordinates(column, net, order=1)


def _mercator(latitude: float) -> float:
    return float(np.arctanh(np.sin(np.radians(latitude))))


def _latitude(mercator: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.degrees(np.arcsin(np.tanh(mercator)))

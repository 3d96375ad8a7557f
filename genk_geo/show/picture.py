"""A surface as a picture that lies right on a web map, in the blues of the density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.crs import WGS84, transform_xy
from genk_geo.show.shades import Sign, shade

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.show.view import Raster
    from genk_geo.show.words import Words

_OPACITY = 205
#: Pixels along the longer side; more would only make the file larger.
_MOST_PIXELS = 900


def picture_of(raster: Raster, words: Words) -> tuple[npt.NDArray[np.uint8], list[list[float]], list[Sign]]:
    """Colours, corners and legend of a surface.

    Every pixel of the picture is looked up in the surface, so that it lies right whatever the turn of the
    metric system against the north of the web map.

    Parameters
    ----------
    raster : Raster
        The surface.
    words : Words
        The reader's language.

    Returns
    -------
    pixels : numpy.ndarray
        Red, green, blue and alpha, rows from the north, even in Web Mercator.
    corners : list
        South-west and north-east, as latitude and longitude.
    signs : list of Sign
        The legend.
    """
    west, south, east, north = raster.extent
    x = np.array([west, west, east, east, (west + east) / 2, (west + east) / 2])
    y = np.array([south, north, south, north, south, north])
    lon, lat = transform_xy(x, y, raster.crs, WGS84)
    rows, columns = raster.surface.shape
    scale = min(2.0, _MOST_PIXELS / max(rows, columns))
    height, width = max(1, int(rows * scale)), max(1, int(columns * scale))
    up = np.arcsinh(np.tan(np.radians(np.array([lat.min(), lat.max()]))))
    across = lon.min() + (np.arange(width) + 0.5) / width * np.ptp(lon)
    down = np.degrees(np.arctan(np.sinh(up[1] - (np.arange(height) + 0.5) / height * np.ptp(up))))
    grid = np.meshgrid(across, down)
    px, py = transform_xy(grid[0].ravel(), grid[1].ravel(), WGS84, raster.crs)
    column = np.floor((px - west) / (east - west) * columns).astype(np.int64)
    row = np.floor((north - py) / (north - south) * rows).astype(np.int64)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    values = np.full(px.size, np.nan)
    values[inside] = raster.surface[row[inside], column[inside]]
    # the least of a kernel is nothing: what is below a hundredth of the peak is left to the ground
    values[~(values > np.nanmax(raster.surface, initial=0.0) / 100)] = np.nan
    shaded = shade(pd.Series(values), raster.look, words)
    tint: dict[str | None, tuple[int, ...]] = {None: (0, 0, 0, 0)}
    tint |= {sign.colour: (*bytes.fromhex(sign.colour[1:]), _OPACITY) for sign in shaded.signs}
    pixels = np.array([tint[colour] for colour in shaded.colours], dtype=np.uint8).reshape(height, width, 4)
    corners = [[float(lat.min()), float(lon.min())], [float(lat.max()), float(lon.max())]]
    return pixels, corners, shaded.signs

"""Weights that make up for pairs whose other point lies outside the window, where nobody looked.

References
----------
Ripley (1977), Journal of the Royal Statistical Society B 39, for the part of a circle that lies inside; Ohser
(1983), Mathematische Operationsforschung und Statistik 14, for the shifted window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from numba import njit

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.patterns.study_area import StudyArea

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

Correction = Literal["isotropic", "translation", "none"]
#: A pair counts for at most so many.
_MOST = 100.0
#: Cells along the longer side of the raster on which a polygon is shifted over itself.
_CELLS = 512


def edge_weights(area: StudyArea, points: Floats, pairs: Ints, correction: Correction) -> Floats:
    """Weight of each ordered pair (from the first column of `pairs` to the second)."""
    if correction == "none":
        return np.ones(len(pairs))
    step = points[pairs[:, 1]] - points[pairs[:, 0]]
    if correction == "isotropic":
        share = shares_inside(points, pairs[:, 0], np.hypot(*step.T), area.edges)
    elif correction == "translation":
        share = _overlap(area, step)
    else:
        raise ConfigError(f"correction: given {correction!r}, needed isotropic, translation or none.")
    return np.asarray(1.0 / np.maximum(share, 1.0 / _MOST))


@njit(cache=True, nogil=True)
def _is_inside(x: float, y: float, edges: Floats) -> bool:
    """Even-odd rule over the sides of all rings."""
    inside = False
    for k in range(edges.shape[0]):
        ax, ay, bx, by = edges[k]
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


@njit(cache=True, nogil=True)
def shares_inside(points: Floats, centre: Ints, radius: Floats, edges: Floats) -> Floats:
    """Part of the circle around each centre that lies inside the rings.

    The circle is cut where it meets a side; each arc lies inside or outside as a whole, as its middle does.
    """
    share = np.ones(centre.size)
    angle = np.empty(2 * edges.shape[0] + 1)
    for one in range(centre.size):
        cx, cy = points[centre[one]]
        r = radius[one]
        if r <= 0.0:
            continue
        met = 0
        for k in range(edges.shape[0]):
            ax, ay = edges[k, 0] - cx, edges[k, 1] - cy
            dx, dy = edges[k, 2] - edges[k, 0], edges[k, 3] - edges[k, 1]
            a, half, c = dx * dx + dy * dy, ax * dx + ay * dy, ax * ax + ay * ay - r * r
            root = half * half - a * c
            if a <= 0.0 or root <= 0.0:
                continue
            for sign in (-1.0, 1.0):
                at = (-half + sign * np.sqrt(root)) / a
                if 0.0 <= at <= 1.0:
                    angle[met] = np.arctan2(ay + at * dy, ax + at * dx)
                    met += 1
        if met == 0:
            share[one] = 1.0 if _is_inside(cx + r, cy, edges) else 0.0
            continue
        cuts = np.sort(angle[:met])
        inside = 0.0
        for k in range(met):
            begin = cuts[k]
            end = cuts[k + 1] if k + 1 < met else cuts[0] + 2.0 * np.pi
            middle = 0.5 * (begin + end)
            if _is_inside(cx + r * np.cos(middle), cy + r * np.sin(middle), edges):
                inside += end - begin
        share[one] = inside / (2.0 * np.pi)
    return share


def _overlap(area: StudyArea, step: Floats) -> Floats:
    """Part of the window that is still covered when it is shifted so far."""
    west, south, east, north = area.polygon.bounds
    wide, high = east - west, north - south
    if area.is_rectangle:
        left = np.maximum(wide - np.abs(step[:, 0]), 0) * np.maximum(high - np.abs(step[:, 1]), 0)
        return np.asarray(left / (wide * high))
    from scipy.ndimage import map_coordinates
    from scipy.signal import fftconvolve

    cell = max(wide, high) / _CELLS
    x, y = np.meshgrid(
        west + cell * (np.arange(int(np.ceil(wide / cell))) + 0.5),
        south + cell * (np.arange(int(np.ceil(high / cell))) + 0.5),
    )
    cover = shapely.contains_xy(area.polygon, x.ravel(), y.ravel()).reshape(x.shape).astype(float)
    both = fftconvolve(cover, cover[::-1, ::-1]) / cover.sum()
    at = np.array([step[:, 1], step[:, 0]]) / cell + (np.array(cover.shape) - 1)[:, None]
    return np.asarray(map_coordinates(both, at, order=1))

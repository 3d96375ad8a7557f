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
        from genk_geo.stats.patterns.circles import shares_inside

        # In one form: for strided or read-only arrays it would be compiled anew.
        centre, radius = np.array(pairs[:, 0]), np.hypot(*step.T)
        share = shares_inside(np.array(points, order="C"), centre, radius, np.array(area.edges, order="C"))
    elif correction == "translation":
        share = _overlap(area, step)
    else:
        raise ConfigError(
            "correction: given {correction!r}, needed isotropic, translation or none.", correction=correction
        )
    return np.asarray(1.0 / np.maximum(share, 1.0 / _MOST))


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

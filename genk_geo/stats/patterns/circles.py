"""Compiled loops: the part of a circle that lies inside a window of any shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


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

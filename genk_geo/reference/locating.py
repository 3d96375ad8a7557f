"""Which of many polygons holds each of very many points."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def first_containing(shapes: npt.NDArray[np.object_], xy: Floats) -> npt.NDArray[np.intp]:
    """Position of the first polygon that holds each point, border included; -1 for none.

    The points are sorted by x once, so that each prepared polygon looks only at those in its own box.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons, shape (m,)
        Where several hold a point (on a shared border), the first one wins.
    xy : numpy.ndarray, shape (n, 2)
        Points; NaN lies nowhere.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        0 .. m-1 or -1.
    """
    found = np.full(len(xy), -1, dtype=np.intp)
    order = np.argsort(xy[:, 0], kind="stable")  # NaN goes last
    x, y = xy[order].T
    free = np.full(len(xy), -1, dtype=np.intp)
    shapely.prepare(shapes)
    for position, (west, south, east, north) in enumerate(shapely.bounds(shapes)):
        start, stop = np.searchsorted(x, west, "left"), np.searchsorted(x, east, "right")
        strip = slice(start, stop)
        near = start + np.flatnonzero((free[strip] < 0) & (y[strip] >= south) & (y[strip] <= north))
        inside = near[shapely.intersects_xy(shapes[position], x[near], y[near])]
        free[inside] = position
    found[order] = free
    return found


def first_within(shapes: npt.NDArray[np.object_], xy: Floats, margin_m: float) -> npt.NDArray[np.intp]:
    """As :func:`first_containing`; a point that none holds goes to the nearest polygon within a margin.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons, shape (m,)
        The areas.
    xy : numpy.ndarray, shape (n, 2)
        Points.
    margin_m : float
        How far outside counts.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        0 .. m-1 or -1; the first of equally near polygons.
    """
    found = first_containing(shapes, xy)
    open_ = np.flatnonzero((found < 0) & np.isfinite(xy).all(axis=1))
    if margin_m > 0 and open_.size:
        tree = shapely.STRtree(shapes)
        point, near = tree.query_nearest(shapely.points(xy[open_]), max_distance=margin_m, all_matches=True)
        nearest = np.full(open_.size, len(shapes))
        np.minimum.at(nearest, point, near)
        close = nearest < len(shapes)
        found[open_[close]] = nearest[close]
    return found


def nearest_sector(
    xy: Floats,
    row: npt.NDArray[np.intp],
    known: Mapping[int, tuple[Floats, npt.NDArray[np.object_]]],
) -> npt.NDArray[np.object_]:
    """Sector of the nearest known point in the same wijk.

    Parameters
    ----------
    xy : numpy.ndarray, shape (n, 2)
        Points.
    row : numpy.ndarray of int, shape (n,)
        Position of the wijk of each point, -1 for none.
    known : mapping
        Position of a wijk -> points and their sectors.

    Returns
    -------
    numpy.ndarray of object, shape (n,)
        Sector, or None outside the city and in a wijk without known points.
    """
    sector = np.full(len(xy), None, dtype=object)
    order = np.argsort(row, kind="stable")
    ends = np.searchsorted(row[order], np.arange(-1, int(row.max(initial=-1)) + 1), "right")
    for position, (start, stop) in enumerate(pairwise(ends)):
        if position in known and stop > start:
            mine = order[start:stop]
            places, names = known[position]
            sector[mine] = names[KDTree(places).query(xy[mine])[1]]
    return sector

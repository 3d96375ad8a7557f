"""The division nearest to labelled points that keeps known areas and centroids.

Giving every place to its nearest labelled point makes woods and industry fall to the wrong side: few
people live there. Where area and centroid of each wijk are known, the division wanted is the one with the
least total cost of the way from each place to the points of its wijk, among all divisions with those areas
and centroids; what is left over lies outside. That is a transport problem: by its dual the best division
gives each place to the wijk with the lowest ``cost - level - slope . place``, or to none where that is
above 0, and the levels and slopes maximise a concave function.

Source: Aurenhammer, Hoffmann & Aronov (1998), Minkowski-type theorems and least-squares clustering,
Algorithmica 20; Cuturi & Peyre (2018), Semidual regularized optimal transport, SIAM Review 60.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.spatial import Delaunay, KDTree
from scipy.special import logsumexp, softmax

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Places this near to a labelled point keep its label, whatever the areas say. In the fit the ground
#: must stay divisible, or no levels give a small area in a dense town its size; in the drawing, addresses
#: matter more than a few hectares.
_SURE_IN_FIT_M = 60.0
_SURE_M = 200.0
#: The way costs sqrt(1000 m x distance): the first steps away from a street count most.
_UNIT_M = 1000.0
#: What lies between two neighbouring points of a label belongs to it, up to this distance.
_LINK_M = 1500.0
_LINK_STEP_M = 50.0
_NEVER_M = 1e6
#: Softness of the borders while fitting, in units of cost.
_SOFT_M = 20.0
_ROUNDS = 300


def fit_levels(places: Floats, xy: Floats, codes: npt.NDArray[np.intp], sizes: pd.DataFrame) -> pd.DataFrame:
    """Find the level and slope of each label with which areas and centroids come out as known.

    Parameters
    ----------
    places : numpy.ndarray, shape (n, 2)
        Regular raster of places, over more ground than the areas take; metres.
    xy : numpy.ndarray, shape (k, 2)
        Labelled points, metres.
    codes : numpy.ndarray of int, shape (k,)
        Their labels, 0 .. m-1.
    sizes : pandas.DataFrame
        Row i is label i: columns ``area_m2`` and ``x``, ``y`` (centroid).

    Returns
    -------
    pandas.DataFrame
        Index of `sizes`; columns level, slope_x, slope_y (cost, and cost per side of the area).
    """
    cell_m2 = float(np.prod([np.diff(np.unique(axis)).min() for axis in places.T]))
    fitted = _fit(places, _costs(places, *_linked(xy, codes), len(sizes), _SURE_IN_FIT_M), sizes, cell_m2)
    columns = ["level", "slope_x", "slope_y"]
    return pd.DataFrame(np.round(fitted.reshape(3, -1).T, 1), index=sizes.index, columns=columns)


def balanced_labels(
    places: Floats, xy: Floats, codes: npt.NDArray[np.intp], sizes: pd.DataFrame, levels: pd.DataFrame
) -> npt.NDArray[np.intp]:
    """Label every place with the label that costs least there.

    Parameters
    ----------
    places, xy, codes, sizes
        As for :func:`fit_levels`; the places may be others.
    levels : pandas.DataFrame
        From :func:`fit_levels`.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Label of each place; m lies outside all areas.
    """
    cost = _costs(places, *_linked(xy, codes), len(sizes), _SURE_M)
    flat = levels.loc[sizes.index].to_numpy(dtype=float).T.ravel()
    labels: npt.NDArray[np.intp] = _gains(flat, _offsets(places, sizes), cost).argmax(axis=1)
    return labels


def _linked(xy: Floats, codes: npt.NDArray[np.intp]) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Points, and steps between natural neighbours with the same label that pass no other label.

    Without them a point at the edge of its wijk becomes an island in the next one.
    """
    corners = Delaunay(xy).simplices
    edges = np.unique(np.sort(np.vstack([corners[:, pair] for pair in ([0, 1], [1, 2], [0, 2])])), axis=0)
    start, end = edges[codes[edges[:, 0]] == codes[edges[:, 1]]].T
    length = np.hypot(*(xy[end] - xy[start]).T)
    steps = np.where(length <= _LINK_M, length // _LINK_STEP_M, 0).astype(int)
    nth = np.concatenate([np.arange(1, count + 1) for count in steps])
    part = (nth / np.repeat(steps + 1, steps))[:, None]
    between = np.repeat(xy[start], steps, axis=0) * (1 - part) + np.repeat(xy[end], steps, axis=0) * part
    label = np.repeat(codes[start], steps)
    own = codes[KDTree(xy).query(between)[1]] == label
    return np.vstack([xy, between[own]]), np.concatenate([codes, label[own]])


def _costs(places: Floats, xy: Floats, codes: npt.NDArray[np.intp], labels: int, sure_m: float) -> Floats:
    """Cost of each place for each label and, last, for lying outside; certain close to a point."""
    away = np.column_stack([KDTree(xy[codes == code]).query(places)[0] for code in range(labels)])
    cost = np.column_stack([np.sqrt(_UNIT_M * away), np.zeros(len(places))])
    distance, nearest = KDTree(xy).query(places)
    own = np.arange(labels + 1) == codes[nearest][:, None]
    cost[(distance <= sure_m)[:, None] & ~own] = _NEVER_M
    return cost


def _offsets(places: Floats, sizes: pd.DataFrame) -> Floats:
    """Way from each centroid to each place, in sides of the area: shape (2, n, m)."""
    side_m = np.sqrt(sizes["area_m2"].to_numpy())
    x = (places[:, :1] - sizes["x"].to_numpy()) / side_m
    y = (places[:, 1:] - sizes["y"].to_numpy()) / side_m
    return np.stack([x, y])


def _gains(levels: Floats, offsets: Floats, cost: Floats) -> Floats:
    """Level and slope of each label at each place, less the cost."""
    level, slope_x, slope_y = levels.reshape(3, -1)
    gains: Floats = -cost
    gains[:, :-1] += level + offsets[0] * slope_x + offsets[1] * slope_y
    return gains


def _fit(places: Floats, cost: Floats, sizes: pd.DataFrame, cell_m2: float) -> Floats:
    """Levels and slopes that maximise the dual; borders are soft by a few metres while fitting."""
    labels = len(sizes)
    wanted = sizes["area_m2"].to_numpy() / cell_m2
    offsets = _offsets(places, sizes)

    def loss(levels: Floats) -> tuple[float, Floats]:
        soft = _gains(levels, offsets, cost) / _SOFT_M
        given = softmax(soft, axis=1)[:, :labels]
        value = _SOFT_M * float(logsumexp(soft, axis=1).sum()) - float(wanted @ levels[:labels])
        moments = (offsets * given).sum(axis=1)
        return value / wanted.sum(), np.concatenate([given.sum(axis=0) - wanted, *moments]) / wanted.sum()

    start = np.concatenate([np.full(labels, np.sqrt(_UNIT_M * 300.0)), np.zeros(2 * labels)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    fitted: Floats = found.x
    return fitted

"""Dense groups of incidents, wherever they lie, as polygons.

References
----------
Ester, Kriegel, Sander & Xu (1996), KDD-96; Campello, Moulavi & Sander (2013), PAKDD 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import metric_epsg_of
from genk_geo.errors import ConfigError, Message, SchemaError, some_rows
from genk_geo.stats.checks import plain_numbers
from genk_geo.stats.density.raster import checked_points

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

ClusterMethod = Literal["dbscan", "hdbscan"]

#: Pairs of neighbours above which memory would run out (some 16 bytes each).
MAX_PAIRS = 60_000_000
#: Points above which HDBSCAN of scikit-learn takes minutes.
MAX_HDBSCAN = 100_000


@dataclass(frozen=True)
class Clusters:
    """Dense groups of points.

    Attributes
    ----------
    labels : pandas.Series
        Number of the cluster of each point (1 = the heaviest), 0 for none; index of the points.
    areas : geopandas.GeoDataFrame
        One row a cluster, indexed by that number (``cluster``): ``points``, ``weight`` (their sum),
        ``area_m2``, geometry (its core points, buffered and dissolved).

    Examples
    --------
    >>> xy = [[0, 0], [20, 0], [0, 20], [20, 20], [10, 10], [900, 0]]
    >>> found = gg.stats.density_clusters(gpd.GeoSeries(shapely.points(xy), crs=31370))
    >>> found.labels.tolist()
    [1, 1, 1, 1, 1, 0]
    >>> found.areas["points"].to_dict()
    {1: 5}
    """

    labels: pd.Series[int]
    areas: gpd.GeoDataFrame


def density_clusters(
    points: gpd.GeoDataFrame | gpd.GeoSeries,
    *,
    radius_m: float = 100,
    min_weight: float = 5,
    method: ClusterMethod = "dbscan",
    weights: npt.ArrayLike | None = None,
    buffer_m: float | None = None,
    max_pairs: int = MAX_PAIRS,
) -> Clusters:
    """Find dense groups of incidents and outline them.

    Parameters
    ----------
    points : geopandas.GeoDataFrame or geopandas.GeoSeries
        Points in a metric system; those without place belong to no cluster.
    radius_m : float, default 100
        DBSCAN: a point is a core point when at least `min_weight` lies within this distance, itself
        included. HDBSCAN: clusters closer than this are not split (``cluster_selection_epsilon``).
    min_weight : float, default 5
        DBSCAN: weight that makes a core. HDBSCAN: least number of points of a cluster.
    method : {"dbscan", "hdbscan"}, default "dbscan"
        "hdbscan" follows clusters of different density; it counts points and ignores weights while it
        searches.
    weights : array_like, optional
        One weight a point (aoristic, severity), 1 by default.
    buffer_m : float, optional
        Width around the core points (HDBSCAN: all members); half of `radius_m` by default.
    max_pairs : int, default 60 million
        Refuse when more pairs of neighbours are expected, before memory runs out.

    Returns
    -------
    Clusters
        The clusters, heaviest first; ties by their westernmost, southernmost point.

    Raises
    ------
    SchemaError
        If the layer is not in a metric system, holds other than points, or weights do not fit.
    ConfigError
        If an option is impossible, or too many pairs of neighbours are to be expected.

    Examples
    --------
    Weights decide which cluster is the heaviest, number 1:

    >>> points = gpd.GeoSeries(shapely.points([[0, 0], [30, 0], [0, 30], [500, 0], [530, 0]]), crs=31370)
    >>> gg.stats.density_clusters(points, min_weight=2).labels.tolist()
    [1, 1, 1, 2, 2]
    >>> gg.stats.density_clusters(points, min_weight=2, weights=[1, 1, 1, 5, 5]).labels.tolist()
    [2, 2, 2, 1, 1]
    """
    _check(radius_m, min_weight, method, buffer_m)
    epsg = metric_epsg_of(points, Message("The points"))
    xy, w, there = _located(points, weights)
    found, core = np.full(len(xy), -1), np.zeros(len(xy), dtype=bool)
    if len(xy):
        search = _dbscan if method == "dbscan" else _hdbscan
        found, core = search(xy, w, radius_m, min_weight, max_pairs)
    numbers = _ranked(found, xy, w)
    every = np.zeros(len(points), dtype=np.int64)
    every[there] = numbers
    labels = pd.Series(every, index=points.index, name="cluster")
    width = radius_m / 2.0 if buffer_m is None else buffer_m
    rows = []
    for number in range(1, numbers.max(initial=0) + 1):
        members = numbers == number
        outline = shapely.union_all(
            shapely.buffer(shapely.points(np.unique(xy[members & core], axis=0)), width)
        )
        rows.append((number, int(members.sum()), float(w[members].sum()), outline.area, outline))
    table = pd.DataFrame(rows, columns=["cluster", "points", "weight", "area_m2", "geometry"])
    return Clusters(labels, gpd.GeoDataFrame(table.set_index("cluster"), geometry="geometry", crs=epsg))


def _check(radius_m: float, min_weight: float, method: str, buffer_m: float | None) -> None:
    for name, value in (("radius_m", radius_m), ("min_weight", min_weight), ("buffer_m", buffer_m)):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise ConfigError("{name}: given {value}, needed a number above 0.", name=name, value=value)
    if method not in ("dbscan", "hdbscan"):
        raise ConfigError("method: given {method!r}, needed dbscan or hdbscan.", method=method)


def _located(
    points: gpd.GeoDataFrame | gpd.GeoSeries, weights: npt.ArrayLike | None
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    geometry = points.geometry
    there = np.asarray(~(geometry.isna() | geometry.is_empty))
    other = there & (geometry.geom_type != "Point").to_numpy()
    if other.any():
        raise SchemaError("Needed points (rows {rows}).", rows=some_rows(points.index[other]))
    _, w = checked_points(np.zeros((len(points), 2)), weights)
    return shapely.get_coordinates(geometry.to_numpy()[there]), w[there], there


def _dbscan(
    xy: Floats, w: Floats, radius_m: float, min_weight: float, max_pairs: int
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Labels and core points; points at one address are looked at once, with their weights together."""
    from sklearn.cluster import DBSCAN

    places, at = np.unique(xy, axis=0, return_inverse=True)
    at = at.ravel()
    pairs = expected_pairs(places, radius_m)
    if pairs > max_pairs:
        raise ConfigError(
            "Within {radius_m:g} m some {pairs:,.0f} pairs of neighbours are to be expected, needed at most "
            "{max_pairs:,}. Take a smaller radius_m, a shorter period, or a kernel density.",
            radius_m=radius_m,
            pairs=pairs,
            max_pairs=max_pairs,
        )
    fit = DBSCAN(eps=radius_m, min_samples=min_weight).fit(
        places, sample_weight=np.bincount(at, weights=w, minlength=len(places))
    )
    core = np.zeros(len(places), dtype=bool)
    core[fit.core_sample_indices_] = True
    return np.asarray(fit.labels_)[at], core[at]


def _hdbscan(
    xy: Floats, w: Floats, radius_m: float, min_weight: float, max_pairs: int
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    from sklearn.cluster import HDBSCAN

    size = max(round(min_weight), 2)
    if len(xy) > MAX_HDBSCAN:
        raise ConfigError(
            "HDBSCAN of {count:,} points takes minutes, needed at most {max_hdbscan:,}. Use dbscan.",
            count=len(xy),
            max_hdbscan=MAX_HDBSCAN,
        )
    del w, max_pairs  # counts points, and keeps no pairs
    if len(xy) < size:
        return np.full(len(xy), -1), np.zeros(len(xy), dtype=bool)
    fit = HDBSCAN(min_cluster_size=size, cluster_selection_epsilon=float(radius_m), copy=True).fit(xy)
    labels = np.asarray(fit.labels_)
    return labels, labels >= 0


def expected_pairs(xy: npt.ArrayLike, radius_m: float) -> float:
    """Estimate how many ordered pairs of points lie within a distance, each point with itself included.

    Counts points in squares of that size: of the points in the three by three around, pi / 9 are near.
    """
    points = plain_numbers(xy)
    squares, count = np.unique(np.floor(points / radius_m).astype(np.int64), axis=0, return_counts=True)
    place = {(int(c), int(r)): int(n) for (c, r), n in zip(squares, count, strict=True)}
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    total = sum(n * place.get((c + i, r + j), 0) for (c, r), n in place.items() for i, j in steps)
    return max(total * np.pi / 9.0, float(len(points)))


def _ranked(found: Ints, xy: Floats, w: Floats) -> Ints:
    """Number the clusters from 1, heaviest first; what belongs to none gets 0."""
    names = np.unique(found[found >= 0])
    order = sorted(names, key=lambda c: (-w[found == c].sum(), tuple(xy[found == c].min(axis=0))))
    number = {name: rank for rank, name in enumerate(order, start=1)}
    return np.array([number.get(c, 0) for c in found], dtype=np.intp)

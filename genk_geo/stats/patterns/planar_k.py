"""Do points lie closer together than chance puts them, and at what distances? Ripley's K and its kin.

References
----------
Ripley (1977), Journal of the Royal Statistical Society B 39; Besag (1977), same volume, for L; Stoyan and
Stoyan (1994), Fractals, Random Shapes and Point Fields, for the pair correlation; Myllymäki et al. (2017),
Journal of the Royal Statistical Society B 79, for one test over all distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.patterns.edge_weights import Correction, edge_weights
from genk_geo.stats.patterns.study_area import ascending, pattern, study_area

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance
    from genk_geo.stats.patterns.study_area import StudyArea, Window

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Half the width of the kernel of the pair correlation, in mean distances between points (Stoyan's rule).
_STOYAN = 0.15
#: Pairs that are looked at at most.
_MOST_PAIRS = 50_000_000


@dataclass(frozen=True, eq=False)
class PlanarK:
    """K, L and the pair correlation of a point pattern, with what chance gives.

    Attributes
    ----------
    table : pandas.DataFrame
        Index: ``distance_m``. ``k`` (m²: as many points lie within the distance of a point, if there is one a
        m²), ``l`` (the radius of a circle as large), ``g`` (pair correlation: 1 by chance, 2 when twice
        as many points lie just so far away), and for each ``_low`` and ``_high`` (lowest and highest of what
        was drawn); ``p_value`` (one-sided, of this distance alone: clustered).
    p_value : float
        One test of all distances together, either way; NaN without simulations.
    points, simulations : int
        Points, and patterns that were drawn.
    seed : str
        Where chance came from; empty where nothing was drawn.

    Examples
    --------
    Two groups of points in a square kilometre; at 100 m many more lie around a point than by chance:

    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.normal(300, 30, (20, 2)), rng.normal(700, 30, (20, 2))])
    >>> found = gg.stats.planar_k(xy, window=(0, 0, 1000, 1000), distances_m=[50, 100], rng=rng)
    >>> bool(found.table.loc[100, "l"] > 300), found.p_value
    (True, 0.01)
    """

    table: pd.DataFrame
    p_value: float
    points: int
    simulations: int
    seed: str = ""


class _Curves(NamedTuple):
    k: Floats
    g: Floats


def planar_k(
    xy: npt.ArrayLike,
    *,
    window: Window,
    distances_m: npt.ArrayLike,
    correction: Correction = "isotropic",
    among: npt.ArrayLike | None = None,
    bandwidth_m: float | None = None,
    simulations: int = 99,
    rng: Chance = None,
) -> PlanarK:
    """K, L and pair correlation of points, against patterns that chance puts in the same window.

    People do not live everywhere: against an even spread every pattern of a city is clustered. Give the
    dwellings as `among`, and the question is whether points lie closer together than dwellings do.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Points in metres.
    window : tuple or shapely polygon
        Where points could have been seen: (xmin, ymin, xmax, ymax) or a polygon.
    distances_m : array_like
        Distances, ascending; up to a quarter of the shorter side of the window tells most.
    correction : {"isotropic", "translation", "none"}
        What makes up for points beyond the window: the part of the circle through the other point inside
        it, the part of the window that is left when it is shifted as far, or nothing.
    among : array_like, shape (m, 2), optional
        Places that chance chooses among, all alike and with repetition; anywhere in the window by default.
    bandwidth_m : float, optional
        Half the width of the Epanechnikov kernel of ``g``; by default 0.15 over the root of the density.
    simulations : int, default 99
        Patterns of as many points; 0: none.
    rng : numpy.random.Generator, int or None
        Source of randomness.

    Returns
    -------
    PlanarK
        Curves, their envelopes and p-values.

    Raises
    ------
    SchemaError
        If there are fewer than two points, or one is missing or outside the window.
    ConfigError
        If the window, a distance, the correction, the bandwidth or a number is impossible.

    Examples
    --------
    Against an even spread points at dwellings are clustered, among dwellings they are not:

    >>> rng = np.random.default_rng(2)
    >>> dwellings = np.vstack([rng.normal(300, 50, (200, 2)), rng.normal(700, 50, (200, 2))])
    >>> options = {"window": (0, 0, 1000, 1000), "distances_m": [50, 100, 150], "rng": rng}
    >>> points = dwellings[rng.integers(0, 400, 50)]
    >>> gg.stats.planar_k(points, **options).p_value < 0.05
    True
    >>> gg.stats.planar_k(points, among=dwellings, **options).p_value > 0.05
    True
    """
    area, edges = study_area(window, among), ascending(distances_m, "distances_m")
    points = pattern(xy, area.polygon)
    width = _STOYAN / np.sqrt(len(points) / area.area_m2) if bandwidth_m is None else float(bandwidth_m)
    if not (np.isfinite(width) and width > 0):
        raise ConfigError("bandwidth_m: given {bandwidth_m}, needed metres above 0.", bandwidth_m=bandwidth_m)
    if simulations < 0:
        raise ConfigError("simulations: given {simulations}, needed 0 or more.", simulations=simulations)

    def curves(places: Floats) -> _Curves:
        return _curves(area, places, edges, correction, width)

    seen = curves(points)
    source = generator(rng)
    drawn = [curves(area.draw(len(points), source)) for _ in range(simulations)]
    k = np.array([seen.k, *(one.k for one in drawn)])
    g = np.array([seen.g, *(one.g for one in drawn)])
    reach = np.sqrt(k / np.pi)
    table = pd.DataFrame(index=pd.Index(edges, name="distance_m"))
    for name, values in (("k", k), ("l", reach), ("g", g)):
        table[name] = values[0]
        low, high = (values[1:].min(axis=0), values[1:].max(axis=0)) if simulations else (np.nan, np.nan)
        table[f"{name}_low"], table[f"{name}_high"] = low, high
    table["p_value"] = (k >= k[0]).sum(axis=0) / len(k) if simulations else np.nan
    p_value = largest_deviation_p(reach) if simulations else np.nan
    return PlanarK(table, p_value, len(points), simulations, seed_of(rng) if simulations else "")


def largest_deviation_p(curves: Floats) -> float:
    """Chance of a curve that lies as far from the usual as the first one, at its farthest.

    Every distance counts in its own standard deviations. The usual is that of all curves, the first one
    included, so that all are treated alike and the chance is exact.
    """
    spread = curves.std(axis=0)
    some = spread > 1e-12 * np.maximum(np.abs(curves).max(axis=0), np.finfo(float).tiny)
    if not some.any():
        return 1.0
    away = np.abs((curves - curves.mean(axis=0))[:, some] / spread[some]).max(axis=1)
    # Patterns that are the same differ by rounding only.
    return float((away >= away[0] * (1 - 1e-12)).mean())


def close_pairs(points: Floats, reach_m: float) -> Ints:
    """Ordered pairs of points within a distance, both ways."""
    from scipy.spatial import KDTree

    tree = KDTree(points)
    many = int(tree.count_neighbors(tree, reach_m)) - len(points)
    if many > _MOST_PAIRS:
        raise ConfigError(
            "{many:,} pairs of points lie within {reach_m:g} m: more than {most_pairs:,}. Take shorter "
            "distances or a sample of the points.",
            many=many,
            reach_m=reach_m,
            most_pairs=_MOST_PAIRS,
        )
    half = tree.query_pairs(reach_m, output_type="ndarray")
    return np.asarray(np.concatenate([half, half[:, ::-1]]), dtype=np.int64)


def _curves(area: StudyArea, points: Floats, edges: Floats, correction: Correction, width: float) -> _Curves:
    """K and the pair correlation of one pattern."""
    n = len(points)
    pairs = close_pairs(points, float(edges[-1] + width))
    apart = np.hypot(*(points[pairs[:, 1]] - points[pairs[:, 0]]).T)
    weight = edge_weights(area, points, pairs, correction)
    per_pair = area.area_m2 / (n * (n - 1.0))
    order = np.argsort(apart, kind="stable")
    held = np.concatenate([[0.0], np.cumsum(weight[order])])
    # A distance that is a whole number of metres off by rounding still counts as that distance.
    k = per_pair * held[np.searchsorted(apart[order], edges * (1 + 1e-12), side="right")]
    # Divided by each pair's own distance: near 0 this is less biased than dividing by the edge.
    ring = np.where(apart > 0, weight / np.maximum(apart, 1e-300), 0.0)
    g = np.empty(edges.size)
    for at, edge in enumerate(edges):
        off = (apart - edge) / width
        near = np.abs(off) < 1
        g[at] = (0.75 / width * (1 - off[near] ** 2) * ring[near]).sum()
    return _Curves(k, per_pair * g / (2 * np.pi))

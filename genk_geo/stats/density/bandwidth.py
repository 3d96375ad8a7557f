"""Bandwidths chosen by the data.

References
----------
Scott (1992), Multivariate Density Estimation; Terrell (1990), Journal of the American Statistical Association
85; Loader (1999), Local Regression and Likelihood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import generator
from genk_geo.stats.density.raster import checked_points

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance

    Floats = npt.NDArray[np.float64]

#: Quartiles of a normal distribution lie so many standard deviations apart.
_QUARTILES_OF_A_NORMAL = 1.34
#: R(K) (d + 8)^((d + 6) / 2) pi^(d / 2) / (16 G((d + 8) / 2) (d + 2)), for a Gaussian kernel and d = 2; pi
#: falls out against R(K) = 1 / (4 pi).
_TERRELL = 10.0**4 / (4.0 * 16.0 * 24.0 * 4.0)
# Points whose distances to all others are held in memory at a time.
_AT_ONCE = 256


def quartic_radius(sigma_m: float) -> float:
    """Radius of the quartic kernel that is as wide (has the same variance) as a Gaussian of `sigma_m`.

    Examples
    --------
    As wide as a Gaussian of 100 m:

    >>> round(gg.stats.quartic_radius(100.0), 1)
    282.8
    """
    return float(sigma_m * np.sqrt(8.0))


def scott_bandwidth(xy: npt.ArrayLike) -> tuple[float, float]:
    """Scott's rule: standard deviation in x and y times n^(-1/6), for a Gaussian kernel.

    Parameters
    ----------
    xy : array_like
        Coordinates, shape (n, 2), at least two different points.

    Returns
    -------
    tuple of float
        Standard deviations of the kernel in x and y. It oversmooths clustered points.

    Raises
    ------
    SchemaError
        If there are fewer than two points.

    Examples
    --------
    >>> [round(s, 1) for s in gg.stats.scott_bandwidth([[0, 0], [100, 0], [0, 300], [100, 300]])]
    [45.8, 137.5]
    """
    points = _enough(xy)
    sd = points.std(axis=0, ddof=1) * len(points) ** (-1.0 / 6.0)
    return float(sd[0]), float(sd[1])


def maximal_bandwidth(xy: npt.ArrayLike) -> float:
    """The widest Gaussian kernel that points of this spread can ask for: the maximal smoothing principle.

    Of all densities of one spread one needs the widest kernel; what shows with it is no play of chance. So it
    is where to begin, and too wide for points in clusters.

    Parameters
    ----------
    xy : array_like
        Coordinates, shape (n, 2), at least two different points.

    Returns
    -------
    float
        Standard deviation of the kernel; :func:`quartic_radius` turns it into the radius of a quartic one.

    Raises
    ------
    SchemaError
        If there are fewer than two points.

    Examples
    --------
    Wider than what predicts two groups of points best:

    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.normal(500, 30, (60, 2)), rng.normal(1500, 30, (60, 2))])
    >>> round(gg.stats.maximal_bandwidth(xy))
    245
    """
    points = _enough(xy)
    deviation = points.std(axis=0, ddof=1)
    middle = np.subtract(*np.percentile(points, [75, 25], axis=0)) / _QUARTILES_OF_A_NORMAL
    # The smaller one: far points make the deviation large, many in one place make the quartiles nothing.
    spread = float(np.where(middle > 0, np.minimum(deviation, middle), deviation).mean())
    return float(spread * (_TERRELL / len(points)) ** (1.0 / 6.0))


def likelihood_bandwidth(
    xy: npt.ArrayLike,
    *,
    bounds: tuple[float, float, float, float],
    candidates: int | npt.ArrayLike = 16,
    max_points: int = 5000,
    rng: Chance = None,
) -> float:
    """Standard deviation of the Gaussian kernel that best predicts each point from the others.

    Maximises the sum of log density at the points, each left out of its own, less the integral of the
    density over the rectangle; densities are divided by the kernel's mass inside the rectangle.

    Parameters
    ----------
    xy : array_like
        Coordinates, shape (n, 2).
    bounds : tuple of float
        xmin, ymin, xmax, ymax of the rectangle in which points could have been seen.
    candidates : int or array_like, default 16
        How many values to try between the smallest distance of two points and half the diagonal, in equal
        ratios; or the values themselves.
    max_points : int, default 5000
        With more points a random sample of so many is predicted (from all).
    rng : numpy.random.Generator, int or None
        Draws that sample; seed 0 by default.

    Returns
    -------
    float
        Best of the candidates; :func:`quartic_radius` turns it into the radius of a quartic kernel.

    Raises
    ------
    SchemaError
        If there are fewer than two points, all coincide, or one lies outside the rectangle.
    ConfigError
        If a candidate is not above 0.

    Examples
    --------
    It follows each of two groups of points, where Scott's rule smooths them into one:

    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.normal(500, 30, (60, 2)), rng.normal(1500, 30, (60, 2))])
    >>> gg.stats.likelihood_bandwidth(xy, bounds=(0, 0, 2000, 2000)) < 60
    True
    >>> min(gg.stats.scott_bandwidth(xy)) > 150
    True
    """
    points = _enough(xy)
    low, high = np.array(bounds[:2], dtype=float), np.array(bounds[2:], dtype=float)
    if (points < low).any() or (points > high).any():
        raise SchemaError("The points: needed all of them within the bounds.")
    sigmas = _candidates(points, candidates, float(np.hypot(*(high - low))))
    chosen = np.arange(len(points))
    if len(points) > max_points:
        chosen = np.sort(generator(rng).choice(len(points), max_points, replace=False))
    scores = _scores(points, chosen, sigmas, low, high)
    return float(sigmas[int(np.argmax(scores))])


def _enough(xy: npt.ArrayLike) -> Floats:
    points, _ = checked_points(xy, None)
    if len(points) < 2 or (np.ptp(points, axis=0) == 0).all():
        raise SchemaError("The points: needed at least two different ones to choose a bandwidth.")
    return points


def _candidates(points: Floats, candidates: int | npt.ArrayLike, diagonal: float) -> Floats:
    if not isinstance(candidates, int):
        sigmas = np.atleast_1d(np.asarray(candidates, dtype=float))
        if not (np.isfinite(sigmas) & (sigmas > 0)).all() or sigmas.size == 0:
            raise ConfigError("candidates: needed bandwidths above 0.")
        return sigmas
    from scipy.spatial import KDTree

    distinct = np.unique(points, axis=0)
    nearest = KDTree(distinct).query(distinct, k=2)[0][:, 1].min()
    return np.geomspace(nearest, diagonal / 2.0, candidates)


def _scores(
    points: Floats, chosen: npt.NDArray[np.intp], sigmas: Floats, low: Floats, high: Floats
) -> Floats:
    """Cross-validated log likelihood of every candidate."""
    logs = np.zeros(sigmas.size)
    for start in range(0, chosen.size, _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        squares = ((points[some, None, :] - points[None, :, :]) ** 2).sum(axis=2)
        squares[np.arange(some.size), some] = np.inf  # a point does not predict itself
        for k, sigma in enumerate(sigmas):
            mass = _mass(points[some], sigma, low, high)
            sums = np.exp(squares / (-2.0 * sigma**2)).sum(axis=1) / (2.0 * np.pi * sigma**2)
            with np.errstate(divide="ignore"):
                logs[k] += np.log(sums / mass).sum()
    share = len(points) / chosen.size
    scores: Floats = logs * share - np.array([_integral(points, sigma, low, high) for sigma in sigmas])
    return scores


def _mass(at: Floats, sigma: float, low: Floats, high: Floats) -> Floats:
    """Share of a Gaussian around each place that lies in the rectangle."""
    from scipy.special import ndtr

    return np.asarray((ndtr((high - at) / sigma) - ndtr((low - at) / sigma)).prod(axis=1))


def _integral(points: Floats, sigma: float, low: Floats, high: Floats, nodes: int = 128) -> float:
    """Integral over the rectangle of the density divided by the mass at each place; about n."""
    from scipy.special import ndtr

    place = (np.arange(nodes) + 0.5) / nodes
    east, north = (low[i] + place * (high[i] - low[i]) for i in (0, 1))
    # Each point's mass between the edges of the cells, over the mass of a kernel in the cell's middle.
    shares = []
    for i, middle in ((0, east), (1, north)):
        edges = low[i] + np.linspace(0.0, 1.0, nodes + 1) * (high[i] - low[i])
        within = np.diff(ndtr((edges - points[:, i, None]) / sigma), axis=1)
        shares.append(within / (ndtr((high[i] - middle) / sigma) - ndtr((low[i] - middle) / sigma)))
    return float((shares[0].sum(axis=1) * shares[1].sum(axis=1)).sum())

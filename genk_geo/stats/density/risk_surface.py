"""Where one pattern is denser than another: the log relative risk of two kernel densities.

References
----------
Kelsall & Diggle (1995), Statistics in Medicine 14; Hazelton & Davies (2009), Biometrical Journal 51.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.density.raster import build_raster, cells_inside, checked_points, points_inside

if TYPE_CHECKING:
    import numpy.typing as npt
    import shapely

    from genk_geo.stats.density.convolution import Convolution
    from genk_geo.stats.density.raster import Extent, Raster

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

# Integral of the squared quartic kernel of radius 1.
_ROUGHNESS = 9.0 / (5.0 * np.pi)


@dataclass(frozen=True)
class RiskSurface:
    """Log relative risk of cases against controls, with how surprising it is.

    Attributes
    ----------
    log_risk : numpy.ndarray
        Natural logarithm of the ratio of the two densities, each with mass 1; row 0 = north; NaN where
        neither has any, or outside the window.
    p_high, p_low : numpy.ndarray
        Asymptotic one-sided p-values of a ratio this far above or below 1; the contour of ``p_high`` at
        0.05 is the 5 % tolerance contour. One cell at a time: not corrected for the number of cells.
    extent : tuple of float
        xmin, ymin, xmax, ymax of the raster.
    cell_m : float
        Size of a raster cell.

    Examples
    --------
    Incidents in the west alone, dwellings everywhere:

    >>> dwellings = np.random.default_rng(1).uniform(0, 2000, (200, 2))
    >>> west = dwellings[dwellings[:, 0] < 1000]
    >>> found = gg.stats.relative_risk_surface(west, dwellings, extent=(0, 0, 2000, 2000), cell_m=100)
    >>> bool(found.log_risk[10, 2] > 0 > found.log_risk[10, 17])
    True
    """

    log_risk: Floats
    p_high: Floats
    p_low: Floats
    extent: Extent
    cell_m: float


def relative_risk_surface(
    cases: npt.ArrayLike,
    controls: npt.ArrayLike,
    *,
    extent: Extent,
    cell_m: float = 25,
    bandwidth_m: float = 600,
    weights: tuple[npt.ArrayLike | None, npt.ArrayLike | None] = (None, None),
    window: shapely.Geometry | None = None,
    floor: float = 0.01,
) -> RiskSurface:
    """Compare two periods, or incidents with their exposure, as two kernel densities of one bandwidth.

    Parameters
    ----------
    cases, controls : array_like
        Coordinates, shape (n, 2): this period and the one before, or incidents and dwellings.
    extent : tuple of float
        xmin, ymin, xmax, ymax of the raster.
    cell_m : float, default 25
        Size of a raster cell.
    bandwidth_m : float, default 600
        Radius of the quartic kernel of both. A ratio needs a wider kernel than a single density.
    weights : pair of array_like, optional
        One weight a point (dwellings at an address), of the cases and of the controls; None where each
        counts for 1.
    window : shapely geometry, optional
        Area in which points could have been seen; the raster by default.
    floor : float, default 0.01
        Share of the highest pooled density that is added to both, so that a ratio of next to nothing and
        nothing stays near 1.

    Returns
    -------
    RiskSurface
        Log relative risk and its tolerance.

    Raises
    ------
    SchemaError
        If either set has no points in the window, or as :func:`genk_geo.stats.kernel_density`.
    ConfigError
        If extent, cell size, bandwidth or floor is impossible.

    Examples
    --------
    A period compared with itself has nowhere more and nowhere less:

    >>> points = np.random.default_rng(1).uniform(0, 2000, (300, 2))
    >>> same = gg.stats.relative_risk_surface(points, points, extent=(0, 0, 2000, 2000), cell_m=100)
    >>> float(np.abs(same.log_risk).max().round(6))
    0.0
    """
    from scipy.special import ndtr

    from genk_geo.stats.density.convolution import Convolution, kernel_height

    raster = build_raster(extent, cell_m, bandwidth_m=bandwidth_m)
    if not (np.isfinite(floor) and floor >= 0):
        raise ConfigError("floor: given {floor}, needed a share of 0 or more.", floor=floor)
    shape = (raster.rows, raster.columns)
    inside = np.ones(shape, dtype=bool) if window is None else cells_inside(raster, window)
    by = Convolution("quartic", bandwidth_m / cell_m, shape)
    height = kernel_height("quartic", bandwidth_m / cell_m)
    mass = by.over(inside)[by.margin : by.margin + shape[0], by.margin : by.margin + shape[1]] * height
    mass = np.where(inside, np.clip(mass, 1e-6, 1.0), np.nan)
    f, n_cases = _density(by, cases, weights[0], "cases", raster, window)
    g, n_controls = _density(by, controls, weights[1], "controls", raster, window)
    f, g = f * height / mass, g * height / mass
    pooled = (n_cases * f + n_controls * g) / (n_cases + n_controls)
    added = floor * np.nanmax(pooled)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log((f + added) / (g + added))
        variance = _ROUGHNESS / (bandwidth_m / cell_m) ** 2 * (1.0 / n_cases + 1.0 / n_controls)
        z = ratio / np.sqrt(variance * pooled / mass / (pooled + added) ** 2)
    seen = inside & (pooled > 0)
    return RiskSurface(
        log_risk=np.where(seen, ratio, np.nan),
        p_high=np.where(seen, ndtr(-z), np.nan),
        p_low=np.where(seen, ndtr(z), np.nan),
        extent=extent,
        cell_m=float(cell_m),
    )


def _density(
    by: Convolution,
    xy: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    what: str,
    raster: Raster,
    window: shapely.Geometry | None,
) -> tuple[Floats, float]:
    """Kernel sums for a total weight of 1, and how many equal points the weights are worth."""
    points, w = checked_points(xy, weights)
    taken = raster.near(points, 1e-6) if window is None else points_inside(raster, window, points)
    points, w = points[taken], w[taken]
    if w.sum() == 0:
        raise SchemaError("The {what}: needed at least one point with a weight inside the window.", what=what)
    return by.sums(*raster.in_cells(points), w / w.sum()), float(w.sum() ** 2 / (w @ w))

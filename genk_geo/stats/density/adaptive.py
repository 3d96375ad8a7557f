"""Kernel density with a narrow kernel where there are many points and a wide one where there are few.

References
----------
Abramson (1982), Annals of Statistics 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import ConfigError
from genk_geo.stats.density.kernel import M2_PER_KM2, corrected, with_mass
from genk_geo.stats.density.raster import Raster, build_raster, cells_inside, checked_points, points_inside

if TYPE_CHECKING:
    import numpy.typing as npt
    import shapely

    from genk_geo.stats.density.raster import Extent

    Floats = npt.NDArray[np.float64]

# No kernel is less wide than so many cells: it would fall between their centres.
_NARROWEST = 2.0
# No kernel is wider than this many times the middle one: a lonely point would fill the map.
_WIDEST = 5.0


def adaptive_density(
    xy: npt.ArrayLike,
    *,
    extent: Extent,
    cell_m: float = 25,
    bandwidth_m: float = 300,
    pilot_m: float | None = None,
    weights: npt.ArrayLike | None = None,
    window: shapely.Geometry | None = None,
) -> Floats:
    """Quartic kernel density whose radius follows a pilot density (Abramson's square-root law).

    Parameters
    ----------
    xy, extent, cell_m, weights, window
        As for :func:`genk_geo.stats.kernel_density`.
    bandwidth_m : float, default 300
        Geometric mean of the radii: each is this times f^-1/2 over the geometric mean of all f^-1/2, f the
        pilot density at the point; at most five times the median, and at least two cells.
    pilot_m : float, optional
        Radius of the pilot density; `bandwidth_m` by default.

    Returns
    -------
    numpy.ndarray
        Points per square kilometre, shape (rows, columns), row 0 = north; NaN outside the window.

    Raises
    ------
    SchemaError, ConfigError
        As :func:`genk_geo.stats.kernel_density`.

    Examples
    --------
    Radii shrink where points are dense, so that a sharp peak stays sharp:

    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.normal(1000, 50, (90, 2)), rng.uniform(0, 2000, (10, 2))])
    >>> fixed = gg.stats.kernel_density(xy, extent=(0, 0, 2000, 2000), cell_m=50)
    >>> adaptive = gg.stats.adaptive_density(xy, extent=(0, 0, 2000, 2000), cell_m=50)
    >>> bool(adaptive.max() > fixed.max())
    True
    """
    from genk_geo.stats.density.direct import quartic_masses, quartic_sums

    raster = build_raster(extent, cell_m, bandwidth_m=bandwidth_m, pilot_m=pilot_m)
    if bandwidth_m < _NARROWEST * cell_m:
        raise ConfigError(
            "bandwidth_m: given {bandwidth_m:g}, needed at least {narrowest:g} cells ({cell_m:g} m each).",
            bandwidth_m=bandwidth_m,
            narrowest=_NARROWEST,
            cell_m=cell_m,
        )
    points, w = checked_points(xy, weights)
    inside = None if window is None else cells_inside(raster, window)
    taken = (
        raster.near(points, _WIDEST * bandwidth_m)
        if window is None
        else points_inside(raster, window, points)
    )
    points, w = points[taken], w[taken]
    shape = (raster.rows, raster.columns)
    if len(points) == 0:
        return np.zeros(shape) if inside is None else np.where(inside, 0.0, np.nan)
    radius = adaptive_radii(points, w, bandwidth_m, pilot_m or bandwidth_m, cell_m) / cell_m
    x, y = raster.in_cells(points)
    masses = None if inside is None else quartic_masses(x, y, radius, inside)
    total = float(w.sum())
    w = corrected(w, masses, radius, "quartic")
    density = quartic_sums(x, y, w / radius**2, radius, shape) * (3.0 / np.pi / cell_m**2 * M2_PER_KM2)
    return density if inside is None else with_mass(density, inside, total, cell_m)


def adaptive_radii(points: Floats, w: Floats, bandwidth_m: float, pilot_m: float, cell_m: float) -> Floats:
    """Radius of each point's kernel in metres."""
    from genk_geo.stats.density.convolution import Convolution
    from genk_geo.stats.density.quartic import gather

    west, south = points.min(axis=0) - 2.0 * cell_m
    east, north = points.max(axis=0) + 2.0 * cell_m
    columns, rows = int((east - west) / cell_m) + 1, int((north - south) / cell_m) + 1
    around = Raster(float(west), float(north), cell_m, columns, rows)
    x, y = around.in_cells(points)
    pilot = gather(x, y, Convolution("quartic", pilot_m / cell_m, (rows, columns)).sums(x, y, w))
    # A point's own kernel is the least there can be; interpolation may fall a little short of it.
    f = np.maximum(pilot, np.maximum(w, np.finfo(float).tiny))
    factor = np.exp(-0.5 * np.log(f))
    factor /= np.exp(np.mean(np.log(factor)))
    radius = bandwidth_m * np.minimum(factor, _WIDEST * np.median(factor))
    return np.asarray(np.maximum(radius, _NARROWEST * cell_m))

"""Kernel density of points on a raster, quickly (FFT) or exactly.

References
----------
Silverman (1986), Density Estimation for Statistics and Data Analysis, section 4.2; Diggle (1985), Applied
Statistics 34 (edge correction).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.stats.checks import located
from genk_geo.stats.density.raster import (
    MOST_CELLS,
    Extent,
    Raster,
    build_raster,
    cells_inside,
    checked_points,
    points_inside,
)
from genk_geo.stats.density.shown_density import Choices, Density

if TYPE_CHECKING:
    import numpy.typing as npt
    import shapely

    from genk_geo.stats.checks import Places
    from genk_geo.stats.density.convolution import Kernel

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

Method = Literal["fft", "exact"]

#: Kernels less wide than so many cells are not seen well enough at the cells' centres.
_NARROW = {"quartic": 2.0, "gaussian": 1.0}
#: So many bandwidths away nothing of a kernel is seen.
_REACH = {"quartic": 1.0, "gaussian": 3.0}
#: Cells across a narrow kernel, when it is summed in smaller ones.
_ACROSS = 3.0

#: From square metres to square kilometres.
M2_PER_KM2 = 1e6


def whole_extent(bounds: tuple[float, float, float, float], cell_m: float, margin_m: float = 0.0) -> Extent:
    """Widen bounds to whole cells on multiples of the cell size, so that rasters of any week coincide.

    Parameters
    ----------
    bounds : tuple of float
        xmin, ymin, xmax, ymax, such as the ``bounds`` of a geometry.
    cell_m : float
        Size of a cell.
    margin_m : float, default 0
        Distance to add on every side first.

    Returns
    -------
    tuple of float
        xmin, ymin, xmax, ymax.

    Examples
    --------
    >>> gg.stats.whole_extent((228_310.2, 184_955.0, 228_790.0, 185_020.0), 100, margin_m=50)
    (228200.0, 184900.0, 228900.0, 185100.0)
    """
    west, south, east, north = bounds
    return (
        float(np.floor((west - margin_m) / cell_m) * cell_m),
        float(np.floor((south - margin_m) / cell_m) * cell_m),
        float(np.ceil((east + margin_m) / cell_m) * cell_m),
        float(np.ceil((north + margin_m) / cell_m) * cell_m),
    )


def kernel_density(
    xy: Places,
    *,
    extent: Extent | None = None,
    cell_m: float = 25,
    bandwidth_m: float | Literal["auto"] = 300,
    method: Method = "fft",
    weights: npt.ArrayLike | None = None,
    kernel: Kernel = "quartic",
    window: shapely.Geometry | None = None,
) -> Density:
    """Density of points at the centres of raster cells.

    Parameters
    ----------
    xy : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        Points in a metric system, or coordinates of shape (n, 2) in metres. Points outside the extent count
        as far as their kernel reaches.
    extent : tuple of float, optional
        xmin, ymin, xmax, ymax of the raster; by default that of the window, or as far as the kernels
        reach. When it is not a whole number of cells the raster runs over it to the east and south
        (:func:`whole_extent` gives one that is).
    cell_m : float, default 25
        Size of a raster cell.
    bandwidth_m : float or "auto", default 300
        Radius of the quartic kernel, standard deviation of the Gaussian. (A quartic of radius b is as wide
        as a Gaussian of b / sqrt(8).) "auto" takes Scott's rule; what was chosen stands in the result.
    method : {"fft", "exact"}, default "fft"
        "fft" spreads each point over the sixteen raster nodes around it (cubic weights) and convolves; its
        error falls with the square of cell size over bandwidth and is below 0.5 % of the peak at 1 : 12.
        "exact" sums the kernel of every point, and so does "fft" where a quartic is less wide than 3 cells.
    weights : array_like, optional
        One weight a point, 1 by default.
    kernel : {"quartic", "gaussian"}, default "quartic"
        "quartic" is K(d) = 3 / (pi b^2) (1 - d^2 / b^2)^2 for d < b; "gaussian" is the normal density.
        Where a kernel is less wide than 2 cells (a standard deviation of 1 cell), what comes back is the
        mean of each cell instead of the density at its centre, so that no point counts more than once.
    window : shapely geometry, optional
        Area in which points could have been seen (the city, in the same coordinates). Each point's kernel is
        divided by its mass inside (Diggle's correction), so that cells times density add up to the
        number of points; cells whose centre lies outside are NaN, and points outside the window or the
        raster are left out.

    Returns
    -------
    Density
        Points per square kilometre, an array of shape (rows, columns), row 0 = north, that can be looked at
        (``.plot()``, ``.explore()``) and written (``.to_raster(path)``).

    Raises
    ------
    SchemaError
        If coordinates or weights are missing, infinite or of the wrong shape, a weight is negative, or the
        window holds no cell.
    ConfigError
        If extent, cell size, bandwidth, method or kernel is impossible.

    Examples
    --------
    The peak of one point is that of the kernel, 3 / (pi b^2), in points per square kilometre:

    >>> density = gg.stats.kernel_density(
    ...     [[250, 250]], extent=(0, 0, 500, 500), cell_m=100, bandwidth_m=200, method="exact"
    ... )
    >>> density.shape, round(float(density[2, 2]), 1), round(3 / (np.pi * 0.2**2), 1)
    ((5, 5), 23.9, 23.9)
    """
    if kernel not in ("quartic", "gaussian"):
        raise ConfigError("kernel: given {kernel!r}, needed quartic or gaussian.", kernel=kernel)
    found = located(xy)
    automatic = tuple(
        name for name, given in (("bandwidth_m", bandwidth_m), ("extent", extent)) if given in ("auto", None)
    )
    width = _scott(found.xy, kernel) if bandwidth_m == "auto" else bandwidth_m
    place = _extent(found.xy, window, cell_m, width * _REACH[kernel]) if extent is None else extent
    values = _density(found.xy, place, cell_m, width, method, weights, kernel, window)
    made = Choices(place, float(cell_m), float(width), found.crs, len(found.xy), kernel, automatic)
    return Density.of(values, made)


def _scott(points: Floats, kernel: Kernel) -> float:
    """Scott's bandwidth, to ten metres; one width for both axes."""
    from genk_geo.stats.density.bandwidth import quartic_radius, scott_bandwidth

    spread = float(np.sqrt(np.prod(scott_bandwidth(points))))
    return max(10.0, round(quartic_radius(spread) if kernel == "quartic" else spread, -1))


def _extent(points: Floats, window: shapely.Geometry | None, cell_m: float, reach_m: float) -> Extent:
    """Whole cells around the window, or around the points as far as their kernels reach."""
    if window is not None:
        return whole_extent(window.bounds, cell_m)
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        raise SchemaError(
            "The points: none has a place, so say where to look: extent=(xmin, ymin, xmax, ymax)."
        )
    (west, south), (east, north) = known.min(axis=0).tolist(), known.max(axis=0).tolist()
    return whole_extent((west, south, east, north), cell_m, reach_m)


def _density(
    xy: npt.ArrayLike,
    extent: Extent,
    cell_m: float,
    bandwidth_m: float,
    method: Method,
    weights: npt.ArrayLike | None,
    kernel: Kernel,
    window: shapely.Geometry | None = None,
) -> Floats:
    """Density of points at the centres of raster cells."""
    from genk_geo.stats.density.convolution import kernel_height, kernel_reach

    raster = build_raster(extent, cell_m, bandwidth_m=bandwidth_m)
    if method not in ("fft", "exact"):
        raise ConfigError("method: given {method!r}, needed fft or exact.", method=method)
    points, w = checked_points(xy, weights)
    if window is None and bandwidth_m < _NARROW[kernel] * cell_m:
        return _means(points, w, raster, bandwidth_m, kernel)
    if kernel == "quartic" and bandwidth_m < _ACROSS * cell_m:
        method = "exact"
    inside = None if window is None else cells_inside(raster, window)
    if window is None:
        taken = raster.near(points, kernel_reach(kernel, bandwidth_m) + 2 * cell_m)
    else:
        taken = points_inside(raster, window, points)
    if not taken.all():
        points, w = points[taken], w[taken]
    sums = _sums(raster.in_cells(points), w, kernel, bandwidth_m / cell_m, method, raster, inside)
    density = np.maximum(sums, 0.0) * (kernel_height(kernel, bandwidth_m) * M2_PER_KM2)
    return density if inside is None else with_mass(density, inside, w.sum(), cell_m)


def _means(points: Floats, w: Floats, raster: Raster, bandwidth_m: float, kernel: Kernel) -> Floats:
    """Mean density of each cell, summed in cells that are small beside the kernel."""
    parts = int(np.ceil(_ACROSS * raster.cell_m / bandwidth_m))
    rows, columns = raster.rows, raster.columns
    if rows * columns * parts**2 > MOST_CELLS:
        raise ConfigError(
            "bandwidth_m: given {bandwidth_m:g}, too narrow for cells of {cell_m:g} m. Take smaller cells, "
            "a smaller extent or a wider kernel.",
            bandwidth_m=bandwidth_m,
            cell_m=raster.cell_m,
        )
    south, east = raster.north - rows * raster.cell_m, raster.west + columns * raster.cell_m
    place = (raster.west, south, east, raster.north)
    fine = _density(points, place, raster.cell_m / parts, bandwidth_m, "exact", w, kernel)
    return np.asarray(fine.reshape(rows, parts, columns, parts).mean(axis=(1, 3)))


def _sums(
    at: tuple[Floats, Floats],
    w: Floats,
    kernel: Kernel,
    size: float,
    method: Method,
    raster: Raster,
    inside: Bools | None,
) -> Floats:
    """Kernel sums on the raster, each point's weight divided by its mass inside where that is asked."""
    shape = (raster.rows, raster.columns)
    if w.size == 0:
        return np.zeros(shape)
    x, y = at
    if method == "fft":
        from genk_geo.stats.density.convolution import Convolution

        by = Convolution(kernel, size, shape)
        return by.sums(x, y, w if inside is None else corrected(w, by.masses(x, y, inside), size, kernel))
    if kernel == "gaussian":
        from genk_geo.stats.density.direct import gaussian_masses, gaussian_sums

        masses = None if inside is None else gaussian_masses(x, y, size, inside)
        return gaussian_sums(x, y, corrected(w, masses, size, kernel), size, shape)
    from genk_geo.stats.density.direct import quartic_masses
    from genk_geo.stats.density.quartic import exact_sum

    masses = None if inside is None else quartic_masses(x, y, np.full(x.size, size), inside)
    return exact_sum(x, y, corrected(w, masses, size, kernel), size, shape)


def corrected(w: Floats, masses: Floats | None, size: float | Floats, kernel: Kernel) -> Floats:
    """Weights over the share of each kernel that lies inside; sizes in cells."""
    if masses is None:
        return w
    from genk_geo.stats.density.convolution import kernel_height

    share = masses * kernel_height(kernel, size)
    lost = share < 1e-6
    if lost.any():
        raise SchemaError(
            "{count} points have no cell's centre of the window within reach (rows {lost}). Take smaller "
            "cells or a larger bandwidth.",
            count=int(lost.sum()),
            lost=some_rows(np.flatnonzero(lost)),
        )
    return np.asarray(w / share)


def with_mass(density: Floats, inside: Bools, total: float, cell_m: float) -> Floats:
    """NaN outside, and inside the last rounding taken out: cells times density is the number of points."""
    density = np.where(inside, density, 0.0)
    mass = density.sum() * cell_m**2 / M2_PER_KM2
    return np.where(inside, density * (total / mass) if mass > 0 else density, np.nan)

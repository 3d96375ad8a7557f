"""Kernel density of points on a raster, quickly (FFT) or exactly.

The kernel is the quartic (biweight) in two dimensions, K(d) = 3 / (pi b^2) (1 - d^2 / b^2)^2 for d < b.

References
----------
Silverman (1986), Density Estimation for Statistics and Data Analysis, section 4.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError, SchemaError, some_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Extent = tuple[float, float, float, float]
Method = Literal["fft", "exact"]

_M2_PER_KM2 = 1e6
# A raster larger than this is a wrong unit or cell size.
_MAX_CELLS = 100_000_000


class Raster(NamedTuple):
    """Where the cells lie: north-west corner, size of a cell, columns and rows."""

    west: float
    north: float
    cell_m: float
    columns: int
    rows: int


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
    """
    west, south, east, north = bounds
    return (
        float(np.floor((west - margin_m) / cell_m) * cell_m),
        float(np.floor((south - margin_m) / cell_m) * cell_m),
        float(np.ceil((east + margin_m) / cell_m) * cell_m),
        float(np.ceil((north + margin_m) / cell_m) * cell_m),
    )


def kernel_density(
    xy: npt.ArrayLike,
    *,
    extent: Extent,
    cell_m: float = 25,
    bandwidth_m: float = 300,
    method: Method = "fft",
    weights: npt.ArrayLike | None = None,
) -> Floats:
    """Density of points at the centres of raster cells.

    Parameters
    ----------
    xy : array_like
        Coordinates, shape (n, 2), in metres. Points outside the extent count as far as their kernel reaches.
    extent : tuple of float
        xmin, ymin, xmax, ymax of the raster. When it is not a whole number of cells the raster runs over
        it to the east and south (:func:`whole_extent` gives one that is).
    cell_m : float, default 25
        Size of a raster cell.
    bandwidth_m : float, default 300
        Radius of the kernel.
    method : {"fft", "exact"}, default "fft"
        "fft" spreads each point over the sixteen raster nodes around it (cubic weights) and convolves; its
        error falls with the square of cell size over bandwidth and is below 0.5 % of the peak at 1 : 12.
        "exact" sums the kernel of every point.
    weights : array_like, optional
        One weight a point, 1 by default.

    Returns
    -------
    numpy.ndarray
        Points per square kilometre, shape (rows, columns), row 0 = north.

    Raises
    ------
    SchemaError
        If coordinates or weights are missing, infinite or of the wrong shape, or a weight is negative.
    ConfigError
        If extent, cell size, bandwidth or method is impossible.
    """
    raster = _raster(extent, cell_m, bandwidth_m, method)
    points, w = _points(xy, weights)
    reach = bandwidth_m + 2 * cell_m
    near = (
        (points[:, 0] > raster.west - reach)
        & (points[:, 0] < raster.west + raster.columns * cell_m + reach)
        & (points[:, 1] < raster.north + reach)
        & (points[:, 1] > raster.north - raster.rows * cell_m - reach)
    )
    # Cells count from the north-west: x in cells to the east, y in cells to the south, 0 = first centre.
    x = (points[near, 0] - raster.west) / cell_m - 0.5
    y = (raster.north - points[near, 1]) / cell_m - 0.5
    w = np.broadcast_to(w, points.shape[:1])[near]
    radius = bandwidth_m / cell_m
    if x.size == 0:
        return np.zeros((raster.rows, raster.columns))
    if method == "fft":
        density = _by_convolution(x, y, w, radius, raster)
    else:
        from genk_geo.stats._quartic import exact_sum

        density = exact_sum(x, y, w, radius, (raster.rows, raster.columns))
    scale = 3.0 / (np.pi * bandwidth_m**2) * _M2_PER_KM2
    return np.maximum(density, 0.0) * scale


def _raster(extent: Extent, cell_m: float, bandwidth_m: float, method: str) -> Raster:
    for name, value in (("cell_m", cell_m), ("bandwidth_m", bandwidth_m)):
        if not (np.isfinite(value) and value > 0):
            raise ConfigError(f"{name}: given {value}, needed metres above 0.")
    if method not in ("fft", "exact"):
        raise ConfigError(f"method: given {method!r}, needed fft or exact.")
    west, south, east, north = (float(side) for side in extent)
    if not (np.isfinite([west, south, east, north]).all() and west < east and south < north):
        raise ConfigError(f"extent: given {tuple(extent)}, needed xmin < xmax and ymin < ymax.")
    columns, rows = (int(np.ceil(size / cell_m - 1e-9)) for size in (east - west, north - south))
    if columns * rows > _MAX_CELLS:
        raise ConfigError(
            f"The raster would have {columns * rows:,} cells, needed at most {_MAX_CELLS:,}. "
            "Take larger cells or a smaller extent."
        )
    return Raster(west, north, float(cell_m), columns, rows)


def _points(xy: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    points = np.asarray(xy, dtype=float)
    if points.size == 0:
        points = points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise SchemaError(f"The coordinates: needed shape (n, 2), given {points.shape}.")
    wrong = ~np.isfinite(points).all(axis=1)
    if wrong.any():
        raise SchemaError(
            f"{int(wrong.sum())} points have no coordinates (rows {some_rows(np.flatnonzero(wrong))}). "
            "Leave out what is not located."
        )
    if weights is None:
        return points, np.ones(1)
    w = np.asarray(weights, dtype=float)
    if w.shape != points.shape[:1]:
        raise SchemaError(f"The weights: needed {len(points)}, one a point, given shape {w.shape}.")
    wrong = ~(np.isfinite(w) & (w >= 0))
    if wrong.any():
        raise SchemaError(
            f"The weights: needed finite numbers of 0 or more (rows {some_rows(np.flatnonzero(wrong))})."
        )
    return points, w


def _by_convolution(x: Floats, y: Floats, w: Floats, radius: float, raster: Raster) -> Floats:
    """Spread the points over raster nodes and convolve with the kernel."""
    from scipy.fft import irfft2, next_fast_len, rfft2

    from genk_geo.stats._quartic import spread

    reach = int(np.ceil(radius)) + 4  # a point that far outside still touches the raster
    nodes = spread(x + reach, y + reach, w, raster.rows + 2 * reach, raster.columns + 2 * reach)
    # Wrapping round only spoils the outermost `reach` nodes, which are cut off.
    shape = tuple(next_fast_len(n, real=True) for n in nodes.shape)
    south, east = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    inside = 1.0 - (south[:, None] ** 2 + east[None, :] ** 2) / radius**2
    kernel = np.where(inside > 0, inside, 0.0) ** 2
    summed = irfft2(rfft2(nodes, shape) * rfft2(kernel), shape)
    density = summed[reach : reach + raster.rows, reach : reach + raster.columns]
    # The transform leaves rounding noise where there is nothing.
    return np.where(density > 1e-12 * density.max(initial=0.0), density, 0.0)

"""Kernel sums by the fast Fourier transform: spread points over nodes, convolve, and look up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from genk_geo.stats.density.quartic import gather, spread

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Kernel = Literal["quartic", "gaussian"]

#: A Gaussian is followed as far as this many standard deviations (1.5e-8 of its height).
GAUSSIAN_REACH = 6.0


def kernel_reach(kernel: Kernel, size: float) -> float:
    """Distance at which a kernel ends: its radius, or six standard deviations."""
    return size if kernel == "quartic" else GAUSSIAN_REACH * size


def kernel_height(kernel: Kernel, size: Any) -> Any:
    """Value of the two-dimensional kernel at its centre, per square unit of `size` (a number or an array)."""
    return 3.0 / (np.pi * size**2) if kernel == "quartic" else 1.0 / (2.0 * np.pi * size**2)


class Convolution:
    """Sums of a kernel of height 1 at raster nodes; sizes and coordinates in cells.

    Parameters
    ----------
    kernel : {"quartic", "gaussian"}
        Form.
    size : float
        Radius of the quartic kernel, standard deviation of the Gaussian.
    shape : tuple of int
        Rows and columns of the raster.

    Attributes
    ----------
    margin : int
        Nodes around the raster that points outside may reach from.
    """

    def __init__(self, kernel: Kernel, size: float, shape: tuple[int, int]) -> None:
        from scipy.fft import next_fast_len, rfft2

        self._shape = shape
        self.margin = int(np.ceil(kernel_reach(kernel, size))) + 4  # a point that far outside still touches
        self._nodes = tuple(n + 2 * self.margin for n in shape)
        # Wrapping round only spoils the outermost nodes, which are cut off.
        self._padded = tuple(next_fast_len(n, real=True) for n in self._nodes)
        south, east = (np.minimum(np.arange(n), n - np.arange(n)) for n in self._padded)
        squares = (south[:, None] ** 2 + east[None, :] ** 2) / size**2
        values = np.maximum(1.0 - squares, 0.0) ** 2 if kernel == "quartic" else np.exp(-0.5 * squares)
        self._kernel = rfft2(values)

    def _convolved(self, nodes: Floats) -> Floats:
        from scipy.fft import irfft2, rfft2

        return np.asarray(irfft2(rfft2(nodes, self._padded) * self._kernel, self._padded))

    def sums(self, x: Floats, y: Floats, w: Floats) -> Floats:
        """Weighted kernel sum at every cell's centre."""
        m, (rows, columns) = self.margin, self._shape
        summed = self._convolved(spread(x + m, y + m, w, *self._nodes))[m : m + rows, m : m + columns]
        # The transform leaves rounding noise where there is nothing.
        return np.where(summed > 1e-12 * summed.max(initial=0.0), summed, 0.0)

    def over(self, inside: npt.NDArray[np.bool_]) -> Floats:
        """Sum over the marked cells of a kernel at each node, with the nodes around the raster."""
        m = self.margin
        return self._convolved(np.pad(inside.astype(float), m))[: self._nodes[0], : self._nodes[1]]

    def masses(self, x: Floats, y: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
        """Sum over the marked cells of each point's kernel, spread as :meth:`sums` does."""
        return gather(x + self.margin, y + self.margin, np.ascontiguousarray(self.over(inside)))

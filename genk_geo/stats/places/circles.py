"""Circles of several sizes around the middle of every cell: the points in each, and its share of a city."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.stats.places.discs import within

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

#: Radii in cells: with cells of 100 m places of 200 to 800 m across.
RADII = (1.0, 1.5, 2.5, 4.0)
#: No point of a square or hexagon lies further from its middle, in cells.
_REACH = 0.71
#: So many points are compared with the circles around them at once.
_AT_ONCE = 50_000


@dataclass(frozen=True, eq=False)
class Circles:
    """Circles around the middles of the cells of a grid.

    Points are counted by where they are, not by their cell: a circle as small as a cell would else hold
    points far outside it.

    Attributes
    ----------
    grid : Grid
        The cells.
    middle : numpy.ndarray
        Coordinates of their middles.
    near : numpy.ndarray
        Positions of the cells that share ground with the largest circle around each cell, filled up with the
        number of cells, which is no cell.
    beside : numpy.ndarray
        Positions of the cell itself and of those whose middles lie one cell away, filled up alike.
    """

    grid: Grid
    middle: Floats
    near: Ints
    beside: Ints

    @classmethod
    def of(cls, grid: Grid) -> Circles:
        """Lay the circles on a grid of squares or hexagons."""
        middle = grid.cells.geometry.centroid.get_coordinates().to_numpy()
        near, beside = (within(middle, cells * grid.cell_m) for cells in (max(RADII) + _REACH, 1.0))
        return cls(grid, middle, near, beside)

    @cached_property
    def _parts(self) -> list[Floats]:
        """How much of each cell nearby lies in the circle, a size an element.

        It goes by the distance of the middle alone, and adds up to the circle.
        """
        far = np.append(self.middle, [[np.inf, np.inf]], axis=0)[self.near] - self.middle[:, None]
        away = np.hypot(far[..., 0], far[..., 1]) / self.grid.cell_m
        return [np.clip(radius + 0.5 - away, 0.0, 1.0) * radius**2 / (radius**2 + 1 / 12) for radius in RADII]

    def sums(self, values: Floats) -> Floats:
        """Sum of what is spread evenly over each cell, over the ground of each circle; a row a size."""
        padded = np.append(values, 0.0)[self.near]
        return np.stack([(parts * padded).sum(axis=1) for parts in self._parts])

    def counts(self, xy: Floats, cell: Ints, group: Ints, groups: int) -> npt.NDArray[np.int64]:
        """Points of each group within each circle: sizes, cells, groups.

        Parameters
        ----------
        xy : numpy.ndarray
            The points.
        cell : numpy.ndarray
            Position of the cell of each; points outside the grid (-1) are left out.
        group : numpy.ndarray
            Number of the group of each.
        groups : int
            How many groups there are.

        Returns
        -------
        numpy.ndarray
        """
        n, inside = len(self.middle), np.flatnonzero(cell >= 0)
        padded = np.append(self.middle, [[np.inf, np.inf]], axis=0)
        limits = (np.array(RADII) * self.grid.cell_m) ** 2 * (1 + 1e-12)
        found = np.zeros((len(RADII) + 1) * (n + 1) * groups, dtype=np.int64)
        for begin in range(0, inside.size, _AT_ONCE):
            own = inside[begin : begin + _AT_ONCE]
            around = self.near[cell[own]]
            square = ((padded[around] - xy[own, None]) ** 2).sum(axis=-1)
            where = (np.searchsorted(limits, square) * (n + 1) + around) * groups + group[own, None]
            found += np.bincount(where.ravel(), minlength=found.size)
        rings = found.reshape(len(RADII) + 1, n + 1, groups)[:-1, :-1]
        return np.asarray(rings.cumsum(axis=0), dtype=np.int64)

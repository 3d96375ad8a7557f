"""Discs of cells of several sizes around every cell of a grid: the places that could be a hotspot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

#: Radii in cells: the nine cells of 3 by 3, and the 21 cells of 5 by 5 without its corners.
RADII = (1.5, 2.3)
#: With values in so small a part of the cells, sums begin from those.
_FEW = 0.25


@dataclass(frozen=True, eq=False)
class Discs:
    """Which cells lie in the disc around each cell.

    Attributes
    ----------
    members : tuple of numpy.ndarray
        For each size the positions of the cells of each disc, a row a disc; filled up with the number of
        cells, which is no cell.
    near : numpy.ndarray
        Positions of the discs that can share a cell with the largest disc around each cell, filled up alike.
    around : numpy.ndarray
        Positions of all cells of those discs.
    """

    members: tuple[Ints, ...]
    near: Ints
    around: Ints

    @classmethod
    def of(cls, grid: Grid, radii: Sequence[float] = RADII) -> Discs:
        """Find the discs of a grid.

        Parameters
        ----------
        grid : Grid
            Squares or hexagons.
        radii : sequence of float
            In cells, between the middles of cells; the smallest first.

        Returns
        -------
        Discs

        Raises
        ------
        ConfigError
            If no radius is given, or one is not above 0.
        """
        if not radii or min(radii) <= 0:
            raise ConfigError("radii: given {radii}, needed at least one, all above 0.", radii=tuple(radii))
        xy = grid.cells.geometry.centroid.get_coordinates().to_numpy()
        found = tuple(within(xy, radius * grid.cell_m) for radius in radii)
        near, around = (within(xy, times * max(radii) * grid.cell_m) for times in (2.0, 3.0))
        return cls(found, near, around)

    @property
    def cells(self) -> int:
        """How many cells the grid has, so how many discs there are of each size."""
        return len(self.near)

    @cached_property
    def columns(self) -> tuple[Ints, ...]:
        """The members of each size the other way round, with a last disc that is none and has no cells."""
        none = [np.full((1, members.shape[1]), self.cells) for members in self.members]
        return tuple(
            np.ascontiguousarray(np.append(members, more, axis=0).T)
            for members, more in zip(self.members, none, strict=True)
        )

    def sums(self, values: Floats) -> Floats:
        """Sum of a value over each disc: a row a size, a column a cell."""
        there = np.flatnonzero(values)
        if there.size < _FEW * self.cells and (values[there] == np.rint(values[there])).all():
            # Counts add up exactly in any order; a cell lies in the discs around the cells of its own disc.
            return np.stack([self._scattered(values, there, members) for members in self.members])
        padded = np.append(values, 0.0)
        return np.stack([padded[members].sum(axis=1) for members in self.members])

    def _scattered(self, values: Floats, there: Ints, members: Ints) -> Floats:
        weights = np.repeat(values[there], members.shape[1])
        return np.asarray(np.bincount(members[there].ravel(), weights, self.cells + 1)[:-1], dtype=float)


def within(xy: Floats, distance_m: float) -> Ints:
    """Positions of all places so near to each, itself among them, in order; filled up with their number."""
    from scipy.spatial import KDTree

    tree = KDTree(xy)
    pairs = tree.query_pairs(distance_m * (1 + 1e-9), output_type="ndarray")
    own = np.arange(len(xy))
    one = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    other = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    begin = np.searchsorted(one, own)
    found = np.full((len(xy), int(np.bincount(one).max())), len(xy))
    found[one, np.arange(one.size) - begin[one]] = other
    return found

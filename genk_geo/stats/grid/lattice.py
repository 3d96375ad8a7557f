"""Squares and hexagons on anchored lattices: from coordinates to columns and rows and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Lattice(Protocol):
    """What a grid asks of its shape; columns and rows are counted from the origin, anywhere on earth."""

    def locate(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Column and row of the cell that holds each point."""
        ...

    def polygons(self, column: Ints, row: Ints) -> npt.NDArray[np.object_]:
        """Outline of each cell."""
        ...

    def neighbours(self, column: Ints, row: Ints, order: int, *, rook: bool) -> list[tuple[Ints, Ints]]:
        """Columns and rows of the cells within `order` steps, itself included, by row and then column."""
        ...


class Squares:
    """Squares of a given side, half-open to the north and east."""

    def __init__(self, cell_m: float, origin: tuple[float, float]) -> None:
        self._cell_m, self._origin = cell_m, origin

    def locate(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Column and row of the square that holds each point."""
        column = np.floor((x - self._origin[0]) / self._cell_m).astype(np.int64)
        row = np.floor((y - self._origin[1]) / self._cell_m).astype(np.int64)
        return column, row

    def polygons(self, column: Ints, row: Ints) -> npt.NDArray[np.object_]:
        """Outline of each square."""
        west = self._origin[0] + column * self._cell_m
        south = self._origin[1] + row * self._cell_m
        east = self._origin[0] + (column + 1) * self._cell_m
        north = self._origin[1] + (row + 1) * self._cell_m
        return np.asarray(shapely.box(west, south, east, north), dtype=object)

    def neighbours(self, column: Ints, row: Ints, order: int, *, rook: bool) -> list[tuple[Ints, Ints]]:
        """Squares within `order` moves of a queen (or a rook, one square a move)."""
        steps = range(-order, order + 1)
        return [
            (column + east, row + north)
            for north in steps
            for east in steps
            if not rook or abs(east) + abs(north) <= order
        ]


class Hexagons:
    """Hexagons with a point to the north, `cell_m` from one flat side to the other; odd rows shift east."""

    def __init__(self, cell_m: float, origin: tuple[float, float]) -> None:
        self._width, self._origin = cell_m, origin
        self._rise = cell_m * np.sqrt(3.0) / 2.0  # from one row of centres to the next

    def _centres(self, column: Ints, row: Ints) -> tuple[Floats, Floats]:
        x = self._origin[0] + (column + 0.5 * (row & 1)) * self._width
        return x, self._origin[1] + row * self._rise

    def locate(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Column and row of the nearest centre."""
        near = np.floor((y - self._origin[1]) / self._rise).astype(np.int64)
        best = np.full(x.shape, np.inf)
        column, row = np.zeros(x.shape, dtype=np.int64), near.copy()
        for candidate in (near, near + 1):
            left = (x - self._origin[0]) / self._width - 0.5 * (candidate & 1)
            nearest = np.floor(left + 0.5).astype(np.int64)
            cx, cy = self._centres(nearest, candidate)
            distance = (x - cx) ** 2 + (y - cy) ** 2
            better = distance < best
            best = np.where(better, distance, best)
            column, row = np.where(better, nearest, column), np.where(better, candidate, row)
        return column, row

    def polygons(self, column: Ints, row: Ints) -> npt.NDArray[np.object_]:
        """Outline of each hexagon."""
        # Corners by whole numbers of half widths and thirds of a rise: neighbours share them to the last bit.
        across = (2 * column + (row & 1))[:, None] + np.array([0, 1, 1, 0, -1, -1])
        up = 3 * row[:, None] + np.array([2, 1, -1, -2, -1, 1])
        x = self._origin[0] + across * (self._width / 2.0)
        y = self._origin[1] + up * (self._rise / 3.0)
        return np.asarray(shapely.polygons(np.stack([x, y], axis=-1)), dtype=object)

    def neighbours(self, column: Ints, row: Ints, order: int, *, rook: bool) -> list[tuple[Ints, Ints]]:
        """Hexagons within `order` steps; rook and queen are the same, all neighbours share a side."""
        del rook
        diagonal = column - (row - (row & 1)) // 2
        found = []
        for north in range(-order, order + 1):
            there = row + north
            back = (there - (there & 1)) // 2
            found += [
                (diagonal + east + back, there)
                for east in range(max(-order, -order - north), min(order, order - north) + 1)
            ]
        return found

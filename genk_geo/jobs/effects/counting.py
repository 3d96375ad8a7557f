"""Events by week in places of a city, and in all places like them where nothing was done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from genk_geo.calendar import Week, week_of
from genk_geo.jobs.history import first_whole_week

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from genk_geo.jobs.history import ThemeHistory

    Cells = npt.NDArray[np.bool_]

#: A ring is so many cells wide. What moves, mostly moves round the corner; and squares in a ring are lost as
#: places to compare with.
RING_CELLS = 1
#: Sides of the squares that a place is compared with, in cells: measures of like size share one table.
_SIDES = (1, 2, 3, 4, 6, 8, 12, 16, 24)


def side_of(cells: int) -> int:
    """Side of the square that is most like a place of so many cells, in cells.

    Examples
    --------
    >>> from genk_geo.jobs.effects.counting import side_of
    >>> [side_of(cells) for cells in (1, 5, 12, 26, 400)]
    [1, 2, 3, 6, 24]
    """
    side = math.sqrt(max(cells, 1))
    return min(_SIDES, key=lambda one: abs(math.log(one / side)))


@dataclass(frozen=True)
class CountedCells:
    """Events of a theme by week and cell, as far as the record goes.

    Attributes
    ----------
    first : Week
        The first whole week.
    counts : numpy.ndarray, shape (weeks, cells)
        Events.
    column, row, x, y : numpy.ndarray, shape (cells,)
        Where each cell lies in the lattice, and its middle.
    """

    first: Week
    counts: npt.NDArray[np.float64]
    column: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]

    @classmethod
    def of(cls, history: ThemeHistory, week: Week, as_of: pd.Timestamp) -> Self:
        """Count up to a week, each week with what was known of it as soon after its end."""
        events, tz = history.of_events, history.ground.city.timezone
        cells = history.ground.grid.cells
        first = first_whole_week(history.moment, week)
        weeks = max(week.minus(first) + 1, 0)
        kept = events.precise & events.known_in_time(week, as_of)
        monday = week_of(events.moment[kept], tz).to_numpy(dtype="datetime64[D]")
        at = (monday - np.datetime64(first.monday, "D")).astype(np.int64) // 7
        cell = cells.index.get_indexer(
            pd.Index(history.ground.grid.assign(events.incidents[kept]), dtype=object)
        )
        there = (at >= 0) & (at < weeks) & (cell >= 0)
        flat = np.bincount(at[there] * len(cells) + cell[there], minlength=weeks * len(cells))
        middle = cells.geometry.centroid
        return cls(
            first, flat.reshape(weeks, len(cells)).astype(float),
            cells["col"].to_numpy(np.int64), cells["row"].to_numpy(np.int64),
            middle.x.to_numpy(), middle.y.to_numpy(),
        )  # fmt: skip

    @cached_property
    def mondays(self) -> pd.DatetimeIndex:
        """The weeks."""
        return pd.date_range(self.first.monday, periods=len(self.counts), freq="W-MON")

    def within(self, ground: BaseGeometry) -> Cells:
        """Cells whose middle lies in a ground."""
        shapely.prepare(ground)
        return np.asarray(shapely.contains_xy(ground, self.x, self.y), dtype=bool)

    def around(self, place: Cells) -> Cells:
        """The ring of a place."""
        grown = place
        for _ in range(RING_CELLS):
            grown = self._grown(grown)
        ring: Cells = grown & ~place
        return ring

    def _grown(self, place: Cells) -> Cells:
        """A place with all cells that touch it."""
        low = self.column.min() - 1, self.row.min() - 1
        shape = int(self.column.max() - low[0]) + 2, int(self.row.max() - low[1]) + 2
        on = np.zeros(shape, dtype=bool)
        column, row = self.column - low[0], self.row - low[1]
        on[column[place], row[place]] = True
        near = on.copy()
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                near |= np.roll(on, (dx, dy), (0, 1))
        found: Cells = near[column, row]
        return found

    def table(self, places: Mapping[str, Cells], taken: Iterable[Cells], side: int) -> pd.DataFrame:
        """Events by Monday of places, and of squares of cells that share no cell with what is taken.

        Parameters
        ----------
        places : mapping of str to numpy.ndarray of bool
            Name -> cells.
        taken : iterable of numpy.ndarray of bool
            Cells where something was done, of these places and of others.
        side : int
            Of the squares, in cells.

        Returns
        -------
        pandas.DataFrame
            The places, then the squares in which anything ever happened, by number.
        """
        used = np.zeros(self.x.size, dtype=bool)
        for cells in taken:
            used |= cells
        _, square = np.unique(
            np.column_stack([self.column // side, self.row // side]), axis=0, return_inverse=True
        )
        number = square.reshape(-1)
        n = int(number.max()) + 1
        spoiled = np.bincount(number, weights=used, minlength=n) > 0
        member = csr_array((np.ones(number.size), (np.arange(number.size), number)), shape=(number.size, n))
        squares = self.counts @ member
        kept = np.flatnonzero(~spoiled & (squares.sum(axis=0) > 0))
        own = np.column_stack([self.counts[:, cells].sum(axis=1) for cells in places.values()])
        return pd.DataFrame(
            np.hstack([own, squares[:, kept]]),
            index=self.mondays, columns=[*places, *(f"square {at}" for at in kept)],
        )  # fmt: skip

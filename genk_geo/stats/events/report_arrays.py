"""Reports as arrays, as compiled loops want them; apart from these, which are slow to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Reports(NamedTuple):
    """Place (metres), window (days) and kind of reports."""

    x: Floats
    y: Floats
    begin: Floats
    end: Floats
    kind: Ints

    def take(self, rows: Ints) -> Reports:
        """Some of them, in this order."""
        x, y, begin, end = (np.ascontiguousarray(values[rows]) for values in self[:4])
        return Reports(x, y, begin, end, np.ascontiguousarray(self.kind[rows]))


class Binned(NamedTuple):
    """Reports by bin and time.

    Attributes
    ----------
    reports : Reports
        Sorted by bin, then by the middle of the window.
    middle : numpy.ndarray
        Middle of each window in days.
    order : numpy.ndarray of int
        Where each stood before.
    key, start : numpy.ndarray of int
        Occupied bins, ascending, and where each begins; one more at the end of `start`.
    west, south, side : float
        How places become bins.
    """

    reports: Reports
    middle: Floats
    order: Ints
    key: Ints
    start: Ints
    west: float
    south: float
    side: float


class Close(NamedTuple):
    """Close pairs: both (rows of the binned reports), distance in metres, days between their windows."""

    one: Ints
    other: Ints
    distance: Floats
    gap: Floats

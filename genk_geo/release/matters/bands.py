"""Orders of size of places in a wijk, beside what is told of the accidents of the wijk by year.

What lies within a wijk is no more than the wijk has: "10 to 19" at a point, beside "fewer than 5" of its wijk
in each of three years, would say that no year had less than two. So the bands of all places in a wijk
together may not need more than the wijk can have had with any one of its hidden years at none. How much that
is follows from what is told of the years, and how much of it is left from what was told of the places before;
a band that would need more, and all bands above it, are told as one: at least so many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.release.suppress import SECRET, Count, band

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genk_geo.release.whole_years import YearTable


#: Below this limit no count is small.
_HIDES = 2


class Bands:
    """Tells orders of size as long as there is room for them in the wijk.

    Parameters
    ----------
    start, end : pandas.Timestamp
        Period that the places are counted over, half-open.
    years : mapping of int to YearTable
        What is told of the years; one that is not told yet may be told as small later.
    column : str
        ``injury`` or ``weak``.
    limit : int
        Counts below this are small; below 2 everything is told.

    Examples
    --------
    Three years of which nothing but "fewer than 5" will be told hold 8, whichever of them had none:

    >>> from genk_geo.release.matters.bands import Bands
    >>> start, end = pd.Timestamp("2023-01-01"), pd.Timestamp("2026-01-01")
    >>> bands = Bands(start, end, {}, "injury", 5)
    >>> [bands(12, "noord").ends, bands(7, "noord").ends]
    [(5, None), (0, None)]
    """

    def __init__(
        self, start: pd.Timestamp, end: pd.Timestamp, years: Mapping[int, YearTable], column: str, limit: int
    ) -> None:
        self._limit = limit
        last = (end - pd.Timedelta(1, "s")).year
        self._told: list[Mapping[str, Count]] = [
            {} if year not in years else getattr(years[year], column) for year in range(start.year, last + 1)
        ]
        self._left: dict[str, int] = {}

    def __call__(self, count: int, wijk: str) -> Count:
        """Tell a count, and take from the room of the wijk what it needs.

        Parameters
        ----------
        count : int
            How many there were.
        wijk : str
            A wijk that the place lies in, wholly or partly.

        Returns
        -------
        Count
        """
        if self._limit < _HIDES:
            return Count(count)
        told, room = band(count, self._limit), self._left.setdefault(wijk, self._room(wijk))
        if room < self._limit:
            return SECRET
        cap = self._limit
        while 2 * cap <= room:
            cap *= 2
        if told.ends[0] >= cap:
            told = Count(None, cap, over=True)
        self._left[wijk] = room - told.ends[0]
        return told

    def _room(self, wijk: str) -> int:
        """The most that the wijk can have had, whichever of its hidden years had none."""
        small = (0, self._limit - 1)
        ends = [years[wijk].ends if wijk in years else small for years in self._told]
        highs = [low if high is None else high for low, high in ends]
        hidden = [high - low for (low, _), high in zip(ends, highs, strict=True)]
        return sum(highs) - max(hidden, default=0)


def within(part: Count, whole: Count) -> Count:
    """A part of a count, no better known from below than the whole.

    Parameters
    ----------
    part, whole : Count
        As they would be told, and as it is told.

    Returns
    -------
    Count
    """
    if SECRET in {part, whole}:
        return SECRET
    return whole if whole.over and part.ends[0] >= whole.ends[0] else part

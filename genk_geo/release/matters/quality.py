"""How good the data is, and whether there is enough of it, as a reader may be told.

Both go by the incidents of the window in the whole city. Beside counts of the city that are told as ranges
they could say where in these ranges a count lies: 98 % placed, of which one is not, are fifty at least. So
they are told no finer than the ranges say themselves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genk_geo.release.values.week import ReleasedDelivery, ReleasedQuality, RowsRead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genk_geo.release.level import Level
    from genk_geo.release.told import WeekTable
    from genk_geo.results import Quality

#: Shares are told to others than analysts in steps of one in so many.
_STEPS = 20


def release_quality(
    quality: Quality, level: Level, windows: Mapping[str, Sequence[WeekTable]]
) -> ReleasedQuality:
    """Quality stamp; but for an analist shares in steps of five percent and no counts of rows.

    Parameters
    ----------
    quality : Quality
        As it was found.
    level : Level
        What the reader may see.
    windows : mapping of str to sequence of WeekTable
        What is told of the weeks of each theme's window; empty where these are not at hand.

    Returns
    -------
    ReleasedQuality
    """
    if level.shows_points:
        rows = RowsRead(quality.rows_in, quality.incidents, quality.duplicates, quality.rejects)
        files = tuple(
            ReleasedDelivery(one.expected, one.themes, one.received, one.broken, one.silent, one.held)
            for one in quality.delivered
        )
        return ReleasedQuality(quality.located_share, quality.late_share, rows, files)
    return ReleasedQuality(
        {theme: _located(share, windows.get(theme, ())) for theme, share in quality.located_share.items()},
        {theme: _told(share, windows.get(theme, ())) for theme, share in quality.late_share.items()},
        None,
    )


def _told(share: float, window: Sequence[WeekTable]) -> float:
    """A share to its step; untold of so few incidents that not every step could be theirs."""
    if not math.isfinite(share) or (window and least_in(window) < _STEPS):
        return math.nan
    return round(share * _STEPS) / _STEPS


def _located(share: float, window: Sequence[WeekTable]) -> float:
    """No higher than what is known to be nowhere allows of the fewest incidents that there can have been."""
    told = _told(share, window)
    if not window or math.isnan(told):
        return told
    nowhere = sum(table.beside.get(name, 0) for table in window for name in table.city)
    highest = 1.0 - nowhere / least_in(window) + 0.5 / _STEPS
    return max(min(told, math.floor(highest * _STEPS) / _STEPS), 0.0)


def least_in(window: Sequence[WeekTable]) -> int:
    """The fewest incidents in the city that are possible with what is told of the weeks."""
    return sum(count.ends[0] for table in window for count in table.city.values())


def enough_as_told(window: Sequence[WeekTable], needed: int) -> bool:
    """Whether "there are enough" is no news: possible with each count of the city at its lowest.

    Parameters
    ----------
    window : sequence of WeekTable
        What is told of the weeks; empty where these are not at hand.
    needed : int
        How many are enough.

    Returns
    -------
    bool
    """
    ends = [count.ends for table in window for count in table.city.values()]
    if not ends or any(high is None for _, high in ends):
        return True
    widest = max(int(high or 0) - low for low, high in ends)
    return sum(int(high or 0) for _, high in ends) - widest >= needed

"""What a hotspot has been over the past periods: lasting, growing, coming and going."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.jobs.week.hotspots import hot_cells

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.config import GridSettings
    from genk_geo.jobs.history import ThemeHistory

#: Periods that a pattern looks back on, and the fewest that say something.
MOST_PERIODS, FEWEST_PERIODS = 12, 4
#: Longest period; a year of traffic in one piece would leave too few.
LONGEST_WEEKS = 26


def patterns(
    areas: gpd.GeoDataFrame, history: ThemeHistory, week: Week, *, grid: GridSettings
) -> pd.Series[str]:
    """Name the pattern of every area over periods that follow each other and end with the week.

    An area is hot in a period when one of its cells is; its trend is that of its counts (Mann-Kendall).

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Areas of the week, with ``cells``.
    history : ThemeHistory
        Incidents of the theme.
    week : Week
        Last week of the last period.
    grid : GridSettings
        `max_q` is used.

    Returns
    -------
    pandas.Series of str
        Index of the areas; a key of :data:`genk_geo.stats.EMERGING` without its ``_hot``, "none" where the
        record is too short or there is no pattern.
    """
    none = pd.Series("none", index=areas.index, dtype="str")
    windows = _periods(history, week)
    if len(windows) < FEWEST_PERIODS or areas.empty:
        return none
    hot = [hot_cells(history, window, grid) for window in windows]
    counts = [history.counts(window) for window in windows]
    states = np.array([[int(not hot_then.isdisjoint(cells)) for hot_then in hot] for cells in areas["cells"]])
    found = np.array([[then[list(cells)].sum() for then in counts] for cells in areas["cells"]], dtype=float)
    trend = stats.mann_kendall(found)
    direction = np.where(trend.p_value <= 0.05, np.sign(trend.z), 0).astype(int)
    category = stats.emerging_category(states, direction)
    return pd.Series(category.astype(str), index=areas.index, dtype="str").str.removesuffix("_hot")


def _periods(history: ThemeHistory, week: Week) -> list[Window]:
    """Whole periods on record, oldest first."""
    if not len(history.moment):
        return []
    length = min(history.settings.window_weeks, LONGEST_WEEKS)
    first = Week.from_day(history.moment.min().date()).shift(1)
    ends = (week.shift(-length * back) for back in range(MOST_PERIODS))
    windows = [Window(end, length) for end in ends]
    return [window for window in reversed(windows) if window.first >= first]

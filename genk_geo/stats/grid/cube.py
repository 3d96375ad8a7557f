"""Counts by cell and calendar period, periods without incidents included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.calendar import BRUSSELS, Week, Window
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import MappedTable
from genk_geo.stats.checks import checked_weights, moments_of, observed_weeks

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Places, Times
    from genk_geo.stats.grid.grid import Grid

Step = Literal["week", "month"] | int


def space_time_cube(
    points: Places,
    moments: Times = None,
    grid: Grid | None = None,
    *,
    first: Week | str | None = None,
    last: Week | str | None = None,
    step: Step = "week",
    weights: npt.ArrayLike | None = None,
    tz: str = BRUSSELS,
) -> pd.DataFrame:
    """Count incidents by cell and period.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        Where, as for :meth:`genk_geo.stats.Grid.assign`; outside the grid is not counted.
    moments : pandas.Series, array_like or None
        Moment of each, in the order of the points: moments, texts or weeks, on the clock `tz` where they have
        no zone; those of a table of incidents by default. Missing ones are not counted.
    grid : Grid
        Cells.
    first, last : Week or str, optional
        Weeks that were observed, both included; by default the first and last whole weeks of the data.
    step : {"week", "month"} or int, default "week"
        Periods of one ISO week or of so many, the last one ending with `last`; or calendar months. Periods
        that were observed only in part are left out.
    weights : array_like, optional
        One weight a point; sums instead of counts.
    tz : str, default "Europe/Brussels"
        Clock that days go by.

    Returns
    -------
    pandas.DataFrame
        Index: all cells; columns ``period``: first day (naive date) of every period, oldest first.

    Raises
    ------
    SchemaError
        If moments cannot be read or do not fit the points.
    ConfigError
        If no whole period was observed, or the step is unknown.

    Examples
    --------
    A row for each cell, a column for each week:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 200, 100), cell_m=100)
    >>> times = pd.to_datetime(["2026-11-03", "2026-11-10", "2026-11-11"])
    >>> xy, moments = [[50, 50], [150, 50], [150, 50]], pd.Series(times.tz_localize("Europe/Brussels"))
    >>> cube = gg.stats.space_time_cube(xy, moments, grid, first=Week(2026, 45), last=Week(2026, 46))
    >>> cube.values.tolist()
    [[1, 0], [0, 2]]
    """
    if grid is None:
        raise ConfigError("grid: needed the cells to count in, such as Grid.cover(city, 200).")
    times = moments_of(moments, of=points, tz=tz)
    first, last = observed_weeks(times, first, last)
    cell = grid.cells.index.get_indexer(pd.Index(grid.assign(points), dtype=object))
    if cell.size != len(times):
        raise SchemaError(
            "The moments: needed {count}, one a point, given {moments_count}.",
            count=cell.size,
            moments_count=len(times),
        )
    edges = _edges(first, last, step)
    days = times.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    period = np.searchsorted(edges.to_numpy(dtype="datetime64[us]"), days, side="right") - 1
    known = (cell >= 0) & ~np.isnat(days) & (period >= 0) & (period < len(edges) - 1)
    size = (len(grid), len(edges) - 1)
    w = None if weights is None else checked_weights(weights, cell.size)[known]
    table = np.bincount(
        cell[known] * size[1] + period[known], weights=w, minlength=size[0] * size[1]
    ).reshape(size)
    return MappedTable.of(
        pd.DataFrame(table, index=grid.cells.index, columns=edges[:-1].rename("period")), grid
    )


def _edges(first: Week, last: Week, step: Step) -> pd.DatetimeIndex:
    """First day of every whole period, and the day after the last."""
    if step == "month":
        after = pd.Timestamp(last.shift(1).monday)
        edges = pd.date_range(pd.Timestamp(first.monday), after, freq="MS", unit="us")
    elif step == "week" or (isinstance(step, int) and step >= 1):
        weeks = 1 if step == "week" else step
        periods = Window(last, last.minus(first) + 1).weeks // weeks
        start = last.shift(1 - periods * weeks).monday
        edges = pd.date_range(str(start), periods=periods + 1, freq=f"{7 * weeks}D", unit="us")
    else:
        raise ConfigError(
            "step: given {step!r}, needed week, month or a number of weeks, 1 or more.", step=step
        )
    if len(edges) < 2:
        raise ConfigError(
            "{first} to {last} holds no whole period. Take a longer run of weeks.", first=first, last=last
        )
    return edges

"""Incidents by cell and week, and when each became known: what a forecast may look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.calendar import BRUSSELS, Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import Chart, Layer, Look, Shown, View
from genk_geo.stats.checks import moments_of, observed_weeks

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.show.words import Words
    from genk_geo.stats.checks import Places, Times
    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: A forecast for the next week is made one day after a week has ended.
DELAY = pd.Timedelta(days=1)


@dataclass(frozen=True, eq=False, repr=False)
class WeekRecord(Shown):
    """Incidents by cell and week, with the week after which each was known.

    Make one with :meth:`from_incidents`.

    Attributes
    ----------
    grid : Grid
        Cells, squares.
    first : Week
        First week that was observed.
    weeks : int
        Weeks that were observed.
    cell, week : numpy.ndarray
        Position of the cell and number of the week (0 = first) of each incident.
    known : numpy.ndarray
        Number of the first week after whose end the incident was known in time for a forecast.
    delay : pandas.Timedelta
        How long after the end of a week that is.

    Examples
    --------
    The record as it was known ten weeks earlier holds nothing of what came later:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 400, 400), cell_m=100)
    >>> moments = pd.Series(pd.date_range("2026-01-05", periods=20, freq="7D", tz="Europe/Brussels"))
    >>> first, last = Week(2026, 2), Week(2026, 21)
    >>> record = gg.stats.WeekRecord.from_incidents([[50, 50]] * 20, moments, grid, first=first, last=last)
    >>> record.weeks, len(record.cell), str(record.named(19))
    (20, 20, '2026-W21')
    >>> record.until(9).weeks
    10
    """

    grid: Grid
    first: Week
    weeks: int
    cell: Ints
    week: Ints
    known: Ints
    delay: pd.Timedelta = DELAY

    @classmethod
    def from_incidents(
        cls,
        points: Places,
        moments: Times = None,
        grid: Grid | None = None,
        *,
        first: Week | str | None = None,
        last: Week | str | None = None,
        reported: Times = None,
        delay: pd.Timedelta = DELAY,
        tz: str = BRUSSELS,
    ) -> WeekRecord:
        """Sort incidents into cells and weeks.

        Parameters
        ----------
        points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
            Where, as for :meth:`genk_geo.stats.Grid.assign`; outside the grid is left out.
        moments : pandas.Series, array_like or None
            Moment of each, in the order of the points: moments, texts or weeks, on the clock `tz` where they
            have no zone; those of a table of incidents by default. Missing ones are left out.
        grid : Grid
            Square cells.
        first, last : Week or str, optional
            Weeks that were observed, both included; by default the first and last whole weeks of the data.
        reported : pandas.Series or array_like, optional
            Moment at which each became known; missing: at once.
        delay : pandas.Timedelta, default one day
            How long after the end of a week the forecast for the next one is made: what was reported by then
            is known to it.
        tz : str, default "Europe/Brussels"
            Clock that weeks go by.

        Returns
        -------
        WeekRecord

        Raises
        ------
        SchemaError
            If times cannot be read or do not fit the points.
        ConfigError
            If there is no grid, the cells are no squares, or the last week lies before the first.
        """
        if grid is None:
            raise ConfigError("grid: needed the cells to count in, such as Grid.cover(city, 200).")
        if grid.shape != "square":
            raise ConfigError("A forecast needs square cells, given {shape}s.", shape=grid.shape)
        times = moments_of(moments, of=points, tz=tz)
        first, last = observed_weeks(times, first, last)
        cell = grid.cells.index.get_indexer(pd.Index(grid.assign(points), dtype=object))
        week = _week_number(times, first, cell.size, "moments")
        known = week
        if reported is not None:
            late = moments_of(reported, of=points, tz=tz, what="reports")
            reached = _week_number(late, first, cell.size, "reports", delay)
            known = np.fmax(np.where(np.isnan(reached), week, reached), week)
        weeks = last.minus(first) + 1
        inside = (cell >= 0) & (week >= 0) & (week < weeks)
        cell, week, known = (column[inside].astype(np.int64) for column in (cell, week, known))
        return cls(grid, first, weeks, cell, week, known, delay)

    def shows(self, words: Words) -> View:
        """Incidents a week, and of all weeks on the map."""
        facts = (
            ("weeks", f"{self.first} to {self.named(self.weeks - 1)} ({self.weeks})"),
            ("incidents", f"{self.cell.size:,}"),
            ("late", f"{int((self.known > self.week).sum()):,}"),
            ("cells", self.grid.chosen),
        )
        total = np.bincount(self.cell, minlength=len(self.grid))
        cells = self.grid.cells[["geometry"]].assign(count=total)
        layer = Layer(cells, Look("count", "count", "steps", tips=("count",)))
        names = [str(self.named(number)) for number in range(self.weeks)]
        chart = Chart("lines", "week", "incidents", names, {"incidents": self.totals()})
        return View(words("title.record"), facts, (layer,), chart=chart)

    def number(self, week: Week) -> int:
        """Number of a week, 0 = first."""
        return week.minus(self.first)

    def named(self, number: int) -> Week:
        """Week by its number."""
        return self.first.shift(number)

    def until(self, origin: int) -> WeekRecord:
        """The record as it was known one forecast moment after week `origin`; nothing later is in it."""
        seen = (self.known <= origin) & (self.week <= origin)
        return replace(self, weeks=origin + 1, **self._columns(seen))

    def known_in_time(self) -> WeekRecord:
        """Only the incidents that were known right after their own week."""
        return replace(self, **self._columns(self.known <= self.week))

    def _columns(self, seen: npt.NDArray[np.bool_]) -> dict[str, Any]:
        return {"cell": self.cell[seen], "week": self.week[seen], "known": self.known[seen]}

    @cached_property
    def _by_week(self) -> tuple[Ints, Ints]:
        """Positions of the incidents by week, and where each week begins: a long record is not searched."""
        order = np.argsort(self.week, kind="stable")
        return order, np.searchsorted(self.week[order], np.arange(self.weeks + 1))

    def of_weeks(self, weeks: npt.ArrayLike) -> Ints:
        """Positions of the incidents of some weeks, week after week, each in the order of the record."""
        order, begins = self._by_week
        asked = np.asarray(weeks, dtype=np.int64)
        asked = asked[(asked >= 0) & (asked < self.weeks)]
        parts = [order[begins[week] : begins[week + 1]] for week in asked]
        return np.concatenate(parts) if parts else order[:0]

    def seen(self, weeks: npt.ArrayLike, origin: int) -> Ints:
        """The same, of those that were known one forecast moment after week `origin`."""
        rows = self.of_weeks(weeks)
        return rows[self.known[rows] <= origin]

    def counts(self, week: int) -> Floats:
        """Incidents of one week per cell."""
        return np.bincount(self.cell[self.of_weeks([week])], minlength=len(self.grid)).astype(float)

    def totals(self) -> Floats:
        """Incidents of every week."""
        return np.bincount(self.week, minlength=self.weeks).astype(float)

    @cached_property
    def raster(self) -> CellRaster:
        """The cells as a raster."""
        return CellRaster(self.grid)


class CellRaster:
    """Cells of a square grid laid on a raster, row 0 = south.

    Parameters
    ----------
    grid : Grid
        Square cells.
    """

    def __init__(self, grid: Grid) -> None:
        row, column = (grid.cells[name].to_numpy() for name in ("row", "col"))
        self.cell_m = grid.cell_m
        self.at = (row - row.min(), column - column.min())
        self.shape = (int(self.at[0].max()) + 1, int(self.at[1].max()) + 1)
        self._mass: dict[float, Floats] = {}
        self._turned: dict[bytes, Any] = {}

    def lay(self, values: Floats) -> Floats:
        """Values of the cells (last axis) on the raster, 0 outside the grid."""
        raster = np.zeros((*values.shape[:-1], *self.shape), dtype=values.dtype)
        raster[..., *self.at] = values
        return raster

    def smooth(self, values: Floats, sd_m: float) -> Floats:
        """Spread values of the cells (last axis) with a Gaussian; outside the grid nothing is lost."""
        if sd_m <= 0:
            return values
        spread: Floats = self._blurred(self.lay(values / self.inside(sd_m)), sd_m)[..., *self.at]
        return spread

    def inside(self, sd_m: float) -> Floats:
        """Part of each cell's kernel that falls on cells."""
        if sd_m not in self._mass:
            there = self.lay(np.ones(self.at[0].size))
            self._mass[sd_m] = np.maximum(self._blurred(there, sd_m)[self.at], 1e-3)
        return self._mass[sd_m]

    def _blurred(self, raster: Floats, sd_m: float) -> Floats:
        from scipy.ndimage import gaussian_filter

        blurred: Floats = gaussian_filter(
            raster, sd_m / self.cell_m, mode="constant", truncate=3, axes=(-2, -1)
        )
        return blurred

    def around(self, values: Floats, kernel: Floats) -> Floats:
        """Sum of a kernel (odd sides, centred) around each cell; the transform of a kernel is remembered."""
        from scipy import fft

        margin = kernel.shape[0] // 2
        sides = [fft.next_fast_len(side + 2 * margin, real=True) for side in self.shape]
        key = kernel.tobytes()
        if key not in self._turned:
            self._turned[key] = fft.rfftn(kernel, sides)
        spread = fft.irfftn(fft.rfftn(self.lay(values), sides) * self._turned[key], sides)
        summed = spread[self.at[0] + margin, self.at[1] + margin]
        # The transform leaves rounding noise where there is nothing.
        return np.where(summed > 1e-9 * kernel.max(), summed, 0.0)

    def distances(self, reach_m: float) -> Floats:
        """Distance in metres from the middle of a kernel to each of its cells."""
        steps = int(reach_m // self.cell_m)
        side = np.arange(-steps, steps + 1) * self.cell_m
        away: Floats = np.hypot(side[:, None], side[None, :])
        return away


def _week_number(
    moments: pd.Series[pd.Timestamp],
    first: Week,
    n: int,
    what: str,
    delay: pd.Timedelta | None = None,
) -> Floats:
    """Whole weeks on the local clock since the first Monday; NaN where missing."""
    if len(moments) != n:
        raise SchemaError(
            "The {what}: needed {count}, one a point, given {moments_count}.",
            what=what,
            count=n,
            moments_count=len(moments),
        )
    local = moments.dt.tz_localize(None) - (delay or pd.Timedelta(0))
    return np.floor(((local - pd.Timestamp(first.monday)) / pd.Timedelta(days=7)).to_numpy(dtype=float))

"""Scores of single weeks: what each forecast caught within its budget of ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.stats.outlook.budget import Patches, group_codes, neighbour_table, shares_inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid
    from genk_geo.stats.outlook.record import WeekRecord

    Floats = npt.NDArray[np.float64]

#: The recapture rate compares with the incidents of so many weeks before.
BASE_WEEKS = 13
WEEK_COLUMNS = (
    "week", "model", "budget", "incidents", "caught", "best", "base_incidents", "base_caught", "log_score",
)  # fmt: skip


class Scorer:
    """Scores the forecasts of single weeks.

    Parameters
    ----------
    record : WeekRecord
        What happened.
    budgets : sequence of float
        Shares of the area.
    min_patch_cells : int
        As for :func:`genk_geo.stats.backtest`.
    spread_over : pandas.Series, optional
        As for :func:`genk_geo.stats.suggest`, where patches are scored.

    Examples
    --------
    In a sixteenth of the ground an even forecast catches a sixteenth of the incident:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 400, 400), cell_m=100)
    >>> moments = pd.Series(pd.date_range("2026-01-05", periods=20, freq="7D", tz="Europe/Brussels"))
    >>> first, last = Week(2026, 2), Week(2026, 21)
    >>> record = gg.stats.WeekRecord.from_incidents([[50, 50]] * 20, moments, grid, first=first, last=last)
    >>> scorer = gg.stats.Scorer(record, budgets=[1 / 16])
    >>> even = {"even": np.full(len(grid), 1 / 16)}
    >>> scorer.score(19, even)[["incidents", "caught", "best"]].values.tolist()
    [[1.0, 0.0625, 1.0]]
    """

    def __init__(
        self,
        record: WeekRecord,
        *,
        budgets: Sequence[float],
        min_patch_cells: int = 1,
        spread_over: pd.Series[str] | None = None,
    ) -> None:
        self._record, self._budgets = record, tuple(budgets)
        self._ground = BudgetGround(record.grid, min_patch_cells, spread_over)

    def score(self, week: int, expected: Mapping[str, Floats]) -> pd.DataFrame:
        """Score the forecasts of one week.

        Parameters
        ----------
        week : int
            Number of the week.
        expected : mapping of str to numpy.ndarray
            Expected counts per cell, by model.

        Returns
        -------
        pandas.DataFrame
            As :func:`backtest`, the rows of the week.
        """
        counts = self._record.counts(week)
        base = self._base_counts(week)
        best = self._ground.best(counts, self._budgets)
        rows = []
        for key, values in expected.items():
            inside = self._ground.inside(values, self._budgets)
            log_score = poisson_log_score(values, counts)
            rows += [
                (
                    pd.Timestamp(self._record.named(week).monday), key, budget, int(counts.sum()),
                    float((share * counts).sum()), best[at], int(base.sum()),
                    float((share * base).sum()), log_score,
                )
                for at, (budget, share) in enumerate(zip(self._budgets, inside, strict=True))
            ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(WEEK_COLUMNS))

    def _base_counts(self, week: int) -> Floats:
        record = self._record
        recent = record.seen(np.arange(week - BASE_WEEKS, week), week - 1)
        return np.bincount(record.cell[recent], minlength=len(record.grid)).astype(float)


class BudgetGround:
    """The ground that a budget buys in a grid.

    Parameters
    ----------
    grid : Grid
        Cells.
    min_patch_cells : int
        1: cells one by one, equal ones in proportion, by their area inside the boundary. More: whole cells in
        patches of at least so many.
    spread_over : pandas.Series, optional
        Group of each cell; the best patch of every group comes first.
    """

    def __init__(self, grid: Grid, min_patch_cells: int, spread_over: pd.Series[str] | None = None) -> None:
        area = grid.cells["area_m2"].to_numpy(float)
        self._least, self._total = min_patch_cells, area.sum()
        self._cost = area if min_patch_cells == 1 else np.full(len(grid), grid.cell_m**2)
        if min_patch_cells > 1:
            self._around = neighbour_table(grid)
        self._groups = None if spread_over is None else group_codes(spread_over)

    def inside(self, expected: Floats, budgets: Sequence[float]) -> Floats:
        """Share of each cell within each budget, shape (budgets, cells)."""
        limits = self._total * np.asarray(budgets)
        if self._least == 1:
            return shares_inside(expected, self._cost, limits)
        patches = Patches(expected, self._cost, self._around, least=self._least)
        inside = np.zeros((limits.size, expected.size))
        for row, limit in zip(inside, limits, strict=True):
            row[patches.within(float(limit), groups=self._groups)] = 1.0
        return inside

    def best(self, counts: Floats, budgets: Sequence[float]) -> Floats:
        """Most incidents that any choice of cells within each budget could hold."""
        inside = shares_inside(counts / self._cost, self._cost, self._total * np.asarray(budgets))
        return np.asarray((inside * counts).sum(axis=1))


def poisson_log_score(expected: Floats, counts: Floats) -> float:
    """Log likelihood of the counts of all cells: higher is better."""
    from scipy.special import gammaln

    return float((counts * np.log(expected) - expected - gammaln(counts + 1)).sum())

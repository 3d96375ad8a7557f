"""How many later incidents a risk map would have caught, beside a plain count of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Half-life of the baseline.
HALF_LIFE_WEEKS = 13.0
#: Shares of the area.
BUDGETS = (0.01, 0.02, 0.05)
METHODS = ("terrain", "decayed counts")
_REPLICATES = 999


def decayed_counts(cell: npt.NDArray[np.intp], age_weeks: npt.NDArray[np.int64], cells: int) -> Floats:
    """Past incidents per cell, each worth half as much for every 13 weeks of age."""
    # Ages are whole weeks: each power is taken once, not for a million incidents.
    worth = 0.5 ** (np.arange(age_weeks.max(initial=0) + 1) / HALF_LIFE_WEEKS)
    return np.bincount(cell, weights=worth[age_weeks], minlength=cells).astype(float)


def caught(priority: Floats, area: Floats, counts: Floats, budgets: Sequence[float]) -> Floats:
    """Incidents inside the highest cells that fill each budget of area.

    Cells of equal priority count in proportion to the part of them that the budget still reaches: what a
    draw among them would catch on average.

    Parameters
    ----------
    priority, area, counts : numpy.ndarray
        Of each cell.
    budgets : sequence of float
        Shares of the whole area.

    Returns
    -------
    numpy.ndarray
        One number a budget.
    """
    value, group = np.unique(-priority, return_inverse=True)
    ground = np.bincount(group, weights=area, minlength=len(value))
    events = np.bincount(group, weights=counts, minlength=len(value))
    edges = np.concatenate(([0.0], np.cumsum(ground)))
    inside: Floats = np.interp(
        np.asarray(budgets) * area.sum(), edges, np.concatenate(([0.0], np.cumsum(events)))
    )
    return inside


def compare(
    score: Floats,
    area: Floats,
    cell: npt.NDArray[np.intp],
    week: npt.NDArray[np.int64],
    first_test: int,
    *,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Capture of a score that was fixed before the test weeks, and of the baseline renewed every week.

    Parameters
    ----------
    score, area : numpy.ndarray
        Of each cell; the score knows nothing of the test weeks.
    cell, week : numpy.ndarray
        Cell and week number of each incident, of all weeks.
    first_test : int
        First test week; the baseline of a week knows all weeks before it.
    rng : numpy.random.Generator
        For the bootstrap over weeks.

    Returns
    -------
    pandas.DataFrame
        See ``capture`` of :class:`genk_geo.cpted.RiskTerrain`.
    """
    weeks = np.arange(first_test, int(week.max()) + 1)
    hits = np.zeros((len(METHODS), len(weeks), len(BUDGETS)))
    totals = np.zeros(len(weeks))
    for row, now in enumerate(weeks):
        counts = np.bincount(cell[week == now], minlength=len(area)).astype(float)
        past = week < now
        baseline = decayed_counts(cell[past], now - week[past], len(area))
        totals[row] = counts.sum()
        for method, priority in enumerate((score, baseline)):
            hits[method, row] = caught(priority, area, counts, BUDGETS)
    draws = rng.integers(0, len(weeks), size=(_REPLICATES, len(weeks)))
    rows = []
    for column, budget in enumerate(BUDGETS):
        for method, name in enumerate(METHODS):
            share = hits[method, :, column].sum() / totals.sum()
            drawn_total = totals[draws].sum(axis=1)
            drawn = hits[method, :, column][draws].sum(axis=1)[drawn_total > 0]
            low, high = np.quantile(drawn / drawn_total[drawn_total > 0], [0.025, 0.975])
            rows.append((budget, name, share, low, high, share / budget, int(totals.sum()), len(weeks)))
    return pd.DataFrame(rows, columns=list(CAPTURE_COLUMNS))


CAPTURE_COLUMNS = ("budget", "method", "capture", "low", "high", "pai", "incidents", "weeks")

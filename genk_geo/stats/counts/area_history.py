"""What the past of areas says: their level, their season, their restlessness.

References
----------
Marshall (1991), Applied Statistics 40; Clayton & Kaldor (1987), Biometrics 43.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.calendar import Week

    Floats = npt.NDArray[np.float64]

#: Weeks in a year, whole: the same place in the year, without a special case for week 53.
YEAR = 52
_SEASON_HALF_WIDTH = 4
_SEASON_YEARS = 4
# Prior weight of "no season" in incidents: a season is believed when it shows in more than these.
_SEASON_PRIOR = 16.0


def checked_history(history: pd.DataFrame, week: Week) -> pd.DataFrame:
    """The history, if it can be one: every Monday once and in order, counts of 0 or more."""
    index = history.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None:
        raise SchemaError("The history: needed an index of Mondays (naive dates), as weekly_counts gives.")
    if pd.Timestamp(week.monday) not in index:
        given = f"{index.min():%Y-%m-%d} to {index.max():%Y-%m-%d}" if len(index) else "no weeks"
        raise SchemaError(
            "The history: needed {week} (Monday {monday}), given {given}.",
            week=week,
            monday=week.monday,
            given=given,
        )
    steps = np.diff(index.to_numpy()).astype("timedelta64[h]").astype(int)
    if (index.day_of_week != 0).any() or (steps != 7 * 24).any():
        raise SchemaError("The history: needed every Monday once, in order, also weeks without incidents.")
    if not history.columns.is_unique:
        raise SchemaError("The history: needed one column an area, given an area twice.")
    if (history < 0).any(axis=None):
        raise SchemaError("The history: needed counts of 0 or more.")
    return history


class Season(NamedTuple):
    """Factor of the time of year on all areas together, and the variance of its logarithm."""

    factor: float
    variance: float


def build_season(y: Floats, here: int) -> Season:
    """Weeks around the same week of past years against the years around those, shrunk towards 1."""
    total = np.nansum(y, axis=1)
    seen: npt.NDArray[np.bool_] = np.any(np.isfinite(y), axis=1)
    found = expected = 0.0
    for years in range(1, _SEASON_YEARS + 1):
        middle = here - YEAR * years
        near = slice(middle - _SEASON_HALF_WIDTH, middle + _SEASON_HALF_WIDTH + 1)
        around = slice(middle - YEAR // 2, middle + YEAR // 2)
        if middle < YEAR // 2 or not np.all(seen[around]):
            continue
        found += total[near].sum()
        expected += total[around].mean() * (near.stop - near.start)
    factor = (found + _SEASON_PRIOR) / (expected + _SEASON_PRIOR)
    return Season(factor, 1.0 / (found + _SEASON_PRIOR) if expected > 0 else 0.0)


def level_prior(total: Floats, weeks: Floats) -> tuple[float, float]:
    """Gamma prior of the weekly level (shape, rate) by Marshall's moments over the areas."""
    if total.size < 4 or total.sum() == 0:
        return 0.5, 0.0  # too few areas to learn from: Jeffreys
    common = total.sum() / weeks.sum()
    between = (weeks * (total / weeks - common) ** 2).sum() / weeks.sum() - common / weeks.mean()
    # No difference between areas beyond chance: they share one level, known as well as all data allow.
    rate = min(common / between, weeks.sum()) if between > 0 else weeks.sum()
    return common * rate, rate


def pooled_dispersion(past: Floats) -> float:
    """Variance over mean of the weekly counts around each area's own mean, pooled; at least 1."""
    mean = np.nanmean(past, axis=0)
    lively = mean > 0
    if not lively.any():
        return 1.0
    chi2 = np.nansum((past[:, lively] - mean[lively]) ** 2 / mean[lively])
    freedom = np.isfinite(past[:, lively]).sum() - lively.sum()
    return float(max(chi2 / max(freedom, 1), 1.0))


def last_four(y: Floats, here: int) -> list[tuple[float, ...]]:
    """Counts of the last four weeks up to a row, for each area."""
    rows = [y[i] if i >= 0 else np.full(y.shape[1], np.nan) for i in range(here - 3, here + 1)]
    return [tuple(float(row[a]) for row in rows) for a in range(y.shape[1])]

"""A step in how much is reported: the whole city at once, from one week to the next.

A new app, another form or a source that joins makes all areas rise together and stay there. Compared with the
year before, every area would have more than expected for a year. A step is looked for in the total of all
areas, set against the season of past years, and believed when it is larger than chance and the restlessness
of the total explain, and when most areas took part in it: what one area does alone is news.

References
----------
Hawkins (1977), Journal of the American Statistical Association 72, for a shift at an unknown moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.calendar import Week
from genk_geo.errors import SchemaError
from genk_geo.stats.counts.area_history import YEAR, build_season, checked_history

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Weeks on record that it takes to tell a step from a season.
LEAST_RECORD = 2 * YEAR + YEAR // 2
#: Weeks on either side of a step, areas that can take part, and reports after it.
_LEAST_AFTER, _LEAST_BEFORE, _LEAST_AREAS, _LEAST_REPORTS = 3, 8, 4, 30
#: Standard errors that a step must be from none (some fifty moments are looked at, every week), and its size.
_SURE, _LEAST_FACTOR = 4.0, 1.2
#: Share of the areas, by their reports, that went more than half the step along.
_TAKING_PART = 0.6
#: Weeks that are alike: a total is as restless as it is over so long.
_BLOCK = 4


@dataclass(frozen=True)
class ReportingStep:
    """Since when so many times as many are reported.

    Attributes
    ----------
    since : Week
        First week at the new level.
    factor : float
        New level over old level.
    log_variance : float
        Variance of the logarithm of the factor.
    new_source : bool
        Whether a source began to report about then.

    Examples
    --------
    Half as much again in all of six areas, for the last eight of 156 weeks:

    >>> from genk_geo.calendar import Week
    >>> mondays = pd.date_range("2024-01-01", periods=157, freq="7D")
    >>> counts = np.random.default_rng(1).poisson(20, (157, 6))
    >>> counts[-8:] += np.random.default_rng(2).poisson(10, (8, 6))
    >>> history = pd.DataFrame(counts, index=mondays, columns=list("abcdef"))
    >>> step = gg.stats.reporting_step(history, week=Week.from_day(mondays[-1]))
    >>> step.since == Week.from_day(mondays[-8]), round(step.factor, 1)
    (True, 1.5)
    """

    since: Week
    factor: float
    log_variance: float
    new_source: bool = False

    def exposure(self, mondays: pd.DatetimeIndex) -> Floats:
        """Reports of each week for one of the newest: 1 since the step, less (or more) before."""
        return np.where(mondays >= pd.Timestamp(self.since.monday), 1.0, 1.0 / self.factor)


def reporting_step(
    history: pd.DataFrame, *, week: Week, sources: pd.DataFrame | None = None
) -> ReportingStep | None:
    """Find out whether reporting stepped up or down in the year before a week.

    Parameters
    ----------
    history : pandas.DataFrame
        Counts by Monday and area, as :func:`genk_geo.stats.weekly_counts` gives, of areas that together make
        the city; the week itself plays no part.
    week : Week
        Week that will be judged.
    sources : pandas.DataFrame, optional
        Counts by Monday and source, same weeks: to say whether one of them is new.

    Returns
    -------
    ReportingStep or None
        None when nothing stands out, with fewer than four areas, and with less than two and a half years on
        record: less cannot tell a step from a season.

    Raises
    ------
    SchemaError
        If the weeks are not consecutive Mondays, a count is negative, or the sources have other weeks.

    Examples
    --------
    One area that is busier is no step:

    >>> from genk_geo.calendar import Week
    >>> mondays = pd.date_range("2024-01-01", periods=157, freq="7D")
    >>> history = pd.DataFrame(np.random.default_rng(1).poisson(20, (157, 6)), index=mondays)
    >>> history.iloc[-8:, 0] += 60
    >>> gg.stats.reporting_step(history, week=Week.from_day(mondays[-1])) is None
    True
    """
    counts = checked_history(history, week)
    if sources is not None and not sources.index.equals(counts.index):
        raise SchemaError("The sources: needed the same weeks as the history.")
    here = int(np.flatnonzero(counts.index == pd.Timestamp(week.monday))[0])
    y = counts.to_numpy(dtype=float)
    if here < LEAST_RECORD or y.shape[1] < _LEAST_AREAS:
        return None
    seasons = [build_season(y, at) for at in range(here - YEAR, here)]
    unknown = float(np.mean([season.variance for season in seasons]))
    year = y[here - YEAR : here]
    # Of a week that is not known nothing is usual: it neither rises nor falls.
    usual = np.array([season.factor for season in seasons]) * np.isfinite(year).any(axis=1)
    past = np.nan_to_num(year)
    best = max(
        (
            _shift(past.sum(axis=1), usual, at, unknown)
            for at in range(_LEAST_BEFORE, YEAR - _LEAST_AFTER + 1)
        ),
        key=lambda shift: shift[0],
    )
    sure, at, size, variance = best
    if sure < _SURE or abs(size) < np.log(_LEAST_FACTOR) or past[at:].sum() < _LEAST_REPORTS:
        return None
    if _share_along(past, usual, at, size) < _TAKING_PART:
        return None
    since = Week.from_day(counts.index[here - YEAR + at].date())
    new = sources is not None and _one_is_new(
        np.nan_to_num(sources.to_numpy(dtype=float)[:here]), here - YEAR + at
    )
    return ReportingStep(since, float(np.exp(size)), variance, new)


def _shift(total: Floats, usual: Floats, at: int, unknown: float) -> tuple[float, int, float, float]:
    """How sure a shift at a week is, the week, its size and the variance of that, in logarithms."""
    before, after = total[:at].sum(), total[at:].sum()
    if min(before, after) <= 0:
        return 0.0, at, 0.0, np.inf
    level = before / usual[:at].sum(), after / usual[at:].sum()
    size = float(np.log(level[1] / level[0]))
    mean = usual * np.where(np.arange(total.size) < at, *level)
    variance = _restlessness(total, mean) * (1.0 / before + 1.0 / after + unknown)
    return abs(size) / float(np.sqrt(variance)), at, size, float(variance)


def _restlessness(total: Floats, mean: Floats) -> float:
    """Variance over mean around the fitted levels, by one week or by four, whichever is more; at least 1."""
    found = [1.0]
    for length in (1, _BLOCK):
        whole = total.size // length * length
        seen, fitted = (values[-whole:].reshape(-1, length).sum(axis=1) for values in (total, mean))
        seen, fitted = seen[fitted > 0], fitted[fitted > 0]
        found.append(float(((seen - fitted) ** 2 / fitted).sum() / max(seen.size - 2, 1)))
    return max(found)


def _share_along(past: Floats, usual: Floats, at: int, size: float) -> float:
    """Share of the areas, by what they had before, that went more than half the step along."""
    before, after = past[:at].sum(axis=0), past[at:].sum(axis=0)
    seen = before > 0
    halfway = before * usual[at:].sum() / usual[:at].sum() * np.exp(size / 2.0)
    along = after > halfway if size > 0 else after < halfway
    return float((before * along)[seen].sum() / before[seen].sum())


def _one_is_new(sources: Floats, at: int) -> bool:
    """Whether a source had nothing until some weeks before the step, and has reported since."""
    begins = max(at - _BLOCK, 0)
    new = (np.nansum(sources[:begins], axis=0) == 0) & (np.nansum(sources[begins:], axis=0) > 0)
    return bool(new.any())

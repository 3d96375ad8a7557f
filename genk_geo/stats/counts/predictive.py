"""What the past lets one expect of the count of each area: mean and variance of the next week.

The level of an area is its mean over the last 52 weeks, each set against the season and, where reporting
stepped up or down, against the step; shrunk towards the other areas (empirical Bayes, Marshall's moments),
and carried on with the growth of the whole city from one year to the next. The variance grows with the mean
and with its square: a wijk that has a good month has it in all its streets, so that large areas vary by more
than a fixed multiple of their mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.stats.counts.area_history import YEAR, build_season, level_prior
from genk_geo.stats.inference.excess_variance import fit_excess

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Weeks of history below which nothing is expected.
MIN_WEEKS = 8
#: Growth of a city in a year, in logarithms, before anything is seen: none, give or take so much.
_GROWTH_PRIOR = 0.25**2
_BLOCK = 4


class Predicted(NamedTuple):
    """Mean and variance of the count of each area; NaN where the past does not reach."""

    mean: Floats
    variance: Floats


class Level(NamedTuple):
    """What a step in reporting makes of the past: exposure of each week, variance of its logarithm."""

    exposure: Floats
    log_variance: float


def predict(y: Floats, here: int, level: Level | None = None) -> Predicted:
    """Predict the counts of a week from those before it.

    Parameters
    ----------
    y : numpy.ndarray
        Counts, shape (weeks, areas); NaN = not observed.
    here : int
        Row of the week.
    level : Level, optional
        Exposure of each row of `y`, and how well it is known.
    """
    exposure = np.ones(len(y)) if level is None else level.exposure
    equal = y / exposure[:, None]
    begin = max(here - YEAR, 0)
    past = y[begin:here]
    season = build_season(equal, here)
    share = exposure[begin:here] * np.array([build_season(equal, at).factor for at in range(begin, here)])
    seen = np.isfinite(past)
    known = seen.sum(axis=0) >= MIN_WEEKS
    nothing = np.full(y.shape[1], np.nan)
    if not known.any():
        return Predicted(nothing, nothing.copy())
    weeks = (seen * share[:, None]).sum(axis=0)
    total = np.nansum(past, axis=0)
    shape, rate = level_prior(total[known], weeks[known])
    growth, growth_variance = _growth(equal, here)
    factor = season.factor * np.exp(growth)
    log_variance = season.variance + growth_variance
    if level is not None:
        # Only what was before the step leans on its size.
        before = exposure[begin:here] != exposure[here]
        log_variance += level.log_variance * float(share[before].sum() / share.sum()) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        weekly = (total + shape) / (weeks + rate)
        mean = weekly * factor
        ratio = _ratio(past, share, known, mean)
        variance = ratio * mean * (1.0 + factor / (weeks + rate)) + mean**2 * log_variance
    return Predicted(np.where(known, mean, np.nan), np.where(known, variance, np.nan))


def _ratio(past: Floats, share: Floats, known: npt.NDArray[np.bool_], mean: Floats) -> Floats:
    """Variance over mean of the count of each area, from how all of them varied around their own level."""
    seen = np.isfinite(past)
    weeks = (seen * share[:, None]).sum(axis=0)
    usual = np.nansum(past, axis=0) / np.where(weeks > 0, weeks, np.nan) * share[:, None]
    freedom = seen.sum(axis=0) - 1.0
    used = known & (np.nansum(past, axis=0) > 0) & (freedom > 0)
    chi2 = np.nansum((past - usual)[:, used] ** 2 / usual[:, used], axis=0)
    typical = np.nanmean(np.where(seen, usual, np.nan)[:, used], axis=0)
    excess, slope = fit_excess(freedom[used], typical, chi2 / freedom[used])
    return 1.0 + excess + slope * np.nan_to_num(mean)


def _growth(equal: Floats, here: int) -> tuple[float, float]:
    """Growth of all areas together from the middle of the last year until now, and the variance of that.

    A year against the year before knows no season. Drawn towards no growth as far as it is chance.
    """
    if here < 2 * YEAR or not np.all(np.isfinite(equal[here - 2 * YEAR : here]).any(axis=1)):
        return 0.0, 0.0
    total = np.nansum(equal, axis=1)
    earlier, later = total[here - 2 * YEAR : here - YEAR], total[here - YEAR : here]
    if min(earlier.sum(), later.sum()) <= 0:
        return 0.0, 0.0
    blocks = later.reshape(-1, _BLOCK).sum(axis=1)
    ratio = max(float(blocks.var(ddof=1) / blocks.mean()), 1.0)
    variance = ratio * (1.0 / earlier.sum() + 1.0 / later.sum())
    kept = _GROWTH_PRIOR / (_GROWTH_PRIOR + variance)
    half = 0.5 * kept * float(np.log(later.sum() / earlier.sum()))
    return half, 0.25 * kept * variance

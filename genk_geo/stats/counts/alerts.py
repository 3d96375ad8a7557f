"""Weekly alerts by area: counts that are higher than the past lets one expect.

Lively areas are judged by Farrington Flexible with negative binomial quantiles, areas with few incidents by
the exact gamma-Poisson predictive distribution with a rate that is drawn towards that of all areas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.counts.area_history import YEAR, checked_history, last_four
from genk_geo.stats.counts.expected import level_of
from genk_geo.stats.counts.farrington import (
    PUBLISHED,
    Expected,
    FarringtonSettings,
    delta_limit,
    expected_counts,
)
from genk_geo.stats.counts.predictive import MIN_WEEKS, Level, predict
from genk_geo.stats.inference.false_discovery import q_values

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.calendar import Week
    from genk_geo.stats.counts.reporting_step import ReportingStep

    Floats = npt.NDArray[np.float64]

Uncertainty = Literal["predictive", "plugin", "delta"]

#: Mean weekly count below which the regression has too little to go by.
SPARSE_BELOW = 2.0
#: The regression needs blocks of the year that were seen at least twice.
MIN_YEARS = 2


class _Judged(NamedTuple):
    """Mean, upper limit and upper tail of the observed count, one an area."""

    expected: Floats
    upper: Floats
    p_value: Floats


def farrington(
    history: pd.DataFrame,
    *,
    week: Week,
    settings: FarringtonSettings = PUBLISHED,
    alpha: float = 0.01,
    uncertainty: Uncertainty = "plugin",
) -> pd.DataFrame:
    """Judge a week by the Farrington Flexible regression, all areas at once.

    Parameters
    ----------
    history : pandas.DataFrame
        Counts by Monday and area, as :func:`genk_geo.stats.weekly_counts` gives, the week itself included;
        NaN where an area was not observed.
    week : Week
        Week to judge.
    settings : FarringtonSettings, optional
        What the regression looks at; those of the published method by default. A trend is fitted from three
        years on and followed unless it leads beyond the highest count ever seen.
    alpha : float, default 0.01
        Tail above the upper limit.
    uncertainty : {"plugin", "predictive", "delta"}, default "plugin"
        "plugin" takes the fitted mean and dispersion for the truth, as is usual; "predictive" widens the
        negative binomial by the variance of the fitted mean, and takes at least the areas' median
        dispersion with every week weighing the same; "delta" gives the limit of the first method of 1996
        (normal after the power 2/3), and the p-value of "plugin".

    Returns
    -------
    pandas.DataFrame
        Index: areas; ``observed``, ``expected``, ``upper`` (largest count that is no alarm), ``dispersion``,
        ``p_value`` (probability of at least so many). NaN where the week or all of the past is unobserved.

    Raises
    ------
    SchemaError
        If the history does not reach back far enough, or is not one of consecutive Mondays.
    ConfigError
        If a setting is impossible.

    Examples
    --------
    6 is a usual count; from 10 on it would be an alarm:

    >>> from genk_geo.calendar import Week
    >>> mondays = pd.date_range("2022-01-03", periods=230, freq="7D")
    >>> history = pd.DataFrame({"noord": [3, 5, 4, 2, 6] * 46}, index=mondays)
    >>> found = gg.stats.farrington(history, week=Week.from_day(mondays[-1]))
    >>> found.loc["noord", ["observed", "expected", "upper"]].round(1).tolist()
    [6.0, 4.0, 9.0]
    """
    counts = checked_history(history, week)
    _check(alpha, uncertainty)
    here = int(np.flatnonzero(counts.index == pd.Timestamp(week.monday))[0])
    if here < settings.reach:
        raise SchemaError(
            "The history begins {here} weeks before {week}, needed {reach} for {years} years.",
            here=here,
            week=week,
            reach=settings.reach,
            years=settings.years,
        )
    y = counts.to_numpy(dtype=float)
    judged, fitted = _by_regression(y, here, settings, alpha, uncertainty)
    return pd.DataFrame(
        {
            "observed": y[here],
            "expected": judged.expected,
            "upper": judged.upper,
            "dispersion": np.where(np.isfinite(judged.expected), fitted.dispersion, np.nan),
            "p_value": judged.p_value,
        },
        index=pd.Index(counts.columns, name="area"),
    )


def alerts(
    history: pd.DataFrame,
    *,
    week: Week,
    level: float = 0.05,
    alpha: float = 0.01,
    years: int = 4,
    sparse_below: float = SPARSE_BELOW,
    step: ReportingStep | None = None,
) -> pd.DataFrame:
    """List which areas had more incidents in a week than the past lets one expect.

    Parameters
    ----------
    history : pandas.DataFrame
        Counts by Monday and area, as :func:`genk_geo.stats.weekly_counts` gives, the week itself included.
    week : Week
        Week to judge; later weeks are not looked at.
    level : float, default 0.05
        False-discovery rate over the areas at which an alert is given.
    alpha : float, default 0.01
        Tail above the upper limit that is shown.
    years : int, default 4
        Most years that the regression looks back.
    sparse_below : float, default 2
        Areas with a lower mean weekly count over the last year, and all areas while there are less than two
        whole years of history, are judged by the gamma-Poisson distribution.
    step : ReportingStep, optional
        As :func:`genk_geo.stats.reporting_step` finds it. The regression looks back on years before the step,
        so all areas are judged by the gamma-Poisson distribution, with the weeks before it at the new level.

    Returns
    -------
    pandas.DataFrame
        Index: areas. ``observed``, ``expected``, ``upper``, ``p_value``, ``q_value`` (over the areas),
        ``alert`` (q at most `level`), ``method`` ("farrington", "gamma_poisson", "none" where fewer than 8
        weeks of the last year were observed), ``last_year`` (count 52 weeks earlier) and ``trend`` (tuple of
        the last four counts, oldest first). Sorted by p-value, then by name.

    Raises
    ------
    SchemaError
        If the history is not one of consecutive Mondays, or lacks the week.
    ConfigError
        If a level is impossible.

    Examples
    --------
    15 where 3 or 4 are usual, and a usual week elsewhere:

    >>> from genk_geo.calendar import Week
    >>> mondays = pd.date_range("2025-01-06", periods=60, freq="7D")
    >>> history = pd.DataFrame({"noord": [3, 5, 4, 2] * 15, "zuid": [1, 2, 0, 1] * 15}, index=mondays)
    >>> history.iloc[-1, 0] = 15
    >>> gg.stats.alerts(history, week=Week(2026, 9))["alert"].to_dict()
    {'noord': True, 'zuid': False}
    """
    counts = checked_history(history, week)
    _check(alpha, "predictive")
    _check(level, "predictive", "level")
    here = int(np.flatnonzero(counts.index == pd.Timestamp(week.monday))[0])
    y = counts.to_numpy(dtype=float)
    judged = _by_shrunk_rate(y, here, level_of(step, counts), alpha)
    method = np.where(np.isfinite(judged.expected), "gamma_poisson", "none").astype(object)
    span = min(years, (here - PUBLISHED.half_window) // YEAR)
    if span >= MIN_YEARS and step is None:
        past = y[here - YEAR : here]
        seen = np.isfinite(past).sum(axis=0)
        lively = (seen >= MIN_WEEKS) & (np.nansum(past, axis=0) >= sparse_below * np.maximum(seen, 1))
        if lively.any():
            found, _ = _by_regression(y[:, lively], here, FarringtonSettings(years=span), alpha, "predictive")
            for whole, part in zip(judged, found, strict=True):
                whole[lively] = part
            method[lively] = "farrington"
    q = q_values(judged.p_value)
    table = pd.DataFrame(
        {
            "observed": y[here],
            "expected": judged.expected,
            "upper": judged.upper,
            "p_value": judged.p_value,
            "q_value": q,
            "alert": q <= level,
            "method": method,
            "last_year": y[here - YEAR] if here >= YEAR else np.nan,
            "trend": last_four(y, here),
        },
        index=pd.Index(counts.columns, name="area"),
    )
    return table.sort_index().sort_values("p_value", kind="stable")


def _by_regression(
    y: Floats, here: int, settings: FarringtonSettings, alpha: float, uncertainty: Uncertainty
) -> tuple[_Judged, Expected]:
    fitted = expected_counts(y, here, settings)
    mean, ratio = fitted.mean, fitted.dispersion
    if uncertainty == "predictive":
        # Weighing down what stands out takes chance for outbreak at times: all areas together say how often.
        ratio = np.maximum(ratio, np.median(fitted.whole_dispersion))
        ratio = ratio + mean * np.expm1(np.minimum(fitted.log_variance, 5.0))
    seen = np.isfinite(y[:here]).any(axis=0)
    judged = _tail(y[here], np.where(seen, mean, np.nan), ratio, alpha)
    if uncertainty == "delta":
        judged = judged._replace(upper=np.where(seen, delta_limit(fitted, alpha), np.nan))
    return judged, fitted


def _by_shrunk_rate(y: Floats, here: int, level: Level | None, alpha: float) -> _Judged:
    """Negative binomial with the mean and variance that the last year and all areas predict."""
    mean, variance = predict(y, here, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(mean > 0, variance / mean, 1.0)
    return _tail(y[here], mean, ratio, alpha)


def _tail(observed: Floats, mean: Floats, ratio: Floats, alpha: float) -> _Judged:
    """Upper limit and tail of negative binomial counts with variance = ratio * mean."""
    from scipy.stats import nbinom, poisson

    known = np.isfinite(mean)
    m, r = np.where(known, mean, 1.0), np.where(known, ratio, 1.0)
    wide = r > 1.0 + 1e-9
    size, chance = m / np.where(wide, r - 1.0, 1.0), 1.0 / np.where(wide, r, 2.0)
    upper = np.where(wide, nbinom.ppf(1.0 - alpha, size, chance), poisson.ppf(1.0 - alpha, m))
    x = np.where(np.isfinite(observed), observed, 0.0) - 1.0
    tail = np.where(wide, nbinom.sf(x, size, chance), poisson.sf(x, m))
    p = np.where(known & np.isfinite(observed), tail, np.nan)
    return _Judged(np.where(known, mean, np.nan), np.where(known, upper, np.nan), p)


def _check(alpha: float, uncertainty: str, name: str = "alpha") -> None:
    if not 0 < alpha < 1:
        raise ConfigError("{name}: given {alpha}, needed a share between 0 and 1.", name=name, alpha=alpha)
    if uncertainty not in ("plugin", "predictive", "delta"):
        raise ConfigError(
            "uncertainty: given {uncertainty!r}, needed plugin, predictive or delta.", uncertainty=uncertainty
        )

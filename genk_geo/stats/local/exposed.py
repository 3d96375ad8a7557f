"""Window counts against an exposure: observed, expected, tails and relative risk.

References
----------
Benjamini & Yekutieli (2005), Journal of the American Statistical Association 100, for intervals of what was
selected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.inference.tails import (
    binomial_interval,
    binomial_tails,
    mean_interval,
    overdispersed_tails,
    upper_tail,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.inference.false_discovery import Alternative
    from genk_geo.stats.local.cells import Cells

    Floats = npt.NDArray[np.float64]


class Exposed(NamedTuple):
    """z, tails, observed, expected and the interval of the relative risk, one of each a cell."""

    z: Floats
    upper: Floats
    lower: Floats
    observed: Floats
    expected: Floats
    risk_low: Floats
    risk_high: Floats


def exposed(
    cells: Cells,
    exposure: Floats,
    *,
    star: bool,
    dispersion: float | Floats | None,
    level: float | None,
    alternative: Alternative = "two-sided",
) -> Exposed:
    """Judge every window given the total count and its share of the exposure; no `level`, no interval.

    Lower tails that `alternative` does not ask for are NaN: they take longer than all else.
    """
    _check(cells, dispersion, level)
    part = cells.part & np.isfinite(exposure)
    y, around = np.where(part, cells.y, 0.0), cells.links.among(part)
    e = np.where(part, exposure, 0.0)
    observed, share = around.sum(y), around.sum(e)
    total, whole = np.full(y.shape, y.sum()), np.full(y.shape, e.sum())
    degree = around.power_sums()[0]
    if star:
        observed, share = observed + y, share + e
    else:
        total, whole = total - y, whole - e
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.minimum(share / whole, 1.0)
        expected = total * chance
        spread = np.sqrt(expected * (1.0 - chance) * (1.0 if dispersion is None else dispersion))
        z = np.where(chance < 1, (observed - expected) / spread, np.nan)
        if dispersion is None:
            upper, lower = binomial_tails(observed, total, chance)
        elif alternative == "greater":
            upper, lower = upper_tail(observed, expected, dispersion), np.full(y.shape, np.nan)
        else:
            upper, lower = overdispersed_tails(observed, expected, dispersion)
    z = np.where(np.isfinite(z), z, np.nan)
    low = high = np.full(y.shape, np.nan)
    if level is not None:
        low, high = risk_interval(observed, expected, total=total, dispersion=dispersion, level=level)
    shown = part & (share > 0) & (star | (degree > 0))
    found = (z, upper, lower, observed, expected, low, high)
    return Exposed(*(np.where(shown, values, np.nan) for values in found))


def risk_interval(
    observed: Floats,
    expected: Floats,
    *,
    total: Floats,
    dispersion: float | Floats | None,
    level: float,
    selected_from: int | None = None,
) -> tuple[Floats, Floats]:
    """Mid-p interval of the relative risk of windows; it takes most of the time, so ask what is shown.

    Windows that are shown because they are high are higher than they are in truth: of 95 % intervals of such
    windows far more than 5 % miss. With `selected_from` the intervals are wider, so that of all that are
    shown at most 1 - `level` miss on average (false coverage rate).

    Parameters
    ----------
    observed, expected : numpy.ndarray of float
        Incidents of each window, and what its exposure explains.
    total : numpy.ndarray of float
        Incidents of the whole city, for each window.
    dispersion : float or numpy.ndarray of float, optional
        Variance over mean; without it the count is binomial.
    level : float
        Confidence.
    selected_from : int, optional
        Number of windows that were looked at, of which those given were chosen for their counts; without
        it each interval is that of a window that was chosen beforehand.

    Returns
    -------
    tuple of numpy.ndarray of float
        Lower and upper bound of observed over expected; NaN where nothing is expected.
    """
    level = _after_selection(level, observed.size, selected_from)
    with np.errstate(divide="ignore", invalid="ignore"):
        if dispersion is None:
            low, high = (bound * total / expected for bound in binomial_interval(observed, total, level))
        else:
            low, high = (bound / expected for bound in mean_interval(observed, dispersion, level))
    return np.where(expected > 0, low, np.nan), np.where(expected > 0, high, np.nan)


def _after_selection(level: float, shown: int, looked_at: int | None) -> float:
    """Level of each interval, so that of those shown `level` hold the truth."""
    if looked_at is None or shown == 0:
        return level
    if looked_at < shown:
        raise ConfigError(
            "selected_from: given {looked_at}, needed at least the {shown} that are shown.",
            looked_at=looked_at,
            shown=shown,
        )
    return 1.0 - (1.0 - level) * shown / looked_at


def _check(cells: Cells, dispersion: float | Floats | None, level: float | None) -> None:
    if cells.links.weight is not None:
        raise SchemaError(
            "The graph has unequal weights. Needed with an exposure: equal weights a cell "
            '(graph.transform("b")).'
        )
    ratio = np.ones(1) if dispersion is None else np.atleast_1d(np.asarray(dispersion, dtype=float))
    wrong = ratio[~(np.isfinite(ratio) & (ratio >= 1))]
    if wrong.size:
        raise ConfigError(
            "dispersion: given {wrong:g}, needed variance over mean, 1 or more.", wrong=wrong[0]
        )
    if level is not None and not 0 < level < 1:
        raise ConfigError("level: given {level}, needed a share between 0 and 1, such as 0.95.", level=level)

"""Tails of window counts given an expectation, and the interval of the relative risk.

Given the total the count of a window is binomial; where history shows more variation than that it is negative
binomial with a variance that is a constant times the mean (so that sums of windows are of the same family).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Halvings of the search interval: the bounds are known to twelve digits.
_HALVINGS = 60
_TINY = 1e-300


def binomial_tails(observed: Floats, total: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """P(X >= observed) and P(X <= observed) of a binomial count."""
    from scipy.special import betainc, betaincc

    upper = np.where(observed > 0, betainc(np.maximum(observed, _TINY), total - observed + 1.0, chance), 1.0)
    rest = np.maximum(total - observed, _TINY)
    lower = np.where(observed < total, betaincc(observed + 1.0, rest, chance), 1.0)
    return upper, lower


def overdispersed_tails(
    observed: Floats, expected: Floats, dispersion: float | Floats
) -> tuple[Floats, Floats]:
    """P(X >= observed) and P(X <= observed) of a negative binomial with variance = dispersion * mean.

    With a dispersion of 1 the count is Poisson.
    """
    return upper_tail(observed, expected, dispersion), _lower_tail(observed, expected, dispersion)


def upper_tail(observed: Floats, expected: Floats, dispersion: float | Floats) -> Floats:
    """P(X >= observed) alone, of the counts of :func:`overdispersed_tails`: in half the time."""
    from scipy.special import betainc, gammainc

    some = np.maximum(observed, _TINY)
    above = _by_restlessness(
        dispersion, expected,
        lambda size, extra: betainc(some, size, extra), lambda: gammainc(some, expected),
    )  # fmt: skip
    return np.where(observed > 0, above, 1.0)


def exactly(observed: Floats, expected: Floats, dispersion: float | Floats) -> Floats:
    """P(X = observed) of the counts of :func:`overdispersed_tails`."""
    from scipy.special import gammaln, xlog1py, xlogy

    def restless(size: Floats, extra: Floats) -> Floats:
        ways = gammaln(observed + size) - gammaln(size) - gammaln(observed + 1.0)
        chance: Floats = np.exp(ways + xlogy(observed, extra) + xlog1py(size, -extra))
        return chance

    def calm() -> Floats:
        chance: Floats = np.exp(xlogy(observed, expected) - expected - gammaln(observed + 1.0))
        return chance

    return _by_restlessness(dispersion, expected, restless, calm)


def _lower_tail(observed: Floats, expected: Floats, dispersion: float | Floats) -> Floats:
    from scipy.special import betaincc, gammaincc

    more = observed + 1.0
    return _by_restlessness(
        dispersion, expected,
        lambda size, extra: betaincc(more, size, extra), lambda: gammaincc(more, expected),
    )  # fmt: skip


def _by_restlessness(
    dispersion: float | Floats,
    expected: Floats,
    restless: Callable[[Floats, Floats], Floats],
    calm: Callable[[], Floats],
) -> Floats:
    """Negative binomial (by its size and the chance of one more) where restless, Poisson elsewhere."""
    excess = np.asarray(dispersion, dtype=float) - 1.0
    over = excess >= 1e-9
    if not over.any():
        return calm()
    excess = np.where(over, excess, 1.0)
    found = restless(np.maximum(expected / excess, _TINY), excess / (1.0 + excess))
    return found if over.all() else np.where(over, found, calm())


def poisson_tail(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """P(X >= observed) of a Poisson count with mean `expected`.

    Examples
    --------
    Where three are expected, three or more are usual and eight or more are not:

    >>> gg.stats.poisson_tail([3, 8], 3.0).round(4).tolist()
    [0.5768, 0.0119]
    """
    x, mean = np.broadcast_arrays(np.asarray(observed, dtype=float), np.asarray(expected, dtype=float))
    return upper_tail(x, mean, 1.0)


def binomial_interval(observed: Floats, total: Floats, level: float) -> tuple[Floats, Floats]:
    """Mid-p interval of the chance of a binomial count, one a pair of observed and total."""

    def tails(x: Floats, n: Floats, chance: Floats) -> tuple[Floats, Floats]:
        return binomial_tails(x, n, chance)

    return _mid_p_interval(observed, total, level, tails, lambda x, _: np.ones_like(x))


def mean_interval(observed: Floats, dispersion: float | Floats, level: float) -> tuple[Floats, Floats]:
    """Mid-p interval of the mean of an over-dispersed (or, with dispersion 1, Poisson) count."""
    ratio = np.broadcast_to(np.asarray(dispersion, dtype=float), observed.shape)

    def tails(x: Floats, over: Floats, mean: Floats) -> tuple[Floats, Floats]:
        return overdispersed_tails(x, mean, over)

    def far(x: Floats, over: Floats) -> Floats:
        return x + 40.0 * over + 20.0 * np.sqrt(over * (x + 1.0))

    return _mid_p_interval(observed, ratio, level, tails, far)


def _mid_p_interval(
    observed: Floats,
    other: Floats,
    level: float,
    tails: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]],
    largest: Callable[[Floats, Floats], Floats],
) -> tuple[Floats, Floats]:
    """Parameters at which half of the observed count's probability plus the tail beyond it is (1-level)/2.

    Thousands of cells share a few pairs of the observed and the other number (total, or dispersion): each
    pair is solved once.
    """
    low, high = np.full(observed.shape, np.nan), np.full(observed.shape, np.nan)
    counted = np.isfinite(observed) & np.isfinite(other)
    pairs, place = np.unique(
        np.stack([observed[counted], other[counted]], axis=1), axis=0, return_inverse=True
    )
    x, n = pairs[:, 0], pairs[:, 1]
    target = (1.0 - level) / 2.0

    def above(value: Floats) -> Floats:  # mid-p upper tail, grows with the parameter
        upper, lower = tails(x, n, value)
        return upper - 0.5 * np.maximum(upper + lower - 1.0, 0.0)

    found_low = np.where(x > 0, _solve(above, target, largest(x, n)), 0.0)
    found_high = _solve(above, 1.0 - target, largest(x, n))
    low[counted], high[counted] = found_low[place.ravel()], found_high[place.ravel()]
    return low, high


def _solve(rising: Callable[[Floats], Floats], target: float, largest: Floats) -> Floats:
    left, right = np.zeros_like(largest), largest.copy()
    for _ in range(_HALVINGS):
        middle = 0.5 * (left + right)
        short = rising(middle) < target
        left, right = np.where(short, middle, left), np.where(short, right, middle)
    return 0.5 * (left + right)

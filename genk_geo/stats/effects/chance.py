"""How far counts go from what is expected where nothing was done, and what that leaves to be told.

References
----------
Abadie, Diamond & Hainmueller (2010), Journal of the American Statistical Association 105, for ranks among
places where nothing was done. Holm (1979), Scandinavian Journal of Statistics 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from genk_geo.stats.inference.excess_variance import fit_excess
from genk_geo.stats.inference.tails import overdispersed_tails

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# A place where something else happened is no measure of chance: residuals count up to so often the usual.
_FAR = 3.0
# Median of the absolute value of a standard normal number.
_MEDIAN = 0.6745
_HALVINGS = 60
#: No ratio above this is looked for.
_MOST = 64.0


@dataclass(frozen=True)
class Spread:
    """Variance over mean of a count that is expected: ``1 + level + growth * expected``.

    The growth is what does not average out over weeks: shocks of a wijk, drift of a place, the error of the
    expectation itself.
    """

    level: float
    growth: float

    @classmethod
    def fit(cls, observed: Floats, expected: Floats) -> Self:
        """Fit to places where nothing was done."""
        some = expected > 0
        mean = expected[some]
        off = (observed[some] - mean) / np.sqrt(mean)
        usual = max(float(np.median(np.abs(off))) / _MEDIAN, 1.0) if off.size else 1.0
        off = np.clip(off, -_FAR * usual, _FAR * usual)
        return cls(*fit_excess(np.ones(mean.size), mean, off**2))

    def dispersion(self, expected: Floats) -> Floats:
        """Variance over mean at each expectation."""
        return 1.0 + self.level + self.growth * expected

    def tails(self, observed: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
        """P(X >= observed) and P(X <= observed)."""
        x, mean = np.asarray(observed, dtype=float), np.maximum(np.asarray(expected, dtype=float), 1e-9)
        x, mean = np.broadcast_arrays(x, mean)
        return overdispersed_tails(x, mean, self.dispersion(mean))

    def lower(self, observed: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
        """P(X <= observed)."""
        return self.tails(observed, expected)[1]

    def scores(self, observed: Floats, expected: Floats) -> Floats:
        """Normal scores of the counts: 0 as expected, -2 as low as one in forty; alike at any size."""
        from scipy.special import ndtri

        upper, lower = self.tails(observed, expected)
        middle = lower - 0.5 * np.maximum(upper + lower - 1.0, 0.0)
        found: Floats = ndtri(np.clip(middle, 1e-12, 1.0 - 1e-12))
        return found

    def ratio_interval(self, observed: int, expected: float, level: float) -> tuple[float, float]:
        """Ratios between which the count may be, ``level`` of the time."""
        if expected <= 0:
            return 0.0, float("inf")
        tail = (1.0 - level) / 2.0
        high = _solve(lambda ratio: tail - float(self.lower(observed, ratio * expected)))
        if observed == 0:
            return 0.0, high
        low = _solve(lambda ratio: float(self.tails(observed, ratio * expected)[0]) - tail)
        return low, high


def _solve(rising: Callable[[float], float]) -> float:
    left, right = 0.0, _MOST
    if rising(right) < 0:
        return float("inf")
    for _ in range(_HALVINGS):
        middle = 0.5 * (left + right)
        left, right = (middle, right) if rising(middle) < 0 else (left, middle)
    return 0.5 * (left + right)


def rank_chance(score: float, placebos: Floats) -> float:
    """Share of the places where nothing was done, the place itself among them, that fell as far."""
    return float((1 + (placebos <= score).sum()) / (1 + placebos.size))


def holm(p: Sequence[float]) -> list[float]:
    """p-values corrected for looking at several outcomes, Holm's way; NaN is no test.

    Examples
    --------
    >>> from genk_geo.stats.effects.chance import holm
    >>> [round(one, 3) for one in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p, dtype=float)
    tested = np.flatnonzero(np.isfinite(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    stepped = given[order] * (order.size - np.arange(order.size))
    corrected = given.copy()
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1.0) if order.size else stepped
    return [float(one) for one in corrected]

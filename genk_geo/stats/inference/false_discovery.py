"""False-discovery correction and the classes that a map shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError
from genk_geo.schema import HOTSPOT_CLASSES

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Alternative = Literal["greater", "less", "two-sided"]

# Thresholds of q, weakest class first; class names are HOTSPOT_CLASSES, cold 99 ... hot 99.
_LEVELS = (0.10, 0.05, 0.01)
_NEUTRAL = HOTSPOT_CLASSES.index("not significant")
_CLASSES = pd.CategoricalDtype(list(HOTSPOT_CLASSES), ordered=True)


def q_values(p: npt.ArrayLike) -> Floats:
    """Benjamini-Hochberg q-values; NaN is no test and stays NaN.

    Parameters
    ----------
    p : array_like
        p-values of any shape: cells, or cells by weeks, which are then corrected together.

    Returns
    -------
    numpy.ndarray
        Smallest false-discovery rate at which each test is called, same shape.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    Three tests; what is missing is none:

    >>> gg.stats.q_values([0.001, 0.02, np.nan, 0.5]).round(3).tolist()
    [0.003, 0.03, nan, 0.5]
    """
    p = np.asarray(p, dtype=float)
    tested = np.isfinite(p)
    q = np.full(p.shape, np.nan)
    if not tested.any():
        return q
    # On sparse counts a few distinct p-values are shared by thousands of cells: rank those.
    values, inverse, times = np.unique(p[tested], return_inverse=True, return_counts=True)
    ranked = values * (inverse.size / np.cumsum(times))
    lowest = np.minimum.accumulate(ranked[::-1])[::-1]
    q[tested] = np.minimum(lowest, 1.0)[inverse.ravel()]
    return q


def classify(q: Floats, hot: npt.NDArray[np.bool_]) -> pd.Categorical:
    """Ordered classes from q-values: 99, 95 or 90, hot or cold; NaN is not significant."""
    strength = sum((q <= level).astype(np.int8) for level in _LEVELS)
    codes = _NEUTRAL + np.where(hot, strength, -np.asarray(strength))
    return pd.Categorical.from_codes(codes, dtype=_CLASSES)


def check_alternative(alternative: str) -> None:
    """Refuse an unknown alternative."""
    known = ("greater", "less", "two-sided")
    if alternative not in known:
        raise ConfigError(
            "alternative: given {alternative!r}, needed one of {known}.",
            alternative=alternative,
            known=", ".join(known),
        )


def one_tail(upper: Floats, lower: Floats, alternative: Alternative) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """p-value of the alternative and whether it points to hot; two-sided by doubling."""
    if alternative == "greater":
        return upper, np.ones(upper.shape, dtype=bool)
    if alternative == "less":
        return lower, np.zeros(upper.shape, dtype=bool)
    return np.minimum(2.0 * np.minimum(upper, lower), 1.0), upper <= lower

"""Is a series going up or down: the Mann-Kendall test.

References
----------
Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


class MannKendall(NamedTuple):
    """Test of one series (0-dimensional) or of each row of a table (1-dimensional).

    Attributes
    ----------
    s : numpy.ndarray
        Pairs that rise less pairs that fall.
    variance : numpy.ndarray
        Of `s` without trend, corrected for ties.
    z : numpy.ndarray
        Standardised with continuity correction; above 0 = up; 0 where nothing varies.
    p_value : numpy.ndarray
        Two-sided, by the normal distribution; 1 where nothing varies.

    Examples
    --------
    >>> found = gg.stats.mann_kendall([3, 4, 4, 6, 8, 9])
    >>> float(found.s), round(float(found.p_value), 3)
    (14.0, 0.013)
    """

    s: Floats
    variance: Floats
    z: Floats
    p_value: Floats


def mann_kendall(series: npt.ArrayLike) -> MannKendall:
    """Test each row for a trend.

    Parameters
    ----------
    series : array_like
        Values in time order; a table holds one series a row. NaN is left out of its series.

    Returns
    -------
    MannKendall
        Numbers of the series' shape without its last axis.

    Raises
    ------
    SchemaError
        If there are no values, or more than two dimensions.

    Examples
    --------
    A rising, an even and a falling series:

    >>> found = gg.stats.mann_kendall([[1, 2, 3, 4, 5, 6], [5, 5, 5, 5, 5, 5], [9, 7, 8, 4, 2, 1]])
    >>> found.z.round(2).tolist()
    [2.63, 0.0, -2.25]
    """
    from scipy.special import ndtr

    values = np.asarray(series, dtype=float)
    if values.ndim not in (1, 2) or values.shape[-1] == 0:
        raise SchemaError(
            "The series: needed one row of values a series, given shape {shape}.", shape=values.shape
        )
    rows = np.atleast_2d(values)
    s, equal = np.zeros(len(rows)), np.zeros(rows.shape)
    known = np.isfinite(rows)
    for j in range(rows.shape[1]):
        later = rows[:, j:] - rows[:, j, None]
        s += np.nansum(np.sign(later), axis=1)
        equal[:, j] = (rows == rows[:, j, None]).sum(axis=1)
    n = known.sum(axis=1).astype(float)
    # A group of t equal values takes t(t-1)(2t+5) off: (t-1)(2t+5) for each of its members.
    ties = np.where(known, (equal - 1.0) * (2.0 * equal + 5.0), 0.0).sum(axis=1)
    variance = (n * (n - 1.0) * (2.0 * n + 5.0) - ties) / 18.0
    varies = variance > 0
    z = np.where(varies, (s - np.sign(s)) / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
    p = 2.0 * ndtr(-np.abs(z))
    found = (s, variance, z, np.minimum(p, 1.0))
    return MannKendall(*(part.reshape(values.shape[:-1]) for part in found))

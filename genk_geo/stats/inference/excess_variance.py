"""How the variance of counts grows with what is expected: a multiple of the mean and one of its square.

References
----------
Breslow (1984), Applied Statistics 33; McCullagh & Nelder (1989), Generalized Linear Models, section 10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_ROUNDS = 20


def fit_excess(number: Floats, expected: Floats, pearson: Floats) -> tuple[float, float]:
    """Fit the variance over mean of counts as ``1 + level + growth * expected``.

    Parameters
    ----------
    number : numpy.ndarray
        Degrees of freedom behind each row.
    expected : numpy.ndarray
        Expected count of each row, above 0.
    pearson : numpy.ndarray
        Mean of (count - expected)² / expected of each row, per degree of freedom.

    Returns
    -------
    tuple of float
        Level and growth, neither below 0; (0, 0) without rows.
    """
    level = growth = 0.0
    for _ in range(_ROUNDS if number.size else 0):
        # Squares of counts are known as their own square allows, and of few counts less.
        weight = number / (2.0 * (1.0 + level + growth * expected) ** 2 + 1.0 / expected)
        m0, m1, m2 = ((weight * expected**power).sum() for power in range(3))
        e0, e1 = ((weight * expected**power * (pearson - 1.0)).sum() for power in range(2))
        whole = m0 * m2 - m1 * m1
        if whole > 1e-9 * m0 * m2:
            level, growth = (m2 * e0 - m1 * e1) / whole, (m0 * e1 - m1 * e0) / whole
        else:
            level, growth = e0 / m0, 0.0
        # Neither can be less than nothing: then the other does it alone.
        if growth < 0:
            level, growth = e0 / m0, 0.0
        elif level < 0:
            level, growth = 0.0, e1 / m2
        level, growth = max(level, 0.0), max(growth, 0.0)
    return float(level), float(growth)

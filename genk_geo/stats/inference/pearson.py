"""Tails of a permutation statistic from its first three exact moments.

For the sum of a_j y_perm(j) over N places the mean, variance and third central moment under permutation are
known exactly; a Pearson III (shifted gamma) distribution with these moments gives the tails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


class Moments(NamedTuple):
    """Mean, variance and third central moment, one of each a cell."""

    mean: Floats
    variance: Floats
    third: Floats


def permutation_moments(
    sums: tuple[Floats, Floats, Floats], population: Moments, size: Floats | float
) -> Moments:
    """Moments of a weighted sum of values drawn without replacement.

    Parameters
    ----------
    sums : tuple of numpy.ndarray
        Sums of the weights, of their squares and of their cubes, a cell.
    population : Moments
        Mean and central moments (divided by `size`) of the values that are permuted.
    size : float or numpy.ndarray
        How many values are permuted.

    Returns
    -------
    Moments
        For k equal weights: k(N-k)m2/(N-1) and k(N-k)(N-2k)m3/((N-1)(N-2)).
    """
    w1, w2, w3 = sums
    n = np.asarray(size, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):  # one cell or none: nothing to permute
        centre = w1 / n
        second = w2 - w1 * centre
        third = w3 - 3.0 * centre * w2 + 2.0 * w1 * centre**2
        variance = population.variance * second * n / (n - 1.0)
        skewed = population.third * third * n**2 / ((n - 1.0) * (n - 2.0))
    return Moments(w1 * population.mean, np.maximum(variance, 0.0), np.where(n > 2, skewed, 0.0))


def tails(observed: Floats, moments: Moments) -> tuple[Floats, Floats]:
    """P(S >= observed) and P(S <= observed); 1 and 1 where the sum cannot vary."""
    from scipy.special import gammainc, gammaincc, ndtr

    spread = np.sqrt(moments.variance)
    # A variance that is rounding noise of the mean means that the sum is the same in every permutation.
    varies = spread > 1e-12 * np.maximum(np.abs(moments.mean), np.finfo(float).tiny)
    safe = np.where(varies, spread, 1.0)
    z = (observed - moments.mean) / safe
    skew = moments.third / safe**3
    mirrored = np.where(skew < 0, -z, z)
    size = np.abs(skew)
    curved = size > 1e-4
    shape = 4.0 / np.where(curved, size, 1.0) ** 2
    at = np.maximum(shape + np.where(curved, mirrored, 0.0) * np.sqrt(shape), 0.0)
    above = np.where(curved, gammaincc(shape, at), ndtr(-mirrored))
    below = np.where(curved, gammainc(shape, at), ndtr(mirrored))
    upper = np.where(skew < 0, below, above)
    lower = np.where(skew < 0, above, below)
    return np.where(varies, upper, 1.0), np.where(varies, lower, 1.0)

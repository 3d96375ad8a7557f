"""Do counts of areas differ more than chance makes them? The quadrat test.

References
----------
Cressie (1993), Statistics for Spatial Data, section 8.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import generator, plain_numbers, seed_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance

    Floats = npt.NDArray[np.float64]

Pattern = Literal["clustered", "regular", "either"]


class QuadratTest(NamedTuple):
    """How far counts are from what chance gives.

    Attributes
    ----------
    statistic : float
        Sum of (observed - expected)² / expected.
    df : int
        Areas where something is expected, less one; by chance the statistic is about this large.
    p_value : float
        Of drawn counts: right for small numbers too.
    p_chi2 : float
        By the chi-squared distribution, which asks for five expected in most areas.
    seed : str
        Where chance came from.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = gg.stats.quadrat_test([9, 0, 1, 2], [1, 1, 1, 1], rng=rng)
    >>> round(found.statistic, 2), found.df, found.p_value < 0.01
    (16.67, 3, True)
    """

    statistic: float
    df: int
    p_value: float
    p_chi2: float
    seed: str = ""


def quadrat_test(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    alternative: Pattern = "clustered",
    simulations: int = 999,
    rng: Chance = None,
) -> QuadratTest:
    """Test whether counts follow an exposure: squares by their area, or wijken by their dwellings.

    Parameters
    ----------
    counts : array_like of int
        Points in each area.
    exposure : array_like
        Area, dwellings or road of each; an area without takes no part, and must be empty.
    alternative : {"clustered", "regular", "either"}
        Counts that differ more than by chance, less, or either.
    simulations : int, default 999
        Tables that are drawn with the same total.
    rng : numpy.random.Generator, int or None
        Source of them.

    Returns
    -------
    QuadratTest

    Raises
    ------
    SchemaError
        If the shapes differ, a count is not whole or negative, there are none, fewer than two areas have
        something, or an area has points and no exposure.
    ConfigError
        If the alternative or a number is impossible.

    Examples
    --------
    Counts as even as these are rarer than chance:

    >>> rng = np.random.default_rng(1)
    >>> gg.stats.quadrat_test([5] * 20, [1.0] * 20, alternative="regular", rng=rng).p_value
    0.001
    """
    from scipy.stats import chi2

    seen, share = _checked(counts, exposure)
    if alternative not in {"clustered", "regular", "either"} or simulations < 1:
        raise ConfigError(
            "Needed an alternative of clustered, regular or either, and simulations of 1 or more."
        )
    total, df = int(seen.sum()), seen.size - 1
    expected = total * share
    drawn = generator(rng).multinomial(total, share, size=simulations)
    by_chance = ((drawn - expected) ** 2 / expected).sum(axis=1)
    statistic = float(((seen - expected) ** 2 / expected).sum())
    # Tables that are the same can differ by rounding.
    off = 1e-9 * max(statistic, 1.0)
    above = (1 + (by_chance >= statistic - off).sum()) / (1 + simulations)
    below = (1 + (by_chance <= statistic + off).sum()) / (1 + simulations)
    tails = {
        "clustered": (above, chi2.sf(statistic, df)),
        "regular": (below, chi2.cdf(statistic, df)),
        "either": (
            min(2 * min(above, below), 1.0),
            2 * min(chi2.sf(statistic, df), chi2.cdf(statistic, df)),
        ),
    }
    p, smooth = tails[alternative]
    return QuadratTest(statistic, df, float(p), float(smooth), seed_of(rng))


def _checked(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Floats, Floats]:
    seen, ground = plain_numbers(counts), plain_numbers(exposure)
    if seen.ndim != 1 or seen.shape != ground.shape:
        raise SchemaError(
            "Quadrats: needed one count and one exposure an area, given {shape} and {ground_shape}.",
            shape=seen.shape,
            ground_shape=ground.shape,
        )
    if not (np.isfinite(seen) & (seen >= 0) & (seen % 1 == 0) & np.isfinite(ground) & (ground >= 0)).all():
        raise SchemaError("Quadrats: needed whole counts and exposures of 0 or more.")
    if (seen[ground == 0] > 0).any():
        raise SchemaError("Quadrats: an area without exposure has points; give it some, or leave both out.")
    seen, ground = seen[ground > 0], ground[ground > 0]
    if seen.size < 2 or seen.sum() == 0:
        raise SchemaError("Quadrats: needed at least two areas with exposure, and one point.")
    return seen, ground / ground.sum()

"""Do events that are near lie close in time too? The space-time K function.

K(s, t) counts the others within s metres and t days of an event. Where place and time do not depend on each
other it is the product of the K of the places and the K of the times; what lies above that is interaction.

References
----------
Diggle, Chetwynd, Häggkvist & Morris (1995), Statistical Methods in Medical Research 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import generator, in_days, seed_of
from genk_geo.stats.patterns.edge_weights import edge_weights
from genk_geo.stats.patterns.planar_k import close_pairs
from genk_geo.stats.patterns.study_area import ascending, pattern, study_area

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance
    from genk_geo.stats.patterns.study_area import Window

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SpaceTimeK:
    """K in space and time, and how far it lies above the product of both.

    Attributes
    ----------
    k : pandas.DataFrame
        K by distance (rows) and days (columns), m² x days.
    excess : pandas.DataFrame
        K over the product of the K of places and the K of times, less 1: .5 is half as many again within that
        distance and time as without interaction. NaN where no pair is near or none is soon.
    p_value : pandas.DataFrame
        One-sided, of each distance and time alone.
    p_overall : float
        One test of all of them: the sum of what lies above, each in its standard deviations.
    seed : str
        Where chance came from.

    Examples
    --------
    Each event is followed by another next door, two days later:

    >>> rng = np.random.default_rng(1)
    >>> first, day = rng.uniform(100, 4900, (30, 2)), rng.uniform(0, 360, 30)
    >>> xy, days = np.vstack([first, first + 20]), np.concatenate([day, day + 2])
    >>> reach = {"distances_m": [50, 500], "days_apart": [3, 30]}
    >>> found = gg.stats.space_time_k(
    ...     xy, days, window=(0, 0, 5000, 5000), period=(0, 365), rng=rng, **reach
    ... )
    >>> found.p_overall, bool(found.excess.loc[50, 3] > 10)
    (0.001, True)
    """

    k: pd.DataFrame
    excess: pd.DataFrame
    p_value: pd.DataFrame
    p_overall: float
    seed: str = ""


def space_time_k(
    xy: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    window: Window,
    period: tuple[float, float],
    distances_m: npt.ArrayLike,
    days_apart: npt.ArrayLike,
    permutations: int = 999,
    rng: Chance = None,
) -> SpaceTimeK:
    """K of events in space and time, against the same places with shuffled times.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Places in metres.
    days : array_like, shape (n,)
        Times in days.
    window : tuple or shapely polygon
        Where events could have been seen.
    period : tuple of float
        First and last moment at which they could have been seen, in days.
    distances_m, days_apart : array_like
        Distances and times between two events, ascending; times up to half of the period.
    permutations : int, default 999
        Shuffles of the times.
    rng : numpy.random.Generator, int or None
        Source of them.

    Returns
    -------
    SpaceTimeK

    Raises
    ------
    SchemaError
        If an event lacks a place or a time, or lies outside the window or the period.
    ConfigError
        If a distance, a time or a number is impossible.

    Notes
    -----
    Space is corrected by the part of the circle inside the window. A pair counts twice in time when only one
    of the two moments as far before and after an event lies in the period. Both ends of a shuffle keep their
    corrections. With whole days, events of the same day lie 0 days apart.

    Examples
    --------
    Without interaction the excess is about 0:

    >>> rng = np.random.default_rng(3)
    >>> xy, days = rng.uniform(0, 5000, (200, 2)), rng.uniform(0, 365, 200)
    >>> found = gg.stats.space_time_k(
    ...     xy, days, window=(0, 0, 5000, 5000), period=(0, 365), distances_m=[900], days_apart=[30], rng=rng
    ... )
    >>> bool(abs(found.excess.loc[900, 30]) < 0.2), found.p_overall > 0.05
    (True, True)
    """
    from genk_geo.stats.patterns.pair_sums import joint_sums, time_sums

    area = study_area(window)
    near, soon = ascending(distances_m, "distances_m"), ascending(days_apart, "days_apart")
    points, when = pattern(xy, area.polygon), _times(days, period, xy)
    if len(when) != len(points):
        raise SchemaError(
            "The days: needed {count}, one a point, given {when_count}.",
            count=len(points),
            when_count=len(when),
        )
    if permutations < 1:
        raise ConfigError("permutations: given {permutations}, needed 1 or more.", permutations=permutations)
    if soon[-1] > (period[1] - period[0]) / 2:
        raise ConfigError("days_apart: given {soon:g}, needed at most half of the period.", soon=soon[-1])
    n, length = len(points), float(period[1] - period[0])
    pairs = close_pairs(points, float(near[-1]))
    apart = np.hypot(*(points[pairs[:, 1]] - points[pairs[:, 0]]).T)
    band: Ints = np.asarray(np.searchsorted(near * (1 + 1e-12), apart), dtype=np.int64)
    weight = edge_weights(area, points, pairs, "isotropic")
    inside = (when - period[0], period[1] - when)
    by_space = np.cumsum(np.bincount(band, weights=weight, minlength=near.size)[: near.size])
    by_time = time_sums(inside[0], inside[1], soon)
    product = by_space[:, None] * by_time / (n * (n - 1.0))
    source = generator(rng)
    orders = [np.arange(n), *(source.permutation(n) for _ in range(permutations))]
    sums = np.array(
        [
            joint_sums(pairs, band, weight, inside[0][order], inside[1][order], soon, near.size)
            for order in orders
        ]
    )
    above = sums - product
    spread = sums.std(axis=0)
    some = spread > 1e-12 * np.maximum(product, 1e-300)
    overall = np.divide(above, spread, out=np.zeros_like(above), where=some).sum(axis=(1, 2))
    rows, columns = pd.Index(near, name="distance_m"), pd.Index(soon, name="days")

    def framed(values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, index=rows, columns=columns)

    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.where(product > 0, above[0] / product, np.nan)
    return SpaceTimeK(
        framed(sums[0] * area.area_m2 * length / (n * (n - 1.0))),
        framed(excess),
        framed((sums >= sums[0] * (1 - 1e-12)).mean(axis=0)),
        float((overall >= overall[0] - 1e-9).mean()),
        seed_of(rng),
    )


def _times(days: npt.ArrayLike, period: tuple[float, float], xy: object) -> Floats:
    when = in_days(days, of=xy)
    if not period[0] < period[1]:
        raise ConfigError("period: given {period}, needed the first before the last.", period=period)
    if when.ndim != 1 or not np.isfinite(when).all():
        raise SchemaError("The days: needed one known time an event, given shape {shape}.", shape=when.shape)
    if ((when < period[0]) | (when > period[1])).any():
        raise SchemaError(
            "The days: needed all of them within the period {period:g} to {end:g}.",
            period=period[0],
            end=period[1],
        )
    return when

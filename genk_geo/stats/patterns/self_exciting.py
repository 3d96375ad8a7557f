"""Events that make others likelier nearby for a while: the self-exciting process of Hawkes.

The rate at a place is a background plus, for every event before, something that fades with the time since and
with the distance. What it tells is how many events follow from one directly, for how long and how far.

References
----------
Ogata (1998), Annals of the Institute of Statistical Mathematics 50; Mohler et al. (2011), Journal of the
American Statistical Association 106, for burglary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.stats.checks import in_days, places_of, plain_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Pairs that are looked at at most.
_MOST_PAIRS = 30_000_000
#: Where the search begins: half-lives in days, and spreads as a part of the reach.
_BEGIN = ((3.0, 0.05), (20.0, 0.15))
#: Part of all events that is background where the search begins.
_BACKGROUND = 0.7
_LEAST = 1e-300


class Excitation(NamedTuple):
    """How events follow from others.

    Attributes
    ----------
    background : float
        Events a day that follow from none.
    followers : float
        Events that follow from one directly, on average. Above 1 an outbreak would never end.
    half_life_days : float
        Within so many days half of them follow.
    spread_m : float
        Standard deviation of the distance in each direction.
    log_likelihood : float
        Of the events.
    gained : float
        How much higher that is than without followers; twice this above about 8 is no play of chance.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> xy, days = rng.uniform(0, 5000, (100, 2)), rng.uniform(0, 365, 100)
    >>> found = gg.stats.self_exciting(xy, days, bounds=(0, 0, 5000, 5000), period=(0, 365))
    >>> found.followers < 0.2, found.gained < 4
    (True, True)
    """

    background: float
    followers: float
    half_life_days: float
    spread_m: float
    log_likelihood: float
    gained: float


class _Events(NamedTuple):
    """Events, the pairs of an earlier and a later one, and what is known of the background."""

    xy: Floats
    left: Floats
    days: float
    share: Floats
    later: Ints
    lag: Floats
    square: Floats
    bounds: tuple[float, float, float, float]


def self_exciting(
    xy: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    bounds: tuple[float, float, float, float],
    period: tuple[float, float],
    background: npt.ArrayLike | None = None,
    reach_m: float = 1000.0,
    reach_days: float = 180.0,
) -> Excitation:
    """Fit a self-exciting process to events: a background, and followers that fade in time and with distance.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Places in metres.
    days : array_like, shape (n,)
        Times in days; of two events at the very same moment neither follows from the other.
    bounds : tuple of float
        xmin, ymin, xmax, ymax of the rectangle in which events could have been seen.
    period : tuple of float
        First and last moment at which they could have been seen.
    background : array_like, shape (n,), optional
        Density of the background at each event, per m², which adds up to 1 over the rectangle: of dwellings,
        say. Even by default; then lasting hotspots pass for followers.
    reach_m, reach_days : float
        Events farther apart, or later, do not follow from each other.

    Returns
    -------
    Excitation

    Raises
    ------
    SchemaError
        If there are fewer than three events, or one is not known or outside the bounds or the period.
    ConfigError
        If a limit is impossible, or too many pairs lie within reach.

    Examples
    --------
    Each event is followed by another within 50 m, about ten days later, half of the times:

    >>> rng = np.random.default_rng(1)
    >>> xy, days = rng.uniform(0, 9000, (200, 2)), rng.uniform(0, 350, 200)
    >>> near, soon = xy[:100] + rng.normal(0, 50, (100, 2)), days[:100] + rng.exponential(10, 100)
    >>> xy, days = np.vstack([xy, near]).clip(0, 9000), np.append(days, soon)
    >>> found = gg.stats.self_exciting(xy, days, bounds=(0, 0, 9000, 9000), period=(0, 400))
    >>> bool(40 < found.spread_m < 60), bool(0.25 < found.followers < 0.45)
    (True, True)
    """
    from scipy.optimize import minimize

    events = _events(xy, days, bounds, period, background, (reach_m, reach_days))
    n = len(events.xy)

    def loss(log: Floats) -> float:
        return -_log_likelihood(events, *np.exp(np.clip(log, -40.0, 40.0)))

    alone = float(n * np.log(n / events.days) - n + np.log(np.maximum(events.share, _LEAST)).sum())
    best, reached = np.array([n / events.days, 0.0, 1.0, 1.0]), alone
    for half_life, part in _BEGIN:
        begin = [_BACKGROUND * n / events.days, 1.0 - _BACKGROUND, np.log(2.0) / half_life, part * reach_m]
        found = minimize(
            loss, np.log(begin), method="Nelder-Mead",
            options={"maxiter": 1200, "xatol": 1e-5, "fatol": 1e-7, "adaptive": True},
        )  # fmt: skip
        if -found.fun > reached:
            best, reached = np.exp(np.clip(found.x, -40.0, 40.0)), float(-found.fun)
    followers = float(best[1])
    some = followers > 0
    return Excitation(
        float(best[0]), followers,
        float(np.log(2.0) / best[2]) if some else np.nan, float(best[3]) if some else np.nan,
        reached, reached - alone,
    )  # fmt: skip


def _log_likelihood(events: _Events, base: float, followers: float, rate: float, spread: float) -> float:
    """Sum of the log rates at the events, less the rate over all ground and time."""
    fade = rate * np.exp(-rate * events.lag - events.square / (2.0 * spread**2))
    raised = np.bincount(events.later, weights=fade, minlength=len(events.xy)) / (2.0 * np.pi * spread**2)
    rates = base * events.share + followers * raised
    seen = -np.expm1(-rate * events.left) * _mass(events.xy, events.bounds, spread)
    logs = np.log(np.maximum(rates, _LEAST)).sum()
    return float(logs - base * events.days - followers * seen.sum())


def _mass(at: Floats, bounds: tuple[float, float, float, float], spread: float) -> Floats:
    """Part of the followers of each event that falls within the rectangle."""
    from scipy.special import ndtr

    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    return np.asarray((ndtr((high - at) / spread) - ndtr((low - at) / spread)).prod(axis=1))


def _events(
    xy: npt.ArrayLike,
    days: npt.ArrayLike,
    bounds: tuple[float, float, float, float],
    period: tuple[float, float],
    background: npt.ArrayLike | None,
    reach: tuple[float, float],
) -> _Events:
    """Check the events and find the pairs within reach."""
    from scipy.spatial import KDTree

    if not (bounds[0] < bounds[2] and bounds[1] < bounds[3] and period[0] < period[1]):
        raise ConfigError(
            "Needed xmin < xmax, ymin < ymax and a period, given {bounds} and {period}.",
            bounds=bounds,
            period=period,
        )
    if not (min(reach) > 0 and np.isfinite(reach[1])):
        raise ConfigError("reach_m and reach_days: given {reach}, needed numbers above 0.", reach=reach)
    points, when = _checked(xy, days, bounds, period)
    n, area = len(points), (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    share = np.full(n, 1.0 / area) if background is None else plain_numbers(background)
    if share.shape != (n,) or not (np.isfinite(share) & (share >= 0)).all():
        raise SchemaError(
            "The background: needed {count} densities of 0 or more, given shape {shape}.",
            count=n,
            shape=share.shape,
        )
    tree = KDTree(points)
    far = min(reach[0], float(np.hypot(bounds[2] - bounds[0], bounds[3] - bounds[1])))
    if (many := int(tree.count_neighbors(tree, far))) > 2 * _MOST_PAIRS:
        raise ConfigError(
            "reach_m: {many:,} pairs lie within {far:g} m. Take less, or a part of the events.",
            many=many,
            far=far,
        )
    one, other = tree.query_pairs(far, output_type="ndarray").T
    lag = when[other] - when[one]
    later = np.where(lag > 0, other, one)
    square = ((points[one] - points[other]) ** 2).sum(axis=1)
    used = (lag != 0) & (np.abs(lag) <= reach[1])
    return _Events(
        points, period[1] - when, period[1] - period[0], share,
        later[used].astype(np.int64), np.abs(lag[used]), square[used], bounds,
    )  # fmt: skip


def _checked(
    xy: npt.ArrayLike,
    days: npt.ArrayLike,
    bounds: tuple[float, float, float, float],
    period: tuple[float, float],
) -> tuple[Floats, Floats]:
    points, when = places_of(xy), in_days(days, of=xy)
    if points.ndim != 2 or points.shape[1:] != (2,) or when.shape != points.shape[:1] or len(when) < 3:
        raise SchemaError(
            "Events: needed at least three places of shape (n, 2) and n days, given {shape} and "
            "{when_shape}.",
            shape=points.shape,
            when_shape=when.shape,
        )
    low, high = np.array([*bounds[:2], period[0]]), np.array([*bounds[2:], period[1]])
    both = np.column_stack([points, when])
    lost = np.flatnonzero(~((both >= low) & (both <= high)).all(axis=1))
    if lost.size:
        raise SchemaError(
            "{count} events lack a place or a day, or lie outside the bounds or the period (rows {lost}). "
            "Leave them out.",
            count=lost.size,
            lost=some_rows(lost),
        )
    return points, when

"""Space-time scan: circles and windows with more incidents than the place and the time explain.

References
----------
Kulldorff (1997), Communications in Statistics 26, for the likelihood ratio; Kulldorff et al. (2005), PLoS
Medicine 2, for the permutation model; Abrams, Kulldorff & Kleinman (2010), International Journal of Health
Geographics 9, for the Gumbel approximation.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.stats.checks import in_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from genk_geo.stats.scanning.tables import Circles, Windows

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Shuffles that are dealt together; a fixed number, whatever the machine has in cores.
_BATCH = 64
_LONGEST_DAYS = 3660
_EULER = 0.5772156649015329


@dataclass(frozen=True)
class Scan:
    """Clusters that a scan found, the strongest first.

    Attributes
    ----------
    clusters : pandas.DataFrame
        ``x``, ``y`` (centre), ``radius``, ``first``, ``last`` (days or periods, both included), ``observed``,
        ``expected``, ``relative_risk`` (inside against outside), ``llr``, ``p_value`` (Monte Carlo),
        ``p_gumbel`` (for the far tail), ``recurrence_days`` (days until chance alone gives such a cluster
        once), ``members`` (tuple of positions of the events or places in the circle). Circles do not overlap.
    largest : numpy.ndarray
        Largest log-likelihood ratio of each shuffled data set.

    Examples
    --------
    Five events at one place on the last day, against 999 shuffles:

    >>> xy = [[0, 0], [4000, 0], [0, 4000], [4000, 4000]] * 6 + [[90, 0]] * 5
    >>> found = gg.stats.scan(xy, [*range(24)] + [24] * 5)
    >>> sorted(found.clusters.loc[0, "members"]), found.largest.size
    ([24, 25, 26, 27, 28], 999)
    """

    clusters: pd.DataFrame
    largest: Floats


def scan(  # noqa: PLR0913 - events and days, the rest are options
    xy: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    today: int | None = None,
    centres: npt.ArrayLike | None = None,
    radius_m: float = 1000.0,
    window_days: int = 28,
    min_cases: int = 3,
    every_days: float = 7.0,
    most: int = 10,
    replicates: int = 999,
    rng: np.random.Generator | None = None,
) -> Scan:
    """Look for clusters that are alive today: the prospective space-time permutation scan.

    No population is needed: what a circle has over all time and what the city has in the window say what to
    expect. Cylinders end today; under the null hypothesis the days are shuffled over the events.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Places of the events in metres.
    days : array_like of int, shape (n,)
        Day of each event.
    today : int, optional
        Day on which clusters must be alive; the last day of the data by default. Later events are an error.
    centres : array_like, shape (m, 2), optional
        Centres of the circles, for example of grid cells; the distinct places of the events by default.
    radius_m : float, default 1000
        Largest radius.
    window_days : int, default 28
        Longest window.
    min_cases : int, default 3
        Fewest events of a cluster.
    every_days : float, default 7
        Days from one look to the next, for the recurrence interval.
    most : int, default 10
        Most clusters to tell.
    replicates : int, default 999
        Shuffled data sets.
    rng : numpy.random.Generator, optional
        Source of the shuffles; a fixed one by default.

    Returns
    -------
    Scan
        An empty table when no circle holds more than expected.

    Raises
    ------
    SchemaError
        If there are no events, the shapes differ, a value is not finite, a day is not whole, or an event is
        later than today.
    ConfigError
        If a limit is impossible.

    Examples
    --------
    Five events at one place on the last day:

    >>> xy = [[0, 0], [4000, 0], [0, 4000], [4000, 4000]] * 6 + [[90, 0]] * 5
    >>> found = gg.stats.scan(xy, [*range(24)] + [24] * 5)
    >>> found.clusters.loc[0, ["first", "last", "observed", "p_value"]].tolist()
    [24.0, 24.0, 5.0, 0.001]
    """
    from genk_geo.stats.scanning.alive import alive_cylinders
    from genk_geo.stats.scanning.tables import circles, windows

    places, when = _events(xy, days, today)
    _check_limits(radius_m, window_days, replicates)
    if window_days > _LONGEST_DAYS:
        raise ConfigError(f"window_days: given {window_days}, needed at most {_LONGEST_DAYS:,} (ten years).")
    last = int(when.max()) if today is None else today
    age = last - when
    middle = np.unique(places, axis=0) if centres is None else np.asarray(centres, dtype=float)
    around = circles(middle, places, radius_m)
    # A window longer than the record holds the same as one as long.
    ages = np.arange(min(window_days, int(age.max()) + 1) + 1)
    recent = np.searchsorted(np.sort(age), ages).astype(np.int64)
    span = windows(recent, age.size, min_cases, int(around.held[:, 1].max(initial=0)))
    ratio, reach, length, cases = alive_cylinders(age, around, span)
    source = np.random.default_rng(0) if rng is None else rng
    largest = _largest_alive(age[age < ages[-1]], around, span, replicates, source)
    held = [around.held[begin : begin + n, 0] for begin, n in zip(around.start, reach, strict=False)]
    rows = []
    for i in _apart(ratio, held.__getitem__, most):
        expected = reach[i] * recent[length[i]] / len(age)
        radius = around.distance[around.start[i] + reach[i] - 1]
        rows.append((*middle[i], radius, last - length[i] + 1, last, cases[i], expected, ratio[i], held[i]))
    return Scan(_told(rows, len(age), largest, every_days), largest)


def scan_counts(  # noqa: PLR0913 - counts and expected counts, the rest are options
    xy: npt.ArrayLike,
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    distances: npt.ArrayLike | None = None,
    radius_m: float = np.inf,
    largest_share: float = 0.5,
    longest: int | None = None,
    alive: bool = False,
    min_cases: int = 2,
    every_days: float = 7.0,
    most: int = 10,
    replicates: int = 999,
    rng: np.random.Generator | None = None,
) -> Scan:
    """Look for clusters in counts by place and period against expected counts: the Poisson scan.

    Parameters
    ----------
    xy : array_like, shape (m, 2)
        Places.
    cases : array_like of int, shape (m, periods)
        Cases by place and period.
    expected : array_like, shape (m, periods)
        Expected by exposure; scaled to add up to the cases.
    distances : array_like, shape (m, m), optional
        Distances between places, where they are not straight ones.
    radius_m : float
        Largest radius.
    largest_share : float, default 0.5
        Largest share of all that is expected in one circle.
    longest : int, optional
        Longest window in periods; half of all periods by default.
    alive : bool, default False
        Only clusters that last until the last period (prospective).
    min_cases, every_days, most, replicates, rng
        As for :func:`scan`.

    Returns
    -------
    Scan
        ``first`` and ``last`` are positions of periods.

    Raises
    ------
    SchemaError
        If the shapes differ or a count is negative.
    ConfigError
        If a limit is impossible.

    Examples
    --------
    Nine cases in the last period of the first place:

    >>> cases = [[1, 1, 1, 9], [1, 1, 1, 1], [1, 1, 1, 1]]
    >>> found = gg.stats.scan_counts([[0, 0], [1000, 0], [0, 1000]], cases, np.ones((3, 4)))
    >>> found.clusters.loc[0, ["first", "last", "observed", "expected"]].astype(float).round(2).tolist()
    [3.0, 3.0, 9.0, 1.67]
    """
    from genk_geo.stats.scanning.cylinders import all_cylinders

    places, counts, mean = _table(xy, cases, expected)
    periods, total = counts.shape[1], int(counts.sum())
    span = max(periods // 2, 1) if longest is None else longest
    _check_limits(radius_m, span, replicates)
    apart = _distances(places) if distances is None else np.asarray(distances, dtype=float)
    order = np.argsort(apart, axis=1, kind="stable")
    near = np.take_along_axis(apart, order, axis=1) <= radius_m
    small = np.cumsum(mean.sum(axis=1)[order], axis=1) <= largest_share * total * (1 + 1e-12)
    reach = np.maximum((near & small).sum(axis=1), 1)
    ratio, held, first, after = all_cylinders(order, reach, counts, mean, span, min_cases, alive)
    source = np.random.default_rng(0) if rng is None else rng
    chance = (mean / mean.sum()).ravel()
    drawn = (source.multinomial(total, chance).reshape(counts.shape) for _ in range(replicates))
    largest = np.array(
        _in_threads(
            lambda one: float(all_cylinders(order, reach, one, mean, span, min_cases, alive)[0].max()), drawn
        )
    )
    rows = []
    for i in _apart(ratio, lambda i: order[i, : held[i]], most):
        inside, window = order[i, : held[i]], slice(first[i], after[i])
        radius = apart[i, order[i, held[i] - 1]]
        found, likely = counts[inside, window].sum(), mean[inside, window].sum()
        rows.append((*places[i], radius, first[i], after[i] - 1, found, likely, ratio[i], inside))
    return Scan(_told(rows, total, largest, every_days), largest)


def _events(xy: npt.ArrayLike, days: npt.ArrayLike, today: int | None) -> tuple[Floats, Ints]:
    places, when = np.asarray(xy, dtype=float), in_days(days)
    if places.ndim != 2 or places.shape[1:] != (2,) or when.shape != places.shape[:1]:
        raise SchemaError(
            f"Events: needed places of shape (n, 2) and n days, given {places.shape} and {when.shape}."
        )
    if not len(when):
        raise SchemaError("Events: needed at least one.")
    lost = np.flatnonzero(~np.isfinite(places).all(axis=1) | ~np.isfinite(when) | (when % 1 != 0))
    if lost.size:
        raise SchemaError(
            f"{lost.size} events lack a place or a whole day (rows {some_rows(lost)}). Leave them out."
        )
    late = np.flatnonzero(when > (when.max() if today is None else today))
    if late.size:
        raise SchemaError(
            f"{late.size} events are later than day {today} (rows {some_rows(late)}). Leave them out."
        )
    return places, when.astype(np.int64)


def _table(xy: npt.ArrayLike, cases: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Ints, Floats]:
    places, counts, mean = (np.asarray(values) for values in (xy, cases, expected))
    if places.ndim != 2 or counts.ndim != 2 or counts.shape != mean.shape or len(places) != len(counts):
        raise SchemaError(
            f"Counts: needed cases and expected of shape (places, periods), given {counts.shape} and "
            f"{mean.shape} for {len(places)} places."
        )
    if not (
        np.isfinite(mean).all() and (mean >= 0).all() and (counts >= 0).all() and (counts % 1 == 0).all()
    ):
        raise SchemaError("Counts: needed whole cases and expected counts of 0 or more.")
    if counts.sum() == 0 or mean.sum() == 0:
        raise SchemaError("Counts: needed at least one case, and something expected.")
    scaled = np.asarray(mean * (counts.sum() / mean.sum()), dtype=float)
    return places.astype(float), counts.astype(np.int64), scaled


def _check_limits(radius_m: float, window: int, replicates: int) -> None:
    for name, value, least in (
        ("radius_m", radius_m, 0.0),
        ("window", window, 1),
        ("replicates", replicates, 1),
    ):
        if not value >= least:
            raise ConfigError(f"{name}: given {value}, needed at least {least:g}.")


def _distances(places: Floats) -> Floats:
    return np.asarray(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)))


def _largest_alive(
    ages: Ints, around: Circles, span: Windows, replicates: int, source: np.random.Generator
) -> Floats:
    """Largest ratio of each shuffled data set: the recent ages dealt to events by chance."""
    from genk_geo.stats.scanning.alive import best_alive

    left = around.own.size - 1 - np.arange(ages.size)
    sizes = (min(_BATCH, replicates - begin) for begin in range(0, replicates, _BATCH))
    dealt = (source.integers(0, left, (size, ages.size)) for size in sizes)
    return np.concatenate(_in_threads(lambda picks: best_alive(picks, ages, around, span), dealt))


def _in_threads(weigh: Callable[[Any], Any], drawn: Iterable[Any]) -> list[Any]:
    """Weigh what is drawn on all cores, in the order of drawing."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(weigh, drawn))


def _apart(ratio: Floats, members: Callable[[int], npt.NDArray[np.integer]], most: int) -> list[int]:
    """Centres of the strongest cylinders that share no member."""
    chosen: list[int] = []
    taken: set[int] = set()
    for i in np.lexsort((np.arange(ratio.size), -ratio)):
        if ratio[i] <= 0 or len(chosen) == most:
            break
        inside = set(members(int(i)).tolist())
        if not inside & taken:
            chosen.append(int(i))
            taken |= inside
    return chosen


def _told(rows: list[tuple[object, ...]], total: int, largest: Floats, every_days: float) -> pd.DataFrame:
    columns = ["x", "y", "radius", "first", "last", "observed", "expected", "llr", "members"]
    table = pd.DataFrame(rows, columns=columns)
    numbers = table[columns[:-1]].astype(float)
    table[columns[:-1]] = numbers
    table = table.astype({"first": int, "last": int, "observed": int})
    table["members"] = [tuple(int(one) for one in members) for members in table["members"]]
    outside = (total - numbers["observed"]) / (total - numbers["expected"])
    with np.errstate(divide="ignore"):
        table["relative_risk"] = numbers["observed"] / numbers["expected"] / outside
    beyond = (largest[None, :] >= numbers["llr"].to_numpy()[:, None]).sum(axis=1)
    table["p_value"] = (beyond + 1.0) / (largest.size + 1.0)
    scale = max(float(largest.std(ddof=1)) if largest.size > 1 else 0.0, 1e-9) * np.sqrt(6.0) / np.pi
    place = largest.mean() - _EULER * scale
    table["p_gumbel"] = -np.expm1(-np.exp(-(numbers["llr"] - place) / scale))
    chance = np.where(table["p_value"] > 2.0 / (largest.size + 1.0), table["p_value"], table["p_gumbel"])
    table["recurrence_days"] = every_days / np.maximum(chance, 1e-300)
    return table

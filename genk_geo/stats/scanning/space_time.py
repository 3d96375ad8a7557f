"""Space-time scan: circles and windows with more incidents than the place and the time explain.

References
----------
Kulldorff (1997), Communications in Statistics 26, for the likelihood ratio; Kulldorff et al. (2005), PLoS
Medicine 2, for the permutation model.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.stats.checks import are_moments, generator, in_days, located, places_of, seed_of
from genk_geo.stats.scanning.clusters import (
    WEEKLY,
    Reporting,
    Scan,
    build_scan,
    check_limits,
    in_threads,
    without_overlap,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance, Places, Times
    from genk_geo.stats.scanning.circles_and_windows import Circles, Windows

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Shuffles that are dealt together; a fixed number, whatever the machine has in cores.
_BATCH = 64
_LONGEST_DAYS = 3660


def scan(  # noqa: PLR0913 - places and days, and nine options of one search
    xy: Places,
    days: Times = None,
    *,
    today: int | None = None,
    centres: Places | None = None,
    radius_m: float = 1000.0,
    window_days: int = 28,
    min_cases: int = 3,
    dispersed: bool = False,
    reporting: Reporting = WEEKLY,
    replicates: int = 999,
    rng: Chance = None,
) -> Scan:
    """Look for clusters that are alive today: the prospective space-time permutation scan.

    No population is needed: what a circle has over all time and what the city has in the window say what to
    expect. Cylinders end today; under the null hypothesis the days are shuffled over the events.

    Parameters
    ----------
    xy : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like, shape (n, 2)
        Places of the events in metres.
    days : pandas.Series, array_like or None
        Day of each event: whole numbers, moments, texts or weeks; the days of a table of incidents by
        default. Of moments, days count from the first of January 1970 (0).
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
    dispersed : bool, default False
        Judge windows by how much the counts of circles varied in earlier windows of their length, instead of
        by chance alone: see :mod:`genk_geo.stats.scanning.dispersed`. ``llr`` is then that of a negative
        binomial.
    reporting : Reporting, optional
        How many clusters to report, and how often one looks; ten, once a week.
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
    from genk_geo.stats.scanning.circles_and_windows import build_circles, build_windows

    places, when = _checked_events(xy, days, today)
    check_limits(radius_m, window_days, replicates)
    if window_days > _LONGEST_DAYS:
        raise ConfigError(
            "window_days: given {window_days}, needed at most {longest_days:,} (ten years).",
            window_days=window_days,
            longest_days=_LONGEST_DAYS,
        )
    last = int(when.max()) if today is None else today
    age = last - when
    middle = np.unique(places, axis=0) if centres is None else places_of(centres, "centres")
    around = build_circles(middle, places, radius_m)
    # A window longer than the record holds the same as one as long.
    ages = np.arange(min(window_days, int(age.max()) + 1) + 1)
    recent = np.searchsorted(np.sort(age), ages).astype(np.int64)
    span = build_windows(recent, age.size, min_cases, int(around.held[:, 1].max(initial=0)))
    if dispersed:
        from genk_geo.stats.scanning.dispersed import dispersed_cylinders, past_dispersion

        excess = past_dispersion(age, around, span)
        ratio, reach, length, cases = dispersed_cylinders(age, around, span, excess)
    else:
        ratio, reach, length, cases = alive_cylinders(age, around, span)
    source = generator(rng)
    largest = _largest_alive(age[age < ages[-1]], around, span, replicates, source)
    rows = []
    for i in without_overlap(ratio, lambda at: around.within(at, int(reach[at])), reporting.most):
        expected, held = reach[i] * recent[length[i]] / len(age), around.within(i, int(reach[i]))
        radius = around.radius(i, int(reach[i]))
        rows.append((*middle[i], radius, last - length[i] + 1, last, cases[i], expected, ratio[i], held))
    found = build_scan(rows, len(age), largest, every_days=reporting.every_days)
    return replace(found, crs=located(xy).crs, dated=are_moments(days), seed=seed_of(rng))


def _checked_events(xy: Places, days: Times, today: int | None) -> tuple[Floats, Ints]:
    places, when = places_of(xy, "events"), in_days(days, of=xy, whole=True)
    if places.ndim != 2 or places.shape[1:] != (2,) or when.shape != places.shape[:1]:
        raise SchemaError(
            "Events: needed places of shape (n, 2) and n days, given {shape} and {when_shape}.",
            shape=places.shape,
            when_shape=when.shape,
        )
    if not len(when):
        raise SchemaError("Events: needed at least one.")
    lost = np.flatnonzero(~np.isfinite(places).all(axis=1) | ~np.isfinite(when) | (when % 1 != 0))
    if lost.size:
        raise SchemaError(
            "{count} events lack a place or a whole day (rows {lost}). Leave them out.",
            count=lost.size,
            lost=some_rows(lost),
        )
    late = np.flatnonzero(when > (when.max() if today is None else today))
    if late.size:
        raise SchemaError(
            "{count} events are later than day {today} (rows {late}). Leave them out.",
            count=late.size,
            today=today,
            late=some_rows(late),
        )
    return places, when.astype(np.int64)


def _largest_alive(
    ages: Ints, around: Circles, span: Windows, replicates: int, source: np.random.Generator
) -> Floats:
    """Largest ratio of each shuffled data set: the recent ages dealt to events by chance."""
    left = around.place.size - np.arange(ages.size)
    sizes = (min(_BATCH, replicates - begin) for begin in range(0, replicates, _BATCH))
    dealt = (source.integers(0, left, (size, ages.size)) for size in sizes)
    return np.concatenate(in_threads(partial(_weigh, ages, around, span), dealt))


def _weigh(ages: Ints, around: Circles, span: Windows, picks: Ints) -> Floats:
    """By name, so that another machine finds it compiled instead of getting it to compile."""
    from genk_geo.stats.scanning.alive import best_alive

    return np.asarray(best_alive(picks, ages, around, span))

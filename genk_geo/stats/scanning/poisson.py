"""Scan of counts by place and period against expected counts.

References
----------
Kulldorff (1997), Communications in Statistics 26.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError, some_rows
from genk_geo.stats.checks import plain_numbers
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

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ScanLimits:
    """Which circles and windows a scan of counts looks at.

    Attributes
    ----------
    radius_m : float
        Largest radius.
    largest_share : float
        Largest share of all that is expected in one circle.
    longest : int, optional
        Longest window in periods; half of all periods by default.
    alive : bool
        Only clusters that last until the last period (prospective).
    min_cases : int
        Fewest cases of a cluster.

    Examples
    --------
    Only what lasts until the last period: the larger cluster is over:

    >>> cases = [[1, 9, 1, 1], [1, 1, 1, 1], [1, 1, 1, 5]]
    >>> alive, xy = gg.stats.ScanLimits(alive=True), [[0, 0], [1000, 0], [0, 1000]]
    >>> found = gg.stats.scan_counts(xy, cases, np.ones((3, 4)), limits=alive)
    >>> found.clusters.loc[0, ["x", "y", "first", "last"]].tolist()
    [0.0, 1000.0, 3.0, 3.0]
    """

    radius_m: float = np.inf
    largest_share: float = 0.5
    longest: int | None = None
    alive: bool = False
    min_cases: int = 2


#: Windows anywhere in the record, circles of up to half of what is expected.
RETROSPECTIVE = ScanLimits()


def scan_counts(
    xy: npt.ArrayLike,
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    distances: npt.ArrayLike | None = None,
    limits: ScanLimits = RETROSPECTIVE,
    reporting: Reporting = WEEKLY,
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
    limits : ScanLimits, optional
        Which circles and windows are looked at.
    reporting, replicates, rng
        As for :func:`scan`.

    Returns
    -------
    Scan
        ``first`` and ``last`` are positions of periods.

    Raises
    ------
    SchemaError
        If the shapes differ, a place is not known, a count is negative, or there are cases where none is
        expected.
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

    places, counts, mean = _checked_counts(xy, cases, expected)
    periods, total = counts.shape[1], int(counts.sum())
    span = max(periods // 2, 1) if limits.longest is None else limits.longest
    check_limits(limits.radius_m, span, replicates)
    apart = _distances(places) if distances is None else np.asarray(distances, dtype=float)
    order = np.argsort(apart, axis=1, kind="stable")
    near = np.take_along_axis(apart, order, axis=1) <= limits.radius_m
    small = np.cumsum(mean.sum(axis=1)[order], axis=1) <= limits.largest_share * total * (1 + 1e-12)
    reach = np.maximum((near & small).sum(axis=1), 1)

    def cylinders(cases: Ints) -> tuple[Floats, Ints, Ints, Ints]:
        ratio, held, first, after = all_cylinders(
            order, reach, cases, mean, span, limits.min_cases, limits.alive
        )
        return ratio, held, first, after

    ratio, held, first, after = cylinders(counts)
    source = np.random.default_rng(0) if rng is None else rng
    chance = (mean / mean.sum()).ravel()
    drawn = (source.multinomial(total, chance).reshape(counts.shape) for _ in range(replicates))
    largest = np.array(in_threads(lambda one: float(cylinders(one)[0].max()), drawn))
    rows = []
    for i in without_overlap(ratio, lambda i: order[i, : held[i]], reporting.most):
        inside, window = order[i, : held[i]], slice(first[i], after[i])
        radius = apart[i, order[i, held[i] - 1]]
        found, likely = counts[inside, window].sum(), mean[inside, window].sum()
        rows.append((*places[i], radius, first[i], after[i] - 1, found, likely, ratio[i], inside))
    return build_scan(rows, total, largest, every_days=reporting.every_days)


def _checked_counts(
    xy: npt.ArrayLike, cases: npt.ArrayLike, expected: npt.ArrayLike
) -> tuple[Floats, Ints, Floats]:
    places, counts, mean = (plain_numbers(values) for values in (xy, cases, expected))
    if places.ndim != 2 or counts.ndim != 2 or counts.shape != mean.shape or len(places) != len(counts):
        raise SchemaError(
            f"Counts: needed cases and expected of shape (places, periods), given {counts.shape} and "
            f"{mean.shape} for {len(places)} places."
        )
    if not (
        np.isfinite(mean).all() and (mean >= 0).all() and (counts >= 0).all() and (counts % 1 == 0).all()
    ):
        raise SchemaError("Counts: needed whole cases and expected counts of 0 or more.")
    if places.shape[1:] != (2,) or not np.isfinite(places.astype(float)).all():
        raise SchemaError(f"Counts: needed a finite x and y for each place, given shape {places.shape}.")
    surprise = np.argwhere((counts > 0) & (mean == 0))
    if surprise.size and mean.sum() > 0:
        where = some_rows(map(tuple, surprise.tolist()))
        raise SchemaError(
            f"Counts: cases where none is expected (place and period {where})"
            ". Nothing can be weighed against 0: give them a small expected count, or leave the place out."
        )
    if counts.sum() == 0 or mean.sum() == 0:
        raise SchemaError("Counts: needed at least one case, and something expected.")
    scaled = np.asarray(mean * (counts.sum() / mean.sum()), dtype=float)
    return places.astype(float), counts.astype(np.int64), scaled


def _distances(places: Floats) -> Floats:
    return np.asarray(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)))

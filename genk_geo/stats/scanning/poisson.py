"""Scan of counts by place and period against expected counts.

References
----------
Kulldorff (1997), Communications in Statistics 26.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError, some_rows
from genk_geo.stats.checks import generator, places_of, plain_numbers, seed_of
from genk_geo.stats.scanning.clusters import WEEKLY
from genk_geo.stats.scanning.search import RETROSPECTIVE, Question, search

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance
    from genk_geo.stats.scanning.clusters import Reporting, Scan
    from genk_geo.stats.scanning.search import ScanLimits

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def scan_counts(
    xy: npt.ArrayLike,
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    distances: npt.ArrayLike | None = None,
    limits: ScanLimits = RETROSPECTIVE,
    reporting: Reporting = WEEKLY,
    replicates: int = 999,
    rng: Chance = None,
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
        Which circles, ellipses and windows are looked at.
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
    places, counts, mean = _checked_counts(xy, cases, expected)
    apart = None if distances is None else np.asarray(distances, dtype=float)
    source = generator(rng)
    total, chance = int(counts.sum()), (mean / mean.sum()).ravel()
    drawn = (source.multinomial(total, chance).reshape(counts.shape) for _ in range(replicates))
    found = search(
        Question(places, counts, mean, 0.0, apart),
        drawn, limits=limits, reporting=reporting, replicates=replicates,
    )  # fmt: skip
    return replace(found, seed=seed_of(rng))


def _checked_counts(
    xy: npt.ArrayLike, cases: npt.ArrayLike, expected: npt.ArrayLike
) -> tuple[Floats, Ints, Floats]:
    places, counts, mean = places_of(xy), plain_numbers(cases), plain_numbers(expected)
    if places.ndim != 2 or counts.ndim != 2 or counts.shape != mean.shape or len(places) != len(counts):
        raise SchemaError(
            "Counts: needed cases and expected of shape (places, periods), given {shape} and {mean_shape} "
            "for {count} places.",
            shape=counts.shape,
            mean_shape=mean.shape,
            count=len(places),
        )
    if not (
        np.isfinite(mean).all() and (mean >= 0).all() and (counts >= 0).all() and (counts % 1 == 0).all()
    ):
        raise SchemaError("Counts: needed whole cases and expected counts of 0 or more.")
    if places.shape[1:] != (2,) or not np.isfinite(places.astype(float)).all():
        raise SchemaError(
            "Counts: needed a finite x and y for each place, given shape {shape}.", shape=places.shape
        )
    surprise = np.argwhere((counts > 0) & (mean == 0))
    if surprise.size and mean.sum() > 0:
        where = some_rows(map(tuple, surprise.tolist()))
        raise SchemaError(
            "Counts: cases where none is expected (place and period {where}). Nothing can be weighed "
            "against 0: give them a small expected count, or leave the place out.",
            where=where,
        )
    if counts.sum() == 0 or mean.sum() == 0:
        raise SchemaError("Counts: needed at least one case, and something expected.")
    scaled = np.asarray(mean * (counts.sum() / mean.sum()), dtype=float)
    return places.astype(float), counts.astype(np.int64), scaled

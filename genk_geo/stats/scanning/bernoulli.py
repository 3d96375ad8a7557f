"""Scan of cases among controls, for places where the share of cases is higher than elsewhere.

References
----------
Kulldorff & Nagarwalla (1995), Statistics in Medicine 14; Kulldorff (1997), Communications in Statistics 26.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError
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


def scan_cases(
    xy: npt.ArrayLike,
    cases: npt.ArrayLike,
    controls: npt.ArrayLike,
    *,
    limits: ScanLimits = RETROSPECTIVE,
    reporting: Reporting = WEEKLY,
    replicates: int = 999,
    rng: Chance = None,
) -> Scan:
    """Look for places with a larger share of cases: the Bernoulli scan.

    For example one way of breaking in among all burglaries: what is the same for both (reporting, dwellings)
    cancels out. Under the null hypothesis which of all are cases is drawn by chance.

    Parameters
    ----------
    xy : array_like, shape (m, 2)
        Places.
    cases, controls : array_like of int, shape (m,) or (m, periods)
        Cases, and others that could have been one, by place (and period).
    limits : ScanLimits, optional
        Which circles, ellipses and windows are looked at; shares are of cases and controls together.
    reporting, replicates, rng
        As for :func:`scan`.

    Returns
    -------
    Scan
        ``expected`` is what the share of cases in the whole city gives; ``first`` and ``last`` are positions
        of periods.

    Raises
    ------
    SchemaError
        If the shapes differ, a place is not known, a count is negative or not whole, or there are no cases or
        no controls.
    ConfigError
        If a limit is impossible.

    Examples
    --------
    Half of what happens is a case at the last two places, a tenth elsewhere:

    >>> xy = [[100 * k, 0] for k in range(8)]
    >>> found = gg.stats.scan_cases(xy, [1, 1, 1, 1, 1, 1, 5, 5], [9, 9, 9, 9, 9, 9, 5, 5])
    >>> found.clusters.loc[0, "members"], int(found.clusters.loc[0, "observed"])
    ((7, 6), 10)
    """
    places, counts, people = _checked(xy, cases, controls)
    source = generator(rng)
    total, everybody = int(counts.sum()), int(people.sum())
    by_place = people.ravel()
    drawn = (
        source.multivariate_hypergeometric(by_place, total, method="marginals").reshape(counts.shape)
        for _ in range(replicates)
    )
    found = search(
        Question(places, counts, people.astype(float), float(everybody)),
        drawn, limits=limits, reporting=reporting, replicates=replicates,
    )  # fmt: skip
    return replace(found, seed=seed_of(rng))


def _checked(xy: npt.ArrayLike, cases: npt.ArrayLike, controls: npt.ArrayLike) -> tuple[Floats, Ints, Ints]:
    """Places, cases and all people as tables of places by periods."""
    places, some, others = places_of(xy), plain_numbers(cases), plain_numbers(controls)
    some, others = (one[:, None] if one.ndim == 1 else one for one in (some, others))
    if places.ndim != 2 or some.ndim != 2 or some.shape != others.shape or len(places) != len(some):
        raise SchemaError(
            "Cases: needed cases and controls of shape (places,) or (places, periods), given {shape} and "
            "{others_shape} for {count} places.",
            shape=some.shape,
            others_shape=others.shape,
            count=len(places),
        )
    if places.shape[1:] != (2,) or not np.isfinite(places).all():
        raise SchemaError(
            "Cases: needed a finite x and y for each place, given shape {shape}.", shape=places.shape
        )
    both = np.concatenate([some, others])
    if not (np.isfinite(both) & (both >= 0) & (both % 1 == 0)).all():
        raise SchemaError("Cases: needed whole cases and controls of 0 or more.")
    if not some.any() or not others.any():
        raise SchemaError("Cases: needed at least one case and one control, to compare.")
    return places, some.astype(np.int64), (some + others).astype(np.int64)

"""Compiled loops of the scan of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from genk_geo.stats.inference.likelihood_ratio import case_ratio, log_ratio

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.scanning.shapes import Near

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def all_cylinders(
    near: Near,
    cases: Ints,
    weight: Floats,
    everybody: float,
    longest: int,
    floor: int,
    alive: bool,  # noqa: FBT001 - compiled
) -> tuple[Floats, Ints, Ints, Ints]:
    """Best cylinder of every centre over all windows, for cases and what they are set against.

    Parameters
    ----------
    near : Near
        Places around each centre.
    cases, weight : numpy.ndarray, shape (places, periods)
        Counts, and what is expected (adding up to the cases) or all people.
    everybody : float
        All people: then cases are some of the people (Bernoulli). 0: `weight` is what is expected (Poisson).
    longest : int
        Most periods of a window.
    floor : int
        Smallest number of cases of a cylinder.
    alive : bool
        Only windows that end with the last period.

    Returns
    -------
    tuple of numpy.ndarray
        Per centre: log-likelihood ratio (0 for none), places in the circle, first period, period after the
        last.
    """
    order, whole = near.order, near.whole
    centres, periods = order.shape[0], cases.shape[1]
    total = float(cases.sum())
    ratio = np.zeros(centres)
    places = np.zeros(centres, dtype=np.int64)
    first, after = np.zeros_like(places), np.zeros_like(places)
    for i in range(centres):
        inside, against = np.zeros(periods, dtype=np.int64), np.zeros(periods)
        for k in range(near.reach[i]):
            inside += cases[order[i, k]]
            against += weight[order[i, k]]
            if not whole[i, k]:
                continue
            for end in range(periods if alive else 1, periods + 1):
                count, held = 0, 0.0
                for begin in range(end - 1, max(end - longest, 0) - 1, -1):
                    count += inside[begin]
                    held += against[begin]
                    if count < floor:
                        continue
                    if everybody > 0.0:
                        here = case_ratio(float(count), held, total, everybody)
                    else:
                        here = log_ratio(float(count), held, total)
                    if here > ratio[i]:
                        ratio[i], places[i], first[i], after[i] = here, k + 1, begin, end
    return ratio, places, first, after

"""Proportions in which maps are mixed so that the past weeks were likeliest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Origins before this are not learned from (or before half of the record, while it is short).
_WARM_UP = 26
_STEPS = 100
#: No cell is expected to have less.
LEAST = 1e-12


def proportions(at: Floats, sums: Floats, stands_for: Floats) -> Floats:
    """Weights of maps under which the incidents are likeliest; each step makes them likelier.

    Parameters
    ----------
    at : numpy.ndarray, shape (maps, incidents)
        Maps at the incidents.
    sums : numpy.ndarray, shape (maps,)
        Sums of the maps over all cells and weeks.
    stands_for : numpy.ndarray, shape (incidents,)
        How many incidents each stands for.
    """
    weights = np.where(sums > 0, 1 / len(sums), 0.0)
    over = np.where(sums > 0, sums, 1.0)
    for _ in range(_STEPS):
        weights = weights * (at @ (stands_for / np.maximum(weights @ at, LEAST))) / over
    return weights


def warm_from(origin: int) -> int:
    """First origin to learn from: the first weeks of a record know too little of the past."""
    return min(_WARM_UP, origin // 2)

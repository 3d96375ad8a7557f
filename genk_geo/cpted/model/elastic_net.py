"""Elastic-net Poisson regression: Newton steps outside, coordinate descent inside.

Minimises ``-(1/N) sum(y eta - exposure exp(eta)) + penalty ((1 - l1) / 2 |b|^2 + l1 |b|_1)`` over
standardised columns with a free intercept: the objective of glmnet, with which the tests compare.

References
----------
Friedman, Hastie and Tibshirani (2010), Regularization paths for generalized linear models via coordinate
descent, Journal of Statistical Software 33(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_MAX_NEWTON = 100
_MAX_SWEEPS = 10_000
_MAX_HALVINGS = 20


@dataclass(frozen=True)
class PooledCells:
    """Cells that are alike, taken together: for Poisson their sums say all there is to know.

    Attributes
    ----------
    x : numpy.ndarray
        Groups of cells x columns.
    y, exposure, cells : numpy.ndarray
        Sum of the counts, sum of the exposures and number of cells of each group.
    """

    x: Floats
    y: Floats
    exposure: Floats
    cells: Floats

    def take(self, chosen: npt.NDArray[np.bool_]) -> PooledCells:
        """Some of the groups."""
        return PooledCells(self.x[chosen], self.y[chosen], self.exposure[chosen], self.cells[chosen])


def penalties(rows: PooledCells, *, l1_ratio: float, count: int, smallest: float) -> Floats:
    """From the penalty at which everything is zero down to `smallest` of it, in equal ratios."""
    scaled, _, _ = _standardised(rows)
    rate = rows.y.sum() / rows.exposure.sum()
    slope = np.abs(scaled.T @ (rows.y - rate * rows.exposure)) / rows.cells.sum()
    largest = slope.max(initial=0.0) / max(l1_ratio, 1e-3)
    path: Floats = largest * np.geomspace(1.0, smallest, count)
    return path


def fit_path(rows: PooledCells, penalty: Floats, *, l1_ratio: float, tolerance: float = 1e-10) -> Floats:
    """Coefficients along a path of penalties, each started from the one before.

    Parameters
    ----------
    rows : PooledCells
        The data.
    penalty : numpy.ndarray
        Penalties, largest first.
    l1_ratio : float
        0 is ridge, 1 is lasso.
    tolerance : float
        Largest change of a standardised coefficient at which the Newton steps stop.

    Returns
    -------
    numpy.ndarray
        Penalties x (1 + columns), intercept first, on the scale of the columns.
    """
    scaled, middle, spread = _standardised(rows)
    design = np.column_stack([np.ones(len(rows.y)), scaled])
    b = np.zeros(design.shape[1])
    b[0] = np.log(max(rows.y.sum(), 1e-10) / rows.exposure.sum())
    path = np.empty((len(penalty), design.shape[1]))
    for step, strength in enumerate(penalty):
        b = _newton(design, rows, b, strength * l1_ratio, strength * (1 - l1_ratio), tolerance)
        path[step, 1:] = b[1:] / spread
        path[step, 0] = b[0] - (b[1:] / spread) @ middle
    return path


def deviance(rows: PooledCells, coefficients: Floats) -> Floats:
    """Poisson deviance of each row of coefficients, up to what does not depend on them."""
    eta = coefficients[:, [0]] + coefficients[:, 1:] @ rows.x.T
    fitted: Floats = 2 * (np.exp(np.minimum(eta, 50)) @ rows.exposure - eta @ rows.y)
    return fitted


def _standardised(rows: PooledCells) -> tuple[Floats, Floats, Floats]:
    share = rows.cells / rows.cells.sum()
    middle = share @ rows.x
    spread = np.sqrt(share @ (rows.x - middle) ** 2)
    spread = np.where(spread > 1e-12, spread, 1.0)
    return (rows.x - middle) / spread, middle, spread


def _newton(design: Floats, rows: PooledCells, b: Floats, l1: float, l2: float, tolerance: float) -> Floats:
    n = rows.cells.sum()
    eta = design @ b
    now = _objective(eta, rows, b, l1, l2, n)
    active = np.flatnonzero(b)
    for _ in range(_MAX_NEWTON):
        mu = rows.exposure * np.exp(eta)
        slope = design.T @ (rows.y - mu) / n
        # Columns that the penalty surely holds at zero in this step are left out of the quadratic.
        hopeful = (b != 0) | (np.abs(slope) > 0.5 * l1)
        hopeful[0] = True
        active = np.flatnonzero(hopeful)
        part = design[:, active]
        gram = (part * mu[:, None]).T @ part / n
        linear = slope[active] + gram @ b[active]
        wished = b.copy()
        wished[active] = _descend(gram, linear, b[active].copy(), l1, l2, tolerance)
        step = wished - b
        for halving in range(_MAX_HALVINGS):
            trial = b + step * 0.5**halving
            eta = design @ trial
            then = _objective(eta, rows, trial, l1, l2, n)
            if then <= now + 1e-12 * abs(now):
                break
        moved = np.abs(trial - b).max()
        b, now = trial, then
        if moved < tolerance:
            break
    return b


def _objective(eta: Floats, rows: PooledCells, b: Floats, l1: float, l2: float, n: float) -> float:
    with np.errstate(over="ignore"):
        loss = (rows.exposure @ np.exp(eta) - rows.y @ eta) / n
    return float(loss + l1 * np.abs(b[1:]).sum() + 0.5 * l2 * (b[1:] @ b[1:]))


@njit(cache=True)
def _descend(gram: Floats, linear: Floats, b: Floats, l1: float, l2: float, tolerance: float) -> Floats:
    """Minimise b'Gb/2 - linear'b + penalties by coordinate descent; the first coordinate is free."""
    rest = linear - gram @ b
    for _ in range(_MAX_SWEEPS):
        largest = 0.0
        for j in range(b.size):
            if gram[j, j] <= 0.0:
                continue
            pull = rest[j] + gram[j, j] * b[j]
            if j == 0:
                new = pull / gram[j, j]
            else:
                new = np.sign(pull) * max(abs(pull) - l1, 0.0) / (gram[j, j] + l2)
            change = new - b[j]
            if change != 0.0:
                rest -= gram[:, j] * change
                b[j] = new
                largest = max(largest, abs(change))
        if largest < 0.1 * tolerance:
            break
    return b

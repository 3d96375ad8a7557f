"""Poisson and negative binomial regression by maximum likelihood, for small designs.

The negative binomial has variance ``mu + dispersion mu^2``. Coefficients move by Fisher scoring and the
logarithm of the dispersion by Newton steps; the two are orthogonal, so they move together.

References
----------
Lawless (1987), Negative binomial and mixed Poisson regression, Canadian Journal of Statistics 15(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

Family = Literal["poisson", "negative binomial"]

_MAX_STEPS = 200
_TOLERANCE = 1e-10
# Below the first the negative binomial is a Poisson, above the second nothing is left of the mean.
_SMALLEST_LOG, _LARGEST_LOG = -14.0, 8.0


@dataclass(frozen=True)
class Tally:
    """Cells that are alike in everything, counted once with their number.

    Attributes
    ----------
    x : numpy.ndarray of bool
        Rows x candidates.
    y : numpy.ndarray of int
        Incidents in a cell.
    log_exposure : numpy.ndarray
        Logarithm of the exposure of a cell.
    cells : numpy.ndarray
        How many such cells there are.
    """

    x: npt.NDArray[np.bool_]
    y: Ints
    log_exposure: Floats
    cells: Floats


@dataclass(frozen=True)
class CountFit:
    """A fitted model.

    Attributes
    ----------
    family : {"poisson", "negative binomial"}
        Which one.
    coefficients : numpy.ndarray
        Intercept first.
    covariance : numpy.ndarray
        Of the coefficients: the inverse of their Fisher information.
    dispersion : float
        0 for Poisson.
    log_likelihood : float
        With all constants, so that families can be compared.
    bic : float
        Minus twice the log-likelihood plus the number of parameters times the log of the number of cells.
    """

    family: Family
    coefficients: Floats
    covariance: Floats
    dispersion: float
    log_likelihood: float
    bic: float


def information_criterion(deviance: float, parameters: int, cells: float) -> float:
    """Schwarz's criterion (BIC, SBC): deviance (-2 log-likelihood) + parameters x log(cells)."""
    return float(deviance + parameters * np.log(cells))


def fit_counts(
    tally: Tally, chosen: list[int], family: Family, start: tuple[Floats, float] | None = None
) -> CountFit:
    """Fit one model on some of the candidates.

    Parameters
    ----------
    tally : Tally
        The data.
    chosen : list of int
        Columns of the tally.
    family : {"poisson", "negative binomial"}
        Model of the counts.
    start : tuple, optional
        Coefficients and dispersion to start from.

    Returns
    -------
    CountFit
        At the maximum of the likelihood.
    """
    design = np.empty((len(tally.y), 1 + len(chosen)))
    design[:, 0] = 1.0
    design[:, 1:] = tally.x[:, chosen]
    if start is None:
        b = np.zeros(design.shape[1])
        total = (tally.cells * np.exp(tally.log_exposure)).sum()
        b[0] = np.log(max(float((tally.cells * tally.y).sum()), 1e-10) / total)
        dispersion = 0.5
    else:
        b, dispersion = start[0].copy(), start[1]
    overdispersed = family != "poisson"
    log_dispersion = -np.inf  # Poisson
    if overdispersed:
        log_dispersion = float(np.clip(np.log(max(dispersion, 1e-3)), _SMALLEST_LOG, _LARGEST_LOG))
    b, log_dispersion, value, information = _climb(
        design, tally.y, tally.log_exposure, tally.cells, b, log_dispersion
    )
    number = np.bincount(tally.y, weights=tally.cells)
    constant = float(sum(n * lgamma(y + 1) for y, n in enumerate(number)))
    log_likelihood = value - constant
    parameters = len(b) + overdispersed
    return CountFit(
        family=family,
        coefficients=b,
        covariance=np.asarray(np.linalg.pinv(information, hermitian=True), dtype=float),
        dispersion=float(np.exp(log_dispersion)),
        log_likelihood=log_likelihood,
        bic=information_criterion(-2 * log_likelihood, parameters, tally.cells.sum()),
    )


def _climb(
    x: Floats, y: Ints, log_exposure: Floats, cells: Floats, b: Floats, log_dispersion: float
) -> tuple[Floats, float, float, Floats]:
    """Scoring steps with halving until nothing moves."""
    k, free = b.size, log_dispersion > -np.inf
    value, slope, information, d1, d2 = _likelihood(x, y, log_exposure, cells, b, log_dispersion)
    for _ in range(_MAX_STEPS):
        ridge = 1e-12 * (np.trace(information) + 1e-12)
        step = np.linalg.solve(information + ridge * np.eye(k), slope)
        step = np.clip(step, -3.0, 3.0)  # one wild step must not throw the fit out of reach
        turn = 0.0
        if free:
            turn = -d1 / d2 if d2 < 0.0 else np.sign(d1)
            turn = min(max(turn, -2.0), 2.0)
            turn = min(max(log_dispersion + turn, _SMALLEST_LOG), _LARGEST_LOG) - log_dispersion
        better = False
        for _halving in range(30):
            found = _likelihood(x, y, log_exposure, cells, b + step, log_dispersion + turn)
            if found[0] >= value - 1e-9 * abs(value) * 1e-3:
                better = True
                break
            step = step * 0.5
            turn *= 0.5
        if not better:
            break
        b = b + step
        log_dispersion += turn
        value, slope, information, d1, d2 = found
        if max(np.abs(step).max(), abs(turn)) < _TOLERANCE:
            break
    return b, log_dispersion, value, information


def _likelihood(
    x: Floats, y: Ints, log_exposure: Floats, cells: Floats, b: Floats, log_dispersion: float
) -> tuple[float, Floats, Floats, float, float]:
    """Log-likelihood without log(y!), its slope and information, and two derivatives to log dispersion."""
    eta = np.minimum(log_exposure + x @ b, 300.0)
    mu = np.exp(eta)
    first, second = 0.0, 0.0
    if log_dispersion == -np.inf:
        value = (cells * (y * eta - mu)).sum()
        pull, curve = cells * (y - mu), cells * mu
    else:
        a = np.exp(log_dispersion)
        logs, firsts, seconds = _sums(a, y.max() + 1)
        log1 = np.log1p(a * mu)
        share = mu / (1.0 + a * mu)
        more = y + 1.0 / a
        value = (cells * (logs[y] + y * eta - more * log1)).sum()
        pull, curve = cells * (y - mu) / (1.0 + a * mu), cells * share
        first = (cells * (firsts[y] + log1 / a**2 - more * share)).sum()
        bend = 2.0 * share / a**2 - seconds[y] - 2.0 * log1 / a**3 + more * share**2
        second = a * a * (cells * bend).sum() + a * first
        first *= a
    weighted = x * np.sqrt(curve).reshape(-1, 1)
    return value, x.T @ pull, weighted.T @ weighted, first, second


def _sums(a: float, most: int) -> tuple[Floats, Floats, Floats]:
    """Sums over j = 0 .. y - 1 of log(1 + aj), j / (1 + aj) and its square, for every y below `most`."""
    below = np.arange(max(most - 1, 0))
    ratio = below / (1.0 + a * below)
    logs, firsts, seconds = (
        np.concatenate([[0.0], np.cumsum(terms)]) for terms in (np.log1p(a * below), ratio, ratio**2)
    )
    return logs, firsts, seconds

"""From candidates to the factors of a terrain: elastic net first, then stepwise BIC for two families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from genk_geo.cpted.model.blocked import blocked_covariance, needed
from genk_geo.cpted.model.count_model import CountFit, Family, Tally, fit_counts
from genk_geo.cpted.model.elastic_net import PooledCells, deviance, fit_path, penalties
from genk_geo.cpted.model.stepwise import Selection, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

FAMILIES: tuple[Family, ...] = ("poisson", "negative binomial")
_PENALTIES = 30
_SMALLEST = 0.005
# Good enough to choose a penalty; the model itself is fitted again without any.
_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Question:
    """What the cells say.

    Attributes
    ----------
    member : numpy.ndarray of bool
        Cells x candidates.
    factor : sequence of str
        Factor of each candidate.
    y : numpy.ndarray of int
        Incidents in each cell.
    exposure : numpy.ndarray
        Exposure of each cell, positive.
    blocks : numpy.ndarray of int, shape (layouts, cells)
        Block of ground of each cell; cells of a block are alike for reasons that are not asked for.
    """

    member: Flags
    factor: Sequence[str]
    y: Ints
    exposure: Floats
    blocks: Ints

    def take(self, chosen: Flags) -> Question:
        """Some of the cells."""
        return Question(
            self.member[chosen], self.factor, self.y[chosen], self.exposure[chosen], self.blocks[:, chosen]
        )


@dataclass(frozen=True)
class Answer:
    """Which candidates go together with incidents.

    Attributes
    ----------
    kept : tuple of int
        Candidates that the elastic net leaves.
    penalised : numpy.ndarray
        Their penalised coefficients, one for every candidate.
    chosen : tuple of int
        Candidates in the model.
    fit : CountFit
        The model.
    other : CountFit
        The best of the other family, before factors that do not stand were dropped.
    covariance : numpy.ndarray
        Of the model's coefficients, with cells of a block that err together.
    """

    kept: tuple[int, ...]
    penalised: Floats
    chosen: tuple[int, ...]
    fit: CountFit
    other: CountFit
    covariance: Floats


def find_factors(question: Question, fold: Ints, *, l1_ratio: float) -> Answer:
    """Select the candidates that explain the counts.

    Parameters
    ----------
    question : Question
        The cells.
    fold : numpy.ndarray
        Fold of each cell, for the choice of the penalty.
    l1_ratio : float
        1 is lasso, near 0 is ridge.

    Returns
    -------
    Answer
        Of the family with the lower BIC.
    """
    # The matrices are small: a second thread of the linear algebra only waits for the first.
    with threadpool_limits(limits=1, user_api="blas"):
        penalised = _penalised(question, fold, l1_ratio)
    kept = tuple(int(one) for one in np.flatnonzero(penalised))
    cells = tally(question, kept)
    factor = [question.factor[one] for one in kept]
    found = [select(cells, factor, range(len(kept)), family) for family in FAMILIES]
    best, other = sorted(found, key=lambda selection: selection.fit.bic)
    best, covariance = _standing(question, cells, kept, best)
    chosen = tuple(kept[one] for one in best.chosen)
    return Answer(kept, penalised, chosen, best.fit, other.fit, covariance)


def refit(question: Question, pool: tuple[int, ...], family: Family) -> Selection:
    """The stepwise part alone, on the candidates that are given (positions in `pool`)."""
    factor, cells = [question.factor[one] for one in pool], tally(question, pool)
    return _standing(question, cells, pool, select(cells, factor, range(len(pool)), family))[0]


def _standing(
    question: Question, cells: Tally, pool: tuple[int, ...], found: Selection
) -> tuple[Selection, Floats]:
    """Drop the weakest factor, one at a time, until all stand against how the model errs by blocks."""
    least = needed(question.blocks, question.member.shape[1])
    while True:
        member = question.member[:, [pool[one] for one in found.chosen]]
        covariance = blocked_covariance(member, found.fit, question.y, question.exposure, question.blocks)
        if not found.chosen:
            return found, covariance
        sure = np.abs(found.fit.coefficients[1:]) / np.sqrt(np.diag(covariance)[1:])
        weakest = int(sure.argmin())
        if sure[weakest] >= least:
            return found, covariance
        left = tuple(one for at, one in enumerate(found.chosen) if at != weakest)
        found = Selection(left, fit_counts(cells, list(left), found.fit.family))


def _penalised(question: Question, fold: Ints, l1_ratio: float) -> Floats:
    """Coefficients at the penalty that predicts blocks best that it has not seen."""
    candidates = question.member.shape[1]
    rows, row_fold = _pooled(question, fold)
    if not candidates or not rows.y.any():
        return np.zeros(candidates)
    penalty = penalties(rows, l1_ratio=l1_ratio, count=_PENALTIES, smallest=_SMALLEST)
    if penalty[0] <= 0:
        return np.zeros(candidates)
    loss = np.zeros(len(penalty))
    for one in np.unique(row_fold):
        train = rows.take(row_fold != one)
        if train.y.any():
            path = fit_path(train, penalty, l1_ratio=l1_ratio, tolerance=_TOLERANCE)
            loss += deviance(rows.take(row_fold == one), path)
    best = int(loss.argmin())
    path = fit_path(rows, penalty[: best + 1], l1_ratio=l1_ratio, tolerance=_TOLERANCE)
    return path[-1, 1:]


def _pooled(question: Question, fold: Ints) -> tuple[PooledCells, Ints]:
    """Cells with the same answers in the same fold, taken together."""
    key = np.column_stack([np.packbits(question.member, axis=1), fold.astype(np.uint8)])
    first, row = _alike(key)
    y, exposure, cells = (
        np.bincount(row, weights=values).astype(float)
        for values in (question.y, question.exposure, np.ones(len(row)))
    )
    return PooledCells(question.member[first].astype(float), y, exposure, cells), fold[first]


def tally(question: Question, kept: tuple[int, ...]) -> Tally:
    """Cells with the same answers, count and exposure, counted once."""
    member = question.member[:, list(kept)]
    parts = [
        np.packbits(member, axis=1) if kept else np.zeros((len(question.y), 0), dtype=np.uint8),
        np.ascontiguousarray(question.y).view(np.uint8).reshape(len(question.y), -1),
        np.ascontiguousarray(question.exposure).view(np.uint8).reshape(len(question.y), -1),
    ]
    first, row = _alike(np.column_stack(parts))
    cells = np.bincount(row).astype(float)
    return Tally(member[first], question.y[first], np.log(question.exposure[first]), cells)


def _alike(key: npt.NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """First of each group of equal keys, and the group of each cell."""
    whole = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1]))).ravel()
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    return first, group

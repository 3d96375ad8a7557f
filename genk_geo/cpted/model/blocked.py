"""Which factors of a model stand when neighbouring cells are alike for reasons that nobody mapped.

A likelihood that takes cells for independent believes a factor that happens to lie in a patch with more of
everything. So the errors of coefficients are taken from how the model errs in whole blocks of ground, over
four layouts of the blocks, and never below what the likelihood says; and a factor stays only when it stands
against as many questions as were asked.

References
----------
Liang & Zeger (1986), Biometrika 73, for the errors; Conley (1999), Journal of Econometrics 92, for blocks of
ground; Benjamini & Yekutieli (2005), Journal of the American Statistical Association 100, for intervals of
what was selected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.cpted.model.count_model import CountFit

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Chance that any factor comes in which has nothing to do with the incidents.
FALSE_ENTRY = 0.1
_INTERVAL = 0.05
#: Chance is never taken for less sure than with so many blocks.
_FEWEST_BLOCKS = 3


def blocked_covariance(
    member: npt.NDArray[np.bool_], fit: CountFit, y: Ints, exposure: Floats, blocks: Ints
) -> Floats:
    """Covariance of the coefficients when the cells of a block err together.

    Parameters
    ----------
    member : numpy.ndarray of bool
        Cells x factors of the model.
    fit : CountFit
        The model.
    y, exposure : numpy.ndarray
        Incidents and exposure of each cell.
    blocks : numpy.ndarray of int, shape (layouts, cells)
        Block of each cell in each layout.

    Returns
    -------
    numpy.ndarray
        Mean over the layouts; variances are at least those of the likelihood.
    """
    design = np.column_stack([np.ones(len(y)), member])
    mean = exposure * np.exp(design @ fit.coefficients)
    pull = design * ((y - mean) / (1.0 + fit.dispersion * mean))[:, None]
    found = np.zeros(fit.covariance.shape)
    for block in blocks:
        number = int(block.max()) + 1
        sums = np.column_stack([np.bincount(block, column, number) for column in pull.T])
        found += fit.covariance @ (sums.T @ sums) @ fit.covariance * number / max(number - 1, 1)
    found /= len(blocks)
    short = np.maximum(np.diag(fit.covariance) - np.diag(found), 0.0)
    return np.asarray(found + np.diag(short))


def needed(blocks: Ints, questions: int) -> float:
    """Standard errors that a factor must be from no effect, when so many questions were asked."""
    from scipy.stats import t

    return float(t.isf(FALSE_ENTRY / (2.0 * max(questions, 1)), _freedom(blocks)))


def interval_width(blocks: Ints, chosen: int, questions: int) -> float:
    """Standard errors on either side of a coefficient that was selected from so many questions."""
    from scipy.stats import t

    share = _INTERVAL * max(chosen, 1) / max(questions, chosen, 1)
    return float(t.isf(share / 2.0, _freedom(blocks)))


def _freedom(blocks: Ints) -> int:
    return max(min(np.unique(block).size for block in blocks), _FEWEST_BLOCKS) - 1

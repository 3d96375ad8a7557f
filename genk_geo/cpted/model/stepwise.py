"""Two-way stepwise selection by BIC, from the model without factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.cpted.model.count_model import CountFit, Family, Tally, fit_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Floats = np.typing.NDArray[np.float64]

#: An improvement smaller than this is rounding.
_LEAST_GAIN = 1e-6


@dataclass(frozen=True)
class Selection:
    """The model at which no step lowers the BIC.

    Attributes
    ----------
    chosen : tuple of int
        Candidates, in the order in which they came in.
    fit : CountFit
        Their model; its coefficients after the intercept follow `chosen`.
    """

    chosen: tuple[int, ...]
    fit: CountFit


def select(tally: Tally, factor: Sequence[str], pool: Sequence[int], family: Family) -> Selection:
    """Add, drop or exchange one candidate at a time as long as the BIC falls.

    A factor is in the model with one operationalisation at most: a second one of the same factor can only
    take the place of the first.

    Parameters
    ----------
    tally : Tally
        The data.
    factor : sequence of str
        Factor of each column of the tally.
    pool : sequence of int
        Columns that may come in.
    family : {"poisson", "negative binomial"}
        Model of the counts.

    Returns
    -------
    Selection
        Possibly with no candidate at all.
    """
    now = Selection((), fit_counts(tally, [], family))
    while True:
        best = now
        for chosen in _moves(now.chosen, factor, pool):
            fit = fit_counts(tally, list(chosen), family, _start(now, chosen))
            if fit.bic < best.fit.bic - _LEAST_GAIN:
                best = Selection(chosen, fit)
        if best is now:
            return now
        now = best


def _moves(chosen: tuple[int, ...], factor: Sequence[str], pool: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for one in chosen:
        yield tuple(other for other in chosen if other != one)
    taken = {factor[one]: one for one in chosen}
    for new in pool:
        if new in chosen:
            continue
        old = taken.get(factor[new])
        yield (*chosen, new) if old is None else tuple(new if one == old else one for one in chosen)


def _start(now: Selection, chosen: tuple[int, ...]) -> tuple[Floats, float]:
    """Where the present model leaves off; newcomers start at no effect."""
    known = dict(zip(now.chosen, now.fit.coefficients[1:], strict=True))
    b = np.array([now.fit.coefficients[0], *(known.get(one, 0.0) for one in chosen)])
    return b, now.fit.dispersion or 0.5

"""How busy places truly were, from counts of which some were looked at because they were high.

A place that is chosen at its worst falls back by itself. What is expected of it is drawn to the mean of all
places, by as much as counts of one span of weeks have failed to repeat themselves in another. An expectation
that is drawn so does not depend on why the place was chosen, as long as it was chosen by what was counted.

References
----------
Hauer (1997), Observational Before-After Studies in Road Safety. Buehlmann & Gisler (2005), A Course in
Credibility Theory, chapter 4. Dawid (1994), Selection paradoxes of Bayesian inference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: A level is never taken lower than what half an event over all weeks would give.
_HALF = 0.5


@dataclass(frozen=True)
class Shrinkage:
    """How counts of two spans of weeks are drawn to the mean of all places.

    Attributes
    ----------
    mean : float
        Events a week (of index 1) of the mean place.
    between : float
        Variance of the places' lasting levels.
    passing : float
        Variance of what a place has in one span and not in the other, beyond chance.
    dispersion : float
        Variance over mean of counts around their level.
    """

    mean: float
    between: float
    passing: float
    dispersion: float

    @classmethod
    def fit(cls, counts: Floats, weeks: Floats, dispersion: float) -> Shrinkage:
        """Fit to counts by place and span; `weeks` are the index weeks behind them, of the same shape."""
        rate = counts / weeks
        mean = float(counts.sum() / weeks.sum())
        off = rate - rate.mean(axis=0)
        among = max(len(rate) - 1, 1)
        between = max(float((off[:, 0] * off[:, 1]).sum() / among), 0.0)
        chance = dispersion * mean / weeks.mean(axis=0)
        passing = max(float(((off**2).sum(axis=0) / among - chance).mean()) - between, 0.0)
        return cls(mean, between, passing, dispersion)

    def levels(self, counts: Floats, weeks: Floats) -> Floats:
        """Events a week that each place is expected to have, from its counts in the two spans."""
        chance = self.passing + self.dispersion * self.mean / weeks
        if self.between == 0:
            return np.full(len(counts), self.mean)
        # Best linear prediction from two spans: each weighs as one over what of it does not last.
        trust = 1.0 / np.maximum(chance, 1e-12)
        rate = counts / weeks
        drawn = (self.mean / self.between + (trust * rate).sum(axis=1)) / (
            1.0 / self.between + trust.sum(axis=1)
        )
        floor: Floats = _HALF / weeks.sum(axis=1)
        level: Floats = np.maximum(drawn, floor)
        return level


def block_dispersion(counts: Floats, expected: Floats) -> float:
    """Variance over mean of counts (blocks by places) around what is expected of them; 1 or more."""
    some = expected > 0
    if not some.any():
        return 1.0
    blocks = len(counts)
    free = max(blocks - 1, 1) / blocks
    off = (counts[some] - expected[some]) ** 2 / expected[some]
    return max(float(off.sum() / (some.sum() * free)), 1.0)

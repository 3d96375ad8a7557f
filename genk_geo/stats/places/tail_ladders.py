"""Tails of many counts at once, rung by rung, and the chance that any of them passes its threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.stats.inference.tails import exactly, upper_tail

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    #: So many draws: which of the counts, and how many.
    Drawer = Callable[[int, np.random.Generator], tuple[Ints, Ints]]

#: Rarer than this no window needs to be known.
_RAREST = 1e-9
#: Rarer than this a count is no longer followed; the others go on alone once so few of them are left.
_GONE, _THINNED = 1e-15, 0.8
#: More common than this is no level of one test among many.
_COMMON = 0.01
#: More rungs than this would be a count of thousands, of which the first ones say enough.
_MOST_RUNGS = 2000


@dataclass(frozen=True, eq=False)
class Ladders:
    """P(X >= k) of each of many counts, for k from its first rung up.

    Counts of which nearly the same is expected climb one ladder.

    Attributes
    ----------
    ladder : numpy.ndarray of int
        Which ladder each count climbs.
    first : numpy.ndarray of int
        The lowest k of each ladder: its mean, or the least that counts.
    tail : numpy.ndarray
        A row a rung, a column a ladder.
    rare, chance : numpy.ndarray
        The tails of all rungs, ascending, and the sum of the chances of exactly these counts: what all
        windows together have, had each the largest tail up to there as its level.
    """

    ladder: Ints
    first: Ints
    tail: Floats
    rare: Floats
    chance: Floats

    @classmethod
    def of(cls, mean: Floats, dispersion: Floats, least: int) -> Ladders:
        """Climb from the mean until everything is rare.

        Parameters
        ----------
        mean, dispersion : numpy.ndarray
            Of each count, Poisson where the dispersion is 1, else negative binomial.
        least : int
            Fewer than this never count.

        Returns
        -------
        Ladders
        """
        # Pairs are told apart as complex numbers, which sort far faster than rows of two.
        pair, ladder, shared = np.unique(mean + 1j * dispersion, return_inverse=True, return_counts=True)
        mean, dispersion = pair.real, pair.imag
        k = np.maximum(np.floor(mean), least)
        first = k.astype(np.int64)
        tail = upper_tail(k, mean, dispersion)
        own = np.minimum(exactly(k, mean, dispersion), tail)
        tails, chances = [tail], [own]
        live = np.arange(mean.size)
        while tail.max(initial=0.0) > _RAREST and len(tails) < _MOST_RUNGS:
            going = tail > _GONE
            if going.mean() < _THINNED:
                live, k, tail, own = live[going], k[going], tail[going], own[going]
                mean, dispersion = mean[going], dispersion[going]
            tail = np.maximum(tail - own, 0.0)
            own = np.minimum(own * (mean + k * (dispersion - 1.0)) / (dispersion * (k + 1.0)), tail)
            k = k + 1.0
            for rung, values in ((tails, tail), (chances, own)):
                rung.append(np.zeros(first.size))
                rung[-1][live] = values
        rungs, parts = np.stack(tails), np.stack(chances) * shared
        low = (rungs < _COMMON) & (rungs > 0)
        rare = rungs[low]
        order = np.argsort(rare)
        return cls(ladder.ravel(), first, rungs, rare[order], np.cumsum(parts[low][order]))

    def together(self, level: Floats | float) -> Floats:
        """Sum over all counts of the chance to be at most at a level: what Bonferroni's inequality adds up.

        Counts are whole: none of them uses the level that it is given up, and this knows what each uses.
        """
        at = np.searchsorted(self.rare, np.asarray(level) * (1.0 + 1e-9), side="right")
        chance = np.concatenate([[0.0], self.chance])
        return np.where(np.asarray(level) >= _COMMON, np.inf, chance[at])

    def level_for(self, together: float) -> float:
        """The highest level at which the chances add up to no more; 0 where even one is too much."""
        at = int(np.searchsorted(self.chance, together, side="right"))
        if at == self.rare.size:
            return float(self.rare[-1]) if self.rare.size else 0.0
        # Rungs of equal tails come together or not at all.
        while at > 0 and self.rare[at - 1] >= self.rare[at] * (1.0 - 1e-9):
            at -= 1
        return float(self.rare[at - 1]) if at else 0.0

    def threshold(self, level: float) -> tuple[Ints, Floats]:
        """The fewest that are at most at the level, and how likely they or more are; by count."""
        over = (self.tail > level * (1.0 + 1e-9)).sum(axis=0)
        at = np.minimum(over, len(self.tail) - 1)
        own = np.take_along_axis(self.tail, at[None], axis=0)[0]
        passed = np.where(over < len(self.tail), own, 0.0)
        return (self.first + over)[self.ladder], passed[self.ladder]

    def drawer(self, tail: Floats) -> Drawer:
        """Draws of one of the counts by its tail, and of how many it is, given that tail."""

        def draw(times: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
            which = rng.choice(tail.size, times, p=tail / tail.sum())
            under = rng.random(times) * tail[which]
            climbed = self.ladder[which]
            return which, self.first[climbed] + (self.tail[:, climbed] > under).sum(axis=0) - 1

        return draw

"""What would have come: each place's own level times the change of places that went alike before.

The weeks on which a place was chosen are kept from the matching: they were high by chance too, and a mix of
places that follows them would be of places that are truly busier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from genk_geo.stats.effects.levels import Shrinkage, block_dispersion
from genk_geo.stats.effects.simplex import simplex_weights

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Places = npt.NDArray[np.intp]

#: Weeks of a block: places are matched by blocks, because a week of a place is mostly chance.
BLOCK = 4
#: Fewer weeks than this before the chosen ones are no second span.
LEAST_CLEAN = 26
#: So many places are compared one by one, the busiest; the others together.
MOST_DONORS = 100
#: Penalties on noise that are tried, in units of the noise itself; the last one looks at nothing else.
_PENALTIES = (1.0, 4.0, 16.0, float("inf"))
# A donor where something else happened counts no further than this many standard deviations.
_FAR, _ROUNDS = 2.5, 4


@dataclass(frozen=True)
class Comparison:
    """Expectations of some places over the weeks after a start.

    Attributes
    ----------
    expected : numpy.ndarray, shape (weeks, places)
        Events that would have come, for the wanted places and then the donors.
    level : numpy.ndarray, shape (places,)
        Events a week that were expected of them before.
    weights : numpy.ndarray, shape (donors + 1, places)
        What each is compared with; the last row is the rest of the city.
    places : numpy.ndarray of int
        Columns of the places.
    donors : numpy.ndarray of int
        Columns of the donors.
    kind : str
        ``synthetic``, or ``city`` where weights of their own foretold no better.
    """

    expected: Floats
    level: Floats
    weights: Floats
    places: Places
    donors: Places
    kind: Literal["synthetic", "city"]

    def at(self, place: int) -> int:
        """Where a column of the counts stands among the places."""
        found: int = self.places.tolist().index(place)
        return found


def compare(before: Floats, after: Floats, *, usable: Flags, wanted: Places, chosen: int) -> Comparison:
    """Expect the weeks after a start from the weeks before it and from places where nothing was done.

    Parameters
    ----------
    before, after : numpy.ndarray, shape (weeks, places)
        Counts by week.
    usable : numpy.ndarray of bool, shape (places,)
        Places that may be compared with.
    wanted : numpy.ndarray of int
        Columns of the places to expect, none of them usable.
    chosen : int
        Weeks before the start on which places were chosen.
    """
    past = _Past.of(before, chosen)
    ranked = np.flatnonzero(usable)[np.argsort(-past.level[usable], kind="stable")]
    donors, others = ranked[:MOST_DONORS], ranked[MOST_DONORS:]
    calm = np.vstack([before, _without_outliers(after, past, ranked)])
    series, noise = _donor_series(calm, past.level, donors, others)
    places = np.concatenate([wanted, donors])
    allowed = np.ones((noise.size, places.size), dtype=bool)
    allowed[np.arange(donors.size), wanted.size + np.arange(donors.size)] = False
    allowed[donors.size :] = others.size > 0
    own = before[:, places] / past.level[places]
    tried = [
        simplex_weights(
            past.blocks(series[: len(before)]), past.blocks(own), noise, one * past.matched / BLOCK, allowed
        )
        for one in _PENALTIES
    ]  # fmt: skip
    missed = [past.missed(before[:, places], series[: len(before)] @ one) for one in tried]
    # Ties go to the city: weights of their own must foretell better.
    best = len(missed) - 1 - int(np.argmin(missed[::-1]))
    going = series @ tried[best]
    level = past.own_level(before[:, places], going[: len(before)], ranked)
    recent = going[: len(before)][past.spans[1]].mean(axis=0)
    kind: Literal["synthetic", "city"] = "city" if np.isinf(_PENALTIES[best]) else "synthetic"
    return Comparison(level * going[len(before) :], level * recent, tried[best], places, donors, kind)


@dataclass(frozen=True)
class _Past:
    """The weeks before a start: two spans of them, how the city went, and how busy each place was."""

    counts: Floats
    spans: tuple[slice, slice]
    matching: slice
    city: Floats
    shrinkage: Shrinkage
    level: Floats

    @classmethod
    def of(cls, counts: Floats, chosen: int) -> Self:
        weeks = len(counts)
        clean = weeks - chosen >= LEAST_CLEAN
        cut = weeks - chosen if clean else weeks // 2
        spans = (slice(0, cut), slice(cut, weeks))
        matching = spans[0] if clean else slice(0, weeks)
        # All places, those where something was done too: the past of the whole city was chosen by nobody.
        total = counts.sum(axis=1)
        city = total / max(total.mean(), 1e-9)
        index = np.array([max(city[span].sum(), 1e-9) for span in spans])
        sums = np.column_stack([counts[span].sum(axis=0) for span in spans])
        rough = counts.sum(axis=0) / city.sum()
        whole = slice(weeks % BLOCK, weeks)
        dispersion = block_dispersion(_by_block(counts[whole]), _by_block(np.outer(city, rough)[whole]))
        shrinkage = Shrinkage.fit(sums, np.broadcast_to(index, sums.shape), dispersion)
        level = shrinkage.levels(sums, np.broadcast_to(index, sums.shape))
        return cls(counts, spans, matching, city, shrinkage, level)

    @property
    def matched(self) -> int:
        """Blocks that places are matched on."""
        blocks: int = (self.matching.stop - self.matching.start) // BLOCK
        return blocks

    def blocks(self, series: Floats) -> Floats:
        """Means by block of the weeks that places are matched on, the last of them whole."""
        own = series[self.matching]
        return _by_block(own[len(own) % BLOCK :]) / BLOCK

    def missed(self, own: Floats, going: Floats) -> float:
        """How badly the second span is foretold from the first, of places with their index."""
        first, second = self.spans
        index = np.maximum(going[first].sum(axis=0), 1e-9)
        mean = own[first].sum(axis=0) / index * going[second].sum(axis=0)
        some = mean > 0
        return float(((own[second].sum(axis=0) - mean)[some] ** 2 / mean[some]).sum())

    def own_level(self, own: Floats, going: Floats, donors: Places) -> Floats:
        """Level of places by their own index, in the two spans."""
        weeks = []
        for span in self.spans:
            # Places that were not chosen were low in these weeks by chance too: by so much.
            all_places = self.counts[span].sum() / self.level.sum()
            these = self.counts[span][:, donors].sum() / self.level[donors].sum()
            weeks.append(going[span].sum(axis=0) * (all_places / these if these > 0 else 1.0))
        index = np.maximum(np.column_stack(weeks), 1e-9)
        sums = np.column_stack([own[span].sum(axis=0) for span in self.spans])
        return self.shrinkage.levels(sums, index)


def _donor_series(counts: Floats, level: Floats, donors: Places, others: Places) -> tuple[Floats, Floats]:
    """Each donor as multiples of its level, and all others together; and how noisy each is."""
    rest = counts[:, others].sum(axis=1) if others.size else np.zeros(len(counts))
    busy = float(level[others].sum()) if others.size else 1.0
    series = np.column_stack([counts[:, donors] / level[donors], rest / busy])
    return series, 1.0 / np.append(level[donors], busy)


def _without_outliers(after: Floats, past: _Past, donors: Places) -> Floats:
    """Counts after the start, those of donors that went their own way drawn back to what chance allows.

    A new hotspot at a donor is no change of the city: left in, it would make every measure seem to help.
    """
    total, level = after.sum(axis=0), past.level
    drawn = total.astype(float)
    for _ in range(_ROUNDS):
        change = drawn[donors].sum() / level[donors].sum()
        mean = level * change
        passing = past.shrinkage.passing / max(past.shrinkage.mean, 1e-9) ** 2
        far = _FAR * np.sqrt(past.shrinkage.dispersion * mean + passing * mean**2)
        drawn[donors] = np.clip(total, mean - far, mean + far)[donors]
    factor = np.where(total > 0, drawn / np.maximum(total, 1.0), 1.0)
    calm: Floats = after * factor
    return calm


def _by_block(series: Floats) -> Floats:
    """Sums over blocks of weeks, of whole blocks only."""
    n = len(series) // BLOCK
    summed: Floats = series[: n * BLOCK].reshape(n, BLOCK, *series.shape[1:]).sum(axis=1)
    return summed

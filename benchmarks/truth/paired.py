"""Whether ours is below the best plain way by more than chance; each history is shown to everybody.

Where ours and the best of three are equally good, chance puts about half of the rows below. How many these
are, is drawn: in each row what ours and the best of that row found is exchanged in half of the histories, by
lot, and the best is chosen anew. Were all of them equally good, more would be below: that is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

#: Errors beyond which a row is called below; chance of one or more wrong verdicts in the whole table.
ERRORS, LEVEL = 2.0, 0.05
_REPEATS, _SEED = 1000, 1


class Below(NamedTuple):
    """Rows in which ours is below the best plain way, and those by more than the errors."""

    rows: int
    clearly: int


def difference(found: Mask) -> tuple[float, float]:
    """Ours (first row) less the best of the others, with the standard error of that; a column a history."""
    best = found[1:][int(found[1:].mean(axis=1).argmax())]
    less = found[0].astype(float) - best
    return float(less.mean()), float(np.std(less, ddof=1) / np.sqrt(less.size)) if less.size > 1 else np.nan


def below(table: Sequence[Mask]) -> Below:
    """Count the rows."""
    seen = [difference(found) for found in table]
    return Below(sum(mean < 0 for mean, _ in seen), sum(mean + ERRORS * error < 0 for mean, error in seen))


def by_chance(table: Sequence[Mask], *, repeats: int = _REPEATS) -> list[Below]:
    """What the counts would be if ours and the best of each row were equally good."""
    rng = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(repeats):
        shuffled = []
        for found in table:
            best, swap = 1 + int(found[1:].mean(axis=1).argmax()), rng.random(found.shape[1]) < 0.5
            other = found.copy()
            other[0], other[best] = np.where(swap, found[[best, 0]], found[[0, best]])
            shuffled.append(other)
        drawn.append(below(shuffled))
    return drawn


def verdicts(table: Sequence[Mask]) -> tuple[int, int]:
    """Rows in which ours is worse than one of the others, and rows in which it is better than all of them.

    Each pair is judged by the exact test of McNemar, one-sided, and Holm's rule over all pairs of the table.
    """
    pairs = [(row, found[0], other) for row, found in enumerate(table) for other in found[1:]]
    worse = _held([_chance(other & ~ours, ours & ~other) for _, ours, other in pairs])
    better = _held([_chance(ours & ~other, other & ~ours) for _, ours, other in pairs])
    rows = np.array([row for row, *_ in pairs])
    each = np.bincount(rows[better], minlength=len(table))
    return len(set(rows[worse].tolist())), int((each == [len(found) - 1 for found in table]).sum())


def _chance(more: Mask, fewer: Mask) -> float:
    """Chance of at least so many histories on one side, if both sides are as likely."""
    return float(binom.sf(more.sum() - 1, more.sum() + fewer.sum(), 0.5))


def _held(chances: Sequence[float]) -> Mask:
    """Which of them stand, when one or more wrong ones may do so with the chance of `LEVEL`."""
    order = np.argsort(chances, kind="stable")
    limits = LEVEL / np.arange(len(chances), 0, -1)
    passed = np.array(chances)[order] <= limits
    held = np.zeros(len(chances), dtype=bool)
    held[order[: len(chances) if passed.all() else int(passed.argmin())]] = True
    return held


def reading(table: Sequence[Mask]) -> str:
    """What the whole table says, in words."""
    seen, drawn = below(table), by_chance(table)
    rows, clearly = (np.percentile([one[at] for one in drawn], [50, 2.5, 97.5]) for at in (0, 1))
    worse, better = verdicts(table)
    pairs = sum(len(found) - 1 for found in table)
    return (
        f"Of {len(table)} rows ours is below the best plain way in {seen.rows}, by more than two errors in "
        f"{seen.clearly}. If it were as good as the best in every row, chance would put {rows[0]:.0f} below "
        f"({rows[1]:.0f} to {rows[2]:.0f} in 95 of 100 draws) and {clearly[0]:.0f} ({clearly[1]:.0f} to "
        f"{clearly[2]:.0f}) by more than two errors. One "
        f"plain way at a time (exact McNemar, Holm over all {pairs} pairs) ours is worse than one of them in "
        f"{worse} rows and better than all of them in {better}."
    )

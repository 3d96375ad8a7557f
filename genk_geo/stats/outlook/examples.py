"""Weeks that are over, as examples to learn from: what could be seen before, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.outlook.record import WeekRecord

    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]

#: Cells without incident that are kept of each week, on average, for models that learn row by row.
KEPT_CELLS = 300
#: Part of them that is drawn from all cells alike; the rest where most is going on.
_DRAWN_EVENLY = 0.2


@dataclass(frozen=True, eq=False)
class Example:
    """One origin: the components of all cells in sum, of the incidents that followed, and of drawn cells."""

    origin: int
    sums: Floats
    cell: Ints
    known: Ints
    at_incidents: Singles
    drawn: Ints
    chance: Floats
    at_drawn: Singles


class Rows(NamedTuple):
    """Cells of many weeks to learn from, with the weight that makes up for those that were not drawn."""

    components: Singles
    counts: Floats
    weight: Floats
    origin: Ints
    cell: Ints


class Examples:
    """Examples of all origins so far.

    Parameters
    ----------
    record : WeekRecord
        Incidents.
    names : tuple of str
        Names of the components.
    seed : int
        Seed of the draws; each origin has a stream of its own, so that the order does not matter.
    """

    def __init__(self, record: WeekRecord, names: tuple[str, ...], *, seed: int) -> None:
        self.record, self.names, self.seed = record, names, seed
        self._examples: list[Example] = []
        self._order = np.argsort(record.week, kind="stable")
        self._bounds = np.searchsorted(record.week[self._order], np.arange(record.weeks + 1))

    @property
    def first(self) -> int:
        """Number that the first week of the record has among all weeks, to name streams by."""
        return self.record.first.monday.toordinal() // 7

    def add(self, origin: int, components: Singles) -> None:
        """Remember what was seen at an origin, for when the week after it is over."""
        here = self._order[self._bounds[origin + 1] : self._bounds[origin + 2]]
        cell = self.record.cell[here]
        chance = _chance(components)
        rng = np.random.default_rng([self.seed, self.first + origin])
        drawn = np.flatnonzero(rng.random(chance.size) < chance)
        sums = components.sum(axis=1, dtype=np.float64)
        self._examples.append(
            Example(
                origin, sums, cell, self.record.known[here], components[:, cell],
                drawn, chance[drawn], components[:, drawn],
            )
        )  # fmt: skip

    def over(self, origin: int, *, from_origin: int) -> list[Example]:
        """Examples whose week was over at an origin."""
        return [one for one in self._examples if from_origin <= one.origin < origin]

    def incidents(self, origin: int, *, from_origin: int) -> tuple[Floats, Floats]:
        """Components at the incidents known at an origin, and their sums over all cells and weeks."""
        chosen = self.over(origin, from_origin=from_origin)
        at = [one.at_incidents[:, one.known <= origin] for one in chosen]
        sums = np.sum([one.sums for one in chosen], axis=0)
        return np.concatenate(at, axis=1).astype(float), np.asarray(sums, dtype=float)

    def rows(self, origin: int, *, from_origin: int) -> Rows:
        """Rows to learn from at an origin: every cell with a known incident, and the drawn ones."""
        parts = [_build_rows(one, origin) for one in self.over(origin, from_origin=from_origin)]
        return Rows(
            np.concatenate([part.components for part in parts], axis=1),
            *(np.concatenate(column) for column in list(zip(*parts, strict=True))[1:]),
        )


def _chance(components: Singles) -> Floats:
    """Chance of each cell to be drawn: more where the components see more."""
    seen = components.sum(axis=0, dtype=np.float64)
    total = seen.sum()
    aimed = seen / total if total > 0 else np.zeros(seen.size)
    chance: Floats = KEPT_CELLS * ((1 - _DRAWN_EVENLY) * aimed + _DRAWN_EVENLY / seen.size)
    return np.asarray(np.minimum(chance, 1.0))


def _build_rows(example: Example, origin: int) -> Rows:
    known = example.known <= origin
    cell, first, counts = np.unique(example.cell[known], return_index=True, return_counts=True)
    idle = ~np.isin(example.drawn, cell)
    components = np.concatenate([example.at_incidents[:, known][:, first], example.at_drawn[:, idle]], axis=1)
    rows = np.concatenate([cell, example.drawn[idle]])
    return Rows(
        components,
        np.concatenate([counts.astype(float), np.zeros(int(idle.sum()))]),
        np.concatenate([np.ones(cell.size), 1 / example.chance[idle]]),
        np.full(rows.size, example.origin),
        rows,
    )

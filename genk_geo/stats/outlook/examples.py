"""Weeks that are over, as examples to learn from: what could be seen before, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy.typing as npt

    from genk_geo.stats.outlook.record import WeekRecord

    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]

Found = TypeVar("Found")

#: Cells without incident that are kept of each week, on average, for models that learn row by row.
KEPT_CELLS = 300
#: Part of them that is drawn from all cells alike; the rest where most is going on.
_DRAWN_EVENLY = 0.2
#: Of a week with more incidents than this so many are kept, whole cells of them: each then stands for more.
#: More teach a model nothing, and a record of a million would fill the memory.
KEPT_INCIDENTS = 200


@dataclass(frozen=True, eq=False)
class Example:
    """One origin: the components of all cells in sum, of the incidents that followed, and of drawn cells.

    `cell` and `known` are those of the incidents that are kept, which stand for `stands_for` each.
    """

    origin: int
    sums: Floats
    all_cells: Ints
    all_known: Ints
    cell: Ints
    known: Ints
    stands_for: float
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
        self._answers: dict[Hashable, Any] = {}

    @property
    def first(self) -> int:
        """Number that the first week of the record has among all weeks, to name streams by."""
        return self.record.first.monday.toordinal() // 7

    def add(self, origin: int, components: Singles) -> None:
        """Remember what was seen at an origin, for when the week after it is over."""
        here = self.record.of_weeks([origin + 1])
        cell, known = self.record.cell[here], self.record.known[here]
        kept = self._kept(cell, origin)
        chance = _chance(components)
        rng = np.random.default_rng([self.seed, self.first + origin])
        drawn = np.flatnonzero(rng.random(chance.size) < chance)
        sums = components.sum(axis=1, dtype=np.float64)
        self._examples.append(
            Example(
                origin, sums, cell, known, cell[kept], known[kept], max(cell.size / KEPT_INCIDENTS, 1.0),
                components[:, cell[kept]], drawn, chance[drawn], components[:, drawn],
            )
        )  # fmt: skip

    def _kept(self, cell: Ints, origin: int) -> npt.NDArray[np.bool_]:
        """Which incidents of a week are kept: whole cells, so that counts stay counts."""
        if cell.size <= KEPT_INCIDENTS:
            return np.ones(cell.size, dtype=bool)
        rng = np.random.default_rng([self.seed, self.first + origin, 1])
        some = np.unique(cell)
        return np.isin(cell, some[rng.random(some.size) < KEPT_INCIDENTS / cell.size])

    def once(self, question: Hashable, find: Callable[[], Found]) -> Found:
        """The answer to a question about some of the examples, found when it is first asked."""
        if question not in self._answers:
            self._answers[question] = find()
        answer: Found = self._answers[question]
        return answer

    def over(self, origin: int, *, from_origin: int) -> list[Example]:
        """Examples whose week was over at an origin."""
        return [one for one in self._examples if from_origin <= one.origin < origin]

    def incidents(self, origin: int, *, from_origin: int) -> tuple[Floats, Floats, Floats]:
        """Components at the incidents known at an origin, how many each stands for, sums over all cells."""
        chosen = self.over(origin, from_origin=from_origin)
        at = [one.at_incidents[:, one.known <= origin] for one in chosen]
        stands_for = np.repeat([one.stands_for for one in chosen], [part.shape[1] for part in at])
        sums = np.sum([one.sums for one in chosen], axis=0)
        return np.concatenate(at, axis=1).astype(float), stands_for, np.asarray(sums, dtype=float)

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
    idle = ~np.isin(example.drawn, example.all_cells[example.all_known <= origin])
    components = np.concatenate([example.at_incidents[:, known][:, first], example.at_drawn[:, idle]], axis=1)
    rows = np.concatenate([cell, example.drawn[idle]])
    return Rows(
        components,
        np.concatenate([counts.astype(float), np.zeros(int(idle.sum()))]),
        np.concatenate([np.full(cell.size, example.stands_for), 1 / example.chance[idle]]),
        np.full(rows.size, example.origin),
        rows,
    )

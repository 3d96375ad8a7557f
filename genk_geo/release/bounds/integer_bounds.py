"""Lowest and highest value of whole numbers under linear rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence


class Rule(NamedTuple):
    """A linear rule: `low` <= sum of `terms` times their cells <= `high`; `kind` says how sure it is."""

    terms: Mapping[Any, int]
    low: float
    high: float
    kind: str


class System:
    """Whole numbers that hang together through rules.

    Parameters
    ----------
    cells : sequence
        Names of the numbers that are not known.
    rules : sequence of Rule
        May also name numbers that are known.
    bounds : mapping
        Lowest and highest value of every number.
    """

    def __init__(
        self, cells: Sequence[Hashable], rules: Sequence[Rule], bounds: Mapping[Any, tuple[int, int]]
    ) -> None:
        self.cells = list(cells)
        self.number = {cell: at for at, cell in enumerate(self.cells)}
        self.bounds = bounds
        self.ends = np.array([bounds[cell] for cell in self.cells], dtype=float)
        self.matrix = np.zeros((len(rules), len(self.cells)))
        self.low, self.high = (np.array([rule[side] for rule in rules], dtype=float) for side in (1, 2))
        for row, rule in enumerate(rules):
            for cell, times in rule.terms.items():
                if cell in self.number:
                    self.matrix[row, self.number[cell]] = times
                else:
                    self.low[row] -= times * bounds[cell][0]
                    self.high[row] -= times * bounds[cell][0]
        self._known: dict[bytes, tuple[int, int] | None] = {}

    def extremes(self, target: Sequence[Any]) -> tuple[int, int] | None:
        """Lowest and highest value of a sum of numbers.

        Parameters
        ----------
        target : sequence
            Names of the numbers that are added.

        Returns
        -------
        tuple of int or None
            None where nothing satisfies all rules.
        """
        fixed = sum(self.bounds[cell][0] for cell in target if cell not in self.number)
        goal = np.zeros(len(self.cells))
        goal[[self.number[cell] for cell in target if cell in self.number]] = 1.0
        key = self._alike(goal)
        if key not in self._known:
            simple = (
                len(self.low) < 2
                and goal.sum() == 1
                and (self.matrix >= 0).all()
                and (self.matrix <= 1).all()
            )
            self._known[key] = self._of_one_sum(goal) if simple else self._solved(goal)
        known = self._known[key]
        return None if known is None else (known[0] + fixed, known[1] + fixed)

    def _alike(self, goal: np.ndarray) -> bytes:
        """The same for numbers that could change places: equal bounds, in the same rules."""
        at = np.flatnonzero(goal)
        if len(at) == 1:
            return bytes(self.ends[at[0]].tobytes() + self.matrix[:, at[0]].tobytes())
        return bytes(goal.tobytes())

    def _of_one_sum(self, goal: np.ndarray) -> tuple[int, int] | None:
        """With a single rule that is a sum: what the others leave."""
        at = int(np.argmax(goal))
        least, most = self.ends[at]
        if len(self.low) == 0 or self.matrix[0, at] == 0:
            return int(least), int(most)
        inside = self.matrix[0] > 0
        sums = self.ends[inside].sum(axis=0)
        if sums[0] > self.high[0] or sums[1] < self.low[0]:
            return None
        low = max(least, self.low[0] - (sums[1] - most))
        high = min(most, self.high[0] - (sums[0] - least))
        return round(low), round(high)

    def _solved(self, goal: np.ndarray) -> tuple[int, int] | None:
        constraints = LinearConstraint(self.matrix, self.low, self.high) if len(self.low) else ()
        values = []
        for sign in (1.0, -1.0):
            done = milp(
                sign * goal, constraints=constraints, bounds=Bounds(self.ends[:, 0], self.ends[:, 1]),
                integrality=np.ones(len(goal)),
            )  # fmt: skip
            if done.x is None:
                return None
            values.append(round(float(goal @ done.x)))
        return values[0], values[1]

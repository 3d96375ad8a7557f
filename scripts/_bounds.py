"""What follows of whole numbers from ranges and sums: the lowest and highest value of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

#: No count is higher: the solver wants an end.
MOST = 5000.0
_WHOLE = 1e-6


class ContradictionError(Exception):
    """No numbers can be what is told."""


class Numbers:
    """Whole numbers with ends, and rules between them."""

    def __init__(self) -> None:
        self.at: dict[Hashable, int] = {}
        self.ends: list[tuple[float, float]] = []
        self.rules: dict[Any, tuple[dict[int, int], float, float]] = {}

    def __call__(self, *name: Hashable) -> int:
        """Place of a number, which is made when it is first asked for."""
        if name not in self.at:
            self.at[name] = len(self.ends)
            self.ends.append((0.0, MOST))
        return self.at[name]

    def tell(self, at: int, ends: tuple[int, int | None]) -> None:
        """A range: what two pages say of a number both holds."""
        low, high = ends
        before = self.ends[at]
        self.ends[at] = (max(before[0], float(low)), min(before[1], MOST if high is None else float(high)))
        if self.ends[at][0] > self.ends[at][1]:
            raise ContradictionError

    def rule(self, terms: Mapping[int, int], low: float, high: float) -> None:
        """`low` <= sum of `terms` times their numbers <= `high`."""
        self.rules[frozenset(terms.items()), low, high] = (dict(terms), low, high)

    def extremes(
        self, wanted: Iterable[int], promised: Mapping[int, tuple[int, int]]
    ) -> dict[int, tuple[int, int]]:
        """Lowest and highest value of each number, as far apart as is promised or as they get.

        Parameters
        ----------
        wanted : iterable of int
            Places of the numbers.
        promised : mapping of int to tuple of int
            Values that each has to reach; beyond them nobody looks.

        Returns
        -------
        dict of int to tuple of int

        Raises
        ------
        ContradictionError
            If no numbers can be what is told.
        """
        low, high = (np.full(len(self.ends), end) for end in (np.inf, -np.inf))
        told = self._told()
        wanted = list(wanted)

        def solve(cells: list[int], sign: float) -> None:
            goal = np.zeros(len(self.ends))
            goal[cells] = sign
            done = milp(goal, **told)
            if done.x is not None and np.abs(done.x - done.x.round()).max(initial=0.0) > _WHOLE:
                done = milp(goal, integrality=np.ones(len(goal)), **told)
            if done.x is None:
                raise ContradictionError
            # Whatever solves the rules is a world that could be: it counts for every number.
            np.minimum(low, done.x.round(), out=low)
            np.maximum(high, done.x.round(), out=high)

        for sign in (1.0, -1.0):
            open_cells, before = wanted, len(wanted) + 1
            while open_cells and len(open_cells) < before:
                before = len(open_cells)
                solve(open_cells, sign)
                open_cells = [
                    at for at in open_cells
                    if (low[at] > promised[at][0] if sign > 0 else high[at] < promised[at][1])
                ]  # fmt: skip
            for at in open_cells:
                solve([at], sign)
        return {at: (int(low[at]), int(high[at])) for at in wanted}

    def _told(self) -> dict[str, Any]:
        rules = list(self.rules.values())
        told: dict[str, Any] = {"bounds": Bounds(*(np.array(side) for side in zip(*self.ends, strict=True)))}
        if rules:
            rows = [(row, *term) for row, (terms, _, _) in enumerate(rules) for term in terms.items()]
            row, at, times = (np.array(part) for part in zip(*rows, strict=True))
            matrix = coo_array((times, (row, at)), shape=(len(rules), len(self.ends))).tocsr()
            told["constraints"] = LinearConstraint(
                matrix, [one[1] for one in rules], [one[2] for one in rules]
            )
        return told

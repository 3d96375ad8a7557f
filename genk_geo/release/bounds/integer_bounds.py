"""Lowest and highest value of whole numbers under linear rules."""

from __future__ import annotations

from functools import cached_property, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from genk_geo.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

Found = TypeVar("Found")

#: Numbers this near to a whole one are whole.
_WHOLE = 1e-6
#: Room for so many solutions; it doubles.
_FIRST_ROOM = 16
#: Solutions by a digest of all that a problem is made of. Releases and weeks ask the same again and again:
#: three of four problems come up a second time.
_SOLVED: dict[bytes, np.ndarray | None] = {}
#: Of so many solutions all are forgotten; a few megabytes.
_MOST_SOLVED = 10_000


class Rule(NamedTuple):
    """A linear rule: `low` <= sum of `terms` times their cells <= `high`; `kind` says how sure it is."""

    terms: Mapping[Any, int]
    low: float
    high: float
    kind: str


def whole_solution(
    goal: np.ndarray, constraints: LinearConstraint | tuple[()], bounds: Bounds
) -> np.ndarray | None:
    """Whole numbers under the constraints for which `goal` is lowest; None where there are none.

    Fractions first: mostly the best of these are whole, and found five times as fast.
    """
    done = milp(goal, constraints=constraints, bounds=bounds)
    if done.x is not None and np.abs(done.x - done.x.round()).max(initial=0.0) > _WHOLE:
        done = milp(goal, constraints=constraints, bounds=bounds, integrality=np.ones(len(goal)))
    return None if done.x is None else np.asarray(done.x.round())


def asked_at_once(questions: Sequence[Callable[[], Found]]) -> list[Found]:
    """Answers to independent questions, on all processors; what is solved for one is known afterwards.

    Parameters
    ----------
    questions : sequence of callable
        As for :func:`genk_geo.at_once.at_once`.

    Returns
    -------
    list
        The answers, in the order of the questions.
    """

    def answered(question: Callable[[], Found]) -> tuple[Found, dict[bytes, np.ndarray | None]]:
        before = set(_SOLVED)
        answer = question()
        return answer, {key: found for key, found in _SOLVED.items() if key not in before}

    answers = []
    for answer, solved in at_once([partial(answered, question) for question in questions]):
        answers.append(answer)
        _SOLVED.update(solved)
    return answers


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
        #: One sum at most: its ends need no solver.
        self.simple = len(self.low) < 2 and bool(((self.matrix >= 0) & (self.matrix <= 1)).all())
        self._known: dict[bytes, tuple[int, int] | None] = {}
        #: A row a solution that came up; there is room for more than :attr:`_count`.
        self._found, self._count = np.zeros((_FIRST_ROOM, len(self.cells))), 0
        self._solvable: bool | None = None
        #: Of sums that were asked for: where their numbers stand, and their ends in so many solutions.
        self._looked_up: dict[tuple[Any, ...], tuple[np.ndarray, int]] = {}
        self._span: dict[tuple[Any, ...], tuple[float, float, int]] = {}

    @property
    def solvable(self) -> bool:
        """Whether any numbers satisfy all rules."""
        if self._solvable is None:
            if self.simple:
                low, high = ((self.matrix @ self.ends[:, side]) for side in (0, 1))
                self._solvable = bool((low <= self.high).all() and (high >= self.low).all())
            else:
                self._solvable = self._solved(np.zeros(len(self.cells))) is not None
        return self._solvable

    def seen(self, target: tuple[Any, ...]) -> tuple[int, int] | None:
        """Lowest and highest value of a sum in the solutions that came up so far; None before the first.

        Cheaper than :meth:`extremes`, and never wider: what is wide enough here is wide enough there.
        """
        if not self._count:
            return None
        at, fixed = self._places(target)
        low, high, looked_at = self._span.get(target, (np.inf, -np.inf, 0))
        if looked_at < self._count:
            sums = self._found[looked_at : self._count].take(at, axis=1).sum(axis=1)
            low, high = min(low, sums.min()), max(high, sums.max())
            self._span[target] = low, high, self._count
        return round(float(low)) + fixed, round(float(high)) + fixed

    def _places(self, target: tuple[Any, ...]) -> tuple[np.ndarray, int]:
        """Where the unknown numbers of a sum stand, and what the known ones add to it."""
        if target not in self._looked_up:
            at = [self.number[cell] for cell in target if cell in self.number]
            fixed = sum(self.bounds[cell][0] for cell in target if cell not in self.number)
            self._looked_up[target] = np.array(at, dtype=np.intp), fixed
        return self._looked_up[target]

    def explore(self, targets: Sequence[tuple[Any, ...]]) -> None:
        """Solve for many sums at once, low and high: most come to their ends together."""
        goal = np.zeros(len(self.cells))
        for target in targets:
            goal[self._places(target)[0]] += 1.0
        self._solved(goal)

    def push(self, aims: Sequence[tuple[tuple[Any, ...], int]]) -> None:
        """Solve once for many sums, each as low (-1) or as high (1) as the others let it."""
        goal = np.zeros(len(self.cells))
        for target, side in aims:
            goal[self._places(target)[0]] -= side
        solution = self._solution(goal)
        if solution is not None:
            self._remember(solution)

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
            simple = self.simple and goal.sum() == 1
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

    @cached_property
    def _problem(self) -> tuple[LinearConstraint | tuple[()], Bounds]:
        """The rules as the solver takes them: by column, or it would look for what is not 0 each time."""
        rules = LinearConstraint(csc_array(self.matrix), self.low, self.high) if len(self.low) else ()
        return rules, Bounds(self.ends[:, 0], self.ends[:, 1])

    @cached_property
    def _digest(self) -> bytes:
        parts = (np.array(self.matrix.shape), self.matrix, self.low, self.high, self.ends)
        return blake2b(b"".join(part.tobytes() for part in parts), digest_size=16).digest()

    def _solution(self, goal: np.ndarray) -> np.ndarray | None:
        """Numbers for which the goal is lowest, solved or known from the same problem before."""
        key = blake2b(self._digest + goal.tobytes(), digest_size=16).digest()
        if key not in _SOLVED:
            if len(_SOLVED) >= _MOST_SOLVED:
                _SOLVED.clear()
            _SOLVED[key] = whole_solution(goal, *self._problem)
        return _SOLVED[key]

    def _remember(self, solution: np.ndarray) -> None:
        if self._count == len(self._found):
            self._found = np.concatenate([self._found, np.zeros_like(self._found)])
        self._found[self._count] = solution
        self._count += 1

    def _solved(self, goal: np.ndarray) -> tuple[int, int] | None:
        values = []
        for sign in (1.0, -1.0):
            solution = self._solution(sign * goal)
            if solution is None:
                return None
            self._remember(solution)
            values.append(round(float(goal @ solution)))
            if not goal.any():
                return 0, 0
        return values[0], values[1]

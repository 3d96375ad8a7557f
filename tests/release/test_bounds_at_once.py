"""Questions about counts that are asked at once, and what is known of solutions that came up."""

import os

import numpy as np
import pytest

from genk_geo.release.bounds import integer_bounds
from genk_geo.release.bounds.integer_bounds import Rule, System, asked_at_once
from tests.examples import repetitions


def system_of(seed):
    """Twelve numbers under sums of some of them that can all be true."""
    rng = np.random.default_rng(seed)
    cells, truth = list(range(12)), rng.integers(0, 9, 12)
    bounds = {cell: (int(truth[cell]),) * 2 if rng.random() < 0.2 else (0, 9) for cell in cells}
    rules = []
    for _ in range(5):
        some = rng.choice(12, 4, replace=False).tolist()
        total = int(truth[some].sum())
        rules.append(Rule(dict.fromkeys(some, 1), total - int(rng.integers(0, 2)), total, "sum"))
    return System([cell for cell in cells if len(set(bounds[cell])) > 1], rules, bounds)


@pytest.fixture(autouse=True)
def _nothing_solved(monkeypatch):
    monkeypatch.setattr(integer_bounds, "_SOLVED", {})


def test_answers_are_those_of_one_after_the_other_and_stay_known(monkeypatch):
    questions = [lambda seed=seed: (os.getpid(), system_of(seed).extremes((0, 5, 9))) for seed in range(6)]
    monkeypatch.setenv("GENK_GEO_PROCESSES", "1")
    alone = [answer for _, answer in asked_at_once(questions)]
    solved = dict(integer_bounds._SOLVED)
    assert solved
    integer_bounds._SOLVED.clear()
    monkeypatch.setenv("GENK_GEO_PROCESSES", "2")
    together = asked_at_once([*questions, lambda: (os.getpid(), None)])
    assert [answer for _, answer in together[:-1]] == alone
    # Also what a fork solved; nothing is solved a second time.
    assert integer_bounds._SOLVED.keys() == solved.keys()
    monkeypatch.setattr(integer_bounds, "whole_solution", lambda *_: pytest.fail("was known"))
    assert [question()[1] for question in questions] == alone


def test_ends_that_came_up_are_those_of_all_solutions_so_far():
    for seed in range(repetitions(25)):
        system, rng = system_of(seed), np.random.default_rng(seed)
        targets = [tuple(rng.choice(12, size, replace=False).tolist()) for size in (1, 2, 3, 5)]
        assert all(system.seen(target) is None for target in targets)
        solutions = []
        remember = system._remember
        system._remember = lambda solution, kept=solutions, note=remember: (
            kept.append(solution),
            note(solution),
        )
        for turn in range(6):
            system.push([(target, int(rng.choice([-1, 1]))) for target in targets])
            for target in targets[turn % 2 :]:  # some are looked at after every solution, some later
                values = [
                    sum(
                        solution[system.number[cell]] if cell in system.number else system.bounds[cell][0]
                        for cell in target
                    )
                    for solution in solutions
                ]
                assert system.seen(target) == (min(values), max(values))
        assert len(solutions) == 6

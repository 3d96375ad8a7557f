"""The reading of a table of paired histories: by hand, quiet where ways are as good."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest


@pytest.fixture
def paired(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks" / "truth"))
    import paired

    return paired


def drawn(rng, shares, n=200):
    """What ours and three others found: half of what each finds is luck that all share."""
    luck = rng.random(n)
    return np.array([np.where(rng.random(n) < 0.5, luck, rng.random(n)) < share for share in shares])


def test_the_difference_is_that_of_ours_and_the_best_of_the_others(paired):
    found = np.array([[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 1, 1], [1, 0, 0, 0]], dtype=bool)
    mean, error = paired.difference(found)
    assert (mean, error) == pytest.approx((-0.25, np.std([0, 1, -1, -1], ddof=1) / 2))
    assert paired.below([found, found[[2, 1, 0, 3]]]) == (1, 0)


def test_where_ours_is_as_good_as_the_best_the_rows_below_are_those_of_chance(paired):
    rng, inside, wrong = np.random.default_rng(1), 0, 0
    for _ in range(20):
        table = [drawn(rng, [s, s, s / 3, s / 4]) for s in (0.15, 0.3, 0.6) for _ in range(10)]
        rows = [one.rows for one in paired.by_chance(table, repeats=60)]
        inside += np.percentile(rows, 2.5) <= paired.below(table).rows <= np.percentile(rows, 97.5)
        wrong += paired.verdicts(table)[0] > 0
    assert inside >= 17
    assert wrong <= 3  # one table in twenty may be


def test_a_table_in_which_ours_is_behind_has_more_rows_below_than_chance(paired):
    rng = np.random.default_rng(4)
    table = [drawn(rng, [0.3, 0.36, 0.2, 0.2]) for _ in range(40)]
    rows = [one.rows for one in paired.by_chance(table, repeats=60)]
    assert paired.below(table).rows > np.percentile(rows, 97.5)


def test_what_is_worse_or_better_is_told_apart_from_chance(paired):
    rng = np.random.default_rng(2)
    table = [drawn(rng, [0.3] * 4) for _ in range(10)]
    table += [drawn(rng, [0.2, 0.1, 0.45, 0.2]) for _ in range(5)] + [drawn(rng, [0.7, 0.4, 0.4, 0.3])] * 4
    assert paired.verdicts(table) == (5, 4)
    assert "worse than one of them in 5 rows and better than all of them in 4" in paired.reading(table)


def test_one_pair_is_judged_by_the_exact_test(paired):
    rng = np.random.default_rng(3)
    ours, other = drawn(rng, [0.3, 0.35])[:2]
    more, fewer = int((other & ~ours).sum()), int((ours & ~other).sum())
    wanted = binomtest(more, more + fewer, 0.5, alternative="greater").pvalue
    assert paired._chance(other & ~ours, ours & ~other) == pytest.approx(wanted)

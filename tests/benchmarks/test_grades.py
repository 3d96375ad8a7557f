"""The bench of the two grades: its bound is a most powerful test, and its tables stand in their place."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson


@pytest.fixture
def bounds(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks" / "truth"))
    import bounds

    return bounds


@pytest.mark.parametrize("usual", [0.05, 0.9, 12.0])
def test_the_oracle_uses_its_level_up_and_no_more(bounds, usual):
    for level in (0.05, 1e-4):
        assert bounds.most_powerful(usual, usual, level) == pytest.approx(level)


def test_no_other_test_of_the_count_is_better(bounds):
    """Every set of counts that stays within the level, filled up by lot, is beaten."""
    usual, raised, level = 1.2, 4.0, 0.02
    best = bounds.most_powerful(usual, raised, level)
    counts, rng = np.arange(40), np.random.default_rng(1)
    chance, found = poisson.pmf(counts, usual), poisson.pmf(counts, raised)
    for _ in range(300):
        order = rng.permutation(counts)
        used = np.minimum(np.cumsum(chance[order]), level)
        part = np.diff(used, prepend=0.0) / chance[order]
        assert (part * found[order]).sum() <= best + 1e-12


def test_only_what_the_window_sees_counts(bounds, monkeypatch):
    from cities import Spot, planted_middle

    middle = planted_middle("burglary", np.random.default_rng(0))
    power = [bounds.bound("burglary", Spot(10.0, 250.0, weeks), middle).power for weeks in (1, 4, 13, 52)]
    assert power[0] < power[1] < power[2] == power[3]


def test_the_bench_writes_its_tables(rewritten):
    chosen = "--histories 1 --themes burglary --factors 10 --radii 250 --weeks 13"
    text = rewritten("grades.py", "grades", *chosen.split())
    assert "| burglary: 10 x, 250 m, 13 weeks |" in text
    assert "| burglary: 0 to 10 % |" in text

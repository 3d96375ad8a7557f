"""Discs judged together: exact tails, and as many false maps as promised."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import nbinom, poisson

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, window_family
from genk_geo.stats.places.discs import Discs
from genk_geo.stats.places.tail_ladders import Ladders

GRID = Grid.cover(shapely.box(0, 0, 3000, 3000), 100)
INDEX = GRID.cells.index
DISCS = Discs.of(GRID)
#: Few live at the edge, many in a corner.
USUAL = pd.Series(np.random.default_rng(0).gamma(0.5, 0.2, len(INDEX)), INDEX)


def test_discs_have_nine_and_twenty_one_cells_and_less_at_the_edge():
    ones = DISCS.sums(np.ones(len(INDEX)))
    middle, corner = INDEX.get_loc("100m_E15_N15"), INDEX.get_loc("100m_E0_N0")
    assert ones[:, middle].tolist() == [9, 21]
    assert ones[:, corner].tolist() == [4, 8]


def test_a_disc_holds_what_lies_within_its_radius():
    rng = np.random.default_rng(1)
    values, at = rng.random(len(INDEX)), 555
    xy = GRID.cells.geometry.centroid.get_coordinates().to_numpy()
    away = np.hypot(*(xy - xy[at]).T)
    assert DISCS.sums(values)[:, at] == pytest.approx([values[away <= 150].sum(), values[away <= 230].sum()])


def test_a_few_counts_are_summed_as_many_are():
    rng = np.random.default_rng(2)
    few = rng.poisson(0.1, len(INDEX)).astype(float)
    assert 0 < np.count_nonzero(few) < 0.25 * few.size
    assert (DISCS.sums(few) == DISCS.sums(few + 1.0) - DISCS.sums(np.ones(few.size))).all()


def test_ladders_are_the_tails_of_scipy():
    mean, ratio = np.array([0.02, 0.9, 7.5]), np.array([1.0, 1.5, 2.25])
    ladders = Ladders.of(mean, ratio, 3)
    for rung in range(8):
        k = ladders.first + rung - 1
        size = mean[1:] / (ratio[1:] - 1)
        wanted = [poisson.sf(k[0], mean[0]), *nbinom.sf(k[1:], size, 1 / ratio[1:])]
        assert ladders.tail[rung] == pytest.approx(wanted, abs=1e-12)


def test_the_chances_together_are_those_that_are_used():
    ladders = Ladders.of(USUAL.to_numpy(), np.ones(len(INDEX)), 3)
    for level in (1e-3, 1e-5):
        needed, tail = ladders.threshold(level)
        assert tail == pytest.approx(poisson.sf(needed - 1, USUAL), abs=1e-12)
        assert (tail <= level * (1 + 1e-6)).all()
        assert (poisson.sf(needed - 2, USUAL)[needed > 3] > level).all()
        assert float(ladders.together(level)) == pytest.approx(tail.sum(), abs=1e-8)
    level = ladders.level_for(0.02)
    assert float(ladders.together(level)) <= 0.02 < float(ladders.together(1.02 * level))


@pytest.mark.parametrize("ratio", [1.0, 1.6])
def test_maps_without_a_hotspot_show_one_as_often_as_promised(ratio):
    """And not much less: the discs use their level up."""
    rng = np.random.default_rng(2)
    over = ratio - 1

    def drawn():
        rate = rng.gamma(USUAL / over) * over if over else USUAL
        return pd.Series(rng.poisson(rate), INDEX)

    false = []
    for _ in range(20 if over else 1):
        family = window_family(DISCS, USUAL, past=[drawn() for _ in range(12)] if over else (), error=0.1)
        false += [not family.proven(drawn()).empty for _ in range(30 if over else 600)]
    assert 0.05 <= np.mean(false) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 600)


def test_what_is_needed_is_what_proves():
    family = window_family(DISCS, USUAL)
    at = INDEX.get_loc("100m_E15_N15")
    for size in (0, 1):
        counts = pd.Series(0, INDEX)
        counts.iloc[at] = family.needed[:, at].max() - 1
        enough = family.needed[:, at] <= counts.iloc[at]
        counts.iloc[at] = family.needed[size, at]
        found = family.proven(counts)
        assert len(found) == 1
        assert found["observed"].iloc[0] == family.needed[size, at]
        assert found["family_p"].iloc[0] <= 0.05
        assert not enough.all()
    counts.iloc[at] = family.needed[:, max(0, at - 100) : at + 100].min() - 1
    assert family.proven(counts).empty


def test_of_discs_that_overlap_the_most_surprising_is_told():
    counts = pd.Series(0, INDEX)
    counts[["100m_E10_N10", "100m_E11_N10"]] = 8
    counts["100m_E25_N25"] = 30
    found = window_family(DISCS, pd.Series(0.05, INDEX)).proven(counts)
    assert found["observed"].tolist() == [30, 16]
    assert found["p_value"].is_monotonic_increasing
    assert not set(found["cells"].iloc[0]) & set(found["cells"].iloc[1])


def test_power_is_the_chance_to_pass():
    family = window_family(DISCS, USUAL)
    at, times = INDEX.get_loc("100m_E15_N15"), 8.0
    wanted = poisson.sf(family.needed[:, at] - 1, times * family.expected[:, at])
    assert family.power(times).iloc[at].to_numpy() == pytest.approx(wanted)
    assert (family.power(9.0) >= family.power(3.0)).all(axis=None)


def test_nothing_expected_nothing_proven():
    empty = window_family(DISCS, pd.Series(0.0, INDEX))
    assert empty.proven(pd.Series(5, INDEX)).empty
    assert (empty.power(10.0) == 0).all(axis=None)


def test_wrong_input_is_refused():
    with pytest.raises(ConfigError, match="error"):
        window_family(DISCS, USUAL, error=0.0)
    with pytest.raises(ConfigError, match="radii"):
        Discs.of(GRID, ())
    with pytest.raises(SchemaError, match="900"):
        window_family(DISCS, USUAL.iloc[:5])
    with pytest.raises(SchemaError, match="family"):
        window_family(DISCS, USUAL).proven(USUAL.iloc[::-1])
    with pytest.raises(ConfigError, match="times"):
        window_family(DISCS, USUAL).power(0.5)


def test_of_discs_that_overlap_the_surest_are_proven_though_many_are_looked_at_together():
    rng = np.random.default_rng(3)
    expected = pd.Series(0.2, INDEX)
    family = window_family(GRID, expected)
    counts = pd.Series(
        rng.poisson(expected * rng.choice([1, 30], len(expected), p=[0.6, 0.4])), expected.index
    )
    proven = family.proven(counts)
    observed = family.discs.sums(counts.to_numpy(dtype=float))
    over = observed >= family.needed
    assert over.sum() > 2 * 64  # more than are looked at together
    assert 4 < len(proven) < over.sum() / 4
    taken = set()
    for cells in proven["cells"]:
        assert taken.isdisjoint(cells)
        taken.update(cells)
    # Nothing that passes was left out, but for what overlaps a disc that is told.
    names = INDEX
    for size, members in enumerate(family.discs.members):
        for middle in np.flatnonzero(over[size]):
            own = members[middle]
            assert taken.intersection(names[own[own < len(names)]])
    assert proven["p_value"].is_monotonic_increasing

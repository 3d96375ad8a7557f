"""How restless the past was, at the scale of the window that is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.errors import SchemaError
from genk_geo.stats import Grid, local_g, window_dispersion
from tests.examples import repetitions

GRID = Grid.cover(shapely.box(0, 0, 3000, 3000), 100)
GRAPH = GRID.graph()
INDEX = GRID.cells.index
MEAN = 0.4


def window_mean(mean):
    values = pd.Series(mean, INDEX)
    return values + GRAPH.lag(values)


def draws(make, periods=12, seed=1):
    rng = np.random.default_rng(seed)
    return [pd.Series(make(rng), INDEX) for _ in range(periods)]


def test_chance_alone_is_not_restless():
    """Also where some places are always ten times as busy as others."""
    level = np.random.default_rng(0).choice([0.1, 1.0], len(INDEX))
    found = window_dispersion(draws(lambda rng: rng.poisson(level)), GRAPH, window_mean(level))
    assert found.name == "dispersion"
    assert found.between(1.0, 1.15).all()


def test_what_comes_in_threes_is_three_times_as_restless():
    found = window_dispersion(
        draws(lambda rng: 3 * rng.poisson(MEAN / 3, len(INDEX))), GRAPH, window_mean(MEAN)
    )
    assert found.median() == pytest.approx(3.0, rel=0.1)


def test_shocks_of_whole_quarters_show_where_much_is_expected():
    """Blocks of 1 km go up and down by 40 %: the variance is the mean plus .16 of its square."""
    block = (np.arange(len(INDEX)) // 30 // 10) * 3 + np.arange(len(INDEX)) % 30 // 10
    level = np.random.default_rng(0).choice([0.2, 4.0], 9)[block]

    def shocked(rng):
        return rng.poisson(level * rng.gamma(6.25, 0.16, 9)[block])

    many = [window_dispersion(draws(shocked, seed=seed), GRAPH, window_mean(level)) for seed in range(20)]
    found = np.mean(many, axis=0)
    # Less than 1 + .16 x 36: what all blocks share goes with the total of the period.
    assert 3.0 < found[level == 4.0].mean() < 6.8
    assert found[level == 0.2].mean() < 1.8


def test_a_part_of_the_city_is_as_restless_as_its_own_past():
    parts = pd.Series(np.where(np.arange(len(INDEX)) < 450, "west", "east"), INDEX)
    threes = (parts == "west").to_numpy()

    def make(rng):
        return np.where(threes, 3 * rng.poisson(MEAN / 3, len(INDEX)), rng.poisson(MEAN, len(INDEX)))

    found = window_dispersion(draws(make), GRAPH, window_mean(MEAN), parts=parts)
    assert found[threes].median() == pytest.approx(2.8, abs=0.3)
    assert found[~threes].median() == pytest.approx(1.15, abs=0.15)


def test_too_short_a_past_says_nothing():
    for past in ([], draws(lambda rng: rng.poisson(9, len(INDEX)), 1), [pd.Series(0, INDEX)] * 5):
        assert (window_dispersion(past, GRAPH, window_mean(MEAN)) == 1.0).all()


def test_cells_that_differ_are_refused():
    with pytest.raises(SchemaError, match="past counts"):
        window_dispersion([pd.Series(1, INDEX[:9])] * 2, GRAPH, window_mean(MEAN))
    with pytest.raises(SchemaError, match="parts"):
        window_dispersion([pd.Series(1, INDEX)] * 2, GRAPH, window_mean(MEAN), parts=pd.Series(["a"]))


def test_maps_of_a_restless_theme_are_as_seldom_false_as_promised():
    """Incidents in threes on an even city: 5 % of maps may show a hotspot; plain binomial tails: most do."""
    even = pd.Series(1.0, INDEX)
    false, runs = {"binomial": 0, "negative binomial": 0}, repetitions(100)
    for seed in range(runs):
        *past, now = draws(lambda rng: 3 * rng.poisson(MEAN / 3, len(INDEX)), 9, seed=seed)
        around = window_mean(now.sum() / len(INDEX))
        own = window_dispersion(past, GRAPH, around)
        for name, ratio in (("binomial", None), ("negative binomial", own)):
            found = local_g(now, GRAPH, exposure=even, dispersion=ratio)
            false[name] += bool((found["q_value"] <= 0.05).any())
    assert false["binomial"] > 0.6 * runs
    assert false["negative binomial"] <= runs * 0.05 + 3 * np.sqrt(runs * 0.05 * 0.95)

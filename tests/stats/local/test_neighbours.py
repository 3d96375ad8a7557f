"""The links of a grid are those of its graph, which only others than the weekly job need."""

import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.stats import Grid, local_g
from genk_geo.stats.local.neighbours import Links, build_links

APART = shapely.MultiPolygon([shapely.box(0, 0, 640, 310), shapely.box(2000, 2000, 2090, 2090)])


@pytest.mark.parametrize("shape", ["square", "hexagon"])
def test_links_of_a_grid_are_those_of_its_graph(shape):
    grid = Grid.cover(APART, 100, shape=shape)
    own, of_graph = Links.of(grid), build_links(grid.graph(), grid.cells.index)
    if shape == "square":
        assert (np.bincount(own.focal, minlength=len(grid)) == 0).any()  # the cell far away has none
    for name in ("focal", "neighbour", "own"):
        np.testing.assert_array_equal(getattr(own, name), getattr(of_graph, name))
    assert (own.weight, own.n) == (of_graph.weight, of_graph.n) == (None, len(grid))


def test_sums_over_links_are_those_of_the_graph_to_the_bit():
    grid = Grid.cover(shapely.box(0, 0, 1500, 1500), 100)
    values = pd.Series(np.random.default_rng(1).random(len(grid)), grid.cells.index)
    np.testing.assert_array_equal(Links.of(grid).sum(values.to_numpy()), grid.graph().lag(values))


def test_a_statistic_takes_links_in_place_of_a_graph():
    grid = Grid.cover(shapely.box(0, 0, 1000, 1000), 100)
    counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    pd.testing.assert_frame_equal(
        pd.DataFrame(local_g(counts, Links.of(grid))), pd.DataFrame(local_g(counts, grid.graph()))
    )

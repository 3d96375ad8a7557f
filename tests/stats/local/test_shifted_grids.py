import numpy as np
import shapely

from genk_geo.stats import Grid, shifted_hot


def test_hot_in_k_of_four_grids():
    rng = np.random.default_rng(8)
    grid = Grid.cover(shapely.box(0, 0, 2000, 2000), 100)
    noise = rng.uniform(0, 2000, (300, 2))
    spot = rng.normal((1000, 1000), 40, (60, 2))
    hot_in = shifted_hot(np.vstack([noise, spot]), grid)
    assert hot_in.between(0, 4).all()
    assert hot_in.index.equals(grid.cells.index)
    assert hot_in[grid.assign([[1005, 1005]])[0]] == 4
    assert (hot_in[grid.assign([[100, 100], [1900, 1900]])] == 0).all()
    # A hotspot on one corner of the grid is not hot everywhere: the number says so.
    assert set(hot_in.unique()) - {0, 4}

    def where_three(_, counts):
        return counts.map({0: "not significant", 3: "hot 99"}).to_frame("hotspot_class")

    assert shifted_hot(noise[:1], grid, weights=[3], judge=where_three).max() >= 3

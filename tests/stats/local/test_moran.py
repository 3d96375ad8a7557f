import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph

from genk_geo.errors import ConfigError
from genk_geo.stats import Grid, local_moran


def test_all_cells_as_spdep(root):
    folder = root / "tests" / "stats" / "r_reference"
    grid = pd.read_csv(folder / "grid.csv")
    graph = Graph.build_distance_band(gpd.GeoSeries.from_xy(grid["x"], grid["y"]), 750, binary=True)
    reference = pd.read_csv(folder / "spdep_local_band750.csv")
    for transformation in "BR":
        found = local_moran(grid["count"], graph.transform(transformation))
        np.testing.assert_allclose(found["moran"], reference["local_moran_I"], atol=1e-6)
        np.testing.assert_allclose(found["z"], reference["local_moran_z"], atol=1e-6)


def test_exact_p_is_full_enumeration():
    grid = Grid.cover(shapely.box(0, 0, 400, 200), 100)
    graph = grid.graph(rook=True)
    counts = pd.Series([4, 2, 0, 0, 3, 1, 0, 1], grid.cells.index)
    found = {side: local_moran(counts, graph, alternative=side) for side in ("greater", "less", "two-sided")}
    for cell in counts.index:
        others = counts.index.drop(cell)
        places = [others.get_loc(name) for name in graph[cell].index]
        deviation = counts[cell] - counts.mean()

        def moran(values, places=places, deviation=deviation):
            return deviation * (np.mean([values[i] for i in places]) - counts.mean())

        null = np.array([moran(values) for values in itertools.permutations(counts[others])])
        observed = moran(counts[others].to_numpy())
        greater, less = (null >= observed - 1e-9).mean(), (null <= observed + 1e-9).mean()
        assert found["greater"].loc[cell, "p_value"] == pytest.approx(greater)
        assert found["less"].loc[cell, "p_value"] == pytest.approx(less)
        assert found["two-sided"].loc[cell, "p_value"] == pytest.approx(min(1, 2 * min(greater, less)))


def test_clusters_and_outliers():
    grid = Grid.cover(shapely.box(0, 0, 3000, 3000), 100)
    col, row = grid.cells["col"], grid.cells["row"]
    counts = pd.Series(np.random.default_rng(1).poisson(1, len(grid)), grid.cells.index, dtype=float)
    hot = col.between(5, 8) & row.between(5, 8)
    counts[hot] += 9
    counts["100m_E6_N6"] = 0
    counts["100m_E29_N29"] = np.nan
    clusters = local_moran(counts, grid.graph())
    inside = clusters.loc["100m_E7_N7"]
    assert (inside["quadrant"], inside["hotspot_class"]) == ("high-high", "hot 99")
    assert clusters.loc["100m_E6_N6", "quadrant"] == "low-high"
    assert clusters.loc["100m_E6_N6", "hotspot_class"] == "not significant"
    assert np.isnan(clusters.loc["100m_E29_N29", "p_value"])
    assert pd.isna(clusters.loc["100m_E29_N29", "quadrant"])
    outliers = local_moran(counts, grid.graph(), alternative="less")
    assert outliers.loc["100m_E6_N6", "q_value"] < 0.01
    assert (outliers["hotspot_class"] == "not significant").all()
    two = local_moran(counts, grid.graph(), alternative="two-sided")
    assert two.loc["100m_E6_N6", "hotspot_class"] == "not significant"
    assert two.loc["100m_E7_N7", "hotspot_class"] == "hot 99"


def test_equal_counts_say_nothing():
    grid = Grid.cover(shapely.box(0, 0, 500, 500), 100)
    found = local_moran(pd.Series(0.1, grid.cells.index), grid.graph())
    assert found[["moran", "z", "p_value"]].isna().all(axis=None)
    silent = local_moran(pd.Series(np.nan, grid.cells.index), grid.graph())
    assert silent["p_value"].isna().all()
    with pytest.raises(ConfigError, match="needed one of"):
        local_moran(pd.Series(1, grid.cells.index), grid.graph(), alternative="both")

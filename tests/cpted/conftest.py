"""A small square town with planted risk factors."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo.stats import Grid

SIDE_M = 4000


@pytest.fixture(scope="session")
def grid():
    return Grid.cover(shapely.box(200_000, 180_000, 200_000 + SIDE_M, 180_000 + SIDE_M), 100)


@pytest.fixture(scope="session")
def scatter():
    """Points at random in the town."""

    def draw(rng, n):
        xy = rng.uniform(0, SIDE_M, (n, 2)) + np.array([200_000, 180_000])
        return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T, crs=31370))

    return draw


@pytest.fixture(scope="session")
def incidents_in():
    """Points in cells, as many in each as is said."""

    def place(grid, counts, rng, **columns):
        corner = shapely.bounds(grid.cells.geometry.to_numpy())[:, :2].repeat(counts, axis=0)
        xy = corner + rng.uniform(1, grid.cell_m - 1, corner.shape)
        return gpd.GeoDataFrame(
            columns, geometry=gpd.points_from_xy(*xy.T, crs=31370), index=np.arange(len(xy))
        )

    return place

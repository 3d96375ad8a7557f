import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.schema import check_table
from genk_geo.stats import Grid
from tests.examples import examples

CITY = shapely.Polygon([(228_430, 184_810), (231_220, 184_905), (230_700, 187_333), (228_555, 186_950)])
LAKE = shapely.Point(229_600, 186_000).buffer(333)
SHAPES = pytest.mark.parametrize("shape", ["square", "hexagon"])


@SHAPES
def test_cells_add_up_to_the_area(shape):
    area = CITY.difference(LAKE)
    grid = Grid.cover(area, 100, shape=shape)
    assert grid.cells["area_m2"].sum() == pytest.approx(area.area, abs=10)
    assert (grid.cells["area_m2"] > 0).all()
    assert grid.cells.index.is_unique
    assert grid.cells.index.name == "cell_id"
    assert grid.cells.crs.to_epsg() == 31370
    full = 10_000 if shape == "square" else 100**2 * np.sqrt(3) / 2
    np.testing.assert_allclose(grid.cells.area, full)
    check_table(grid.cells.assign(wijk=None, stadsdeel=None), "cells", epsg=31370)


def test_names_say_where():
    grid = Grid.cover(CITY, 100)
    assert grid.assign([[228_567.0, 184_888.0]])[0] == "100m_E2285_N1848"
    corner = grid.cells.loc["100m_E2285_N1848"].geometry.bounds
    assert corner == (228_500, 184_800, 228_600, 184_900)
    assert Grid.cover(CITY, 250).assign([[228_567.0, 185_000.0]])[0] == "250m_E914_N740"


def test_cells_do_not_move_with_the_boundary():
    part = Grid.cover(CITY.intersection(shapely.box(228_777, 185_111, 230_001, 186_222)), 100)
    whole = Grid.cover(CITY, 100)
    assert part.cells.index.isin(whole.cells.index).all()
    same = whole.cells.loc[part.cells.index]
    assert part.cells.geometry.geom_equals(same.geometry).all()


@given(
    st.lists(st.tuples(st.floats(228_000, 231_500), st.floats(184_500, 187_600)), max_size=60),
    st.sampled_from(["square", "hexagon"]),
    st.sampled_from([50.0, 100.0, 333.3]),
)
@settings(deadline=None, max_examples=examples(40))
def test_every_point_inside_is_counted_once(points, shape, cell_m):
    xy = np.array(points).reshape(-1, 2)
    grid = Grid.cover(CITY, cell_m, shape=shape)
    counts = grid.count(xy)
    names = grid.assign(xy)
    assert counts.dtype == np.int64
    assert counts.sum() == names.notna().sum()
    inside = shapely.intersects_xy(CITY, xy[:, 0], xy[:, 1])
    assert names[inside].notna().all()
    given_to = names.dropna()
    held = grid.cells.geometry.loc[given_to].to_numpy()
    places = shapely.points(xy[names.notna().to_numpy()])
    assert (shapely.distance(held, places) < 1e-6).all()


@SHAPES
def test_points_on_the_edge_of_the_boundary_are_inside(shape):
    box = shapely.box(0, 0, 1000, 1000)
    grid = Grid.cover(box, 100, shape=shape)
    edge = np.array([[1000, 500], [1000, 1000], [0, 0], [0, 1000], [500, 1000], [1000, 0]])
    assert grid.count(edge).sum() == 6
    assert grid.assign([[1100.0, 500.0], [np.nan, 3.0]]).isna().all()


def test_frames_keep_their_index_and_missing_places():
    grid = Grid.cover(CITY, 100)
    points = gpd.GeoSeries(
        [shapely.Point(229_000, 185_500), None, shapely.Point(), shapely.Point(1, 1)],
        index=["a", "b", "c", "d"],
        crs=31370,
    )
    names = grid.assign(points)
    assert names.index.tolist() == ["a", "b", "c", "d"]
    assert names.notna().tolist() == [True, False, False, False]
    frame = gpd.GeoDataFrame(geometry=points)
    assert grid.count(frame).sum() == 1
    assert grid.count(frame, weights=[2.5, 1, 1, 1]).max() == 2.5
    assert grid.count(np.empty((0, 2))).sum() == 0


def test_hexagons_hold_what_lies_in_them():
    grid = Grid.cover(CITY, 90, shape="hexagon")
    xy = np.random.default_rng(1).uniform((228_500, 184_900), (230_500, 187_000), (3000, 2))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=31370)
    joined = points.sjoin(grid.cells[["geometry"]], how="left")["cell_id"]
    pd.testing.assert_series_equal(grid.assign(points).fillna(""), joined.fillna(""), check_names=False)


@pytest.mark.parametrize(("shape", "rook"), [("square", False), ("square", True), ("hexagon", False)])
def test_graph_is_that_of_the_geometries(shape, rook):
    holes = CITY.difference(LAKE).union(shapely.Point(232_050, 188_050).buffer(3))
    grid = Grid.cover(holes, 100, shape=shape)
    expected = Graph.build_contiguity(grid.cells, rook=rook)
    found = grid.graph(rook=rook)
    assert found.unique_ids.equals(grid.cells.index)
    pd.testing.assert_series_equal(
        found.adjacency.sort_index(), expected.adjacency.sort_index(), check_dtype=False
    )
    assert len(found.isolates) == len(expected.isolates) > 0


@SHAPES
def test_second_order_reaches_the_neighbours_of_neighbours(shape):
    grid = Grid.cover(CITY, 150, shape=shape)
    first = grid.graph().sparse.toarray() > 0
    twice = (first.astype(int) @ first.astype(int) > 0) | first
    np.fill_diagonal(twice, val=False)
    second = grid.graph(order=2).sparse.toarray() > 0
    assert (twice <= second).all()
    inner = grid.assign([[229_500.0, 185_900.0]])[0]
    assert len(grid.graph(order=2)[inner]) == (24 if shape == "square" else 18)
    with pytest.raises(ConfigError, match="needed 1 or more"):
        grid.graph(order=0)


def test_shifted_grid_covers_the_same_with_other_names():
    grid = Grid.cover(CITY, 100)
    moved = grid.shifted(50, 0)
    assert moved.cells["area_m2"].sum() == pytest.approx(CITY.area, abs=10)
    assert not moved.cells.index.isin(grid.cells.index).any()
    assert (moved.cells.geometry.bounds["minx"] % 100 == 50).all()
    back = moved.shifted(-50, 0)
    assert back.cells.index.equals(grid.cells.index)
    whole = grid.shifted(100, -300)
    assert whole.cells.index.equals(grid.cells.index)


def test_boundary_may_be_a_layer():
    layer = gpd.GeoDataFrame(geometry=[CITY.difference(LAKE), LAKE], crs=28992)
    grid = Grid.cover(layer, 100)
    assert grid.crs == 28992
    assert grid.cells["area_m2"].sum() == pytest.approx(CITY.area, abs=10)
    assert Grid.cover(layer.geometry, 100).cells.index.equals(grid.cells.index)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: Grid.cover(CITY, 0), ConfigError, "above 0"),
        (lambda: Grid.cover(CITY, float("nan")), ConfigError, "above 0"),
        (lambda: Grid.cover(CITY, 0.01), ConfigError, "Take larger cells"),
        (lambda: Grid.cover(CITY, shape="triangle"), ConfigError, "needed square or hexagon"),
        (lambda: Grid.cover(shapely.Point(1, 1)), SchemaError, "no area"),
        (lambda: Grid.cover(shapely.Polygon()), SchemaError, "no area"),
        (lambda: Grid.cover([1, 2]), SchemaError, "given list"),
        (lambda: Grid.cover(gpd.GeoSeries([CITY])), SchemaError, "no coordinate reference system"),
        (lambda: Grid.cover(gpd.GeoSeries([CITY], crs=4326)), SchemaError, "degrees"),
    ],
)
def test_impossible_grids_are_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (gpd.GeoSeries([shapely.Point(1, 1)]), "no coordinate reference system"),
        (
            gpd.GeoSeries([shapely.Point(5, 51)], crs=4326),
            "in degrees, needed a metric system. Use genk_geo.crs.reproject",
        ),
        (gpd.GeoSeries([shapely.Point(5, 51)], crs=3812), "needed EPSG:31370"),
        ([[5.50, 50.96], [5.51, 50.97]], "look like degrees"),
        (gpd.GeoSeries([CITY], crs=31370), "Needed points, given Polygon"),
        ([1.0, 2.0, 3.0], r"needed shape \(n, 2\)"),
    ],
)
def test_points_that_do_not_fit_are_refused(points, message):
    with pytest.raises(SchemaError, match=message):
        Grid.cover(CITY, 100).count(points)


def test_weights_must_fit_the_points():
    with pytest.raises(SchemaError, match="needed 2 finite numbers"):
        Grid.cover(CITY, 100).count([[1, 1], [2, 2]], weights=[1.0, np.nan])

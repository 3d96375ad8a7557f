"""Input that is odd but possible gives the right value, or one clear error of the family."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial.distance import pdist

from genk_geo import stats
from genk_geo.errors import ConfigError, GenkGeoError, SchemaError

rng = np.random.default_rng(3)
XY, DAYS = rng.uniform(0, 3000, (60, 2)), rng.uniform(0, 300, 60)


@pytest.mark.parametrize("bands", [255, 256, 257, 300])
def test_more_bands_than_a_byte_counts(bands):
    edges = np.arange(bands + 1) * 10.0
    found = stats.knox(XY, DAYS, distance_bands=edges, permutations=0).observed.sum(axis=1)
    assert found.tolist() == np.histogram(pdist(XY, "cityblock"), [*edges, np.inf])[0].tolist()


def test_bands_without_end_are_refused():
    with pytest.raises(ConfigError, match="at most 10,000"):
        stats.knox(XY, DAYS, distance_bands=np.arange(70_000))


@pytest.mark.parametrize("far", [(1e9, 1e9), (-1e15, 1e12), (1e300, 1e18)])
def test_one_far_point_costs_nothing(far):
    near = stats.knox(XY, DAYS, permutations=0).observed
    found = stats.knox(np.vstack([XY, far]), np.append(DAYS, 3.0), permutations=0).observed
    assert found.iloc[:-1].to_numpy().tolist() == near.iloc[:-1].to_numpy().tolist()
    assert found.to_numpy().sum() == 61 * 60 / 2


@pytest.mark.parametrize("days", [0, -1, np.nan])
def test_blocks_have_a_length(days):
    with pytest.raises(ConfigError, match="block_days"):
        stats.near_repeat(XY, DAYS, block_days=days)


@pytest.mark.parametrize("bandwidth_m", [15, 20, 49, 95, 100, 122, 199, 250])
@pytest.mark.parametrize("method", ["fft", "exact"])
@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_narrow_kernel_loses_no_mass(bandwidth_m, method, kernel):
    for point in rng.uniform(1400, 1600, (5, 2)):
        density = stats.kernel_density(
            [point],
            extent=(0, 0, 3000, 3000),
            cell_m=100,
            bandwidth_m=bandwidth_m,
            method=method,
            kernel=kernel,
        )
        assert density.shape == (30, 30)
        assert density.sum() * 0.01 == pytest.approx(1, abs=0.015)


def test_kernels_that_no_cell_can_show_are_refused():
    with pytest.raises(ConfigError, match="too narrow"):
        stats.kernel_density([[5, 5]], extent=(0, 0, 3000, 3000), cell_m=100, bandwidth_m=0.01)
    with pytest.raises(ConfigError, match="at least 2 cells"):
        stats.adaptive_density([[5, 5]], extent=(0, 0, 3000, 3000), cell_m=100, bandwidth_m=50)


def test_adaptive_kernels_on_one_spot_keep_their_mass():
    heap = np.vstack([np.full((400, 2), 1512.0), XY])
    density = stats.adaptive_density(heap, extent=(-3000, -3000, 6000, 6000), cell_m=50, bandwidth_m=200)
    assert density.sum() * 0.0025 == pytest.approx(460, rel=0.01)


def test_cases_where_none_is_expected_are_named():
    expected = np.ones((3, 4))
    expected[0, 3] = 0
    places, cases = [[0, 0], [1000, 0], [0, 1000]], [[1, 1, 1, 9], [1, 1, 1, 1], [1, 1, 1, 1]]
    with pytest.raises(SchemaError, match=r"none is expected .*\(0, 3\)"):
        stats.scan_counts(places, cases, expected)
    with pytest.raises(SchemaError, match="finite x and y"):
        stats.scan_counts([[np.nan, 0], [1000, 0], [0, 1000]], cases, np.ones((3, 4)))


@pytest.mark.parametrize(
    ("boundary", "area"),
    [
        (shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)]), 5e5),
        (shapely.MultiPolygon([shapely.box(0, 0, 1000, 1000), shapely.box(500, 0, 1500, 1000)]), 15e5),
        (gpd.GeoSeries([None, shapely.Point(), shapely.box(0, 0, 500, 500)], crs=31370), 25e4),
    ],
)
def test_boundaries_that_cross_themselves_enclose_what_they_enclose(boundary, area):
    assert stats.Grid.cover(boundary, 100).cells["area_m2"].sum() == pytest.approx(area)


@pytest.mark.parametrize(
    "options", [{"crs": 999999}, {"crs": 1}, {"origin": (np.nan, 0)}, {"cell_m": np.inf}, {"cell_m": 0}]
)
def test_impossible_grids_are_refused(options):
    with pytest.raises(ConfigError):
        stats.Grid.cover(shapely.box(0, 0, 500, 500), **options)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_boundary_without_numbers_is_refused():
    with pytest.raises(GenkGeoError):
        stats.Grid.cover(shapely.Polygon([(0, 0), (np.nan, 1), (1, 1)]), 100)


@pytest.mark.parametrize("dtype", ["float64", "Float64", "double[pyarrow]"])
@pytest.mark.parametrize("index", [[0, 1, 2], [7, 7, 7], ["a", "b", "c"]])
def test_any_table_of_points(dtype, index):
    grid = stats.Grid.cover(shapely.box(0, 0, 500, 500), 100)
    table = pd.DataFrame({"x": [50, None, 150], "y": [50, 60, 70]}, index=index).astype(dtype)
    assert grid.assign(table).dropna().tolist() == ["100m_E0_N0", "100m_E1_N0"]
    shapes = [shapely.Point(50, 50), shapely.Point(), None]
    layer = gpd.GeoDataFrame(
        {"w": pd.array([1, 2, 3], dtype="Int64")}, geometry=shapes, index=index, crs=31370
    )
    layer = layer.rename_geometry("plek")
    assert grid.count(layer, weights=layer["w"]).sum() == 1
    assert grid.assign(layer).notna().tolist() == [True, False, False]
    whole = table.dropna()
    assert stats.knox(whole, whole["x"], permutations=0).observed.to_numpy().sum() == 1
    with pytest.raises(SchemaError):
        stats.knox(table, table["x"])

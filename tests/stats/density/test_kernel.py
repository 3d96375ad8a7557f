import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import kernel_density, whole_extent
from tests.examples import examples

EXTENT = (150_000, 165_000, 154_000, 168_000)


def brute(xy, extent, cell_m, bandwidth_m, weights=None):
    columns, rows = round((extent[2] - extent[0]) / cell_m), round((extent[3] - extent[1]) / cell_m)
    x = extent[0] + (np.arange(columns) + 0.5) * cell_m
    y = extent[3] - (np.arange(rows) + 0.5) * cell_m
    total = np.zeros((rows, columns))
    for (px, py), w in zip(xy, np.ones(len(xy)) if weights is None else weights, strict=True):
        u = ((x - px) ** 2 + ((y - py) ** 2)[:, None]) / bandwidth_m**2
        total += w * np.where(u < 1, (1 - u) ** 2, 0)
    return total * 3 / (np.pi * bandwidth_m**2) * 1e6


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    return rng.uniform((149_800, 164_800), (154_200, 168_200), (400, 2))


@pytest.mark.parametrize(("cell_m", "bandwidth_m"), [(25, 300), (50, 100), (100, 2500), (20, 45)])
def test_exact_is_the_sum_of_kernels(points, cell_m, bandwidth_m):
    weights = np.random.default_rng(2).uniform(0, 3, len(points))
    options = {"extent": EXTENT, "cell_m": cell_m, "bandwidth_m": bandwidth_m, "weights": weights}
    found = kernel_density(points, method="exact", **options)
    expected = brute(points, **options)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 1e-10 * expected.max()


def test_exact_as_spatstat(root):
    folder = root / "tests" / "stats" / "r_reference"
    xy = pd.read_csv(folder / "points.csv")[["x", "y"]].to_numpy()
    reference = pd.read_csv(folder / "kde_quartic_h300.csv")
    found = [
        kernel_density(xy, extent=(x - 12.5, y - 12.5, x + 12.5, y + 12.5), method="exact")[0, 0] / 1e6
        for x, y in reference[["x", "y"]].to_numpy()
    ]
    np.testing.assert_allclose(found, reference["direct_quartic"], rtol=1e-9)


def test_fft_is_close_and_gets_closer(points):
    errors = []
    for cell_m in (100, 50, 25):
        exact = kernel_density(points, extent=EXTENT, cell_m=cell_m, method="exact")
        fft = kernel_density(points, extent=EXTENT, cell_m=cell_m)
        errors.append(np.abs(exact - fft).max() / exact.max())
    assert errors[2] < 0.005
    assert errors[1] < errors[0] / 3
    assert errors[2] < errors[1] / 3


@given(st.floats(151_000, 153_000), st.floats(166_000, 167_000))
@settings(deadline=None, max_examples=examples(15))
def test_fft_of_a_single_point_anywhere_in_a_cell(x, y):
    exact = kernel_density([[x, y]], extent=EXTENT, method="exact")
    fft = kernel_density([[x, y]], extent=EXTENT)
    assert np.abs(exact - fft).max() < 0.005 * exact.max()
    assert fft.sum() * 25**2 / 1e6 == pytest.approx(1, rel=2e-3)


def test_north_is_up_and_the_unit_is_per_square_kilometre():
    density = kernel_density([[150_100, 167_900]], extent=EXTENT, cell_m=25, bandwidth_m=80)
    assert density.shape == (120, 160)
    row, column = np.unravel_index(density.argmax(), density.shape)
    assert (row, column) in {(3, 3), (3, 4), (4, 3), (4, 4)}
    assert density.max() == pytest.approx(brute([[150_100, 167_900]], EXTENT, 25, 80).max(), rel=0.02)


@pytest.mark.parametrize("method", ["fft", "exact"])
def test_points_outside_reach_in_and_far_ones_do_not(method):
    at_edge = kernel_density([[149_900, 166_000]], extent=EXTENT, method=method)
    assert at_edge[:, :8].max() > 0
    assert at_edge[:, 8:].max() < 1e-4  # the cubic weights reach two cells too far
    assert at_edge[:, 10:].max() == 0
    assert kernel_density([[140_000, 166_000]], extent=EXTENT, method=method).max() == 0
    assert kernel_density(np.empty((0, 2)), extent=EXTENT, method=method).max() == 0


@pytest.mark.parametrize("method", ["fft", "exact"])
def test_order_and_doubling(points, method):
    once = kernel_density(points, extent=EXTENT, method=method)
    assert once.min() >= 0
    np.testing.assert_allclose(
        kernel_density(points[::-1], extent=EXTENT, method=method), once, atol=1e-10 * once.max()
    )
    doubled = kernel_density(points, extent=EXTENT, method=method, weights=np.full(len(points), 2.0))
    np.testing.assert_allclose(doubled, 2 * once, atol=1e-10 * once.max())


def test_many_points_share_the_work_between_threads():
    rng = np.random.default_rng(3)
    xy = rng.uniform((150_000, 165_000), (154_000, 168_000), (30_000, 2))
    whole = kernel_density(xy, extent=EXTENT, method="exact")
    halves = kernel_density(xy[:15_000], extent=EXTENT, method="exact") + kernel_density(
        xy[15_000:], extent=EXTENT, method="exact"
    )
    np.testing.assert_allclose(whole, halves, rtol=1e-9)


def test_whole_extent_is_anchored():
    assert whole_extent((228_433.2, 184_810.0, 231_220.9, 187_333.0), 25, margin_m=50) == (
        228_375,
        184_750,
        231_275,
        187_400,
    )
    assert whole_extent((0, 0, 100, 100), 25) == (0, 0, 100, 100)


@pytest.mark.parametrize(
    ("xy", "options", "kind", "message"),
    [
        ([[1, 2, 3]], {}, SchemaError, r"needed shape \(n, 2\)"),
        ([[1, np.nan], [np.inf, 1]], {}, SchemaError, r"2 points have no coordinates \(rows 0, 1\)"),
        ([[1, 1]], {"weights": [1, 2]}, SchemaError, "needed 1, one a point"),
        ([[1, 1]], {"weights": [-1]}, SchemaError, "0 or more"),
        ([[1, 1]], {"cell_m": 0}, ConfigError, "above 0"),
        ([[1, 1]], {"bandwidth_m": np.nan}, ConfigError, "above 0"),
        ([[1, 1]], {"method": "magic"}, ConfigError, "needed fft or exact"),
        ([[1, 1]], {"extent": (0, 0, 0, 10)}, ConfigError, "xmin < xmax"),
        ([[1, 1]], {"extent": (0, 0, 1e6, 1e6), "cell_m": 1}, ConfigError, "Take larger cells"),
    ],
)
def test_bad_input_gets_one_clear_message(xy, options, kind, message):
    with pytest.raises(kind, match=message):
        kernel_density(xy, **({"extent": EXTENT} | options))


def test_gaussian_as_spatstat(root):
    folder = root / "tests" / "stats" / "r_reference"
    xy = pd.read_csv(folder / "points.csv")[["x", "y"]].to_numpy()
    reference = pd.read_csv(folder / "kde_quartic_h300.csv")
    found = [
        kernel_density(
            xy, extent=(x - 12.5, y - 12.5, x + 12.5, y + 12.5), method="exact", kernel="gaussian"
        )[0, 0]
        / 1e6
        for x, y in reference[["x", "y"]].to_numpy()
    ]
    # The reference stops a Gaussian at some distance.
    np.testing.assert_allclose(found, reference["spatstat_gauss_sigma300"], rtol=2e-4)


@pytest.mark.parametrize("bandwidth_m", [60, 300])
def test_fft_gaussian_is_close_to_the_exact_one(points, bandwidth_m):
    options = {"extent": EXTENT, "bandwidth_m": bandwidth_m, "kernel": "gaussian"}
    exact = kernel_density(points, method="exact", **options)
    assert np.abs(kernel_density(points, **options) - exact).max() < 0.005 * exact.max()


def ragged_window():
    return shapely.Polygon(
        [(150_100, 165_050), (153_950, 165_400), (153_000, 166_500), (153_800, 167_900), (150_300, 167_700)]
    )


@pytest.mark.parametrize("method", ["fft", "exact"])
@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_diggle_keeps_the_number_of_points(points, method, kernel, caplog):
    window = ragged_window()
    weights = np.random.default_rng(4).uniform(0, 3, len(points))
    inside = shapely.contains_xy(window, points)
    density = kernel_density(
        points, extent=EXTENT, method=method, kernel=kernel, window=window, weights=weights
    )
    assert np.nansum(density) * 25**2 / 1e6 == pytest.approx(weights[inside].sum(), rel=1e-12)
    assert f"{(~inside).sum()} points lie outside" in caplog.text
    assert np.isnan(density[0, -1])
    # Deep inside nothing changes.
    plain = kernel_density(
        points[inside], extent=EXTENT, method=method, kernel=kernel, weights=weights[inside], bandwidth_m=200
    )
    small = kernel_density(
        points[inside],
        extent=EXTENT,
        method=method,
        kernel=kernel,
        weights=weights[inside],
        window=window,
        bandwidth_m=200,
    )
    if kernel == "quartic":
        np.testing.assert_allclose(small[60, 60], plain[60, 60], rtol=2e-3)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_diggle_divides_each_kernel_by_its_mass_inside(kernel):
    window = shapely.box(150_000, 165_000, 151_000, 168_000)
    xy = np.array([[150_000 + 1.0, 166_500], [150_500, 166_500]])
    both = [
        kernel_density(xy[[i]], extent=EXTENT, window=window, kernel=kernel, method="exact", bandwidth_m=100)
        for i in (0, 1)
    ]
    plain = kernel_density(xy[[0]], extent=EXTENT, kernel=kernel, method="exact", bandwidth_m=100)
    inside = np.isfinite(both[0])
    ratio = (both[0] / np.where(plain > 0, plain, np.nan))[inside & (plain > 1e-6)]
    assert np.ptp(ratio) < 1e-6
    assert ratio[0] == pytest.approx(2, rel=0.02)  # a point on a straight border has half its mass inside
    fft = kernel_density(xy, extent=EXTENT, window=window, kernel=kernel, bandwidth_m=300)
    exact = kernel_density(xy, extent=EXTENT, window=window, kernel=kernel, bandwidth_m=300, method="exact")
    assert np.nanmax(np.abs(fft - exact)) < 0.005 * np.nanmax(exact)


def test_windows_that_hold_nothing_are_refused():
    with pytest.raises(SchemaError, match="needed a polygon"):
        kernel_density([[1, 1]], extent=EXTENT, window=shapely.Point(1, 1))
    with pytest.raises(SchemaError, match="lies outside the raster"):
        kernel_density([[1, 1]], extent=EXTENT, window=shapely.box(0, 0, 10, 10))
    thin = shapely.union(
        shapely.box(150_000, 165_000, 150_100, 165_100), shapely.box(153_000, 166_001, 153_000.5, 166_002)
    )
    with pytest.raises(SchemaError, match="no cell's centre"):
        kernel_density([[153_000.2, 166_001.5]], extent=EXTENT, window=thin, bandwidth_m=20, method="exact")
    empty = kernel_density(np.empty((0, 2)), extent=EXTENT, window=ragged_window())
    assert np.nansum(empty) == 0

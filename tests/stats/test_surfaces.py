import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import (
    adaptive_density,
    contour_polygons,
    kernel_density,
    likelihood_bandwidth,
    quartic_radius,
    relative_risk_surface,
    scott_bandwidth,
    write_geotiff,
)
from genk_geo.stats.density.adaptive import adaptive_radii

EXTENT = (0.0, 0.0, 3000.0, 2000.0)


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    return np.vstack(
        [rng.uniform((-100, -100), (3100, 2100), (150, 2)), rng.normal((900, 900), 80, (150, 2))]
    )


def test_bandwidths_of_redwood_seedlings(r_table):
    """The 62 seedlings come with R's spatstat.data."""
    xy = r_table("spatstat.data", "data.frame(redwood$x, redwood$y + 1)").to_numpy()
    assert scott_bandwidth(xy) == pytest.approx((0.13620, 0.13786), abs=5e-6)
    assert likelihood_bandwidth(xy, bounds=(0, 0, 1, 1)) == pytest.approx(0.040806, abs=5e-7)


def test_bandwidths_as_spatstat(root):
    """Reference: spatstat.explore 3.0-6, bw.ppl and bw.scott of the first 300 points in the window below."""
    xy = pd.read_csv(root / "tests" / "stats" / "r_reference" / "points.csv")[["x", "y"]].to_numpy()[:300]
    bounds = (150_000, 165_000, 160_000, 177_000)
    assert scott_bandwidth(xy) == pytest.approx((1115.364972, 1263.108370), rel=1e-9)
    assert likelihood_bandwidth(xy, bounds=bounds) == pytest.approx(409.5562481, rel=1e-9)


def test_the_likelihood_finds_the_scale_of_clusters():
    rng = np.random.default_rng(2)
    parents = rng.uniform(0, 5000, (15, 2))
    tight, wide = (
        np.clip(np.repeat(parents, 20, axis=0) + rng.normal(0, sd, (300, 2)), 0, 5000) for sd in (30, 300)
    )
    bounds = (0, 0, 5000, 5000)
    candidates = np.geomspace(10, 1000, 12)
    narrow = likelihood_bandwidth(tight, bounds=bounds, candidates=candidates)
    assert narrow < likelihood_bandwidth(wide, bounds=bounds, candidates=candidates)
    sampled = likelihood_bandwidth(
        tight, bounds=bounds, candidates=candidates, max_points=100, rng=np.random.default_rng(3)
    )
    assert narrow / 2 < sampled < narrow * 2
    assert quartic_radius(100) == pytest.approx(282.8427)


@pytest.mark.parametrize(
    ("xy", "options", "kind", "message"),
    [
        ([[1, 1]], {}, SchemaError, "at least two"),
        ([[1, 1], [1, 1]], {}, SchemaError, "at least two"),
        ([[1, 1], [99, 1]], {}, SchemaError, "within the bounds"),
        ([[1, 1], [2, 1]], {"candidates": [0, 1]}, ConfigError, "above 0"),
        ([[1, 1], [2, 1]], {"max_points": 1}, ConfigError, "rng"),
    ],
)
def test_no_bandwidth_from_nothing(xy, options, kind, message):
    with pytest.raises(kind, match=message):
        likelihood_bandwidth(xy, bounds=(0, 0, 10, 10), **options)


def test_adaptive_is_the_sum_of_kernels_of_their_own_radius(points):
    w = np.random.default_rng(5).uniform(0.5, 2, len(points))
    found = adaptive_density(points, extent=EXTENT, cell_m=50, bandwidth_m=300, weights=w)
    radius = adaptive_radii(points, w, 300, 300, 50)
    x, y = np.arange(60) * 50 + 25, 2000 - np.arange(40) * 50 - 25
    total = np.zeros((40, 60))
    for (px, py), r, weight in zip(points, radius, w, strict=True):
        u = ((x - px) ** 2 + ((y - py) ** 2)[:, None]) / r**2
        total += weight * 3 / np.pi / r**2 * np.where(u < 1, (1 - u) ** 2, 0)
    np.testing.assert_allclose(found, total * 1e6, rtol=1e-9, atol=1e-9)


def test_adaptive_radii_follow_the_root_of_the_pilot(points):
    radius = adaptive_radii(points, np.ones(len(points)), 300, 300, 25)
    pilot = np.array(
        [np.maximum(1 - ((points - p) ** 2).sum(axis=1) / 300**2, 0).__pow__(2).sum() for p in points]
    )
    expected = pilot**-0.5
    expected *= 300 / np.exp(np.log(expected).mean())
    capped = np.minimum(expected, 5 * np.median(expected))
    np.testing.assert_allclose(radius, capped, rtol=0.01)
    assert radius[150:].mean() < radius[:150].mean()


def test_adaptive_keeps_the_number_of_points(points):
    window = shapely.Polygon([(50, 50), (2900, 100), (2000, 1900), (100, 1800)])
    inside = shapely.contains_xy(window, points)
    found = adaptive_density(points, extent=EXTENT, window=window)
    assert np.nansum(found) * 25**2 / 1e6 == pytest.approx(inside.sum(), rel=1e-12)
    peak = np.nanmax(kernel_density(points, extent=EXTENT, window=window))
    assert np.nanmax(found) > peak
    assert adaptive_density(np.empty((0, 2)), extent=EXTENT).max() == 0
    with pytest.raises(ConfigError, match="pilot_m"):
        adaptive_density(points, extent=EXTENT, pilot_m=0)


def test_no_difference_between_two_samples_of_one_pattern():
    rng = np.random.default_rng(6)
    shares = []
    for _ in range(12):
        both = rng.uniform((0, 0), (3000, 2000), (3000, 2))
        found = relative_risk_surface(both[:1200], both[1200:], extent=EXTENT, bandwidth_m=400, cell_m=50)
        shares.append([(p <= 0.05).mean() for p in (found.p_high, found.p_low)])
        assert np.abs(found.log_risk).max() < 1.5
    assert np.mean(shares) == pytest.approx(0.05, abs=0.02)


def test_a_new_concentration_stands_out_from_the_period_before():
    rng = np.random.default_rng(7)
    before = rng.uniform((0, 0), (3000, 2000), (800, 2))
    now = np.vstack([rng.uniform((0, 0), (3000, 2000), (700, 2)), rng.normal((2000, 1000), 100, (100, 2))])
    window = shapely.box(100, 100, 2900, 1900)
    found = relative_risk_surface(now, before, extent=EXTENT, window=window)
    row, column = np.unravel_index(np.nanargmax(found.log_risk), found.log_risk.shape)
    assert (abs(column * 25 - 2000) < 250) & (abs(2000 - row * 25 - 1000) < 250)
    assert found.p_high[row, column] < 1e-4
    assert np.isnan(found.log_risk[0, 0])
    np.testing.assert_allclose(found.p_high + found.p_low, np.where(np.isnan(found.p_high), np.nan, 1))
    contours = contour_polygons(1 - found.p_high, levels=[0.95], extent=EXTENT, cell_m=25, crs=31370)
    assert contours.geometry.iloc[0].contains(shapely.Point(2000, 1000))
    swapped = relative_risk_surface(before, now, extent=EXTENT, window=window)
    np.testing.assert_allclose(swapped.log_risk, -found.log_risk, atol=1e-12)


def test_incidents_against_dwellings():
    rng = np.random.default_rng(8)
    homes = rng.normal((1500, 1000), 300, (600, 2))
    found = relative_risk_surface(homes[:300], homes, extent=EXTENT, control_weights=np.full(600, 7.0))
    assert np.nanmin(found.p_high) > 0.001
    with pytest.raises(SchemaError, match="controls"):
        relative_risk_surface(homes, homes, extent=EXTENT, control_weights=np.zeros(600))
    with pytest.raises(SchemaError, match="cases"):
        relative_risk_surface(np.empty((0, 2)), homes, extent=EXTENT)
    with pytest.raises(ConfigError, match="floor"):
        relative_risk_surface(homes, homes, extent=EXTENT, floor=-1)


def test_a_geotiff_says_where_it_lies(tmp_path, points):
    import rasterio

    values = kernel_density(points, extent=EXTENT, window=shapely.box(500, 500, 2500, 1500))
    path = write_geotiff(tmp_path / "density.tif", values, extent=EXTENT, cell_m=25, crs=31370, unit="n/km2")
    with rasterio.open(path) as file:
        assert file.crs.to_epsg() == 31370
        assert file.nodata == -9999
        assert file.profile["tiled"]
        assert file.bounds == EXTENT
        assert file.units == ("n/km2",)
        read = file.read(1, masked=True)
    np.testing.assert_array_equal(read.mask, np.isnan(values))
    np.testing.assert_allclose(read.compressed(), values[np.isfinite(values)], rtol=1e-6)
    assert [p.name for p in tmp_path.iterdir()] == ["density.tif"]


def test_files_that_cannot_be_written(tmp_path):
    with pytest.raises(SchemaError, match="needed 80 rows and 120 columns"):
        write_geotiff(tmp_path / "a.tif", np.zeros((2, 2)), extent=EXTENT, cell_m=25, crs=31370)
    with pytest.raises(ConfigError, match="no folder"):
        write_geotiff(tmp_path / "x" / "a.tif", np.zeros((80, 120)), extent=EXTENT, cell_m=25, crs=31370)
    with pytest.raises(ConfigError, match="EPSG code"):
        write_geotiff(tmp_path / "a.tif", np.zeros((80, 120)), extent=EXTENT, cell_m=25, crs=1)
    assert not list(tmp_path.iterdir())


def test_a_geotiff_that_cannot_be_finished_leaves_the_last_good_one(tmp_path, monkeypatch):
    import rasterio

    place = {"extent": EXTENT, "cell_m": 25, "crs": 31370}
    path = write_geotiff(tmp_path / "a.tif", np.zeros((80, 120)), **place)
    before = path.read_bytes()

    def full(*_args, **_options):
        raise rasterio.errors.RasterioIOError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rasterio.io.DatasetWriter, "write", full)
        with pytest.raises(ConfigError, match=r"a\.tif cannot be written \(no space left on device\)"):
            write_geotiff(path, np.ones((80, 120)), **place)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.tif"]
    (tmp_path / "b.tif").mkdir()
    with pytest.raises(ConfigError, match=r"b\.tif cannot be written"):
        write_geotiff(tmp_path / "b.tif", np.ones((80, 120)), **place)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.tif", "b.tif"]


def test_contours_nest_and_follow_a_cone():
    x, y = np.arange(120) * 25 + 12.5, 2000 - np.arange(80) * 25 - 12.5
    cone = 1000 - np.hypot(x - 1500, (y - 1000)[:, None])
    found = contour_polygons(cone, levels=[900, 300, 600, 2000], extent=EXTENT, cell_m=25, crs=31370)
    assert found["level"].tolist() == [300, 600, 900]
    np.testing.assert_allclose(found["area_m2"], np.pi * np.array([700, 400, 100]) ** 2, rtol=0.015)
    assert found.crs.to_epsg() == 31370
    for outer, inner in zip(found.geometry[:-1], found.geometry[1:], strict=True):
        assert outer.contains(inner)
    ring = np.where(cone > 900, np.nan, cone)
    assert (
        len(
            contour_polygons(ring, levels=[600], extent=EXTENT, cell_m=25, crs=31370)
            .geometry[0]
            .geoms[0]
            .interiors
        )
        == 1
    )
    whole = contour_polygons(np.ones((80, 120)), levels=[0.5], extent=EXTENT, cell_m=25, crs=31370)
    assert whole["area_m2"].iloc[0] == pytest.approx(3000 * 2000)
    with pytest.raises(ConfigError, match="levels"):
        contour_polygons(cone, levels=[np.nan], extent=EXTENT, cell_m=25, crs=31370)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=10)
def test_contours_hold_the_centres_above_their_level(seed):
    values = np.random.default_rng(seed).random((8, 12))
    found = contour_polygons(values, levels=[0.5], extent=(0, 0, 1200, 800), cell_m=100, crs=31370)
    x, y = np.meshgrid(np.arange(12) * 100 + 50, 800 - np.arange(8) * 100 - 50)
    clear = np.abs(values - 0.5) > 0.02
    held = shapely.intersects_xy(found.geometry.iloc[0], x, y)
    assert ((held == (values > 0.5)) | ~clear).all()

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import (
    contour_polygons,
    kernel_density,
    write_geotiff,
)
from tests.examples import examples

EXTENT = (0.0, 0.0, 3000.0, 2000.0)


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    return np.vstack(
        [rng.uniform((-100, -100), (3100, 2100), (150, 2)), rng.normal((900, 900), 80, (150, 2))]
    )


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
@settings(deadline=None, max_examples=examples(10))
def test_contours_hold_the_centres_above_their_level(seed):
    values = np.random.default_rng(seed).random((8, 12))
    found = contour_polygons(values, levels=[0.5], extent=(0, 0, 1200, 800), cell_m=100, crs=31370)
    x, y = np.meshgrid(np.arange(12) * 100 + 50, 800 - np.arange(8) * 100 - 50)
    clear = np.abs(values - 0.5) > 0.02
    held = shapely.intersects_xy(found.geometry.iloc[0], x, y)
    assert ((held == (values > 0.5)) | ~clear).all()

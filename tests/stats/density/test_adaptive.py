import numpy as np
import pytest
import shapely

from genk_geo.errors import ConfigError
from genk_geo.stats import adaptive_density, kernel_density
from genk_geo.stats.density.adaptive import adaptive_radii

EXTENT = (0.0, 0.0, 3000.0, 2000.0)


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    return np.vstack(
        [rng.uniform((-100, -100), (3100, 2100), (150, 2)), rng.normal((900, 900), 80, (150, 2))]
    )


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

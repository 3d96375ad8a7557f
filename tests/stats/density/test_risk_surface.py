import numpy as np
import pytest
import shapely

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import contour_polygons, relative_risk_surface

EXTENT = (0.0, 0.0, 3000.0, 2000.0)


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
    found = relative_risk_surface(homes[:300], homes, extent=EXTENT, weights=(None, np.full(600, 7.0)))
    assert np.nanmin(found.p_high) > 0.001
    with pytest.raises(SchemaError, match="controls"):
        relative_risk_surface(homes, homes, extent=EXTENT, weights=(None, np.zeros(600)))
    with pytest.raises(SchemaError, match="cases"):
        relative_risk_surface(np.empty((0, 2)), homes, extent=EXTENT)
    with pytest.raises(ConfigError, match="floor"):
        relative_risk_surface(homes, homes, extent=EXTENT, floor=-1)

import numpy as np
import pandas as pd

from genk_geo.stats import q_values


def test_false_discovery_over_cells_and_weeks_together():
    rng = np.random.default_rng(7)
    p = rng.random((40, 6)) ** 2
    p[3, 2] = np.nan
    together = q_values(p)
    assert together.shape == p.shape
    np.testing.assert_array_equal(together.ravel(), q_values(p.ravel()))
    np.testing.assert_array_equal(together, q_values(pd.DataFrame(p)))
    assert q_values([]).size == 0
    from scipy.stats import false_discovery_control

    told = np.isfinite(p)
    np.testing.assert_allclose(together[told], false_discovery_control(p[told]))
    assert np.isnan(together[3, 2])

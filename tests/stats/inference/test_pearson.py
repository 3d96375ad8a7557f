import numpy as np
from scipy.stats import nbinom

from genk_geo.stats.inference.exact_sums import tail_tables
from genk_geo.stats.inference.pearson import Moments, permutation_moments, tails


def test_a_continuous_tail_meets_the_exact_one_on_large_counts():
    values, times = (
        np.arange(60),
        np.maximum(np.round(3000 * nbinom.pmf(np.arange(60), 3, 0.2)), 0).astype(int),
    )
    y = np.repeat(values, times).astype(float)
    present = times > 0
    upper, _ = tail_tables(values[present], times[present], 8, remove_one=False)
    d = y - y.mean()
    population = Moments(*(np.asarray(m) for m in (y.mean(), (d**2).mean(), (d**3).mean())))
    eight = np.array(8.0)
    moments = permutation_moments((eight, eight, eight), population, float(y.size))
    sums = np.arange(upper.shape[-1], dtype=float)
    exact = upper[0, 8]
    smooth = tails(sums - 0.5, moments)[0]  # the middle between two whole sums
    told = (exact > 1e-4) & (exact < 0.9999)
    assert np.abs(smooth - exact)[told].max() < 0.004
    assert np.abs(np.log10(smooth / exact))[told].max() < 0.1

"""The likelihood ratio of scans: how much likelier more events inside are than the same everywhere."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def log_ratio(count: float, expected: float, total: float) -> float:
    """Poisson log-likelihood ratio of more events inside than expected; 0 when there are not more."""
    if count <= expected or expected <= 0.0:
        return 0.0
    ratio = count * np.log(count / expected)
    if total > count:
        ratio += (total - count) * np.log((total - count) / (total - expected))
    return float(ratio)

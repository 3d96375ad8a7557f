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


@njit(cache=True, nogil=True)
def case_ratio(count: float, held: float, total: float, everybody: float) -> float:
    """Bernoulli log-likelihood ratio of a larger share of cases inside than outside; 0 when it is not.

    `count` of the `held` people inside are cases, and `total` of `everybody`.
    """
    if held <= 0.0 or count * everybody <= total * held:
        return 0.0
    out, free = total - count, everybody - held
    ratio = _times_log(count, held) + _times_log(held - count, held)
    ratio += _times_log(out, free) + _times_log(free - out, free)
    ratio -= _times_log(total, everybody) + _times_log(everybody - total, everybody)
    return float(max(ratio, 0.0))


@njit(cache=True, nogil=True)
def _times_log(part: float, whole: float) -> float:
    """Part times the log of its share; nothing for nothing."""
    return float(part * np.log(part / whole)) if part > 0.0 else 0.0

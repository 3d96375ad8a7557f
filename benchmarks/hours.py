"""Aoristic hours beside the plainest sum there is, and beside scipy's rank correlation for trends."""

from __future__ import annotations

import numpy as np
import pandas as pd
from _side_by_side import Job, compare, table
from scipy.stats import kendalltau

from genk_geo.stats import aoristic, aoristic_by, mann_kendall


def jobs(*, quick: bool) -> list[Job]:
    n = 1000 if quick else 1_000_000
    rng = np.random.default_rng(1)
    moment = pd.Timestamp("2024-01-01", tz="Europe/Brussels")
    start = pd.Series(moment + pd.to_timedelta(rng.integers(0, 10**6, n), unit="min"))
    end = start + pd.to_timedelta(rng.integers(0, 1500, n), unit="min")
    cells = pd.Series(rng.integers(0, 5000, n).astype(str))
    plain = rng.random(n)
    listed = plain.tolist()
    series = rng.poisson(3, (20 if quick else 2000, 52)).astype(float)
    rounds = 1 if quick else 5
    return [
        Job(
            f"Aoristic hours, {n:,} windows (peers: the sum of as many floats)",
            lambda: aoristic(start, end),
            {"sum of a list": lambda: sum(listed), "numpy.sum": plain.sum},
            {"sum of a list": 0.1},
            rounds,
        ),
        Job(
            f"Aoristic hours of 5,000 cells, {n:,} windows",
            lambda: aoristic_by(start, end, cells),
            rounds=rounds,
        ),
        Job(
            f"Mann-Kendall, {len(series):,} series of 52 weeks",
            lambda: mann_kendall(series),
            {"scipy.kendalltau": lambda: [kendalltau(np.arange(52), row) for row in series]},
            rounds=rounds,
        ),
    ]


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))

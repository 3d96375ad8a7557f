"""Foreseeing 104 weeks of 9,000 cells, models refitted every quarter, beside plain scikit-learn on lags."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from _side_by_side import Job, compare, table

from genk_geo.calendar import Week
from genk_geo.stats import MODELS, Grid, WeekRecord, backtest

FIRST = Week(2022, 46)


def jobs(*, quick: bool) -> list[Job]:
    side_m, weeks, tested, n = (1_000, 30, 4, 300) if quick else (9_500, 208, 104, 16_000)
    rng = np.random.default_rng(1)
    grid = Grid.cover(shapely.box(0, 0, side_m, side_m), 100)
    xy = rng.uniform(0, side_m, (n, 2))
    spots = rng.uniform(0, side_m, (20, 2))
    near = rng.random(n) < 0.6
    xy[near] = spots[rng.integers(0, 20, int(near.sum()))] + rng.normal(0, 120, (int(near.sum()), 2))
    moments = pd.Series(FIRST.start() + pd.to_timedelta(rng.uniform(0, 7 * weeks, n), unit="D"))
    record = WeekRecord.from_incidents(xy, moments, grid, first=FIRST, last=FIRST.shift(weeks - 1))

    def lags() -> None:
        """Twelve lags a cell in scikit-learn's boosting on every row, refitted as often."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        counts = np.array([record.counts(week) for week in range(weeks)], dtype=np.float32)
        for origin in range(weeks - tested, weeks, 13):
            past = range(12, origin)
            looks = np.concatenate([counts[week - 12 : week].T for week in past])
            fit = HistGradientBoostingRegressor(loss="poisson", max_iter=60, max_leaf_nodes=8)
            fit.fit(looks, np.concatenate([counts[week] for week in past]))
            for week in range(origin, min(origin + 13, weeks)):
                fit.predict(counts[week - 12 : week].T)

    return [
        Job(
            f"Forecasts of {tested} weeks, {len(grid):,} cells, {len(MODELS)} models",
            lambda: backtest(record, weeks=tested, models=tuple(MODELS), rng=np.random.default_rng(1)),
            {"scikit-learn on 12 lags": lags},
            rounds=1,
        )
    ]


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))

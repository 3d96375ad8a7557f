"""Farrington Flexible for many areas beside R's surveillance and a loop of statsmodels regressions."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
from _side_by_side import Job, Seconds, compare, installed, table

from genk_geo.calendar import Week
from genk_geo.stats import farrington
from genk_geo.stats.counts.farrington import FarringtonSettings, blocks

WEEKS = 216

R = """
suppressMessages(library(surveillance)); set.seed(1)
y <- matrix(rpois({weeks} * {areas}, 6), ncol = {areas})
control <- list(range = {weeks}, noPeriods = 10, b = 4, w = 3, weightsThreshold = 2.58,
                pastWeeksNotIncluded = 26, pThresholdTrend = 1, alpha = 0.01,
                thresholdMethod = "nbPlugin", glmWarnings = FALSE)
cat(system.time(farringtonFlexible(sts(y, frequency = 52), control))["elapsed"])
"""


def r_is_here() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return (
        subprocess.run(
            ["Rscript", "-e", "library(surveillance)"], capture_output=True, check=False
        ).returncode
        == 0
    )


def jobs(*, quick: bool) -> list[Job]:
    areas = 5 if quick else 200
    week = Week(2026, 46)
    y = np.random.default_rng(1).poisson(6, (WEEKS, areas))
    mondays = pd.date_range(end=str(week.monday), periods=WEEKS, freq="7D")
    history = pd.DataFrame(y, mondays, [f"area {i}" for i in range(areas)])

    def in_r() -> Seconds:
        code = R.format(weeks=WEEKS, areas=areas)
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
        return Seconds(done.stdout.strip())

    def statsmodels() -> None:
        """Two regressions an area, as the method needs, without its residuals and limits."""
        from statsmodels.api import GLM, families

        block = blocks(WEEKS - 1, FarringtonSettings())
        used = np.flatnonzero(block[: WEEKS - 27] >= 0)
        design = np.column_stack([np.ones(used.size), used, block[used, None] == np.arange(1, 10)]).astype(
            float
        )
        for area in range(areas):
            for _ in range(2):
                GLM(y[used, area], design, family=families.Poisson()).fit()

    return [
        Job(
            f"Farrington Flexible, {areas} areas",
            lambda: farrington(history, week=week),
            {
                "R surveillance": in_r if not quick and r_is_here() else None,
                "statsmodels GLM": statsmodels if installed("statsmodels") else None,
            },
            {"R surveillance": 20},
            rounds=1 if quick else 3,
        )
    ]


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))

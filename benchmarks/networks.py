"""Densities, dangerous stretches and points on streets, beside R's spatstat on its own `chicago`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from _side_by_side import Job, Seconds, compare, seconds, table

from genk_geo.stats import Network, dangerous_stretches, network_density

if TYPE_CHECKING:
    from collections.abc import Callable

_SCRIPT = Path(__file__).parents[1] / "scripts" / "chicago_oracle.R"
_BANDWIDTH = 40 * np.sqrt(5)
_R = """
suppressMessages(library(spatstat.linnet))
one <- function() system.time(densityEqualSplit(unmark(chicago), 40, kernel = "epanechnikov",
                                                continuous = TRUE, verbose = FALSE,
                                                savehistory = FALSE))[["elapsed"]]
invisible(one())
cat(median(replicate(3, one())))
"""
#: Runs of a job of milliseconds in a turn: the first one after another process is no measure of it.
_OFTEN = 20


def r_is_here() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "library(spatstat.linnet)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@cache
def chicago() -> tuple[Network, gpd.GeoDataFrame]:
    """Network and crimes, by the documented script; feet stand for metres."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["Rscript", str(_SCRIPT), folder], check=True, capture_output=True)
        ends, xy = (pd.read_csv(Path(folder) / f"{name}.csv") for name in ("segments", "events"))
    lines = shapely.linestrings(ends.to_numpy().reshape(-1, 2, 2))
    points = gpd.points_from_xy(xy["x"], xy["y"])
    return Network.from_segments(gpd.GeoDataFrame(geometry=lines, crs=31370)), gpd.GeoDataFrame(
        geometry=points, crs=31370
    )


def town(segments: int, events: int, *, block_m: float = 90.0) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Streets between a lattice that was shaken, with gaps, and events spread over their length."""
    rng = np.random.default_rng(1)
    n = max(2, round((segments / 1.7) ** 0.5) + 1)
    xy = np.stack(np.meshgrid(np.arange(n), np.arange(n), indexing="ij"), -1) * block_m
    xy = xy + rng.normal(0, 0.2 * block_m, xy.shape)
    ends = np.concatenate(
        [
            np.stack([xy[:-1], xy[1:]], 2).reshape(-1, 2, 2),
            np.stack([xy[:, :-1], xy[:, 1:]], 2).reshape(-1, 2, 2),
        ]
    )
    lines = shapely.linestrings(ends[rng.random(len(ends)) < 0.85])
    length = shapely.length(lines)
    chosen = lines[rng.choice(len(lines), events, p=length / length.sum())]
    points = shapely.line_interpolate_point(chosen, rng.random(events), normalized=True)
    return gpd.GeoDataFrame(geometry=lines, crs=31370), gpd.GeoDataFrame(geometry=points, crs=31370)


def often(run: Callable[[], object]) -> Seconds:
    """Median of several runs, as R's are, after one to warm up."""
    run()
    return Seconds(median(seconds(run) for _ in range(_OFTEN)))


def in_r() -> Seconds:
    done = subprocess.run(["Rscript", "-e", _R], capture_output=True, text=True, check=True)
    return Seconds(done.stdout.strip())


def jobs(*, quick: bool) -> list[Job]:
    found = []
    if not quick and r_is_here():
        network, crimes = chicago()
        found.append(
            Job(
                "Density on streets, chicago: 503 segments, 116 events",
                lambda: often(
                    lambda: network_density(network, crimes, bandwidth_m=_BANDWIDTH, kernel="epanechnikov")
                ),
                {"R spatstat": in_r},
                {"R spatstat": 200.0},
            )
        )
    sizes = (12, 8) if quick else (3000, 10_000)
    streets, events = town(*sizes)
    told = f"{sizes[0]:,} segments, {sizes[1]:,} accidents"
    found.append(
        Job(
            f"Density on streets, {told}, lixels of 10 m, 300 m",
            lambda: network_density(streets, events, bandwidth_m=100 if quick else 300),
            rounds=3,
        )
    )
    few = town(12, 8) if quick else town(3000, 1000)
    found.append(
        Job(
            f"Dangerous stretches, {sizes[0]:,} segments, {len(few[1]):,} accidents, 999 replicates",
            lambda: dangerous_stretches(
                few[0], few[1], replicates=9 if quick else 999, rng=np.random.default_rng(1)
            ),
            rounds=3,
        )
    )
    return found


def growth() -> str:
    """Markdown: seconds by segments and accidents (ten for three segments), and the exponent."""
    sizes = (750, 1500, 3000, 6000, 12_000)
    best = []
    for size in sizes:
        streets, events = town(size, size * 10 // 3)
        best.append(min(seconds(lambda s=streets, e=events: network_density(s, e)) for _ in range(4)))
    slope = np.polyfit(np.log(sizes), np.log(best), 1)[0]
    told = ", ".join(f"{size:,}: {took:.3f} s" for size, took in zip(sizes, best, strict=True))
    return f"Density on streets by segments: {told}; exponent {slope:.2f}"


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))
    print(growth())

"""Near repeats and the space-time scan beside pointpats and plain numpy; memory of a large table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np
from _side_by_side import Job, Seconds, compare, installed, table

from genk_geo.stats import knox, scan

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

#: The city of the scan: 45 x 45 cells of 200 m, a year of 4,000 reports.
SIDE, CELL_M, DAYS, WINDOW, RADIUS_M = 45, 200.0, 365, 28, 1000.0

#: Peak of a process that does nothing else. Windows does not tell; there the figure is missing.
MEMORY = """
import json, sys, time
import numpy as np
from genk_geo.stats import knox
n, permutations = map(int, sys.argv[1:])
rng = np.random.default_rng(3)
knox(rng.uniform(0, 1000, (50, 2)), rng.uniform(0, 30, 50), permutations=1)
xy, days = rng.uniform(0, 30_000 * (n / 100_000) ** 0.5, (n, 2)), rng.integers(0, 3650, n)
begin = time.perf_counter()
knox(xy, days, permutations=permutations)
seconds = time.perf_counter() - begin
try:  # the kernel's own mark: getrusage would also count the parent, from before this process was its own
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 2**20
except OSError:
    try:
        import resource
        units = 2**30 if sys.platform == "darwin" else 2**20
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units
    except ImportError:
        peak = None
print(json.dumps([seconds, peak]))
"""


def jobs(*, quick: bool) -> list[Job]:
    rng = np.random.default_rng(2)
    n = 60 if quick else 6000
    xy, days = rng.uniform(0, 8000, (n, 2)), rng.integers(0, 1000, n)
    permutations = 9 if quick else 99

    def pointpats() -> None:
        from pointpats import Knox

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Knox(xy, days[:, None], delta=200, tau=14, permutations=permutations)

    side, events, replicates = (8, 50, 3) if quick else (SIDE, 4000, 999)
    grid = (np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) + 0.5) * CELL_M
    at, when = rng.integers(0, len(grid), events), rng.integers(0, DAYS, events)
    ages = DAYS - 1 - when
    some = min(replicates, 10)

    def plain() -> Seconds:
        """The same scan with arrays of numpy; a few shuffles stand for all."""
        begin = time.perf_counter()
        search = PlainScan(grid, at, ages)
        for _ in range(some):
            search.largest(rng.permutation(ages))
        return Seconds((time.perf_counter() - begin) * replicates / some)

    return [
        Job(
            f"Knox, {n:,} events, {permutations} permutations",
            lambda: knox(
                xy, days, distance_bands=[0, 200], time_bands=[0, 14.5], metric="euclidean",
                permutations=permutations,
            ),
            {"pointpats": pointpats if installed("pointpats") else None},
            {"pointpats": 100},
            rounds=1 if quick else 3,
        ),
        Job(
            f"City scan, {len(grid):,} cells, 28 days, 1 km, {replicates} replicates (numpy: {some})",
            lambda: scan(
                grid[at], when, today=DAYS - 1, centres=grid, radius_m=RADIUS_M, window_days=WINDOW,
                replicates=replicates,
            ),
            {"numpy": plain},
            {"numpy": 10},
            rounds=1 if quick else 3,
        ),
    ]  # fmt: skip


class PlainScan:
    """The permutation scan as one would write it with arrays: all cylinders of all cells at once."""

    def __init__(self, grid: npt.NDArray[np.float64], at: Numbers, ages: Numbers) -> None:
        distance = np.hypot(*(grid[:, None] - grid[None]).transpose(2, 0, 1))
        most = int((distance <= RADIUS_M).sum(axis=1).max())
        self.order = np.argsort(distance, axis=1, kind="stable")[:, :most]
        self.near = np.take_along_axis(distance, self.order, axis=1) <= RADIUS_M
        self.at, self.total = at, len(at)
        held = np.bincount(at, minlength=len(grid))[self.order] * self.near
        recent = np.bincount(np.minimum(ages, WINDOW), minlength=WINDOW + 1)[:WINDOW].cumsum()
        self.expected = held.cumsum(axis=1)[:, :, None] * recent / self.total

    def largest(self, ages: Numbers) -> float:
        """Largest log-likelihood ratio of one data set."""
        late = ages < WINDOW
        counts = np.bincount(self.at[late] * WINDOW + ages[late], minlength=len(self.order) * WINDOW)
        cases = counts.reshape(-1, WINDOW).cumsum(axis=1)[self.order] * self.near[:, :, None]
        cases = cases.cumsum(axis=1)
        more = (cases > self.expected) & (cases >= 3)
        c, mu, n = cases[more], self.expected[more], self.total
        ratio = c * np.log(c / mu) + (n - c) * np.log((n - c) / (n - mu))
        return float(ratio.max(initial=0.0))


def large(*, quick: bool) -> str:
    """Time and peak memory of a large Knox table, in a process of its own."""
    n, permutations = (300, 9) if quick else (100_000, 999)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(n), str(permutations)],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    seconds, peak = json.loads(done.stdout.strip().splitlines()[-1])
    memory = "peak memory unknown here" if peak is None else f"peak memory of the process {peak:.2f} GiB"
    return (
        f"Knox, {n:,} events x {permutations} permutations: {seconds:.1f} s, {memory} (targets: 60 s, 2 GiB)."
    )


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))
    print(large(quick=False))

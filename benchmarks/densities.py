"""Kernel density beside scikit-learn, libkdv and KDEpy."""

from __future__ import annotations

import numpy as np
from _side_by_side import Job, compare, elsewhere, installed, table

from genk_geo.stats import adaptive_density, kernel_density

EXTENT = (0.0, 0.0, 12_000.0, 10_000.0)
BANDWIDTH = 300.0

# In a process of its own: it ends in a crash at times. Only the computation is counted, not the loading.
LIBKDV = """
import sys, time
import numpy as np
from libkdv import kdv
kdv = kdv if isinstance(kdv, type) else kdv.kdv
n = int(sys.argv[1])
xy = np.random.default_rng(1).normal(0, 1, (n, 2)) * [2000, 1600] + [6000, 5000]
job = kdv(xy, GPS=False, KDV_type="KDV", bound=[0, 12000, 0, 10000], num_threads=2,
          row_pixels=480, col_pixels=400, bandwidth=300)
begin = time.perf_counter()
job.compute()
print(time.perf_counter() - begin, flush=True)
"""


def jobs(*, quick: bool) -> list[Job]:
    n, cell = (100, 150.0) if quick else (1_000_000, 25.0)
    xy = np.random.default_rng(1).normal(0, 1, (n, 2)) * [2000, 1600] + [6000, 5000]
    x = np.arange(EXTENT[0] + cell / 2, EXTENT[2], cell)
    y = np.arange(EXTENT[1] + cell / 2, EXTENT[3], cell)
    nodes = np.column_stack([axis.ravel() for axis in np.meshgrid(x, y, indexing="ij")])

    def sklearn() -> None:
        from sklearn.neighbors import KernelDensity

        KernelDensity(kernel="epanechnikov", bandwidth=BANDWIDTH).fit(xy).score_samples(nodes)

    def kdepy() -> None:
        from KDEpy import FFTKDE

        # Points beyond the nodes are not allowed; its bandwidth is a standard deviation.
        inside = xy[((xy > nodes.min(axis=0)) & (xy < nodes.max(axis=0))).all(axis=1)]
        FFTKDE(kernel="biweight", bw=BANDWIDTH / np.sqrt(8)).fit(inside).evaluate(nodes)

    options = {"extent": EXTENT, "cell_m": cell, "bandwidth_m": BANDWIDTH}
    size = f"{n:,} points, {x.size} x {y.size} cells"
    return [
        Job(
            f"Exact kernel density, {size}",
            lambda: kernel_density(xy, method="exact", **options),
            {"scikit-learn": sklearn},
            {"scikit-learn": 50},
            rounds=1 if quick else 3,
        ),
        Job(
            f"Exact kernel density, {size} (one run each)",
            lambda: kernel_density(xy, method="exact", **options),
            {"libkdv": (lambda: elsewhere(LIBKDV, str(n))) if installed("libkdv") and not quick else None},
            {"libkdv": 35},
            rounds=1,
        ),
        Job(
            f"FFT kernel density, {size}",
            lambda: kernel_density(xy, **options),
            {"KDEpy": kdepy if installed("KDEpy") else None},
            {"KDEpy": 1},
            rounds=1 if quick else 5,
        ),
        Job(
            f"Adaptive kernel density, {min(n, 100_000):,} points",
            lambda: adaptive_density(xy[:100_000], **options),
            rounds=1 if quick else 3,
        ),
    ]


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))

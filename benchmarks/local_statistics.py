"""Local G* and global Moran beside esda."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import shapely
from _side_by_side import Job, compare, installed, table

from genk_geo.stats import Grid, global_moran, local_g


def jobs(*, quick: bool) -> list[Job]:
    side, permutations = (10, 0) if quick else (300, 999)
    rng = np.random.default_rng(1)
    grid = Grid.cover(shapely.box(0, 0, side * 100, side * 100), 100)
    graph = grid.graph()
    counts = pd.Series(rng.poisson(0.35, len(grid)), grid.cells.index)
    y = counts.to_numpy(dtype=float)
    weights = graph.to_W() if installed("esda") else None

    def esda_local() -> None:
        from esda import G_Local

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            G_Local(y, weights, transform="B", star=True, permutations=permutations, n_jobs=1, seed=1)

    def esda_global() -> None:
        from esda import Moran

        Moran(y, weights, permutations=permutations // 10)

    small = 20 if quick else 500
    wide = Grid.cover(shapely.box(0, 0, small * 100, small * 100), 100)
    wide_graph = wide.graph()
    wide_counts = pd.Series(rng.poisson(0.35, len(wide)), wide.cells.index)
    return [
        Job(
            f"Local G*, {len(grid):,} cells (esda: {permutations} permutations)",
            lambda: local_g(counts, graph),
            {"esda": esda_local if installed("esda") else None},
            {"esda": 300},
            rounds=1 if quick else 3,
        ),
        Job(
            f"Local G*, {len(wide):,} cells",
            lambda: local_g(wide_counts, wide_graph),
            rounds=1 if quick else 5,
        ),
        Job(
            f"Global Moran, {len(grid):,} cells, {max(permutations // 10, 9)} permutations",
            lambda: global_moran(counts, graph, rng=rng, permutations=max(permutations // 10, 9)),
            {"esda": esda_global if installed("esda") else None},
            rounds=1 if quick else 3,
        ),
    ]


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))

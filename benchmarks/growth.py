"""How cost grows with points and cells: the exponent of time against size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from _side_by_side import seconds

from genk_geo.stats import Grid, kernel_density, local_g


def exponents(*, quick: bool) -> list[tuple[str, list[int], list[float], float]]:
    """Name, sizes, best seconds of three, and slope of log time against log size from size to size."""
    rng = np.random.default_rng(1)
    points = [100, 200] if quick else [250_000, 500_000, 1_000_000]
    sides = [10, 20] if quick else [250, 350, 500]
    cell = 500.0 if quick else 25.0
    grid = Grid.cover(shapely.box(0, 0, 10_000, 10_000), cell)
    xy = rng.uniform(0, 10_000, (max(points), 2))
    boards = {side * side: Grid.cover(shapely.box(0, 0, side, side), 1) for side in sides}
    graphs = {n: board.graph() for n, board in boards.items()}
    counts = {n: pd.Series(rng.poisson(0.35, n), board.cells.index) for n, board in boards.items()}
    extent = (0.0, 0.0, 10_000.0, 10_000.0)
    works = {
        "Counting points in cells": (points, lambda n: grid.count(xy[:n])),
        "Exact kernel density, points": (
            points,
            lambda n: kernel_density(xy[:n], extent=extent, cell_m=cell, method="exact"),
        ),
        "FFT kernel density, points": (points, lambda n: kernel_density(xy[:n], extent=extent, cell_m=cell)),
        "Local G*, cells": (list(boards), lambda n: local_g(counts[n], graphs[n])),
    }
    found = []
    for name, (sizes, work) in works.items():
        best = [min(seconds(lambda n=n, work=work: work(n)) for _ in range(1 if quick else 4)) for n in sizes]
        slope = np.polyfit(np.log(sizes), np.log(best), 1)[0]
        found.append((name, sizes, best, float(slope)))
    return found


def growth_table(*, quick: bool) -> str:
    """Markdown."""
    rows = ["| Job | Sizes | Seconds | Exponent |", "|---|---|---|---:|"]
    for name, sizes, best, slope in exponents(quick=quick):
        told = ", ".join(f"{n:,}" for n in sizes), ", ".join(f"{s:.4f}" for s in best)
        rows.append(f"| {name} | {told[0]} | {told[1]} | {slope:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(growth_table(quick=False))

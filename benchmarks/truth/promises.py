"""Whether what is promised holds: ``python benchmarks/truth/promises.py`` (``--quick``, ``--histories 100``).

Signals, expected ranges, near repeats, the choice of a model, factors of the risk terrain and lower bounds of
hotspots, each on years (cities.py) or draws of which the truth is known. Writes a section of RESULTS.md.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from cities import WEEK, Spot, Truth, draw
from methods import rarest_signal
from ranges import SIZES, judged
from run import RESULTS, Line, nulls, share, table

from genk_geo import stats
from genk_geo.cpted import risk_terrain
from genk_geo.jobs.week.near_repeat import near_repeats
from genk_geo.stats.inference.tails import binomial_tails
from genk_geo.stats.local.exposed import risk_interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats import Grid

    Floats = npt.NDArray[np.float64]

BEGIN, END = "<!-- promises -->", "<!-- end of promises -->"
PARTS = ("signals", "ranges", "repeats", "choice", "terrain", "bounds")
_MODELS = ("decayed", "a", "b", "c", "d")


def seeded(truth: Truth, n: int) -> list[np.random.Generator]:
    """The streams of :func:`run.histories`, so that histories need not be held all at once."""
    key = zlib.crc32(repr(truth).encode())
    return [np.random.default_rng([key, seed]) for seed in range(n)]


def signals(n: int, *, quick: bool) -> str:
    """Weeks with a signal that is rarer than once a year, or once in ten; without and with the past."""
    rows = [
        (f"{theme}: {title}", truth)
        for theme in (("burglary",) if quick else ("nuisance", "burglary", "traffic"))
        for title, truth in nulls(theme).items()
        if not quick or title == "nothing"
    ]
    rows += [
        (f"{theme}, cv {shock:g}: {spot.factor:g} x, {spot.radius_m:g} m, {spot.weeks} weeks",
         Truth(theme, shock=shock, spot=spot))
        for theme, shock in (("burglary", 0.0), ("nuisance", 0.0), ("nuisance", 0.4))[: 1 if quick else 3]
        for spot in (Spot(5.0, 250.0, 4), Spot(10.0, 250.0, 1), Spot(10.0, 250.0, 4), Spot(10.0, 100.0, 4))
    ]  # fmt: skip
    lines = []
    for title, truth in rows:
        found = np.array(
            [
                [rarest_signal(one, bundle=True, restless=restless, seed=at) for restless in (False, True)]
                for at, one in enumerate(draw(truth, rng).history for rng in seeded(truth, n))
            ]
        )
        cells = [share(list(weeks >= least)) for weeks in found.T for least in (52.0, 520.0)]
        lines.append(Line(title, tuple(cells)))
        print(lines[-1], flush=True)
    return table(["chance", "once in ten years", "dispersed", "once in ten years"], lines)


def ranges(n: int, *, quick: bool) -> str:
    """Share of counts inside their range, by mean weekly count; in the first four weeks, and after."""
    lines = []
    for theme in ("burglary",) if quick else ("nuisance", "burglary"):
        for title, truth in nulls(theme).items():
            if quick and title != "nothing":
                continue
            for steps in (False, True):
                found = judged(truth, n, 7, steps=steps)
                for name, when in (("weeks 1-4", found.after <= 4), ("weeks 5-10", found.after > 4)):
                    cells = []
                    for low, high in pairwise(SIZES):
                        here = when & (found.mean >= low) & (found.mean < high)
                        cells.append(f"{100 * found.inside[here].mean():.1f}" if here.any() else "")
                    told = f"{100 * found.step[when].mean():.0f}"
                    steps_of = "with steps" if steps else "without steps"
                    lines.append(Line(f"{theme}: {title}, {steps_of}, {name}", (*cells, told)))
                    print(lines[-1], flush=True)
    head = [f"{low:g}-{high:g}" if high < 1e6 else f"{low:g} or more" for low, high in pairwise(SIZES)]
    return table([*head, "a step told"], lines)


def repeats(n: int, *, quick: bool) -> str:
    """Weeks in which a near repeat is stated of burglaries that know none; then the ratio that is told."""
    lines = []
    for title, truth in nulls("burglary").items():
        if quick and title != "nothing":
            continue
        found = [near_repeats(draw(truth, rng).history.of_events, WEEK, seed=1) for rng in seeded(truth, n)]
        lines.append(
            Line(f"burglary: {title}", (share([one is not None and one.distance_m > 0 for one in found]),))
        )
        print(lines[-1], flush=True)
    stated = table(["near repeat stated"], lines)
    lines = []
    for again in (20,) if quick else (20, 60, 120):
        pairs = np.array([_planted_ratio(np.random.default_rng(seed), again) for seed in range(n)])
        middle = [f"{value:.1f}" for value in np.median(pairs, axis=0)]
        lines.append(Line(f"700 incidents, {again} repeated", tuple(middle)))
        print(lines[-1], flush=True)
    return stated + "\n\n" + table(["true", "told", "against the shuffles"], lines)


def _planted_ratio(rng: np.random.Generator, again: int) -> tuple[float, float, float]:
    """Ratio within 100 m and 7 days: by what chance gives as many, as told, and with repeats left in."""
    side, days = 4000.0, 1092.0
    xy, when = rng.uniform(0, side, (700, 2)), rng.uniform(0, days, 700)
    more = xy[:again] + rng.uniform(-50, 50, (again, 2)), when[:again] + rng.uniform(0.5, 7, again)
    xy, when = np.vstack([xy, more[0]]), np.concatenate([when, more[1]])
    found = stats.near_repeat(
        xy, when, distance_bands=(0, 100, 200, 400), time_bands=(0, 7, 14, 28), block_days=91, permutations=99
    )  # fmt: skip
    row = found.reaches.iloc[0]
    chance = 0.5 * when.size * (when.size - 1) * np.pi * 100**2 / side**2 * 2 * 7 / days
    block = np.unique(when // 91, return_inverse=True)[1]
    shuffled = []
    for _ in range(49):
        new = when.copy()
        for one in range(block.max() + 1):
            inside = np.flatnonzero(block == one)
            new[inside] = when[rng.permutation(inside)]
        shuffled.append(
            stats.knox(
                xy, new, distance_bands=(0, 100), time_bands=(0, 7), metric="euclidean", permutations=0
            ).observed.iloc[0, 0]
        )  # fmt: skip
    return row["observed"] / chance, row["ratio"], row["observed"] / np.mean(shuffled)


def choice(n: int, *, quick: bool) -> str:
    """Half-years of weekly looks in which a model is called better than the plain count."""
    lines = []
    for better in (1.0,) if quick else (1.0, 1.25, 1.5, 2.0):
        old, new, week = [], [], []
        for seed in range(n):
            rows = _scored(np.random.default_rng([5, seed]), better)
            first = {"old": 0, "new": 0}
            for at in range(20, 46):
                card = stats.scorecard(
                    rows[rows["week"] < 7 * (at + 1)], weeks=26, replicates=199, rng=np.random.default_rng(at)
                )
                if (card["gain_low"] > 1).any() and not first["old"]:
                    first["old"] = at
                if card.loc[card["chosen"], "model"].iloc[0] != "decayed" and not first["new"]:
                    first["new"] = at
            old.append(first["old"] > 0)
            new.append(first["new"] > 0)
            week.append(first["new"] or 46)
        lines.append(
            Line(f"last of four {better:g} x as good", (share(old), share(new), f"{np.median(week):.0f}"))
        )
        print(lines[-1], flush=True)
    return table(["interval above 1", "evidence", "median week (46: not yet)"], lines)


def _scored(rng: np.random.Generator, better: float) -> pd.DataFrame:
    """Weeks in which five models catch a fifth of some ten incidents by chance, the last one more."""
    incidents = 1 + rng.poisson(9.0, 46)
    parts = []
    for name in _MODELS:
        caught = rng.binomial(incidents, 0.2 * (better if name == "d" else 1.0)).astype(float)
        parts.append(
            pd.DataFrame({"week": 7 * np.arange(46), "model": name, "incidents": incidents, "caught": caught})
        )
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(budget=0.02, best=rows["incidents"], base_incidents=0, base_caught=0.0, log_score=-1.0)


def terrain(n: int, *, quick: bool) -> str:
    """Terrains into which points at random come, where patches of 700 m have more of everything."""
    grid = stats.Grid.cover(shapely.box(0, 0, 6000, 6000), cell_m=100)
    lines = []
    for cv in (0.6,) if quick else (0.0, 0.4, 0.6, 0.8):
        found = [_terrain(grid, np.random.default_rng(seed), cv) for seed in range(n)]
        covered = [one for _, one in found if one is not None]
        lines.append(
            Line(
                f"patches of 700 m, cv {cv:g}",
                (
                    share([one for one, _ in found]),
                    share([one is not None for _, one in found]),
                    share(covered or [False]),
                ),
            )
        )
        print(lines[-1], flush=True)
    return table(["meaningless factor", "factor of 2.5 x", "its interval covers"], lines)


def _terrain(grid: Grid, rng: np.random.Generator, cv: float) -> tuple[bool, bool | None]:
    """Whether points at random come in, and whether the interval of the true factor covers (None: not in)."""
    middle = grid.cells.geometry.centroid.get_coordinates().to_numpy()
    patch = ((middle + rng.uniform(0, 700, 2)) // 700).astype(int) @ [100, 1]
    level = rng.gamma(cv**-2, cv**2, patch.max() + 1)[patch] if cv else np.ones(len(patch))
    cash, bars = rng.uniform(0, 6000, (30, 2)), rng.uniform(0, 6000, (30, 2))
    near = np.hypot(*(middle[:, None] - bars[None]).transpose(2, 0, 1)).min(axis=1) <= 200
    risk = level * np.where(near, 2.5, 1.0)
    count = rng.poisson(1500 * risk / risk.sum())
    xy = np.repeat(middle, count, axis=0) + rng.uniform(-49, 49, (count.sum(), 2))
    layers = {
        name: gpd.GeoDataFrame(geometry=gpd.points_from_xy(*at.T, crs=31370))
        for name, at in (("cash", cash), ("bars", bars))
    }
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T, crs=31370))
    factors = risk_terrain(incidents, layers, grid, stability=0).factors
    if "bars" not in factors.index:
        return "cash" in factors.index, None
    return "cash" in factors.index, bool(
        factors.loc["bars", "rrv_low"] <= 2.5 <= factors.loc["bars", "rrv_high"]
    )


def bounds(n: int, *, quick: bool) -> str:
    """Share of lower bounds of shown windows that lie above the truth."""
    lines = []
    for raised in (0.05,) if quick else (0.02, 0.05, 0.2):
        missed: dict[bool, list[float]] = {False: [], True: []}
        for seed in range(10 * n):
            rng = np.random.default_rng([9, seed])
            expected = rng.gamma(2.0, 4.0, 300)
            risk = np.where(rng.random(300) < raised, rng.uniform(1.2, 3.0, 300), 1.0)
            seen, total = rng.binomial(3000, expected * risk / 3000).astype(float), np.full(300, 3000.0)
            hot = stats.q_values(binomial_tails(seen, total, expected / 3000)[0]) <= 0.05
            for corrected, shares in missed.items():
                low, _ = risk_interval(
                    seen[hot], expected[hot], total=total[hot], dispersion=None, level=0.95,
                    selected_from=300 if corrected else None,
                )  # fmt: skip
                shares.append(float(np.mean(low > risk[hot])) if hot.any() else 0.0)
        cells = [
            f"{100 * np.mean(shares):.1f} ± {100 * np.std(shares) / np.sqrt(len(shares)):.1f}"
            for shares in missed.values()
        ]
        lines.append(Line(f"300 windows, {raised:.0%} raised", tuple(cells)))
        print(lines[-1], flush=True)
    return table(["as if chosen beforehand", "after selection"], lines)


TEXTS = {
    "signals": (
        "Signals",
        """Weeks with a signal rarer than once a year (1.9 % is promised) or in ten (.2 %), judged by chance
alone and by how restless the past was; nothing is there, then something is planted.""",
    ),
    "ranges": (
        "Expected ranges",
        """Counts inside their 95 % range, by the mean weekly count of the area, in ten weeks; a step begins
in the first of them.""",
    ),
    "repeats": (
        "Near repeats",
        "Weeks in which one is stated where there is none; then the median ratio within 100 m and 7 days.",
    ),
    "choice": (
        "Choice of a model",
        """26 weekly looks at five models: how often one is ever called better than the plain count (2.5 % is
promised).""",
    ),
    "terrain": (
        "Risk terrain",
        "30 points that mean nothing, 30 with 2.5 times the risk within 200 m, 1,500 incidents on 36 km².",
    ),
    "bounds": (
        "At least so many times",
        "Lower 97.5 % bounds that lie above the truth, among the windows that are shown (q at most .05).",
    ),
}


_MEASURE = {
    "signals": signals,
    "ranges": ranges,
    "repeats": repeats,
    "choice": choice,
    "terrain": terrain,
    "bounds": bounds,
}


def written(before: str, text: str) -> str:
    """The results with this section in place of the one that was there, or at the end."""
    head, _, rest = before.partition(BEGIN)
    return head.rstrip() + f"\n\n{BEGIN}\n{text.strip()}\n{END}\n" + rest.partition(END)[2].lstrip("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few histories, one row a table: everything runs"
    )
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS)
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin = time.perf_counter()
    n = 2 if chosen.quick else chosen.histories
    parts = [
        f"### {TEXTS[part][0]}\n\n{TEXTS[part][1]} {10 * n if part == 'bounds' else n} draws a row.\n\n"
        + _MEASURE[part](n, quick=chosen.quick)
        for part in chosen.parts
    ]
    text = (
        "## Promises\n\nWritten by `python benchmarks/truth/promises.py`; per cent with standard errors.\n\n"
        + "\n\n".join(parts)
    )
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    chosen.output.write_text(written(before, text), encoding="utf-8")
    print(f"{time.perf_counter() - begin:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

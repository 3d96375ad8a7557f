"""How far the two grades reach: ``python benchmarks/truth/grades.py`` (``--histories 20``, ``--weeks 4 13``).

For each planted hotspot: how often it is proven, beside what an oracle reaches (bounds.py); how often it is
among the places of the page, and among the first ten of our ranking and of plain ones; and the false ground
that is drawn. ``--only`` takes one part: ``bounds``, ``power`` with them, or ``chances``, which asks whether
the chances of points of attention come true, in cities of which every neighbourhood has a risk of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from bounds import bound
from cities import Spot, Truth, draw, ground, history_at, middles, planted_middle, shares, uneven_risks
from methods import RANKINGS, attention, first_ten, kernel, ours, window_of

from genk_geo.jobs.week.attention import judge_places

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.jobs.history import ThemeHistory

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
BEGIN, END = "<!-- grades -->", "<!-- end of grades -->"
THEMES = ("nuisance", "burglary", "traffic")
FACTORS, RADII, LASTED = (2.0, 3.0, 5.0, 10.0), (100.0, 250.0), (1, 4, 13, 26, 52)
#: Ground so far outside the planted circle is not false.
_EDGE_M = 100.0
#: Planted places that a bound is averaged over.
_PLACES = 200


class Hit(NamedTuple):
    """What became of one planted hotspot."""

    proven: bool
    listed: bool
    ranked: tuple[bool, ...]
    false_cells: int
    kernel_false_cells: int


def mean_bound(theme: str, spot: Spot) -> tuple[float, float]:
    """Bound and usual count, over the places where hotspots are planted."""
    rng = np.random.default_rng(zlib.crc32(repr((theme, spot)).encode()))
    found = [bound(theme, spot, planted_middle(theme, rng)) for _ in range(_PLACES)]
    return float(np.mean([one.power for one in found])), float(np.mean([one.usual for one in found]))


def look(theme: str, spot: Spot, seed: int) -> Hit:
    """Draw one city and look for what was planted."""
    key = zlib.crc32(repr((theme, spot)).encode())
    one = draw(Truth(theme, spot=spot), np.random.default_rng([key, seed]))
    away = np.hypot(*(middles() - one.middle).T)
    near, far = away <= max(spot.radius_m, 75.0), away > spot.radius_m + _EDGE_M
    listed = attention(one.history)
    shown = np.any(listed, axis=0) if listed else np.zeros(away.size, dtype=bool)
    ranked = (near[first_ten(rank(one.history))].any() for rank in RANKINGS.values())
    return Hit(
        bool((ours(one.history) & near).any()), bool((shown & near).any()), tuple(map(bool, ranked)),
        int((shown & far).sum()), int((kernel(one.history) & far).sum()),
    )  # fmt: skip


def power_rows(n: int, themes: list[str], spots: list[Spot]) -> list[list[str]]:
    """One row a planted hotspot."""
    rows = []
    for theme in themes:
        for spot in spots:
            most, usual = mean_bound(theme, spot)
            row = [f"{theme}: {spot.factor:g} x, {spot.radius_m:g} m, {spot.weeks} weeks", f"{usual:.2f}"]
            row.append(f"{100 * most:.0f}")
            if n:
                hits = [look(theme, spot, seed) for seed in range(n)]
                row += [f"{100 * np.mean([hit.proven for hit in hits]):.0f}"]
                row += [f"{100 * np.mean([hit.listed for hit in hits]):.0f}"]
                row += [f"{100 * share:.0f}" for share in np.mean([hit.ranked for hit in hits], axis=0)]
                row += [f"{np.mean([hit.false_cells for hit in hits]):.0f}"]
                row += [f"{np.mean([hit.kernel_false_cells for hit in hits]):.0f}"]
            rows.append(row)
            print(" | ".join(row), flush=True)
    return rows


def chance_rows(n: int, themes: list[str]) -> list[list[str]]:
    """What was said of places and what came true, in ten classes.

    Every block of 400 m has a risk of its own that lasts (gamma, coefficient of variation .7), and half of it
    is drawn anew for the window of the page.
    """
    rows = []
    for theme in themes:
        found = np.stack([_chances(theme, seed) for seed in range(n)])
        for k, (places, said, came) in enumerate(found.sum(axis=0)):
            if places:
                # Places of one city share incidents: the error is that of whole cities.
                less = (found[:, k, 2] - found[:, k, 1]) - (came - said) / places * found[:, k, 0]
                row = [f"{theme}: {10 * k} to {10 * k + 10} %", f"{places:.0f}", f"{100 * said / places:.1f}"]
                row.append(f"{100 * came / places:.1f} ± {100 * np.sqrt((less**2).sum()) / places:.1f}")
                rows.append(row)
                print(" | ".join(row), flush=True)
    return rows


def _chances(theme: str, seed: int) -> npt.NDArray[np.float64]:
    """Places of one city in each of ten classes, the sum of their chances, and how many came true."""
    history, now = uneven_city(theme, np.random.default_rng([zlib.crc32(theme.encode()), seed]))
    base, discs = shares(theme), ground().discs
    usual = discs.sums(base)[0]
    lived = usual > 0
    risk = discs.sums(base * now)[0][lived] / usual[lived]
    chance = judge_places(history, window_of(history)).risk["chance"].to_numpy()[lived]
    group = np.minimum((10 * chance).astype(int), 9)
    worst = risk > np.quantile(risk, 0.95)
    return np.stack(
        [np.bincount(group, values, 10) for values in (np.ones(risk.size), chance, worst)], axis=1
    )


def uneven_city(theme: str, rng: np.random.Generator) -> tuple[ThemeHistory, npt.NDArray[np.float64]]:
    """History of a city of uneven risks, and the risk of each cell now."""
    lasting, fresh = uneven_risks(rng), uneven_risks(rng)
    now = 0.5 * lasting + 0.5 * fresh
    share = shares(theme)
    then, here = share * lasting, share * now
    return history_at(theme, then / then.sum(), here / here.sum(), rng), now


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def written(before: str, text: str) -> str:
    """The results with this section in place of the one that was there."""
    head, _, rest = before.partition(BEGIN)
    return head.rstrip() + f"\n\n{BEGIN}\n{text.strip()}\n{END}\n" + rest.partition(END)[2].lstrip("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--themes", nargs="*", default=list(THEMES))
    parser.add_argument("--factors", nargs="*", type=float, default=list(FACTORS))
    parser.add_argument("--radii", nargs="*", type=float, default=list(RADII))
    parser.add_argument("--weeks", nargs="*", type=int, default=list(LASTED))
    parser.add_argument("--only", choices=("bounds", "power", "chances"))
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin, n = time.perf_counter(), chosen.histories
    spots = [Spot(f, r, w) for f in chosen.factors for r in chosen.radii for w in chosen.weeks]
    parts = ["## Two grades", f"Written by `python benchmarks/truth/grades.py`: {n} histories a row."]
    if chosen.only != "chances":
        head = [
            "",
            "usual",
            "bound",
            "proven",
            "on the page",
            *(f"first ten: {name}" for name in RANKINGS),
            "false cells",
            "of the kernel",
        ]
        rows = power_rows(0 if chosen.only == "bounds" else n, chosen.themes, spots)
        parts.append(table(head[: len(rows[0])], rows))
    if chosen.only in {None, "chances"}:
        rows = chance_rows(n, chosen.themes)
        parts.append(table(["chance that was said", "places", "said, mean", "came true"], rows))
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    chosen.output.write_text(written(before, "\n\n".join(parts)), encoding="utf-8")
    print(f"{time.perf_counter() - begin:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

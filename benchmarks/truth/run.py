"""Which maps are true: ``python benchmarks/truth/run.py`` (``--quick``, ``--histories 200``).

Draws years of which the truth is known (cities.py), lets every method make its map (methods.py), and writes
how often a map without hotspot shows one, how often a planted one is found, and how much ground is false.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from cities import ECHOES, Drawn, Spot, Truth, draw, ground
from methods import METHODS, rarest_signal

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
BEGIN, END = "<!-- truth -->", "<!-- end of truth -->"
THEMES = ("nuisance", "burglary", "traffic")
#: Cities of the quick version.
QUICK = ("nothing", "echoes 10% x 2", "three garages, three nights a year")
_OURS = [name for name in METHODS if name.startswith("ours")]
#: Ground so far outside the planted circle is not false.
_EDGE_M = 100.0


def nulls(theme: str) -> dict[str, Truth]:
    """Cities without a hotspot."""
    plain = Truth(theme)
    echoes = {f"echoes {echo.share:.0%} x {echo.extra:g}": replace(plain, echo=echo) for echo in ECHOES}
    return {
        "nothing": plain,
        **echoes,
        "wijk shocks, cv .4": replace(plain, shock=0.4),
        "season, weekdays, trend": replace(plain, season=0.4, weekday=0.6, trend=0.5),
        "1.5 x reports for ten weeks": replace(plain, step=1.5),
        "three garages, three nights a year": replace(plain, garages=3.0),
        "all together": replace(
            plain, echo=ECHOES[2], shock=0.4, season=0.4, weekday=0.6, trend=0.5, step=1.5, garages=3.0
        ),
    }


class Line(NamedTuple):
    """One row of a table: what it is about, and a share with its standard error for each column."""

    title: str
    cells: tuple[str, ...]


def share(hits: list[bool]) -> str:
    """Per cent, with the standard error; none or all of n is known no better than one of n."""
    n, part = len(hits), float(np.mean(hits))
    known = min(max(part, 1 / n), 1 - 1 / n)
    return f"{100 * part:.0f} ± {100 * np.sqrt(known * (1 - known) / n):.0f}"


def histories(truth: Truth, n: int) -> list[Drawn]:
    """The same cities for every method."""
    key = zlib.crc32(repr(truth).encode())
    return [draw(truth, np.random.default_rng([key, seed])) for seed in range(n)]


def false_maps(n: int, themes: tuple[str, ...], names: list[str], *, quick: bool) -> list[Line]:
    """Share of maps without a hotspot that show one, and of weeks with a signal."""
    lines = []
    for theme in themes:
        for title, truth in nulls(theme).items():
            if quick and title not in QUICK:
                continue
            drawn = histories(truth, n)
            maps = [share([bool(METHODS[name](one.history).any()) for one in drawn]) for name in names]
            seen = [
                [
                    rarest_signal(one.history, bundle=new, restless=new, seed=at)
                    for at, one in enumerate(drawn)
                ]
                for new in (False, True)
            ]
            rare = [share([weeks >= least for weeks in found]) for found in seen for least in (52.0, 520.0)]
            lines.append(Line(f"{theme}: {title}", (*maps, *rare)))
            print(lines[-1], flush=True)
    return lines


def power(n: int, themes: tuple[str, ...], names: list[str], spots: list[Spot]) -> list[Line]:
    """Share of planted hotspots that are found, and the share of shown ground that is false."""
    lines = []
    middles = ground().cells.geometry.centroid.get_coordinates().to_numpy()
    for theme in themes:
        for spot in spots:
            found: dict[str, list[bool]] = {name: [] for name in names}
            false: dict[str, list[int]] = {name: [0, 0] for name in names}
            for one in histories(Truth(theme, spot=spot), n):
                away = np.hypot(*(middles - one.middle).T)
                for name in names:
                    shown = METHODS[name](one.history)
                    found[name].append(bool((shown & (away <= max(spot.radius_m, 75.0))).any()))
                    false[name][0] += int((shown & (away > spot.radius_m + _EDGE_M)).sum())
                    false[name][1] += int(shown.sum())
            cells = [
                f"{share(found[name])} ({100 * false[name][0] / max(false[name][1], 1):.0f})"
                for name in names
            ]
            title = f"{theme}: {spot.factor:g} x, {spot.radius_m:g} m, {spot.weeks} weeks"
            lines.append(Line(title, tuple(cells)))
            print(lines[-1], flush=True)
    return lines


def table(head: list[str], lines: list[Line]) -> str:
    rows = [["", *head], ["---", *["---:"] * len(head)], *([line.title, *line.cells] for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def written(before: str, text: str) -> str:
    """The results with this section in place of the one that was there."""
    head, _, rest = before.partition(BEGIN)
    return head.rstrip() + f"\n\n{BEGIN}\n{text.strip()}\n{END}\n" + rest.partition(END)[2].lstrip("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a history a row, of one theme: everything runs")
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--themes", nargs="*", default=list(THEMES))
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin = time.perf_counter()
    n, themes = (1, ("burglary",)) if chosen.quick else (chosen.histories, tuple(chosen.themes))
    spots = [Spot(factor, radius, 4) for factor in (5.0,) for radius in (250.0,)] if chosen.quick else [
        Spot(factor, radius, weeks)
        for factor in (2.0, 3.0, 5.0, 10.0) for radius in (100.0, 250.0) for weeks in (1, 4, 13)
    ]  # fmt: skip
    names = ["ours", "ours, reports"] if chosen.quick else [*_OURS]
    rare = ["signal, reports", "once in ten years", "signal, events", "once in ten years"]
    false = table([*names, *rare], false_maps(n, themes, names, quick=chosen.quick))
    every = (
        names if chosen.quick else ["ours", "ours, reports", *(name for name in METHODS if name not in _OURS)]
    )
    found = table(every, power(n, themes, every, spots))
    text = (
        "## True maps\n\n"
        f"Written by `python benchmarks/truth/run.py`: {n} histories a row, "
        "per cent with standard errors.\n\n"
        "### Maps and weeks without a hotspot that show one\n\n"
        "Signals are rarer than once a year, or once in ten: 1.9 and .2 % are promised.\n\n"
        f"{false}\n\n### Planted hotspots that are found "
        "(in brackets: the part of the shown ground that is false)\n\n"
        f"{found}\n"
    )
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    chosen.output.write_text(written(before, text), encoding="utf-8")
    print(f"{time.perf_counter() - begin:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

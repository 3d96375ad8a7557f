"""After how many weeks a new place is among the first ten: ``python benchmarks/truth/until_found.py``.

A place becomes busier and stays so for a year. It is looked for in the weeks of `LOOKS` as the weekly job
looks (places.py), until the middle of one of the ten places lies within it. What was not found in a year
counts as later than all. Where nothing was planted yet (week 0) a place is among the ten by chance: what is
found that early was not found for what was planted. Stopped early (Ctrl-C) a run writes what it has.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np
from cities import WEEKS, Spot, middles
from methods import first_ten
from places import FACTORS, RADII, RESULTS, THEMES, Points, odds_of, scattered, written

YEAR = 52
#: Weeks after the beginning in which it is looked for.
LOOKS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 21, 26, 32, 39, 45, 52)
#: Not found within a year.
NEVER = 10**6
#: Histories begin here, so that no city of `places.py` is drawn again.
FIRST = 50_000


def found_after(theme: str, spot: Spot, points: Points) -> tuple[int, bool]:
    """In which week of the looks it is found, and whether it is among the ten before anything began."""
    near = np.hypot(*(middles() - points.middle).T) <= max(spot.radius_m, 75.0)

    def among(week: int) -> bool:
        back = spot.weeks - week
        known = points.weeks > back
        seen = Points(points.xy[known], points.weeks[known] - back, points.middle)
        return bool(near[first_ten(odds_of(theme, seen, on_record=WEEKS - back))].any())

    return next((week for week in LOOKS if among(week)), NEVER), among(0)


def row(found: list[int], by_chance: list[bool]) -> list[str]:
    """Median and 90 % of the weeks, the part that is found within so many weeks, and by chance alone."""
    weeks = np.sort(found)
    at = [int(weeks[int(np.ceil(part * weeks.size)) - 1]) for part in (0.5, 0.9)]
    shown = ["not within a year" if week == NEVER else str(week) for week in at]
    parts = [np.mean(weeks <= limit) for limit in (4, 13, 26, YEAR)] + [np.mean(by_chance)]
    return shown + [f"{100 * part:.0f}" for part in parts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--themes", nargs="*", default=list(THEMES))
    parser.add_argument("--factors", nargs="*", type=float, default=list(FACTORS))
    parser.add_argument("--radii", nargs="*", type=float, default=list(RADII))
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin = time.perf_counter()
    spots = [Spot(factor, radius, YEAR) for factor, radius in product(chosen.factors, chosen.radii)]
    found: dict[tuple[str, Spot], list[int]] = {key: [] for key in product(chosen.themes, spots)}
    by_chance: dict[tuple[str, Spot], list[bool]] = {key: [] for key in found}
    with suppress(KeyboardInterrupt):
        for n in range(chosen.histories):
            for (theme, spot), weeks in found.items():
                rng = np.random.default_rng([zlib.crc32(repr((theme, spot)).encode()), FIRST + n])
                week, chance = found_after(theme, spot, scattered(theme, spot, rng, uneven=False))
                weeks.append(week)
                by_chance[theme, spot].append(chance)
            print(f"{n + 1} histories, {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    least = min(map(len, found.values()))
    head = ["", "half within", "nine in ten within", "in 4", "13", "26", "52 weeks", "by chance"]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [
        [
            f"{theme}: {spot.factor:g} x, {spot.radius_m:g} m",
            *row(weeks[:least], by_chance[theme, spot][:least]),
        ]
        for (theme, spot), weeks in found.items()
    ]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    text = (
        "### Weeks until found\n\n"
        f"Written by `python benchmarks/truth/until_found.py`: {least} histories a row. Weeks until a new "
        "place is first among the ten; then per cent that is found within so many weeks, and per cent that "
        f"is among the ten before anything has begun.\n\n{table}"
    )
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    chosen.output.write_text(written(before, text, "weeks until found"), encoding="utf-8")


if __name__ == "__main__":
    main()

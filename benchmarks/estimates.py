"""What a region would take, from the stages of scale.py: ``python benchmarks/estimates.py told.jsonl``.

The costs of rows are those of the largest size that was run, the costs of a municipality those of its stages
that do not depend on rows. It prints the table of docs/scale.md.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Reports of all themes in a year by 1,000 inhabitants: an assumption, of the order of a city with an app.
BY_THOUSAND = 100
YEARS = 10
#: Of which each row takes its part.
BY_ROW = (
    "read, geocode, add", "count wijk-weeks", "count cells", "count hours", "wijken of points", "density",
    "near pairs",
)  # fmt: skip
#: Of a municipality, whatever it holds.
BY_PLACE = ("alerts", "hotspots")
CORES = (2, 16, 64)
ALONE = "one process"
WEEKS_OF_A_YEAR = 53  # with a part at both ends; a supplier's file is one of a year
#: Stages of the workers and of one process that do the same.
SAME = (
    ("read, geocode, lay down", "read, geocode, add"), ("count wijk-weeks", "count wijk-weeks"),
    ("count cells and weeks", "count cells"), ("wijken and cells anew", "wijken of points"),
    ("density", "density"), ("near pairs", "near pairs"),
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """Where, with how many."""

    name: str
    municipalities: int
    inhabitants: int

    @property
    def rows(self) -> int:
        """Of ten years."""
        return self.inhabitants * BY_THOUSAND * YEARS // 1000


REGIONS = (
    Region("Genk", 1, 68_000),
    Region("Flanders", 300, 6_800_000),
    Region("Belgium", 581, 11_800_000),
)


def whole(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only sizes at which all was done: at the largest, pairs are not counted."""
    stages: dict[int, set[str]] = {}
    for one in told:
        if one["way"] == ALONE:
            stages.setdefault(one["rows"], set()).add(one["stage"])
    return [one for one in told if stages.get(one["rows"], set()) >= {*BY_ROW, *BY_PLACE}]


def costs(told: list[dict[str, Any]]) -> tuple[float, float, float]:
    """Seconds of processor of a row and of a municipality in one process, and of a piece on workers."""
    alone = [one for one in told if one["way"] == ALONE]
    most = max(one["rows"] for one in alone)
    largest = {one["stage"]: one["cpu"] for one in alone if one["rows"] == most}
    row = sum(largest[stage] for stage in BY_ROW) / most
    place = sum(largest[stage] for stage in BY_PLACE)
    return row, place, of_a_piece(told)


def of_a_piece(told: list[dict[str, Any]]) -> float:
    """What workers take more than one process, at the largest size that they did, by file of a week."""
    spread = [one for one in told if one["way"] != ALONE]
    most = max((one["rows"] for one in spread), default=0)
    there = {one["stage"]: one["cpu"] for one in spread if one["rows"] == most}
    here = {one["stage"]: one["cpu"] for one in told if one["way"] == ALONE and one["rows"] == most}
    more = sum(there[a] - here[b] for a, b in SAME if a in there and b in here)
    return max(more, 0.0) / (YEARS * WEEKS_OF_A_YEAR)


def estimates(told: list[dict[str, Any]]) -> str:
    """Markdown."""
    row, place, piece = costs(told)
    head = ["Region", "Municipalities", "Rows of ten years", "Processor", *(f"{n} cores" for n in CORES)]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for region in REGIONS:
        alone = region.rows * row + region.municipalities * place
        spread = alone + region.municipalities * YEARS * WEEKS_OF_A_YEAR * piece
        cores = [clock(spread / n) for n in CORES]
        count = [f"{region.municipalities:,}", f"{region.rows:,}"]
        cells = [region.name, *count, clock(alone), *cores]
        lines.append(f"| {' | '.join(cells)} |")
    each = f"{1e6 * row:.0f} s a million rows, {place:.2f} s a municipality, {1000 * piece:.0f} ms a piece"
    return "\n".join([*lines, "", each])


def clock(seconds: float) -> str:
    """Two digits are more than an estimate has."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    print(estimates(whole([json.loads(line) for line in lines])))

"""Measures of which the truth is known: ``python benchmarks/truth/measures.py`` (``--cities 34``).

Cities of 250 places with two years before a start and one after it. Forty actions begin at the places with
the highest counts of the year before: ten take away 40 %, thirty do nothing. Written down is what is said of
them, and how many of the thirty a plain before-after (fewer after than before) would have called a success.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

import genk_geo as gg

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
BEGIN, END = "<!-- measures -->", "<!-- end of measures -->"
WEEKS, START, PLACES, ACTIONS, WORKING = 156, 104, 250, 40, 10
MONDAYS = pd.date_range("2023-01-02", periods=WEEKS, freq="W-MON")


class City(NamedTuple):
    """What is added to places of different levels and chance."""

    shock: float = 0.0  # cv of a wijk of six places, drawn anew every four weeks
    season: float = 0.0
    trend: float = 0.0
    step: float = 1.0  # on the reports of the last ten weeks
    echoes: float = 0.0  # share of events that are told twice more
    drift: float = 0.0  # cv of each place, drawn anew every year


CITIES = {
    "nothing": City(),
    "wijk shocks, cv .4": City(shock=0.4),
    "echoes 10 % x 2": City(echoes=0.1),
    "season, trend, 1.5 x reports": City(season=0.4, trend=0.5, step=1.5),
    "places drift, cv .2 a year": City(drift=0.2),
    "shocks, echoes, season, trend, step": City(0.4, 0.4, 0.5, 1.5, 0.1),
}


def draw(city: City, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Counts by week and place; a place has on average 36 events a year."""
    week = np.arange(WEEKS)
    going = (1 + city.season * np.sin(2 * np.pi * week / 52)) * (1 + city.trend * (week / WEEKS - 0.5))
    going[-10:] *= city.step
    mean = np.outer(going, rng.gamma(1.5, 0.7 / 1.5, PLACES))
    if city.shock:
        wijk = np.arange(PLACES) // 6
        factor = rng.gamma(city.shock**-2, city.shock**2, (WEEKS // 4, wijk.max() + 1))
        mean *= np.repeat(factor, 4, axis=0)[:, wijk]
    if city.drift:
        mean *= np.repeat(rng.gamma(city.drift**-2, city.drift**2, (WEEKS // 52, PLACES)), 52, axis=0)
    events = rng.poisson(mean)
    return events + rng.poisson(2.0 * rng.binomial(events, city.echoes))


def told(city: City, cities: int) -> tuple[Counter[str], Counter[str], int]:
    """Verdicts on measures that do nothing and on those that work, and nulls that plainly fell."""
    null, working, fooled = Counter[str](), Counter[str](), 0
    for seed in range(cities):
        rng = np.random.default_rng([seed, 7])
        counts = draw(city, rng)
        top = np.argsort(-counts[START - 52 : START].sum(axis=0), kind="stable")[:ACTIONS]
        works = set(rng.permutation(top)[:WORKING].tolist())
        for place in sorted(works):
            counts[START:, place] = rng.binomial(counts[START:, place], 0.6)
        rows = [
            {"action_id": f"A{at}", "dossier": "D", "measure": "m", "theme": "t", "area": at,
             "start": MONDAYS[START], "end": None}
            for at in top.tolist()
        ]  # fmt: skip
        found = gg.stats.effects(pd.DataFrame(counts, index=MONDAYS), pd.DataFrame(rows))
        for place, one in zip(top.tolist(), found, strict=True):
            if place in works:
                working[one.verdict] += 1
            else:
                null[one.verdict] += 1
                fooled += int(counts[START:, place].sum() < counts[START - 52 : START, place].sum())
    return null, working, fooled


def row(title: str, cities: int) -> str:
    null, working, fooled = told(CITIES[title], cities)
    nulls, works = null.total(), working.total()
    figures = [null["helped"], null["did_not_help"], null["too_early"], fooled]
    cells = [f"{100 * one / nulls:.1f}" for one in figures]
    cells += [f"{100 * working[verdict] / works:.0f}" for verdict in ("helped", "too_early")]
    return f"| {title} | " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=34, help="cities a row: 34 have 1,020 null measures")
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin, lines = time.perf_counter(), []
    for title in CITIES:
        lines.append(row(title, chosen.cities))
        print(lines[-1], flush=True)
    text = (
        "## Did a measure help\n\n"
        f"Written by `python benchmarks/truth/measures.py --cities {chosen.cities}`: {30 * chosen.cities} "
        f"measures that do nothing and {10 * chosen.cities} that take away 40 % a row, at the busiest 40 of "
        "250 places of the year before, after a year; per cent.\n\n"
        "| | null: helped | did not help | too early | plainly fewer | -40 %: helped | too early |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    ) + "\n".join(lines)
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    head, _, rest = before.partition(BEGIN)
    after = rest.partition(END)[2].lstrip("\n")
    chosen.output.write_text(f"{head.rstrip()}\n\n{BEGIN}\n{text}\n{END}\n{after}", encoding="utf-8")
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()

"""Whether the first ten places hold the planted one: ``python benchmarks/truth/places.py`` (``--whole``).

Ours beside the plain ways to rank places (methods.py): cells with most reports, kernel density, empirical
Bayes. All make their ten in the same way, and of all the planted place is found by the same rule. Beside them
an oracle, which knows the radius, how many times as busy the place is and since when, and where places are
planted: it ranks by the likelihood ratio of exactly that circle. Each history is shown to all of them, so
that differences are known better than shares.

Cities are ``--kind even`` (by dwellings and ground, and chance), or ``uneven``: every block of 400 m has a
risk of its own that lasts, of which nobody was told. Places are asked for with points and counts; a history
of the weekly job takes ten times as long. ``--kind whole`` makes such histories, asks the weekly job, and
draws the page and the kernel map for their false ground. Stopped early (Ctrl-C) a run writes what it has.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from cities import (
    PER_WEEK,
    WEEK,
    WEEKS,
    Spot,
    Truth,
    draw,
    ground,
    middles,
    planted_prior,
    shares,
    uneven_risks,
)
from methods import RANKINGS, above_zero, attention, density_of, first_ten, kernel, shrunken_of, with_settings
from paired import difference, reading
from scipy.spatial import KDTree

from genk_geo import stats
from genk_geo.calendar import Window
from genk_geo.config import THEMES as SETTINGS
from genk_geo.jobs.week.attention import NineCells, spans_of
from genk_geo.jobs.week.hotspots import PAST_PERIODS

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
#: Kinds of cities, and the heading of each table.
WHOLE = "whole"
KINDS = {
    "even": "Risks as expected",
    "uneven": "Risks that differ",
    WHOLE: "Whole weeks",
}
THEMES = ("nuisance", "burglary", "traffic")
FACTORS, RADII, LASTED = (2.0, 3.0, 5.0, 10.0), (100.0, 250.0), (1, 4, 13, 26, 52)
#: Ground so far outside the planted circle is not false.
_EDGE_M = 100.0
OURS, ORACLE = "ours", "oracle"
#: Histories begin here: the ways were made and compared on others, from 0 and from 100,000.
FIRST = 10_000
PLAIN = tuple(name for name in RANKINGS if name != OURS)


class Points(NamedTuple):
    """Incidents of one theme with a planted place: where, in which week counted back, and its middle."""

    xy: Floats
    weeks: npt.NDArray[np.int64]
    middle: Floats


def scattered(theme: str, spot: Spot, rng: np.random.Generator, *, uneven: bool) -> Points:
    """The same city as :func:`cities.draw` draws with chance alone, as points; or one of uneven risks."""
    share, per_week = shares(theme), PER_WEEK[theme]
    if uneven:
        share = share * uneven_risks(rng)
    n = rng.poisson(per_week * WEEKS)
    cell = np.searchsorted(np.cumsum(share), rng.random(n) * share.sum())
    usual = middles()[cell] + rng.uniform(-50, 50, (n, 2))
    prior = planted_prior(theme)
    at = rng.choice(prior.size, p=prior)
    share_there = usual_in_circles(theme, spot.radius_m)[at]
    more = rng.poisson((spot.factor - 1.0) * share_there * per_week * spot.weeks)
    far, angle = spot.radius_m * np.sqrt(rng.random(more)), rng.uniform(0, 2 * np.pi, more)
    there = middles()[at] + np.column_stack([far * np.cos(angle), far * np.sin(angle)])
    weeks = np.concatenate([rng.integers(1, WEEKS + 1, n), rng.integers(1, spot.weeks + 1, more)])
    return Points(np.vstack([usual, there]), weeks, middles()[at])


@cache
def usual_in_circles(theme: str, radius_m: float) -> Floats:
    """Share of the incidents that is usual in the circle around each cell, as places are planted."""
    share = shares(theme)
    inside = KDTree(middles()).query_ball_point(middles(), max(radius_m, 60.0))
    return np.array([share[own].mean() for own in inside]) / 1e4 * np.pi * radius_m**2


def rankings(theme: str, spot: Spot, points: Points) -> dict[str, Floats]:
    """What each way makes of the places, by cell; 0 where it would not tell one."""
    base, now = ground(), counts_of(theme, points)[0]
    share = pd.Series(shares(theme), base.cells.index)
    return {
        OURS: odds_of(theme, points),
        "most reports": now.to_numpy(dtype=float),
        "kernel density": density_of(base, now),
        "empirical Bayes": shrunken_of(base, now, share),
        ORACLE: oracle(points, theme, spot),
    }


def odds_of(theme: str, points: Points, *, on_record: int = WEEKS) -> Floats:
    """Our odds by cell, above 0 in their order, as the weekly job gives them with so many weeks on record."""
    base, window = ground(), Window(WEEK, SETTINGS[theme].window_weeks)
    share = pd.Series(shares(theme), base.cells.index)
    odds = stats.place_odds(
        base.circles,
        points.xy,
        points.weeks,
        share,
        spans=spans_of(window, WEEK.shift(2 - on_record)),
        window=window.weeks,
    )
    now, before = counts_of(theme, points, on_record=on_record)
    going = NineCells.of(base.discs, share, now, before, None).goes_on(base.discs)
    return above_zero(odds.where(going).to_numpy())


def counts_of(theme: str, points: Points, *, on_record: int = WEEKS) -> tuple[pd.Series, pd.Series]:
    """Incidents by cell: of the window of the page, and of as many earlier ones as it looks at."""
    base, weeks = ground(), SETTINGS[theme].window_weeks
    cells = base.grid.positions(points.xy)
    periods = min(PAST_PERIODS, (on_record - 1) // weeks - 1)

    def counts(after: int, until: int) -> pd.Series:
        own = cells[(points.weeks > after) & (points.weeks <= until) & (cells >= 0)]
        return pd.Series(np.bincount(own, minlength=len(base.cells)), base.cells.index)

    return counts(0, weeks), counts(weeks, weeks * (1 + periods))


def oracle(points: Points, theme: str, spot: Spot) -> Floats:
    """Odds of every circle of the planted size and age, above 0 in their order."""
    seen = points.xy[points.weeks <= spot.weeks]
    usual, prior = usual_in_circles(theme, spot.radius_m) * len(seen), planted_prior(theme)
    counts = KDTree(seen).query_ball_point(middles(), spot.radius_m, return_length=True) if len(seen) else 0
    with np.errstate(divide="ignore"):
        odds = counts * np.log(spot.factor) - (spot.factor - 1.0) * usual + np.log(prior)
    return above_zero(np.where(prior > 0, odds, np.nan))


@dataclass
class Row:
    """What became of the histories of one kind of place."""

    found: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    false: list[tuple[int, int]] = field(default_factory=list)

    def look(self, theme: str, spot: Spot, seed: int, kind: str) -> None:
        """Draw one city and let everybody rank its places."""
        rng = np.random.default_rng([zlib.crc32(repr((theme, spot)).encode()), seed])
        if kind == WHOLE:
            self._look_wholly(theme, spot, rng)
            return
        points = scattered(theme, spot, rng, uneven=kind == "uneven")
        near = np.hypot(*(middles() - points.middle).T) <= max(spot.radius_m, 75.0)
        for name, value in rankings(theme, spot, points).items():
            self.found[name].append(bool(near[first_ten(value)].any()))

    def _look_wholly(self, theme: str, spot: Spot, rng: np.random.Generator) -> None:
        one = draw(Truth(theme, spot=spot), rng)
        # Without echoes there is nothing to bundle.
        history = with_settings(one.history, bundle=False)
        away = np.hypot(*(middles() - one.middle).T)
        for name, rank in RANKINGS.items():
            self.found[name].append(bool((away <= max(spot.radius_m, 75.0))[first_ten(rank(history))].any()))
        listed, far = attention(history), away > spot.radius_m + _EDGE_M
        shown = np.any(listed, axis=0) if listed else np.zeros(away.size, dtype=bool)
        self.false.append((int((shown & far).sum()), int((kernel(history) & far).sum())))

    def compared(self) -> npt.NDArray[np.bool_]:
        """What ours and each plain way found, a row each, a column a history."""
        return np.array([self.found[name] for name in (OURS, *PLAIN)], dtype=bool)

    def cells(self) -> list[str]:
        """Shares, ours less the best plain way with the error of that difference, and false cells."""
        shown = [f"{100 * np.mean(found):.0f}" for found in self.found.values()]
        less, error = difference(self.compared())
        shown.append(f"{100 * less:+.1f} ± {100 * error:.1f}")
        return shown + ([f"{cells:.0f}" for cells in np.mean(self.false, axis=0)] if self.false else [])


def table(rows: dict[tuple[str, Spot], Row]) -> str:
    first = next(iter(rows.values()))
    head = ["", *first.found, "ours less the best plain"]
    head += ["false cells", "of the kernel"] if first.false else []
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [
        [f"{theme}: {spot.factor:g} x, {spot.radius_m:g} m, {spot.weeks} weeks", *row.cells()]
        for (theme, spot), row in rows.items()
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def written(before: str, text: str, mark: str) -> str:
    """The results with this section in place of the one that was there."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    head, _, rest = before.partition(begin)
    return head.rstrip() + f"\n\n{begin}\n{text.strip()}\n{end}\n" + rest.partition(end)[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--themes", nargs="*", default=list(THEMES))
    parser.add_argument("--factors", nargs="*", type=float, default=list(FACTORS))
    parser.add_argument("--radii", nargs="*", type=float, default=list(RADII))
    parser.add_argument("--weeks", nargs="*", type=int, default=list(LASTED))
    parser.add_argument("--kind", choices=list(KINDS), default="even")
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin, n = time.perf_counter(), 0
    spots = [Spot(*one) for one in product(chosen.factors, chosen.radii, chosen.weeks)]
    rows = {key: Row() for key in product(chosen.themes, spots)}
    with suppress(KeyboardInterrupt):
        for n in range(1, chosen.histories + 1):
            for (theme, spot), row in rows.items():
                row.look(theme, spot, FIRST + n - 1, chosen.kind)
            print(f"{n} histories, {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    least = min(len(row.found[OURS]) for row in rows.values())
    for row in rows.values():
        row.found = {name: found[:least] for name, found in row.found.items()}
    text = (
        f"#### {KINDS[chosen.kind]}\n\nWritten by `python benchmarks/truth/places.py --kind {chosen.kind}`: "
        f"{least} histories a row, per cent in which the planted place is among them. "
        f"{reading([row.compared() for row in rows.values()])}\n\n{table(rows)}"
    )
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    chosen.output.write_text(written(before, text, f"{chosen.kind} places"), encoding="utf-8")


if __name__ == "__main__":
    main()

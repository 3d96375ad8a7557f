"""All that pages say, as one system of whole numbers: what follows of the counts that are told as small."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from genk_geo.calendar import Week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.week import ReleasedWeek

CITY = "Stad"
#: As docs tell it: shares in steps of 5 %, of places where at least twenty were expected.
EXPECTED, STEP = 20.0, 0.05


class Correction(NamedTuple):
    """A week that was corrected, and after how many pages."""

    week: Week
    after: int


class Known(NamedTuple):
    """What follows of a count that is told as small."""

    wijk: str
    week: Week
    low: int
    high: int


def follows(
    pages: Sequence[ReleasedWeek], unknown: int, limit: int, corrected: Correction | None = None
) -> tuple[int, list[Known]]:
    """How many counts are told as small, and those that do not keep all their small values by all pages.

    The reader knows how many incidents have no wijk, and that what lies in an outline lies in its wijk. What
    one page marks shares no incident, nor does what pages draw apart. He also knows which week was corrected
    after how many pages: outlines on later pages count what it has now, tables what it had.
    """
    system = System(unknown)
    for at, page in enumerate(pages):
        system.read(page, corrected.week if corrected is not None and at >= corrected.after else None)
    return len(system.small), system.narrowed(limit)


def _nowhere(name: str) -> Any:
    """A ground of its own for a name, away from all that a page draws."""
    return shapely.Point(-1e6 - zlib.crc32(name.encode()) % 100_000, 0).buffer(0.1)


class Ground(NamedTuple):
    """An outline in a wijk."""

    wijk: str
    shape: Any


class System:
    """What pages say, as whole numbers with ends and rules."""

    def __init__(self, unknown: int) -> None:
        self.unknown = unknown
        self.cells: dict[Any, int] = {}
        self.ends: list[tuple[float, float]] = []
        self.rules: dict[Any, tuple[dict[int, int], float, float]] = {}
        self.small: set[tuple[str, Week]] = set()
        self.grounds: list[list[Ground]] = []

    def cell(self, *name: Any) -> int:
        if name not in self.cells:
            self.cells[name] = len(self.ends)
            self.ends.append((0.0, 99.0))
        return self.cells[name]

    def rule(self, terms: dict[int, int], low: float, high: float) -> None:
        self.rules[frozenset(terms.items()), low, high] = (terms, low, high)

    def tell(self, at: int, count: Any) -> None:
        low, high = count.ends
        self.ends[at] = (max(low, self.ends[at][0]), min(99.0 if high is None else high, self.ends[at][1]))

    def read(self, page: ReleasedWeek, corrected: Week | None = None) -> None:
        (theme,) = page.themes
        week = page.week
        for kind, areas in (("wijk", theme.wijken), ("deel", theme.stadsdelen), ("stad", {CITY: theme.city})):
            for name, area in areas.items():
                lines = [(week.shift(at + 1 - len(area.trend)), count) for at, count in enumerate(area.trend)]
                for when, count in [*lines, (week, area.observed), (week.a_year_before(), area.last_year)]:
                    if count is not None:
                        self.tell(self.cell(kind, name, when), count)
                        if kind == "wijk" and count.value is None:
                            self.small.add((name, when))
        for when in {name[2] for name in list(self.cells) if name[0] == "wijk"}:
            self._totals(theme, when)
        own = []
        for spot in theme.hotspots:
            weeks = [week.shift(-back) for back in range(spot.weeks)]
            own.append(self._window(spot, weeks, spot.observed.ends, corrected))
            self.tell(self.cell("in", spot.geometry.wkb, week, week == corrected), spot.this_week)
        for place in theme.attention or ():
            weeks = [week.shift(-back) for back in range(theme.window.weeks + place.past)]
            own.append(self._window(place, weeks, (page.small_count, None), corrected))
            # Something happened there lately: a place that was busy and no longer is is none.
            self._window(place, weeks[: theme.window.weeks], (1, None), corrected)
        self.grounds.append(own + self._measures(page))

    def _measures(self, page: ReleasedWeek) -> list[Ground]:
        """Places of measures with a verdict, each taken to share nothing with any outline.

        That there is one says that enough came since it began; its share says of how many at least, where
        no fewer than so many were expected.
        """
        found = []
        for one in (effect for dossier in page.dossiers or () for effect in dossier.effects):
            if not one.weeks or not one.wijken:
                continue
            share = 0.0 if one.ratio is None else one.ratio - STEP / 2
            least = max(page.small_count, np.ceil(EXPECTED * share - 1e-9))
            (wijk,) = one.wijken
            place = SimpleNamespace(wijk=wijk, geometry=_nowhere(f"{one.dossier} {one.start}"))
            first = Week.from_day(one.start)
            # No more than it stands on, and the one that it began in.
            weeks = [first.shift(at) for at in range(min(page.week.minus(first), one.weeks) + 1)]
            found.append(self._window(place, weeks, (least, None), None))
        return found

    def _totals(self, theme: Any, when: Week) -> None:
        for deel in theme.stadsdelen:
            inside = [name for name, area in theme.wijken.items() if area.stadsdeel == deel]
            parts = {self.cell("wijk", name, when): 1 for name in inside}
            self.rule(parts | {self.cell("deel", deel, when): -1}, 0, 0)
        parts = {self.cell("deel", deel, when): 1 for deel in theme.stadsdelen}
        self.rule(parts | {self.cell("stad", CITY, when): -1}, -self.unknown, -self.unknown)

    def _window(self, spot: Any, weeks: list[Week], ends: Any, corrected: Week | None) -> Ground:
        """What lies in an outline in some weeks, together from one end to the other."""
        cells = [self.cell("in", spot.geometry.wkb, when, when == corrected) for when in weeks]
        low, high = ends
        self.rule(dict.fromkeys(cells, 1), low, np.inf if high is None else high)
        return Ground(spot.wijk, spot.geometry)

    def _together(self) -> None:
        """A wijk has no fewer than all that one page marks there, with what other pages mark beside it.

        An outline is taken to be the same place on all pages.
        """
        cells: dict[bytes, dict[Week, int]] = {}
        for name, at in self.cells.items():
            if name[0] == "in" and not name[3]:
                cells.setdefault(name[1], {})[name[2]] = at
        for own in self.grounds:
            for wijk in {one.wijk for one in own}:
                inside = [one for one in own if one.wijk == wijk]
                for one in (one for page in self.grounds for one in page if one.wijk == wijk):
                    if not any(one.shape.intersects(other.shape) for other in inside):
                        inside.append(one)
                outlines = [cells.get(one.shape.wkb, {}) for one in inside]
                for when in {when for weeks in outlines for when in weeks}:
                    parts = {weeks[when]: 1 for weeks in outlines if when in weeks}
                    self.rule(parts | {self.cell("wijk", wijk, when): -1}, -np.inf, 0)

    def narrowed(self, limit: int) -> list[Known]:
        """Lowest and highest value of every count that was told as small, where these are too near."""
        self._together()
        rules = list(self.rules.values())
        rows = [(row, *term) for row, (terms, _, _) in enumerate(rules) for term in terms.items()]
        row, at, times = (np.array(part) for part in zip(*rows, strict=True))
        matrix = coo_array((times, (row, at)), shape=(len(rules), len(self.ends))).tocsr()
        told: dict[str, Any] = {
            "constraints": LinearConstraint(matrix, [rule[1] for rule in rules], [rule[2] for rule in rules]),
            "bounds": Bounds([end[0] for end in self.ends], [end[1] for end in self.ends]),
        }
        found = []
        low, high = (np.full(len(self.ends), end) for end in (np.inf, -np.inf))

        def solve(cells: list[int], sign: float) -> None:
            goal = np.zeros(len(self.ends))
            goal[cells] = sign
            done = milp(goal, **told)
            if done.x is not None and np.abs(done.x - done.x.round()).max() > 1e-6:
                done = milp(goal, integrality=np.ones(len(goal)), **told)
            assert done.x is not None, "the pages contradict each other"
            # Whatever solves the rules is a world that could be: it counts for every cell.
            np.minimum(low, done.x.round(), out=low)
            np.maximum(high, done.x.round(), out=high)

        def left(sign: float) -> list[int]:
            return [at for at in small if (low[at] > 0 if sign > 0 else high[at] < limit - 1)]

        small = {self.cells["wijk", wijk, week]: (wijk, week) for wijk, week in sorted(self.small)}
        for sign in (1.0, -1.0):
            # All together as long as any come to their end, and what is left one by one.
            before, open_cells = len(small) + 1, list(small)
            while open_cells and len(open_cells) < before:
                before = len(open_cells)
                solve(open_cells, sign)
                open_cells = left(sign)
            for at in open_cells:
                if at in left(sign):
                    solve([at], sign)
        for at, (wijk, week) in small.items():
            if low[at] > 0 or high[at] < limit - 1:
                found.append(Known(wijk, week, int(low[at]), int(high[at])))
        return found

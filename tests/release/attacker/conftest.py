"""What the attackers share: reading a rule backwards, bounds over all pages, and a small city to attack."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.config import ReleaseSettings
from genk_geo.errors import AlreadyToldError
from genk_geo.release import release
from genk_geo.release.check import guarded
from genk_geo.results import Quality, ThemeWeek, WeekResult

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from genk_geo.release.values.week import ReleasedWeek

    Rule = Callable[[tuple[int, ...]], tuple[Hashable, Sequence[bool]]]

WEEK = Week(2026, 10)
#: No hotspots and none of their cells.
NOWHERE = gpd.GeoDataFrame(
    {name: pd.Series(dtype=object) for name in ("cell_id", "theme", "period", "hotspot_class")},
    geometry=[], crs=31370,
)  # fmt: skip
CITY = "Stad"


# Reading backwards.


class Narrowed(NamedTuple):
    """A count that is held back, and the values that it can have after reading the rule backwards."""

    told: Hashable
    at: int
    possible: frozenset[int]


def narrowed(rule: Rule, inputs: Iterable[tuple[int, ...]], limit: int) -> list[Narrowed]:
    """Publish every input, group the inputs by what is published: every count that cannot be 0 to limit - 1.

    `rule` gives what is published of an input, and which of its counts are held back. All inputs that could
    have been must be among `inputs`, as far as they are held back.
    """
    worlds: dict[Hashable, list[tuple[int, ...]]] = defaultdict(list)
    secret: dict[Hashable, Sequence[bool]] = {}
    for counts in inputs:
        told, hidden = rule(counts)
        worlds[told].append(counts)
        assert secret.setdefault(told, hidden) == hidden
    return [
        Narrowed(told, at, possible)
        for told, members in worlds.items()
        for at, hidden in enumerate(secret[told])
        if hidden and not frozenset(range(limit)) <= (possible := frozenset(c[at] for c in members))
    ]


def sums(counts: Sequence[int], parents: Sequence[str]) -> dict[str, int]:
    """Totals of the stadsdelen."""
    totals: dict[str, int] = {}
    for count, parent in zip(counts, parents, strict=True):
        totals[parent] = totals.get(parent, 0) + int(count)
    return totals


def judged(counts: pd.DataFrame, week: Week) -> pd.DataFrame:
    """What the counts themselves lead one to expect, and whether that calls for an alert."""
    found = stats.expect(counts, week=week)[["expected", "low", "high"]]
    return found.join(stats.alerts(counts, week=week)["alert"])


# A city of a few wijken side by side, and pages about it.


@dataclass
class SmallCity:
    """Wijken side by side with their counts by week; `unknown` incidents a week have no known wijk.

    `spots` are outlines in a wijk, with the share of its incidents that lies in them, in tenths.
    """

    parents: Sequence[str]
    counts: dict[Week, list[int]]
    unknown: int = 0
    limit: int = 5
    window: int = 4
    spots: dict[int, int] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [f"w{at}" for at in range(len(self.parents))]

    def in_spot(self, wijk: int, week: Week) -> int:
        return self.counts[week][wijk] * self.spots[wijk] // 10 if week in self.counts else 0

    def _frame(
        self, names: Sequence[str], pick: Callable[[list[int]], list[int]], week: Week
    ) -> pd.DataFrame:
        def of(when: Week) -> list[float]:
            return pick(self.counts[when]) if when in self.counts else [np.nan] * len(names)

        trend = [of(week.shift(-back)) for back in (3, 2, 1, 0)]
        return pd.DataFrame(
            {
                "observed": of(week), "expected": 3.0, "low": 0.0, "high": 9.0,
                "last_year": of(week.a_year_before()), "trend": list(zip(*trend, strict=True)),
            },
            index=pd.Index(names, name="name"),
        )  # fmt: skip

    @cached_property
    def squares(self) -> list[Any]:
        return [shapely.box(1000 * at, 0, 1000 * at + 900, 900) for at in range(len(self.parents))]

    def weekly(self, week: Week) -> tuple[pd.DataFrame, ...]:
        """Counts of city, stadsdelen and wijken by Monday, up to a week."""
        weeks = sorted(when for when in self.counts if when <= week)
        mondays = pd.DatetimeIndex([str(when.monday) for when in weeks])
        rows = [self.counts[when] for when in weeks]
        wijken = pd.DataFrame(rows, index=mondays, columns=self.names)
        stadsdelen = pd.DataFrame([sums(row, self.parents) for row in rows], index=mondays)
        city = pd.DataFrame({CITY: wijken.sum(axis=1) + self.unknown}, index=mondays)
        return city, stadsdelen, wijken

    def theme(self, week: Week, *, weekly: bool = False) -> ThemeWeek:
        """What was found of the theme in a week; with the counts of all weeks, expected is what these say."""
        squares, stadsdelen = self.squares, list(dict.fromkeys(self.parents))
        weeks = [week.shift(-back) for back in range(self.window)]
        rows = [
            {
                "hotspot_id": f"h{wijk}", "theme": "burglary", "status": "kept", "since": str(week),
                "observed": sum(self.in_spot(wijk, when) for when in weeks), "expected": 1.2345,
                "this_week": self.in_spot(wijk, week), "hotspot_class": "hot 99", "number": 1 + at,
                "wijk": f"w{wijk}", "stadsdeel": self.parents[wijk], "place": ("Dreef",), "area_m2": 100.0,
                "geometry": squares[wijk].buffer(-100),
            }
            for at, wijk in enumerate(self.spots)
        ]  # fmt: skip
        areas = gpd.GeoDataFrame(rows, crs=31370) if rows else NOWHERE
        past = self.weekly(week) if weekly else None
        kinds = (
            self._frame([CITY], lambda c: [sum(c) + self.unknown], week),
            self._frame(stadsdelen, lambda c: list(sums(c, self.parents).values()), week),
            self._frame(self.names, list, week),
        )
        if past is not None:
            kinds = tuple(
                frame.drop(columns=["expected", "low", "high"]).join(judged(counts, week))
                for frame, counts in zip(kinds, past, strict=True)
            )
        return ThemeWeek(
            theme="burglary", window=Window(week, self.window), located=99, in_window=99, too_few=False,
            hotspots=NOWHERE, areas=areas, density=None,
            hours=np.zeros(168),
            city=kinds[0],
            stadsdelen=kinds[1],
            wijken=kinds[2].assign(stadsdeel=list(self.parents)),
            weekly=past,
        )  # fmt: skip

    @cached_property
    def maps(self) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """Wijken and stadsdelen."""
        wijken = gpd.GeoDataFrame(
            {"wijk": self.names, "stadsdeel": list(self.parents)}, geometry=self.squares, crs=31370
        )
        return wijken, wijken.dissolve("stadsdeel").reset_index()[["stadsdeel", "geometry"]]

    def result(self, week: Week) -> WeekResult:
        """Everything that was found in a week."""
        wijken, stadsdelen = self.maps
        return WeekResult(
            week=week, as_of=pd.Timestamp("2026-06-01", tz="Europe/Brussels"), city_name=CITY,
            boundary_note="", grouping_note="", attribution="", wijken=wijken,
            stadsdelen=stadsdelen,
            themes=(self.theme(week),), quality=Quality(0, 0, 0, 0), demo=False,
        )  # fmt: skip

    def page(self, week: Week, told: list[Any], profile: str = "wijkmanager") -> ReleasedWeek:
        """Make a page after those that were told, and put it on their record."""
        own = ReleaseSettings.model_construct(
            **ReleaseSettings(profile=profile).resolved(5).model_dump() | {"small_count": self.limit}
        )
        shown, record = guarded(release(self.result(week), reader=_kept(own), told=told), told)
        told.append(record)
        return shown

    def page_again(self, week: Week, told: list[Any]) -> list[ReleasedWeek]:
        """What a reader gets of a page that is made once more: nothing where it would be another one."""
        try:
            return [self.page(week, told)]
        except AlreadyToldError:
            return []


def _kept(own: ReleaseSettings) -> Any:
    """Settings that a public release would refuse, for tables that are small enough to publish all."""
    return SimpleNamespace(**own.model_dump(), resolved=lambda _limit: _kept(own))


# All that the pages say, as one system of whole numbers.


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

    The reader knows how many incidents have no wijk, and that what lies in an outline lies in its wijk. He
    also knows which week was corrected after how many pages: outlines on later pages count what it has now,
    tables what it had.
    """
    system = System(unknown)
    for at, page in enumerate(pages):
        system.read(page, corrected.week if corrected is not None and at >= corrected.after else None)
    return len(system.small), system.narrowed(limit)


class System:
    """What pages say, as whole numbers with ends and rules."""

    def __init__(self, unknown: int) -> None:
        self.unknown = unknown
        self.cells: dict[Any, int] = {}
        self.ends: list[tuple[float, float]] = []
        self.rules: dict[Any, tuple[dict[int, int], float, float]] = {}
        self.small: set[tuple[str, Week]] = set()

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
        for spot in theme.hotspots:
            self._window(spot, [week.shift(-back) for back in range(spot.weeks)], corrected)

    def _totals(self, theme: Any, when: Week) -> None:
        for deel in theme.stadsdelen:
            inside = [name for name, area in theme.wijken.items() if area.stadsdeel == deel]
            parts = {self.cell("wijk", name, when): 1 for name in inside}
            self.rule(parts | {self.cell("deel", deel, when): -1}, 0, 0)
        parts = {self.cell("deel", deel, when): 1 for deel in theme.stadsdelen}
        self.rule(parts | {self.cell("stad", CITY, when): -1}, -self.unknown, -self.unknown)

    def _window(self, spot: Any, weeks: list[Week], corrected: Week | None) -> None:
        inside = [self.cell("spot", spot.wijk, when, when == corrected) for when in weeks]
        self.tell(inside[0], spot.this_week)
        low, high = spot.observed.ends
        self.rule(dict.fromkeys(inside, 1), low, np.inf if high is None else high)
        for at, when in zip(inside, weeks, strict=True):
            if when != corrected:
                self.rule({at: 1, self.cell("wijk", spot.wijk, when): -1}, -np.inf, 0)

    def narrowed(self, limit: int) -> list[Known]:
        """Lowest and highest value of every count that was told as small, where these are too near."""
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


@pytest.fixture(scope="session")
def backwards() -> Any:
    """Reading a rule backwards."""
    return SimpleNamespace(narrowed=narrowed, sums=sums)


@pytest.fixture(scope="session")
def attack() -> Any:
    """A small city, and what follows from all its pages."""
    return SimpleNamespace(City=SmallCity, follows=follows, week=WEEK, Correction=Correction)

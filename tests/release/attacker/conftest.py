"""What the attackers share: reading a rule backwards, and a small city to attack."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.config import ReleaseSettings
from genk_geo.errors import AlreadyToldError
from genk_geo.release import release
from genk_geo.release.check import guarded
from genk_geo.results import Quality, ThemeWeek, WeekResult
from tests.release.attacker.system import CITY, Correction, follows

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


@cache
def _index(names: tuple[str, ...]) -> pd.Index:
    """Made once for thousands of tables."""
    return pd.Index(names, name="name")


@cache
def ground(parents: tuple[str, ...]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Wijken and stadsdelen."""
    squares = [shapely.box(1000 * at, 0, 1000 * at + 900, 900) for at in range(len(parents))]
    names = [f"w{at}" for at in range(len(parents))]
    wijken = gpd.GeoDataFrame({"wijk": names, "stadsdeel": list(parents)}, geometry=squares, crs=31370)
    return wijken, wijken.dissolve("stadsdeel").reset_index()[["stadsdeel", "geometry"]]


@dataclass
class SmallCity:
    """Wijken side by side with their counts by week; `unknown` incidents a week have no known wijk.

    `spots` are outlines in a wijk, with the share of its incidents that lies in them, in tenths; `points` are
    points of attention, with their share of what lies in no hotspot, over the window and `past` weeks before.
    """

    parents: Sequence[str]
    counts: dict[Week, list[int]]
    unknown: int = 0
    limit: int = 5
    window: int = 4
    spots: dict[int, int] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)
    past: int = 0

    @property
    def names(self) -> list[str]:
        return [f"w{at}" for at in range(len(self.parents))]

    def in_spot(self, wijk: int, week: Week) -> int:
        return self.counts[week][wijk] * self.spots[wijk] // 10 if week in self.counts else 0

    def at_point(self, wijk: int, week: Week) -> int:
        hot = self.in_spot(wijk, week) if wijk in self.spots else 0
        return (self.counts[week][wijk] - hot) * self.points[wijk] // 10

    def attention(self, week: Week) -> gpd.GeoDataFrame | None:
        """Points of attention, drawn in the blocks of the hotspot of their wijk or beside them."""
        if not self.points:
            return None
        weeks = [
            when for back in range(self.window + self.past) if (when := week.shift(-back)) in self.counts
        ]
        rows = [
            {
                "number": 1 + at, "place": ("Dreef",), "wijk": f"w{wijk}", "stadsdeel": self.parents[wijk],
                "chance": 0.6, "risk": 2.0, "known": sum(self.at_point(wijk, when) for when in weeks),
                "past": self.past, "geometry": self.squares[wijk].buffer(-50 - 100 * at),
            }
            for at, wijk in enumerate(self.points)
            # A place where nothing happened lately is over, and none.
            if sum(self.at_point(wijk, when) for when in weeks[: self.window])
        ]  # fmt: skip
        columns = ["number", "place", "wijk", "stadsdeel", "chance", "risk", "known", "past", "geometry"]
        return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=31370)

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
            index=_index(tuple(names)),
        )  # fmt: skip

    @property
    def squares(self) -> list[Any]:
        return list(ground(tuple(self.parents))[0].geometry)

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
                "geometry": squares[wijk].buffer(-100), "peak_days": (4,), "peak_from": 20, "peak_to": 23,
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
            weekly=past, attention=self.attention(week),
        )  # fmt: skip

    def result(self, week: Week) -> WeekResult:
        """Everything that was found in a week."""
        wijken, stadsdelen = ground(tuple(self.parents))
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


@pytest.fixture(scope="session")
def backwards() -> Any:
    """Reading a rule backwards."""
    return SimpleNamespace(narrowed=narrowed, sums=sums)


@pytest.fixture(scope="session")
def attack() -> Any:
    """A small city, and what follows from all its pages."""
    return SimpleNamespace(City=SmallCity, follows=follows, week=WEEK, Correction=Correction)

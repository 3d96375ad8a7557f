"""How many incidents of a hotspot are told: decided by what is told beside it, never by how many there are.

The window of a hotspot moves on by a week: two of its counts, a week apart, say what came in and what fell
out. Beside a small count of its wijk in one of these weeks that would be a bound on it; and to say only "5 or
more", or nothing, where that is so, says the same to whoever knows when it is done. So it goes by what the
reader has already.

- An outline of which a count was told before, over a window that shares weeks with this one, is told none
  anew while a wijk that it touches has a count that is held back in the weeks that they do not share. The
  page repeats the count that was told, with its week.
- Any other count is told as it is up to the highest that says nothing: what its wijken can have had with
  any one of their small counts at none, less what was told of others there. From there on it is "so many or
  more". Others are all but the same outline: hotspots of one page share no incident, also where they are
  drawn in the same blocks, each has three or more, and of those of another page the reader sees whether
  they share ground. Half as much, and half of that, as long as something would follow beside exact totals.

A week that was told nowhere yet counts as one that will be told as small.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.calendar import Week
from genk_geo.release.identities import is_gone
from genk_geo.release.kept.record import box_of, shape_of, touched_by
from genk_geo.release.level import Level
from genk_geo.release.suppress import SECRET, Count
from genk_geo.release.thresholds import FEWEST_IN_HOTSPOT
from genk_geo.release.told import Told, count_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genk_geo.release.told import Record
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek

    Tells = Callable[[str, Mapping[int, Count], int, int], bool]

_HIDES = 2


class _Statement(NamedTuple):
    """A count that was told of an outline."""

    shape: str
    box: tuple[float, ...]
    wijken: frozenset[str]
    last: Week
    weeks: frozenset[Week]
    told: Count

    def near(self, box: Sequence[float], wijken: frozenset[str]) -> bool:
        """Whether the outlines may share ground."""
        if not self.box:
            return bool(self.wijken & wijken)
        west, south, east, north = self.box
        return west < box[2] and box[0] < east and south < box[3] and box[1] < north


def with_told_windows(week: ReleasedWeek, told: Sequence[Record], tells: Tells) -> ReleasedWeek:
    """Tell of the hotspots of a week what may be told beside everything that was told before.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it would be shown, counts of its areas as they are told.
    told : sequence of dict
        What was told before.
    tells : callable
        Whether anything follows where so many or more are told of a hotspot: theme, what is told of others
        (by their place among the hotspots), place, so many.

    Returns
    -------
    ReleasedWeek
    """
    if week.level.shows_points or week.small_count < _HIDES:
        return week
    return replace(week, themes=tuple(_Windows(theme, week, told, tells).theme() for theme in week.themes))


class _Windows:
    """The hotspots of one theme in one week, beside what was told of it."""

    def __init__(
        self, theme: ReleasedTheme, week: ReleasedWeek, told: Sequence[Record], tells: Tells
    ) -> None:
        self._tells = tells
        self._theme, self._week, self._limit = theme, week.week, week.small_count
        self._told = Told(told)
        self._shapes = dict(zip(map(str, week.wijken["wijk"]), week.wijken.geometry, strict=True))
        self._tables: dict[Week, dict[str, Count]] = {}
        self._before = [
            one
            for record in told
            if record["level"] != Level.POINTS and record["week"] != str(week.week)
            for one in _statements(record, theme.theme)
        ]
        # What is there at all says that much before anything is told of it.
        fewest = Count(None, min(FEWEST_IN_HOTSPOT, self._limit - 1), over=True)
        self._now = {
            at: self._statement(spot, fewest) for at, spot in enumerate(theme.hotspots) if not is_gone(spot)
        }

    def theme(self) -> ReleasedTheme:
        """The theme, its hotspots as they may be told."""
        again = self._told.hotspots(self._theme.theme, str(self._week)) is not None
        # In an order that says nothing of counts: what is told of one depends on those before it.
        spots = list(self._theme.hotspots)
        for at in sorted(range(len(spots)), key=lambda at: (shape_of(spots[at]), spots[at].hotspot_id)):
            spots[at] = self._as_before(spots[at]) if again else self._decided(spots[at], at)
        return replace(self._theme, hotspots=tuple(spots))

    def _decided(self, spot: Hotspot, at: int) -> Hotspot:
        own = self._statement(spot, spot.observed)
        shared = [one for one in self._before if one.weeks & own.weeks]
        near = [one.weeks ^ own.weeks for one in shared if one.near(own.box, own.wijken)]
        if any(self._hides(when, own.wijken) for apart in near for when in apart):
            return self._as_before(spot.untold())
        others = [one for one in shared if one.shape != own.shape]
        others += [one for other, one in self._now.items() if other != at]
        most = self._most(own.weeks, own.wijken, [one for one in others if one.wijken & own.wijken])
        # Exact totals can leave less room than the wijken by themselves.
        while most is not None and most >= self._limit and self._asks(at, most):
            most //= 2
        if most is not None and most < self._limit:
            return spot.untold()
        if most is not None and spot.observed.ends[0] >= most:
            spot = spot.told_as(Count(None, most, over=True))
        if at not in self._now or spot.observed.ends[0]:
            self._now[at] = own._replace(told=spot.observed)
        return spot

    def _statement(self, spot: Hotspot, told: Count) -> _Statement:
        touched = frozenset(touched_by(spot.geometry, self._shapes))
        weeks = frozenset(self._week.shift(-back) for back in range(spot.weeks))
        return _Statement(shape_of(spot), box_of(spot), touched, self._week, weeks, told)

    def _asks(self, at: int, most: int) -> bool:
        counts = {other: one.told for other, one in self._now.items() if other != at}
        return self._tells(self._theme.theme, counts, at, most)

    def _as_before(self, spot: Hotspot) -> Hotspot:
        """With the last count that was told of the same outline, where none is told now."""
        same = [one for one in self._before if one.shape == shape_of(spot) and one.last < self._week]
        if spot.observed != SECRET or not same:
            return spot
        last = max(same, key=lambda one: one.last)
        return replace(spot, before=(last.told, last.last))

    def _counts(self, when: Week) -> dict[str, Count]:
        if when not in self._tables:
            table = self._theme.tables.get(str(when)) or self._told.table(self._theme.theme, str(when))
            self._tables[when] = {} if table is None else table.wijken
        return self._tables[when]

    def _ends(self, when: Week, wijken: Iterable[str]) -> list[tuple[int, int]]:
        small = (0, self._limit - 1)
        ends = (self._counts(when)[wijk].ends if wijk in self._counts(when) else small for wijk in wijken)
        return [(low, low if high is None else high) for low, high in ends]

    def _hides(self, when: Week, wijken: frozenset[str]) -> bool:
        return any(low < high for low, high in self._ends(when, wijken))

    def _most(
        self, weeks: frozenset[Week], wijken: frozenset[str], others: Iterable[_Statement]
    ) -> int | None:
        """The highest count that says nothing of any of the wijken; None where nothing is held back."""
        ends = [one for when in weeks for one in self._ends(when, wijken)]
        widest = max((high - low for low, high in ends), default=0)
        if widest == 0:
            return None
        return sum(high for _, high in ends) - widest - sum(one.told.ends[0] for one in others)


def _statements(record: Record, theme: str) -> Iterable[_Statement]:
    """What a page told of its hotspots."""
    last = Week.parse(record["week"])
    for spot in record["themes"].get(theme, {}).get("hotspots", ()):
        count = count_of(spot["observed"])
        if count != SECRET:
            weeks = frozenset(last.shift(-back) for back in range(int(spot["weeks"])))
            touched = frozenset(spot.get("touched", spot["wijken"]))
            yield _Statement(spot["shape"], tuple(spot.get("box", ())), touched, last, weeks, count)

"""How probably two reports tell of one event: learned from the theme's own past.

Two reports near each other in place and time are of one event, or of two that have nothing to do with each
other. How many of the second sort there would be, the past of the place says; how many there are too many,
the record as a whole. Their share is the probability that a pair is of one event (as Zhuang, Ogata &
Vere-Jones (2002), Journal of the American Statistical Association 97, part the aftershocks of a catalogue
from the background). What is too many is counted against pairs of which one report is moved by one to four
weeks, so that busy streets, weekdays and hours are no reason (Knox (1964), Applied Statistics 13). Where
pairs moved by five days are more, incidents follow each other: then what is not of the same night is held
against those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.events.report_arrays import Binned, Close, Reports

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Bands of distance in metres; nearer than the first edge is the same place.
DISTANCES_M = np.array([0.0, 1.0, 10.0, 25.0, 50.0, 100.0])
#: Bands of the days between two windows; windows that overlap are 0 days apart.
GAPS_DAYS = np.array([0.0, 1 / 24, 0.25, 1.0, 2.0])
#: Further reports of its event that a report has where nothing is known: one in ten has one. Own choice,
#: as is where it lies: by distance, by time, of another category or the same.
_USUAL = 0.1
_BY_DISTANCE = np.array([0.3, 0.2, 0.25, 0.15, 0.1])
_BY_GAP = np.array([0.4, 0.25, 0.25, 0.1])
_BY_KIND = np.array([0.15, 0.85])
#: That weighs as much as so many reports.
_USUAL_REPORTS = 500.0
#: Days that one report of a pair is moved by: whole weeks, and half a week on the way to the first.
_WEEKS, _SOON = (7.0, 14.0, 21.0, 28.0), 5.0
#: Bands of time that are one night: what follows so soon is not a repeat.
_NIGHT = 2
#: What else happens at a place is counted from so many days away to so many.
_AWAY_DAYS = (3.0, 91.0)
#: The same place, and around it.
_RADII_M = np.array([DISTANCES_M[1], DISTANCES_M[-1]])
#: Unrelated reports a square metre and day, and a day at one place, of which there are always some.
_FLOOR = np.array([1 / 365 / 10, 1e-6 / 365])
#: A place is known by this many of its own reports as well as by those of the city.
_PLACE_WEIGHT = 0.5
#: So many reports a day or two more than usual are chance.
_TIME_WEIGHT = 5.0


@dataclass(frozen=True)
class EventLimits:
    """How far apart reports of one event may lie.

    Attributes
    ----------
    distance_m : float
        From the first report of the event.
    days : float
        Between the windows of the first report and another; overlapping windows are 0 apart.
    longest_window_days : float
        A report whose moment is known less precisely stays alone.
    chance : float
        Reports belong together when they are of one event with at least this probability.

    Examples
    --------
    Only what was reported at one place within an hour:

    >>> gg.stats.EventLimits(distance_m=1.0, days=1 / 24).chance
    0.5
    """

    distance_m: float = 100.0
    days: float = 2.0
    longest_window_days: float = 4.0
    chance: float = 0.5

    def __post_init__(self) -> None:
        """Refuse limits beyond what is learned."""
        for name, value, most in (
            ("distance_m", self.distance_m, DISTANCES_M[-1]),
            ("days", self.days, GAPS_DAYS[-1]),
            ("longest_window_days", self.longest_window_days, 31.0),
            ("chance", self.chance, 1.0),
        ):
            if not 0 <= value <= most:
                raise ConfigError(
                    "{name}: given {value}, needed from 0 to {most:g}.", name=name, value=value, most=most
                )


@dataclass(frozen=True)
class ReportLinks:
    """What the past says of reports that lie close together; :func:`learn_links` makes it.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each band and sort of pair: ``from_m``, ``to_m``, ``from_days``, ``to_days``,
        ``same_category``; ``pairs`` in the record, ``unrelated`` pairs to be expected among them,
        ``partners`` (further reports of its event that a report has in the band) and ``probability`` that
        a pair of the band is of one event, where the place is like the others; ``followers`` (incidents of
        their own that follow a report, beyond what the place explains).
    reports : int
        Reports that it was learned from.

    Examples
    --------
    Two hundred events a year, every fourth told by two people:

    >>> from genk_geo.stats import learn_links
    >>> rng = np.random.default_rng(1)
    >>> xy = rng.uniform(0, 5000, (200, 2))
    >>> begin = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.uniform(0, 365, 200), unit="D")
    >>> table = pd.DataFrame({"from": begin, "x": xy[:, 0], "y": xy[:, 1]})
    >>> again = table[:50].assign(x=table["x"] + 5, **{"from": table["from"] + pd.Timedelta("30min")})
    >>> both = pd.concat([table, again], ignore_index=True)
    >>> reports = gpd.GeoDataFrame(both, geometry=gpd.points_from_xy(both.x, both.y), crs=31370)
    >>> found = learn_links(reports).table.set_index(["from_m", "from_days", "same_category"])
    >>> int(found.loc[(1, 0, True), "pairs"]), bool(found.loc[(1, 0, True), "probability"] > 0.95)
    (50, True)
    """

    table: pd.DataFrame
    reports: int
    past: Binned = field(repr=False)
    near: Ints = field(repr=False)

    def chance(self, bins: Binned, pairs: Close) -> Floats:
        """Probability that each pair is of one event."""
        reports = bins.reports
        place, busy = self._background(reports), self._busy(bins.middle)
        distance = np.searchsorted(DISTANCES_M, pairs.distance, "right") - 1
        gap = np.searchsorted(GAPS_DAYS, pairs.gap, "right") - 1
        distance, gap = np.minimum(distance, _BY_DISTANCE.size - 1), np.minimum(gap, _BY_GAP.size - 1)
        same = (reports.kind[pairs.one] == reports.kind[pairs.other]).astype(np.int64)
        shape = (_BY_DISTANCE.size, _BY_GAP.size, 2)
        one_event = self.table["partners"].to_numpy().reshape(shape)[distance, gap, same]
        rate = (place[pairs.one] + place[pairs.other]) / 2.0
        rate = np.where(distance == 0, rate[:, 0], rate[:, 1] * _areas()[distance])
        length = reports.end - reports.begin
        days = 2.0 * np.diff(GAPS_DAYS)[gap] + np.where(
            gap == 0, length[pairs.one] + length[pairs.other], 0.0
        )
        agree = self._agreeing()
        unrelated = rate * days * np.maximum(busy[pairs.one], busy[pairs.other])
        unrelated = unrelated * np.where(same == 1, agree, 1.0 - agree)
        unrelated += self.table["followers"].to_numpy().reshape(shape)[distance, gap, same]
        return np.asarray(one_event / np.maximum(one_event + unrelated, 1e-300))

    def _agreeing(self) -> float:
        """Share of unrelated pairs that are of one category."""
        unrelated = self.table.groupby("same_category")["unrelated"].sum()
        whole = unrelated.sum()
        return float((unrelated.get(True, 0.0) + 1.0) / (whole + 1.0))

    def _background(self, reports: Reports) -> Floats:
        """Unrelated reports a day at the place of each report, and a day and square metre around it."""
        from genk_geo.stats.events.close_reports import neighbours_in_time

        middle = (reports.begin + reports.end) / 2.0
        learned = reports is self.past.reports
        own = self.near if learned else neighbours_in_time(self.past, reports, _RADII_M, *_AWAY_DAYS)
        days = _seen_days(middle, self.past.middle)
        ground = np.array([1.0, np.pi * _RADII_M[1] ** 2])
        seen = _seen_days(self.past.middle, self.past.middle).sum()
        mean = np.maximum(self.near.sum(axis=0) / max(seen, 1.0), _FLOOR * ground)
        found = (own + _PLACE_WEIGHT) / (days[:, None] + _PLACE_WEIGHT / mean)
        return np.asarray(found / ground)

    def _busy(self, middle: Floats) -> Floats:
        """How many times as many reports as usual the city has around a moment; at least 1."""
        ordered = np.sort(self.past.middle)
        if not ordered.size:
            return np.ones(middle.size)
        # Asked in the order of time: what is looked up next lies beside what was.
        order, near = np.argsort(middle), np.empty(middle.size, dtype=np.int64)
        asked = middle[order]
        near[order] = np.searchsorted(ordered, asked + 1.0, "right") - np.searchsorted(ordered, asked - 1.0)
        usual = 2.0 * ordered.size / max(ordered[-1] - ordered[0], 2.0)
        return np.asarray(np.maximum((near + _TIME_WEIGHT) / (usual + _TIME_WEIGHT), 1.0))


def links_of(reports: Reports) -> ReportLinks:
    """Learn from checked reports of one theme."""
    from genk_geo.stats.events.close_reports import binned, neighbours_in_time, tally

    past = binned(reports, float(DISTANCES_M[-1]))
    n = reports.x.size
    shape = (_BY_DISTANCE.size, _BY_GAP.size, 2)
    counts = np.zeros((2 + len(_WEEKS), *shape))
    if n:
        counts = tally(past, DISTANCES_M, GAPS_DAYS, np.array([0.0, *_WEEKS, _SOON])).astype(float)
    # A pair that is moved lies before or after the place it is moved to: two ways for one.
    by_week, soon = counts[1:-1].sum(axis=0) / (2.0 * len(_WEEKS)), counts[-1] / 2.0
    soon[:, :_NIGHT] = 0.0
    unrelated = np.maximum(by_week, soon)
    followed = _followers(soon, by_week, n)
    spread = np.sqrt(counts[0] + unrelated / 2.0)
    # Less one standard error: what chance alone gives links nothing.
    surplus = np.maximum(counts[0] - unrelated - spread, 0.0)
    usual = _USUAL * _BY_DISTANCE[:, None, None] * _BY_GAP[:, None] * _BY_KIND
    partners = (2.0 * surplus + _USUAL_REPORTS * usual) / (n + _USUAL_REPORTS)
    alone = 2.0 * unrelated / max(n, 1)
    table = _bands(shape).assign(
        pairs=counts[0].ravel().astype(int),
        unrelated=unrelated.ravel(),
        partners=partners.ravel(),
        followers=followed.ravel(),
        probability=(partners / (partners + alone)).ravel(),
    )
    near = neighbours_in_time(past, past.reports, _RADII_M, *_AWAY_DAYS)
    return ReportLinks(table, n, past, near)


def _followers(soon: Floats, by_week: Floats, n: int) -> Floats:
    """Incidents of their own that follow a report, by band.

    How many, each distance says by itself; over time and categories they are spread as others are, because
    the few of one band tell little.
    """
    later = np.diff(GAPS_DAYS)[_NIGHT:]
    more = np.maximum((soon - by_week)[:, _NIGHT:].sum(axis=(1, 2)), 0.0)
    kinds = (soon + by_week).sum(axis=(0, 1)) + np.array([0.0, 1.0])
    found = np.zeros(soon.shape)
    found[:, _NIGHT:] = (
        2.0 / max(n, 1) * more[:, None, None] * (later / later.sum())[:, None] * kinds / kinds.sum()
    )
    return found


def _bands(shape: tuple[int, int, int]) -> pd.DataFrame:
    distance, gap, same = (part.ravel() for part in np.indices(shape))
    return pd.DataFrame(
        {
            "from_m": DISTANCES_M[distance],
            "to_m": DISTANCES_M[distance + 1],
            "from_days": GAPS_DAYS[gap],
            "to_days": GAPS_DAYS[gap + 1],
            "same_category": same == 1,
        }
    )


def _areas() -> Floats:
    """Square metres of each band of distance."""
    return np.asarray(np.pi * np.diff(DISTANCES_M**2))


def _seen_days(middle: Floats, past: Floats) -> Floats:
    """Days of the record that are so far from a moment that they tell of its place."""
    if not past.size:
        return np.zeros(middle.size)
    least, most = _AWAY_DAYS
    before, after = middle - past.min(), past.max() - middle
    return np.asarray(sum(np.clip(side, least, most) - least for side in (before, after)))

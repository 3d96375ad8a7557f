"""What was found by theme, as it is shown: hotspots, signals, near repeats and the outlook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genk_geo.release.suppress import SECRET

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.calendar import Week
    from genk_geo.release.suppress import Count


@dataclass(frozen=True)
class Hotspot:
    """A hotspot area as it is shown.

    Attributes
    ----------
    hotspot_id, theme, status, since, wijk, stadsdeel, hotspot_class : str
        As in the contract ``areas``, but a keyed name instead of the identity except for an analist;
        `number` is 0 for an area that is gone.
    streets : tuple of str
        Streets that tell where it is; empty when the reference knows none.
    number, weeks : int
        Rank on the map; length of the window.
    this_week, observed : Count
        Incidents in the week (told to nobody to whom small counts are not shown) and over the window.
    reports : int or None
        Reports that tell of the events that `observed` counts, where they are more; None except for an
        analist: beside the events they would say that one was told twice.
    expected : float or None
        Expected over the window, in steps (1, 2, 5, 10, ...) but for an analist; None where it would give a
        count away.
    peak_days : tuple of int
        Days on which it happens, 0 = Monday; empty when no peak stands out.
    peak_from, peak_to : int or None
        Hours of the peak, `peak_to` past 24 for a night.
    pattern : str
        What it has been over past periods; "none" when that says nothing.
    times : int or None
        It holds at least so many times as many incidents as expected; None where that would give a count
        away.
    area_m2 : float
        Size.
    geometry : shapely geometry
        In the city's metric system.
    steady : int or None
        On how many of ten grids it stays, each incident put somewhere within what its address leaves open;
        None except for an analist, and for what is gone.
    before : tuple of Count and Week, or None
        With no `observed` told: the last that was told of it, and the last week of its window.
    """

    hotspot_id: str
    theme: str
    number: int
    status: str
    since: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    hotspot_class: str
    weeks: int
    this_week: Count
    observed: Count
    reports: int | None
    expected: float | None
    peak_days: tuple[int, ...]
    peak_from: int | None
    peak_to: int | None
    pattern: str
    times: int | None
    area_m2: float
    geometry: BaseGeometry
    steady: int | None = None
    before: tuple[Count, Week] | None = None

    def untold(self) -> Hotspot:
        """Without its count, and without what only a hotspot with a count that is not small has."""
        return replace(
            self, observed=SECRET, expected=None, times=None, peak_days=(), peak_from=None, peak_to=None
        )

    def told_as(self, observed: Count) -> Hotspot:
        """With another count, without the figures that would say which it is."""
        if observed == SECRET:
            return self.untold()
        return replace(self, observed=observed, expected=None, times=None)


@dataclass(frozen=True)
class Power:
    """What could be proven of a kind of place, for an analist.

    Attributes
    ----------
    place : str
        quiet, median or busy.
    usual : float
        Events that are usual there over the window.
    needed : int
        Events that prove it.
    chances : tuple of (int, float)
        Times the usual risk, and the chance that it is proven then.
    """

    place: str
    usual: float
    needed: int
    chances: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class AttentionPlace:
    """A place that probably is among the most affected, without being a proven hotspot.

    Attributes
    ----------
    number, theme, streets, wijk, stadsdeel, geometry
        As in :class:`Signal`.
    least, most : float
        Between which the chance lies that it belongs to the worst; equal for an analist.
    worst : float
        Part of the places that are the worst.
    times : float or None
        Its risk, as far as it is known, against the usual one; None except for an analist.
    past : int
        Weeks before the window whose events count too.
    """

    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    least: float
    most: float
    worst: float
    times: float | None
    past: int
    geometry: BaseGeometry


@dataclass(frozen=True)
class Signal:
    """A space-time cluster as it is shown.

    Attributes
    ----------
    number, theme : int, str
        Rank, the most surprising first; key of the theme.
    streets : tuple of str
        Streets that tell where it is.
    wijk, stadsdeel : str
        Where most of it lies.
    since, days : datetime.date, int
        First day, and how many days it has lasted.
    observed : Count
        Incidents in it.
    expected : float or None
        Expected; None where it would give a count away.
    every_weeks : float or None
        A signal like this comes by chance once in so many weeks.
    geometry : shapely geometry
        In the city's metric system.
    """

    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    since: dt.date
    days: int
    observed: Count
    expected: float | None
    every_weeks: float | None
    geometry: BaseGeometry


@dataclass(frozen=True)
class NearRepeatZone:
    """Ground where a near repeat counts at the end of the week.

    Attributes
    ----------
    number, theme, streets, wijk, stadsdeel, geometry
        As in :class:`Signal`.
    incidents : Count
        Incidents behind it.
    until : datetime.date
        It counts up to and including this day; the Sunday after the last day, except for an analist.
    """

    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    incidents: Count
    until: dt.date
    geometry: BaseGeometry


@dataclass(frozen=True)
class NearRepeatString:
    """A string of incidents of which each follows another.

    Attributes
    ----------
    number, theme, streets, wijk, stadsdeel
        As in :class:`Signal`; no streets where they would say at which few addresses it happened.
    incidents : Count
        How many.
    first, last : datetime.date or None
        Days of the first and the last; None where these are of single incidents among few.
    """

    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    incidents: Count
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class ReleasedNearRepeat:
    """Near repeats as they are shown.

    Attributes
    ----------
    distance_m, days : int
        Reach of the near repeat; 0 when none stands out.
    ratio, p_value : float
        Risk within reach against without any near repeat, and its p-value; NaN when none stands out.
    since : pandas.Timestamp
        First moment of the incidents behind it.
    zones, strings : tuple
        Where it counts; what it consists of.
    too_few : bool
        Whether there are too few incidents to say.
    """

    distance_m: int
    days: int
    ratio: float
    p_value: float
    since: pd.Timestamp
    zones: tuple[NearRepeatZone, ...]
    strings: tuple[NearRepeatString, ...]
    too_few: bool = False


@dataclass(frozen=True)
class OutlookPlace:
    """A micro-area of the outlook.

    Attributes
    ----------
    number, theme, streets, wijk, stadsdeel, geometry
        As in :class:`Signal`.
    area_m2 : float
        Size of what is drawn.
    expected : float or None
        Incidents next week; None except for an analist, because it follows from past counts in few places.
    peak_days, peak_from, peak_to
        As in :class:`Hotspot`.
    """

    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    area_m2: float
    expected: float | None
    peak_days: tuple[int, ...]
    peak_from: int | None
    peak_to: int | None
    geometry: BaseGeometry


@dataclass(frozen=True)
class ReleasedPastOutlook:
    """What became of the outlook on this week: see :class:`genk_geo.results.PastOutlook`."""

    incidents: Count
    caught: Count
    baseline: Count


@dataclass(frozen=True)
class ReleasedScores:
    """A scorecard as it is shown.

    Attributes
    ----------
    table : pandas.DataFrame
        As in :class:`genk_geo.results.Outlook`; except for an analist, captures rounded so far that no week's
        count follows from two scorecards, and rows left out where that leaves nothing to say.
    """

    table: pd.DataFrame


@dataclass(frozen=True)
class ReleasedOutlook:
    """The outlook as it is shown.

    Attributes
    ----------
    model, budget
        As in :class:`genk_geo.results.Outlook`.
    places : tuple of OutlookPlace
        By rank.
    last : ReleasedPastOutlook or None
        How the outlook on this week did; None except for an analist.
    scores : ReleasedScores
        How it did over the past weeks.
    """

    model: str
    budget: float
    places: tuple[OutlookPlace, ...]
    last: ReleasedPastOutlook | None
    scores: ReleasedScores

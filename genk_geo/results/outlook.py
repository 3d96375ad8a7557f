"""What is new and what may follow: signals, near repeats, the outlook and its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Columns of the scorecard.
SCORE_COLUMNS = (
    "model", "budget", "weeks", "incidents", "capture", "capture_low", "capture_high", "pai", "pei", "rri",
    "log_score", "gain", "gain_low", "gain_high", "baseline", "chosen",
)  # fmt: skip


@dataclass(frozen=True)
class NearRepeat:
    """How often a second incident follows nearby, and where that counts now.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each distance and time band: ``from_m``, ``to_m``, ``from_days``, ``to_days``, ``observed``,
        ``expected``, ``ratio``, ``p_value``.
    distance_m, days : int
        Reach of the near repeat in space and time; 0 when none stands out.
    ratio, p_value : float
        Risk within that reach against without any near repeat, and its permutation p-value; NaN when none
        stands out.
    since : pandas.Timestamp
        First moment of the incidents behind the table.
    zones : geopandas.GeoDataFrame
        Ground where it counts at the end of the week; empty when none stands out: ``number``, ``place``
        (tuple of street names), ``wijk``, ``stadsdeel``, ``incidents``, ``until`` (date, the last day that it
        counts), geometry: whole cells of the grid.
    strings : pandas.DataFrame
        Strings of incidents of which each follows another within reach, in the theme's window: ``number``,
        ``place``, ``wijk``, ``stadsdeel``, ``incidents``, ``first``, ``last`` (dates).
    too_few : bool
        True when there are too few incidents to say: then the table, the zones and the strings are empty.
    """

    table: pd.DataFrame
    distance_m: int
    days: int
    ratio: float
    p_value: float
    since: pd.Timestamp
    zones: gpd.GeoDataFrame
    strings: pd.DataFrame
    too_few: bool = False


@dataclass(frozen=True)
class PastOutlook:
    """What became of the outlook on the week of the page.

    Attributes
    ----------
    incidents : int
        Precisely located incidents of the week.
    caught, baseline : int
        How many of them lay in the places of the outlook, and in those of the decayed count, at the same
        budget.
    """

    incidents: int
    caught: int
    baseline: int


@dataclass(frozen=True)
class Outlook:
    """Where most incidents are to be expected next week.

    Attributes
    ----------
    model : str
        Key of the model whose places are shown: the one that did best over the past weeks.
    budget : float
        Share of the city's area that the places take together.
    places : geopandas.GeoDataFrame
        Micro-areas by rank: ``number``, ``place`` (tuple of street names), ``wijk``, ``stadsdeel``,
        ``area_m2``, ``expected`` (incidents next week), ``peak_days`` (tuple, 0 = Monday), ``peak_from``,
        ``peak_to`` (hours, as in :class:`ThemeWeek`), geometry: whole cells of the grid.
    last : PastOutlook or None
        How the outlook on this week did; None when there was none.
    scores : pandas.DataFrame
        Scorecard over the past weeks, a row for each model and budget: ``model``, ``budget``, ``weeks``,
        ``incidents``, ``capture``, ``capture_low``, ``capture_high``, ``pai``, ``pei``, ``rri``,
        ``log_score``, ``gain``, ``gain_low``, ``gain_high`` (capture against the baseline's: 1 is equal),
        ``baseline`` and ``chosen`` (bool).
    """

    model: str
    budget: float
    places: gpd.GeoDataFrame
    last: PastOutlook | None
    scores: pd.DataFrame

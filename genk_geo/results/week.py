"""One week: what was found by theme, how good the data is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from genk_geo.calendar import Week, Window
    from genk_geo.results.dossiers import Book
    from genk_geo.results.effects import MeasuredEffect
    from genk_geo.results.environment import Environment
    from genk_geo.results.outlook import NearRepeat, Outlook
    from genk_geo.results.overlay import Overlay
    from genk_geo.results.traffic_result import Traffic


@dataclass(frozen=True)
class Density:
    """A kernel density surface.

    Attributes
    ----------
    values : numpy.ndarray
        Incidents per km2 over the window, row 0 = north.
    extent : tuple of float
        xmin, ymin, xmax, ymax in the city's metric system.
    cell_m : float
        Size of a raster cell.
    bandwidth_m : float
        Reach of the kernel.
    """

    values: npt.NDArray[np.float64]
    extent: tuple[float, float, float, float]
    cell_m: float
    bandwidth_m: float = 300.0


@dataclass(frozen=True)
class Step:
    """A step in how much is reported from the whole city.

    Attributes
    ----------
    since : Week
        First week at the new level.
    up : bool
        More than before, or less.
    new_source : bool
        Whether a source began to report about then.
    """

    since: Week
    up: bool
    new_source: bool


@dataclass(frozen=True)
class ThemeWeek:
    """One theme in one week.

    Attributes
    ----------
    theme : str
        Key of the theme.
    window : Window
        Weeks that the hotspots look at.
    located : int
        Incidents in the window whose place is known precisely enough for hotspots.
    in_window : int
        All incidents in the window.
    too_few : bool
        True when `located` is below the stated minimum: then nothing is said about hotspots.
    hotspots : geopandas.GeoDataFrame
        Cells that are hot (contract ``hotspots``).
    areas : geopandas.GeoDataFrame
        Hotspot areas with identity and status (contract ``areas``), those that are gone included, plus
        ``number`` (rank shown on the map, 0 for gone), ``place`` (street names), ``relative_risk``,
        ``peak_days`` (tuple of weekdays, 0 = Monday), ``peak_from`` and ``peak_to`` (hours, 0 to 24,
        to may be past 24 for a night that runs into the next day; NaN when no peak stands out),
        ``peak_share``; ``risk_low`` (at least so many times as many as expected);
        ``reports`` (reports in the area; `observed` counts events, of which several may tell);
        ``pattern`` (what it has been over past periods, a key of :data:`genk_geo.stats.EMERGING` without
        its ending).
    density : Density or None
        Kernel density of the window.
    hours : numpy.ndarray
        168 aoristic hours of the week over the window, Monday 00:00 first.
    city, stadsdelen, wijken : pandas.DataFrame
        Counts of the week by area (index: name; `city` has one row): ``observed``, ``expected``, ``low``,
        ``high``, ``last_year`` (same week), ``trend`` (tuple of the last four weekly counts, oldest first).
        NaN for what lies before the record, or where the record is too short to expect anything;
        ``alert`` is True where the count stays surprising after correction for the number of areas,
        ``q_value`` says how surprising; `wijken` also has ``stadsdeel``.
    signals : geopandas.GeoDataFrame or None
        Space-time clusters that are alive at the end of the week, most surprising first: ``number``,
        ``place`` (tuple of street names), ``wijk``, ``stadsdeel``, ``since`` (date), ``days``, ``radius_m``,
        ``observed``, ``expected``, ``p_value``, ``every_weeks`` (a signal like this comes by chance once in
        so many weeks), geometry: the whole cells of the cluster. None when not looked for.
    near_repeat : NearRepeat or None
        Near repeats; None when not looked for.
    outlook : Outlook or None
        Next week; None when not looked for or too little history.
    attention : geopandas.GeoDataFrame or None
        Places that probably are among the most affected, without being proven hotspots, those of which most
        speaks for it first:
        ``number``, ``place`` (tuple of street names), ``wijk``, ``stadsdeel``, ``chance`` (to belong to the
        worst), ``risk`` (shrunken, 1 is usual), ``known`` (events there in the window and the past that
        counts), ``past`` (weeks of that past, before the window), geometry: the cells where these lie. None
        when there are too few incidents to say.
    needed : int or None
        So many events a place of nine cells, where people live as most do, would need to be proven.
    power : pandas.DataFrame or None
        What could be proven, by kind of place (``quiet``, ``median``, ``busy``): events that are ``usual``
        and ``needed`` in nine cells, and the chance at so many times the risk (``times_2``, ...).
    points : geopandas.GeoDataFrame or None
        Incidents of the window whose place is known precisely enough for hotspots: ``incident_id``,
        ``category``, ``moment`` (middle of its window), ``from``, ``to``, ``event`` (the ``incident_id`` of
        the first report of the event that it belongs to), geometry. Only a release for
        analysts may show them; for others the release step needs them to make outlines coarser.
    events : int or None
        Events that the `located` incidents tell of; what hotspots, signals and near repeats count.
    undelivered : bool
        Whether a file of the theme was missing or broken, or stopped before the week did: its counts are
        compared with nothing.
    weekly : tuple of pandas.DataFrame or None
        Counts by Monday and area of city, stadsdelen and wijken, as far back as the record goes, the week
        last: what readers are told to expect is worked out anew from what they are told of these. None:
        ``expected``, ``low``, ``high`` and ``alert`` come from elsewhere and say nothing of counts.
    min_events : int
        So many events are needed to say anything of hotspots.
    step : Step or None
        A step in reporting during the last year; counts are compared with what has been usual since.
    """

    theme: str
    window: Window
    located: int
    in_window: int
    too_few: bool
    hotspots: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    density: Density | None
    hours: npt.NDArray[np.float64]
    city: pd.DataFrame
    stadsdelen: pd.DataFrame
    wijken: pd.DataFrame
    signals: gpd.GeoDataFrame | None = None
    near_repeat: NearRepeat | None = None
    outlook: Outlook | None = None
    attention: gpd.GeoDataFrame | None = None
    needed: int | None = None
    power: pd.DataFrame | None = None
    points: gpd.GeoDataFrame | None = None
    events: int | None = None
    undelivered: bool = False
    weekly: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None = None
    min_events: int = 0
    step: Step | None = None


@dataclass(frozen=True)
class Delivered:
    """What came in of one source.

    Attributes
    ----------
    expected : str
        Name of the file, or pattern of names, of the settings.
    themes : tuple of str
        Themes that it gives.
    received : int
        Files that were read.
    broken : tuple of str
        Names of those that could not be.
    silent : dict of str to str
        Theme -> last day of the week that the files tell of (empty: none), where they stop too early.
    held : tuple of str
        Names of files that did not pass a gate.
    """

    expected: str
    themes: tuple[str, ...]
    received: int
    broken: tuple[str, ...] = ()
    silent: dict[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quality:
    """How good the data behind a week is.

    Attributes
    ----------
    rows_in, incidents, duplicates, rejects : int
        Lines read in this run and what became of them.
    located_share : dict of str to float
        Share of incidents in the theme's window that have a street or better.
    late_share : dict of str to float
        Share of the incidents in the window that were reported more than a week after they happened.
    delivered : tuple of Delivered
        What came in of each source; for analysts.
    """

    rows_in: int
    incidents: int
    duplicates: int
    rejects: int
    located_share: dict[str, float] = field(default_factory=dict)
    late_share: dict[str, float] = field(default_factory=dict)
    delivered: tuple[Delivered, ...] = ()


@dataclass(frozen=True)
class WeekResult:
    """Everything that the pages of one week show.

    Attributes
    ----------
    week : Week
        The week.
    as_of : pandas.Timestamp
        Reports that came in at this moment or later are not in the figures.
    city_name : str
        Name of the city.
    boundary_note, grouping_note : str
        Keys of the notes on indicative boundaries and assumed grouping; empty when both are official.
    wijken, stadsdelen : geopandas.GeoDataFrame
        Areas in the city's metric system (columns ``wijk``, ``stadsdeel``).
    themes : tuple of ThemeWeek
        In the order of the settings.
    quality : Quality
        Quality stamp.
    demo : bool
        True when the incidents are fictitious.
    environments : tuple of Environment
        Risk terrains, where the settings name factors.
    overlays : tuple of Overlay
        Layers of the user's own.
    blocks : geopandas.GeoDataFrame or None
        The city in blocks of whole cells that hold enough addresses each, drawn from the reference alone:
        ``addresses``, ``place`` (tuple of street names), ``wijk``, ``stadsdeel``, geometry. What incidents
        led to is shown as whole blocks. None: outlines are shown as they were found.
    traffic : Traffic or None
        Accidents on the street network; None where the settings name no network.
    dossiers : Book or None
        Dossiers and agreements; None where none are kept.
    effects : tuple of MeasuredEffect
        What became of what was done at their places, or how long that would take to be seen.
    secret : bytes
        That of the history, behind the identities that others than analysts see; by chance when absent.
    """

    week: Week
    as_of: pd.Timestamp
    city_name: str
    boundary_note: str
    grouping_note: str
    attribution: str
    wijken: gpd.GeoDataFrame
    stadsdelen: gpd.GeoDataFrame
    themes: tuple[ThemeWeek, ...]
    quality: Quality
    demo: bool
    environments: tuple[Environment, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    blocks: gpd.GeoDataFrame | None = None
    traffic: Traffic | None = None
    dossiers: Book | None = None
    effects: tuple[MeasuredEffect, ...] = ()
    secret: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)

"""What one weekly run found: the frozen results that `jobs` puts together and `render` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.calendar import Week, Window


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
    """

    values: npt.NDArray[np.float64]
    extent: tuple[float, float, float, float]
    cell_m: float


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
    label : str
        What readers call the theme; empty: the pages' own word for the key.
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
    label: str = ""


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
    """

    rows_in: int
    incidents: int
    duplicates: int
    rejects: int
    located_share: dict[str, float] = field(default_factory=dict)
    late_share: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Driver:
    """A factor of the environment that works in a zone.

    Attributes
    ----------
    factor, label : str
        Its key and what readers call it.
    kind, rule : str
        How it works: ``proximity``, ``density`` or ``value``, and the rule of the risk terrain.
    distance_m : float
        Distance or bandwidth; NaN for a value.
    rrv : float
        Relative risk value: so many times the incidents where it works. Above 1.
    absent : bool
        True where a protective factor is missing; `rrv` is then one over its own value.
    quality : str
        CPTED quality; empty when none is known.
    """

    factor: str
    label: str
    kind: str
    rule: str
    distance_m: float
    rrv: float
    absent: bool
    quality: str


@dataclass(frozen=True)
class Zone:
    """Contiguous ground where the environment goes together with more incidents.

    Attributes
    ----------
    zone_id : str
        Theme and rank.
    number : int
        Rank in the city, 1 = highest score.
    theme : str
        Theme of the risk terrain.
    streets : tuple of str
        Streets that tell where it is.
    wijk, stadsdeel : str
        Where most of it lies.
    score : float
        Mean score of its cells, 1 = lowest in the city.
    area_m2 : float
        Size.
    drivers : tuple of Driver
        What works in at least half of it, strongest first.
    advice : tuple of str
        Advice on these drivers.
    measures : tuple of (str, tuple of str)
        Measures by link of the safety chain.
    hotspots : tuple of str
        Current hotspots of the same theme that it shares ground with: beside it, not part of its score.
    geometry : shapely geometry
        In the city's metric system.
    """

    zone_id: str
    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    score: float
    area_m2: float
    drivers: tuple[Driver, ...]
    advice: tuple[str, ...]
    measures: tuple[tuple[str, tuple[str, ...]], ...]
    hotspots: tuple[str, ...]
    geometry: BaseGeometry


@dataclass(frozen=True)
class Environment:
    """The risk terrain of a theme, as pages show it.

    Attributes
    ----------
    theme : str
        Key of the theme.
    zones : tuple of Zone
        By rank.
    budget, capture, baseline : float
        Out of sample: of the later incidents, the share in the `budget` (share of the area) where most is
        to be expected by score and dwellings, and the share that a decayed count of earlier incidents
        caught; NaN when not measured.
    """

    theme: str
    zones: tuple[Zone, ...]
    budget: float
    capture: float
    baseline: float


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

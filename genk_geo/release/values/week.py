"""A week as it is shown: everything that pages and files of one release may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genk_geo.release.level import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from genk_geo.calendar import Week, Window
    from genk_geo.config import ReleaseSettings
    from genk_geo.release.suppress import Count
    from genk_geo.release.told import WeekTable
    from genk_geo.release.values.dossiers import ReleasedDossier
    from genk_geo.release.values.environment import ReleasedEnvironment
    from genk_geo.release.values.findings import (
        AttentionPlace,
        Hotspot,
        Power,
        ReleasedNearRepeat,
        ReleasedOutlook,
        Signal,
    )
    from genk_geo.release.values.traffic import ReleasedTraffic


@dataclass(frozen=True)
class AreaWeek:
    """A wijk, a stadsdeel or the city in one week of one theme.

    Attributes
    ----------
    name, stadsdeel : str
        The area, and the stadsdeel that a wijk lies in.
    observed : Count
        Incidents in the week.
    low, high : int or None
        Range that was expected; None when there is no history yet.
    last_year : Count or None
        Same week a year before; None when unknown.
    trend : tuple of Count
        The last four weeks, oldest first.
    against_expected : str
        What was observed against what was expected: a key of :data:`genk_geo.render.style.LEVEL_COLOURS`.
    alert : bool
        More than expected, also when all areas that were looked at are taken into account.
    """

    name: str
    stadsdeel: str
    observed: Count
    low: int | None
    high: int | None
    last_year: Count | None
    trend: tuple[Count, ...]
    against_expected: str
    alert: bool


@dataclass(frozen=True)
class ReleasedDensity:
    """A density surface as it is shown.

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
class RowsRead:
    """What became of the lines that were read."""

    rows_in: int
    incidents: int
    duplicates: int
    rejects: int


@dataclass(frozen=True)
class ReleasedDelivery:
    """What came in of one source, for an analist; see :class:`genk_geo.results.Delivered`."""

    expected: str
    themes: tuple[str, ...]
    received: int
    broken: tuple[str, ...]
    silent: dict[str, str]
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleasedQuality:
    """How good the data is, as it is told.

    Attributes
    ----------
    located_share, late_share : dict of str to float
        As in :class:`genk_geo.results.Quality`; in steps of five percent except for an analist.
    rows : RowsRead or None
        None except for an analist: these counts differ by a few from week to week.
    delivered : tuple of Delivered
        Files by source, for an analist: names of files may hold names of people.
    """

    located_share: dict[str, float]
    late_share: dict[str, float]
    rows: RowsRead | None
    delivered: tuple[ReleasedDelivery, ...] = ()


@dataclass(frozen=True)
class ReleasedOverlay:
    """A layer of the user's own that this reader may see.

    Attributes
    ----------
    name, label : str
        Its key and what readers call it.
    features : geopandas.GeoDataFrame
        ``name`` and geometry.
    """

    name: str
    label: str
    features: gpd.GeoDataFrame


@dataclass(frozen=True)
class ReleasedStep:
    """A step in reporting as it is shown: since when, which way, and whether a source is known to be new."""

    since: Week
    up: bool
    new_source: bool = False


@dataclass(frozen=True)
class ReleasedTheme:
    """One theme as it is shown; areas by name. See :class:`genk_geo.results.ThemeWeek`.

    Attributes
    ----------
    located : int
        Incidents of the window whose place is known; 0 except for an analist.
    tables : dict of str to WeekTable
        Counts by area of every week that is told, also where they are only in a trend.
    needed : int or None
        Incidents that a place would need to be a hotspot; in steps except for an analist.
    power : tuple of Power
        What could be proven, for an analist only.
    attention, signals, near_repeat, outlook
        None when not looked for, or not for this reader.
    points : geopandas.GeoDataFrame or None
        ``category`` and ``moment`` of the incidents of the window, for an analist only.
    step : ReleasedStep or None
        A step in how much is reported from the whole city; without any number.
    """

    theme: str
    window: Window
    located: int
    too_few: bool
    missing: bool
    hotspots: tuple[Hotspot, ...]
    cells: gpd.GeoDataFrame
    density: ReleasedDensity | None
    city: AreaWeek | None
    stadsdelen: dict[str, AreaWeek]
    wijken: dict[str, AreaWeek]
    tables: dict[str, WeekTable]
    attention: tuple[AttentionPlace, ...] | None = None
    needed: int | None = None
    power: tuple[Power, ...] = ()
    signals: tuple[Signal, ...] | None = None
    near_repeat: ReleasedNearRepeat | None = None
    outlook: ReleasedOutlook | None = None
    points: gpd.GeoDataFrame | None = None
    step: ReleasedStep | None = None


@dataclass(frozen=True)
class ReleasedWeek:
    """A week as it is shown.

    Attributes
    ----------
    reader : ReleaseSettings
        Who reads it, with nothing left open.
    week, as_of, city_name, boundary_note, grouping_note, attribution, demo
        As in :class:`genk_geo.results.WeekResult`.
    wijken, stadsdelen : geopandas.GeoDataFrame
        ``wijk`` and ``stadsdeel``, or ``stadsdeel``, and geometry in the city's metric system.
    quality : ReleasedQuality
        Quality stamp.
    themes : tuple of ReleasedTheme
        In the order of the settings.
    no_data : bool
        Nothing came in.
    environments : tuple of ReleasedEnvironment
        Risk terrains.
    overlays : tuple of ReleasedOverlay
        Layers of the user's own.
    traffic : ReleasedTraffic or None
        Accidents on the street network; None without a network.
    blocks : str
        Fingerprint of the blocks that outlines are drawn in; empty where there are none.
    dossiers : tuple of ReleasedDossier, or None
        By number; None where none are kept, and for readers of wijken.
    """

    reader: ReleaseSettings
    week: Week
    as_of: pd.Timestamp
    city_name: str
    boundary_note: str
    grouping_note: str
    attribution: str
    demo: bool
    wijken: gpd.GeoDataFrame
    stadsdelen: gpd.GeoDataFrame
    quality: ReleasedQuality
    themes: tuple[ReleasedTheme, ...]
    no_data: bool
    environments: tuple[ReleasedEnvironment, ...] = ()
    overlays: tuple[ReleasedOverlay, ...] = ()
    traffic: ReleasedTraffic | None = None
    blocks: str = ""
    dossiers: tuple[ReleasedDossier, ...] | None = None

    @property
    def level(self) -> Level:
        """The finest thing that this reader may see."""
        return Level.seen_by(self.reader)

    @property
    def small_count(self) -> int:
        """Counts below this are small."""
        return int(self.reader.small_count or 0)


@dataclass(frozen=True)
class CheckedWeek:
    """A week that may be published: nothing that is held back follows from it and from what was told before.

    Attributes
    ----------
    week : ReleasedWeek
        What is shown.
    record : dict
        What it tells, for the check of later weeks: see :func:`genk_geo.release.kept.record.record_of`.
    """

    week: ReleasedWeek
    record: dict[str, Any]

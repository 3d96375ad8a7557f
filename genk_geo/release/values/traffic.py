"""Accidents on the street network, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.level import Level
    from genk_geo.release.suppress import Count
    from genk_geo.release.whole_years import YearTable


@dataclass(frozen=True)
class DangerousPoint:
    """A dangerous point as it is shown.

    Attributes
    ----------
    number : int
        Its rank.
    status, kind : str
        ``listed`` or ``watch``; ``junction``, ``stretch`` or empty.
    streets : tuple of str
        Where.
    wijk, stadsdeel : str
        Where; empty when not known.
    accidents, serious, weak : Count
        Injury accidents; killed and seriously injured; accidents with a weak road user. For others than
        analysts to their order of size.
    score : float or None
        None except for an analist: 1, 3 or 5 points an accident tell how many there are of each.
    expected : float or None
        Accidents that such streets would have.
    chance : str
        ``clear`` (hardly by chance), ``likely`` or ``open``: what the test says;
        ``untold`` of a few accidents.
    listed_in, radii : int
        At how many of how many radii it is listed.
    geometry : shapely geometry
        Its ground, in the city's metric system.
    """

    number: int
    status: str
    kind: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    accidents: Count
    serious: Count
    weak: Count
    score: float | None
    expected: float | None
    chance: str
    listed_in: int
    radii: int
    geometry: BaseGeometry


@dataclass(frozen=True)
class DangerousStretch:
    """A dangerous stretch as it is shown: one with fewer accidents than the small count is not.

    Attributes
    ----------
    number, streets, wijk, stadsdeel, chance, geometry
        As for :class:`DangerousPoint`.
    accidents : Count
        Injury accidents; for others than analysts to their order of size.
    expected, p_value : float
        Accidents that such a stretch would have; corrected for all stretches that were looked at.
    """

    number: int
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    accidents: Count
    expected: float
    p_value: float
    chance: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class SchoolZone:
    """Injury accidents within the walk of a school: all, with a weak road user, and at school time."""

    name: str
    wijk: str
    stadsdeel: str
    accidents: Count
    weak: Count
    school_time: Count
    geometry: BaseGeometry


@dataclass(frozen=True)
class WayToSchool:
    """The shortest and the safest way from the middle of a wijk, with the accidents along each."""

    wijk: str
    school: str
    length_m: float
    accidents: float
    safest_length_m: float
    safest_accidents: float


@dataclass(frozen=True)
class AccidentYear:
    """Injury accidents of a year.

    Attributes
    ----------
    year : int
        The year.
    accidents, weak : Count
        All, and those with a weak road user.
    low, high : float or None
        What chance alone makes of such a number; None where that would tell a count that is held back.
    whole : bool
        Whether the data hold the whole year.
    against : str
        Against the target: ``below``, ``above``, ``unclear``, or empty.
    """

    year: int
    accidents: Count
    weak: Count
    low: float | None
    high: float | None
    whole: bool
    against: str


@dataclass(frozen=True)
class WijkAccidents:
    """Injury accidents in a wijk, all and with a weak road user."""

    wijk: str
    stadsdeel: str
    injury: Count
    weak: Count


@dataclass(frozen=True)
class AccidentLosses:
    """Injury accidents that lie on no street.

    Attributes
    ----------
    lost : int
        How many.
    reasons : tuple of (str, int)
        ``no_place``, ``imprecise`` or ``too_far``, and how many.
    max_distance_m : float
        How far from a street is too far.
    """

    lost: int
    reasons: tuple[tuple[str, int], ...]
    max_distance_m: float


@dataclass(frozen=True)
class ReleasedTraffic:
    """Accidents on the street network as they are shown.

    Attributes
    ----------
    theme : str
        Theme of the accidents.
    level : Level
        What this reader may see.
    small_count : int
        Counts below this are nowhere.
    start, end, as_of, network, attribution, fictitious, target, walk_minutes
        As in :class:`genk_geo.results.Traffic`.
    crs : pyproj.CRS
        The city's metric system, that of all geometry here.
    injury : Count
        Injury accidents in the whole city: of the period, or of the whole years in `span`.
    span : tuple of int or None
        First and last year of the figures by wijk and circumstance; None for an analist (the whole period).
    losses : AccidentLosses or None
        Those of them that lie on no street; None except for an analist.
    by_chance : float or None
        Points that the rule lists on average when as many accidents fall at random; None when not drawn.
    shares : tuple of (float, float, float)
        Share of the accidents, share of the segments that carries it, and the share that chance would need.
    points : tuple of DangerousPoint
        None for readers of wijken.
    stretches : tuple of DangerousStretch
        Those with at least the small count.
    streets : geopandas.GeoDataFrame
        ``name``, ``road_class``, ``street_class`` (from 1), ``wijk``, ``stadsdeel``, geometry; for analysts
        also ``density_per_km``.
    schools : tuple of SchoolZone
        In an order that says nothing of what is held back.
    ways : tuple of WayToSchool
        For those who see areas.
    years : tuple of AccidentYear
        Oldest first.
    wijken : tuple of WijkAccidents
        In the order of the city.
    conditions : tuple of (str, tuple of (str, Count))
        By what the file tells.
    by_year : dict of int to YearTable
        What is told of each year; empty for an analist.
    """

    theme: str
    level: Level
    small_count: int
    start: pd.Timestamp
    end: pd.Timestamp
    as_of: pd.Timestamp | None
    network: str
    attribution: str
    fictitious: bool
    target: float | None
    walk_minutes: float
    crs: Any
    injury: Count
    span: tuple[int, int] | None
    losses: AccidentLosses | None
    by_chance: float | None
    shares: tuple[tuple[float, float, float], ...]
    points: tuple[DangerousPoint, ...]
    stretches: tuple[DangerousStretch, ...]
    streets: gpd.GeoDataFrame
    schools: tuple[SchoolZone, ...]
    ways: tuple[WayToSchool, ...]
    years: tuple[AccidentYear, ...]
    wijken: tuple[WijkAccidents, ...]
    conditions: tuple[tuple[str, tuple[tuple[str, Count], ...]], ...]
    by_year: dict[int, YearTable]

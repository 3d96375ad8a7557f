"""Accidents on the street network, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True)
class Snapping:
    """What became of the accidents on their way to the network.

    Attributes
    ----------
    accidents, injury : int
        All accidents of the period, and those with a victim.
    on_network : int
        Injury accidents that lie on a street.
    lost : dict of str to int
        Injury accidents that do not, by reason: ``no_place``, ``imprecise`` (known less precisely than the
        settings ask) or ``too_far``.
    max_distance_m : float
        How far from a street is too far.
    """

    accidents: int
    injury: int
    on_network: int
    lost: dict[str, int]
    max_distance_m: float


@dataclass(frozen=True)
class Concentrated:
    """How few streets carry how much.

    Attributes
    ----------
    segments, events : int
        Segments of street, and accidents on them.
    gini : float
        0: as even as so few accidents can be, 1: all on one segment.
    shares : tuple of (float, float, float)
        Share of the accidents, share of the segments that carries it, and the share that chance would need.
    """

    segments: int
    events: int
    gini: float
    shares: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class YearAccidents:
    """Injury accidents of one whole calendar year.

    Attributes
    ----------
    year, injury, weak : int
        The year; injury accidents in the city; those with a weak road user.
    wijken : pandas.DataFrame
        Index ``wijk``: ``injury``, ``weak``.
    conditions : tuple of (str, pandas.DataFrame)
        As in :class:`Traffic`.
    """

    year: int
    injury: int
    weak: int
    wijken: pd.DataFrame
    conditions: tuple[tuple[str, pd.DataFrame], ...]


@dataclass(frozen=True)
class Traffic:
    """Traffic accidents of the last years on the street network.

    Attributes
    ----------
    start, end : pandas.Timestamp
        The period, half-open.
    network, attribution : str
        Where the streets come from, and whom to name.
    fictitious : bool
        True for streets that do not exist (the demo).
    length_km : float
        Length of all streets.
    radius_m, bandwidth_m : float
        Reach of a dangerous point and of the density.
    snapping : Snapping
        Losses on the way to the network.
    segments : geopandas.GeoDataFrame
        Streets with accidents near: ``name``, ``road_class``, ``length_m``, ``events`` (smoothed),
        ``density_per_km`` (accidents per km over the whole period), ``wijk``, ``stadsdeel``; most first.
    points : geopandas.GeoDataFrame
        Dangerous points (see :func:`genk_geo.stats.dangerous_points`; without ``members``) with ``wijk``,
        ``stadsdeel``, ``listed_in`` (at how many of the radii it is listed).
    radii_m : tuple of float
        The radii that were tried.
    by_chance : float
        Points that the rule lists on average when as many accidents fall at random; NaN when not drawn.
    stretches : geopandas.GeoDataFrame
        Dangerous stretches (see :func:`genk_geo.stats.dangerous_stretches`) with ``wijk``, ``stadsdeel``.
    concentrated : Concentrated or None
        How few streets carry how much; None without accidents.
    years : pandas.DataFrame
        Injury accidents by year (see :func:`genk_geo.stats.yearly_accidents`).
    target : float or None
        Injury accidents a year that the city aims for at most.
    wijken : pandas.DataFrame
        Index ``wijk``: ``stadsdeel``, ``injury``, ``fatal``, ``serious``, ``weak`` accidents.
    schools : geopandas.GeoDataFrame
        ``name``, ``wijk``, ``stadsdeel``, ``accidents`` (injury accidents within the walk), ``weak``,
        ``school_time`` (of those whose hour is known), ``street_m``, geometry: the zone.
    walk_minutes : float
        How long the walk of a school zone is.
    ways : pandas.DataFrame
        Index ``wijk``: ``school`` (name), ``length_m``, ``accidents``, ``safest_length_m``,
        ``safest_accidents``; from the middle of the wijk, because addresses of pupils are not known.
    conditions : tuple of (str, pandas.DataFrame)
        What the file tells besides, by its name (``weak_road_user``, ``severity``, ``hour``, ``weekday``, and
        kept columns such as light or weather): index the values, ``injury`` accidents, ``share``.
    theme : str
        Theme of the accidents.
    as_of : pandas.Timestamp or None
        Reports from this moment on are left out; None for the moment of the whole week.
    by_year : tuple of YearAccidents
        The whole calendar years of the record, up to the end of the period; the oldest first.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    network: str
    attribution: str
    fictitious: bool
    length_km: float
    radius_m: float
    bandwidth_m: float
    snapping: Snapping
    segments: gpd.GeoDataFrame
    points: gpd.GeoDataFrame
    radii_m: tuple[float, ...]
    by_chance: float
    stretches: gpd.GeoDataFrame
    concentrated: Concentrated | None
    years: pd.DataFrame
    target: float | None
    wijken: pd.DataFrame
    schools: gpd.GeoDataFrame
    walk_minutes: float
    ways: pd.DataFrame
    conditions: tuple[tuple[str, pd.DataFrame], ...]
    theme: str = "traffic"
    as_of: pd.Timestamp | None = None
    by_year: tuple[YearAccidents, ...] = ()

"""What each reader may see of the accidents on the street network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from genk_geo.errors import ConfigError, QualityGateError
from genk_geo.release.outlines import name_of
from genk_geo.release.suppress import SECRET, Count, band
from genk_geo.release.whole_years import YearTable, summed, tell_year
from genk_geo.schema import CIRCUMSTANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.told import Record
    from genk_geo.results import Traffic

#: The finest thing that a reader may see: points, areas without points, or counts by wijk.
LEVELS = ("points", "areas", "wijken")

#: Lower limits of the classes of a street, accidents per km over the period. The lowest lies above what two
#: accidents at one place give with a bandwidth of 300 m (6.25 per km): a lone one leaves no trace.
STREET_LIMITS = (8.0, 16.0, 32.0)
# Middles of stretches are told to this step where points may not be shown.
_COARSE_M = 50.0
# Hardly by chance, and not likely by chance: of a q-value, or a p-value that is corrected for all places.
_CLEAR, _LIKELY = 0.01, 0.1
_PEAK = 15 / 16


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
        Injury accidents; killed and seriously injured; accidents with a weak road user.
    score : float or None
        None where it would tell a count that is held back.
    expected : float or None
        Accidents that such streets would have.
    chance : str
        ``clear`` (hardly by chance), ``likely`` or ``open``: what the test says.
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
class ReleasedTraffic:
    """Accidents on the street network as they are shown.

    Attributes
    ----------
    found : Traffic
        What was found; only its figures on the whole city may be shown from here.
    level : str
        Of :data:`LEVELS`.
    small_count : int
        Counts below this are nowhere.
    points : tuple of DangerousPoint
        None for readers of wijken.
    streets : geopandas.GeoDataFrame
        ``name``, ``road_class``, ``street_class`` (from 1), ``wijk``, ``stadsdeel``, geometry; for analysts
        also ``density_per_km``.
    stretches : geopandas.GeoDataFrame
        ``number``, ``place``, ``told`` (Count), ``observed`` (for analysts), ``expected``, ``wijk``,
        ``stadsdeel``, geometry: those with at least the small count.
    schools : tuple of dict
        ``name``, ``wijk``, ``stadsdeel``, ``accidents``, ``weak``, ``school_time`` (Count), ``geometry``.
    ways : pandas.DataFrame
        As found, for those who see areas.
    years : tuple of dict
        ``year``, ``accidents`` (Count), ``weak`` (Count), ``low``, ``high``, ``whole``, ``against``.
    wijken : tuple of dict
        ``wijk``, ``stadsdeel``, ``injury``, ``weak`` (Count); figures follow from no total.
    conditions : tuple of (str, tuple of (str, Count))
        By what the file tells.
    injury : Count
        Injury accidents of the city: of the period, or of the whole years in `span`.
    span : tuple of int or None
        First and last year of the figures by wijk and circumstance; None for an analist (the whole period).
    by_year : dict of int to YearTable
        What is told of each year; empty for an analist.
    """

    found: Traffic
    level: str
    small_count: int
    points: tuple[DangerousPoint, ...]
    streets: gpd.GeoDataFrame
    stretches: gpd.GeoDataFrame
    schools: tuple[dict[str, Any], ...]
    ways: pd.DataFrame
    years: tuple[dict[str, Any], ...]
    wijken: tuple[dict[str, Any], ...]
    conditions: tuple[tuple[str, tuple[tuple[str, Count], ...]], ...]
    injury: Count
    span: tuple[int, int] | None
    by_year: dict[int, YearTable]


def release_traffic(
    found: Traffic,
    *,
    level: str = "areas",
    small_count: int = 5,
    told: Mapping[str, Record] | None = None,
) -> ReleasedTraffic:
    """Leave out what a reader may not see.

    Parameters
    ----------
    found : Traffic
        What was found.
    level : {"points", "areas", "wijken"}, default "areas"
        ``points``: everything (analysts); ``areas``: streets in classes and places to 50 m; ``wijken``:
        counts by wijk, by year and by circumstance only (the public).
    small_count : int, default 5
        Counts below this are in nothing that is shown; of the levels above, points ignore it.
    told : mapping of str to dict, optional
        Years that were told before, from :meth:`genk_geo.release.told.Told.years`: they stay as they are.

    Returns
    -------
    ReleasedTraffic

    Raises
    ------
    ConfigError
        If the level is unknown.
    QualityGateError
        If a year was told before of other wijken.
    """
    if level not in LEVELS:
        raise ConfigError(f"{level!r} is not a level. Choose one of {', '.join(LEVELS)}.")
    limit = 0 if level == "points" else small_count
    fine, exact = level != "wijken", level == "points"
    by_year = {} if exact else _by_year(found, limit, told or {})
    first = found.end.year - round((found.end - found.start).days / 365.25)
    lately = [table for year, table in by_year.items() if year >= first]
    over = summed(lately, limit) if lately else None
    if exact:
        injury = Count(found.snapping.injury)
        wijken = _wijken(found, *(dict(_counts(found.wijken[name])) for name in ("injury", "weak")))
        conditions = tuple((name, _counts(table["injury"])) for name, table in found.conditions)
    else:
        injury = SECRET if over is None else over.city
        wijken = () if over is None else _wijken(found, over.injury, over.weak)
        conditions = tuple(
            (name, tuple(counts.items()))
            for name, counts in ({} if over is None else over.conditions).items()
            # What a profile keeps is for analysts; circumstances are words of a fixed list.
            if not name.startswith("kept_") or name.startswith(CIRCUMSTANCE)
        )
    return ReleasedTraffic(
        found=found,
        level=level,
        small_count=limit,
        points=_points(found, limit, exact=exact) if fine else (),
        streets=_streets(found, limit, exact=exact, shown=fine),
        stretches=_stretches(found, limit, shown=fine),
        schools=_schools(found, limit) if fine else (),
        ways=found.ways if fine else found.ways.iloc[:0],
        years=_years(found, None if exact else by_year),
        wijken=wijken,
        conditions=conditions,
        injury=injury,
        span=None if exact or not lately else (max(first, min(by_year)), max(by_year)),
        by_year=by_year,
    )


def _by_year(found: Traffic, limit: int, told: Mapping[str, Record]) -> dict[int, YearTable]:
    """Whole years: as they were told before, or by the rule."""
    tables = {}
    for year in found.by_year:
        known = told.get(str(year.year))
        table = tell_year(year, limit) if known is None else YearTable.from_record(known)
        if {*table.injury} != {name_of(str(wijk)) for wijk in year.wijken.index}:
            raise QualityGateError(
                f"The accidents of {year.year} were told before of other wijken than there are now. Two maps"
                " together say more than one: publish under another --out."
            )
        tables[year.year] = table
    return tables


def _counts(values: pd.Series[int]) -> tuple[tuple[str, Count], ...]:
    return tuple((name_of(str(name)), Count(int(value))) for name, value in values.items())


def _points(found: Traffic, limit: int, *, exact: bool) -> tuple[DangerousPoint, ...]:
    shown = []
    for number, row in zip(found.points.index, found.points.to_dict("records"), strict=True):
        accidents = band(int(row["accidents"]), limit)
        told = exact or accidents.ends[0] >= limit
        q, expected = float(row["q_value"]), float(row["expected"])
        shown.append(
            DangerousPoint(
                number=int(number),
                status=str(row["status"]),
                kind=str(row["kind"]),
                streets=tuple(name_of(str(street)) for street in row["place"]),
                wijk=_text(row["wijk"]),
                stadsdeel=_text(row["stadsdeel"]),
                accidents=accidents,
                serious=band(int(row["fatal"]) + int(row["serious"]), limit),
                weak=band(int(row["weak"]), limit),
                # 1, 3 or 5 points an accident, and 1.7 times that: the score tells how many of each.
                score=float(row["score"]) if exact else None,
                expected=(expected if exact else round(expected, 1))
                if told and np.isfinite(expected)
                else None,
                chance=chance_word(q),
                listed_in=int(row["listed_in"]),
                radii=len(found.radii_m),
                geometry=_ground(row, found.radius_m, exact=exact),
            )
        )
    return tuple(shown)


def chance_word(value: float) -> str:
    """``clear`` (hardly by chance), ``likely`` or ``open``, of a q-value or a corrected p-value."""
    return "clear" if value < _CLEAR else "likely" if value < _LIKELY else "open"


def _ground(row: dict[str, Any], radius_m: float, *, exact: bool) -> BaseGeometry:
    """Circle of the radius; around a coarse middle where accidents themselves may not be pointed at."""
    x, y = row["geometry"].x, row["geometry"].y
    if not exact and row["kind"] != "junction":
        x, y = (round(value / _COARSE_M) * _COARSE_M for value in (x, y))
    circle: BaseGeometry = shapely.Point(x, y).buffer(radius_m, quad_segs=8)
    return circle


def _streets(found: Traffic, limit: int, *, exact: bool, shown: bool) -> gpd.GeoDataFrame:
    density = found.segments["density_per_km"].astype(float)
    street_class = np.searchsorted(STREET_LIMITS, density.to_numpy(), side="right")
    # So many accidents at one place would give this density: fewer may not show.
    least = 0.0 if exact else min(limit, 2) * _PEAK / found.bandwidth_m * 1000.0
    kept = (street_class > 0) & (density.to_numpy() > least) & shown
    names = ["name", "road_class", "wijk", "stadsdeel", "geometry"]
    table = found.segments.loc[kept, [*names[:-1], *(["density_per_km"] if exact else []), "geometry"]]
    table = table.assign(street_class=street_class[kept].astype("int64"))
    table["name"] = table["name"].map(_text)
    return table


def _stretches(found: Traffic, limit: int, *, shown: bool) -> gpd.GeoDataFrame:
    columns = ["number", "place", "observed", "expected", "p_value", "wijk", "stadsdeel", "geometry"]
    table = found.stretches.reset_index()[columns]
    kept = table["observed"].astype(float) >= limit
    table = table[kept.to_numpy() & shown].reset_index(drop=True)
    table["told"] = [band(int(count), limit) for count in table["observed"]]
    if limit > 1:
        table["observed"] = float("nan")
        table["expected"] = table["expected"].astype(float).round(1)
        table["p_value"] = table["p_value"].astype(float).round(2)
    return table


def _schools(found: Traffic, limit: int) -> tuple[dict[str, Any], ...]:
    shown = [
        {
            "name": name_of(str(row["name"])),
            "wijk": _text(row["wijk"]),
            "stadsdeel": _text(row["stadsdeel"]),
            **{name: band(int(row[name]), limit) for name in ("accidents", "weak", "school_time")},
            "geometry": row["geometry"],
        }
        for row in found.schools.to_dict("records")
    ]
    # In the order of what is shown: the order of the counts themselves would rank those that are held back.
    return tuple(sorted(shown, key=_school_order))


def _school_order(row: dict[str, Any]) -> tuple[int, int, str]:
    return -row["accidents"].ends[0], -row["school_time"].ends[0], str(row["name"])


def _years(found: Traffic, told: Mapping[int, YearTable] | None) -> tuple[dict[str, Any], ...]:
    """Rows by year; for others than analysts whole years, as these were told."""
    shown = []
    for year, row in zip(found.years.index, found.years.to_dict("records"), strict=True):
        if told is not None and int(year) not in told:
            continue
        count, weak = Count(int(row["accidents"])), Count(int(row["weak"]))
        if told is not None:
            count, weak = told[int(year)].city, told[int(year)].city_weak
        # The limits of chance and the verdict go by the exact count, as it is now.
        exact = count.value == int(row["accidents"])
        shown.append(
            {
                "year": int(year), "accidents": count, "weak": weak, "whole": bool(row["whole"]),
                "low": float(row["low"]) if exact else None, "high": float(row["high"]) if exact else None,
                "against": str(row["against"]) if exact else "",
            }
        )  # fmt: skip
    return tuple(shown)


def _wijken(found: Traffic, injury: Mapping[str, Count], weak: Mapping[str, Count]) -> tuple[Any, ...]:
    return tuple(
        {
            "wijk": name_of(str(wijk)), "stadsdeel": name_of(str(stadsdeel)),
            "injury": injury[name_of(str(wijk))], "weak": weak[name_of(str(wijk))],
        }
        for wijk, stadsdeel in zip(found.wijken.index, found.wijken["stadsdeel"], strict=True)
        if name_of(str(wijk)) in injury
    )  # fmt: skip


def _text(value: Any) -> str:
    return name_of(value) if isinstance(value, str) else ""

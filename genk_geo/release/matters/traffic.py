"""What each reader may see of the accidents on the street network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from genk_geo.errors import DisclosureError
from genk_geo.release.identities import renumbered
from genk_geo.release.level import Level
from genk_geo.release.matters.bands import Bands, within
from genk_geo.release.suppress import SECRET, Count, band
from genk_geo.release.table_values import about, shown_name, street_names, text
from genk_geo.release.thresholds import COARSE_PLACE_M, SMALL_COUNT, STREET_LIMITS, STREET_PEAK
from genk_geo.release.values.traffic import (
    AccidentLosses,
    AccidentYear,
    DangerousPoint,
    DangerousStretch,
    ReleasedTraffic,
    SchoolZone,
    WayToSchool,
    WijkAccidents,
)
from genk_geo.release.whole_years import YearTable, summed, tell_year
from genk_geo.schema import CIRCUMSTANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.told import Record
    from genk_geo.results import Snapping, Traffic

# Hardly by chance, and not likely by chance: of a q-value, or a p-value that is corrected for all places.
_CLEAR, _LIKELY = 0.01, 0.1


def release_traffic(
    found: Traffic,
    *,
    level: Level | str = Level.AREAS,
    small_count: int = SMALL_COUNT,
    told: Mapping[str, Record] | None = None,
) -> ReleasedTraffic:
    """Leave out what a reader may not see.

    Parameters
    ----------
    found : Traffic
        What was found.
    level : Level or str, default Level.AREAS
        ``points``: everything (analysts); ``areas``: streets in classes and places to 50 m; ``wijken``:
        counts by wijk, by year and by circumstance only (the public).
    small_count : int, default 5
        Counts below this are in nothing that is shown; of the levels above, points ignore it.
    told : mapping of str to dict, optional
        Years that were told before, from :attr:`genk_geo.release.told.Told.years`: they stay as they are.

    Returns
    -------
    ReleasedTraffic

    Raises
    ------
    ConfigError
        If the level is unknown.
    DisclosureError
        If a year was told before of other wijken.
    """
    level = Level.named(level)
    limit = 0 if level.shows_points else small_count
    fine, exact = level.shows_areas, level.shows_points
    city = _City.exact(found) if exact else _City.by_year(found, limit, told or {})
    told_bands = _Bands.of(found, limit, city.years)
    points = _points(found, limit, told_bands.injury, exact=exact) if fine else ()
    stretches = _stretches(found, limit, told_bands.injury) if fine else ()
    return ReleasedTraffic(
        theme=found.theme,
        level=level,
        small_count=limit,
        start=found.start,
        end=found.end,
        as_of=found.as_of,
        network=found.network,
        attribution=found.attribution,
        fictitious=found.fictitious,
        target=found.target,
        walk_minutes=found.walk_minutes,
        crs=found.segments.crs,
        injury=city.injury,
        span=city.span,
        losses=_losses(found.snapping) if exact else None,
        by_chance=about(found.by_chance, limit),
        shares=_shares(found, exact=exact),
        points=points,
        stretches=stretches,
        streets=_streets(found, limit, exact=exact, shown=fine),
        schools=_schools(found, told_bands) if fine else (),
        ways=_ways(found, limit) if fine else (),
        years=_years(found, None if exact else city.years),
        wijken=city.wijken,
        conditions=city.conditions,
        by_year=city.years,
    )


def _shares(found: Traffic, *, exact: bool) -> tuple[tuple[float, float, float], ...]:
    """Shares of the accidents and of the segments that carry them; whole percents except for an analist."""
    shares = () if found.concentrated is None else found.concentrated.shares
    return shares if exact else tuple((of, round(here, 2), round(chance, 2)) for of, here, chance in shares)


class _Bands(NamedTuple):
    """Orders of size of accidents, and of those with a weak road user, at places."""

    injury: Bands
    weak: Bands
    limit: int

    @classmethod
    def of(cls, found: Traffic, limit: int, years: Mapping[int, YearTable]) -> _Bands:
        injury, weak = (Bands(found.start, found.end, years, column, limit) for column in ("injury", "weak"))
        return cls(injury, weak, limit)


class _City(NamedTuple):
    """Figures of the whole city, by wijk and by circumstance."""

    injury: Count
    span: tuple[int, int] | None
    wijken: tuple[WijkAccidents, ...]
    conditions: tuple[tuple[str, tuple[tuple[str, Count], ...]], ...]
    years: dict[int, YearTable]

    @classmethod
    def exact(cls, found: Traffic) -> _City:
        """Of the whole period, for analysts."""
        return cls(
            injury=Count(found.snapping.injury),
            span=None,
            wijken=_wijken(found, *(dict(_counts(found.wijken[name])) for name in ("injury", "weak"))),
            conditions=tuple((name, _counts(table["injury"])) for name, table in found.conditions),
            years={},
        )

    @classmethod
    def by_year(cls, found: Traffic, limit: int, told: Mapping[str, Record]) -> _City:
        """Of the whole years of the period, each as it was or is told."""
        years = _by_year(found, limit, told)
        first = found.end.year - round((found.end - found.start).days / 365.25)
        lately = {year: table for year, table in years.items() if year >= first}
        if not lately:
            return cls(SECRET, None, (), (), years)
        over = summed(list(lately.values()), limit)
        return cls(
            injury=over.city,
            span=(min(lately), max(lately)),
            wijken=_wijken(found, over.injury, over.weak),
            conditions=tuple(
                (name, tuple(counts.items()))
                for name, counts in over.conditions.items()
                # What a profile keeps is for analysts; circumstances are words of a fixed list.
                if not name.startswith("kept_") or name.startswith(CIRCUMSTANCE)
            ),
            years=years,
        )


def _losses(snapping: Snapping) -> AccidentLosses:
    """Accidents on no street, by reason; for analysts, as all others get whole years only."""
    return AccidentLosses(
        lost=snapping.injury - snapping.on_network,
        reasons=tuple((reason, count) for reason, count in snapping.lost.items() if count),
        max_distance_m=snapping.max_distance_m,
    )


def _by_year(found: Traffic, limit: int, told: Mapping[str, Record]) -> dict[int, YearTable]:
    """Whole years: as they were told before, or by the rule."""
    tables = {}
    for year in found.by_year:
        known = told.get(str(year.year))
        table = tell_year(year, limit) if known is None else YearTable.from_record(known)
        if {*table.injury} != {shown_name(str(wijk)) for wijk in year.wijken.index}:
            raise DisclosureError(
                "The accidents of {year} were told before of other wijken than there are now. Two maps "
                "together say more than one: publish under another --out.",
                year=year.year,
            )
        tables[year.year] = table
    return tables


def _counts(values: pd.Series[int]) -> tuple[tuple[str, Count], ...]:
    return tuple((shown_name(str(name)), Count(int(value))) for name, value in values.items())


def _points(found: Traffic, limit: int, bands: Bands, *, exact: bool) -> tuple[DangerousPoint, ...]:
    """Dangerous points; for others than analysts those with enough accidents, in the order of what is told.

    The list has a rule (15 points, 3 accidents): of a listed place with few accidents it would say how few.
    """
    rows = list(zip(found.points.index, found.points.to_dict("records"), strict=True))
    if exact:
        return tuple(
            _point(int(at), row, found, limit, Count(int(row["accidents"])), exact=True) for at, row in rows
        )
    points = tuple(
        _point(int(at), row, found, limit, _enough(row["accidents"], row, limit, bands), exact=False)
        for at, row in sorted(rows, key=_by_place)
        if row["accidents"] >= limit
    )
    return renumbered(points, lambda one: (one.status, -one.accidents.ends[0], one.wijk, one.streets))


def _by_place(row: tuple[Any, dict[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """An order that says nothing of counts: what is told of one place depends on those before it."""
    return text(row[1]["wijk"]), street_names(row[1]["place"])


def _enough(count: int, row: dict[str, Any], limit: int, bands: Bands) -> Count:
    """Order of size of a place that is listed, and has enough for that."""
    told = bands(int(count), text(row["wijk"]))
    return Count(None, limit, over=True) if told == SECRET else told


def _point(
    rank: int, row: dict[str, Any], found: Traffic, limit: int, accidents: Count, *, exact: bool
) -> DangerousPoint:
    return DangerousPoint(
        number=rank,
        status=str(row["status"]),
        kind=str(row["kind"]),
        streets=street_names(row["place"]),
        wijk=text(row["wijk"]),
        stadsdeel=text(row["stadsdeel"]),
        accidents=accidents,
        # Beside the rule of the list (15 points) and the accidents, "few" would soon be a number.
        serious=Count(int(row["fatal"]) + int(row["serious"])) if exact else SECRET,
        weak=Count(int(row["weak"])) if exact else SECRET,
        # 1, 3 or 5 points an accident, and 1.7 times that: the score tells how many of each.
        score=float(row["score"]) if exact else None,
        expected=about(row["expected"], limit),
        chance=_chance(float(row["q_value"]), accidents, limit),
        listed_in=int(row["listed_in"]),
        radii=len(found.radii_m),
        geometry=_ground(row, found.radius_m, exact=exact),
    )


def chance_word(value: float) -> str:
    """``clear`` (hardly by chance), ``likely`` or ``open``, of a q-value or a corrected p-value."""
    return "clear" if value < _CLEAR else "likely" if value < _LIKELY else "open"


def _few(count: Count, limit: int) -> bool:
    """Whether a count is told as the lowest band: what chance says of it would tell where in the band."""
    return limit > 1 and count.ends[0] < 2 * limit


def _chance(value: float, count: Count, limit: int) -> str:
    return "untold" if _few(count, limit) else chance_word(value)


def _p_value(value: float, count: Count, limit: int) -> float:
    return math.nan if _few(count, limit) else value if limit < 2 else round(value, 2)


def _ground(row: dict[str, Any], radius_m: float, *, exact: bool) -> BaseGeometry:
    """Circle of the radius; around a coarse middle where accidents themselves may not be pointed at."""
    x, y = row["geometry"].x, row["geometry"].y
    if not exact and row["kind"] != "junction":
        x, y = (round(value / COARSE_PLACE_M) * COARSE_PLACE_M for value in (x, y))
    circle: BaseGeometry = shapely.Point(x, y).buffer(radius_m, quad_segs=8)
    return circle


def _streets(found: Traffic, limit: int, *, exact: bool, shown: bool) -> gpd.GeoDataFrame:
    density = found.segments["density_per_km"].astype(float)
    street_class = np.searchsorted(STREET_LIMITS, density.to_numpy(), side="right")
    # So many accidents at one place would give this density: fewer may not show.
    least = 0.0 if exact else min(limit, 2) * STREET_PEAK / found.bandwidth_m * 1000.0
    kept = (street_class > 0) & (density.to_numpy() > least) & shown
    names = ["name", "road_class", "wijk", "stadsdeel", *(["density_per_km"] if exact else []), "geometry"]
    streets = found.segments.loc[kept, names].assign(street_class=street_class[kept].astype("int64"))
    streets["name"] = streets["name"].map(text)
    return streets


def _stretches(found: Traffic, limit: int, bands: Bands) -> tuple[DangerousStretch, ...]:
    rows = list(zip(found.stretches.index, found.stretches.to_dict("records"), strict=True))
    if limit > 0:
        rows = sorted((row for row in rows if row[1]["observed"] >= limit), key=_by_place)
    stretches = tuple(
        _stretch(int(at), row, limit, _enough(row["observed"], row, limit, bands)) for at, row in rows
    )
    if limit == 0:
        return stretches
    return renumbered(stretches, lambda one: (one.chance, -one.accidents.ends[0], one.wijk, one.streets))


def _stretch(rank: int, row: dict[str, Any], limit: int, accidents: Count) -> DangerousStretch:
    p_value = float(row["p_value"])
    return DangerousStretch(
        number=rank,
        streets=street_names(row["place"]),
        wijk=text(row["wijk"]),
        stadsdeel=text(row["stadsdeel"]),
        accidents=accidents,
        expected=about(row["expected"], limit) or 0.0,
        p_value=_p_value(p_value, accidents, limit),
        chance=_chance(p_value, accidents, limit),
        geometry=row["geometry"],
    )


def _schools(found: Traffic, bands: _Bands) -> tuple[SchoolZone, ...]:
    rows = sorted(found.schools.to_dict("records"), key=lambda row: (text(row["wijk"]), str(row["name"])))
    # In the order of what is shown: the order of the counts themselves would rank those that are held back.
    return tuple(sorted((_school(row, bands) for row in rows), key=_school_order))


def _school(row: dict[str, Any], bands: _Bands) -> SchoolZone:
    wijk = text(row["wijk"])
    accidents = bands.injury(int(row["accidents"]), wijk)
    return SchoolZone(
        name=shown_name(str(row["name"])),
        wijk=wijk,
        stadsdeel=text(row["stadsdeel"]),
        accidents=accidents,
        # Those with a weak road user, and those at school time, are some of them.
        weak=within(bands.weak(int(row["weak"]), wijk), accidents),
        school_time=within(band(int(row["school_time"]), bands.limit), accidents),
        geometry=row["geometry"],
    )


def _school_order(school: SchoolZone) -> tuple[int, int, str]:
    return -school.accidents.ends[0], -school.school_time.ends[0], school.name


def _ways(found: Traffic, limit: int) -> tuple[WayToSchool, ...]:
    """Ways that are known."""
    ways = found.ways.dropna(subset=["length_m"])
    return tuple(
        WayToSchool(
            wijk=shown_name(str(wijk)),
            school=text(row["school"]),
            length_m=float(row["length_m"]),
            accidents=about(row["accidents"], limit) or 0.0,
            safest_length_m=float(row["safest_length_m"]),
            safest_accidents=about(row["safest_accidents"], limit) or 0.0,
        )
        for wijk, row in zip(ways.index, ways.to_dict("records"), strict=True)
    )


def _years(found: Traffic, told: Mapping[int, YearTable] | None) -> tuple[AccidentYear, ...]:
    """Rows by year; for others than analysts whole years, as these were told."""
    years = []
    for at, row in zip(found.years.index, found.years.to_dict("records"), strict=True):
        year, accidents, weak = int(at), Count(int(row["accidents"])), Count(int(row["weak"]))
        if told is not None:
            if year not in told:
                continue
            accidents, weak = told[year].city, told[year].city_weak
        # The limits of chance and the verdict go by the exact count, as it is now.
        exact = accidents.value == int(row["accidents"])
        years.append(
            AccidentYear(
                year=year,
                accidents=accidents,
                weak=weak,
                low=float(row["low"]) if exact else None,
                high=float(row["high"]) if exact else None,
                whole=bool(row["whole"]),
                against=str(row["against"]) if exact else "",
            )
        )
    return tuple(years)


def _wijken(
    found: Traffic, injury: Mapping[str, Count], weak: Mapping[str, Count]
) -> tuple[WijkAccidents, ...]:
    rows = ((shown_name(str(at)), shown_name(str(above))) for at, above in found.wijken["stadsdeel"].items())
    return tuple(
        WijkAccidents(wijk, stadsdeel, injury[wijk], weak[wijk]) for wijk, stadsdeel in rows if wijk in injury
    )

"""What each reader may see of the accidents on the street network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from genk_geo.release.level import Level
from genk_geo.release.suppress import Count, held_back, small
from genk_geo.release.table_values import number, shown_name, street_names, text
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
from genk_geo.schema import CIRCUMSTANCE

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.results import Snapping, Traffic

# Hardly by chance, and not likely by chance: of a q-value, or a p-value that is corrected for all places.
_CLEAR, _LIKELY = 0.01, 0.1


def release_traffic(
    found: Traffic, *, level: Level | str = Level.AREAS, small_count: int = SMALL_COUNT
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

    Returns
    -------
    ReleasedTraffic

    Raises
    ------
    ConfigError
        If the level is unknown.
    """
    level = Level.named(level)
    limit = 0 if level.shows_points else small_count
    fine = level.shows_areas
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
        injury=small(found.snapping.injury, limit),
        losses=_losses(found.snapping, limit),
        by_chance=number(found.by_chance),
        shares=() if found.concentrated is None else found.concentrated.shares,
        points=_points(found, limit, exact=level.shows_points) if fine else (),
        stretches=_stretches(found, limit) if fine else (),
        streets=_streets(found, limit, exact=level.shows_points, shown=fine),
        schools=_schools(found, limit) if fine else (),
        ways=_ways(found) if fine else (),
        years=_years(found, limit),
        wijken=_wijken(found, limit),
        conditions=_conditions(found, limit, every=level.shows_points),
    )


def _losses(snapping: Snapping, limit: int) -> AccidentLosses:
    """Accidents on no street; without a reason that only a few share."""
    lost = snapping.injury - snapping.on_network
    reasons = [(reason, count) for reason, count in snapping.lost.items() if count >= max(1, limit)]
    shown = Count(0) if lost == 0 else small(lost, limit)
    return AccidentLosses(
        lost=shown,
        reasons=tuple(reasons) if shown.value else (),
        max_distance_m=snapping.max_distance_m,
    )


def _with_cover(values: pd.Series[int], limit: int) -> list[Count]:
    """Counts whose sum is told somewhere: one more is held back where it would give a small one away."""
    exact = [int(value) for value in values]
    return held_back(exact, [""] * len(exact), limit)


def _points(found: Traffic, limit: int, *, exact: bool) -> tuple[DangerousPoint, ...]:
    rows = zip(found.points.index, found.points.to_dict("records"), strict=True)
    return tuple(_point(int(rank), row, found, limit, exact=exact) for rank, row in rows)


def _point(rank: int, row: dict[str, Any], found: Traffic, limit: int, *, exact: bool) -> DangerousPoint:
    accidents = small(int(row["accidents"]), limit)
    enough = accidents.value is not None
    return DangerousPoint(
        number=rank,
        status=str(row["status"]),
        kind=str(row["kind"]),
        streets=street_names(row["place"]),
        wijk=text(row["wijk"]),
        stadsdeel=text(row["stadsdeel"]),
        accidents=accidents,
        serious=small(int(row["fatal"]) + int(row["serious"]), limit),
        weak=small(int(row["weak"]), limit),
        score=float(row["score"]) if enough else None,
        expected=number(row["expected"]) if enough else None,
        chance=chance_word(float(row["q_value"])),
        listed_in=int(row["listed_in"]),
        radii=len(found.radii_m),
        geometry=_ground(row, found.radius_m, exact=exact),
    )


def chance_word(value: float) -> str:
    """``clear`` (hardly by chance), ``likely`` or ``open``, of a q-value or a corrected p-value."""
    return "clear" if value < _CLEAR else "likely" if value < _LIKELY else "open"


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


def _stretches(found: Traffic, limit: int) -> tuple[DangerousStretch, ...]:
    rows = zip(found.stretches.index, found.stretches.to_dict("records"), strict=True)
    return tuple(
        DangerousStretch(
            number=int(rank),
            streets=street_names(row["place"]),
            wijk=text(row["wijk"]),
            stadsdeel=text(row["stadsdeel"]),
            accidents=int(row["observed"]),
            expected=float(row["expected"]),
            p_value=float(row["p_value"]),
            chance=chance_word(float(row["p_value"])),
            geometry=row["geometry"],
        )
        for rank, row in rows
        if row["observed"] >= limit
    )


def _schools(found: Traffic, limit: int) -> tuple[SchoolZone, ...]:
    zones = [
        SchoolZone(
            name=shown_name(str(row["name"])),
            wijk=text(row["wijk"]),
            stadsdeel=text(row["stadsdeel"]),
            accidents=small(int(row["accidents"]), limit),
            weak=small(int(row["weak"]), limit),
            school_time=small(int(row["school_time"]), limit),
            geometry=row["geometry"],
        )
        for row in found.schools.to_dict("records")
    ]
    # In the order of what is shown: the order of the counts themselves would rank those that are held back.
    return tuple(sorted(zones, key=_school_order))


def _school_order(school: SchoolZone) -> tuple[int, int, str]:
    return -(school.accidents.value or 0), -(school.school_time.value or 0), school.name


def _ways(found: Traffic) -> tuple[WayToSchool, ...]:
    """Ways that are known."""
    ways = found.ways.dropna(subset=["length_m"])
    return tuple(
        WayToSchool(
            wijk=shown_name(str(wijk)),
            school=text(row["school"]),
            length_m=float(row["length_m"]),
            accidents=float(row["accidents"]),
            safest_length_m=float(row["safest_length_m"]),
            safest_accidents=float(row["safest_accidents"]),
        )
        for wijk, row in zip(ways.index, ways.to_dict("records"), strict=True)
    )


def _years(found: Traffic, limit: int) -> tuple[AccidentYear, ...]:
    years = []
    for year, row in zip(found.years.index, found.years.to_dict("records"), strict=True):
        accidents = small(int(row["accidents"]), limit)
        enough = accidents.value is not None
        years.append(
            AccidentYear(
                year=int(year),
                accidents=accidents,
                weak=small(int(row["weak"]), limit),
                low=float(row["low"]) if enough else None,
                high=float(row["high"]) if enough else None,
                whole=bool(row["whole"]),
                against=str(row["against"]),
            )
        )
    return tuple(years)


def _wijken(found: Traffic, limit: int) -> tuple[WijkAccidents, ...]:
    """Counts by wijk beside the city's total, which is told; no total of a stadsdeel is."""
    rows = zip(
        found.wijken.index,
        found.wijken["stadsdeel"],
        _with_cover(found.wijken["injury"], limit),
        _with_cover(found.wijken["weak"], limit),
        strict=True,
    )
    return tuple(
        WijkAccidents(shown_name(str(wijk)), shown_name(str(stadsdeel)), injury, weak)
        for wijk, stadsdeel, injury, weak in rows
    )


def _conditions(
    found: Traffic, limit: int, *, every: bool
) -> tuple[tuple[str, tuple[tuple[str, Count], ...]], ...]:
    """Counts by what the file tells.

    What a profile keeps is for analysts, because it may hold anything. Circumstances are words of a fixed
    list.
    """
    return tuple(
        (
            name,
            tuple(zip(map(shown_name, map(str, by.index)), _with_cover(by["injury"], limit), strict=True)),
        )
        for name, by in found.conditions
        if every or not name.startswith("kept_") or name.startswith(CIRCUMSTANCE)
    )

"""What each reader may see of the accidents on the street network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from genk_geo.errors import ConfigError
from genk_geo.release.outlines import name_of
from genk_geo.release.suppress import Count, small
from genk_geo.schema import CIRCUMSTANCE

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

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
        ``number``, ``place``, ``observed``, ``expected``, ``wijk``, ``stadsdeel``, geometry: those with at
        least the small count.
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


def release_traffic(found: Traffic, *, level: str = "areas", small_count: int = 5) -> ReleasedTraffic:
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

    Returns
    -------
    ReleasedTraffic

    Raises
    ------
    ConfigError
        If the level is unknown.
    """
    if level not in LEVELS:
        raise ConfigError(f"{level!r} is not a level. Choose one of {', '.join(LEVELS)}.")
    limit = 0 if level == "points" else small_count
    fine = level != "wijken"
    return ReleasedTraffic(
        found=found,
        level=level,
        small_count=limit,
        points=_points(found, limit, exact=level == "points") if fine else (),
        streets=_streets(found, limit, exact=level == "points", shown=fine),
        stretches=_stretches(found, limit, shown=fine),
        schools=_schools(found, limit) if fine else (),
        ways=found.ways if fine else found.ways.iloc[:0],
        years=_years(found, limit),
        wijken=_wijken(found, limit),
        conditions=tuple(
            (
                name,
                tuple(zip(map(name_of, map(str, table.index)), _counts(table["injury"], limit), strict=True)),
            )
            for name, table in found.conditions
            # What a profile keeps is for analysts; circumstances are words of a fixed list.
            if level == "points" or not name.startswith("kept_") or name.startswith(CIRCUMSTANCE)
        ),
    )


def _counts(values: pd.Series[int], limit: int) -> list[Count]:
    """Counts whose sum is told somewhere: one more is held back where it would give a small one away."""
    exact = [int(value) for value in values]
    shown = [small(count, limit) for count in exact]
    hidden = [at for at, count in enumerate(shown) if count.value is None]
    rest = [at for at, count in enumerate(shown) if count.value is not None]
    if hidden and rest and (len(hidden) == 1 or all(exact[at] == limit - 1 for at in hidden)):
        shown[min(rest, key=lambda at: exact[at])] = Count(None, limit, over=True)
    return shown


def _points(found: Traffic, limit: int, *, exact: bool) -> tuple[DangerousPoint, ...]:
    shown = []
    for number, row in zip(found.points.index, found.points.to_dict("records"), strict=True):
        accidents = small(int(row["accidents"]), limit)
        told = accidents.value is not None
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
                serious=small(int(row["fatal"]) + int(row["serious"]), limit),
                weak=small(int(row["weak"]), limit),
                score=float(row["score"]) if told else None,
                expected=expected if told and np.isfinite(expected) else None,
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
    return table[kept.to_numpy() & shown].reset_index(drop=True)


def _schools(found: Traffic, limit: int) -> tuple[dict[str, Any], ...]:
    shown = [
        {
            "name": name_of(str(row["name"])),
            "wijk": _text(row["wijk"]),
            "stadsdeel": _text(row["stadsdeel"]),
            **{name: small(int(row[name]), limit) for name in ("accidents", "weak", "school_time")},
            "geometry": row["geometry"],
        }
        for row in found.schools.to_dict("records")
    ]
    # In the order of what is shown: the order of the counts themselves would rank those that are held back.
    return tuple(sorted(shown, key=_school_order))


def _school_order(row: dict[str, Any]) -> tuple[int, int, str]:
    return -(row["accidents"].value or 0), -(row["school_time"].value or 0), str(row["name"])


def _years(found: Traffic, limit: int) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "year": int(year),
            "accidents": (count := small(int(row["accidents"]), limit)),
            "weak": small(int(row["weak"]), limit),
            "low": None if count.value is None else float(row["low"]),
            "high": None if count.value is None else float(row["high"]),
            "whole": bool(row["whole"]),
            "against": str(row["against"]),
        }
        for year, row in zip(found.years.index, found.years.to_dict("records"), strict=True)
    )


def _wijken(found: Traffic, limit: int) -> tuple[dict[str, Any], ...]:
    table = found.wijken
    # The city's total is told, and no total of a stadsdeel.
    columns = {name: _counts(table[name], limit) for name in ("injury", "weak")}
    return tuple(
        {
            "wijk": name_of(str(wijk)),
            "stadsdeel": name_of(str(stadsdeel)),
            "injury": columns["injury"][at],
            "weak": columns["weak"][at],
        }
        for at, (wijk, stadsdeel) in enumerate(zip(table.index, table["stadsdeel"], strict=True))
    )


def _text(value: Any) -> str:
    return name_of(value) if isinstance(value, str) else ""

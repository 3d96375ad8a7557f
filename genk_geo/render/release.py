"""What a reader may see: the one place where small counts are taken out, before anything is drawn or written.

Everything after this module works on :class:`ReleasedWeek`; a count that is held back is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genk_geo.errors import SchemaError
from genk_geo.render.suppress import Count, Expected, held_back, levels, small

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.calendar import Window
    from genk_geo.results import Density, Quality, ThemeWeek, WeekResult

NOTABLE = ("more", "much_more")
MOST_TIMES = 20


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
    level : str
        Observed against expected: a key of :data:`genk_geo.render.style.LEVEL_COLOURS`.
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
    level: str
    alert: bool


@dataclass(frozen=True)
class Hotspot:
    """A hotspot area as it is shown.

    Attributes
    ----------
    hotspot_id, theme, status, since, wijk, stadsdeel, hotspot_class : str
        As in the contract ``areas``; `number` is 0 for an area that is gone.
    streets : tuple of str
        Streets that tell where it is; empty when the reference knows none.
    number, weeks : int
        Rank on the map; length of the window.
    this_week, observed : Count
        Incidents in the week and over the window.
    expected : float or None
        Expected over the window; None where it would give a count away.
    peak_days : tuple of int
        Days on which it happens, 0 = Monday; empty when no peak stands out.
    peak_from, peak_to : int or None
        Hours of the peak, `peak_to` past 24 for a night.
    pattern : str
        What it has been over past periods; "none" when that says nothing.
    times : int or None
        It holds at least so many times as many incidents as expected; None where that would give a count
        away.
    area_m2 : float
        Size.
    geometry : shapely geometry
        In the city's metric system.
    """

    hotspot_id: str
    theme: str
    number: int
    status: str
    since: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    hotspot_class: str
    weeks: int
    this_week: Count
    observed: Count
    expected: float | None
    peak_days: tuple[int, ...]
    peak_from: int | None
    peak_to: int | None
    pattern: str
    times: int | None
    area_m2: float
    geometry: BaseGeometry


@dataclass(frozen=True)
class ReleasedTheme:
    """One theme as it is shown; areas by name. See :class:`genk_geo.results.ThemeWeek`."""

    theme: str
    window: Window
    located: int
    too_few: bool
    missing: bool
    hotspots: tuple[Hotspot, ...]
    cells: gpd.GeoDataFrame
    density: Density | None
    city: AreaWeek | None
    stadsdelen: dict[str, AreaWeek]
    wijken: dict[str, AreaWeek]


@dataclass(frozen=True)
class ReleasedWeek:
    """A week as it is shown."""

    result: WeekResult
    themes: tuple[ReleasedTheme, ...]
    small_count: int
    no_data: bool

    @property
    def quality(self) -> Quality:
        """Quality stamp."""
        return self.result.quality


def release(result: WeekResult, *, small_count: int = 5) -> ReleasedWeek:
    """Take out what the reader may not know.

    Parameters
    ----------
    result : WeekResult
        Everything that was found.
    small_count : int, default 5
        Counts of a wijk or a hotspot below this are held back; 0 or 1 holds back nothing.

    Returns
    -------
    ReleasedWeek
        What pages and files may show.
    """
    themes = tuple(_theme(found, result, small_count) for found in result.themes)
    nothing = all(theme.city is None or theme.city.observed.value == 0 for theme in themes)
    return ReleasedWeek(result=result, themes=themes, small_count=small_count, no_data=nothing)


def _theme(found: ThemeWeek, result: WeekResult, limit: int) -> ReleasedTheme:
    city = next(iter(_areas(found.city, [""] * len(found.city), limit=0)), None)
    lone = result.wijken["stadsdeel"].value_counts()
    stadsdelen = {
        area.name: area
        for name, row in found.stadsdelen.groupby(level=0, sort=False)
        # A stadsdeel of one wijk is that wijk: the same rule holds.
        for area in _areas(row, [str(name)], limit=limit if lone.get(name, 0) == 1 else 0)
    }
    parents = [str(name) for name in found.wijken["stadsdeel"]] if "stadsdeel" in found.wijken else []
    return ReleasedTheme(
        theme=found.theme,
        window=found.window,
        located=found.located,
        too_few=found.too_few,
        missing=city is not None and city.observed.value == 0 and (city.low or 0) > 0,
        hotspots=() if found.too_few else _hotspots(found, limit),
        cells=_cells(found, limit),
        density=None if found.too_few else found.density,
        city=city,
        stadsdelen=stadsdelen,
        wijken={area.name: area for area in _areas(found.wijken, parents, limit=limit)},
    )


def _areas(frame: pd.DataFrame, parents: Sequence[str], *, limit: int) -> list[AreaWeek]:
    """Rows of a table of counts; `parents` are the stadsdelen within which totals are known."""
    if frame.empty:
        return []
    needed = {"observed", "expected", "low", "high", "last_year", "trend"}
    if lacking := needed - set(frame.columns):
        raise SchemaError(f"The counts by area lack the columns {', '.join(sorted(lacking))}.")
    exact = [int(n) for n in frame["observed"]]
    observed = held_back(exact, parents, limit)
    # What lies before the record is not a number and has no place in a line.
    weeks = [week for week in zip(*frame["trend"], strict=True) if all(map(math.isfinite, week))]
    trend = list(zip(*(held_back([int(n) for n in week], parents, limit) for week in weeks), strict=True))
    expected = [
        Expected(_number(mean), _whole(low), _whole(high))
        for mean, low, high in zip(frame["expected"], frame["low"], frame["high"], strict=True)
    ]
    told = levels(exact, observed, expected, parents)
    alerts = frame["alert"] if "alert" in frame else [True] * len(frame)
    before = [_whole(count) for count in frame["last_year"]]
    return [
        AreaWeek(
            name=str(name),
            stadsdeel=parents[at],
            observed=observed[at],
            low=expected[at].low,
            high=expected[at].high,
            last_year=None if (count := before[at]) is None else small(count, limit),
            trend=trend[at] if trend else (),
            level=told[at],
            alert=bool(alert) and told[at] in NOTABLE,
        )
        for at, (name, alert) in enumerate(zip(frame.index, alerts, strict=True))
    ]


def _hotspots(found: ThemeWeek, limit: int) -> tuple[Hotspot, ...]:
    rows = (_hotspot(row, found, limit) for row in found.areas.to_dict("records"))
    return tuple(sorted(rows, key=lambda area: (area.number == 0, area.number, area.hotspot_id)))


def _hotspot(row: dict[str, Any], found: ThemeWeek, limit: int) -> Hotspot:
    observed = small(int(row["observed"]), limit)
    days = row.get("peak_days")
    start, end = _whole(row.get("peak_from")), _whole(row.get("peak_to"))
    return Hotspot(
        hotspot_id=str(row["hotspot_id"]),
        theme=found.theme,
        number=_whole(row.get("number")) or 0,
        status=str(row["status"]),
        since=str(row["since"]),
        streets=_streets(row.get("place")),
        wijk=_text(row.get("wijk")),
        stadsdeel=_text(row.get("stadsdeel")),
        hotspot_class=str(row["hotspot_class"]),
        weeks=found.window.weeks,
        this_week=small(int(row["this_week"]), limit),
        observed=observed,
        expected=None if observed.value is None else _number(row["expected"]),
        peak_days=tuple(int(day) for day in days) if isinstance(days, Iterable) else (),
        peak_from=start if end is not None else None,
        peak_to=end if start is not None else None,
        pattern=_text(row.get("pattern")) or "none",
        times=None if observed.value is None else _times(row.get("risk_low")),
        area_m2=float(row["area_m2"]),
        geometry=row["geometry"],
    )


def _times(risk_low: Any) -> int | None:
    """Whole number of times; below 2 it says nothing, and far above it only says how little is expected."""
    risk = _number(risk_low)
    return None if risk is None or risk < 2 else min(int(risk), MOST_TIMES)


def _streets(place: Any) -> tuple[str, ...]:
    """Street names from a sequence, or from one text."""
    if isinstance(place, str):
        return (place,) if place else ()
    return tuple(str(street) for street in place) if isinstance(place, Iterable) else ()


def _cells(found: ThemeWeek, limit: int) -> gpd.GeoDataFrame:
    """Hot and cold cells; figures from which a small count follows are empty."""
    columns = ["cell_id", "theme", "period", "hotspot_class"]
    figures = [name for name in ("observed", "expected", "relative_risk") if name in found.hotspots]
    cells = found.hotspots[[*columns, *figures, found.hotspots.geometry.name]].copy()
    if found.too_few:
        return cells.iloc[:0]
    if figures:
        cells[figures] = cells[figures].astype(float).where(cells["observed"] >= limit)
    return cells


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else round(number)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

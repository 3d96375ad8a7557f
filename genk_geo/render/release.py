"""What a reader may see: the one place where small counts are taken out, before anything is drawn or written.

Everything after this module works on :class:`ReleasedWeek`; a count that is held back is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genk_geo.config import ReleaseSettings
from genk_geo.errors import SchemaError
from genk_geo.render.release_ahead import near_repeat, number, outlook, signals, streets, text, whole
from genk_geo.render.release_outlines import Outlines
from genk_geo.render.released import (
    AreaWeek,
    Hotspot,
    OutlookPlace,
    ReleasedNearRepeat,
    ReleasedOutlook,
    ReleasedPast,
    ReleasedTheme,
    ReleasedWeek,
    RepeatString,
    RepeatZone,
    Signal,
)
from genk_geo.render.suppress import Expected, held_back, levels, small

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from genk_geo.results import ThemeWeek, WeekResult

__all__ = [
    "AreaWeek",
    "Hotspot",
    "OutlookPlace",
    "ReleasedNearRepeat",
    "ReleasedOutlook",
    "ReleasedPast",
    "ReleasedTheme",
    "ReleasedWeek",
    "RepeatString",
    "RepeatZone",
    "Signal",
    "release",
]

NOTABLE = ("more", "much_more")
MOST_TIMES = 20


def release(
    result: WeekResult, *, profile: ReleaseSettings | None = None, small_count: int = 5
) -> ReleasedWeek:
    """Take out what the reader may not know.

    Parameters
    ----------
    result : WeekResult
        Everything that was found.
    profile : ReleaseSettings, optional
        Who reads it; wijkmanagers when absent.
    small_count : int, default 5
        Counts of a wijk or a hotspot below this are held back where the profile does not say; 0 or 1 holds
        back nothing.

    Returns
    -------
    ReleasedWeek
        What pages and files may show. Its `result` has no themes: nothing that is held back can be reached.
    """
    own = (profile or ReleaseSettings()).resolved(small_count)
    coarse = None if result.blocks is None or own.level == "points" else Outlines(result.blocks)
    themes = tuple(_theme(found, result, own, coarse) for found in result.themes)
    nothing = all(theme.city is None or theme.city.observed.value == 0 for theme in themes)
    public = own.level == "wijken"
    frame = replace(
        result,
        themes=(),
        blocks=None,
        environments=() if public else result.environments,
        overlays=tuple(overlay for overlay in result.overlays if overlay.public or not public),
    )
    return ReleasedWeek(result=frame, themes=themes, profile=own, no_data=nothing)


def _theme(
    found: ThemeWeek, result: WeekResult, profile: ReleaseSettings, outlines: Outlines | None
) -> ReleasedTheme:
    limit = int(profile.small_count or 0)
    city = next(iter(_areas(found.city, [""] * len(found.city), limit=0)), None)
    lone = result.wijken["stadsdeel"].value_counts()
    stadsdelen = {
        area.name: area
        for name, row in found.stadsdelen.groupby(level=0, sort=False)
        # A stadsdeel of one wijk is that wijk: the same rule holds.
        for area in _areas(row, [str(name)], limit=limit if lone.get(name, 0) == 1 else 0)
    }
    parents = [str(name) for name in found.wijken["stadsdeel"]] if "stadsdeel" in found.wijken else []
    areas = profile.level != "wijken"
    return ReleasedTheme(
        theme=found.theme,
        window=found.window,
        located=found.located if areas else 0,
        too_few=found.too_few and areas,
        missing=city is not None and city.observed.value == 0 and (city.low or 0) > 0,
        hotspots=_hotspots(found, limit, outlines) if areas and not found.too_few else (),
        cells=_cells(found, shown=profile.level == "points" or (areas and outlines is None), limit=limit),
        density=found.density if areas and not found.too_few else None,
        city=city,
        stadsdelen=stadsdelen,
        wijken={area.name: area for area in _areas(found.wijken, parents, limit=limit)},
        signals=signals(found, profile, outlines) if areas else None,
        near_repeat=near_repeat(found, profile, outlines) if areas else None,
        outlook=outlook(found, profile, outlines) if areas else None,
        points=found.points if profile.level == "points" else None,
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
        Expected(number(mean), whole(low), whole(high))
        for mean, low, high in zip(frame["expected"], frame["low"], frame["high"], strict=True)
    ]
    told = levels(exact, observed, expected, parents)
    alerts = frame["alert"] if "alert" in frame else [True] * len(frame)
    before = [whole(count) for count in frame["last_year"]]
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


def _hotspots(found: ThemeWeek, limit: int, outlines: Outlines | None) -> tuple[Hotspot, ...]:
    rows = (_hotspot(row, found, limit, outlines) for row in found.areas.to_dict("records"))
    return tuple(sorted(rows, key=lambda area: (area.number == 0, area.number, area.hotspot_id)))


def _hotspot(row: dict[str, Any], found: ThemeWeek, limit: int, outlines: Outlines | None) -> Hotspot:
    observed = small(int(row["observed"]), limit)
    secret = observed.value is None
    days = () if secret else row.get("peak_days")
    start, end = (None, None) if secret else (whole(row.get("peak_from")), whole(row.get("peak_to")))
    ground = None if outlines is None else outlines.snapped(row["geometry"])
    return Hotspot(
        hotspot_id=str(row["hotspot_id"]),
        theme=found.theme,
        number=whole(row.get("number")) or 0,
        status=str(row["status"]),
        since=str(row["since"]),
        streets=streets(row.get("place")) if ground is None else ground.streets,
        wijk=text(row.get("wijk")) if ground is None else ground.wijk,
        stadsdeel=text(row.get("stadsdeel")) if ground is None else ground.stadsdeel,
        hotspot_class=str(row["hotspot_class"]),
        weeks=found.window.weeks,
        this_week=small(int(row["this_week"]), limit),
        observed=observed,
        expected=None if secret else number(row["expected"]),
        peak_days=tuple(int(day) for day in days) if isinstance(days, Iterable) else (),
        peak_from=start if end is not None else None,
        peak_to=end if start is not None else None,
        pattern=text(row.get("pattern")) or "none",
        times=None if secret else _times(row.get("risk_low")),
        area_m2=float(row["area_m2"] if ground is None else ground.geometry.area),
        geometry=row["geometry"] if ground is None else ground.geometry,
    )


def _times(risk_low: Any) -> int | None:
    """Whole number of times; below 2 it says nothing, and far above it only says how little is expected."""
    risk = number(risk_low)
    return None if risk is None or risk < 2 else min(int(risk), MOST_TIMES)


def _cells(found: ThemeWeek, *, shown: bool, limit: int) -> gpd.GeoDataFrame:
    """Hot and cold cells; figures from which a small count follows are empty."""
    columns = ["cell_id", "theme", "period", "hotspot_class"]
    figures = [name for name in ("observed", "expected", "relative_risk") if name in found.hotspots]
    cells = found.hotspots[[*columns, *figures, found.hotspots.geometry.name]].copy()
    if found.too_few or not shown:
        return cells.iloc[:0]
    if figures:
        cells[figures] = cells[figures].astype(float).where(cells["observed"] >= limit)
    return cells

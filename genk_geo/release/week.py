"""The release step: from everything that was found to what one reader may see of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genk_geo.config import ReleaseSettings
from genk_geo.release.counts import counted
from genk_geo.release.outlines import Outlines, coarse_density, name_of
from genk_geo.release.outlook import near_repeat, number, outlook, rounded, signals, streets, text, whole
from genk_geo.release.released_week import (
    Hotspot,
    ReleasedTheme,
    ReleasedWeek,
)
from genk_geo.release.suppress import SECRET, Count, small
from genk_geo.release.told import Told
from genk_geo.release.traffic_release import release_traffic
from genk_geo.results import Quality

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.release.told import Record
    from genk_geo.results import Density, ThemeWeek, WeekResult

MOST_TIMES = 20


def release(
    result: WeekResult,
    *,
    profile: ReleaseSettings | None = None,
    small_count: int = 5,
    told: Iterable[Record] = (),
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
    told : iterable of dict
        What was told before, from :func:`genk_geo.release.record.record_of`: told numbers stay as they are.

    Returns
    -------
    ReleasedWeek
        What pages and files may show. Its `result` has no themes: nothing that is held back can be reached.
    """
    own = (profile or ReleaseSettings()).resolved(small_count)
    coarse = None if result.blocks is None or own.level == "points" else Outlines(result.blocks)
    before = Told(told)
    themes = tuple(_theme(found, own, coarse, before) for found in result.themes)
    nothing = all(found.city.empty or (found.city["observed"] == 0).all() for found in result.themes)
    public = own.level == "wijken"
    frame = replace(
        result,
        themes=(),
        traffic=None,
        blocks=None,
        environments=() if public else result.environments,
        overlays=tuple(overlay for overlay in result.overlays if overlay.public or not public),
    )
    frame = replace(
        frame,
        quality=result.quality if own.level == "points" else _coarse_quality(result.quality),
        city_name=name_of(result.city_name),
        attribution=name_of(result.attribution),
        wijken=_named(result.wijken, "wijk", "stadsdeel"),
        stadsdelen=_named(result.stadsdelen, "stadsdeel"),
    )
    traffic = (
        None
        if result.traffic is None
        else release_traffic(
            result.traffic, level=own.level, small_count=int(own.small_count or 0), told=before.years
        )
    )
    return ReleasedWeek(result=frame, themes=themes, profile=own, no_data=nothing, traffic=traffic)


def _coarse_quality(quality: Quality) -> Quality:
    """Shares in steps of five percent, no counts of rows."""

    def rounded(shares: dict[str, float]) -> dict[str, float]:
        return {
            theme: round(share * 20) / 20 if math.isfinite(share) else share
            for theme, share in shares.items()
        }

    return Quality(0, 0, 0, 0, rounded(quality.located_share), rounded(quality.late_share))


def _named(layer: gpd.GeoDataFrame, *columns: str) -> gpd.GeoDataFrame:
    return layer.assign(**{column: [name_of(str(name)) for name in layer[column]] for column in columns})


def _theme(
    found: ThemeWeek, profile: ReleaseSettings, outlines: Outlines | None, told: Told
) -> ReleasedTheme:
    limit = int(profile.small_count or 0)
    city, stadsdelen, wijken, tables = counted(found, profile, told)
    areas = profile.level != "wijken"
    return ReleasedTheme(
        theme=found.theme,
        window=found.window,
        # A count of the city over a window that shifts: beside that of the week before, one of a week.
        located=found.located if profile.level == "points" else 0,
        too_few=found.too_few and areas,
        missing=_missing(found),
        hotspots=_hotspots(found, limit, outlines) if areas and not found.too_few else (),
        cells=_cells(found, shown=profile.level == "points" or (areas and outlines is None), limit=limit),
        density=_density(found, limit, outlines) if areas and not found.too_few else None,
        city=city,
        stadsdelen=stadsdelen,
        wijken=wijken,
        tables=tables,
        signals=signals(found, profile, outlines) if areas else None,
        near_repeat=near_repeat(found, profile, outlines) if areas else None,
        outlook=outlook(found, profile, outlines) if areas else None,
        points=found.points if profile.level == "points" else None,
    )


def _missing(found: ThemeWeek) -> bool:
    """Whether nothing at all came in where something was expected: said of the theme, as a count of none."""
    city = found.city
    return len(city) > 0 and bool((city["observed"] == 0).all() and (city["low"].fillna(0) > 0).all())


def _hotspots(found: ThemeWeek, limit: int, outlines: Outlines | None) -> tuple[Hotspot, ...]:
    rows = (_hotspot(row, found, limit, outlines) for row in found.areas.to_dict("records"))
    return tuple(sorted(rows, key=lambda area: (area.number == 0, area.number, area.hotspot_id)))


def _hotspot(row: dict[str, Any], found: ThemeWeek, limit: int, outlines: Outlines | None) -> Hotspot:
    observed = small(int(row["observed"]), limit)
    secret = observed.value is None
    days = () if secret else row.get("peak_days")
    start, end = (None, None) if secret else (whole(row.get("peak_from")), whole(row.get("peak_to")))
    ground = None if outlines is None else outlines.of(row["geometry"], found.points)
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
        # Beside the counts of its wijk and the window that shifts by a week, "few" would soon be a number.
        this_week=Count(int(row["this_week"])) if limit < 2 else SECRET,
        observed=observed,
        expected=None if secret else rounded(row["expected"], limit),
        peak_days=tuple(int(day) for day in days) if isinstance(days, Iterable) else (),
        peak_from=start if end is not None else None,
        peak_to=end if start is not None else None,
        pattern=text(row.get("pattern")) or "none",
        times=None if secret else _times(row.get("risk_low")),
        area_m2=float(row["area_m2"] if ground is None else ground.geometry.area),
        geometry=row["geometry"] if ground is None else ground.geometry,
    )


def _density(found: ThemeWeek, limit: int, outlines: Outlines | None) -> Density | None:
    """Density of incidents spread over their blocks, where enough of them are near.

    The plain surface around a few incidents at one door is a disc with that door in its middle.
    """
    if outlines is None or found.density is None:
        return found.density
    return None if found.points is None else coarse_density(found.density, found.points, outlines, limit)


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

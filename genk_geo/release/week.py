"""The release step: from everything that was found to what one reader may see of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genk_geo.config import ReleaseSettings
from genk_geo.release.check import guarded
from genk_geo.release.counts import counted
from genk_geo.release.identities import Names
from genk_geo.release.level import Level
from genk_geo.release.matters.environment import release_environments
from genk_geo.release.matters.hotspots import release_cells, release_density, release_hotspots
from genk_geo.release.matters.near_repeat import release_near_repeat
from genk_geo.release.matters.outlook import release_outlook
from genk_geo.release.matters.signals import release_signals
from genk_geo.release.matters.traffic import release_traffic
from genk_geo.release.outlines import Outlines
from genk_geo.release.table_values import shown_name
from genk_geo.release.thresholds import SMALL_COUNT
from genk_geo.release.told import Told
from genk_geo.release.values.week import (
    CheckedWeek,
    ReleasedDelivery,
    ReleasedOverlay,
    ReleasedQuality,
    ReleasedTheme,
    ReleasedWeek,
    RowsRead,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from genk_geo.release.told import Record
    from genk_geo.results import Overlay, Quality, ThemeWeek, WeekResult

#: Shares are told to others than analysts in steps of one in so many.
_COARSE_STEPS = 20


def checked_release(
    result: WeekResult,
    *,
    reader: ReleaseSettings | None = None,
    small_count: int = SMALL_COUNT,
    told: Iterable[Record] = (),
) -> CheckedWeek:
    """Take out what a reader may not know, and check the rest beside everything that was told before.

    Parameters
    ----------
    result, reader, small_count
        As for :func:`release`.
    told : iterable of dict
        What was told of earlier weeks and is told to others.

    Returns
    -------
    CheckedWeek
        What may be published: nothing else is taken by :func:`genk_geo.render.publish`.

    Raises
    ------
    QualityGateError
        If a count that is held back follows from what would be published.
    AlreadyToldError
        If the page was published before and would show something else now.
    """
    told = list(told)
    shown = release(result, reader=reader, small_count=small_count, told=told)
    return CheckedWeek(*guarded(shown, told, secret=result.secret))


def release(
    result: WeekResult,
    *,
    reader: ReleaseSettings | None = None,
    small_count: int = SMALL_COUNT,
    told: Iterable[Record] = (),
) -> ReleasedWeek:
    """Take out what the reader may not know.

    Parameters
    ----------
    result : WeekResult
        Everything that was found.
    reader : ReleaseSettings, optional
        Who reads it; wijkmanagers when absent.
    small_count : int, default 5
        Counts of a wijk or a hotspot below this are held back where `reader` does not say; 0 or 1 holds
        back nothing.
    told : iterable of dict
        What was told before, from :func:`genk_geo.release.record.record_of`: told numbers stay as they are.

    Returns
    -------
    ReleasedWeek
        What pages and files may show: nothing that is held back can be reached from it.
    """
    own = (reader or ReleaseSettings()).resolved(small_count)
    level, limit = Level.seen_by(own), int(own.small_count or 0)
    coarse = None if result.blocks is None or level.shows_points else Outlines(result.blocks)
    before = Told(told)
    names = Names.of(own, result.secret)
    themes = tuple(_theme(found, own, coarse, before, names) for found in result.themes)
    return ReleasedWeek(
        reader=own,
        week=result.week,
        as_of=result.as_of,
        city_name=shown_name(result.city_name),
        boundary_note=result.boundary_note,
        grouping_note=result.grouping_note,
        attribution=shown_name(result.attribution),
        demo=result.demo,
        wijken=_named(result.wijken, "wijk", "stadsdeel"),
        stadsdelen=_named(result.stadsdelen, "stadsdeel"),
        quality=_quality(result.quality, level),
        themes=themes,
        no_data=all(theme.missing for theme in themes)
        or all(found.city.empty or (found.city["observed"] == 0).all() for found in result.themes),
        environments=release_environments(result.environments, level=level, themes=themes),
        overlays=tuple(
            _overlay(overlay) for overlay in result.overlays if overlay.public or level.shows_areas
        ),
        blocks="" if coarse is None or not level.shows_areas else coarse.fingerprint,
        traffic=None
        if result.traffic is None
        else release_traffic(result.traffic, level=level, small_count=limit, told=before.years),
    )


def _named(layer: gpd.GeoDataFrame, *columns: str) -> gpd.GeoDataFrame:
    """Areas with their names and nothing else."""
    bare = layer[[*columns, layer.geometry.name]]
    return bare.assign(**{column: [shown_name(str(name)) for name in layer[column]] for column in columns})


def _quality(quality: Quality, level: Level) -> ReleasedQuality:
    """Quality stamp; but for an analist shares in steps of five percent and no counts of rows."""
    if level.shows_points:
        rows = RowsRead(quality.rows_in, quality.incidents, quality.duplicates, quality.rejects)
        files = tuple(
            ReleasedDelivery(one.expected, one.themes, one.received, one.broken, one.silent)
            for one in quality.delivered
        )
        return ReleasedQuality(quality.located_share, quality.late_share, rows, files)
    return ReleasedQuality(_in_steps(quality.located_share), _in_steps(quality.late_share), None)


def _in_steps(shares: dict[str, float]) -> dict[str, float]:
    return {
        theme: round(share * _COARSE_STEPS) / _COARSE_STEPS if math.isfinite(share) else share
        for theme, share in shares.items()
    }


def _overlay(overlay: Overlay) -> ReleasedOverlay:
    return ReleasedOverlay(
        overlay.name, overlay.label, overlay.features[["name", overlay.features.geometry.name]]
    )


def _theme(
    found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None, told: Told, names: Names
) -> ReleasedTheme:
    level, limit = Level.seen_by(reader), int(reader.small_count or 0)
    city, stadsdelen, wijken, tables = counted(found, reader, told)
    missing = _missing(found)
    # What the last weeks led to without this one would be another hotspot, or one that is gone, for want of
    # a file; told once more with the file, it would say what was in that.
    areas = level.shows_areas and not missing
    enough = areas and not found.too_few
    cells = release_cells(found, limit, exact=level.shows_points)
    return ReleasedTheme(
        theme=found.theme,
        label=found.label,
        window=found.window,
        # A count of the city over a window that shifts: beside that of the week before, one of a week.
        located=found.located if level.shows_points else 0,
        too_few=found.too_few and areas,
        missing=missing,
        hotspots=release_hotspots(found, limit, outlines, names) if enough else (),
        cells=cells if enough and outlines is None else cells.iloc[:0],
        density=release_density(found, limit, outlines) if enough else None,
        city=city,
        stadsdelen=stadsdelen,
        wijken=wijken,
        tables=tables,
        signals=release_signals(found, reader, outlines) if areas else None,
        near_repeat=release_near_repeat(found, reader, outlines) if areas else None,
        outlook=release_outlook(found, reader, outlines) if areas else None,
        points=_points(found) if level.shows_points else None,
    )


def _missing(found: ThemeWeek) -> bool:
    """Whether a file is missing, or nothing came in where something was expected: said of the theme."""
    city = found.city
    if found.undelivered:
        return True
    return len(city) > 0 and bool((city["observed"] == 0).all() and (city["low"].fillna(0) > 0).all())


def _points(found: ThemeWeek) -> gpd.GeoDataFrame | None:
    """Incidents of the window with what a reader of points is told of each."""
    return None if found.points is None else found.points[["category", "moment", found.points.geometry.name]]

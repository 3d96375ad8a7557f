"""The release step: from everything that was found to what one reader may see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.config import ReleaseSettings
from genk_geo.release.areas.counts import Counted, counted
from genk_geo.release.check import guarded
from genk_geo.release.identities import Names
from genk_geo.release.level import Level
from genk_geo.release.matters.attention import release_attention, release_needed, release_power
from genk_geo.release.matters.dossiers import release_dossiers
from genk_geo.release.matters.effect import release_effects
from genk_geo.release.matters.environment import release_environments
from genk_geo.release.matters.hotspots import release_cells, release_density, release_hotspots
from genk_geo.release.matters.near_repeat import release_near_repeat
from genk_geo.release.matters.outlook import release_outlook
from genk_geo.release.matters.quality import enough_as_told, release_quality
from genk_geo.release.matters.signals import release_signals
from genk_geo.release.matters.traffic import release_traffic
from genk_geo.release.outlines import Outlines
from genk_geo.release.table_values import shown_name
from genk_geo.release.thresholds import SMALL_COUNT
from genk_geo.release.told import Told
from genk_geo.release.values.week import (
    CheckedWeek,
    ReleasedOverlay,
    ReleasedStep,
    ReleasedTheme,
    ReleasedWeek,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from genk_geo.release.told import Record
    from genk_geo.results import Overlay, ThemeWeek, WeekResult


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
        What was told before, from :func:`genk_geo.release.kept.record.record_of`: told numbers stay as they
        are.

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
    areas = {found.theme: counted(found, own, before) for found in result.themes}
    themes = tuple(_theme(found, own, coarse, areas[found.theme], names) for found in result.themes)
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
        quality=release_quality(result.quality, level, {theme: told.window for theme, told in areas.items()}),
        themes=themes,
        no_data=all(theme.missing for theme in themes)
        or all(_empty(found, areas[found.theme], level) for found in result.themes),
        environments=release_environments(result.environments, level=level, themes=themes),
        overlays=tuple(
            _overlay(overlay) for overlay in result.overlays if overlay.public or level.shows_areas
        ),
        dossiers=release_dossiers(
            result.dossiers, own, themes, names, before, release_effects(result.effects, level, limit)
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


def _overlay(overlay: Overlay) -> ReleasedOverlay:
    return ReleasedOverlay(
        overlay.name, overlay.label, overlay.features[["name", overlay.features.geometry.name]]
    )


def _theme(
    found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None, told: Counted, names: Names
) -> ReleasedTheme:
    level, limit = Level.seen_by(reader), int(reader.small_count or 0)
    missing = found.undelivered or told.nothing
    too_few = found.too_few or not enough_as_told(told.window, found.min_events)
    # What the last weeks led to without this one would be another hotspot, or one that is gone, for want of
    # a file; told once more with the file, it would say what was in that.
    areas = level.shows_areas and not missing
    enough = areas and not too_few
    cells = release_cells(found, limit, exact=level.shows_points)
    return ReleasedTheme(
        theme=found.theme,
        window=found.window,
        # A count of the city over a window that shifts: beside that of the week before, one of a week.
        located=found.located if level.shows_points else 0,
        too_few=too_few and areas,
        missing=missing,
        hotspots=release_hotspots(found, limit, outlines, names) if enough else (),
        cells=cells if enough and outlines is None else cells.iloc[:0],
        density=release_density(found, limit, outlines) if enough else None,
        city=told.city,
        stadsdelen=told.stadsdelen,
        wijken=told.wijken,
        tables=told.tables,
        attention=release_attention(found, reader, outlines) if enough else None,
        needed=release_needed(found, exact=level.shows_points) if enough else None,
        power=release_power(found) if enough and level.shows_points else (),
        signals=release_signals(found, reader, outlines) if areas else None,
        near_repeat=release_near_repeat(found, reader, outlines) if areas else None,
        outlook=release_outlook(found, reader, outlines) if areas else None,
        points=_points(found) if level.shows_points else None,
        step=_step(found, told, level),
    )


def _step(found: ThemeWeek, told: Counted, level: Level) -> ReleasedStep | None:
    """A step of the whole city, without its size: of that, counts that are held back would follow.

    Others than analysts are told of one that follows from what they are told of the past.
    """
    if level.shows_points:
        own = found.step
        return None if own is None else ReleasedStep(own.since, own.up, own.new_source)
    return None if told.step is None else ReleasedStep(told.step.since, told.step.factor > 1)


def _empty(found: ThemeWeek, told: Counted, level: Level) -> bool:
    """Whether nothing came in; but for an analist only where something was expected.

    A quiet week is one of small counts. Called empty, it would be known to have none in any wijk.
    """
    none = found.city.empty or bool((found.city["observed"] == 0).all())
    return none and (level.shows_points or found.city.empty or found.undelivered or told.nothing)


def _points(found: ThemeWeek) -> gpd.GeoDataFrame | None:
    """Incidents of the window with what a reader of points is told of each."""
    return None if found.points is None else found.points[["category", "moment", found.points.geometry.name]]

"""From the history of one theme to everything that the pages say about it in one week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.calendar import Week, Window, occurred
from genk_geo.jobs.history import first_whole_week
from genk_geo.jobs.week.attention import attention_places
from genk_geo.jobs.week.hotspots import find_heat, recognised
from genk_geo.jobs.week.near_repeat import near_repeats
from genk_geo.jobs.week.outlook import look_ahead
from genk_geo.jobs.week.pattern import patterns
from genk_geo.jobs.week.proof.other_grids import steadiness
from genk_geo.jobs.week.proof.power import could_be_seen
from genk_geo.jobs.week.signals import signals
from genk_geo.results import Density, Quality, ThemeWeek
from genk_geo.results.week import Step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd

    from genk_geo.config import GridSettings, Settings
    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.store.theme_notes import Remembers

#: A report that comes in later than this after the incident is a late one.
LATE = pd.Timedelta(days=7)


def look_at_theme(
    history: ThemeHistory,
    *,
    week: Week,
    as_of: pd.Timestamp,
    settings: Settings,
    store: Remembers,
    lost: Collection[Week] = (),
) -> ThemeWeek:
    """Analyse one theme for one week.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme that were known at the as-of moment.
    week : Week
        The week that the pages are about.
    as_of : pandas.Timestamp
        Reports from this moment on are left out.
    settings : Settings
        Settings of the job.
    store : Store or ThemeNotes
        History; the identity of this week's hotspots is saved in it.
    lost : collection of Week
        Weeks of which a file is missing or stops early: compared with nothing, and nothing with them.

    Returns
    -------
    ThemeWeek
        Hotspots, areas, density, hours and counts.
    """
    own, city, incidents = history.settings, history.ground.city, history.incidents
    window = Window(week, own.window_weeks)
    recent, events = history.within(window), history.of_events
    too_few = len(events.within(window)) < own.min_incidents
    heat = find_heat(events, window, settings.grid)
    areas = recognised(heat, events, week, grid=settings.grid, store=store, lost=lost)
    areas = areas.assign(
        pattern=patterns(areas, events, week, grid=settings.grid),
        reports=[int(recent.intersects(area).sum()) for area in areas.geometry],
        steady=steadiness(areas, events, window, grid=settings.grid, seed=settings.seed),
    )
    counted = incidents[history.known_in_time(week, as_of)]
    weeks = _Weeks(history.moment[counted.index], week, city, lost)
    by_city = weeks.counts(pd.Series(city.name, index=counted.index), [city.name])
    by_part = weeks.counts(counted["stadsdeel"], list(city.stadsdelen["stadsdeel"]))
    by_wijk = weeks.counts(counted["wijk"], list(city.wijken["wijk"]))
    step = stats.reporting_step(by_wijk, week=week, sources=weeks.counts(counted["source"]))
    whole, parts, wijken = (_judged(weekly, week, step) for weekly in (by_city, by_part, by_wijk))
    return ThemeWeek(
        theme=history.theme,
        window=window,
        located=len(recent),
        in_window=int(history.in_window(window).sum()),
        too_few=too_few,
        hotspots=heat.cells,
        areas=areas,
        density=None if too_few else _density(recent, city, settings.grid),
        hours=stats.aoristic(recent["from"], recent["to"]),
        city=whole,
        stadsdelen=parts,
        wijken=wijken.assign(stadsdeel=city.wijken.set_index("wijk")["stadsdeel"]),
        signals=signals(events, week, as_of=as_of, settings=settings),
        near_repeat=near_repeats(events, week, seed=settings.seed),
        outlook=look_ahead(history, week=week, as_of=as_of, settings=settings, store=store, lost=lost),
        attention=attention_places(
            events, window, heat.cells, gone=areas.geometry[areas["status"] == "gone"]
        ),
        needed=heat.needed,
        power=None if too_few else could_be_seen(events, window, grid=settings.grid),
        points=recent[["incident_id", "category", "from", "to", "geometry"]].assign(
            moment=history.moment[recent.index], event=_event_of(history, recent)
        ),
        events=len(events.within(window)),
        weekly=(by_city, by_part, by_wijk),
        min_events=own.min_incidents,
        step=None if step is None else Step(step.since, step.factor > 1, step.new_source),
        undelivered=week in lost,
    )


def _event_of(history: ThemeHistory, recent: gpd.GeoDataFrame) -> pd.Series:
    """Label of the first report of the event that each incident belongs to."""
    name: pd.Series = history.incidents["incident_id"]
    if not history.settings.bundle or recent.empty:
        own: pd.Series = name[recent.index]
        return own
    first = history.events.first[history.events.number[recent.index].to_numpy()]
    return pd.Series(name.loc[first].to_numpy(), index=recent.index)


@dataclass(frozen=True)
class _Weeks:
    """Moments of incidents, to be counted by week up to the week of the page; not those of lost weeks."""

    moment: pd.Series
    week: Week
    city: City
    lost: Collection[Week]

    def counts(self, areas: pd.Series, names: list[str] | None = None) -> pd.DataFrame:
        """Count by week and area (or source) over the whole weeks on record."""
        first = first_whole_week(self.moment, self.week)
        weekly = stats.weekly_counts(
            self.moment, areas, first=min(first, self.week), last=self.week, names=names,
            tz=self.city.timezone,
        )  # fmt: skip
        unseen = weekly.index.isin([pd.Timestamp(one.monday) for one in self.lost if one < self.week])
        return weekly.astype(float).mask(np.broadcast_to(unseen[:, None], weekly.shape))


def _judged(weekly: pd.DataFrame, week: Week, step: stats.ReportingStep | None) -> pd.DataFrame:
    """Count of the week against what the past leads one to expect, and whether that calls for an alert."""
    alerts = stats.alerts(weekly, week=week, step=step)
    return stats.expect(weekly, week=week, step=step).join(alerts[["q_value", "alert"]])


def _density(points: gpd.GeoDataFrame, city: City, grid: GridSettings) -> Density:
    """Kernel density over the city, zero outside it."""
    cell_m = grid.cell_m / 2
    xmin, ymin, xmax, ymax = extent = stats.whole_extent(city.boundary.bounds, cell_m)
    values = stats.kernel_density(
        np.column_stack([points.geometry.x, points.geometry.y]),
        extent=extent,
        cell_m=cell_m,
        bandwidth_m=grid.bandwidth_m,
    )
    x, y = np.meshgrid(
        np.arange(xmin + cell_m / 2, xmax, cell_m), np.arange(ymax - cell_m / 2, ymin, -cell_m)
    )
    shapely.prepare(city.boundary)
    return Density(
        np.where(shapely.contains_xy(city.boundary, x, y), values, 0.0), extent, cell_m, grid.bandwidth_m
    )


def quality_of(
    themes: list[ThemeWeek],
    histories: Mapping[str, ThemeHistory],
    reports: tuple[IngestReport, ...],
    deliveries: tuple[Delivery, ...],
) -> Quality:
    """How good the data behind the weeks of a run is.

    Parameters
    ----------
    themes : list of ThemeWeek
        What was found.
    histories : mapping of str to ThemeHistory
        Theme -> its incidents.
    reports : tuple of IngestReport
        What became of each file of the run.
    deliveries : tuple of Delivery
        What came in of each source.

    Returns
    -------
    Quality
    """
    located, late = {}, {}
    for look in themes:
        history = histories[look.theme]
        incidents = history.incidents[history.in_window(look.window)]
        if len(incidents):
            located[look.theme] = float((incidents["geocode_level"] >= "street").mean())
            late[look.theme] = float((incidents["reported"] - occurred(incidents) > LATE).mean())
    return Quality(
        rows_in=sum(report.rows_in for report in reports),
        incidents=sum(report.incidents for report in reports),
        duplicates=sum(report.duplicates for report in reports),
        rejects=sum(report.rejects for report in reports),
        located_share=located,
        late_share=late,
        delivered=tuple(one.for_readers() for one in deliveries),
    )

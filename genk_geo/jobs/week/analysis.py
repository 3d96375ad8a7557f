"""From the history of one theme to everything that the pages say about it in one week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.jobs.history import first_whole_week
from genk_geo.jobs.week.attention import attention_places
from genk_geo.jobs.week.hotspots import find_heat, recognised
from genk_geo.jobs.week.near_repeat import near_repeats
from genk_geo.jobs.week.outlook import look_ahead
from genk_geo.jobs.week.pattern import patterns
from genk_geo.jobs.week.signals import signals
from genk_geo.results import Density, ThemeWeek

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.config import GridSettings, Settings
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.store import Store


def look_at_theme(
    history: ThemeHistory, *, week: Week, as_of: pd.Timestamp, settings: Settings, store: Store
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
    store : Store
        History; the identity of this week's hotspots is saved in it.

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
    areas = recognised(heat, events, week, grid=settings.grid, store=store)
    areas = areas.assign(
        pattern=patterns(areas, events, week, grid=settings.grid),
        reports=[int(recent.intersects(area).sum()) for area in areas.geometry],
    )
    counted = incidents[history.known_in_time(week, as_of)]
    moment = history.moment[counted.index]
    wijken = _counts(moment, counted["wijk"], list(city.wijken["wijk"]), week, city)
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
        city=_counts(moment, pd.Series(city.name, index=counted.index), [city.name], week, city),
        stadsdelen=_counts(moment, counted["stadsdeel"], list(city.stadsdelen["stadsdeel"]), week, city),
        wijken=wijken.assign(stadsdeel=city.wijken.set_index("wijk")["stadsdeel"]),
        label=own.label_nl if settings.lang == "nl" else own.label_en,
        signals=signals(events, week, as_of=as_of, settings=settings),
        near_repeat=near_repeats(events, week, seed=settings.seed),
        outlook=look_ahead(history, week=week, as_of=as_of, settings=settings, store=store),
        attention=attention_places(events, window, heat.cells),
        needed=heat.needed,
        points=recent[["incident_id", "category", "from", "to", "geometry"]].assign(
            moment=history.moment[recent.index], event=_event_of(history, recent)
        ),
        events=len(events.within(window)),
    )


def _event_of(history: ThemeHistory, recent: gpd.GeoDataFrame) -> pd.Series:
    """Label of the first report of the event that each incident belongs to."""
    name: pd.Series = history.incidents["incident_id"]
    if not history.settings.bundle or recent.empty:
        own: pd.Series = name[recent.index]
        return own
    found = history.bundles
    first = found.events["first"].to_numpy()[found.number[recent.index].to_numpy()]
    return pd.Series(name.loc[first].to_numpy(), index=recent.index)


def _counts(moment: pd.Series, areas: pd.Series, names: list[str], week: Week, city: City) -> pd.DataFrame:
    """Count of the week against what the past leads one to expect, and whether that calls for an alert."""
    first = first_whole_week(moment, week)
    weekly = stats.weekly_counts(
        moment, areas, first=min(first, week), last=week, names=names, tz=city.timezone
    )
    judged = stats.expect(weekly, week=week)
    return judged.join(stats.alerts(weekly, week=week)[["q_value", "alert"]])


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

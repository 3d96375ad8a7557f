"""Hot cells of one theme in one week, straight from the history, for a GIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.calendar import Window
from genk_geo.jobs.session import Session, bounded
from genk_geo.jobs.week.hotspots import find_heat

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.calendar import Week
    from genk_geo.config import Settings


@bounded
def hot_cells_of_week(settings: Settings, *, theme: str, week: Week | str | None = None) -> gpd.GeoDataFrame:
    """Hot cells of a theme over its rolling window (contract ``hotspots``).

    Parameters
    ----------
    settings : Settings
        Settings of the weekly job; its store must exist.
    theme : str
        A theme of the settings.
    week : Week or str, optional
        Last week of the window; the last whole week when absent.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a hot cell, in the city's metric system.

    Raises
    ------
    ConfigError
        If the theme or the store does not exist.
    """
    session = Session(settings)
    own = session.theme(theme)
    with session.on_record() as store:
        history = session.history(theme, store.incidents(theme=theme))
    window = Window(session.week_or_last(week), own.window_weeks)
    return find_heat(history.of_events, window, settings.grid).cells

"""Hot cells of one theme in one week, straight from the history, for a GIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.calendar import Window
from genk_geo.crs import WGS84, reproject
from genk_geo.errors import ConfigError
from genk_geo.jobs.session import Session
from genk_geo.jobs.week.hotspots import find_heat

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from genk_geo.calendar import Week
    from genk_geo.config import Settings


#: Formats of a layer by the ending of its name.
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}


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


def write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer in the format that the name ends on.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Any layer; GeoJSON gets it in longitude and latitude, as that format wants.
    path : path-like
        Ends in ``.gpkg``, ``.geojson`` or ``.json``.

    Raises
    ------
    ConfigError
        If the name ends on something else.
    """
    driver = DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise ConfigError(f"{path.name}: unknown format. End the name in {', '.join(DRIVERS)}.")
    written = reproject(layer, WGS84) if driver == "GeoJSON" else layer
    written.to_file(path, driver=driver)

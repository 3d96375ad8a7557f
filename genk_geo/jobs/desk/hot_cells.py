"""Hot cells of one theme in one week, straight from the history, for a GIS."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from genk_geo.calendar import Week, Window
from genk_geo.crs import WGS84, reproject
from genk_geo.errors import ConfigError
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week.hotspots import find_heat
from genk_geo.reference import City
from genk_geo.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

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
    if theme not in settings.themes:
        raise ConfigError(f"Theme {theme!r} is not in the settings. Known: {', '.join(settings.themes)}.")
    if not settings.store.exists():
        raise ConfigError(f"There is no history at {settings.store}. Run `genk-geo weekly` first.")
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    today = dt.datetime.now(ZoneInfo(city.timezone)).date()
    last = Week.from_day(today).shift(-1) if week is None else Week.parse(str(week))
    own = settings.themes[theme]
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        incidents = store.incidents(theme=theme)
    history = ThemeHistory(theme, own, incidents, Ground.cover(city, settings.grid.cell_m))
    return find_heat(history, Window(last, own.window_weeks), settings.grid).cells


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

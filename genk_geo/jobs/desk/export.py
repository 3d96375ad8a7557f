"""Incidents of the history, for an analyst's own GIS, notebook or spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.calendar import Week, Window
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.layer_file import DRIVERS, fill_layer
from genk_geo.jobs.desk.systems.destination import Database
from genk_geo.jobs.desk.systems.geoparquet import write_geoparquet
from genk_geo.jobs.desk.systems.postgis import Replaced, write_postgis
from genk_geo.jobs.desk.systems.qgis_style import looks_of_themes, qml
from genk_geo.jobs.session import Session, bounded
from genk_geo.spreadsheet import harmless_table
from genk_geo.writing import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from genk_geo.config import Settings

#: Endings of the files that can be written.
KINDS = (*DRIVERS, ".parquet", ".csv")


@bounded
def incidents_of_weeks(
    settings: Settings, *, theme: str | None = None, first: str | None = None, last: str | None = None
) -> gpd.GeoDataFrame:
    """Incidents of the history, as they were read and geocoded.

    Parameters
    ----------
    settings : Settings
        Settings of the weekly job; its store must exist.
    theme : str, optional
        Only this theme of the settings.
    first, last : str, optional
        First and last week, such as ``2026-W40``; without them, from the beginning and to the end.

    Returns
    -------
    geopandas.GeoDataFrame
        Contract ``incidents``, in the city's metric system; without a point where none was found.

    Raises
    ------
    ConfigError
        If the theme, a week or the store does not exist.
    """
    session = Session(settings)
    if theme is not None:
        session.theme(theme)
    session.check_record()
    tz = session.city.timezone
    start = None if first is None else Window(Week.parse(first), 1).start(tz)
    end = None if last is None else Window(Week.parse(last), 1).end(tz)
    if start is not None and end is not None and start >= end:
        raise ConfigError(
            "Week {first} comes after week {last}. Give the earlier one as the first.", first=first, last=last
        )
    with session.on_record() as store:
        return store.incidents(theme=theme, start=start, end=end)


def write_incidents(incidents: gpd.GeoDataFrame, path: Path, *, style: str | None = None) -> None:
    """Write incidents in the format that the name ends on, whole or not at all.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``.
    path : path-like
        Ends in ``.gpkg``, ``.geojson``, ``.json``, ``.parquet`` (GeoParquet 1.1, its rows along a curve
        through the city) or ``.csv``; a CSV has the point as columns ``x`` and ``y``, and no cell that a
        spreadsheet would compute. A GeoPackage has moments in UTC, as that format wants. Only its owner may
        read it.
    style : str, optional
        How QGIS draws a GeoPackage (:func:`genk_geo.jobs.desk.systems.qgis_style.qml`).

    Raises
    ------
    ConfigError
        If the name ends on something else, its folder does not exist, or it cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ConfigError(
            "{path}: unknown format. End the name in {kinds}.", path=path.name, kinds=", ".join(KINDS)
        )
    if not path.resolve().parent.is_dir():
        raise ConfigError("The folder of {path} does not exist. Make it first.", path=path)
    with whole_file(path) as part:
        _write(incidents, part, kind, style)


def style_of(incidents: gpd.GeoDataFrame, name: Callable[[str], str]) -> str:
    """How QGIS draws incidents: a sign and a colour a theme.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``.
    name : callable
        What the legend calls a theme.

    Returns
    -------
    str
        QML.
    """
    themes = sorted(incidents["theme"].unique())
    return qml("theme", looks_of_themes(themes, name), points=True)


def send_incidents(
    incidents: gpd.GeoDataFrame, place: Path | Database, *, style: str | None = None, about: str = ""
) -> Replaced | None:
    """Bring incidents to a file or a database; the one place that all exports pass.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``.
    place : path-like or Database
        From :func:`genk_geo.jobs.desk.systems.destination.read_route`.
    style : str, optional
        As :func:`write_incidents`.
    about : str
        Which incidents these are, for the comment of a table.

    Returns
    -------
    Replaced or None
        For a database: how many rows its table held and holds.

    Raises
    ------
    ConfigError
        If the place does not take them.
    """
    if isinstance(place, Database):
        return write_postgis(incidents, place, about=about)
    write_incidents(incidents, place, style=style)
    return None


def _write(incidents: gpd.GeoDataFrame, path: Path, kind: str, style: str | None) -> None:
    if DRIVERS.get(kind) == "GPKG":
        moments = incidents.select_dtypes("datetimetz")
        in_utc = incidents.assign(**{name: moments[name].dt.tz_convert("UTC") for name in moments})
        fill_layer(in_utc, path, style=style)
    elif kind in DRIVERS:
        fill_layer(incidents, path)
    elif kind == ".parquet":
        write_geoparquet(incidents, path)
    else:
        table = pd.DataFrame(incidents.drop(columns=incidents.geometry.name))
        table = table.assign(x=incidents.geometry.x, y=incidents.geometry.y)
        harmless_table(table).to_csv(path, index=False, encoding="utf-8-sig")

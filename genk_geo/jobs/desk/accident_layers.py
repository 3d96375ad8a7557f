"""The accidents of a history on the street network, without publishing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.session import Session, bounded
from genk_geo.jobs.traffic.look import traffic
from genk_geo.jobs.traffic.period import period_until
from genk_geo.release import Level, release_traffic
from genk_geo.render.files.traffic_files import traffic_gis_layers

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.results import Traffic


def look_at_traffic(config: Settings | Path | str | None = None, *, week: str | None = None) -> Traffic:
    """Look at the accidents of a history that is there, without publishing anything.

    Parameters
    ----------
    config : Settings or path-like, optional
        Settings, or the TOML file that holds them.
    week : str, optional
        Last week that counts, whatever the settings say of quarters; when absent, the period that the pages
        of the last whole week show.

    Returns
    -------
    Traffic

    Raises
    ------
    ConfigError
        If no network is named, there is no history yet, or a file cannot be read.
    """
    return _look(config if isinstance(config, Settings) else Settings.load(config), week)


@bounded
def _look(settings: Settings, week: str | None) -> Traffic:
    if settings.network.path is None:
        raise ConfigError(
            'No street network is named. Put [network] path = "streets.gpkg" in the settings; '
            "`genk-geo traffic network` makes one."
        )
    if week is not None:
        own = settings.traffic.model_copy(update={"until": "week"})
        settings = settings.model_copy(update={"traffic": own})
    session = Session(settings)
    end = session.week_or_last(week).end(session.city.timezone)
    period = period_until(end, end + pd.DateOffset(days=1), settings.traffic)
    with session.on_record() as store:
        found = traffic(session, store, period)
    assert found is not None  # a network is named
    return found


def write_layers(found: Traffic, path: Path) -> Path:
    """Write what was found as a GeoPackage for analysts.

    Parameters
    ----------
    found : Traffic
        What was found.
    path : pathlib.Path
        File to write; another one of that name is replaced.

    Returns
    -------
    pathlib.Path
    """
    layers = traffic_gis_layers(release_traffic(found, level=Level.POINTS))
    path.unlink(missing_ok=True)
    for name, layer in layers.items():
        layer.to_file(path, layer=name, driver="GPKG")
    return path

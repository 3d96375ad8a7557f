"""The risk terrain of one theme on its whole history, for a GIS, a spreadsheet and the street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo import cpted
from genk_geo.errors import ConfigError
from genk_geo.jobs.history import precisely_placed
from genk_geo.jobs.session import Session, bounded
from genk_geo.jobs.week.environment import build_terrain, build_zones, read_factors
from genk_geo.spreadsheet import harmless_table

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.config import Settings
    from genk_geo.reference import City
    from genk_geo.results import Zone


@dataclass(frozen=True)
class ThemeRisk:
    """A risk terrain with its zones.

    Attributes
    ----------
    terrain : genk_geo.cpted.RiskTerrain
        The model.
    zones : tuple of Zone
        Its zones.
    city : City
        Where.
    """

    terrain: cpted.RiskTerrain
    zones: tuple[Zone, ...]
    city: City


@bounded
def risk_of_theme(settings: Settings, *, theme: str) -> ThemeRisk:
    """Risk terrain of a theme on the whole history, with its stability.

    Parameters
    ----------
    settings : Settings
        Settings; the store must exist and factors be named.
    theme : str
        A theme of the settings.

    Returns
    -------
    ThemeRisk
        Terrain and zones.

    Raises
    ------
    ConfigError
        If the theme or the store does not exist, or no factor is named.
    """
    session = Session(settings)
    own = session.theme(theme)
    if not settings.cpted.wanted:
        raise ConfigError("No factor is named. Add [[cpted.factors]] with `name` and `path`, or cpted.osm.")
    with session.on_record() as store:
        incidents = store.incidents(theme=theme, reported_before=session.now)
    incidents = incidents[precisely_placed(incidents, own)]
    ground = session.ground_in(settings.cpted.cell_m)
    terrain = build_terrain(incidents, read_factors(session), ground, settings, theme=theme, stability=3)
    zones = build_zones(terrain, session.city, settings, theme=theme, hotspots=None)
    return ThemeRisk(terrain, zones, session.city)


def write_risk(risk: ThemeRisk, folder: Path, *, theme: str, lang: str, demo: bool) -> list[Path]:
    """Write a risk terrain for a GIS, a spreadsheet and the street.

    Parameters
    ----------
    risk : ThemeRisk
        Terrain and zones.
    folder : pathlib.Path
        Made when absent.
    theme : str
        Begins the names of the files.
    lang : str
        Language of the sheets.
    demo : bool
        True marks the sheets as fictitious.

    Returns
    -------
    list of pathlib.Path
        ``risk-<theme>.tif``, ``zones-<theme>.gpkg`` (when there are zones), ``factors-``, ``candidates-``,
        ``correlations-`` and ``capture-<theme>.csv``, and a sheet for each zone.

    Raises
    ------
    ConfigError
        If the GeoTIFF cannot be written.
    """
    from genk_geo.release import release_zones
    from genk_geo.render.files.zone_files import write_sheets

    folder.mkdir(parents=True, exist_ok=True)
    terrain = risk.terrain
    paths = [folder / f"risk-{theme}.tif"]
    terrain.to_geotiff(paths[0])
    tables = {
        "factors": terrain.factors.reset_index(),
        "candidates": terrain.candidates,
        "correlations": terrain.correlations,
        "capture": terrain.capture,
    }
    for name, table in tables.items():
        paths.append(folder / f"{name}-{theme}.csv")
        harmless_table(table).to_csv(paths[-1], index=False)
    if risk.zones:
        paths.append(folder / f"zones-{theme}.gpkg")
        cpted.zones_layer(risk.zones, risk.city.crs).to_file(paths[-1], driver="GPKG")
    zones = release_zones(risk.zones)
    return paths + write_sheets(zones, folder, city=risk.city.name, lang=lang, demo=demo)

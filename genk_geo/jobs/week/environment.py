"""The risk terrain of the settings: factors read, terrain modelled on the history, zones made of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo import cpted
from genk_geo.calendar import Week, occurred
from genk_geo.cpted.model.risk import MIN_INCIDENTS
from genk_geo.errors import ConfigError
from genk_geo.jobs.history import precisely_placed
from genk_geo.jobs.session import Session, bounded
from genk_geo.results import Environment
from genk_geo.spreadsheet import harmless_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from genk_geo.config import FactorSettings, Settings
    from genk_geo.jobs.ground import Ground
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.results import ThemeWeek, Zone
    from genk_geo.stats import Grid

log = logging.getLogger(__name__)

#: The budget of which pages tell the capture.
TOLD_BUDGET = 0.02
_RASTERS = (".tif", ".tiff", ".vrt", ".asc")


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


def read_factors(session: Session) -> list[cpted.Factor]:
    """Read all factors that the settings name, on cells of ``cpted.cell_m``.

    Parameters
    ----------
    session : Session
        Settings with layers, OpenStreetMap file and catalogue; the city and its streets.

    Returns
    -------
    list of Factor
        The user's layers first; a factor from OpenStreetMap or the network gives way to one of that name.

    Raises
    ------
    ConfigError
        If a file is missing or cannot be read.
    SchemaError
        If a layer has no coordinate system or does not touch the city.
    """
    own = session.settings.cpted
    grid, catalogue = session.ground_in(own.cell_m).grid, cpted.load_catalogue(own.catalogue)
    found = [_factor(one, grid, catalogue) for one in own.factors]
    if own.osm is not None:
        found += cpted.factors_from_osm(own.osm, grid, catalogue=catalogue)
    if own.network:
        assert session.streets is not None  # the settings refuse to go without
        found += cpted.network_factors(session.streets, grid, catalogue=catalogue)
    first = {factor.name: factor for factor in reversed(found)}
    if len({one.name for one in own.factors}) < len(own.factors):
        raise ConfigError("[[cpted.factors]] names a factor twice. Give each layer a name of its own.")
    return list({factor.name: first[factor.name] for factor in found}.values())


def _factor(one: FactorSettings, grid: Grid, catalogue: cpted.Catalogue) -> cpted.Factor:
    if one.path.suffix.lower() in _RASTERS:
        means = cpted.raster_means(one.path, grid)
        return cpted.factor_of(one.name, catalogue=catalogue, per_cell=means)
    return cpted.read_factor(
        one.path, grid, name=one.name, catalogue=catalogue, x=one.x, y=one.y, epsg=one.crs
    )


def environments(
    session: Session,
    factors: Sequence[cpted.Factor],
    histories: Mapping[str, ThemeHistory],
    looks: Sequence[ThemeWeek],
    *,
    week: Week,
) -> tuple[Environment, ...]:
    """Risk terrains of a week, for its pages.

    Parameters
    ----------
    session : Session
        Settings and city of the job.
    factors : sequence of Factor
        From :func:`read_factors`.
    histories : mapping of str to ThemeHistory
        Incidents by theme, as they were known at the as-of moment.
    looks : sequence of ThemeWeek
        The themes that are shown, with their current hotspots.
    week : Week
        What happens after it is left out.

    Returns
    -------
    tuple of Environment
        Of the themes that are asked for and have at least 30 incidents with a place; empty when the settings
        name no factor.
    """
    settings, city = session.settings, session.city
    if not settings.cpted.wanted:
        return ()
    ground = session.ground_in(settings.cpted.cell_m)
    found: list[Environment] = []
    for look in looks:
        if settings.cpted.themes and look.theme not in settings.cpted.themes:
            continue
        history = histories[look.theme]
        incidents = history.incidents[history.precise]
        incidents = incidents[occurred(incidents) < week.end(city.timezone)]
        if len(incidents) < MIN_INCIDENTS:
            log.warning(
                "%s: %d incidents with a place are too few for a terrain.", look.theme, len(incidents)
            )
            continue
        terrain = _terrain(incidents, factors, ground, settings, theme=look.theme, stability=0)
        current = look.areas[look.areas["status"] != "gone"]
        zones = _zones(terrain, city, settings, theme=look.theme, hotspots=current)
        found.append(Environment(look.theme, zones, TOLD_BUDGET, *_capture_to_tell(terrain)))
    return tuple(found)


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
    terrain = _terrain(incidents, read_factors(session), ground, settings, theme=theme, stability=3)
    zones = _zones(terrain, session.city, settings, theme=theme, hotspots=None)
    return ThemeRisk(terrain, zones, session.city)


def _terrain(
    incidents: gpd.GeoDataFrame,
    factors: Sequence[cpted.Factor],
    ground: Ground,
    settings: Settings,
    *,
    theme: str,
    stability: int,
) -> cpted.RiskTerrain:
    """Terrain against the same yardstick as the hotspots: what the dwellings let expect."""
    ever = ground.grid.count(incidents)
    exposure = ground.expected_share(ever, settings.themes[theme].ground_share)
    return cpted.risk_terrain(
        incidents, [*factors], ground.grid, steps=settings.cpted.steps, exposure=exposure,
        stability=stability, seed=settings.seed,
    )  # fmt: skip


def _zones(
    terrain: cpted.RiskTerrain,
    city: City,
    settings: Settings,
    *,
    theme: str,
    hotspots: gpd.GeoDataFrame | None,
) -> tuple[Zone, ...]:
    own = settings.cpted
    return cpted.risk_zones(
        terrain, city, theme=theme, top_share=own.top_share, max_zones=own.max_zones, hotspots=hotspots,
        catalogue=cpted.load_catalogue(own.catalogue),
    )  # fmt: skip


def _capture_to_tell(terrain: cpted.RiskTerrain) -> tuple[float, float]:
    """Capture of the terrain and of the decayed counts at the budget that is told."""
    table = terrain.capture[terrain.capture["budget"] == TOLD_BUDGET].set_index("method")["capture"]
    if table.empty:
        return float("nan"), float("nan")
    return float(table["terrain"]), float(table["decayed counts"])


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

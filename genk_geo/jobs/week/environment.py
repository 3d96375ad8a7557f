"""The risk terrain of the settings: factors read, terrain modelled on the history, zones made of it."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from genk_geo import cpted
from genk_geo.at_once import at_once
from genk_geo.calendar import Week, occurred
from genk_geo.cpted.model.risk import MIN_INCIDENTS
from genk_geo.errors import ConfigError
from genk_geo.results import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd

    from genk_geo.config import FactorSettings, Settings
    from genk_geo.jobs.ground import Ground
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.jobs.session import Session
    from genk_geo.reference import City
    from genk_geo.results import ThemeWeek, Zone
    from genk_geo.stats import Grid

log = logging.getLogger(__name__)

#: The budget of which pages tell the capture.
TOLD_BUDGET = 0.02
_RASTERS = (".tif", ".tiff", ".vrt", ".asc")


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
    wanted: list[ThemeWeek] = []
    terrains: list[Callable[[], cpted.RiskTerrain]] = []
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
        wanted.append(look)
        terrains.append(
            partial(build_terrain, incidents, factors, ground, settings, theme=look.theme, stability=0)
        )
    found: list[Environment] = []
    for look, terrain in zip(wanted, at_once(terrains), strict=True):
        current = look.areas[look.areas["status"] != "gone"]
        zones = build_zones(terrain, city, settings, theme=look.theme, hotspots=current)
        found.append(Environment(look.theme, zones, TOLD_BUDGET, *_capture_to_tell(terrain)))
    return tuple(found)


def build_terrain(
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


def build_zones(
    terrain: cpted.RiskTerrain,
    city: City,
    settings: Settings,
    *,
    theme: str,
    hotspots: gpd.GeoDataFrame | None,
) -> tuple[Zone, ...]:
    """Zones of a terrain by the settings, with the hotspots that they hold where these are given."""
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

"""The environment, as a reader may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.release.table_values import number
from genk_geo.release.values.environment import ReleasedDriver, ReleasedEnvironment, ReleasedZone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.release.level import Level
    from genk_geo.results import Driver, Environment, Zone


def release_environments(found: Iterable[Environment], *, level: Level) -> tuple[ReleasedEnvironment, ...]:
    """Risk terrains with their zones; none for the public, because a zone is finer than a wijk."""
    if not level.shows_areas:
        return ()
    return tuple(
        ReleasedEnvironment(
            theme=one.theme,
            zones=release_zones(one.zones),
            budget=one.budget,
            capture=number(one.capture),
            baseline=number(one.baseline),
        )
        for one in found
    )


def release_zones(zones: Iterable[Zone]) -> tuple[ReleasedZone, ...]:
    """Zones for those who may see areas: analysts and wijkmanagers.

    Parameters
    ----------
    zones : iterable of Zone
        As :func:`genk_geo.cpted.risk_zones` gives them.

    Returns
    -------
    tuple of ReleasedZone
        In the same order. Field by field: one that is added to a zone is not shown before it stands here.
    """
    return tuple(
        ReleasedZone(
            zone_id=zone.zone_id,
            number=zone.number,
            theme=zone.theme,
            streets=zone.streets,
            wijk=zone.wijk,
            stadsdeel=zone.stadsdeel,
            score=zone.score,
            area_m2=zone.area_m2,
            drivers=tuple(_driver(driver) for driver in zone.drivers),
            advice=zone.advice,
            measures=zone.measures,
            hotspots=zone.hotspots,
            geometry=zone.geometry,
        )
        for zone in zones
    )


def _driver(driver: Driver) -> ReleasedDriver:
    return ReleasedDriver(
        factor=driver.factor,
        label=driver.label,
        kind=driver.kind,
        rule=driver.rule,
        distance_m=driver.distance_m,
        rrv=driver.rrv,
        absent=driver.absent,
        quality=driver.quality,
    )

"""The environment, as a reader may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo.release.table_values import number
from genk_geo.release.thresholds import COARSE_SHARES, SHARED_M2
from genk_geo.release.values.environment import ReleasedDriver, ReleasedEnvironment, ReleasedZone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.release.level import Level
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.results import Driver, Environment, Zone


def release_environments(
    found: Iterable[Environment], *, level: Level, themes: Iterable[ReleasedTheme] = ()
) -> tuple[ReleasedEnvironment, ...]:
    """Risk terrains with their zones; none for the public, because a zone is finer than a wijk.

    Which hotspots lie in a zone goes by the outlines of `themes` as they are shown: those that were found
    would tell where in its blocks a hotspot is. Figures of the model are rounded except for an analist.
    """
    if not level.shows_areas:
        return ()
    if level.shows_points:
        return tuple(_environment(one, release_zones(one.zones)) for one in found)
    spots = {theme.theme: theme.hotspots for theme in themes}
    return tuple(
        _coarse(_environment(one, release_zones(one.zones)), spots.get(one.theme, ())) for one in found
    )


def _environment(found: Environment, zones: tuple[ReleasedZone, ...]) -> ReleasedEnvironment:
    return ReleasedEnvironment(
        theme=found.theme,
        zones=zones,
        budget=found.budget,
        capture=number(found.capture),
        baseline=number(found.baseline),
    )


def _coarse(look: ReleasedEnvironment, spots: Iterable[Hotspot]) -> ReleasedEnvironment:
    shown = list(spots)
    zones = tuple(
        replace(
            zone,
            score=round(zone.score, 1),
            drivers=tuple(replace(driver, rrv=round(driver.rrv, 1)) for driver in zone.drivers),
            hotspots=tuple(
                sorted(
                    spot.hotspot_id
                    for spot in shown
                    if spot.geometry.intersection(zone.geometry).area > SHARED_M2
                )
            ),
        )
        for zone in look.zones
    )
    capture, baseline = (
        None if share is None else round(share / COARSE_SHARES[-1]) * COARSE_SHARES[-1]
        for share in (look.capture, look.baseline)
    )
    return replace(look, zones=zones, capture=capture, baseline=baseline)


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

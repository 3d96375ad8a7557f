"""Accidents on the street network: dangerous points and stretches, schools, years, circumstances."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo import stats
from genk_geo.jobs.traffic.accidents import AccidentsOnStreets, with_victims
from genk_geo.jobs.traffic.circumstances import by_wijk, circumstances, circumstances_by_year
from genk_geo.jobs.traffic.dangerous import busy_segments, concentration, points_by_rule, risky_stretches
from genk_geo.jobs.traffic.schools import around_schools, ways_to_schools
from genk_geo.reference.streets.schools import read_schools
from genk_geo.results import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from genk_geo.config import Settings
    from genk_geo.jobs.session import Session
    from genk_geo.jobs.traffic.period import AccidentPeriod
    from genk_geo.reference import City, StreetNetwork
    from genk_geo.store import Store

log = logging.getLogger(__name__)


def traffic_of(session: Session, store: Store, period: AccidentPeriod) -> Callable[[], Traffic | None]:
    """Read the accidents of the years that end with a period, to look at them later.

    Parameters
    ----------
    session : Session
        Settings, city and streets; without a network there is nothing to look at.
    store : Store
        History.
    period : AccidentPeriod
        From :func:`genk_geo.jobs.traffic.period.period_until`.

    Returns
    -------
    callable
        Looks at them, without the history, and gives a Traffic; None when the settings name no network.

    Raises
    ------
    ConfigError
        If the network cannot be read, and when called if the schools cannot.
    """
    settings, city, streets = session.settings, session.city, session.streets
    if streets is None:
        return lambda: None
    end = period.end
    incidents = store.incidents(theme=settings.traffic.theme, reported_before=period.known_before)
    seed = [settings.seed, end.year, end.month, end.day]

    def look() -> Traffic:
        found = analyse_traffic(incidents, streets, city, settings, end=end, seed=seed)
        return replace(found, as_of=period.known_before if period.frozen else None)

    return look


def traffic(session: Session, store: Store, period: AccidentPeriod) -> Traffic | None:
    """Look at the accidents of the years that end with a period: as :func:`traffic_of`, now."""
    return traffic_of(session, store, period)()


def analyse_traffic(
    incidents: gpd.GeoDataFrame,
    streets: StreetNetwork,
    city: City,
    settings: Settings,
    *,
    end: pd.Timestamp,
    seed: list[int],
) -> Traffic:
    """Look at the accidents of the last years on a street network.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``, of the theme of the accidents, all years on record.
    streets : StreetNetwork
        The network.
    city : City
        Its wijken.
    settings : Settings
        Periods, distances, schools, target.
    end : pandas.Timestamp
        End of the period, itself not in it.
    seed : list of int
        Of all that is drawn.

    Returns
    -------
    Traffic
    """
    own = settings.traffic
    known = with_victims(incidents[(incidents["from"] < end).to_numpy()], own.victims)
    accidents = AccidentsOnStreets.build(known, streets, city, settings, end, seed)
    snapping = accidents.snapping
    log.info("%d of %d injury accidents are on the network", snapping.on_network, snapping.injury)
    density = stats.network_density(
        accidents.network, accidents.placed, bandwidth_m=own.bandwidth_m,
        max_distance_m=settings.network.max_distance_m,
    )  # fmt: skip
    by_segment = stats.segment_density(accidents.network, density)
    points, by_chance = points_by_rule(accidents)
    schools = None if own.schools is None else read_schools(own.schools, crs=city.crs)
    return Traffic(
        start=accidents.start,
        end=end,
        network=streets.source,
        attribution=streets.attribution,
        fictitious=streets.fictitious,
        length_km=float(accidents.network.length_m.sum() / 1000.0),
        radius_m=own.radius_m,
        bandwidth_m=own.bandwidth_m,
        snapping=snapping,
        segments=busy_segments(by_segment, city),
        points=points,
        radii_m=own.radii_m,
        by_chance=by_chance,
        stretches=risky_stretches(accidents),
        concentrated=concentration(accidents),
        years=stats.yearly_accidents(known, end=end, target=own.target),
        target=own.target,
        wijken=by_wijk(accidents),
        schools=around_schools(accidents, schools),
        walk_minutes=own.walk_minutes,
        ways=ways_to_schools(accidents, schools, by_segment["events"].to_numpy()),
        conditions=circumstances(accidents),
        theme=own.theme,
        by_year=circumstances_by_year(accidents, known),
    )

"""What the map of a week showed its readers: kept beside its page, for the maps of later weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from genk_geo.calendar import Week
    from genk_geo.release.suppress import Count
    from genk_geo.release.values.week import AreaWeek


@dataclass(frozen=True)
class MapSpot:
    """A hotspot on the map of a week.

    Attributes
    ----------
    hotspot_id, number, status, since, streets, wijk, stadsdeel, weeks, observed, geometry
        As in :class:`genk_geo.release.values.findings.Hotspot`.
    """

    hotspot_id: str
    number: int
    status: str
    since: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    weeks: int
    observed: Count
    geometry: BaseGeometry


@dataclass(frozen=True)
class ThemeMap:
    """A theme on the map of a week.

    Attributes
    ----------
    missing : bool
        Nothing had come in of it, or of anything.
    too_few : bool
        Too few incidents to say anything of hotspots.
    stadsdelen, wijken : dict of str to AreaWeek
        By name, without the past that stood beside them; empty where nothing came in.
    hotspots : tuple of MapSpot
        By rank, those that are gone last.
    """

    missing: bool
    too_few: bool
    stadsdelen: dict[str, AreaWeek]
    wijken: dict[str, AreaWeek]
    hotspots: tuple[MapSpot, ...]


@dataclass(frozen=True)
class WeekMap:
    """The map of a week, as its own page showed it.

    Attributes
    ----------
    week : Week
        The week.
    rules : str
        For whom, and what was held back: maps under other rules are not laid beside each other.
    borders : str
        Fingerprint of the wijken.
    themes : dict of str to ThemeMap
        By key.
    """

    week: Week
    rules: str
    borders: str
    themes: dict[str, ThemeMap]


@dataclass(frozen=True)
class MapWeek:
    """A week that the map of a page goes through, and what can be shown of it.

    Attributes
    ----------
    week : Week
        The week.
    shown : WeekMap or None
        What its own page showed; None where that says nothing here.
    why : str
        Why there is nothing: ``no_page``, ``not_kept`` or ``other_rules``; empty otherwise.
    """

    week: Week
    shown: WeekMap | None
    why: str = ""

"""Which findings belong on the page of a stadsdeel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.environment import ReleasedZone
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedWeek

#: Share of a surface that must lie in a stadsdeel for the thing to stand on its page.
_SHARED = 0.1


class Located(Protocol):
    """What lies somewhere: a hotspot, a signal, a zone."""

    @property
    def stadsdeel(self) -> str:
        """Where most of it lies."""

    @property
    def geometry(self) -> BaseGeometry:
        """Its shape in the city's metric system."""


Found = TypeVar("Found", bound=Located)


def in_stadsdeel(things: Iterable[Found], week: ReleasedWeek, stadsdeel: str) -> list[Found]:
    """Keep what belongs to a stadsdeel or reaches well into it, in the same order."""
    layer = week.stadsdelen
    outline = layer.geometry[layer["stadsdeel"] == stadsdeel].union_all()
    return [
        thing
        for thing in things
        if thing.stadsdeel == stadsdeel
        or thing.geometry.intersection(outline).area >= _SHARED * thing.geometry.area
    ]


def hotspots_in(week: ReleasedWeek, stadsdeel: str) -> list[Hotspot]:
    """Hotspots that belong to a stadsdeel or reach well into it."""
    return in_stadsdeel((spot for theme in week.themes for spot in theme.hotspots), week, stadsdeel)


def zones_in(week: ReleasedWeek, stadsdeel: str) -> list[ReleasedZone]:
    """Zones of the environment that lie in a stadsdeel."""
    looks = week.environments
    return [zone for look in looks for zone in look.zones if zone.stadsdeel == stadsdeel]

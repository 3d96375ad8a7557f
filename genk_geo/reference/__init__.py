"""The city: its wijken and stadsdelen, sectors, streets, address points and anchors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo.reference.indicative import areas_from_points as areas_from_points
    from genk_geo.reference.indicative import outline_of as outline_of
    from genk_geo.reference.load import City as City
    from genk_geo.reference.streets.street_network import StreetNetwork as StreetNetwork

# Loaded on first use: the statistics need one small part of this room and not the settings of a city.
_PUBLIC = {
    "City": "genk_geo.reference.load",
    "StreetNetwork": "genk_geo.reference.streets.street_network",
    "areas_from_points": "genk_geo.reference.indicative",
    "outline_of": "genk_geo.reference.indicative",
}
__all__ = ["City", "StreetNetwork", "areas_from_points", "outline_of"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

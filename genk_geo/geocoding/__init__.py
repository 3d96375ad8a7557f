"""Belgian location strings to places: what is known, how surely, and what is refused."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo.geocoding.alias import read_aliases as read_aliases
    from genk_geo.geocoding.alias import write_aliases as write_aliases
    from genk_geo.geocoding.table import geocode as geocode
    from genk_geo.geocoding.written.house_number import HouseNumber as HouseNumber
    from genk_geo.geocoding.written.house_number import read_house_number as read_house_number
    from genk_geo.geocoding.written.location import Location as Location
    from genk_geo.geocoding.written.location import Vocabulary as Vocabulary
    from genk_geo.geocoding.written.parse import parse_location as parse_location

# Loaded on first use: who reads aliases must not wait for what finds streets.
_PUBLIC = {
    "HouseNumber": "genk_geo.geocoding.written.house_number",
    "Location": "genk_geo.geocoding.written.location",
    "Vocabulary": "genk_geo.geocoding.written.location",
    "geocode": "genk_geo.geocoding.table",
    "parse_location": "genk_geo.geocoding.written.parse",
    "read_aliases": "genk_geo.geocoding.alias",
    "read_house_number": "genk_geo.geocoding.written.house_number",
    "write_aliases": "genk_geo.geocoding.alias",
}
__all__ = [
    "HouseNumber",
    "Location",
    "Vocabulary",
    "geocode",
    "parse_location",
    "read_aliases",
    "read_house_number",
    "write_aliases",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'genk_geo.geocoding' has no attribute {name!r}")

"""Belgian location strings to places: what is known, how surely, and what is refused."""

from __future__ import annotations

from genk_geo.geocoding.alias import read_aliases, write_aliases
from genk_geo.geocoding.table import geocode
from genk_geo.geocoding.written.house_number import HouseNumber, read_house_number
from genk_geo.geocoding.written.location import Location, Vocabulary
from genk_geo.geocoding.written.parse import parse_location

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

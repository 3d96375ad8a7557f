"""Belgian location strings to places: what is known, how surely, and what is refused."""

from __future__ import annotations

from genk_geo.geocoding.alias import read_aliases, write_aliases
from genk_geo.geocoding.housenumber import HouseNumber, read_house_number
from genk_geo.geocoding.location import Location, Vocabulary
from genk_geo.geocoding.parse import parse_location
from genk_geo.geocoding.table import geocode

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

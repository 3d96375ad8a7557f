"""The city: its wijken and stadsdelen, sectors, streets, address points and anchors."""

from __future__ import annotations

from genk_geo.reference.indicative import areas_from_points, outline_of
from genk_geo.reference.load import City
from genk_geo.reference.streets.street_network import StreetNetwork

__all__ = ["City", "StreetNetwork", "areas_from_points", "outline_of"]

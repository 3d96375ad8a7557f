"""The city: its wijken and stadsdelen, sectors, streets, address points and anchors."""

from __future__ import annotations

from genk_geo.reference.city import City
from genk_geo.reference.indicative import areas_from_points, outline_of

__all__ = ["City", "areas_from_points", "outline_of"]

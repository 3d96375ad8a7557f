"""Hotspots of nuisance, burglary and traffic incidents by wijk and stadsdeel.

>>> import genk_geo as gg
>>> city = gg.City.load()
>>> city.name
'Genk'

The examples of functions start from this, and from geopandas as `gpd`, numpy as `np`, pandas as `pd` and
shapely.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo import cpted as cpted
    from genk_geo import stats as stats
    from genk_geo.geocoding import geocode as geocode
    from genk_geo.ingestion import ingest as ingest
    from genk_geo.jobs import weekly as weekly
    from genk_geo.reference import City as City

    __version__: str

# Loaded on first use: `genk-geo --help` must not wait for geopandas.
_ROOMS = {"cpted": "genk_geo.cpted", "stats": "genk_geo.stats"}
_PUBLIC = {
    "City": "genk_geo.reference",
    "geocode": "genk_geo.geocoding",
    "ingest": "genk_geo.ingestion",
    "weekly": "genk_geo.jobs",
}
__all__ = ["City", "__version__", "cpted", "geocode", "ingest", "stats", "weekly"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("genk_geo")
    if name in _ROOMS:
        return import_module(_ROOMS[name])
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'genk_geo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

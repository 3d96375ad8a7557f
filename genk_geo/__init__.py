"""Hotspots of nuisance, burglary and traffic incidents by wijk and stadsdeel.

>>> import genk_geo as gg
>>> city = gg.City.load()
>>> city.name
'Genk'

Where is it?
    A :class:`City`, what its addresses are (:func:`geocode`), what a supplier's file holds (:func:`ingest`).
When is it?
    A :class:`Week`, and the :class:`Window` of weeks that ends with one.
Where and when does it lie together, what follows, did it help, and on streets?
    :mod:`genk_geo.stats`.
Why there?
    The environment: :mod:`genk_geo.cpted`.
And every Monday?
    :class:`Settings` of a file, and the whole of it: :func:`weekly`.
On what to try it?
    A fictitious year, with the truth that was planted in it: :mod:`genk_geo.datasets`.

Results show themselves: a line of text, a table in a notebook, ``.plot()``, ``.explore()``, ``.to_gdf()``.

The examples of functions start from this, and from geopandas as `gpd`, numpy as `np`, pandas as `pd` and
shapely.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo import cpted as cpted
    from genk_geo import datasets as datasets
    from genk_geo import stats as stats
    from genk_geo.calendar import Week as Week
    from genk_geo.calendar import Window as Window
    from genk_geo.config import Settings as Settings
    from genk_geo.geocoding import geocode as geocode
    from genk_geo.ingestion import ingest as ingest
    from genk_geo.jobs import weekly as weekly
    from genk_geo.reference import City as City

    __version__: str

# Loaded on first use: `genk-geo --help` must not wait for geopandas.
_ROOMS = {"cpted": "genk_geo.cpted", "datasets": "genk_geo.datasets", "stats": "genk_geo.stats"}
_PUBLIC = {
    "City": "genk_geo.reference",
    "Settings": "genk_geo.config",
    "Week": "genk_geo.calendar",
    "Window": "genk_geo.calendar",
    "geocode": "genk_geo.geocoding",
    "ingest": "genk_geo.ingestion",
    "weekly": "genk_geo.jobs",
}
__all__ = [
    "City",
    "Settings",
    "Week",
    "Window",
    "__version__",
    "cpted",
    "datasets",
    "geocode",
    "ingest",
    "stats",
    "weekly",
]


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

"""Is this machine fit for the weekly job? What is missing, in plain words."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from genk_geo.config import Settings
from genk_geo.errors import GenkGeoError

if TYPE_CHECKING:
    from pathlib import Path

MIN_FREE_GB = 1.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    found: str
    ok: bool


def check_up(config: Path | None = None) -> list[Finding]:
    """Look at Python, the libraries, the disk, the settings and the city.

    Parameters
    ----------
    config : path-like, optional
        Configuration file to check along.

    Returns
    -------
    list of Finding
        In the order of looking; the settings' fault is a finding, not an error.
    """
    return [_python(), *_libraries(), *_settings(config)]


def _python() -> Finding:
    return Finding("Python", sys.version.split()[0], sys.version_info >= (3, 11))


def _libraries() -> list[Finding]:
    names = ("geopandas", "shapely", "pyproj", "numba", "duckdb", "folium")
    return [Finding(name, version(name), ok=True) for name in names]


def _settings(config: Path | None) -> list[Finding]:
    from genk_geo.reference import City

    try:
        settings = Settings.load(config)
        city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    except GenkGeoError as error:
        return [Finding("settings", str(error), ok=False)]
    notes = [note for note in (city.boundary_note, city.grouping_note) if note]
    sources = f"{len(settings.sources)} named" if settings.sources else "none named: nothing can be read"
    return [
        Finding("city", f"{city.name}, {len(city.wijken)} wijken {' '.join(notes)}".strip(), ok=True),
        Finding("sources", sources, bool(settings.sources) or config is None),
        _disk(settings.out),
    ]


def _disk(folder: Path) -> Finding:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free / 1e9
    return Finding("disk", f"{free:.1f} GB free for {folder.name}", free >= MIN_FREE_GB)

"""Is this machine fit for the weekly job? What is there, and what is missing."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from genk_geo.config import Settings
from genk_geo.doors import limited
from genk_geo.errors import GenkGeoError

if TYPE_CHECKING:
    from pathlib import Path

MIN_FREE_GB = 1.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    what : str
        ``python``, ``library``, ``settings``, ``city``, ``sources`` or ``disk``.
    ok : bool
        Whether it will do.
    values : dict
        What was found, to be put into words.
    """

    what: str
    ok: bool
    values: dict[str, Any] = field(default_factory=dict)


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
    return Finding("python", sys.version_info >= (3, 11), {"found": sys.version.split()[0]})


def _libraries() -> list[Finding]:
    names = ("geopandas", "shapely", "pyproj", "numba", "duckdb", "folium")
    return [Finding("library", ok=True, values={"name": name, "found": version(name)}) for name in names]


def _settings(config: Path | None) -> list[Finding]:
    from genk_geo.reference import City

    try:
        settings = Settings.load(config)
        with limited(settings.limits.of_doors()):
            city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    except GenkGeoError as error:
        return [Finding("settings", ok=False, values={"found": str(error)})]
    named = len(settings.sources)
    return [
        Finding(
            "city",
            ok=True,
            values={
                "found": city.name,
                "wijken": len(city.wijken),
                "notes": tuple(note for note in (city.boundary_note, city.grouping_note) if note),
            },
        ),
        Finding("sources", bool(named) or config is None, {"n": named}),
        _disk(settings.out),
    ]


def _disk(folder: Path) -> Finding:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free / 1e9
    return Finding("disk", free >= MIN_FREE_GB, {"free_gb": free, "folder": folder.name})

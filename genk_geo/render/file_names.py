"""Names of the files of a week, for who writes them and for who links to them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The first page, the reading guide, the page on traffic and that of an evaluation.
INDEX = "index.html"
GUIDE = "handleiding.html"
TRAFFIC = "verkeer.html"
#: What was agreed, and the sheet for the meeting.
DOSSIERS = "aanpak.html"
MEETING = "overleg.html"
EVALUATION = "evaluatie.html"
#: What was told in a published folder, to check later weeks with.
TOLD = "told.json"
#: What the map of the week showed, for the maps of later weeks.
MAP = "map.json"
#: The hotspots as a table, and the layers of hotspots and of traffic for a GIS.
HOTSPOT_ROWS = "hotspots.csv"
HOTSPOT_LAYERS = "hotspots.gpkg"
TRAFFIC_LAYERS = "verkeer.gpkg"

#: Longer file names and keys than this are cut off.
_LONGEST = 60


def stadsdeel_pages(stadsdelen: Iterable[str]) -> dict[str, str]:
    """File name of each stadsdeel's page; names that would coincide get a number."""
    return {name: f"stadsdeel-{key}.html" for name, key in keys(stadsdelen).items()}


def zone_page(zone_id: str) -> str:
    """File name of a zone's sheet."""
    return f"zone-{slug(zone_id)}.html"


def keys(names: Iterable[str]) -> dict[str, str]:
    """Plain letters for each name, with a number where two would coincide.

    Examples
    --------
    >>> keys(["'t Vossenhol", "t-vossenhol"])
    {"'t Vossenhol": 't-vossenhol', 't-vossenhol': 't-vossenhol-2'}
    """
    found: dict[str, str] = {}
    for name in names:
        key = first = slug(name, longest=_LONGEST)
        number = 1
        while key in found.values():
            number += 1
            key = f"{first}-{number}"
        found[name] = key
    return found


def slug(text: str, *, longest: int | None = None) -> str:
    """A text in small letters, digits and dashes.

    Examples
    --------
    >>> slug("Sint-Odulf & Co")
    'sint-odulf-co'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-") or "x"

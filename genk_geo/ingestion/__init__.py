"""From a supplier's file to incidents: read, checked, located, and every row accounted for.

>>> from genk_geo.ingestion import load_profile
>>> load_profile("burglary").theme
'burglary'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo.ingestion.incidents import ingest as ingest
    from genk_geo.ingestion.profiles.profile import Profile as Profile
    from genk_geo.ingestion.profiles.profile import load_profile as load_profile
    from genk_geo.ingestion.profiles.profile import shipped_profiles as shipped_profiles
    from genk_geo.ingestion.proposing.proposal import propose_profile as propose_profile
    from genk_geo.ingestion.reading.readers import read_table as read_table
    from genk_geo.ingestion.report import IngestReport as IngestReport
    from genk_geo.ingestion.report import IngestResult as IngestResult

# Loaded on first use: a run without new files reads none, and must not wait for what would.
_PUBLIC = {
    "IngestReport": "genk_geo.ingestion.report",
    "IngestResult": "genk_geo.ingestion.report",
    "Profile": "genk_geo.ingestion.profiles.profile",
    "ingest": "genk_geo.ingestion.incidents",
    "load_profile": "genk_geo.ingestion.profiles.profile",
    "propose_profile": "genk_geo.ingestion.proposing.proposal",
    "read_table": "genk_geo.ingestion.reading.readers",
    "shipped_profiles": "genk_geo.ingestion.profiles.profile",
}
__all__ = [
    "IngestReport",
    "IngestResult",
    "Profile",
    "ingest",
    "load_profile",
    "propose_profile",
    "read_table",
    "shipped_profiles",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'genk_geo.ingestion' has no attribute {name!r}")

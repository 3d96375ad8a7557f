"""From a supplier's file to incidents: read, checked, located, and every row accounted for.

>>> from genk_geo.ingestion import load_profile
>>> load_profile("burglary").theme
'burglary'
"""

from genk_geo.ingestion.incidents import ingest
from genk_geo.ingestion.profiles.profile import Profile, load_profile, shipped_profiles
from genk_geo.ingestion.proposing.proposal import propose_profile
from genk_geo.ingestion.reading.readers import read_table
from genk_geo.ingestion.report import IngestReport, IngestResult

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

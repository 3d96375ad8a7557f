"""What a reader may see: the one place where something is taken out, before anything is drawn or written.

Everything after the release step works on :mod:`genk_geo.release.values`; what is held back is in none of
them. The check then works out what could be derived from all that was ever told.
"""

from genk_geo.release.level import Level
from genk_geo.release.matters.effect import release_effects
from genk_geo.release.matters.environment import release_environments, release_zones
from genk_geo.release.matters.evaluation import release_evaluation
from genk_geo.release.matters.outlook import release_scores
from genk_geo.release.matters.traffic import release_traffic
from genk_geo.release.overlays import NEAR_M, check_overlays, judged_by
from genk_geo.release.week import checked_release, release

__all__ = [
    "NEAR_M",
    "Level",
    "check_overlays",
    "checked_release",
    "judged_by",
    "release",
    "release_effects",
    "release_environments",
    "release_evaluation",
    "release_scores",
    "release_traffic",
    "release_zones",
]

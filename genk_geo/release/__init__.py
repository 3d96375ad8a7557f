"""What a reader may see: the one place where something is taken out, before anything is drawn or written.

Everything after the release step works on :mod:`genk_geo.release.values`; what is held back is in none of
them. The check then works out what could be derived from all that was ever told.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo.release.level import Level as Level
    from genk_geo.release.matters.effect import release_effects as release_effects
    from genk_geo.release.matters.environment import release_environments as release_environments
    from genk_geo.release.matters.environment import release_zones as release_zones
    from genk_geo.release.matters.evaluation import release_evaluation as release_evaluation
    from genk_geo.release.matters.outlook import release_scores as release_scores
    from genk_geo.release.matters.traffic import release_traffic as release_traffic
    from genk_geo.release.overlays import NEAR_M as NEAR_M
    from genk_geo.release.overlays import check_overlays as check_overlays
    from genk_geo.release.overlays import judged_by as judged_by
    from genk_geo.release.week import checked_release as checked_release
    from genk_geo.release.week import release as release

# Loaded on first use: who wants a level or a limit must not wait for what releases a week.
_PUBLIC = {
    "NEAR_M": "genk_geo.release.overlays",
    "Level": "genk_geo.release.level",
    "check_overlays": "genk_geo.release.overlays",
    "checked_release": "genk_geo.release.week",
    "judged_by": "genk_geo.release.overlays",
    "release": "genk_geo.release.week",
    "release_effects": "genk_geo.release.matters.effect",
    "release_environments": "genk_geo.release.matters.environment",
    "release_evaluation": "genk_geo.release.matters.evaluation",
    "release_scores": "genk_geo.release.matters.outlook",
    "release_traffic": "genk_geo.release.matters.traffic",
    "release_zones": "genk_geo.release.matters.environment",
}
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


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'genk_geo.release' has no attribute {name!r}")

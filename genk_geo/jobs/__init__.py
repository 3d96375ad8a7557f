"""The jobs that run from beginning to end: today the weekly hotspot maps."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo.jobs.week.made.published import Publication as Publication
    from genk_geo.jobs.week.run import stale_weeks as stale_weeks
    from genk_geo.jobs.week.run import weekly as weekly

_PUBLIC = {
    "Publication": "genk_geo.jobs.week.made.published",
    "stale_weeks": "genk_geo.jobs.week.run",
    "weekly": "genk_geo.jobs.week.run",
}
__all__ = ["Publication", "stale_weeks", "weekly"]


def __getattr__(name: str) -> Any:
    """Loaded on first use: what opens a settings file must not wait for a whole week."""
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'genk_geo.jobs' has no attribute {name!r}")

"""The jobs that run from beginning to end: today the weekly hotspot maps."""

from __future__ import annotations

from genk_geo.jobs.week.made.published import Publication
from genk_geo.jobs.week.run import stale_weeks, weekly

__all__ = ["Publication", "stale_weeks", "weekly"]

"""What became of what was done at the place of a dossier."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class MeasuredEffect:
    """Measures that were taken together at a place, and whether they helped; or how long that would take.

    Attributes
    ----------
    dossier, theme : str
        Number of the dossier, and key of its theme; no number where a measure was drawn by hand.
    measures : tuple of str
        Keys of the catalogue, in the order in which they were done; ``""`` for one in free words. Empty
        where nothing was done yet: then it says how long a fall would take to be seen.
    start : datetime.date
        First day; where nothing was done yet, the first one of the next week.
    end : datetime.date or None
        Last day, where all of it was taken away again.
    ground : shapely geometry
        The place that was counted.
    wijken : tuple of str
        The wijken that hold it; empty where none do wholly.
    verdict : str
        ``helped``, ``cannot_tell``, ``did_not_help`` or ``too_early``.
    observed, expected : int, float
        Events of the weeks that the verdict stands on; 0 while it is too early.
    ratio, low, high : float
        Observed over expected, and its interval; NaN where nothing can be said.
    weeks, weeks_seen : int
        Weeks that the verdict stands on (0: too early), and whole weeks since the start.
    per_week : float
        Events a week that were expected at the start; NaN where too little of the past is known.
    weeks_needed, judged_after : int or None
        Weeks until a fall of a fifth is seen, and until the first verdict; None: never.
    visible : float
        The ratio that would be seen; NaN where none would.
    displacement, relapse : str
        As in :class:`genk_geo.stats.Effect`.
    plain_ratio : float
        After over before, compared with nothing: for analysts, who are asked for it.
    place : str
        Name of the place, where the register names one; else it is that of the dossier.
    followed_by : datetime.date or None
        When the next round began at the same place; None where there is none.
    """

    dossier: str
    theme: str
    measures: tuple[str, ...]
    start: dt.date
    end: dt.date | None
    ground: BaseGeometry
    wijken: tuple[str, ...]
    verdict: Literal["helped", "cannot_tell", "did_not_help", "too_early"]
    observed: int
    expected: float
    ratio: float
    low: float
    high: float
    weeks: int
    weeks_seen: int
    per_week: float
    weeks_needed: int | None
    judged_after: int | None
    visible: float
    displacement: Literal["moved", "spread", "cannot_tell", "unknown"]
    relapse: Literal["came_back", "stayed", "cannot_tell", "unknown"]
    plain_ratio: float
    place: str = ""
    followed_by: dt.date | None = None

    @property
    def shared_since(self) -> dt.date | None:
        """Day from which the weeks of the verdict are also those of the next round; None where none are."""
        then = self.followed_by
        return then if then is not None and then < self.start + dt.timedelta(weeks=self.weeks) else None

    @property
    def planned(self) -> bool:
        """Whether nothing was done yet."""
        return not self.measures

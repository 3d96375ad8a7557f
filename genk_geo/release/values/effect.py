"""What became of measures, as a reader may see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class ReleasedEffect:
    """Measures at one place and whether they helped.

    Attributes
    ----------
    dossier, theme : str
        Number of the dossier, and key of the theme.
    measures : tuple of str
        Keys of the catalogue, ``""`` for one in free words; empty where nothing was done yet.
    start, end : datetime.date or None
        First day; last day where all of it was taken away.
    verdict : str
        ``helped``, ``cannot_tell``, ``did_not_help``, ``too_early``, or ``untold``: too little happens here
        for anything to be said to this reader, not even how little.
    ratio, low, high : float or None
        What came over what would have come, and its interval; None where it is not told.
    weeks : int
        Weeks that the verdict stands on; 0 while it is too early.
    about : bool
        Whether weeks are told to a quarter of a year only.
    weeks_seen : int
        Whole weeks since the start.
    weeks_needed : int or None
        Weeks until a fall of a fifth is seen; None where five years are too few.
    judged_after : int or None
        Weeks after which the first verdict is given; None: never.
    visible : float or None
        The ratio that would be seen by then; None where nothing would.
    known : bool
        Whether enough weeks before the start are on record.
    displacement : str
        Of the ring around it: ``moved``, ``spread``, ``cannot_tell`` or ``unknown``.
    relapse : str
        ``came_back``, ``stayed``, ``cannot_tell`` or ``unknown``.
    wijken : tuple of str
        The wijken that hold the place: what was counted there was counted in them.
    least : int
        No fewer events than this were counted over the weeks of the verdict, by what is told; 0: nothing
        follows.
    place : str
        What the register calls the place, for analysts; empty where it is that of the dossier.
    shared_since : datetime.date or None
        Day from which the weeks of the verdict are also those of the next round there.
    """

    dossier: str
    theme: str
    measures: tuple[str, ...]
    start: dt.date
    end: dt.date | None
    verdict: Literal["helped", "cannot_tell", "did_not_help", "too_early", "untold"]
    ratio: float | None
    low: float | None
    high: float | None
    weeks: int
    about: bool
    weeks_seen: int
    weeks_needed: int | None
    judged_after: int | None
    visible: float | None
    known: bool
    displacement: Literal["moved", "spread", "cannot_tell", "unknown"]
    relapse: Literal["came_back", "stayed", "cannot_tell", "unknown"]
    wijken: tuple[str, ...] = ()
    least: int = 0
    place: str = ""
    shared_since: dt.date | None = None

    @property
    def planned(self) -> bool:
        """Whether nothing was done yet."""
        return not self.measures

    @property
    def told(self) -> bool:
        """Whether anything is said of it."""
        return self.verdict != "untold"

    def untold(self) -> Self:
        """The same place and day, and nothing of what became of it."""
        nothing: dict[str, Any] = {
            "verdict": "untold", "ratio": None, "low": None, "high": None, "weeks": 0, "weeks_needed": None,
            "judged_after": None, "visible": None, "known": True, "displacement": "unknown",
            "relapse": "unknown", "least": 0, "shared_since": None,
        }  # fmt: skip
        return replace(self, **nothing)

    def without_share(self, limit: int) -> Self:
        """The verdict alone: that enough came for it to be told is all that follows."""
        return replace(self, ratio=None, low=None, high=None, least=limit if self.weeks else 0)

"""What became of a measure, as a reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class ReleasedEffect:
    """One action and whether it helped.

    Attributes
    ----------
    action_id, dossier, measure, theme : str
        As the register has them.
    start, end : datetime.date or None
        First day; last day where the measure was taken away.
    verdict : str
        ``helped``, ``cannot_tell``, ``did_not_help`` or ``too_early``.
    ratio, low, high : float or None
        What came over what would have come, and its interval; None where it is not told.
    weeks : int
        Weeks that the verdict stands on; 0 while it is too early.
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
    """

    action_id: str
    dossier: str
    measure: str
    theme: str
    start: dt.date
    end: dt.date | None
    verdict: Literal["helped", "cannot_tell", "did_not_help", "too_early"]
    ratio: float | None
    low: float | None
    high: float | None
    weeks: int
    weeks_seen: int
    weeks_needed: int | None
    judged_after: int | None
    visible: float | None
    known: bool
    displacement: Literal["moved", "spread", "cannot_tell", "unknown"]
    relapse: Literal["came_back", "stayed", "cannot_tell", "unknown"]

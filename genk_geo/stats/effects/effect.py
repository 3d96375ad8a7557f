"""What became of a measure, as one frozen value an action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

Verdict = Literal["helped", "cannot_tell", "did_not_help", "too_early"]
#: What may be said of a measure.
VERDICTS: tuple[Verdict, ...] = ("helped", "cannot_tell", "did_not_help", "too_early")


@dataclass(frozen=True)
class Change:
    """What was counted beside what was expected, in one place and one span of weeks.

    Attributes
    ----------
    observed : int
        Events that were counted.
    expected : float
        Events that would have come without the measure.
    ratio, low, high : float
        Observed over expected, and its interval at `level`; NaN where nothing was expected.
    level : float
        Level of the interval: .95 at the first verdict, higher at each later one.
    weeks : int
        How many weeks.

    Examples
    --------
    >>> gg.stats.Change(60, 100.0, ratio=0.6, low=0.45, high=0.8, level=0.95, weeks=52).fell
    True
    """

    observed: int
    expected: float
    ratio: float
    low: float
    high: float
    level: float
    weeks: int

    @property
    def fell(self) -> bool:
        """Whether fewer came than chance explains."""
        return self.high < 1

    @property
    def rose(self) -> bool:
        """Whether more came than chance explains."""
        return self.low > 1


@dataclass(frozen=True)
class Effect:
    """What became of one action, for one theme.

    Attributes
    ----------
    action_id, dossier, measure, theme, area : str
        As the actions have them; `area` is the place in the counts.
    start, end : datetime.date or None
        First day, and last day where the measure was taken away again.
    verdict : str
        ``helped``, ``cannot_tell``, ``did_not_help`` (a fall of a fifth is ruled out) or ``too_early``.
    change : Change or None
        The place itself, over the weeks that the verdict stands on; None while it is too early.
    p_value : float
        Chance of so few without the measure, corrected for the themes looked at; NaN while too early.
    placebo_p : float
        Rank of the place among `placebos` places where nothing was done, as a chance; NaN while too early.
    placebos : int
        How many places it was ranked among.
    per_week : float
        Events a week that were expected when it began.
    weeks_needed : int or None
        Weeks until a fall of a fifth is seen four times out of five; None where five years are too few.
    judged_after : int or None
        Weeks after which the first verdict is given, fixed by what was known at the start; None: never.
    weeks_seen : int
        Whole weeks since the start that are on record.
    visible : float
        The ratio that would be seen four times out of five in the weeks of the verdict (or of the first one,
        while it is too early): 0.6 says that a fall of 40 % would have been seen. NaN where nothing would.
    before : int
        Events in as many weeks before the start, for the plain comparison that is printed beside it.
    compared : str
        ``synthetic`` (places that went alike before, weighted) or ``city`` (all other places together).
    donors : tuple of (str, float)
        The places that it is compared with and their weights, heaviest first; the rest of the city is
        :data:`REST`.
    ring : Change or None
        The ring around it, where there is one.
    displacement : str
        Of the ring: ``moved``, ``spread`` (it fell there too), ``cannot_tell`` or ``unknown`` (no ring, or
        too early).
    after_end : Change or None
        The place after the measure was taken away.
    relapse : str
        ``came_back``, ``stayed``, ``cannot_tell`` or ``unknown`` (not taken away, or too early).

    Examples
    --------
    At a place with two events a week nothing is said of a measure that begins tomorrow:

    >>> rng = np.random.default_rng(1)
    >>> weeks = pd.date_range("2024-01-01", periods=104, freq="W-MON")
    >>> table = pd.DataFrame(rng.poisson(2.0, (104, 60)), index=weeks).add_prefix("p")
    >>> row = {"action_id": "A1", "dossier": "D1", "measure": "lamps", "theme": "nuisance", "area": "p0"}
    >>> found, = gg.stats.effects(table, pd.DataFrame([{**row, "start": "2025-12-29", "end": None}]))
    >>> found.verdict, found.weeks_seen, found.judged_after
    ('too_early', 0, 52)
    """

    action_id: str
    dossier: str
    measure: str
    theme: str
    area: str
    start: dt.date
    end: dt.date | None
    verdict: Verdict
    change: Change | None
    p_value: float
    placebo_p: float
    placebos: int
    per_week: float
    weeks_needed: int | None
    judged_after: int | None
    weeks_seen: int
    visible: float
    before: int
    compared: Literal["synthetic", "city"]
    donors: tuple[tuple[str, float], ...]
    ring: Change | None
    displacement: Literal["moved", "spread", "cannot_tell", "unknown"]
    after_end: Change | None
    relapse: Literal["came_back", "stayed", "cannot_tell", "unknown"]

    @property
    def plain_ratio(self) -> float:
        """Events after over events before, compared with nothing: what a plain before-after would tell."""
        if self.change is None or self.before == 0:
            return float("nan")
        return self.change.observed / self.before


#: Name of the donor that stands for all places that are not compared one by one.
REST = "(rest)"

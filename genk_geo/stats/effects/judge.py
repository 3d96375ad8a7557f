"""One theme's counts with its actions: the plan of each at its start, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from genk_geo.stats.effects.chance import Spread, rank_chance
from genk_geo.stats.effects.comparison import LEAST_CLEAN, Comparison, compare
from genk_geo.stats.effects.effect import REST, Change, Effect
from genk_geo.stats.effects.registers import LEAST_PLACES
from genk_geo.stats.effects.waiting import (
    FALSE_HELP,
    FIRST,
    YEAR,
    judged_after,
    look_at,
    visible_ratio,
    weeks_needed,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Sequence

    import numpy.typing as npt
    import pandas as pd

    from genk_geo.stats.effects.registers import Action

    Floats = npt.NDArray[np.float64]

#: With fewer weeks before a start nothing is expected: a third of them must show how restless places are.
LEAST_WEEKS = LEAST_CLEAN * 3 // 2
_NAMED = 10
# Places that expect less than this part of what the place does are no measure of its chance.
_ALIKE = 0.25
_UNTOLD: dict[str, Any] = {
    "change": None, "p_value": float("nan"), "placebo_p": float("nan"), "placebos": 0, "before": 0,
    "compared": "city", "donors": (), "ring": None, "displacement": "unknown", "after_end": None,
    "relapse": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What was known of a place when something began there: fixed, whatever comes after."""

    per_week: float
    spread: Spread
    residuals: tuple[Floats, Floats]
    first: int | None


class Judge:
    """Tells what became of actions; what actions with one start share is worked out once."""

    def __init__(self, counts: pd.DataFrame, actions: Sequence[Action], chosen: int) -> None:
        self.names = [str(one) for one in counts.columns]
        self.column: dict[Hashable, int] = {name: at for at, name in enumerate(counts.columns)}
        self.table: Floats = counts.to_numpy(dtype=float)
        self.chosen = chosen
        self.monday: dt.date = counts.index[0].date()
        self.actions = actions
        self._compared: dict[tuple[int, int], Comparison] = {}
        self._restless: dict[int, tuple[Floats, Floats]] = {}

    def effect(self, row: Action) -> Effect:
        """What became of one action, its verdict still open."""
        begin, end = self._begin(row.start), self._end(row.end)
        place = self.column[row.area]
        seen = max(min(end, len(self.table)) - begin, 0)
        told: dict[str, Any] = {}
        if begin < LEAST_WEEKS:
            plan = Plan(float("nan"), Spread(0.0, 0.0), (np.empty(0), np.empty(0)), None)
            needed, visible, first = None, float("nan"), None
        else:
            plan = self._plan(begin, place)
            first = plan.first
            weeks, chance = look_at(seen, plan.first)
            if not weeks and end <= len(self.table):
                # It was taken away before: what there is, is all that there will ever be.
                weeks, chance = seen if seen >= FIRST else 0, FALSE_HELP / 2
                first = plan.first if weeks else None
            spread = plan.spread
            needed = weeks_needed(plan.per_week, level=spread.level, growth=spread.growth)
            if weeks:
                told = self._told(row, begin, end, weeks, chance, plan)
                spread = told.pop("spread")
            expected = told["change"].expected if weeks else plan.per_week * (plan.first or 0)
            visible = visible_ratio(expected, spread, chance)
        return Effect(
            action_id=row.action_id, dossier=row.dossier, measure=row.measure, theme=row.theme,
            area=str(row.area), start=row.start, end=row.end, verdict="too_early",
            per_week=plan.per_week, weeks_needed=needed, judged_after=first, weeks_seen=seen,
            visible=visible, **{**_UNTOLD, **told},
        )  # fmt: skip

    def _told(
        self, row: Action, begin: int, end: int, weeks: int, chance: float, plan: Plan
    ) -> dict[str, Any]:
        place = self.column[row.area]
        found = self._compare(begin, begin + weeks)
        observed, expected = self._placebos(found, begin, begin + weeks)
        past_observed, past_expected = plan.residuals
        spread = Spread.fit(
            np.concatenate([past_observed, observed]), np.concatenate([past_expected, expected])
        )
        change = self._change(found, place, begin, slice(0, weeks), spread, chance)
        alike = self._alike(expected, change.expected)
        score = float(spread.scores(np.array([change.observed]), np.array([change.expected]))[0])
        ring = row.ring
        around = None if ring is None else self._change(
            found, self.column[ring], begin, slice(0, weeks), spread, chance
        )  # fmt: skip
        after, relapse = self._after(place, begin, end, weeks, spread, change)
        return {
            "change": change, "spread": spread,
            "p_value": float(spread.lower(change.observed, change.expected)),
            "placebo_p": rank_chance(score, spread.scores(observed[alike], expected[alike])),
            "placebos": int(alike.sum()),
            "before": int(self.table[max(begin - weeks, 0) : begin, place].sum()),
            "compared": found.kind, "donors": self._named(found, place), "ring": around,
            "displacement": _displaced(around), "after_end": after, "relapse": relapse,
        }  # fmt: skip

    def _plan(self, begin: int, place: int) -> Plan:
        observed, expected = self._past_residuals(begin)
        spread = Spread.fit(observed, expected)
        known = self._compare(begin, begin)
        per_week = float(known.level[known.at(place)])
        return Plan(per_week, spread, (observed, expected), judged_after(per_week, spread))

    def _past_residuals(self, begin: int) -> tuple[Floats, Floats]:
        """Counts and expectations of the last weeks before a start, when nothing had been done."""
        if begin not in self._restless:
            known = min(begin, len(self.table))
            cut = known - min(YEAR, known // 3)
            everywhere = np.ones(len(self.names), dtype=bool)
            found = self._expected(cut, known, everywhere)
            self._restless[begin] = self._placebos(found, cut, known)
        return self._restless[begin]

    def _compare(self, begin: int, stop: int) -> Comparison:
        """Weeks after a start, against places where nothing was done until their end."""
        key = (begin, stop)
        if key not in self._compared:
            self._compared[key] = self._expected(begin, stop, self._usable(stop))
        return self._compared[key]

    def _expected(self, begin: int, stop: int, usable: npt.NDArray[np.bool_]) -> Comparison:
        """Weeks from one to another, against usable places where anything had happened by then.

        Where something happens for the first time only later is no place of these weeks: counted among them,
        it would move what was fixed at a start, and a verdict with it, from one Monday to the next.
        """
        busy = usable & self.table[:stop].any(axis=0)
        if busy.sum() < LEAST_PLACES:
            busy = usable
        kept = np.flatnonzero(busy | ~usable)
        found = compare(
            self.table[:begin, kept], self.table[begin:stop, kept], usable=busy[kept],
            wanted=np.flatnonzero(~usable[kept]), chosen=self.chosen,
        )  # fmt: skip
        return replace(found, places=kept[found.places], donors=kept[found.donors])

    def _usable(self, stop: int) -> npt.NDArray[np.bool_]:
        """Places of no action, or of one that had not begun."""
        usable = np.ones(len(self.names), dtype=bool)
        for one in self.actions:
            taken = [self.column[place] for place in (one.area, one.ring) if place is not None]
            if self._begin(one.start) <= stop:
                usable[taken] = False
        return usable

    def _placebos(self, found: Comparison, begin: int, stop: int) -> tuple[Floats, Floats]:
        n = found.donors.size
        return self.table[begin:stop, found.donors].sum(axis=0), found.expected[:, -n:].sum(axis=0)

    def _change(
        self, found: Comparison, place: int, begin: int, within: slice, spread: Spread, chance: float
    ) -> Change:
        observed = int(self.table[begin + within.start : begin + within.stop, place].sum())
        expected = float(found.expected[within, found.at(place)].sum())
        level = 1.0 - 2.0 * chance
        low, high = spread.ratio_interval(observed, expected, level)
        ratio = observed / expected if expected > 0 else float("nan")
        return Change(observed, expected, ratio, low, high, level, within.stop - within.start)

    def _after(
        self, place: int, begin: int, end: int, weeks: int, spread: Spread, change: Change
    ) -> tuple[Change | None, Literal["came_back", "stayed", "cannot_tell", "unknown"]]:
        """The place after the measure was taken away, once as many weeks have gone by as it was judged on."""
        if end + weeks > len(self.table):
            return None, "unknown"
        found = self._compare(begin, end + weeks)
        gone = self._change(
            found, place, begin, slice(end - begin, end - begin + weeks), spread, FALSE_HELP / 2
        )
        if gone.fell:
            return gone, "stayed"
        return gone, "came_back" if gone.low > change.ratio else "cannot_tell"

    def _named(self, found: Comparison, place: int) -> tuple[tuple[str, float], ...]:
        weights = found.weights[:, found.at(place)]
        names = [*(self.names[one] for one in found.donors), REST]
        order = np.argsort(-weights, kind="stable")[:_NAMED]
        return tuple((names[at], float(weights[at])) for at in order if weights[at] > 0.0005)

    @staticmethod
    def _alike(expected: Floats, own: float) -> npt.NDArray[np.bool_]:
        """Places that expect about as much; where they are too few, those that expect most."""
        alike = expected >= _ALIKE * own
        if alike.sum() < LEAST_PLACES:
            alike = np.zeros(expected.size, dtype=bool)
            alike[np.argsort(-expected, kind="stable")[:LEAST_PLACES]] = True
        return alike

    def _begin(self, day: dt.date) -> int:
        """Row of the first whole week of a measure."""
        return -((self.monday - day).days // 7)

    def _end(self, day: dt.date | None) -> int:
        """Row after its last whole week; beyond the table where it goes on."""
        return len(self.table) + 1 if day is None else ((day - self.monday).days + 1) // 7


def _displaced(ring: Change | None) -> Literal["moved", "spread", "cannot_tell", "unknown"]:
    if ring is None:
        return "unknown"
    return "moved" if ring.rose else "spread" if ring.fell else "cannot_tell"

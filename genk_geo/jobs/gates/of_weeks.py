"""Gates of a week beside the weeks before it, source by source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.calendar import Week, week_of
from genk_geo.jobs.gates.failure import Failure, judged
from genk_geo.stats.inference.tails import overdispersed_tails

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy.typing as npt

    from genk_geo.config import GateSettings

#: Weeks behind a judgement: two years at most, so that a season is seen, and with fewer nothing is judged.
_MOST, _FEWEST = 104, 12
#: As for silent weeks: with fewer, age is all there is to go by.
_TOO_SHORT = 8


def failures_of_week(
    moment: pd.Series,
    source: pd.Series,
    *,
    theme: str,
    week: Week,
    sources: Collection[str],
    lost: Collection[Week],
    gates: GateSettings,
    accepted: Mapping[str, str],
) -> tuple[Failure, ...]:
    """Sources whose week is far from their own past, or old where the past is too short to tell.

    Parameters
    ----------
    moment : pandas.Series
        Moment, on the city's clock, of each report that is known as soon after its week as this week's are.
    source : pandas.Series
        Who delivered it; same index.
    theme : str
        Key of the theme.
    week : Week
        The week.
    sources : collection of str
        Those that deliver now; all that occur when empty.
    lost : collection of Week
        Weeks without data, with which nothing is compared.
    gates : GateSettings
        The limits.
    accepted : mapping of str to str
        Gates that are let through, and why.

    Returns
    -------
    tuple of Failure
        A swing: what was counted against what is usual. A jump: the same, not so high that it can't be real.
        Age: days without any report against the limit.
    """
    tz = str(moment.dt.tz)
    known = moment.notna() & (moment < week.end(tz))
    found = []
    named = set(source[known].unique())
    for one in sorted(named & set(sources or named)):
        own = moment[known & (source == one)]
        counts, first = _by_week(own, week, tz)
        unseen = {week.minus(other) for other in lost}
        past = np.array([n for back, n in enumerate(counts[1:], 1) if back not in unseen][:_MOST])
        if len(past) < _TOO_SHORT:
            days = (week.end(tz) - own.max()).days
            if days > gates.age_days:
                found.append(Failure("age", theme, float(days), float(gates.age_days), True, words=(one,)))
        elif len(past) >= _FEWEST and week not in lost and first < week:
            usual, chance = _chance(counts[0], past)
            if chance < gates.swing:
                # Data that is missing looks like a drop, a test file like an absurd number. What lies between
                # may be the very week that everybody asks about, and is not kept from them.
                gate = "jump" if usual < counts[0] <= gates.jump * usual else "swing"
                found.append(Failure(gate, theme, float(counts[0]), usual, True, words=(one,)))
    return tuple(judged(failure, gates, accepted) for failure in found)


def _by_week(own: pd.Series, week: Week, tz: str) -> tuple[npt.NDArray[np.int64], Week]:
    """Reports a week, the week itself first; the very first on record may not be whole and is left out."""
    first = Week.from_day(own.min().date())
    back = (pd.Timestamp(week.monday) - week_of(own, tz)).dt.days.to_numpy() // 7
    return np.bincount(back, minlength=week.minus(first) + 1)[: max(week.minus(first), 1)], first


def _chance(count: int, past: npt.NDArray[np.int64]) -> tuple[float, float]:
    """What is usual, and how seldom chance strays as far (negative binomial, both sides).

    The mean is known from so many weeks only, so the variance is that of a next week beside them.
    """
    n = len(past)
    usual = float(past.mean())
    if usual == 0:
        return usual, 1.0 if count == 0 else float("nan")
    restless = max(float(past.var(ddof=1)) * (1 + 1 / n) / usual, 1.0)
    upper, lower = overdispersed_tails(np.array([float(count)]), np.array([usual]), restless)
    return usual, float(2 * min(upper[0], lower[0], 0.5))

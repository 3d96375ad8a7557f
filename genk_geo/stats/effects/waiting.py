"""How long it takes until a fall can be seen, and when a verdict is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import ConfigError
from genk_geo.stats.effects.chance import Spread

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Chance, for a measure that does nothing, of ever being said to have helped: halved at each verdict.
FALSE_HELP = 0.05
#: The fall that the wait is worked out for, and one that must be visible before anything is said.
FIFTH, HALF = 0.8, 0.5
#: A fall counts as visible where it would be seen so often.
POWER = 0.8
#: No verdict before a quarter, a verdict each year from the first on; nobody waits longer than five years.
FIRST, YEAR, LONGEST = 13, 52, 260


def weeks_needed(
    per_week: float,
    *,
    ratio: float = FIFTH,
    level: float = 0.0,
    growth: float = 0.0,
    power: float = POWER,
    chance: float = FALSE_HELP / 2,
    longest: int = LONGEST,
) -> int | None:
    """Weeks until a fall is seen, from what a place expects and how restless such places are.

    Parameters
    ----------
    per_week : float
        Events a week that are expected without the measure, 0 or more.
    ratio : float, default 0.8
        What the measure makes of it: 0.8 is a fall of 20 %.
    level, growth : float, default 0
        Variance over mean of a count of which m is expected: ``1 + level + growth * m``.
    power : float, default 0.8
        How often the fall must be seen.
    chance : float, default 0.025
        How often it may be seen where there is none.
    longest : int, default 260
        Weeks that anybody would wait.

    Returns
    -------
    int or None
        None where the longest wait is too short.

    Raises
    ------
    ConfigError
        If a number is out of its range.

    Examples
    --------
    A fall of 20 %, and one of half, at a place with three events a week:

    >>> gg.stats.weeks_needed(3.0), gg.stats.weeks_needed(3.0, ratio=0.5)
    (62, 10)

    Half an event a week: nobody lives to see it:

    >>> gg.stats.weeks_needed(0.5) is None
    True
    """
    if not (np.isfinite(per_week) and per_week >= 0 and 0 < ratio < 1 and level >= 0 and growth >= 0):
        raise ConfigError(
            "The wait: given {rate} a week, ratio {ratio}, level {level} and growth {growth}; needed 0 or "
            "more a week, a ratio between 0 and 1, and a level and growth of 0 or more.",
            rate=per_week, ratio=ratio, level=level, growth=growth,
        )  # fmt: skip
    weeks = np.arange(1, longest + 1, dtype=np.float64)
    expected: Floats = per_week * weeks
    seen = power_of(expected, ratio, Spread(level, growth), chance) >= power
    # Counts are whole, so that power goes up in teeth: the week from which on it stays.
    late = np.flatnonzero(~seen)
    first = int(late[-1]) + 2 if late.size else 1
    return first if first <= longest else None


def power_of(expected: Floats, ratio: float, spread: Spread, chance: float) -> Floats:
    """How often a fall to `ratio` is seen, at each expectation."""
    seen_up_to = _largest_seen(expected, spread, chance)
    found: Floats = np.where(
        seen_up_to >= 0, spread.lower(np.maximum(seen_up_to, 0.0), ratio * expected), 0.0
    )
    return found


def _largest_seen(expected: Floats, spread: Spread, chance: float) -> Floats:
    """The largest count at each expectation that chance alone gives at most so often; -1: none."""
    low, high = np.full(expected.shape, -1.0), np.ceil(expected)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2.0)
        rare = (spread.lower(np.maximum(middle, 0.0), expected) <= chance) & (middle >= 0)
        low, high = np.where(rare, middle, low), np.where(rare, high, np.maximum(middle, low + 1))
    return low


def judged_after(per_week: float, spread: Spread) -> int | None:
    """Weeks until the first verdict: when a fifth is seen, and after a year if half would be."""
    fifth, half = (
        weeks_needed(per_week, ratio=ratio, level=spread.level, growth=spread.growth)
        for ratio in (FIFTH, HALF)
    )
    if fifth is not None and fifth <= YEAR:
        return max(fifth, FIRST)
    return None if half is None else max(half, YEAR)


def look_at(seen: int, first: int | None) -> tuple[int, float]:
    """Weeks that the verdict of today stands on (0: too early), and the chance that it may be wrong.

    Looked at every week, one measure in several that do nothing would seem to help some time. So a verdict is
    given after a fixed number of weeks and once a year from then on, each at half the chance of the last.
    """
    if first is None or seen < first:
        return 0, FALSE_HELP / 2
    times = (seen - first) // YEAR
    return first + times * YEAR, FALSE_HELP / 2 ** (times + 1)


def visible_ratio(expected: float, spread: Spread, chance: float) -> float:
    """The largest ratio that is seen four times out of five; NaN where none is."""
    ratios = np.arange(99, 0, -1) / 100.0
    # What is seen does not depend on the fall, only how often it is: it is looked up once.
    seen_up_to = float(_largest_seen(np.array([expected]), spread, chance)[0])
    if seen_up_to < 0:
        return float("nan")
    often = spread.lower(np.full(ratios.size, seen_up_to), ratios * expected) >= POWER
    return float(ratios[np.argmax(often)]) if often.any() else float("nan")

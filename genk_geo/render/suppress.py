"""Small counts: which are held back, which others with them, and how coarse a comparison may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.render.style import MUCH_MORE_RATIO

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Count:
    """A count as the reader may see it.

    Attributes
    ----------
    value : int or None
        The count; None when it is held back.
    limit : int
        With `value` None: the count is below this limit, or at least this if `over`. 0: nothing is said.
    over : bool
        Held back although it is not small, so that a small one can't be found by subtraction.
    """

    value: int | None
    limit: int = 0
    over: bool = False


class Expected(NamedTuple):
    """What was expected in an area: mean and range; None when there is no history yet."""

    mean: float | None
    low: int | None
    high: int | None


def small(count: int, limit: int) -> Count:
    """Hold back a count below the limit."""
    return Count(None, limit) if count < limit else Count(count)


def held_back(counts: Sequence[int], parents: Sequence[str], limit: int) -> list[Count]:
    """Hold back small counts, and one more where a published total would give them away.

    Parameters
    ----------
    counts : sequence of int
        A count for each area.
    parents : sequence of str
        The larger area of each, whose total is published.
    limit : int
        Counts below this are held back.

    Returns
    -------
    list of Count
        In the same order. Where the small counts of a parent follow from its total (a single one, or all
        as large as they can be), the smallest other count is only shown as "at least the limit".
    """
    shown = [small(count, limit) for count in counts]
    for inside in _siblings(parents):
        hidden = [at for at in inside if shown[at].value is None]
        rest = [at for at in inside if shown[at].value is not None]
        known = len(hidden) == 1 or all(counts[at] == limit - 1 for at in hidden)
        if hidden and rest and known:
            extra = min(rest, key=lambda at: counts[at])
            shown[extra] = Count(None, limit, over=True)
    return shown


def levels(
    counts: Sequence[int], shown: Sequence[Count], expected: Sequence[Expected], parents: Sequence[str]
) -> list[str]:
    """Observed against expected, as levels that give away no count that is held back.

    Parameters
    ----------
    counts : sequence of int
        Exact counts.
    shown : sequence of Count
        The same as they are shown.
    expected : sequence of Expected
        What was expected.
    parents : sequence of str
        The larger area of each, whose total is published.

    Returns
    -------
    list of str
        Keys of :data:`genk_geo.render.style.LEVEL_COLOURS`; ``unclear`` where a level, together with the
        range and the total, would leave one possible count.
    """
    told = [_level(*each) for each in zip(counts, shown, expected, strict=True)]
    for inside in _siblings(parents):
        hidden = [at for at in inside if shown[at].value is None]
        total = sum(counts[at] for at in hidden)
        possible = [_possible(shown[at], told[at], expected[at], total) for at in hidden]
        if _betrayed(possible, [not shown[at].over for at in hidden], total):
            for at in hidden:
                told[at] = "unclear"
    return told


def _siblings(parents: Sequence[str]) -> list[list[int]]:
    return [[at for at, name in enumerate(parents) if name == parent] for parent in dict.fromkeys(parents)]


def _level(exact: int, shown: Count, expected: Expected) -> str:
    if expected.low is None or expected.high is None:
        return "none"
    if shown.value is None and not shown.over and _tells(expected.low, expected.high, shown.limit):
        return "unclear"
    level = _plain(exact, expected.low, expected.high)
    if level == "more" and shown.value is not None and exact >= MUCH_MORE_RATIO * (expected.mean or 0):
        return "much_more"
    return level


def _plain(count: int, low: int, high: int) -> str:
    return "more" if count > high else "less" if count < low else "usual"


def _tells(low: int, high: int, limit: int) -> bool:
    """Whether the level and "below the limit" together leave a single count above zero."""
    told = [_plain(count, low, high) for count in range(limit)]
    return any(told.count(level) == 1 for level in told[1:])


def _possible(shown: Count, level: str, expected: Expected, total: int) -> set[int]:
    """Counts that a reader must think possible from what is shown of one area."""
    known = range(shown.limit, total + 1) if shown.over else range(min(shown.limit, total + 1))
    if level == "unclear" or expected.low is None or expected.high is None:
        return set(known)
    return {count for count in known if _plain(count, expected.low, expected.high) == level}


def _betrayed(possible: Sequence[set[int]], secret: Sequence[bool], total: int) -> bool:
    """Whether, with their sum known, one of the small counts has a single possible value above zero."""
    for at, own in enumerate(possible):
        if not secret[at]:
            continue
        sums = {0}
        for other in (*possible[:at], *possible[at + 1 :]):
            sums = {before + count for before in sums for count in other if before + count <= total}
        left = [count for count in own if total - count in sums]
        if len(left) == 1 and left[0] > 0:
            return True
    return False

"""Small counts: which are held back, which others with them, and how coarse a comparison may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: "Much more" begins at so many times the expected number (and above the expected range).
MUCH_MORE_RATIO = 2.0


@dataclass(frozen=True)
class Count:
    """A count as the reader may see it.

    Attributes
    ----------
    value : int or None
        The count; None when it is held back.
    limit : int
        With `value` None: the count is below this limit, or at least this if `over`.
    over : bool
        Held back although it is not small, so that a small one can't be found by subtraction. With a
        `limit` of 0 nothing is said of it at all: :data:`SECRET`.
    """

    value: int | None
    limit: int = 0
    over: bool = False


#: A count of which nothing is said, be it small or not.
SECRET = Count(None, 0, over=True)


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
        as large as they can be), the smallest other count is only shown as "at least the limit"; where there
        is no other, nothing is said of any.
    """
    shown = [small(count, limit) for count in counts]
    for inside in _siblings(parents):
        hidden = [at for at in inside if shown[at].value is None]
        rest = [at for at in inside if shown[at].value is not None]
        known = len(hidden) == 1 or all(counts[at] == limit - 1 for at in hidden)
        if hidden and rest and known:
            extra = min(rest, key=lambda at: counts[at])
            shown[extra] = Count(None, limit, over=True)
        elif len(hidden) > 1 and known and limit > 1:
            for at in hidden:
                shown[at] = SECRET
    return shown


def with_totals(
    wijken: Sequence[int], parents: Sequence[str], stadsdelen: Mapping[str, int], limit: int
) -> tuple[list[Count], dict[str, Count]]:
    """Hold back small counts of wijken, beside published totals of the stadsdelen and of the city.

    A stadsdeel of one wijk is that wijk: it is held back like one, with another stadsdeel where the total of
    the city would give it away, and a wijk of that one where its wijken would.

    Parameters
    ----------
    wijken : sequence of int
        A count for each wijk.
    parents : sequence of str
        The stadsdeel of each.
    stadsdelen : mapping of str to int
        A count for each stadsdeel.
    limit : int
        Counts below this are held back.

    Returns
    -------
    list of Count
        Of the wijken.
    dict of str to Count
        Of the stadsdelen.
    """
    shown = held_back(wijken, parents, limit)
    totals = {name: Count(count) for name, count in stadsdelen.items()}
    secret = [name for name in totals if parents.count(name) == 1 and stadsdelen[name] < limit]
    for name in secret:
        totals[name] = Count(None, limit)
    rest = [name for name in totals if name not in secret]
    if rest and secret and (len(secret) == 1 or all(stadsdelen[name] == limit - 1 for name in secret)):
        extra = min(rest, key=lambda name: (stadsdelen[name] < limit, stadsdelen[name], name))
        over = stadsdelen[extra] >= limit
        totals[extra] = Count(None, limit, over=over)
        inside = [at for at, parent in enumerate(parents) if parent == extra]
        if inside and all(shown[at].value is not None for at in inside):
            least = min(inside, key=lambda at: wijken[at])
            shown[least] = Count(None, limit, over=True)
        secret = [*secret, extra]
    # All as large as small counts can be: they would follow from the total of the city.
    if len(secret) > 1 and limit > 1 and all(stadsdelen[name] == limit - 1 for name in secret):
        totals |= dict.fromkeys(secret, SECRET)
        lone = [at for at, parent in enumerate(parents) if parent in secret and parents.count(parent) == 1]
        for at in lone:
            shown[at] = SECRET
    return shown, totals


def for_everyone(
    wijken: Sequence[int], parents: Sequence[str], stadsdelen: Mapping[str, int], city: int, limit: int
) -> tuple[list[Count], dict[str, Count], Count]:
    """Hold back every small count of whatever area, and as many others as hide it well.

    Nothing is said of a count that is held back, so that a small one and one that covers it look alike. From
    what is shown a small count can be anything from 0 to at least ``limit - 1``.

    Parameters
    ----------
    wijken, parents, stadsdelen, limit
        As for :func:`with_totals`; what that holds back is held back here too, for the reader of both.
    city : int
        Count of the city.

    Returns
    -------
    list of Count
        Of the wijken.
    dict of str to Count
        Of the stadsdelen.
    Count
        Of the city.
    """
    tree = _Tree(wijken, parents, stadsdelen, city, limit)
    tree.protect()
    return (
        [SECRET if hidden else Count(n) for n, hidden in zip(wijken, tree.wijk_hidden, strict=True)],
        {name: SECRET if name in tree.hidden else Count(count) for name, count in stadsdelen.items()},
        SECRET if tree.city_hidden else Count(city),
    )


class _Tree:
    """City, stadsdelen and wijken of one week, and which of them are held back."""

    def __init__(
        self,
        wijken: Sequence[int],
        parents: Sequence[str],
        stadsdelen: Mapping[str, int],
        city: int,
        limit: int,
    ) -> None:
        shown, totals = with_totals(wijken, parents, stadsdelen, limit)
        self.wijken, self.parents, self.stadsdelen, self.limit = wijken, parents, stadsdelen, limit
        self.wijk_hidden = [count.value is None for count in shown]
        self.hidden = {name for name, n in stadsdelen.items() if n < limit or totals[name].value is None}
        self.city_hidden = city < limit

    def protect(self) -> None:
        """Hold back the smallest shown count in turn, until every small one is hidden well."""
        while (scope := self._exposed()) is not None:
            self._hide_one(scope)

    def _exposed(self) -> str | None:
        """First total, by name (empty: the city), below which a small count is not hidden well."""
        for scope in (*(name for name in self.stadsdelen if name not in self.hidden), ""):
            if scope == "" and self.city_hidden:
                continue
            leaves = self._leaves(scope)
            small = [at for at in leaves if self.wijken[at] < self.limit]
            inner = [n for n in self._inner(scope) if self.stadsdelen[n] < self.limit]
            if not (small or inner):
                continue
            total = sum(self.wijken[at] for at in leaves)
            alone = len(leaves) < 2 or any(all(self.parents[at] == n for at in leaves) for n in inner)
            if alone or total < self.limit - 1:
                return scope
        return None

    def _leaves(self, scope: str) -> list[int]:
        """Wijken held back whose nearest shown total this is."""
        return [
            at
            for at, parent in enumerate(self.parents)
            if self.wijk_hidden[at] and (parent in self.hidden if scope == "" else parent == scope)
        ]

    def _inner(self, scope: str) -> list[str]:
        return [name for name in self.stadsdelen if name in self.hidden] if scope == "" else []

    def _hide_one(self, scope: str) -> None:
        below = (
            at
            for at, parent in enumerate(self.parents)
            if not self.wijk_hidden[at] and (parent in self.hidden if scope == "" else parent == scope)
        )
        least = min(below, key=lambda at: self.wijken[at], default=None)
        beside = [name for name in self.stadsdelen if name not in self.hidden] if scope == "" else []
        other = min(beside, key=lambda name: (self.stadsdelen[name], name), default=None)
        inner_only = (
            scope == "" and other is not None and len({self.parents[at] for at in self._leaves("")}) < 2
        )
        if least is not None and not inner_only:
            self.wijk_hidden[least] = True
        elif other is not None:
            self.hidden.add(other)
            self._cover(other)
        elif scope:
            self.hidden.add(scope)
        else:
            self.city_hidden = True

    def _cover(self, name: str) -> None:
        """A total that is held back must not follow from its parts."""
        inside = [at for at, parent in enumerate(self.parents) if parent == name]
        if inside and not any(self.wijk_hidden[at] for at in inside):
            self.wijk_hidden[min(inside, key=lambda at: self.wijken[at])] = True


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
        if _betrayed(possible, [not shown[at].over or shown[at] == SECRET for at in hidden], total):
            for at in hidden:
                told[at] = "unclear"
    return told


def _siblings(parents: Sequence[str]) -> list[list[int]]:
    return [[at for at, name in enumerate(parents) if name == parent] for parent in dict.fromkeys(parents)]


def _level(exact: int, shown: Count, expected: Expected) -> str:
    if expected.low is None or expected.high is None:
        return "none"
    if shown == SECRET:
        return "unclear"
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

"""Which counts are held back, and how much of their totals is told: proven against who knows the rule.

**The reader.** He knows this code, every number that was ever published, the map, and how many incidents
of an area have no known smaller area. He does not know the data. There is no key and no chance in the
rule, so there is nothing to lose or to guess.

**The promise.** With a `limit` of 5, every count that is held back can, for this reader, be each of 0, 1,
2, 3 and 4; of a total that is told as a range, the same holds for every count held back below it. It
holds for all tables of all weeks together, because a table is a function of the counts of its own week
alone.

**The rule.**

1. A count of a smallest area (a wijk) is told where it is at least `limit`, and as "below `limit`" where
   it is not. Whether it is told depends on that count and on no other: no second count is ever held back
   to cover it, so that nothing follows from the choice of which one.
2. A total is told last, knowing what was told of its parts. These leave it between `low` and `high`, the
   sums of the ends of their ranges. With m = `limit` - 1 it is told as one of

   - from `low` to `low` + m, when it is one of these,
   - from `high` - m to `high`, when it is one of these,
   - exactly, when it lies between these two,
   - from `low` to `high` where the two would overlap (`high` - `low` <= 2 m).

   The classes depend on what was told of the parts and on nothing else, so that the class of a total says
   that the total is in it, and nothing more.
3. The total of totals (the city) is told in the same way from what was told of the stadsdelen.

**Why it holds.** Call f(v) the lowest and g(v) the highest total that is possible with what was told,
given that one count that is held back is v. The rule keeps, at every level and for every v from 0 to m,

    f(v) <= low + m,  g(v) >= high - m,  f(0) = low,  g(m) = high,
    and every total from f(v) to g(v) is possible.

A count that is held back: f(v) = g(v) = v, low = 0, high = m. Sums: the other parts add the same numbers
to f and low, to g and high. The first class: its ends are low and low + m; f(v) is one of its members,
and g(v) >= f(v); f(0) = low; and m is possible with low + m, since f(m) <= low + m <= g(m). The second
class is its mirror image. An exact total t, with low + m < t < high - m, has f(v) < t < g(v) for every v:
the total is possible with every v, and from there on it is a number like any other. So with whatever was
told, every v from 0 to m stays possible. The tests publish every small table and group them by what is
published (`tests/release/attacker/`).

Source: cells and intervals as in Willenborg & de Waal (2001), Elements of Statistical Disclosure Control,
chapter 4, and partial suppression in Fischetti & Salazar (2003), INFORMS Journal on Computing 15(4); the
attack that it must stand is that of Wong et al. (2007), Minimality attack in privacy preserving data
publishing, VLDB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
        Only a lower end is told. With a `limit` of 0 nothing is said of it at all: :data:`SECRET`.
    least : int
        With `value` None and not `over`: the count is at least this.
    """

    value: int | None
    limit: int = 0
    over: bool = False
    least: int = 0

    @property
    def ends(self) -> tuple[int, int | None]:
        """Lowest and highest value that is possible; None: no highest."""
        if self.value is not None:
            return self.value, self.value
        return (self.limit, None) if self.over else (self.least, self.limit - 1)

    @classmethod
    def from_ends(cls, low: int, high: int | None) -> Count:
        """The inverse of :attr:`ends`.

        Parameters
        ----------
        low, high : int, int or None
            Lowest and highest value; None: no highest.

        Returns
        -------
        Count
        """
        if high is None:
            return cls(None, low, over=True)
        return cls(low) if low == high else cls(None, high + 1, least=low)


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


def band(count: int, limit: int) -> Count:
    """A count to its order of size: below the limit, up to twice the limit, four times, and so on.

    For counts over a period that shifts: two of them, subtracted, tell nothing as long as the band stays.

    Examples
    --------
    >>> [band(count, 5).ends for count in (3, 9, 10, 47)]
    [(0, 4), (5, 9), (10, 19), (40, 79)]
    """
    if limit < 2:
        return Count(count)
    high = limit
    while count >= high:
        high *= 2
    return Count.from_ends(0 if high == limit else high // 2, high - 1)


def total_of(total: int, parts: Iterable[Count], limit: int, *, beside: int = 0) -> Count:
    """Tell as much of a total as leaves every part that is held back its whole range.

    Parameters
    ----------
    total : int
        The total.
    parts : iterable of Count
        Its parts as they are told.
    limit : int
        Counts below this are held back.
    beside : int, default 0
        How much of the total is in no part.

    Returns
    -------
    Count
        Exact, or as a range: see the rule at the head of this module.

    Examples
    --------
    >>> parts = [Count(12), Count(None, 5), Count(None, 5), Count(None, 5)]
    >>> [total_of(12 + rest, parts, 5).ends for rest in (2, 6, 11)]
    [(12, 16), (18, 18), (20, 24)]
    """
    ends = [part.ends for part in parts]
    low = beside + sum(end[0] for end in ends)
    high = beside + sum(end[0] if end[1] is None else end[1] for end in ends)
    margin = max(limit - 1, 0)
    if low == high:
        return Count(total)
    if high - low <= 2 * margin:
        return Count.from_ends(low, high)
    if total <= low + margin:
        return Count.from_ends(low, low + margin)
    if total >= high - margin:
        return Count.from_ends(high - margin, high)
    return Count(total)


class Table(NamedTuple):
    """Counts of one week as they are told: of the wijken, of the stadsdelen by name, of the city."""

    wijken: list[Count]
    stadsdelen: dict[str, Count]
    city: Count


def held_back(
    wijken: Sequence[int], parents: Sequence[str], stadsdelen: Mapping[str, int], city: int, limit: int
) -> Table:
    """Hold back small counts, and as much of the totals as would say more of them than that.

    Parameters
    ----------
    wijken : sequence of int
        A count for each wijk.
    parents : sequence of str
        The stadsdeel of each.
    stadsdelen : mapping of str to int
        A count for each stadsdeel.
    city : int
        Count of the city.
    limit : int
        Counts below this are held back.

    Returns
    -------
    Table
        What is told, by the rule at the head of this module.
    """
    told = [small(count, limit) for count in wijken]
    above = {}
    for name, total in stadsdelen.items():
        inside = [at for at, parent in enumerate(parents) if parent == name]
        beside = total - sum(wijken[at] for at in inside)
        # A stadsdeel of which no wijk is known is a smallest area itself.
        above[name] = (
            total_of(total, [told[at] for at in inside], limit, beside=beside)
            if inside
            else small(total, limit)
        )
    whole = total_of(city, above.values(), limit, beside=city - sum(stadsdelen.values()))
    return Table(told, above, whole if above else small(city, limit))


def coarse(expected: Expected, limit: int) -> Expected:
    """Expected range in which no two small counts differ: what a sparse history leads one to expect is small.

    Parameters
    ----------
    expected : Expected
        Mean and range.
    limit : int
        Counts below this are held back.

    Returns
    -------
    Expected
        A low end below the limit becomes 0, a high end below it the largest small count.
    """
    if expected.low is None or expected.high is None:
        return expected
    low = 0 if expected.low < limit else expected.low
    return Expected(expected.mean, low, max(expected.high, limit - 1))


def level(shown: Count, expected: Expected) -> str:
    """Observed against expected, from what is shown of both.

    Parameters
    ----------
    shown : Count
        The count as it is told.
    expected : Expected
        The range as it is told.

    Returns
    -------
    str
        A key of :data:`genk_geo.render.style.LEVEL_COLOURS`; ``unclear`` where it would be one thing at one
        end of what is told and another at the other, ``none`` without an expectation.
    """
    if expected.low is None or expected.high is None:
        return "none"
    least, most = shown.ends
    only = _plain(least, expected.low, expected.high)
    if only != ("more" if most is None else _plain(most, expected.low, expected.high)):
        return "unclear"
    if only == "more" and shown.value is not None and shown.value >= MUCH_MORE_RATIO * (expected.mean or 0):
        return "much_more"
    return only


def _plain(count: int, low: int, high: int) -> str:
    return "more" if count > high else "less" if count < low else "usual"

"""Accidents by wijk and by circumstance, for others than analysts: whole calendar years, each told once.

Two pages whose periods overlap, subtracted from one another, tell the accidents of what they do not share.
So what is told is the year: its table is made by the rule of :mod:`genk_geo.release.suppress` and stays as it
was first told, and figures over several years are the sums of what was told of each. They say nothing that
the years do not.

**Circumstances** add up to the same accidents as the wijken do. So of each (light, hour, ...) the largest
value is only said to be the largest, and values below the limit are not named: whatever the total and the
small ones are, the largest makes up for it. A circumstance whose largest value is not by far the largest is
left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.release.suppress import Count, small, total_of
from genk_geo.release.table_values import shown_name
from genk_geo.release.told import count_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genk_geo.release.told import Record
    from genk_geo.results import YearAccidents

#: Told in the column of the wijken.
_BY_WIJK = "weak_road_user"
#: A circumstance has no more values than this that are not named.
_UNNAMED = 20


class YearTable(NamedTuple):
    """One year, or the sum of several, as it is told.

    Attributes
    ----------
    injury, weak : dict of str to Count
        Injury accidents of each wijk, and those with a weak road user.
    city, city_weak : Count
        The same of the city.
    conditions : dict of str to dict of str to Count
        Injury accidents by circumstance and value.
    """

    injury: dict[str, Count]
    weak: dict[str, Count]
    city: Count
    city_weak: Count
    conditions: dict[str, dict[str, Count]]

    def record(self) -> Record:
        """As texts, for the record of what was told."""
        return {
            "injury": {name: text_of(count) for name, count in self.injury.items()},
            "weak": {name: text_of(count) for name, count in self.weak.items()},
            "city": text_of(self.city),
            "city_weak": text_of(self.city_weak),
            "conditions": {
                name: {value: text_of(count) for value, count in counts.items()}
                for name, counts in self.conditions.items()
            },
        }

    @classmethod
    def from_record(cls, record: Record) -> YearTable:
        """The inverse of :meth:`record`."""

        def counts(texts: Mapping[str, str]) -> dict[str, Count]:
            return {name: count_of(text) for name, text in texts.items()}

        return cls(
            counts(record["injury"]),
            counts(record["weak"]),
            count_of(record["city"]),
            count_of(record["city_weak"]),
            {name: counts(values) for name, values in record["conditions"].items()},
        )


def tell_year(found: YearAccidents, limit: int) -> YearTable:
    """Tell one year.

    Parameters
    ----------
    found : YearAccidents
        What was counted.
    limit : int
        Counts below this are held back.

    Returns
    -------
    YearTable
    """
    columns, totals = {}, {}
    for name, total in (("injury", found.injury), ("weak", found.weak)):
        exact = found.wijken[name]
        columns[name] = {shown_name(str(wijk)): small(int(n), limit) for wijk, n in exact.items()}
        beside = total - int(exact.sum())
        totals[name] = total_of(total, columns[name].values(), limit, beside=beside)
    conditions = {
        name: told
        for name, table in found.conditions
        if name != _BY_WIJK and (told := _largest_last(table["injury"], totals["injury"], limit))
    }
    return YearTable(columns["injury"], columns["weak"], totals["injury"], totals["weak"], conditions)


def _largest_last(values: Any, total: Count, limit: int) -> dict[str, Count]:
    """Counts by value: the largest as more than any other, the small ones not named."""
    counts = {shown_name(str(value)): int(count) for value, count in values.items()}
    if not counts:
        return {}
    largest = max(counts, key=lambda value: counts[value])
    told = {value: n for value, n in counts.items() if n >= limit and value != largest}
    most = max([limit, *told.values()])
    if _ends(total)[0] < sum(told.values()) + 2 * most + _UNNAMED * limit:
        return {}
    return {
        value: Count(None, most + 1, over=True) if value == largest else Count(counts[value])
        for value in sorted([largest, *told])
    }


def _ends(count: Count) -> tuple[int, int]:
    low, high = count.ends
    return low, low if high is None else high


def summed(years: Sequence[YearTable], limit: int) -> YearTable:
    """Add years up as they were told: a sum of ranges is a range.

    Parameters
    ----------
    years : sequence of YearTable
        At least one.
    limit : int
        Counts below this are held back.

    Returns
    -------
    YearTable
        With the wijken of the last year, and the circumstances that every year tells.
    """
    last = years[-1]
    named = {
        name: dict.fromkeys(value for year in years for value in sorted(year.conditions[name]))
        for name in last.conditions
        if all(name in year.conditions for year in years)
    }
    # What a year does not name is a small count of it.
    unnamed = small(0, limit)
    return YearTable(
        {wijk: _sum(year.injury.get(wijk, unnamed) for year in years) for wijk in last.injury},
        {wijk: _sum(year.weak.get(wijk, unnamed) for year in years) for wijk in last.weak},
        _sum(year.city for year in years),
        _sum(year.city_weak for year in years),
        {
            name: {value: _sum(year.conditions[name].get(value, unnamed) for year in years) for value in own}
            for name, own in named.items()
        },
    )


def _sum(counts: Iterable[Count]) -> Count:
    ends = [count.ends for count in counts]
    highs = [high for _, high in ends if high is not None]
    return Count.from_ends(sum(low for low, _ in ends), sum(highs) if len(highs) == len(ends) else None)

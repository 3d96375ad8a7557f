"""What is expected of areas, for others than analysts: worked out from what is told of their past.

A range that was worked out from the counts themselves would say of those that are held back how many they
were: where everything else is known, it is one range with none and another with four, and where it widens
from one week to the next, a larger count came in than fell out. So the past is taken as it is told. A count
that is told as a range counts as the middle of it; small counts of wijken as what is left of their stadsdeel,
in equal parts. What comes out is a function of what is told and of nothing else, so that nothing follows from
it that does not follow from that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo import stats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genk_geo.calendar import Week
    from genk_geo.release.suppress import Count
    from genk_geo.release.told import WeekTable


class Likely(NamedTuple):
    """What is expected of city, stadsdelen and wijken: ``expected``, ``low``, ``high``, ``alert`` by name."""

    city: pd.DataFrame
    stadsdelen: pd.DataFrame
    wijken: pd.DataFrame


def likely_as_told(
    tables: Mapping[Week, WeekTable], week: Week, names: Sequence[Sequence[str]], parents: Sequence[str]
) -> Likely:
    """Judge a week by the past as it is told.

    Parameters
    ----------
    tables : mapping of Week to WeekTable
        What is told of the week and of those before it.
    week : Week
        The week that is judged.
    names : sequence of sequence of str
        City, stadsdelen and wijken.
    parents : sequence of str
        The stadsdeel of each wijk.

    Returns
    -------
    Likely
    """
    first = min(tables)
    weeks = [first.shift(at) for at in range(week.minus(first) + 1)]
    mondays = pd.DatetimeIndex([str(one.monday) for one in weeks], name="monday")
    rows = [
        _figures(tables[one], names, parents) if one in tables else [[np.nan] * len(kind) for kind in names]
        for one in weeks[:-1]
    ]
    # Of the week itself the least that it can be: no alert goes by what is not told.
    rows.append([[float(count.ends[0]) for count in kind.values()] for kind in _ordered(tables[week], names)])
    return Likely(
        *(
            _judged(pd.DataFrame([row[at] for row in rows], index=mondays, columns=list(kind)), week)
            for at, kind in enumerate(names)
        )
    )


def _judged(history: pd.DataFrame, week: Week) -> pd.DataFrame:
    columns = ["expected", "low", "high"]
    if history.shape[1] == 0:
        return pd.DataFrame(columns=[*columns, "alert"])
    found = stats.expect(history, week=week)[columns]
    return found.join(stats.alerts(history, week=week)["alert"])


def _ordered(table: WeekTable, names: Sequence[Sequence[str]]) -> list[dict[str, Count]]:
    kinds = (table.city, table.stadsdelen, table.wijken)
    return [{name: kind[name] for name in own} for kind, own in zip(kinds, names, strict=True)]


def _figures(table: WeekTable, names: Sequence[Sequence[str]], parents: Sequence[str]) -> list[list[float]]:
    """One number for each count that was told: the number itself, or what is likely within its range."""
    city, stadsdelen, wijken = _ordered(table, names)
    left = dict.fromkeys(parents, 0.0) | {
        name: _middle(count) - table.beside.get(name, 0) for name, count in stadsdelen.items()
    }
    hidden = dict.fromkeys(parents, 0)
    for count, above in zip(wijken.values(), parents, strict=True):
        if count.value is None:
            hidden[above] += 1
        else:
            left[above] -= count.value
    own = [
        float(count.value) if count.value is not None else _within(left[above] / hidden[above], count)
        for count, above in zip(wijken.values(), parents, strict=True)
    ]
    return [
        [_middle(count) for count in city.values()],
        [_middle(count) for count in stadsdelen.values()],
        own,
    ]


def _middle(count: Count) -> float:
    low, high = count.ends
    return float(low) if high is None else (low + high) / 2


def _within(value: float, count: Count) -> float:
    low, high = count.ends
    return float(np.clip(value, low, low if high is None else high))

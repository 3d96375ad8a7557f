"""What is expected of areas, for others than analysts: worked out from what is told of their past.

A range that was worked out from the counts themselves would say of those that are held back how many they
were: where everything else is known, it is one range with none and another with four, and where it widens
from one week to the next, a larger count came in than fell out. So the past is taken as it is told: the city
at the middle of its range where it is told as one, stadsdelen within their ranges as the city has it, and
wijken as their stadsdeel has it. What comes out is a function of what is told and of nothing else, so that
nothing follows from it that does not follow from that.
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
    """What is expected of city, stadsdelen and wijken: ``expected``, ``low``, ``high``, ``alert`` by name.

    `step` is a step in reporting that is seen in what is told, since which weeks are compared.
    """

    city: pd.DataFrame
    stadsdelen: pd.DataFrame
    wijken: pd.DataFrame
    step: stats.ReportingStep | None


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
    histories = [
        pd.DataFrame([row[at] for row in rows], index=mondays, columns=list(kind))
        for at, kind in enumerate(names)
    ]
    step = stats.reporting_step(histories[-1], week=week)
    city, stadsdelen, wijken = (_judged(history, week, step) for history in histories)
    return Likely(city, stadsdelen, wijken, step)


def _judged(history: pd.DataFrame, week: Week, step: stats.ReportingStep | None) -> pd.DataFrame:
    columns = ["expected", "low", "high"]
    if history.shape[1] == 0:
        return pd.DataFrame(columns=[*columns, "alert"])
    found = stats.expect(history, week=week, step=step)[columns]
    return found.join(stats.alerts(history, week=week, step=step)["alert"])


def _ordered(table: WeekTable, names: Sequence[Sequence[str]]) -> list[dict[str, Count]]:
    kinds = (table.city, table.stadsdelen, table.wijken)
    return [{name: kind[name] for name in own} for kind, own in zip(kinds, names, strict=True)]


def _figures(table: WeekTable, names: Sequence[Sequence[str]], parents: Sequence[str]) -> list[list[float]]:
    """One number for each count that was told: the number itself, or what is likely within its range."""
    city, stadsdelen, wijken = _ordered(table, names)
    whole = [_middle(count) for count in city.values()]
    above = _spread(sum(whole) - sum(table.beside.get(name, 0) for name in city), stadsdelen)
    own: dict[str, float] = {}
    for stadsdeel in dict.fromkeys(parents):
        inside = {
            name: count
            for (name, count), parent in zip(wijken.items(), parents, strict=True)
            if parent == stadsdeel
        }
        total = above.get(stadsdeel, sum(map(_middle, inside.values()))) - table.beside.get(stadsdeel, 0)
        own |= _spread(total, inside)
    return [whole, [above[name] for name in stadsdelen], [own[name] for name in wijken]]


def _spread(total: float, parts: Mapping[str, Count]) -> dict[str, float]:
    """Parts of a total: each as far up its own range as the total lies between the sums of their ends."""
    low = {name: count.ends[0] for name, count in parts.items()}
    width = {name: _width(count) for name, count in parts.items()}
    room = sum(width.values())
    share = min(max((total - sum(low.values())) / room, 0.0), 1.0) if room else 0.0
    return {name: low[name] + share * width[name] for name in parts}


def _middle(count: Count) -> float:
    return count.ends[0] + _width(count) / 2


def _width(count: Count) -> int:
    low, high = count.ends
    return 0 if high is None else high - low

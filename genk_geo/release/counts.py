"""Counts of the city, its stadsdelen and its wijken, as a reader may see them.

The counts of one week are held back by a rule that looks at nothing but that week. They are therefore held
back alike wherever they come up: as this week's, in the trend of later weeks, and a year later.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.errors import SchemaError
from genk_geo.release.level import Level
from genk_geo.release.suppress import Count, Expected, for_everyone, levels, with_totals
from genk_geo.release.table_values import number, shown_name, whole
from genk_geo.release.values.week import AreaWeek

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from genk_geo.config import ReleaseSettings
    from genk_geo.results import ThemeWeek

NOTABLE = ("more", "much_more")
_NEEDED = ("observed", "expected", "low", "high", "last_year", "trend")


class Counted(NamedTuple):
    """The areas of one theme."""

    city: AreaWeek | None
    stadsdelen: dict[str, AreaWeek]
    wijken: dict[str, AreaWeek]


class _Column(NamedTuple):
    """One week's counts as they are shown; None where that week lies before the record."""

    city: list[Count]
    stadsdelen: list[Count]
    wijken: list[Count]


def counted(found: ThemeWeek, profile: ReleaseSettings) -> Counted:
    """Hold back what is small, in the week, in the weeks before it and in the same week last year.

    Parameters
    ----------
    found : ThemeWeek
        Counts of one theme.
    profile : ReleaseSettings
        Who reads it.

    Returns
    -------
    Counted
        City, stadsdelen and wijken.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    frames = (found.city, found.stadsdelen, found.wijken)
    for frame in frames:
        if len(frame) and (lacking := set(_NEEDED) - set(frame.columns)):
            raise SchemaError(f"The counts by area lack the columns {', '.join(sorted(lacking))}.")
    parents = [shown_name(str(name)) for name in found.wijken["stadsdeel"]] if len(found.wijken) else []
    weeks = max((len(trend) for frame in frames if len(frame) for trend in frame["trend"]), default=0)
    observed = _column([_values(frame, "observed") for frame in frames], found, parents, profile)
    before = _column([_values(frame, "last_year") for frame in frames], found, parents, profile)
    trend = [_column([_nth(frame, at) for frame in frames], found, parents, profile) for at in range(weeks)]
    if observed is None:
        raise SchemaError("The counts of the week are not known for every area.")
    tops = [""] * len(found.stadsdelen)
    rows = [
        _rows(frame, at, observed, before, [week for week in trend if week is not None], above, profile)
        for at, (frame, above) in enumerate(zip(frames, ([""], tops, parents), strict=True))
    ]
    city = next(iter(rows[0]), None)
    return Counted(city, {area.name: area for area in rows[1]}, {area.name: area for area in rows[2]})


def _values(frame: pd.DataFrame, name: str) -> list[float]:
    return [float(value) for value in frame[name]] if len(frame) else []


def _nth(frame: pd.DataFrame, at: int) -> list[float]:
    return [float(trend[at]) for trend in frame["trend"]] if len(frame) else []


def _column(
    values: list[list[float]], found: ThemeWeek, parents: list[str], profile: ReleaseSettings
) -> _Column | None:
    """Counts of one week: what lies before the record is no number and has no place in a line."""
    if not all(math.isfinite(value) for part in values for value in part):
        return None
    city, above, wijken = ([round(value) for value in part] for part in values)
    limit, names = int(profile.small_count or 0), [shown_name(str(name)) for name in found.stadsdelen.index]
    totals = dict(zip(names, above, strict=True))
    if Level.seen_by(profile) is Level.WIJKEN:
        shown, stadsdelen, whole_city = for_everyone(wijken, parents, totals, sum(city), limit)
        return _Column([whole_city] * len(city), [stadsdelen[name] for name in names], shown)
    shown, stadsdelen = with_totals(wijken, parents, totals, limit)
    return _Column([Count(count) for count in city], [stadsdelen[name] for name in names], shown)


def _rows(
    frame: pd.DataFrame,
    kind: int,
    observed: _Column,
    before: _Column | None,
    trend: list[_Column],
    parents: Sequence[str],
    profile: ReleaseSettings,
) -> list[AreaWeek]:
    if frame.empty:
        return []
    exact = [int(count) for count in frame["observed"]]
    expected = [
        Expected(number(mean), whole(low), whole(high))
        for mean, low, high in zip(frame["expected"], frame["low"], frame["high"], strict=True)
    ]
    shown = observed[kind]
    told = levels(exact, shown, expected, parents)
    alerts = frame["alert"] if "alert" in frame else [True] * len(frame)
    public = Level.seen_by(profile) is Level.WIJKEN
    # What was expected follows from counts of the past; where these are held back, the public gets none.
    secret = [public and count.value is None for count in shown]
    told = ["unclear" if hidden else level for hidden, level in zip(secret, told, strict=True)]
    return [
        AreaWeek(
            name=shown_name(str(name)),
            stadsdeel=parents[at],
            observed=shown[at],
            low=None if secret[at] else expected[at].low,
            high=None if secret[at] else expected[at].high,
            last_year=None if before is None else before[kind][at],
            trend=tuple(week[kind][at] for week in trend),
            level=told[at],
            alert=bool(alert) and told[at] in NOTABLE,
        )
        for at, (name, alert) in enumerate(zip(frame.index, alerts, strict=True))
    ]

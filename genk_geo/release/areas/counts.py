"""Counts of the city, its stadsdelen and its wijken, as a reader may see them.

The counts of one week are held back by a rule that looks at nothing but that week, and are told once. They
are therefore alike wherever they come up: as this week's, in the trend of later weeks, and a year later.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.calendar import Week
from genk_geo.errors import DisclosureError, SchemaError
from genk_geo.release.areas.likely import Likely, likely_as_told
from genk_geo.release.level import Level
from genk_geo.release.suppress import Expected, coarse, held_back, level
from genk_geo.release.table_values import number, shown_name, whole
from genk_geo.release.told import Told, WeekTable
from genk_geo.release.values.week import AreaWeek

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from genk_geo import stats
    from genk_geo.config import ReleaseSettings
    from genk_geo.results import ThemeWeek

NOTABLE = ("more", "much_more")
#: Kinds of area, the largest first.
KINDS = ("city", "stadsdelen", "wijken")
_NEEDED = ("observed", "expected", "low", "high", "last_year", "trend")


class Counted(NamedTuple):
    """The areas of one theme, and the tables of all weeks that are told with them.

    `nothing` says that nothing came in where something was expected; `window` holds the tables of the weeks
    that hotspots look at, empty for an analist; `step` is a step in reporting that follows from what is told.
    """

    city: AreaWeek | None
    stadsdelen: dict[str, AreaWeek]
    wijken: dict[str, AreaWeek]
    tables: dict[str, WeekTable]
    nothing: bool
    window: list[WeekTable]
    step: stats.ReportingStep | None


def counted(found: ThemeWeek, profile: ReleaseSettings, told: Told | None = None) -> Counted:
    """Hold back what is small, in the week, in the weeks before it and in the same week last year.

    Parameters
    ----------
    found : ThemeWeek
        Counts of one theme.
    profile : ReleaseSettings
        Who reads it.
    told : Told, optional
        What was told before: a week that was told once keeps its numbers. Means nothing to an analist.

    Returns
    -------
    Counted
        City, stadsdelen and wijken.

    Raises
    ------
    SchemaError
        If a column is missing.
    DisclosureError
        If the week was told before of other areas.
    """
    frames = (found.city, found.stadsdelen, found.wijken)
    for frame in frames:
        if len(frame) and (lacking := set(_NEEDED) - set(frame.columns)):
            raise SchemaError(
                "The counts by area lack the columns {lacking}.", lacking=", ".join(sorted(lacking))
            )
    exact = Level.seen_by(profile).shows_points
    before = Told() if told is None or exact else told
    tell = _Teller(found, int(profile.small_count or 0), before)
    week = found.window.last
    observed = tell([_values(frame, "observed") for frame in frames], week)
    if observed is None:
        raise SchemaError("The counts of the week are not known for every area.")
    if not observed.fits(tell.names):
        raise DisclosureError(
            "{week} was told before of other areas than {theme} has now. Two maps together say more than "
            "one: publish under another --out, or leave this week as it is.",
            week=week,
            theme=found.theme,
        )
    past = {} if exact else _past(found, tell)
    likely = (
        Likely(*frames, None)
        if not past
        else likely_as_told(past | {week: observed}, week, tell.names, tell.parents)
    )
    count = max((len(trend) for frame in frames if len(frame) for trend in frame["trend"]), default=0)
    trend = {
        str(when): table
        for at, when in enumerate(week.shift(back) for back in range(1 - count, 1))
        if (table := tell([_nth(frame, at) for frame in frames], when)) is not None and table.fits(tell.names)
    }
    a_year_ago = tell([_values(frame, "last_year") for frame in frames], week.a_year_before())
    if a_year_ago is not None and not a_year_ago.fits(tell.names):
        a_year_ago = None
    judged = before.judged(found.theme, str(week))
    lines = _Lines(observed, a_year_ago, list(trend.values()))
    kinds = zip(tell.names, KINDS, likely[:3], ("", "", tell.parents), strict=True)
    city, stadsdelen, wijken = (
        _rows(names, kind, lines, expected, above, profile, judged) for names, kind, expected, above in kinds
    )
    tables = trend | ({} if a_year_ago is None else {str(week.a_year_before()): a_year_ago})
    tables[str(week)] = observed
    return Counted(
        next(iter(city), None),
        {area.name: area for area in stadsdelen},
        {area.name: area for area in wijken},
        {when: table for when, table in tables.items() if when == str(week) or when not in tell.silent},
        nothing=_nothing(found.city, likely.city),
        window=[table for back in range(found.window.weeks) if (table := past.get(week.shift(-back)))],
        step=likely.step,
    )


def _past(found: ThemeWeek, tell: _Teller) -> dict[Week, WeekTable]:
    """Tables of all weeks on record, as they were told or would be."""
    if found.weekly is None:
        return {}
    values = [frame.to_numpy(dtype=float) for frame in found.weekly]
    tables = {}
    for at, monday in enumerate(found.weekly[0].index):
        week = Week.from_day(monday.date())
        table = tell([list(part[at]) for part in values], week)
        if table is not None and table.fits(tell.names):
            tables[week] = table
    return tables


def _nothing(city: pd.DataFrame, likely: pd.DataFrame) -> bool:
    """Whether nothing came in where something was expected."""
    return len(city) > 0 and bool((city["observed"] == 0).all() and (likely["low"].fillna(0) > 0).all())


class _Lines(NamedTuple):
    """Tables that make the rows: of the week, of the year before, and the trend."""

    observed: WeekTable
    a_year_ago: WeekTable | None
    trend: list[WeekTable]


class _Teller:
    """Tells the table of a week: as it was told before, or by the rule.

    A week whose own page said that nothing came in goes on no record: once its file is there, it is told like
    any other. Any other week without incidents is on record as it is told. Left out, it would be known to be
    empty to the last wijk.
    """

    def __init__(self, found: ThemeWeek, limit: int, told: Told) -> None:
        self._theme, self._limit, self._told = found.theme, limit, told
        self.names = [
            [shown_name(str(name)) for name in frame.index]
            for frame in (found.city, found.stadsdelen, found.wijken)
        ]
        self.parents = (
            [shown_name(str(name)) for name in found.wijken["stadsdeel"]] if len(found.wijken) else []
        )
        self.silent: set[str] = set()

    def __call__(self, values: list[list[float]], week: Week) -> WeekTable | None:
        """Counts of city, stadsdelen and wijken; None for what lies before the record."""
        if not all(math.isfinite(value) for part in values for value in part):
            return None
        known = self._told.table(self._theme, str(week))
        if known is not None:
            return known
        city, above, wijken = ([round(value) for value in part] for part in values)
        if not any(city) and self._told.silent(self._theme, str(week)):
            self.silent.add(str(week))
        totals = dict(zip(self.names[1], above, strict=True))
        table = held_back(wijken, self.parents, totals, sum(city), self._limit)
        beside = {
            name: total - sum(n for n, parent in zip(wijken, self.parents, strict=True) if parent == name)
            for name, total in totals.items()
            if name in self.parents
        } | {name: sum(city) - sum(above) for name in self.names[0] if above}
        return WeekTable(
            dict.fromkeys(self.names[0], table.city),
            table.stadsdelen,
            dict(zip(self.names[2], table.wijken, strict=True)),
            {name: n for name, n in beside.items() if n},
        )


def _values(frame: pd.DataFrame, name: str) -> list[float]:
    return [float(value) for value in frame[name]] if len(frame) else []


def _nth(frame: pd.DataFrame, at: int) -> list[float]:
    return [float(trend[at]) for trend in frame["trend"]] if len(frame) else []


def _rows(
    names: Sequence[str],
    kind: str,
    lines: _Lines,
    likely: pd.DataFrame,
    parents: Sequence[str],
    profile: ReleaseSettings,
    judged: dict[str, dict[str, list[Any]]],
) -> list[AreaWeek]:
    limit, public = int(profile.small_count or 0), Level.seen_by(profile) is Level.WIJKEN
    rows = []
    # Column by column: to take a frame apart by its rows costs more than all that is done with them.
    columns = [likely[column].tolist() for column in ("expected", "low", "high")]
    alerts = likely["alert"].tolist() if "alert" in likely else [True] * len(likely)
    for at, (name, middle, least, most, alerted) in enumerate(zip(names, *columns, alerts, strict=True)):
        shown = getattr(lines.observed, kind)[name]
        expected = coarse(Expected(number(middle), whole(least), whole(most)), limit)
        told = level(shown, expected)
        # An alert goes by the exact count: of one that is told as a range it would tell a part of that range.
        alert = bool(alerted) and told in NOTABLE and shown.value is not None
        low, high, told, alert = judged.get(kind, {}).get(name, (expected.low, expected.high, told, alert))
        if public and shown.value is None:
            # What was expected follows from counts of the past: beside one held back the public gets none.
            low, high, told = None, None, "unclear"
        rows.append(
            AreaWeek(
                name=name,
                stadsdeel=parents[at] if parents else "",
                observed=shown,
                low=low,
                high=high,
                last_year=None if lines.a_year_ago is None else getattr(lines.a_year_ago, kind)[name],
                trend=tuple(getattr(table, kind)[name] for table in lines.trend),
                against_expected=told,
                alert=alert,
            )
        )
    return rows

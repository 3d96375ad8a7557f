"""ISO weeks on the city's own clock.

A week runs from Monday 00:00 to the next Monday 00:00 local time, half-open, so it has 167, 168 or 169 hours.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from genk_geo.errors import ConfigError, SchemaError

if TYPE_CHECKING:
    import pandas as pd

BRUSSELS = "Europe/Brussels"
#: Years that a week or a moment in the settings may lie in.
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week, such as ``2026-W46``.

    Parameters
    ----------
    year : int
        ISO year (the year of the week's Thursday).
    number : int
        1 to 52, or 53 in a long year.

    Examples
    --------
    >>> week = gg.Week.parse("2026-W46")
    >>> str(week.monday), str(week.shift(1))
    ('2026-11-09', '2026-W47')
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse week 53 in a year that has 52."""
        try:
            dt.date.fromisocalendar(self.year, self.number, 1)
        except ValueError as error:
            raise ConfigError(
                "{year}-W{number:02d} is not an ISO week: {reason}.",
                year=self.year,
                number=self.number,
                reason=error,
            ) from error

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read ``2026-W46`` (also ``2026W46`` and ``2026-w6``)."""
        match = re.fullmatch(r"\s*(\d{4})-?[Ww](\d{1,2})\s*", str(text))
        if match is None:
            raise ConfigError(
                "{text!r} is not a week. Write it as year and ISO week, for example 2026-W46.", text=text
            )
        if not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise ConfigError(
                "{text!r} is not a week from {first_year} to {last_year}.",
                text=text,
                first_year=FIRST_YEAR,
                last_year=LAST_YEAR,
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def from_day(cls, day: dt.date) -> Week:
        """Week that a date (or a local datetime) falls in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> dt.date:
        """First day."""
        return dt.date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> dt.date:
        """Last day."""
        return self.monday + dt.timedelta(days=6)

    def shift(self, weeks: int) -> Week:
        """Week so many weeks later (earlier if negative)."""
        return Week.from_day(self.monday + dt.timedelta(weeks=weeks))

    def a_year_before(self) -> Week:
        """Week 52 weeks earlier: the same place in the year, whole weeks, no special case for week 53."""
        return self.shift(-52)

    def minus(self, other: Week) -> int:
        """Whole weeks from `other` to this one."""
        return (self.monday - other.monday).days // 7

    def start(self, tz: str = BRUSSELS) -> pd.Timestamp:
        """Monday 00:00 on the local clock."""
        import pandas as pd

        return pd.Timestamp(dt.datetime.combine(self.monday, dt.time(), ZoneInfo(tz))).as_unit("us")

    def end(self, tz: str = BRUSSELS) -> pd.Timestamp:
        """Monday 00:00 after the week; not part of it."""
        return self.shift(1).start(tz)

    def hours(self, tz: str = BRUSSELS) -> int:
        """Length of the week: 167, 168 or 169 hours."""
        return int((self.end(tz) - self.start(tz)).total_seconds() // 3600)


@dataclass(frozen=True)
class Window:
    """A run of whole weeks that ends with `last`; what a hotspot map looks at.

    Parameters
    ----------
    last : Week
        The last week, included.
    weeks : int
        How many weeks.

    Examples
    --------
    >>> str(gg.Window(gg.Week(2026, 46), 13).first)
    '2026-W34'
    """

    last: Week
    weeks: int

    @property
    def first(self) -> Week:
        """First week, included."""
        return self.last.shift(1 - self.weeks)

    def start(self, tz: str = BRUSSELS) -> pd.Timestamp:
        """First moment in the window."""
        return self.first.start(tz)

    def end(self, tz: str = BRUSSELS) -> pd.Timestamp:
        """First moment after the window."""
        return self.last.end(tz)

    def shift(self, weeks: int) -> Window:
        """Window so many weeks later, equally long."""
        return Window(self.last.shift(weeks), self.weeks)

    def contains(self, moments: pd.Series, tz: str = BRUSSELS) -> pd.Series:
        """Mask of the tz-aware moments that fall in the window."""
        return (moments >= self.start(tz)) & (moments < self.end(tz))


def week_of(moments: pd.Series, tz: str = BRUSSELS) -> pd.Series:
    """Monday (a naive, normalised date) of the local week of each tz-aware moment."""
    import pandas as pd

    local = moments.dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
    monday: pd.Series = local - pd.to_timedelta(local.dt.day_of_week, unit="D")
    return monday.rename("monday")


def _as_moments(values: pd.Series, name: str) -> pd.Series:
    """Moments as pandas keeps them, whoever kept them before."""
    import pandas as pd

    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values
    try:
        moments = pd.Series(pd.DatetimeIndex(values.to_numpy(dtype=object)), index=values.index, name=name)
    except (TypeError, ValueError) as error:
        raise SchemaError(
            "Column {name!r}: needed tz-aware moments, given {dtype}.", name=name, dtype=values.dtype
        ) from error
    return moments


def occurred(incidents: pd.DataFrame) -> pd.Series:
    """Moment that an incident counts at: the middle of its window, or its begin where no end is known.

    Parameters
    ----------
    incidents : pandas.DataFrame
        Table with tz-aware columns ``from`` and ``to`` (``to`` may be missing).

    Returns
    -------
    pandas.Series
        tz-aware moments named ``occurred``, same index.
    """
    begin, end = (_as_moments(incidents[name], name) for name in ("from", "to"))
    middle: pd.Series = (begin + (end - begin) // 2).where(end.notna(), begin)
    return middle.rename("occurred")

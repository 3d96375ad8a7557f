"""Which week a run is about, and at which moment it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from genk_geo.calendar import Week, Window
from genk_geo.errors import ConfigError, Message
from genk_geo.store.published import Span

if TYPE_CHECKING:
    import datetime as dt

    from genk_geo.config import Settings
    from genk_geo.results import ThemeWeek, WeekResult

#: Weeks of the trend that pages draw.
_TREND = 4


def whole_week(week: Week | str | None, now: dt.datetime, tz: str) -> Week:
    """The week asked for, if it has ended: a part of a week compared with whole ones misleads."""
    today = now.astimezone(ZoneInfo(tz)).date()
    last = Week.from_day(today).shift(-1)
    chosen = last if week is None else week if isinstance(week, Week) else Week.parse(week)
    if chosen > last:
        future = chosen.monday > today
        kind = Message("lies in the future") if future else Message("has not ended yet")
        raise ConfigError(
            "Week {chosen} {kind} (today is {today}). The last whole week is {last}.",
            chosen=chosen,
            kind=kind,
            today=today.isoformat(),
            last=last,
        )
    return chosen


def as_of_week(settings: Settings, week: Week, tz: str, back: int = 0) -> pd.Timestamp:
    """Moment at which the data is frozen: a day after the week unless the settings say otherwise.

    A week that is shown `back` weeks later is told as it was known then: had it changed since, the two
    tellings together would say what came in late.
    """
    if settings.as_of is None:
        return week.end(tz) + pd.DateOffset(days=1)
    moment = pd.Timestamp(settings.as_of)
    local = moment.tz_localize(tz) if moment.tzinfo is None else moment.tz_convert(tz)
    return local - pd.DateOffset(weeks=back)


def span_of(look: ThemeWeek, result: WeekResult, tz: str) -> Span:
    """What the page of a theme looks at: the window of its hotspots, and at least the last four weeks."""
    weeks = max(look.window.weeks, _TREND)
    start = Window(result.week, weeks).start(tz)
    return Span(look.theme, result.week, start, look.window.end(tz), result.as_of)


def weeks_shown(settings: Settings, week: Week) -> dict[str, Week]:
    """Week that each release of a run shows, by the folder of the release."""
    return {one.folder: week.shift(-int(one.delay_weeks or 0)) for one in settings.resolved_releases}

"""When it happened: the window of each row, on the city's clock.

* Date and time of begin and end: as written; without an end the window is open (``to`` is missing).
* No clock time at the begin, and no end: the whole day. No clock time at the end: the end of that day.
* An end time without an end date is on the day of the begin, or on the next day if it is earlier.
* Only year and month: the whole month; the hour goes to a column of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.ingestion.coordinates import read_numbers
from genk_geo.ingestion.times import SECOND, Written, read_clock, read_moments, to_zone

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.ingestion.rows import Faults, Rows

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Windows:
    """Windows of all rows (those with faults included, where they may be missing).

    Attributes
    ----------
    begin, end, reported : pandas.Series
        tz-aware moments on the city's clock.
    hour : pandas.Series of Int8 or None
        Hour of the day, where the file gives no day.
    warnings : tuple of str
        What was mended.
    """

    begin: pd.Series
    end: pd.Series
    reported: pd.Series
    hour: pd.Series | None
    warnings: tuple[str, ...]


def read_windows(rows: Rows, profile: Profile, tz: str, now: pd.Timestamp, faults: Faults) -> Windows:
    """Read the times of all rows and note what is wrong with them.

    Parameters
    ----------
    rows : Rows
        Text of the file.
    profile : Profile
        How the supplier writes times, and on which clock.
    tz : str
        The city's clock.
    now : pandas.Timestamp
        Moment of reading; nothing can have happened after it.
    faults : Faults
        Takes ``missing_time``, ``bad_time``, ``time_reversed`` and ``time_in_future``.

    Returns
    -------
    Windows
        Aligned with `rows`.
    """
    clock = profile.timezone or tz
    reported, only_day, warnings = _reported(rows, profile, clock, now)
    if rows.has("from_date") or not rows.has("year"):
        begin, end, stated_end = _by_day(rows, profile, clock, faults)
    else:
        begin, end = _by_month(rows, clock, faults)
        stated_end = begin
    hour = _hour(rows) if rows.has("year") and not rows.has("from_date") else None
    if profile.time_from_report:
        blank = (begin.isna() & reported.notna()).to_numpy() & faults.none
        begin = begin.where(~blank, reported)
        end = end.where(~(blank & only_day), reported + pd.Timedelta(days=1).as_unit("us"))
        if blank.any():
            warnings.append(f"{int(blank.sum())} rows give no date: the moment of the report was taken")
    label = rows.name("from_date" if rows.has("from_date") else "year")
    faults.add(begin.isna().to_numpy(), "missing_time", label)
    faults.add((end < begin).to_numpy(), "time_reversed", rows.name("to_date"), end)
    late = (begin > now) | (stated_end > now)
    faults.add(late.to_numpy(), "time_in_future", label, begin)
    day_after = reported + pd.Timedelta(days=1).as_unit("us")  # a report may be dated without a time
    early = int(((day_after <= begin).to_numpy() & faults.none).sum())
    if early:
        warnings.append(f"{early} rows were reported a day or more before they happened")
    return Windows(_on(begin, tz), _on(end, tz), _on(reported, tz), hour, tuple(warnings))


def _by_day(
    rows: Rows, profile: Profile, clock: str, faults: Faults
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Begin, end, and the last moment that the file itself states as the end."""
    first = _written(rows, "from", profile)
    last = _written(rows, "to", profile)
    faults.add(first.unreadable, "bad_time", rows.name("from_date"), _shown(rows, "from"))
    faults.add(last.unreadable, "bad_time", rows.name("to_date"), _shown(rows, "to"))
    begin = to_zone(first.clock(), clock, utc_offset=first.utc_offset)
    timed = np.isfinite(first.seconds)

    only_clock = ~last.known & np.isfinite(last.seconds) & first.known
    earlier = only_clock & timed & (last.seconds < np.nan_to_num(first.seconds))
    end_day = np.where(only_clock, np.where(earlier, first.day + _DAY, first.day), last.day)
    whole_day = np.isnat(end_day) & ~timed
    stated_clock = (end_day + np.nan_to_num(last.seconds) * SECOND).astype("datetime64[us]")
    end_clock = np.where(np.isfinite(last.seconds), stated_clock, end_day + _DAY)
    end_clock = np.where(whole_day, first.day + _DAY, end_clock).astype("datetime64[us]")
    end = to_zone(end_clock, clock, utc_offset=last.utc_offset)
    backwards = (end < begin).to_numpy()
    if backwards.any():  # of the hour that comes twice in autumn the end may be in the second one
        end = to_zone(end_clock, clock, utc_offset=last.utc_offset, second_pass=backwards)
    stated = to_zone(stated_clock, clock, utc_offset=last.utc_offset)
    if profile.window_minutes:
        open_ended = (end.isna() & begin.notna()).to_numpy()
        end = end.where(~open_ended, begin + pd.Timedelta(minutes=profile.window_minutes).as_unit("us"))
    return begin, end, stated


def _by_month(rows: Rows, clock: str, faults: Faults) -> tuple[pd.Series, pd.Series]:
    texts = rows.text("year") + "-" + rows.text("month")
    year, month = read_numbers(rows.text("year")), read_numbers(rows.text("month"))
    fits = (year >= 1970) & (year <= 2100) & (month >= 1) & (month <= 12) & (month % 1 == 0) & (year % 1 == 0)
    faults.add(~fits & (texts != "-").to_numpy(), "bad_time", rows.name("year"), texts)
    months = np.where(fits, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    nothing = np.datetime64("NaT", "us")
    begin = np.where(fits, months.astype("datetime64[us]"), nothing)
    end = np.where(fits, (months + 1).astype("datetime64[us]"), nothing)
    return to_zone(begin, clock), to_zone(end, clock)


def _hour(rows: Rows) -> pd.Series:
    seconds, _ = read_clock(rows.text("hour"))
    hours = pd.Series(seconds // 3600 % 24, index=rows.frame.index)
    return hours.astype("Int8")


def _reported(
    rows: Rows, profile: Profile, clock: str, now: pd.Timestamp
) -> tuple[pd.Series, npt.NDArray[np.bool_], list[str]]:
    """Moment of the report, where that is only a day, and what was mended."""
    written = _written(rows, "reported", profile)
    reported = to_zone(written.clock(), clock, utc_offset=written.utc_offset)
    bad = written.unreadable | (reported > now).to_numpy()
    warnings = []
    if bad.any():
        warnings.append(
            f"{int(bad.sum())} rows have a date of report that cannot be read or is in the future: left empty"
        )
    return reported.where(~bad), ~np.isfinite(written.seconds), warnings


def _written(rows: Rows, which: str, profile: Profile) -> Written:
    times = rows.text(f"{which}_time") if rows.has(f"{which}_time") else None
    return read_moments(rows.text(f"{which}_date"), times, month_first=profile.month_first)


def _shown(rows: Rows, which: str) -> pd.Series:
    return (rows.text(f"{which}_date") + " " + rows.text(f"{which}_time")).str.strip()


def _on(moments: pd.Series, tz: str) -> pd.Series:
    converted: pd.Series = moments.dt.tz_convert(tz)
    return converted

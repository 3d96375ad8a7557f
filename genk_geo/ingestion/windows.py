"""When it happened: the window of each row, on the city's clock.

* Date and time of begin and end: as written; without an end the window is open (``to`` is missing).
* No clock time at the begin, and no end: the whole day. No clock time at the end: the end of that day.
* An end time without an end date is on the day of the begin, or on the next day if it is earlier.
* Only year and month: the whole month; the hour goes to a column of its own.
* 00:00 or 12:00 in far more rows than the hours around it: no clock time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import Message
from genk_geo.ingestion.date_columns import read_date_columns, which_column
from genk_geo.ingestion.times import SECOND, Written, read_clock, to_zone
from genk_geo.ingestion.values import joined

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
    timed : numpy.ndarray of bool
        Where the clock time of the begin is known.
    warnings : tuple of str
        What was mended.
    due : pandas.Timestamp or None
        When the first of the rows that lie in days to come would lie there no more.
    """

    begin: pd.Series
    end: pd.Series
    reported: pd.Series
    hour: pd.Series | None
    timed: npt.NDArray[np.bool_]
    warnings: tuple[str, ...]
    due: pd.Timestamp | None = None


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

    Raises
    ------
    SupplierFileError
        If day and month of the dates cannot be told apart.
    """
    clock = profile.timezone or tz
    columns = read_date_columns(rows, profile, now.tz_convert(clock).tz_localize(None).to_datetime64())
    warnings = list(columns.warnings)
    reported, only_day, mended = _reported(columns.written["reported"], clock, now)
    warnings += mended
    begin, end, stated_end = _by_day(rows, columns.written, profile, clock, faults)
    hour = _hour(rows, columns.written["from"])
    if profile.time_from_report:
        blank = (begin.isna() & reported.notna()).to_numpy() & faults.none
        begin = begin.where(~blank, reported)
        end = end.where(~(blank & only_day), reported + pd.Timedelta(days=1).as_unit("us"))
        if blank.any():
            warnings.append(
                Message(
                    "{count} rows give no date: the moment of the report was taken", count=int(blank.sum())
                )
            )
    label = rows.name(which_column(rows))
    faults.add(begin.isna().to_numpy(), "missing_time", label)
    faults.add((end < begin).to_numpy(), "time_reversed", rows.name("to_date"), end)
    late = (begin > now) | (stated_end > now)
    ends = begin.where(~(stated_end > begin), stated_end)[late]
    due = None if ends.empty else ends.min()
    faults.add(late.to_numpy(), "time_in_future", label, begin)
    day_after = reported + pd.Timedelta(days=1).as_unit("us")  # a report may be dated without a time
    early = int(((day_after <= begin).to_numpy() & faults.none).sum())
    if early:
        warnings.append(Message("{early} rows were reported a day or more before they happened", early=early))
    timed = np.isfinite(columns.written["from"].seconds)
    return Windows(_on(begin, tz), _on(end, tz), _on(reported, tz), hour, timed, tuple(warnings), due)


def _by_day(
    rows: Rows, written: dict[str, Written], profile: Profile, clock: str, faults: Faults
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Begin, end, and the last moment that the file itself states as the end."""
    first, last = written["from"], written["to"]
    faults.add(first.unreadable, "bad_time", rows.name(which_column(rows)), _shown(rows, "from"))
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
    # a month is known to its end, whether it stands at the begin or at the end of the window
    end_clock = np.where(last.whole_month, _month_after(last.day), end_clock)
    end_clock = np.where(first.whole_month & np.isnat(last.day), _month_after(first.day), end_clock)
    end = to_zone(end_clock, clock, utc_offset=last.utc_offset)
    backwards = (end < begin).to_numpy()
    if backwards.any():  # of the hour that comes twice in autumn the end may be in the second one
        end = to_zone(end_clock, clock, utc_offset=last.utc_offset, second_pass=backwards)
    stated = to_zone(np.where(first.whole_month, first.day, stated_clock), clock, utc_offset=last.utc_offset)
    if profile.window_minutes:
        open_ended = (end.isna() & begin.notna()).to_numpy()
        end = end.where(~open_ended, begin + pd.Timedelta(minutes=profile.window_minutes).as_unit("us"))
    return begin, end, stated


def _month_after(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    return (days.astype("datetime64[M]") + 1).astype("datetime64[us]")


def _hour(rows: Rows, first: Written) -> pd.Series | None:
    """Hour of the day of the rows of which only the month is known."""
    if not first.whole_month.any() and not (rows.has("hour") and not rows.has("from_date")):
        return None
    told = "hour" if rows.has("hour") else "from_time"
    seconds, _ = read_clock(rows.text(told))
    hours = np.where(first.whole_month | first.unreadable | ~first.known, seconds // 3600 % 24, np.nan)
    return pd.Series(hours, index=rows.frame.index).astype("Int8") if rows.has(told) else None


def _reported(
    written: Written, clock: str, now: pd.Timestamp
) -> tuple[pd.Series, npt.NDArray[np.bool_], list[str]]:
    """Moment of the report, where that is only a day, and what was mended."""
    reported = to_zone(written.clock(), clock, utc_offset=written.utc_offset)
    bad = written.unreadable | (reported > now).to_numpy()
    warnings: list[str] = []
    if bad.any():
        warnings.append(
            Message(
                "{count} rows have a date of report that cannot be read or is in the future: left empty",
                count=int(bad.sum()),
            )
        )
    return reported.where(~bad), ~np.isfinite(written.seconds), warnings


def _shown(rows: Rows, which: str) -> pd.Series:
    if which == "from" and which_column(rows) == "year":
        parts = [rows.text(name) for name in ("year", "month", "day") if rows.has(name)]
        return joined(parts, "-")
    return (rows.text(f"{which}_date") + " " + rows.text(f"{which}_time")).str.strip()


def _on(moments: pd.Series, tz: str) -> pd.Series:
    converted: pd.Series = moments.dt.tz_convert(tz)
    return converted

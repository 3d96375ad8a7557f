"""Dates and clock times as files write them, to moments on the city's own clock.

Which number of ``03/05/2026`` is the day is decided from all values of a column (:mod:`moments.order`), never
value by value: a file in which only the impossible dates were turned round would be silently wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from genk_geo.ingestion.moments.clock import read_clocks
from genk_geo.ingestion.moments.forms import Forms, read_forms
from genk_geo.ingestion.moments.order import Order, days_of
from genk_geo.ingestion.values import text_array

if TYPE_CHECKING:
    import numpy.typing as npt

_EXCEL_EPOCH = np.datetime64("1899-12-30T00:00:00", "us")
_UNIX_EPOCH = np.datetime64("1970-01-01T00:00:00", "us")

#: One second, in the resolution of all moments.
SECOND = np.timedelta64(1_000_000, "us")

# Clock times that stand for "no time known", where a column holds far more of them than of the hours around.
_STANDING_IN = {0.0: (3600.0, 7200.0, 79_200.0, 82_800.0), 43_200.0: (36_000.0, 39_600.0, 46_800.0, 50_400.0)}
_LEAST_STANDING_IN, _SHARE_STANDING_IN, _TIMES_STANDING_IN = 5, 0.10, 3
_ALL_AT_ONCE = 3


@dataclass(frozen=True)
class Written:
    """What was written in a date column and perhaps a time column, row by row.

    Attributes
    ----------
    day : numpy.ndarray of datetime64[us]
        Midnight at the begin of the day; NaT where blank or unreadable.
    seconds : numpy.ndarray of float
        Seconds since that midnight; NaN where no clock time is known.
    utc_offset : numpy.ndarray of float
        Seconds that the written clock is ahead of UTC; NaN where not said.
    unreadable : numpy.ndarray of bool
        True where something is written that is no date or no time.
    whole_month : numpy.ndarray of bool
        True where only the month is known; `day` is its first.
    """

    day: npt.NDArray[np.datetime64]
    seconds: npt.NDArray[np.float64]
    utc_offset: npt.NDArray[np.float64]
    unreadable: npt.NDArray[np.bool_]
    whole_month: npt.NDArray[np.bool_]

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """True where a day is known."""
        return ~np.isnat(self.day)

    def clock(self) -> npt.NDArray[np.datetime64]:
        """Moment on the clock, without zone; midnight where no time is known."""
        return self.day + np.nan_to_num(self.seconds) * SECOND


@dataclass(frozen=True)
class DateColumn:
    """A column of dates, each different text read once.

    Attributes
    ----------
    texts : pyarrow.Array
        The different texts.
    forms : Forms
        What each says.
    place : numpy.ndarray of int
        Which of them stands in each row.
    """

    texts: pa.Array
    forms: Forms
    place: npt.NDArray[np.intp]

    def examples(self, places: tuple[int, ...]) -> str:
        """Some of the texts, for messages."""
        return ", ".join(repr(self.texts[place].as_py()) for place in places)


def read_dates(dates: pd.Series) -> DateColumn:
    """Read a column of dates as far as no order of day and month is needed for it."""
    texts, place = _different(dates)
    return DateColumn(texts, read_forms(texts), place)


def read_moments(
    dates: pd.Series | DateColumn,
    times: pd.Series | None = None,
    *,
    month_first: bool = False,
    order: Order | None = None,
) -> Written:
    """Read a column of dates (with or without time) and a column of clock times that may stand beside it.

    Parameters
    ----------
    dates : pandas.Series of str
        ``31/12/2026``, ``31-12-2026 11:05 PM``, ``2026-12-31T23:05:00.5+01:00``, ``31 december 2026``,
        ``20261231``, ``31/12/26``, ``2026-12`` (a month), seconds or milliseconds since 1970, or the serial
        number of Excel; blank where unknown.
    times : pandas.Series of str, optional
        ``23:05``, ``23u05``, ``2305``, ``23``, ``11:05 PM``, Excel's part of a day; blank or ``99`` where
        unknown.
    month_first : bool
        True for a supplier that writes ``12/31/2026``.
    order : str, optional
        ``dmy``, ``mdy`` or ``ymd``; says what `month_first` says.

    Returns
    -------
    Written
        Day, seconds since midnight and what could not be read.
    """
    column = dates if isinstance(dates, DateColumn) else read_dates(dates)
    forms = column.forms
    chosen: Order = order or ("mdy" if month_first else "dmy")
    days, seconds, offset = days_of(forms, chosen), forms.seconds, forms.offset
    is_serial = np.isfinite(forms.serial)
    whole, part = np.floor(np.nan_to_num(forms.serial)), np.nan_to_num(forms.serial) % 1
    days = np.where(is_serial, _EXCEL_EPOCH + whole.astype("timedelta64[D]"), days)
    seconds = np.where(is_serial & (part > 0), np.round(part * 86_400), seconds)
    is_epoch = np.isfinite(forms.epoch)
    whole, part = np.divmod(np.nan_to_num(forms.epoch), 86_400)
    days = np.where(is_epoch, _UNIX_EPOCH + whole.astype("timedelta64[D]"), days)
    seconds, offset = np.where(is_epoch, np.floor(part), seconds), np.where(is_epoch, 0.0, offset)
    blank = np.asarray(pc.equal(column.texts, ""))
    unreadable = ~blank & (np.isnat(days) | forms.bad)
    place = column.place
    days, seconds, offset, unreadable = days[place], seconds[place], offset[place], unreadable[place]
    if times is not None:
        beside, zone, bad = _clocks(times)
        told = np.isfinite(beside)
        seconds, offset = np.where(told, beside, seconds), np.where(told & np.isfinite(zone), zone, offset)
        unreadable = unreadable | bad
    return Written(days, seconds, offset, unreadable, forms.whole_month[place])


def read_clock(times: pd.Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Seconds since midnight of a column of clock times, and a mask of what cannot be read.

    Hour 99 is the usual code for unknown; 24:00 is the end of the day.
    """
    seconds, _, bad = _clocks(times)
    return seconds, bad


def without_standing_in(written: Written) -> tuple[Written, int]:
    """Take 00:00 and 12:00 for unknown where a column holds far more of them than of the hours around.

    Returns
    -------
    written : Written
        The same days; no clock time where it only stood in for one.
    count : int
        Of how many rows.
    """
    timed = np.isfinite(written.seconds)
    seconds = written.seconds[timed]
    doubtful = np.zeros(len(written.seconds), dtype=bool)
    for moment, around in _STANDING_IN.items():
        count = int((seconds == moment).sum())
        usual = max(int((seconds == other).sum()) for other in around)
        spike = count >= max(
            _LEAST_STANDING_IN, _SHARE_STANDING_IN * len(seconds), _TIMES_STANDING_IN * usual + 1
        )
        if spike or (count == len(seconds) >= _ALL_AT_ONCE):
            doubtful |= written.seconds == moment
    if not doubtful.any():
        return written, 0
    nothing = np.where(doubtful, np.nan, written.seconds)
    offset = np.where(doubtful, np.nan, written.utc_offset)
    return replace(written, seconds=nothing, utc_offset=offset), int(doubtful.sum())


def _clocks(
    times: pd.Series,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    texts, place = _different(times)
    seconds, offset, bad = read_clocks(texts)
    return seconds[place], offset[place], bad[place]


def _different(values: pd.Series) -> tuple[pa.Array, npt.NDArray[np.intp]]:
    """Each different text once, trimmed, and which of them stands in each row."""
    texts = pc.dictionary_encode(pc.fill_null(pc.utf8_trim_whitespace(text_array(values)), ""))
    return texts.dictionary, np.asarray(texts.indices, dtype=np.intp)


def to_zone(
    clock: npt.NDArray[np.datetime64],
    tz: str,
    *,
    utc_offset: npt.NDArray[np.float64] | None = None,
    second_pass: npt.NDArray[np.bool_] | None = None,
) -> pd.Series:
    """Put clock times into their time zone.

    Parameters
    ----------
    clock : numpy.ndarray of datetime64
        Local clock times; NaT stays NaT.
    tz : str
        Time zone of the clock.
    utc_offset : numpy.ndarray of float, optional
        Seconds ahead of UTC where the file says so itself; NaN elsewhere.
    second_pass : numpy.ndarray of bool, optional
        True where an hour that comes twice in autumn is the second one; the first one by default.

    Returns
    -------
    pandas.Series
        tz-aware moments in microseconds. A time that the spring change skips moves to the first moment after.
    """
    naive = pd.Series(clock).astype("datetime64[us]")
    first = np.ones(len(naive), dtype=bool) if second_pass is None else ~second_pass
    local = naive.dt.tz_localize(tz, nonexistent="shift_forward", ambiguous=first)
    if utc_offset is None or not np.isfinite(utc_offset).any():
        return local
    said = np.isfinite(utc_offset)
    shift = pd.to_timedelta(np.nan_to_num(utc_offset), unit="s").as_unit("us")
    absolute = (naive - shift).dt.tz_localize("UTC").dt.tz_convert(tz)
    return local.where(~said, absolute)

"""Dates and clock times as Belgian files write them, to moments on the city's own clock.

Dates are read day first (``03/05/2026`` is 3 May) and never month first, unless the profile says that the
supplier writes so: a file in which only the impossible dates were turned round would be silently wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from genk_geo.ingestion.values import text_array

if TYPE_CHECKING:
    import numpy.typing as npt

_DATE = (
    r"^(?:[A-Za-z]{2,9}\.?,? +)?(?P<a>\d{1,4})[-/. ](?P<b>\d{1,2})[-/. ](?P<c>\d{1,4})"
    r"(?:(?:[ T,]+|\s+om\s+)(?P<h>\d{1,2})[:huH.](?P<m>\d{2})?(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<z>Z|[+-]\d{2}:?\d{2}(?::\d{2})?)?$"
)
_COMPACT = r"^(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})(?:[T ]?(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?)?$"
_SERIAL = r"^(?P<serial>[2-7]\d{4}(?:[.,]\d+)?)$"
_CLOCK = r"^(?P<h>\d{1,2})(?:\s*[:huHU.]\s*(?P<m>\d{2})?(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?)?\s*(?:u|h|uur)?$"
_DIGITS = r"^(?P<h>\d{1,2})(?P<m>\d{2})$"
_FRACTION = r"^(?P<serial>(?:0?[.,]\d+))$"

_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_UNKNOWN_HOUR = 99
_EXCEL_EPOCH = np.datetime64("1899-12-30T00:00:00", "us")

#: One second, in the resolution of all moments.
SECOND = np.timedelta64(1_000_000, "us")


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
    """

    day: npt.NDArray[np.datetime64]
    seconds: npt.NDArray[np.float64]
    utc_offset: npt.NDArray[np.float64]
    unreadable: npt.NDArray[np.bool_]

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """True where a day is known."""
        return ~np.isnat(self.day)

    def clock(self) -> npt.NDArray[np.datetime64]:
        """Moment on the clock, without zone; midnight where no time is known."""
        return self.day + np.nan_to_num(self.seconds) * SECOND


def read_moments(dates: pd.Series, times: pd.Series | None = None, *, month_first: bool = False) -> Written:
    """Read a column of dates (with or without time) and a column of clock times that may stand beside it.

    Parameters
    ----------
    dates : pandas.Series of str
        ``31/12/2026``, ``31-12-2026 23:05``, ``2026-12-31T23:05:00+01:00``, ``20261231``, ``31/12/26`` or the
        serial number of Excel; blank where unknown.
    times : pandas.Series of str, optional
        ``23:05``, ``23u05``, ``2305``, ``23``, Excel's part of a day; blank or ``99`` where unknown.
    month_first : bool
        True for a supplier that writes ``12/31/2026``.

    Returns
    -------
    Written
        Day, seconds since midnight and what could not be read.
    """
    texts = _text(dates)
    named = _fields(texts, _DATE, _COMPACT)
    a, b, c = named["a"], named["b"], named["c"]
    year_first = a > 99
    first, second = (b, a) if month_first else (a, b)
    year = np.where(year_first, a, c)
    month, day = np.where(year_first, b, second), np.where(year_first, c, first)
    short = ~year_first & (year < 100)
    year = np.where(short, year + np.where(year < 70, 2000, 1900), year)
    days = _days(year, month, day)
    seconds = _seconds(named["h"], named["m"], named["s"])
    serial = _fields(texts, _SERIAL)["serial"]
    is_serial = np.isfinite(serial)
    whole, part = np.floor(np.nan_to_num(serial)), np.nan_to_num(serial) % 1
    days = np.where(is_serial, _EXCEL_EPOCH + whole.astype("timedelta64[D]"), days)
    seconds = np.where(is_serial & (part > 0), np.round(part * 86_400), seconds)
    blank = _blank(texts)
    unreadable = ~blank & (np.isnat(days) | (np.isfinite(named["h"]) & np.isnan(seconds)))
    if times is not None:
        beside, bad = read_clock(times)
        seconds = np.where(np.isfinite(beside), beside, seconds)
        unreadable |= bad
    return Written(days, seconds, _offset(texts), unreadable)


def read_clock(times: pd.Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Seconds since midnight of a column of clock times, and a mask of what cannot be read.

    Hour 99 is the usual code for unknown; 24:00 is the end of the day.
    """
    texts = _text(times)
    fraction = _fields(texts, _FRACTION)["serial"]
    named = _fields(texts, _CLOCK, _DIGITS)
    seconds = _seconds(named["h"], named["m"], named["s"])
    seconds = np.where(np.isfinite(fraction), np.round(fraction * 86_400), seconds)
    dated = _fields(texts, _DATE)  # a time column of Excel may hold whole datetimes: only the clock counts
    seconds = np.where(np.isfinite(dated["h"]), _seconds(dated["h"], dated["m"], dated["s"]), seconds)
    unknown = _blank(texts) | (named["h"] == _UNKNOWN_HOUR)
    seconds = np.where(named["h"] == _UNKNOWN_HOUR, np.nan, seconds)
    return seconds, np.isnan(seconds) & ~unknown


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


def _text(values: pd.Series) -> pa.Array:
    return pc.fill_null(pc.utf8_trim_whitespace(text_array(values)), "")


def _blank(texts: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.equal(texts, ""))


def _fields(texts: pa.Array, *patterns: str) -> dict[str, npt.NDArray[np.float64]]:
    """Numbers of the named groups by the first pattern that fits; NaN where none does."""
    found: dict[str, npt.NDArray[np.float64]] = {
        name: np.full(len(texts), np.nan) for name in ("a", "b", "c", "h", "m", "s", "serial")
    }
    for pattern in reversed(patterns):
        matched = pc.extract_regex(texts, pattern)
        fits = np.asarray(pc.is_valid(matched))
        names = {field.name for field in matched.type}
        for name, before in found.items():
            numbers = _numbers(pc.struct_field(matched, name)) if name in names else np.nan
            found[name] = np.where(fits, numbers, before)
    return found


def _numbers(texts: pa.Array) -> npt.NDArray[np.float64]:
    digits = pc.replace_substring(texts, ",", ".")
    filled = pc.if_else(pc.equal(digits, ""), pa.scalar(None, digits.type), digits)
    return np.asarray(pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)


def _days(
    year: npt.NDArray[np.float64], month: npt.NDArray[np.float64], day: npt.NDArray[np.float64]
) -> npt.NDArray[np.datetime64]:
    """Midnight of a date; NaT where there is no such day."""
    fits = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(fits, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(fits, day - 1, 0).astype("timedelta64[D]")
    fits &= days.astype("datetime64[M]") == months
    return np.where(fits, days.astype("datetime64[us]"), np.datetime64("NaT", "us"))


def _seconds(
    hour: npt.NDArray[np.float64], minute: npt.NDArray[np.float64], second: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    minute, second = np.nan_to_num(minute), np.nan_to_num(second)
    total = hour * 3600 + minute * 60 + second
    fits = (minute < 60) & (second < 60) & (total <= 86_400)
    return np.where(fits, total, np.nan)


def _offset(texts: pa.Array) -> npt.NDArray[np.float64]:
    """Seconds ahead of UTC that a date states itself."""
    zone = pc.struct_field(pc.extract_regex(texts, _DATE), "z")
    stated = pd.Series(pc.fill_null(zone, "").to_numpy(zero_copy_only=False))
    offsets = {"": np.nan, "Z": 0.0}
    for text in stated.unique():
        if text not in offsets:
            digits = text.replace(":", "")
            seconds = int(digits[1:3]) * 3600 + int(digits[3:5]) * 60
            offsets[text] = float(-seconds if digits[0] == "-" else seconds)
    return np.array([offsets[text] for text in stated], dtype=np.float64)

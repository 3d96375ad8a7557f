"""Texts of a date column to the numbers in them, by patterns that are fast on whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from genk_geo.ingestion.moments.words import half_day, read_in_words, zone_seconds

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_DATE = (
    r"^(?:[A-Za-z]{2,9}\.?,? +)?(?P<a>\d{1,2}|[12]\d{3})[-/. ](?P<b>\d{1,2})[-/. ](?P<c>\d{1,2}|[12]\d{3})"
    r"(?:(?:[ T,]+|\s+(?:om|à|at|um)\s+)(?P<h>\d{1,2})[:huH.](?P<m>\d{2})?(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<p>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<z>[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?(?::\d{2})?)?$"
)
_COMPACT = (
    r"^(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})(?:[T ]?(?P<h>\d{2}):?(?P<m>\d{2}):?(?P<s>\d{2})?(?:[.,]\d+)?)?"
    r"(?P<z>Z|[+-]\d{2}:?\d{2})?$"
)
_MONTH = r"^(?P<a>\d{4})[-/.](?P<b>\d{1,2})$"
_MONTH_BEHIND = r"^(?P<b>\d{1,2})[-/.](?P<a>\d{4})$"
_SIX = r"^\d{6}$"
_MONTH_OF_SIX = r"^(?P<a>(?:19|20)\d{2})(?P<b>0[1-9]|1[0-2])$"
_SERIAL = r"^(?P<serial>[2-7]\d{4}(?:[.,]\d+)?)$"
# From 1973 to 2030; what is larger may be a date and an hour without signs between them.
_EPOCH = r"^(?P<serial>1\d{9}(?:[.,]\d+)?|1\d{12}|1\d{15})$"
_WHOLE = r"^(\d{4,16})[.,]0+$"
_MILLI, _MICRO = 1e11, 1e14
_NAMES = ("a", "b", "c", "h", "m", "s", "serial")


@dataclass(frozen=True)
class Forms:
    """Numbers of each text; NaN where it does not say them.

    Attributes
    ----------
    a, b, c : numpy.ndarray
        The three numbers of a date, in the order of writing; year, month and day where `settled`.
    seconds, offset : numpy.ndarray
        Since midnight, and ahead of UTC.
    serial : numpy.ndarray
        Days since the beginning of Excel's calendar.
    epoch : numpy.ndarray
        Seconds since 1970, in UTC.
    settled, whole_month, bad : numpy.ndarray of bool
        A word or its length says which number is which; the day is not said; there is no such time or zone.
    """

    a: Floats
    b: Floats
    c: Floats
    seconds: Floats
    offset: Floats
    serial: Floats
    epoch: Floats
    settled: npt.NDArray[np.bool_]
    whole_month: npt.NDArray[np.bool_]
    bad: npt.NDArray[np.bool_]

    def take(self, rows: npt.NDArray[np.intp]) -> Forms:
        """The same for each of many rows."""
        return Forms(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def read_forms(texts: pa.Array) -> Forms:
    """Read each text of a column of dates.

    Parameters
    ----------
    texts : pyarrow.Array of str
        Trimmed; empty where nothing is written. Best each text once.

    Returns
    -------
    Forms
        One a text.
    """
    texts = pc.replace_substring_regex(texts, _WHOLE, r"\1")  # a table program wrote 20260503.0
    named, taken = fields_of(texts, _DATE, _COMPACT)
    a, b, c = named["a"], named["b"], named["c"]
    settled = a > 99
    month = np.isfinite(a) & False
    for pattern in _month_patterns(texts):
        more, fits = fields_of(texts, pattern)
        fits &= ~taken
        a, b, c = np.where(fits, more["a"], a), np.where(fits, more["b"], b), np.where(fits, 1.0, c)
        month, settled, taken = month | fits, settled | fits, taken | fits
    serial, by_serial = fields_of(texts, _SERIAL)
    epoch, by_epoch = fields_of(texts, _EPOCH)
    seconds, bad = seconds_of(named)
    half, zone = words_of(texts, _DATE, "p"), words_of(texts, _DATE, "z")
    seconds, wrong = twelve_hours(seconds, half)
    offset, unknown = offsets_of(np.where(zone == "", words_of(texts, _COMPACT, "z"), zone))
    forms = Forms(
        a, b, c, seconds, offset, serial["serial"], _in_seconds(epoch["serial"]), settled, month,
        bad | wrong | unknown,
    )  # fmt: skip
    left = ~(taken | by_serial | by_epoch) | (taken & unknown)
    return _in_words(texts, np.flatnonzero(left & ~np.asarray(pc.equal(texts, ""))), forms)


def _month_patterns(texts: pa.Array) -> tuple[str, ...]:
    """Six digits are a year and a month only where all of a column are."""
    six = pc.match_substring_regex(texts, _SIX)
    every = pc.sum(six).as_py() == pc.sum(pc.match_substring_regex(texts, _MONTH_OF_SIX)).as_py()
    return (_MONTH, _MONTH_BEHIND, _MONTH_OF_SIX) if every else (_MONTH, _MONTH_BEHIND)


def _in_seconds(epoch: Floats) -> Floats:
    return np.where(epoch > _MICRO, epoch / 1e6, np.where(epoch > _MILLI, epoch / 1e3, epoch))


def _in_words(texts: pa.Array, rows: npt.NDArray[np.intp], forms: Forms) -> Forms:
    for row in rows:
        found = read_in_words(texts[int(row)].as_py())
        if found is None:
            continue
        forms.bad[row] = False
        if found.by_word and np.isnan(found.a):
            forms.epoch[row] = found.seconds
            continue
        forms.a[row], forms.b[row], forms.c[row] = found.a, found.b, found.c
        forms.seconds[row], forms.offset[row] = found.seconds, found.offset
        forms.settled[row] = found.by_word or found.a > 99
        forms.whole_month[row] = found.whole_month
    return forms


def fields_of(texts: pa.Array, *patterns: str) -> tuple[dict[str, Floats], npt.NDArray[np.bool_]]:
    """Numbers of the named groups by the first pattern that fits, and where one fits."""
    found: dict[str, Floats] = {name: np.full(len(texts), np.nan) for name in _NAMES}
    any_fits = np.zeros(len(texts), dtype=bool)
    for pattern in reversed(patterns):
        matched = pc.extract_regex(texts, pattern)
        fits = np.asarray(pc.is_valid(matched))
        any_fits |= fits
        if not fits.any():
            continue
        names = {field.name for field in matched.type}
        for name, before in found.items():
            numbers = _numbers(pc.struct_field(matched, name)) if name in names else np.nan
            found[name] = np.where(fits, numbers, before)
    return found, any_fits


def words_of(texts: pa.Array, pattern: str, name: str) -> npt.NDArray[np.object_]:
    """Text of one named group; empty where the pattern does not fit."""
    group = pc.struct_field(pc.extract_regex(texts, pattern), name)
    found: npt.NDArray[np.object_] = pc.fill_null(group, "").to_numpy(zero_copy_only=False)
    return found


def seconds_of(named: dict[str, Floats]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Seconds since midnight (NaN where no hour is said), and where there is no such time."""
    minute, second = np.nan_to_num(named["m"]), np.nan_to_num(named["s"])
    total = named["h"] * 3600 + minute * 60 + second
    bad = np.isfinite(named["h"]) & ~((minute < 60) & (second < 60) & (total <= 86_400))
    return np.where(bad, np.nan, total), bad


def twelve_hours(seconds: Floats, half: npt.NDArray[np.object_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Seconds since midnight of clocks that say AM or PM, and where there is no such hour."""
    turned, wrong = seconds, np.zeros(len(seconds), dtype=bool)
    said = np.flatnonzero((half != "") & np.isfinite(seconds))
    if not said.size:
        return turned, wrong
    turned = seconds.copy()
    hours = {(hour, word): half_day(hour, word) for hour in range(25) for word in ("am", "pm")}
    words = np.char.lower(half[said].astype(str))
    for row, word in zip(said, words, strict=True):
        hour = hours[int(seconds[row] // 3600), f"{word[0]}m"]
        wrong[row] = hour is None
        turned[row] = np.nan if hour is None else hour * 3600 + seconds[row] % 3600
    return turned, wrong


def offsets_of(zones: npt.NDArray[np.object_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Seconds ahead of UTC of each zone, NaN for none, and where it is no zone."""
    if not (zones != "").any():
        return np.full(len(zones), np.nan), np.zeros(len(zones), dtype=bool)
    names, place = np.unique(zones.astype(str), return_inverse=True)
    known = [zone_seconds(name) for name in names.tolist()]
    offsets = np.array([np.nan if offset is None else offset for offset in known])
    strange = np.array([offset is None for offset in known])
    return offsets[place], strange[place]


def _numbers(texts: pa.Array) -> Floats:
    digits = pc.replace_substring(texts, ",", ".")
    filled = pc.if_else(pc.equal(digits, ""), pa.scalar(None, digits.type), digits)
    return np.asarray(pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)

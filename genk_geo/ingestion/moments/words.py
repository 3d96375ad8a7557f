"""Dates in words, and other forms too rare for the fast patterns; one text at a time."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Nearest first: the languages of Belgium, English, and what their exports abbreviate to.
_MONTHS = (
    "januari january janvier januar jan janv jaenner",
    "februari february fevrier februar feb fev fevr",
    "maart march mars marz maerz mar mrt maa mrz",
    "april avril apr avr",
    "mei may mai",
    "juni june juin jun",
    "juli july juillet jul juil",
    "augustus august aout aug aou",
    "september septembre sep sept",
    "oktober october octobre okt oct",
    "november novembre nov",
    "december decembre dezember dec dez",
)
#: Word -> number of the month.
MONTHS = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}

# Minutes ahead of UTC of the zones that exports of Western Europe and North America name.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "met": 60, "mez": 60,
    "cest": 120, "mest": 120, "mesz": 120, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
_MOST_OFFSET_S = 14 * 3600

_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_CLOCK = (
    r"(?:(?:[\s,:t-]+(?:om|a|at|um|te)?\s*)(?P<h>\d{1,2})(?:\s*[:hu.]\s*(?P<m>\d{2})?(?:[:.](?P<s>\d{2})"
    r"(?:[.,]\d+)?)?)?\s*(?P<p>[ap]\.?m\.?)?\s*(?:uur|uhr|u|h)?)?"
)
_ZONE = r"\s*(?P<z>z|[a-z]{3,4}|(?:utc|gmt)?\s*[+-]\d{2}(?::?\d{2})?)?\s*(?P<place>[\[(].*[\])])?"
_WEEKDAY = r"(?:[a-z]{2,10}[.,]{0,2}\s+)?(?:le |den |de |on )?"
_DAY = r"(?P<d>\d{1,2})(?:er|e|ste|de|st|nd|rd|th)?\.?"
_YEAR = r"(?P<y>\d{4}|'?\d{2})"
_NUMBERS = r"(?P<a>\d{1,2}|[12]\d{3})[-/. ]\s?(?P<b>\d{1,2})[-/. ]\s?(?P<c>\d{1,2}|[12]\d{3})"
_BETWEEN = r"[\s,./-]*(?:de |of )?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # as in: dinsdag 5 mei 2026 om 23u30, and 05-MAY-26 11:30 PM
        rf"^{_WEEKDAY}{_DAY}{_BETWEEN}{_MONTH}{_BETWEEN}{_YEAR}{_CLOCK}{_ZONE}$",
        rf"^{_WEEKDAY}{_MONTH}{_BETWEEN}{_DAY}[\s,]+{_YEAR}{_CLOCK}{_ZONE}$",  # "May 5, 2026 11:30 PM"
        rf"^(?P<y>\d{{4}}){_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}{_CLOCK}{_ZONE}$",  # "2026-mei-05"
        # the clock before the year, as Unix prints it
        rf"^{_WEEKDAY}{_MONTH}\s+{_DAY}{_CLOCK}\s*(?P<z>[a-z]{{3,4}})?\s+(?P<y>\d{{4}})$",
        rf"^{_MONTH}{_BETWEEN}(?P<y>\d{{4}})$",  # "mei 2026"
        rf"^(?P<y>\d{{4}}){_BETWEEN}{_MONTH}$",
        # numbers with what the fast pattern leaves out: 5/3/2026 11 PM
        rf"^{_WEEKDAY}{_NUMBERS}{_CLOCK}{_ZONE}$",
    )
)
_CODED = re.compile(r"^/?date\((?P<ms>\d{12,13})(?:[+-]\d{4})?\)/?$")


class Fields(NamedTuple):
    """What a text says; `a`, `b`, `c` in the order of writing where no word tells which is which."""

    a: float
    b: float
    c: float
    seconds: float
    offset: float
    by_word: bool
    whole_month: bool


def folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def read_in_words(text: str) -> Fields | None:
    """Read one date that the fast patterns do not know; None where it is none.

    Examples
    --------
    >>> from genk_geo.ingestion.moments.words import read_in_words
    >>> read_in_words("dinsdag 5 mei 2026 om 23u30")[:4]
    (2026.0, 5.0, 5.0, 84600.0)
    """
    plain = " ".join(folded(text).split())
    if coded := _CODED.match(plain):
        return Fields(float("nan"), float("nan"), float("nan"), int(coded["ms"]) / 1000, 0.0, True, False)
    for form in _FORMS:
        if found := form.match(plain):
            return _fields(found)
    return None


def _fields(found: re.Match[str]) -> Fields | None:
    parts = found.groupdict()
    seconds = clock_seconds(parts.get("h"), parts.get("m"), parts.get("s"), parts.get("p"))
    offset = zone_seconds(parts.get("z") or "")
    if seconds is None or offset is None:
        return None
    if parts.get("place") and offset != offset:  # noqa: PLR0124 - a place beside the clock, and no offset
        return None
    if "month" not in parts:
        a, b, c = float(parts["a"]), float(parts["b"]), float(parts["c"])
        return Fields(a, b, c, seconds, offset, False, False)
    year = parts["y"].strip("'")
    full = int(year) + (0 if len(year) > 2 else 2000 if int(year) < 70 else 1900)
    day = parts.get("d")
    return Fields(full, MONTHS[parts["month"]], int(day or 1), seconds, offset, True, day is None)


def clock_seconds(hour: str | None, minute: str | None, second: str | None, half: str | None) -> float | None:
    """Seconds since midnight; NaN where no hour is said, None where there is no such time."""
    if not hour:
        return float("nan")
    h, m, s = int(hour), int(minute or 0), int(second or 0)
    turned = half_day(h, half or "")
    total = -1 if turned is None else turned * 3600 + m * 60 + s
    return float(total) if m < 60 and s < 60 and 0 <= total <= 86_400 else None


def half_day(hour: int, half: str) -> int | None:
    """Hour of a clock of twelve on one of twenty-four; "23:30 PM" is what it says, "13 AM" nothing."""
    letter = half[:1].lower()
    if not letter:
        return hour
    if letter == "a":
        return hour % 12 if hour <= 12 else None
    if hour == 0:
        return None
    return hour if hour >= 12 else hour + 12


def zone_seconds(zone: str) -> float | None:
    """Seconds ahead of UTC that a zone says; NaN for no zone, None for one that does not exist.

    Examples
    --------
    >>> from genk_geo.ingestion.moments.words import zone_seconds
    >>> zone_seconds("+02:00"), zone_seconds("CEST"), zone_seconds("+99:00")
    (7200.0, 7200.0, None)
    """
    word = zone.strip().lower()
    if not word:
        return float("nan")
    if word in _ZONES:
        return _ZONES[word] * 60.0
    digits = word.removeprefix("utc").removeprefix("gmt").strip().replace(":", "")
    if digits[:1] not in {"+", "-"} or not digits[1:].isdigit():
        return None
    seconds = int(digits[1:3]) * 3600 + int(digits[3:5] or 0) * 60
    if seconds > _MOST_OFFSET_S or int(digits[3:5] or 0) > 59:
        return None
    return float(-seconds if digits[0] == "-" else seconds)

"""House numbers as they are written in Belgium, and what they can mean.

A written number can mean several things: ``10e`` is number 10 with box e or number 10E, ``20-30`` is every
second number from 20 to 30, but ``30-20`` is number 30 with box 20. All readings are returned, the most
literal first; the register of the city decides. The forms are those of the public tests of the Flemish
address register (`house_number_forms.csv`), and those listed with :func:`read_house_number`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Above this many numbers from first to last, "5/101" is a number and its box, not a range.
LONGEST_RANGE = 50

_BOX_WORD = r"(?:bus|bte|boite|box|bt|bu|bs|app?t?|appartement|kamer|unit|b)"
_FLOOR = r"(?:etage|etg|et|verdieping|verdiep|verd|ver|niveau|glvl?|gelijkvloers|gv|v)"
_BOX = re.compile(
    rf"""^(?P<number>\d{{1,6}})\s*(?P<letter>[a-z](?![a-z]))?[\s,.:/\-]*
    (?:(?P<word>{_BOX_WORD})[\s.:/\-]*(?P<box>[a-z0-9][a-z0-9./\-]*)
      |(?P<floor>{_FLOOR})\.?\s*(?P<level>[a-z0-9.]*))$""",
    re.VERBOSE,
)
_BIS = re.compile(r"^(\d{1,6})[\s.\-/]*(bis|ter|quater)$")
_LETTER = re.compile(r"^(\d{1,6})\s?([a-z])$")
_LETTER_BOX = re.compile(r"^(\d{1,6})\s?([a-z])\s*[/+\-\s]\s*([a-z0-9]{1,5})$")
_SPLIT_LETTER = re.compile(r"^(\d{1,6})\s*[/+\-]\s*([a-z]{1,3}\d{0,4})$")
_TWO = re.compile(r"^(\d{1,6})\s*(?:[/+\-&\s]|tot(?: en met)?|t/m|en)\s*(\d{1,6})$")
_LIST = re.compile(r"^\d{1,6}(?:\s*[/+,&\-]\s*\d{1,6}){2,5}$")
_LEADING = re.compile(r"\d{1,6}")
_BEFORE = re.compile(r"^(?:.*?\b(?:nr|nrs|nummers?|no|huisnr|huisnummers?)\b[\s.:]*|#\s*|n°\s*)(?=\d)")
_NO_NUMBER = re.compile(r"^(?:zn|z\.n\.?|z/n|zonder(?: nummer| nr\.?)?|s/?n|0+)$")


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """What a written house number can mean.

    Attributes
    ----------
    numbers : tuple of str
        Possible numbers, the most literal first; empty when there is none.
    box : str
        Box, apartment or floor; it never decides where the point lies.
    unread : str
        What could not be understood.
    """

    numbers: tuple[str, ...] = ()
    box: str = ""
    unread: str = ""


NO_NUMBER = HouseNumber()


def read_house_number(written: str) -> HouseNumber:
    """Read a written house number.

    Understands numbers with a letter (``12A``, ``10 bis``), boxes (``12/3``, ``12 bus 3``, ``12 b 3``,
    ``12 bte 3``, ``12 app. 2``), floors (``12 ver 2``, ``12 GLV``), ranges (``12-14``, ``149/153``),
    words before the number (``naast nr 30``), leading zeros, and ``zn`` for no number.

    Parameters
    ----------
    written : str
        The house number only, as a supplier wrote it.

    Returns
    -------
    HouseNumber
        Possible numbers, box, and the rest that was not understood.
    """
    if written.isdigit() and written.isascii():
        known = 0 < len(written) <= 6 and int(written)
        return HouseNumber((_without_zeros(written),)) if known else NO_NUMBER
    text = written.casefold().strip(" \t,.;:-/+")
    if not text or _NO_NUMBER.match(text):
        return NO_NUMBER
    text = _BEFORE.sub("", text, count=1)
    for read in (_one, _with_box, _two, _several):
        found = read(text)
        if found is not None:
            return found if not found.numbers or int(_LEADING.findall(found.numbers[0])[0]) else NO_NUMBER
    leading = _LEADING.search(text)
    if leading is None or int(leading.group()) == 0:
        return HouseNumber(unread=written.strip())
    rest = (text[: leading.start()] + " " + text[leading.end() :]).strip(" ,.;:-/+")
    return HouseNumber((_without_zeros(leading.group()),), unread=rest)


def _without_zeros(digits: str) -> str:
    return str(int(digits))


def _one(text: str) -> HouseNumber | None:
    """Read ``12``, ``12a`` (number 12A, or 12 with box a) and ``12bis``."""
    if text.isdigit() and text.isascii() and len(text) <= 6:
        return HouseNumber((_without_zeros(text),)) if int(text) else NO_NUMBER
    if found := _BIS.match(text):
        return HouseNumber((_without_zeros(found[1]) + found[2].upper(),))
    if found := _LETTER.match(text):
        number = _without_zeros(found[1])
        return HouseNumber((number + found[2].upper(), number))
    return None


def _with_box(text: str) -> HouseNumber | None:
    """Read ``12 bus 3``, ``12A/3``, ``30-b`` and floors."""
    if found := _BOX.match(text):
        number, letter = _without_zeros(found["number"]), (found["letter"] or "").upper()
        box = (found["box"] or "").upper() or f"{found['floor'] or ''} {found['level'] or ''}".strip().upper()
        return HouseNumber((number + letter, number) if letter else (number,), box)
    if found := _SPLIT_LETTER.match(text):
        return HouseNumber((_without_zeros(found[1]),), found[2].upper())
    if found := _LETTER_BOX.match(text):
        number = _without_zeros(found[1])
        return HouseNumber((number + found[2].upper(), number), found[3].upper())
    return None


def _two(text: str) -> HouseNumber | None:
    """Read two numbers: upward with the same parity is a range along one side, else number and box."""
    found = _TWO.match(text)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    if first < last <= first + LONGEST_RANGE and (last - first) % 2 == 0:
        return HouseNumber(tuple(str(number) for number in range(first, last + 1, 2)))
    return HouseNumber((str(first),), str(last))


def _several(text: str) -> HouseNumber | None:
    """Read ``12/14/16``: each is a number of its own."""
    if not _LIST.match(text):
        return None
    numbers = (_without_zeros(number) for number in _LEADING.findall(text))
    return HouseNumber(tuple(dict.fromkeys(number for number in numbers if number != "0")))

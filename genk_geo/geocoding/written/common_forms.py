"""The commonest forms of an address, read without the full parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.geocoding.normalise import tokens_of
from genk_geo.geocoding.written.forms import EMPTY, SETTINGS
from genk_geo.geocoding.written.location import LONGEST_TEXT

if TYPE_CHECKING:
    from genk_geo.geocoding.written.location import Vocabulary

_NAME = r"[^\W\d_][^\d,;:/()&+|@#\[\]\\]*?"
_COMMON = re.compile(
    rf"^(?:(?:(?P<postcode>\d{{4}}) )?(?P<town>{_NAME}), ?)?(?P<name>{_NAME})"
    rf"(?:[ ,]+(?P<number>[1-9]\d{{0,3}}[a-z]?(?: bus [a-z\d]{{1,4}})?)"
    rf"(?:(?:, ?| )(?:(?P<postcode_2>\d{{4}}) )?(?P<town_2>{_NAME}))?"
    rf"|, ?(?:(?P<postcode_3>\d{{4}}) )?(?P<town_3>{_NAME}))?$",
    re.IGNORECASE,
)
_DASH = re.compile(r"[-\u2013\u2014] | [-\u2013\u2014]|\u00d7")
# Words in a street, and words that make a string more than a street and a number.
_NO_NAMES = SETTINGS | frozenset(
    {
        "hoek", "kruispunt", "kruising", "kruisp", "krpt", "rotonde", "rondpunt", "samenloop",
        "tussen", "ter", "hoogte", "thv", "tov", "tegenover", "over", "naast",
        "nabij", "vlakbij", "achter", "voor", "aan", "bij", "omgeving", "rond",
        "ca", "recht", "rechtover", "in", "op", "langs", "en", "met",
        "x", "nr", "nrs", "nummer", "no", "km", "kmp", "hmp",
        "hm", "bk", "kp", "paal", "afrit", "oprit", "uitrit", "exit",
        "knooppunt", "complex", "bus", "bte", "t", "n", "e", "a",
        "r", "zn", "huisnr",
    }
)  # fmt: skip
# Words in the longest name of a place ("Heist op den Berg").
_MOST_WORDS = 4


class CommonForm(NamedTuple):
    """The parts of the commonest forms: "Street 12", "Street 12, 3600 Town" and "3600 Town, Street 12"."""

    name: str
    number: str
    postcodes: tuple[str, ...]
    towns: tuple[str, ...]


def read_common_form(text: str) -> CommonForm | None:
    """Take one of the commonest forms apart; None for anything else."""
    found = _COMMON.match(text) if len(text) <= LONGEST_TEXT else None
    if found is None:
        return None
    code, town, name, number, *behind = found.groups()
    if _DASH.search(name):
        return None
    postcodes = tuple(filter(None, (code, behind[0], behind[2])))
    return CommonForm(name, number or "", postcodes, tuple(filter(None, (town, behind[1], behind[3]))))


def is_only_a_name(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a text holds no word that could be something else than a part of a street name."""
    words = tokens_of(name)
    if not _NO_NAMES.isdisjoint(words) or not vocabulary.places.isdisjoint(words):
        return False
    if len(words) > 1 and any(
        "".join(words[start:end]) in vocabulary.places
        for start in range(len(words))
        for end in range(start + 2, min(start + _MOST_WORDS, len(words)) + 1)
    ):
        return False
    return not EMPTY.match(name)

"""What a location string says, as typed parts, and the names that help to tell them apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from genk_geo.geocoding.normalise import key_of, packaged_words
from genk_geo.geocoding.written.house_number import NO_NUMBER, HouseNumber

#: Longer strings are not addresses; what stands behind is not read.
LONGEST_TEXT = 250

Kind = Literal["empty", "address", "intersection", "between", "road_marker", "motorway_exit", "poi", "area"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\s]+")


@dataclass(frozen=True)
class Vocabulary:
    """Names that tell what a part of a string is.

    Attributes
    ----------
    streets, areas, pois, municipalities : frozenset of str
        Keys (see :func:`genk_geo.geocoding.normalise.key_of`) of known names.
    postcodes : frozenset of str
        Postcodes of the city.
    """

    streets: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    pois: frozenset[str] = frozenset()
    municipalities: frozenset[str] = field(default_factory=lambda: frozenset(known_municipalities()))
    postcodes: frozenset[str] = frozenset()

    @cached_property
    def places(self) -> frozenset[str]:
        """Keys of municipalities and of areas of the city."""
        return self.municipalities | self.areas

    def place(self, key: str) -> bool:
        """Whether a key names a municipality or an area of the city."""
        return key in self.places


@dataclass(frozen=True, slots=True)
class Location:
    """A location string in typed parts.

    Attributes
    ----------
    kind : str
        ``empty``, ``address``, ``intersection``, ``between``, ``road_marker``, ``motorway_exit``, ``poi`` or
        ``area``.
    streets : tuple of str
        Street names as written; two for an intersection, the street first and then its two side streets for
        a stretch between streets.
    number : HouseNumber
        Possible house numbers and the box.
    postcode, places : str and tuple of str
        Postcode, and names of municipalities or wijken that stood in the string.
    near : str
        The thing of "t.h.v. ...", when it is not a house number.
    road, km, exit : str
        Road number (``N75``), post and motorway exit.
    others : tuple of str
        Other parts that could be the street when the first is not.
    whole : tuple of str
        Parts from which a place name was taken, as they stood ("Weg nar As").
    unread : tuple of str
        What was not understood.
    text : str
        The parts in the standard order, as :func:`genk_geo.geocoding.parse_location` writes them: parsing
        it gives the same text.
    """

    kind: Kind
    streets: tuple[str, ...] = ()
    number: HouseNumber = NO_NUMBER
    postcode: str = ""
    places: tuple[str, ...] = ()
    near: str = ""
    road: str = ""
    km: str = ""
    exit: str = ""
    others: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    text: str = ""

    @property
    def written(self) -> str:
        """The parts written out in the standard order."""
        number = self.number.numbers[0] if self.number.numbers else ""
        box = f" bus {self.number.box}" if self.number.box and number else ""
        match self.kind:
            case "intersection":
                core = " / ".join(self.streets)
            case "between":
                core = f"{self.streets[0]} tussen {self.streets[1]} en {self.streets[2]}".strip()
            case "road_marker" | "motorway_exit":
                post = f" km {self.km}" if self.km else ""
                leave = f" afrit {self.exit}".rstrip() if self.kind == "motorway_exit" else ""
                core = f"{self.road}{leave}{post}".strip()
            case _:
                core = f"{' '.join(self.streets[:1])} {number}{box}".strip()
        where = " ".join(part for part in (self.postcode, *self.places) if part)
        return ", ".join(part for part in (core, where) if part)


def known_municipalities() -> tuple[str, ...]:
    """Keys of the municipalities that a string can name."""
    return tuple(key_of(name) for name in packaged_words("places.toml")["municipalities"]["names"])


def clean(text: str) -> str:
    """One line, single spaces, no control or direction characters, at most 250 characters."""
    composed = text if text.isascii() else _composed(text[: 4 * LONGEST_TEXT])
    return _CONTROL.sub(" ", composed[: 4 * LONGEST_TEXT]).strip()[:LONGEST_TEXT].strip()


def _composed(text: str) -> str:
    """Compatibility characters as plain ones; what stands behind a number in small figures is no part of it.

    "3¹" is number 3 with box 1, not 31, and "3½" lies at 3.
    """
    parts: list[str] = []
    for letter in text:
        small = unicodedata.category(letter) == "No"
        if small and parts and parts[-1][-1:].isdigit():
            value = unicodedata.numeric(letter)
            parts.append(f"/{value:.0f}" if value.is_integer() else "")
        elif small and parts and not parts[-1] and not unicodedata.numeric(letter).is_integer():
            continue
        else:
            parts.append(unicodedata.normalize("NFKC", letter) if small else letter)
    return unicodedata.normalize("NFKC", "".join(parts))

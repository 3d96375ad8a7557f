"""Belgian location strings taken apart into typed parts; nothing is looked up here.

The forms are those that police, city and insurers write: an address in any order, two crossing streets
(``hoek``, ``kruispunt``, ``/``, ``x``), a place near something (``t.h.v.``), a stretch between two streets, a
road number with a hectometre post (``N75 km 12,3``), a motorway exit, the name of a place.
"""

from __future__ import annotations

import re
from dataclasses import replace

from genk_geo.geocoding.normalise import key_of
from genk_geo.geocoding.written import forms
from genk_geo.geocoding.written.house_number import NO_NUMBER, HouseNumber, read_house_number
from genk_geo.geocoding.written.location import Kind, Location, Vocabulary, clean
from genk_geo.geocoding.written.segment import split_number, without_number_words

_EDGES = " ,.:-"
_MOST_READINGS = 40


def parse_location(text: str, vocabulary: Vocabulary | None = None) -> Location:
    """Take a location string apart.

    Parameters
    ----------
    text : str
        Any string; none raises.
    vocabulary : Vocabulary, optional
        Known names of a city. Without it only the municipalities are known.

    Returns
    -------
    Location
        Typed parts, what was not understood, and the text in its standard form, which parses to itself.
    """
    words = vocabulary or Vocabulary()
    location = read_location(text, words)
    return replace(location, text=_settled(location.written, words))


def read_location(text: str, words: Vocabulary) -> Location:
    """Take a location string apart, without its standard text."""
    line = clean(text)
    if forms.EMPTY.match(line) or not any(letter.isalnum() for letter in line):
        return Location("empty", unread=(line,) if line else ())
    whole = key_of(line)
    if whole in words.streets:
        return Location("address", streets=(line,))
    if whole in words.pois:
        return Location("poi", streets=(line,))
    return _Reader(words).read(line)


def _settled(written: str, words: Vocabulary) -> str:
    """The text that parts settle on when they are written and read again and again.

    The parts of an address are settled at once. Those of "Genk / Hasselt" or of no address at all may go
    round in a circle, of which the first text in the alphabet stands for all.
    """
    texts = [written]
    while len(texts) < _MOST_READINGS:
        again = read_location(texts[-1], words).written
        if again in texts:
            return min(texts[texts.index(again) :])
        texts.append(again)
    return ""


class _Reader:
    """Reads one line; takes away what it recognises until a street is left."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.places: list[str] = []
        self.whole: list[str] = []
        self.postcode = ""

    def read(self, line: str) -> Location:
        road = self._road(line)
        if road is not None:
            return road
        line = ",".join(
            part if self._known_street(part) else without_number_words(part) for part in line.split(",")
        ).strip()
        line = line.replace("(", ", ").replace(")", ", ").replace("[", ", ").replace("]", ", ")
        line = self._take_postcode(line)
        if self._known_street(line):
            return self._address(line, "")
        between = forms.BETWEEN.search(line)
        if between:
            return self._between(line, between)
        crossing = self._crossing(line)
        if crossing is not None:
            return crossing
        near = ""
        thing = forms.NEAR_THING.search(line)
        if thing and not self._known_street(line[thing.start() :].strip(_EDGES)):
            near, line = line[thing.end() :].strip(" ,"), line[: thing.start()]
        return self._address(line, near)

    def _road(self, line: str) -> Location | None:
        """``N75 km 12,3`` and ``E314 afrit 32``; a street beside the road number wins."""
        road = forms.ROAD.search(line)
        leave = forms.EXIT.search(line)
        if road is None and leave is None:
            return None
        number = re.sub(r"[\s-]", "", road["road"]).upper() if road else ""
        rest = line[: road.start()] + " " + line[road.end() :] if road else line
        post = forms.KM.search(rest)
        if post:
            rest = rest[: post.start()] + " " + rest[post.end() :]
        leave = forms.EXIT.search(rest)
        if leave:
            rest = rest[: leave.start()] + " " + rest[leave.end() :]
        if number.startswith("R") and not post and not leave:
            return None
        rest = self._take_postcode(rest.replace("(", ",").replace(")", ","))
        parts = [forms.LOOSE.sub("", part) for part in map(self._without_places, rest.split(",")) if part]
        parts = [
            part for part in parts if key_of(part) not in {"richting", "ri", "te", "op", "de", "rijrichting"}
        ]
        street = next((part for part in parts if self._known_street(part)), None)
        if street is not None and not leave:
            found = self._address(", ".join(parts), "")
            return Location(
                found.kind, found.streets, found.number, self.postcode, tuple(self.places), found.near,
                road=number, km=_decimal(post), others=found.others, unread=found.unread,
            )  # fmt: skip
        if not number and not (leave and leave["exit"]):
            return None
        return Location(
            "motorway_exit" if leave else "road_marker",
            postcode=self.postcode,
            places=tuple(self.places),
            road=number,
            km=_decimal(post),
            exit=(leave["exit"] or "") if leave else "",
            unread=tuple(parts),
        )

    def _known_street(self, part: str) -> bool:
        """Whether a part is a known street, with or without a house number."""
        streets = self.words.streets
        if key_of(part) in streets:
            return True
        name, number = split_number(part)
        return key_of(name) in streets and not number.unread

    def _take_postcode(self, line: str) -> str:
        """Take a postcode out: one of the city's own, or four digits before a place name or at the front."""
        for found in forms.POSTCODE.finditer(line):
            before, after = line[: found.start()].rstrip(" ,"), line[found.end() :]
            own = found["postcode"] in self.words.postcodes
            place = self._leading_place(after)
            alone = before == "" and (forms.LETTERS.search(after) is not None)
            explicit = found.group().lstrip()[:1] in "Bb"
            if own or place or alone or explicit:
                self.postcode = found["postcode"]
                if place:
                    self.places.append(place)
                    after = after[len(place) :]
                return f"{before}, {after.strip(' ,')}".strip(" ,") if before or after.strip(" ,") else ""
        return line

    def _leading_place(self, text: str) -> str:
        """Longest known place name at the front of a text, as written."""
        words = re.split(r"(\s+|,)", text.split(",", maxsplit=1)[0].strip())
        for size in range(min(len(words), 7), 0, -1):
            candidate = "".join(words[:size]).strip()
            if candidate and self.words.place(key_of(candidate)) and text.startswith(candidate):
                return candidate
        return ""

    def _without_places(self, part: str) -> str:
        """Take place names off both ends of a part, unless the part as a whole is a street."""
        part = part.strip(" ,.;:-")
        if not part or self._known_street(part):
            return part
        if self.words.place(key_of(part)):
            self.places.append(part)
            return ""
        words = part.split()
        name, _ = split_number(part)
        for size in range(min(4, len(words) - 1), 0, -1):
            tail = " ".join(words[-size:])
            if self.words.place(key_of(tail)) and not forms.JOINING.search(" ".join(words[:-size])):
                self.places.append(tail)
                self.whole.extend([name] if key_of(name).endswith(key_of(tail)) else [])
                return self._without_places(" ".join(words[:-size]))
        for size in range(min(4, len(words) - 1), 0, -1):
            head = " ".join(words[:size])
            if self.words.place(key_of(head)) and forms.LETTERS.search(" ".join(words[size:])):
                self.places.append(head)
                self.whole.extend([name] if key_of(name).startswith(key_of(head)) else [])
                return " ".join(words[size:])
        return part

    def _between(self, line: str, found: re.Match[str]) -> Location:
        """``X tussen Y en Z``, and ``X tussen 12 en 18``."""
        street = forms.IN_STREET.sub("", line[: found.start()].strip(" ,"))
        one = found["one"].strip(" ,")
        other, *rest = [part.strip() for part in found["other"].split(",")]
        rest = [part for part in map(self._without_places, rest) if part]
        if one.isdigit():
            number = read_house_number(f"{one}-{other}")
            street = self._without_places(street)
            return self._location("address", (street,) if street else (), number=number, unread=tuple(rest))
        one, other = self._without_places(one), self._without_places(other)
        street = self._without_places(street or (forms.IN_STREET.sub("", rest.pop(0)) if rest else ""))
        one, _ = split_number(one)
        other, _ = split_number(other)
        street, _ = split_number(street)
        if not street:
            return self._location("intersection", (one, other), unread=tuple(rest))
        return self._location("between", (street, one, other), unread=tuple(rest))

    def _crossing(self, line: str) -> Location | None:
        """Two streets, by a word (``hoek``, ``kruispunt``) or by a sign between them (``/``, ``x``)."""
        word = forms.CROSSING_WORD.match(line)
        if word:
            sides = [side for side in forms.CROSSING_AND.split(line[word.end() :]) if side]
            if len(sides) < 2:
                return self._address(line[word.end() :], "") if sides else None
        else:
            sides = forms.CROSSING_MIDDLE.split(line, maxsplit=1)
            if len(sides) < 2:
                return None
        named = [self._without_places(side) for side in sides]
        named = [side for side in named if forms.LETTERS.search(side)]
        if len(named) < 2:
            self.places = list(dict.fromkeys(self.places))
            return None
        first, number = split_number(named[0].split(",")[0].strip())
        tail = [part for part in map(self._without_places, named[1].split(",")) if part]
        if not first or not tail:
            return None
        second, other_number = split_number(tail[0])
        if not second or forms.BOX_ONLY.match(second):
            return None
        self.places = list(dict.fromkeys(self.places))
        chosen = number if number.numbers else other_number
        return self._location("intersection", (first, second), number=chosen, unread=(*tail[1:], *named[2:]))

    def _address(self, line: str, near: str) -> Location:
        """One street with or without number, in segments between commas, in any order."""
        parts = [part for part in map(self._without_places, line.split(",")) if part]
        segments = self._without_areas(parts)
        street, number, others, unread = self._segments(self._joined(segments))
        if not street and near:
            street, near = near, ""
            street, number = split_number(street)
        if street and not self._known_street(street):
            bare = forms.IN_STREET.sub("", forms.NEAR_START.sub("", street))
            if bare and bare != street:
                street, other = (bare, street) if self._known_street(bare) else (street, bare)
                others.insert(0, other)
        street = self._within_setting(street)
        kind: Kind = "address"
        if not street:
            kind = "area" if self.places or self.postcode else "empty"
            if number.numbers:
                unread.append(number.numbers[0])
                number = NO_NUMBER
        elif key_of(street) in self.words.pois and key_of(street) not in self.words.streets:
            kind = "poi"
        if number.unread:
            unread.append(number.unread)
        return self._location(
            kind,
            (street,) if street else (),
            number=number,
            near=near,
            others=tuple(others),
            unread=tuple(unread),
        )

    def _within_setting(self, street: str) -> str:
        """The known street behind a word for what lies in it: "parking Europalaan"."""
        if not street or self._known_street(street):
            return street
        words = street.split()
        for size in range(1, len(words)):
            if key_of(words[size - 1]) not in forms.SETTINGS:
                break
            rest = " ".join(words[size:])
            if key_of(rest) in self.words.streets:
                return rest
        return street

    def _segments(self, segments: list[str]) -> tuple[str, HouseNumber, list[str], list[str]]:
        """Street, number, other names and what is not read, from the segments between commas."""
        street, number = "", NO_NUMBER
        others: list[str] = []
        unread: list[str] = []
        for segment in segments:
            name, found = split_number(segment)
            if box := forms.BOX_ONLY.match(segment):
                number = HouseNumber(number.numbers, number.box or box[1].upper(), number.unread)
            elif not name:
                if found.numbers and not number.numbers:
                    number = found
                else:
                    unread.append(segment)
            elif street and not self._better(name, street):
                others.append(name)
            else:
                others.extend([street] if street else [])
                street = name
                number = found if found.numbers or not number.numbers else number
        return street, number, others, unread

    def _without_areas(self, segments: list[str]) -> list[str]:
        """Take out a wijk that is also a street ("Stalenstraat 5 (Nieuwe Kempen)"), if a street is left."""
        kept = [segment for segment in segments if key_of(segment) not in self.words.areas]
        if len(kept) == len(segments) or not any(forms.LETTERS.search(segment) for segment in kept):
            return segments
        self.places.extend(segment for segment in segments if segment not in kept)
        return kept

    def _joined(self, segments: list[str]) -> list[str]:
        """Put together what a comma parts but is one name: "Dumontlaan, André 31"."""
        result: list[str] = []
        for segment in segments:
            name, _ = split_number(segment)
            if result and name and key_of(result[-1] + name) in self.words.streets:
                result[-1] = f"{result[-1]} {segment}"
            else:
                result.append(segment)
        return result

    def _better(self, name: str, street: str) -> bool:
        return key_of(name) in self.words.streets and key_of(street) not in self.words.streets

    def _location(self, kind: Kind, streets: tuple[str, ...], **parts: object) -> Location:
        places = tuple(dict.fromkeys(self.places))
        whole = tuple(dict.fromkeys(name for name in self.whole if name))
        return Location(kind, streets, postcode=self.postcode, places=places, whole=whole, **parts)  # type: ignore[arg-type] # typed by the callers


def _decimal(found: re.Match[str] | None) -> str:
    return (found["km"] or found["km2"]).replace(".", ",") if found else ""

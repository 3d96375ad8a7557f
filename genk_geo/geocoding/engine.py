"""From distinct location strings to places: parse, match, place."""

from __future__ import annotations

import math
import weakref
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from genk_geo.geocoding.areas import Areas
from genk_geo.geocoding.names.index import ABBREVIATED, NameIndex, bare_name
from genk_geo.geocoding.names.match import EDIT_COST, SCORES, UNKNOWN, StreetMatch, StreetMatcher
from genk_geo.geocoding.normalise import key_of, packaged_words, tokens_of
from genk_geo.geocoding.position import Place, Positions
from genk_geo.geocoding.written.common_forms import is_only_a_name, plain_parts
from genk_geo.geocoding.written.house_number import NO_NUMBER, HouseNumber, read_house_number
from genk_geo.geocoding.written.location import Location, Vocabulary, clean
from genk_geo.geocoding.written.parse import read_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genk_geo.reference import City

#: How much of the street's score is left at each level.
LEVEL_SCORES = {
    "address": 1.0,
    "poi": 0.95,
    "intersection": 0.9,
    "interpolated": 0.85,
    "street": 0.7,
    "wijk": 0.4,
    "city": 0.2,
    "none": 0.0,
}

_ONE_ERROR = SCORES[ABBREVIATED] - EDIT_COST
# What was done to a name that is not written as in the register.
_CHANGES = {"misspelt": "schrijfwijze verbeterd", "shortened": "aangevuld"}
_NOWHERE = Place(float("nan"), float("nan"), "none", float("nan"))


class Question(NamedTuple):
    """What one row says about its place."""

    text: str
    house_number: str = ""
    postcode: str = ""
    area: str = ""


class Answer(NamedTuple):
    """Where it is: one row of the columns that `geocode` adds."""

    place: Place
    score: float
    street: str = ""
    number: str = ""
    address: str = ""
    note: str = ""
    wijk: str = ""


class _Plain(NamedTuple):
    """Parts of the commonest form; not sure when a word of the name can mean something else."""

    name: str
    number: str
    postcode: str
    towns: tuple[str, ...]
    sure: bool


class Geocoder:
    """The names and places of one city, ready to answer."""

    _of_city: ClassVar[weakref.WeakKeyDictionary[City, Geocoder]] = weakref.WeakKeyDictionary()

    def __init__(self, city: City) -> None:
        self.city_name = city.name
        self.postcodes = frozenset(city.postcodes)
        names = () if city.streets.empty else city.streets["street"].dropna().astype(str)
        self.index = NameIndex.build(names)
        self.matcher = StreetMatcher(self.index)
        self.positions = Positions(city, self.index.names)
        self.areas = Areas.of(city)
        self.postcode_of = _column(city, "postcode")
        self.town_of = _column(city, "municipality")
        # Name and place of each street, as they stand in an address.
        self._shown = [
            (
                bare_name(name),
                f", {self.postcode_of.get(name, '')} {self.town_of.get(name, self.city_name)}".replace(
                    "  ", " "
                ),
            )
            for name in self.index.names
        ]
        self.towns = frozenset(map(key_of, self.town_of.values()))
        self.special = self.areas.keys | frozenset(self.areas.pois)
        self.own_names = frozenset({key_of(city.name)}) | self.towns
        self.vocabulary = Vocabulary(
            streets=frozenset(key for key, (_, streets) in self.index.keys.items() if len(streets) == 1),
            areas=self.areas.keys | self.own_names,
            pois=frozenset(self.areas.pois),
            postcodes=self.postcodes,
        )
        roads = packaged_words("places.toml")["roads"].get(city.name, {})
        self.roads = {
            road: tuple(s for s in streets if s in self.index.names) for road, streets in roads.items()
        }

    @classmethod
    def of(cls, city: City) -> Geocoder:
        """The geocoder of a city, made once."""
        known = cls._of_city.get(city)
        if known is None:
            known = cls._of_city[city] = cls(city)
        return known

    def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer distinct questions; each answer depends on its own question only."""
        answers: list[Answer | None] = [None] * len(questions)
        plain: dict[int, _Plain] = {}
        located: dict[int, Location] = {}
        streets: dict[str, StreetMatch | None] = {}
        for place, question in enumerate(questions):
            first = self._plain(question, streets)
            if isinstance(first, Answer):
                answers[place] = first
                continue
            if first is not None:
                plain[place] = first
            if first is None or not first.sure:
                located[place] = self._parsed(question)
        wanted = {text for location in located.values() for text in self._names_in(location)}
        wanted.update(parts.name for parts in plain.values())
        matches = self.matcher.match(sorted(wanted))
        for place, parts in plain.items():
            if parts.sure:
                answers[place] = self._misspelt(parts, matches, questions[place])
        for place, location in located.items():
            answer = self._locate(location, matches, questions[place])
            answers[place] = self._as_a_whole(plain.get(place), location, answer, matches)
        return [answer for answer in answers if answer is not None]

    def _plain_match(self, name: str) -> StreetMatch | None:
        match = self.matcher.lookup(key_of(name))
        return match if match is not None and match.street >= 0 else None

    def _plain(self, question: Question, streets: dict[str, StreetMatch | None]) -> Answer | _Plain | None:
        """Answer or take apart the commonest form, "Street 12[, 3600 Genk]"; None for the rest."""
        found = None if question.area else plain_parts(question.text)
        if found is None or (found.number and question.house_number):
            return None
        name, number, codes, towns = found
        number = number or clean(question.house_number)
        codes = (*codes, question.postcode) if question.postcode else codes
        if number in self.postcodes or any(code not in self.postcodes for code in codes):
            return None
        if any(key_of(town) not in self.own_names for town in towns):
            return None
        if name not in streets:
            streets[name] = self._plain_match(name)
        match = streets[name]
        postcode = codes[0] if codes else ""
        if match is not None and self._contradicts(match.street, postcode, towns):
            match = None
        if match is not None:
            return self._at_street(match, _numbered(number), "")
        return _Plain(name, number, postcode, towns, is_only_a_name(name, self.vocabulary))

    def _misspelt(self, parts: _Plain, matches: Mapping[str, StreetMatch], question: Question) -> Answer:
        """Answer the commonest form with a name that is not known as it is written."""
        match = matches[parts.name]
        key = key_of(parts.name)
        if (
            match.how == "misspelt"
            and not self._contradicts(match.street, parts.postcode, parts.towns)
            and key not in self.special
            and key + parts.number not in self.special
        ):
            return self._at_street(match, _numbered(parts.number), "")
        location = Location(
            "address", (parts.name,), _numbered(parts.number), parts.postcode, places=parts.towns
        )
        return self._locate(location, matches, question)

    def _as_a_whole(
        self, parts: _Plain | None, location: Location, answer: Answer, matches: Mapping[str, StreetMatch]
    ) -> Answer:
        """Take all words as one name ("Weg Naar A 7") when read in another way they are no known street.

        A part that is misspelt too ("Weg aar" in "Weg aar As") explains less with as many errors. When the
        part is a street as it is written ("op De Bek", or "Op de Berk" misspelt), neither is sure.
        """
        if parts is None or answer.place.level == "poi" or not (location.streets or location.road):
            return answer
        match = matches[parts.name]
        surely = match.how == "misspelt" and match.score >= _ONE_ERROR
        if not surely or self._contradicts(match.street, parts.postcode, parts.towns):
            return answer
        if not answer.street:
            return self._at_street(match, _numbered(parts.number), "")
        part = matches.get(location.streets[0], UNKNOWN) if location.kind == "address" else UNKNOWN
        if part.street in {-1, match.street}:
            return answer
        if part.how == "misspelt":
            return self._at_street(match, _numbered(parts.number), "")
        both = StreetMatch(-1, 0.0, "ambiguous", (part.street, match.street), 2)
        return self._refused(parts.name, both, location)

    def _parsed(self, question: Question) -> Location:
        location = read_location(question.text, self.vocabulary)
        if question.house_number:
            number = read_house_number(clean(question.house_number).lower())
            if number.numbers or not location.number.numbers:
                location = replace(location, number=number)
        postcode = "".join(letter for letter in question.postcode.split(".")[0] if letter.isdigit())[:4]
        if postcode and not location.postcode:
            location = replace(location, postcode=postcode)
        if question.area:
            area = read_location(question.area, self.vocabulary)
            names = area.places or ((clean(question.area),) if clean(question.area) else ())
            location = replace(location, places=tuple(dict.fromkeys([*location.places, *names])))
        if location.kind == "empty" and (location.places or location.postcode):
            location = replace(location, kind="area")
        return location

    def _names_in(self, location: Location) -> Iterable[str]:
        yield from location.streets
        yield from location.others
        yield from location.whole
        if location.near:
            yield location.near

    def _locate(self, location: Location, matches: Mapping[str, StreetMatch], question: Question) -> Answer:
        for text in location.whole:
            match = matches.get(text, UNKNOWN)
            if match.street >= 0 and len(tokens_of(self.index.names[match.street])) == len(tokens_of(text)):
                return self._at_street(match, location.number, "")
        outside = self._outside(location)
        if outside:
            return Answer(_NOWHERE, 0.0, note=outside)
        if location.kind == "empty":
            text = clean(question.text)
            return Answer(_NOWHERE, 0.0, note=f"geen adres: {text}" if text else "geen adres")
        readers = {
            "intersection": self._crossing,
            "between": self._stretch,
            "road_marker": self._road,
            "motorway_exit": self._road,
            "area": self._only_area,
        }
        return readers.get(location.kind, self._address)(location, matches)

    def _outside(self, location: Location) -> str:
        """Why a place is not in this city, or nothing."""
        if location.postcode and self.postcodes and location.postcode not in self.postcodes:
            return f"postcode {location.postcode} ligt niet in {self.city_name}"
        keys = {name: key_of(name) for name in location.places}
        if any(key in self.vocabulary.areas for key in keys.values()):
            return ""
        elsewhere = [name for name, key in keys.items() if key in self.vocabulary.municipalities]
        if elsewhere and not (location.postcode and location.postcode in self.postcodes):
            return f"{elsewhere[0]} ligt niet in {self.city_name}"
        return ""

    def _address(self, location: Location, matches: Mapping[str, StreetMatch]) -> Answer:
        text = location.streets[0]
        match = self._by_place(matches.get(text, UNKNOWN), location)
        if match.street < 0 or match.how == "misspelt":
            whole = f"{text} {location.number.numbers[0]}" if location.number.numbers else text
            special = self._named_place(whole) or self._named_place(text)
            if special is not None:
                return special
        if match.street < 0:
            for other in location.others:
                second = matches.get(other, UNKNOWN)
                if second.street >= 0 or self._named_place(other):
                    return self._named_place(other) or self._at_street(second, location.number, "")
            return self._refused(text, match, location)
        near = matches.get(location.near, UNKNOWN) if location.near else UNKNOWN
        if near.street >= 0 and near.street != match.street and not location.number.numbers:
            return self._cross(match, near)
        if location.near and not location.number.numbers:
            special = self._named_place(location.near)
            if special is not None and self._along(special.place, match):
                return special
        return self._at_street(match, location.number, self._contradiction(match, location))

    def _along(self, place: Place, match: StreetMatch) -> bool:
        """Whether a well-known place can lie along a street."""
        street = self.index.names[match.street]
        point = self.positions.point(street)
        if point is None or place.level != "poi":
            return False
        return math.dist(point, (place.x, place.y)) <= self.positions.reach_m(street) + place.radius_m

    def _by_place(self, match: StreetMatch, location: Location) -> StreetMatch:
        """Settle a near tie by the wijk or the house number, when only one of the streets agrees with it."""
        if match.street >= 0 and self._contradicts(match.street, location.postcode, location.places):
            return UNKNOWN._replace(alternatives=(match.street,))
        if match.how != "ambiguous":
            return match
        tied = match.alternatives[: match.tied]
        wijken = self.areas.wijken_of(location.places)
        inside = [s for s in tied if self.areas.wijk_of_street(self.index.names[s]) in wijken]
        told = self.towns and (location.postcode or self.towns & set(map(key_of, location.places)))
        here = [s for s in tied if told and not self._contradicts(s, location.postcode, location.places)]
        having = []
        if all(self.positions.is_complete(self.index.names[s]) for s in tied):
            numbers = location.number.numbers
            having = [s for s in tied if self.positions.has(self.index.names[s], numbers)]
        for agreeing, how, score in (
            (here, "exact", 1.0),
            (inside, "misspelt", 0.8),
            (having, "misspelt", 0.8),
        ):
            if len(agreeing) == 1:
                return StreetMatch(agreeing[0], score, how)
        return match

    def _contradicts(self, street: int, postcode: str, places: Iterable[str]) -> bool:
        """Whether the postcode or the municipality in the string is another one than that of the street."""
        if not self.towns:
            return False
        name = self.index.names[street]
        towns = self.towns & set(map(key_of, places))
        if towns and key_of(self.town_of.get(name, "")) not in towns:
            return True
        return bool(postcode) and postcode in self.postcodes and self.postcode_of.get(name) != postcode

    def _contradiction(self, match: StreetMatch, location: Location) -> str:
        wijken = self.areas.wijken_of(location.places)
        own = self.areas.wijk_of_street(self.index.names[match.street])
        if wijken and own and own not in wijken:
            return f"wijk in de tekst ({', '.join(sorted(wijken))}) is niet de wijk van de straat ({own})"
        return ""

    def _named_place(self, text: str) -> Answer | None:
        """A well-known place or a wijk by its name."""
        key = key_of(text)
        poi = self.areas.pois.get(key)
        if poi is not None:
            return Answer(
                Place(poi.x, poi.y, "poi", poi.radius_m), LEVEL_SCORES["poi"], address=poi.name, note=""
            )
        if key in self.areas.keys:
            return self._area(Location("area", places=(text,)), "")
        return None

    def _only_area(self, location: Location, _: Mapping[str, StreetMatch]) -> Answer:
        return self._area(location, "")

    def _area(self, location: Location, note: str) -> Answer:
        """Only a wijk or the city is known."""
        wijken = self.areas.wijken_of(location.places)
        if len(wijken) == 1:
            wijk = next(iter(wijken))
            place = self.areas.place_of(wijk)
            return Answer(place, LEVEL_SCORES["wijk"], address=wijk, note=note, wijk=wijk)
        named = any(key_of(name) in self.vocabulary.areas for name in location.places)
        if wijken or named or (location.postcode and location.postcode in self.postcodes):
            which = (
                f"een van de wijken {', '.join(sorted(wijken))}" if wijken else f"ergens in {self.city_name}"
            )
            return Answer(
                replace(_NOWHERE, level="city"),
                LEVEL_SCORES["city"],
                note="; ".join(filter(None, (note, which))),
            )
        return Answer(_NOWHERE, 0.0, note=note or "geen adres")

    def _refused(self, text: str, match: StreetMatch, location: Location) -> Answer:
        """No sure street: say why, list what it could be, and keep the wijk or the city if that is known."""
        names = ", ".join(self.index.names[street] for street in match.alternatives)
        if match.how == "ambiguous":
            note = f"straat niet eenduidig: {text} ({names})"
        else:
            note = f"straat niet gevonden in {self.city_name}: {text}" + (
                f" (gelijkt op {names})" if names else ""
            )
        if self.areas.wijken_of(location.places):
            return self._area(location, note)
        return Answer(_NOWHERE, 0.0, note=note)

    def _at_street(self, match: StreetMatch, number: HouseNumber, note: str) -> Answer:
        street = self.index.names[match.street]
        place = self.positions.at(street, number.numbers)
        if place is None:
            return Answer(_NOWHERE, 0.0, street=street, note="straat zonder ligging in het register")
        written = place.number or (number.numbers[0] if number.numbers else "")
        told = self._how(match, street)
        score = match.score * LEVEL_SCORES[place.level]
        if note or place.note:
            told = "; ".join(part for part in (told, place.note, note) if part)
            score *= 0.9
        name, town = self._shown[match.street]
        address = f"{name} {written}" if written else name
        if number.box and written:
            address += f" bus {number.box}"
        return Answer(place, score, name, written, address + town, told)

    def _how(self, match: StreetMatch, street: str) -> str:
        words = _CHANGES.get(match.how)
        return f"{words}: {street}" if words else ""

    def _crossing(self, location: Location, matches: Mapping[str, StreetMatch]) -> Answer:
        one, other = (self._by_place(matches.get(text, UNKNOWN), location) for text in location.streets[:2])
        if one.street >= 0 and other.street >= 0:
            if one.street == other.street:
                return self._at_street(one, location.number, "")
            return self._cross(one, other)
        for match, text in ((one, location.streets[1]), (other, location.streets[0])):
            if match.street >= 0:
                special = self._named_place(text)
                note = "" if special is not None else f"niet gevonden: {text}"
                return self._at_street(match, location.number, note)
        return self._refused(" / ".join(location.streets), one if one.alternatives else other, location)

    def _cross(self, one: StreetMatch, other: StreetMatch) -> Answer:
        names = self.index.names[one.street], self.index.names[other.street]
        place = self.positions.crossing(*names)
        if place is None:
            return Answer(_NOWHERE, 0.0, street=names[0], note="straat zonder ligging in het register")
        told = [self._how(one, names[0]), self._how(other, names[1]), place.note]
        return Answer(
            place,
            min(one.score, other.score) * LEVEL_SCORES[place.level],
            " / ".join(names),
            address=f"{names[0]} / {names[1]}, {self.city_name}",
            note="; ".join(part for part in told if part),
        )

    def _stretch(self, location: Location, matches: Mapping[str, StreetMatch]) -> Answer:
        found = [self._by_place(matches.get(text, UNKNOWN), location) for text in location.streets]
        if found[0].street < 0:
            if found[1].street >= 0 and found[2].street >= 0:
                return self._cross(found[1], found[2])
            return self._refused(location.streets[0], found[0], location)
        names = [self.index.names[match.street] if match.street >= 0 else "" for match in found]
        if not (names[1] and names[2]):
            missing = [text for text, name in zip(location.streets[1:], names[1:], strict=True) if not name]
            return self._at_street(found[0], NO_NUMBER, f"niet gevonden: {', '.join(missing)}")
        place = self.positions.stretch(*names)
        if place is None:
            return Answer(_NOWHERE, 0.0, street=names[0], note="straat zonder ligging in het register")
        score = min(match.score for match in found) * LEVEL_SCORES[place.level]
        text = f"{names[0]} tussen {names[1]} en {names[2]}, {self.city_name}"
        return Answer(place, score, names[0], address=text, note=place.note)

    def _road(self, location: Location, _: Mapping[str, StreetMatch]) -> Answer:
        """A numbered road: the streets that carry it; hectometre posts are not in the register."""
        what = replace(location, postcode="", places=()).written
        streets = () if location.kind == "motorway_exit" else self.roads.get(location.road, ())
        place = self.positions.several(streets) if streets else None
        if place is None:
            note = f"geen ligging bekend van {what}"
            return (
                self._area(location, note)
                if self.areas.wijken_of(location.places)
                else Answer(_NOWHERE, 0.0, note=note)
            )
        note = f"{location.road}: {', '.join(streets)}; kilometerpalen zijn niet bekend"
        return Answer(place, LEVEL_SCORES["street"] * 0.8, " / ".join(streets), address=what, note=note)


@lru_cache(maxsize=1 << 14)
def _numbered(number: str) -> HouseNumber:
    return read_house_number(number) if number else NO_NUMBER


def _column(city: City, column: str) -> dict[str, str]:
    """Street -> what a column of the streets says of it."""
    if city.streets.empty or column not in city.streets.columns:
        return {}
    values = city.streets[column].astype("str")
    return dict(zip(city.streets["street"], values.where(values.notna(), ""), strict=True))

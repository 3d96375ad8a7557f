"""From distinct location strings to places: parse, match, place."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.geocoding.answers import Answer, Question, nowhere
from genk_geo.geocoding.evidence import contradiction, contradicts, lies_along, outside, settled
from genk_geo.geocoding.names.index import ABBREVIATED
from genk_geo.geocoding.names.match import EDIT_COST, SCORES, UNKNOWN, StreetMatch
from genk_geo.geocoding.normalise import key_of, tokens_of
from genk_geo.geocoding.notes import say
from genk_geo.geocoding.placing import Placing
from genk_geo.geocoding.written.common_forms import is_only_a_name, read_common_form
from genk_geo.geocoding.written.house_number import NO_NUMBER, HouseNumber, read_house_number
from genk_geo.geocoding.written.location import Location, clean
from genk_geo.geocoding.written.parse import read_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genk_geo.geocoding.register import Register

_ONE_ERROR = SCORES[ABBREVIATED] - EDIT_COST


class _Common(NamedTuple):
    """Parts of the commonest form; not sure when a word of the name can mean something else."""

    name: str
    number: str
    postcode: str
    towns: tuple[str, ...]
    sure: bool


class Geocoder:
    """Answers questions from the register of one city."""

    def __init__(self, register: Register) -> None:
        self._known = register
        self._put = Placing(register)

    def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer distinct questions; each answer depends on its own question only."""
        answers: list[Answer | None] = [None] * len(questions)
        common: dict[int, _Common] = {}
        located: dict[int, Location] = {}
        streets: dict[str, StreetMatch | None] = {}
        for place, question in enumerate(questions):
            first = self._common_form(question, streets)
            if isinstance(first, Answer):
                answers[place] = first
                continue
            if first is not None:
                common[place] = first
            if first is None or not first.sure:
                located[place] = self._parsed(question)
        wanted = {text for location in located.values() for text in self._names_in(location)}
        wanted.update(parts.name for parts in common.values())
        matches = self._known.matcher.match(sorted(wanted))
        for place, parts in common.items():
            if parts.sure:
                answers[place] = self._misspelt(parts, matches, questions[place])
        for place, location in located.items():
            answer = self._locate(location, matches, questions[place])
            answers[place] = self._as_a_whole(common.get(place), location, answer, matches)
        return [answer for answer in answers if answer is not None]

    def _written_street(self, name: str) -> StreetMatch | None:
        match = self._known.matcher.lookup(key_of(name))
        return match if match is not None and match.street >= 0 else None

    def _common_form(
        self, question: Question, streets: dict[str, StreetMatch | None]
    ) -> Answer | _Common | None:
        """Answer or take apart the commonest form, "Street 12[, 3600 Genk]"; None for the rest."""
        found = None if question.area else read_common_form(question.text)
        if found is None or (found.number and question.house_number):
            return None
        name, number, codes, towns = found
        number = number or clean(question.house_number)
        codes = (*codes, question.postcode) if question.postcode else codes
        if number in self._known.postcodes or any(code not in self._known.postcodes for code in codes):
            return None
        if any(key_of(town) not in self._known.own_names for town in towns):
            return None
        if name not in streets:
            streets[name] = self._written_street(name)
        match = streets[name]
        postcode = codes[0] if codes else ""
        if match is not None and contradicts(self._known, match.street, postcode, towns):
            match = None
        if match is not None:
            return self._put.at_street(match, _numbered(number))
        return _Common(name, number, postcode, towns, is_only_a_name(name, self._known.vocabulary))

    def _misspelt(self, parts: _Common, matches: Mapping[str, StreetMatch], question: Question) -> Answer:
        """Answer the commonest form with a name that is not known as it is written."""
        match = matches[parts.name]
        key = key_of(parts.name)
        if (
            match.how == "misspelt"
            and not contradicts(self._known, match.street, parts.postcode, parts.towns)
            and key not in self._known.special
            and key + parts.number not in self._known.special
        ):
            return self._put.at_street(match, _numbered(parts.number))
        location = Location(
            "address", (parts.name,), _numbered(parts.number), parts.postcode, places=parts.towns
        )
        return self._locate(location, matches, question)

    def _as_a_whole(
        self, parts: _Common | None, location: Location, answer: Answer, matches: Mapping[str, StreetMatch]
    ) -> Answer:
        """Take all words as one name ("Weg Naar A 7") when read in another way they are no known street.

        A part that is misspelt too ("Weg aar" in "Weg aar As") explains less with as many errors. When the
        part is a street as it is written ("op De Bek", or "Op de Berk" misspelt), neither is sure.
        """
        if parts is None or answer.place.level == "poi" or not (location.streets or location.road):
            return answer
        match = matches[parts.name]
        surely = match.how == "misspelt" and match.score >= _ONE_ERROR
        if not surely or contradicts(self._known, match.street, parts.postcode, parts.towns):
            return answer
        if not answer.street:
            return self._put.at_street(match, _numbered(parts.number))
        part = matches.get(location.streets[0], UNKNOWN) if location.kind == "address" else UNKNOWN
        if part.street in {-1, match.street}:
            return answer
        if part.how == "misspelt":
            return self._put.at_street(match, _numbered(parts.number))
        both = StreetMatch(-1, 0.0, "ambiguous", (part.street, match.street), 2)
        return self._put.refused(parts.name, both, location)

    def _parsed(self, question: Question) -> Location:
        location = read_location(question.text, self._known.vocabulary)
        if question.house_number:
            number = read_house_number(clean(question.house_number).lower())
            if number.numbers or not location.number.numbers:
                location = replace(location, number=number)
        postcode = "".join(letter for letter in question.postcode.split(".")[0] if letter.isdigit())[:4]
        if postcode and not location.postcode:
            location = replace(location, postcode=postcode)
        if question.area:
            area = read_location(question.area, self._known.vocabulary)
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
            if match.street >= 0 and len(tokens_of(self._known.index.names[match.street])) == len(
                tokens_of(text)
            ):
                return self._put.at_street(match, location.number)
        elsewhere = outside(self._known, location)
        if elsewhere is not None:
            return nowhere(elsewhere)
        if location.kind == "empty":
            text = clean(question.text)
            return nowhere(say("no_address_in", text=text) if text else say("no_address"))
        readers = {
            "intersection": self._crossing,
            "between": self._stretch,
            "road_marker": self._road,
            "motorway_exit": self._road,
            "area": self._area,
        }
        return readers.get(location.kind, self._address)(location, matches)

    def _address(self, location: Location, matches: Mapping[str, StreetMatch]) -> Answer:
        text = location.streets[0]
        match = settled(self._known, matches.get(text, UNKNOWN), location)
        if match.street < 0 or match.how == "misspelt":
            whole = f"{text} {location.number.numbers[0]}" if location.number.numbers else text
            special = self._put.named_place(whole) or self._put.named_place(text)
            if special is not None:
                return special
        if match.street < 0:
            for other in location.others:
                second = matches.get(other, UNKNOWN)
                if second.street >= 0 or self._put.named_place(other):
                    return self._put.named_place(other) or self._put.at_street(second, location.number)
            return self._put.refused(text, match, location)
        near = matches.get(location.near, UNKNOWN) if location.near else UNKNOWN
        if near.street >= 0 and near.street != match.street and not location.number.numbers:
            return self._put.cross(match, near)
        if location.near and not location.number.numbers:
            special = self._put.named_place(location.near)
            if special is not None and lies_along(self._known, special.place, match):
                return special
        return self._put.at_street(match, location.number, *contradiction(self._known, match, location))

    def _crossing(self, location: Location, matches: Mapping[str, StreetMatch]) -> Answer:
        one, other = (
            settled(self._known, matches.get(text, UNKNOWN), location) for text in location.streets[:2]
        )
        if one.street >= 0 and other.street >= 0:
            if one.street == other.street:
                return self._put.at_street(one, location.number)
            return self._put.cross(one, other)
        for match, text in ((one, location.streets[1]), (other, location.streets[0])):
            if match.street >= 0:
                special = self._put.named_place(text)
                doubts = () if special is not None else (say("not_found", text=text),)
                return self._put.at_street(match, location.number, *doubts)
        return self._put.refused(" / ".join(location.streets), one if one.alternatives else other, location)

    def _stretch(self, location: Location, matches: Mapping[str, StreetMatch]) -> Answer:
        found = [settled(self._known, matches.get(text, UNKNOWN), location) for text in location.streets]
        if found[0].street < 0:
            if found[1].street >= 0 and found[2].street >= 0:
                return self._put.cross(found[1], found[2])
            return self._put.refused(location.streets[0], found[0], location)
        names = [self._known.index.names[match.street] if match.street >= 0 else "" for match in found]
        if not (names[1] and names[2]):
            missing = [text for text, name in zip(location.streets[1:], names[1:], strict=True) if not name]
            return self._put.at_street(found[0], NO_NUMBER, say("not_found", text=", ".join(missing)))
        return self._put.stretch(min(match.score for match in found), *names)

    def _road(self, location: Location, _: Mapping[str, StreetMatch]) -> Answer:
        return self._put.road(location)

    def _area(self, location: Location, _: Mapping[str, StreetMatch]) -> Answer:
        return self._put.area(location)


def _as_many_words(name: str, text: str) -> bool:
    return len(tokens_of(name)) == len(tokens_of(text))


@lru_cache(maxsize=1 << 14)
def _numbered(number: str) -> HouseNumber:
    return read_house_number(number) if number else NO_NUMBER

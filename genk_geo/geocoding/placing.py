"""From matched names to a place: on a street, at a crossing, along a stretch, in a wijk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genk_geo.geocoding.answers import LEVEL_SCORES, NOWHERE, Answer, nowhere
from genk_geo.geocoding.normalise import key_of
from genk_geo.geocoding.notes import Note, say
from genk_geo.geocoding.position import Place
from genk_geo.geocoding.written.location import Location

if TYPE_CHECKING:
    from genk_geo.geocoding.names.match import StreetMatch
    from genk_geo.geocoding.register import Register
    from genk_geo.geocoding.written.house_number import HouseNumber

# What was done to a name that is not written as in the register.
_CHANGES = {"misspelt": "improved", "shortened": "completed"}


@dataclass(frozen=True)
class Placing:
    """Puts names of one register on the map."""

    register: Register

    def at_street(self, match: StreetMatch, number: HouseNumber, *doubts: Note) -> Answer:
        """On a street, at a house number where there is one; a tenth less sure for what contradicts it."""
        register = self.register
        street = register.street(match.street)
        place = register.positions.at(street, number.numbers)
        if place is None:
            return nowhere(say("street_without_place"), street=street)
        written = place.number or (number.numbers[0] if number.numbers else "")
        score = match.score * LEVEL_SCORES[place.level]
        if doubts or place.notes:
            score *= 0.9
        name, town = register.shown[match.street]
        address = f"{name} {written}" if written else name
        if number.box and written:
            address += f" bus {number.box}"
        notes = (*changes(match, street), *place.notes, *doubts)
        return Answer(place, score, name, written, address + town, notes)

    def cross(self, one: StreetMatch, other: StreetMatch) -> Answer:
        """Where two streets meet."""
        register = self.register
        names = register.street(one.street), register.street(other.street)
        place = register.positions.crossing(*names)
        if place is None:
            return nowhere(say("street_without_place"), street=names[0])
        return Answer(
            place,
            min(one.score, other.score) * LEVEL_SCORES[place.level],
            " / ".join(names),
            address=f"{names[0]} / {names[1]}, {register.city_name}",
            notes=(*changes(one, names[0]), *changes(other, names[1]), *place.notes),
        )

    def stretch(self, score: float, street: str, one: str, other: str) -> Answer:
        """A street between two others."""
        place = self.register.positions.stretch(street, one, other)
        if place is None:
            return nowhere(say("street_without_place"), street=street)
        text = f"{street} tussen {one} en {other}, {self.register.city_name}"
        return Answer(place, score * LEVEL_SCORES[place.level], street, address=text, notes=place.notes)

    def road(self, location: Location) -> Answer:
        """A numbered road: the streets that carry it; hectometre posts are not in the register."""
        register = self.register
        what = replace(location, postcode="", places=()).written
        streets = () if location.kind == "motorway_exit" else register.roads.get(location.road, ())
        place = register.positions.several(streets) if streets else None
        if place is None:
            note = say("road_without_place", road=what)
            return self.area(location, note) if register.areas.wijken_of(location.places) else nowhere(note)
        note = say("road", road=location.road, streets=", ".join(streets))
        return Answer(place, LEVEL_SCORES["street"] * 0.8, " / ".join(streets), address=what, notes=(note,))

    def named_place(self, text: str) -> Answer | None:
        """A well-known place or a wijk by its name."""
        key, areas = key_of(text), self.register.areas
        poi = areas.pois.get(key)
        if poi is not None:
            place = Place(poi.x, poi.y, "poi", poi.radius_m)
            return Answer(place, LEVEL_SCORES["poi"], address=poi.name)
        return self.area(Location("area", places=(text,))) if key in areas.keys else None

    def area(self, location: Location, *notes: Note, alternatives: tuple[str, ...] = ()) -> Answer:
        """Only a wijk or the city is known."""
        register = self.register
        wijken = register.areas.wijken_of(location.places)
        if len(wijken) == 1:
            wijk = next(iter(wijken))
            place = register.areas.place_of(wijk)
            return Answer(place, LEVEL_SCORES["wijk"], "", "", wijk, notes, wijk, alternatives)
        named = any(key_of(name) in register.vocabulary.areas for name in location.places)
        if wijken or named or (location.postcode and location.postcode in register.postcodes):
            which = (
                say("one_of_wijken", wijken=", ".join(sorted(wijken)))
                if wijken
                else say("somewhere", city=register.city_name)
            )
            place = replace(NOWHERE, level="city")
            return Answer(place, LEVEL_SCORES["city"], notes=(*notes, which), alternatives=alternatives)
        return nowhere(*(notes or (say("no_address"),)), alternatives=alternatives)

    def refused(self, text: str, match: StreetMatch, location: Location) -> Answer:
        """No sure street: say why, list what it could be, and keep the wijk or the city if that is known."""
        register = self.register
        names = tuple(register.street(street) for street in match.alternatives)
        like = ", ".join(names)
        if match.how == "ambiguous":
            note = say("ambiguous", text=text, alternatives=like)
        elif names:
            note = say("unknown_street_like", city=register.city_name, text=text, alternatives=like)
        else:
            note = say("unknown_street", city=register.city_name, text=text)
        if register.areas.wijken_of(location.places):
            return self.area(location, note, alternatives=names)
        return nowhere(note, alternatives=names)


def changes(match: StreetMatch, street: str) -> tuple[Note, ...]:
    """What was done to a name to find its street."""
    key = _CHANGES.get(match.how)
    return (say(key, street=street),) if key else ()

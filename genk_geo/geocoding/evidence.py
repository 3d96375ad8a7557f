"""What else a string says of a street: postcode, municipality, wijk, house number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genk_geo.geocoding.names.match import UNKNOWN, StreetMatch
from genk_geo.geocoding.normalise import key_of
from genk_geo.geocoding.notes import Note, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.geocoding.position import Place
    from genk_geo.geocoding.register import Register
    from genk_geo.geocoding.written.location import Location


def outside(register: Register, location: Location) -> Note | None:
    """Why a place is not in this city, or None."""
    if location.postcode and register.postcodes and location.postcode not in register.postcodes:
        return say("postcode_elsewhere", postcode=location.postcode, city=register.city_name)
    keys = {name: key_of(name) for name in location.places}
    if any(key in register.vocabulary.areas for key in keys.values()):
        return None
    elsewhere = [name for name, key in keys.items() if key in register.vocabulary.municipalities]
    if elsewhere and not (location.postcode and location.postcode in register.postcodes):
        return say("elsewhere", place=elsewhere[0], city=register.city_name)
    return None


def contradicts(register: Register, street: int, postcode: str, places: Iterable[str]) -> bool:
    """Whether the postcode or the municipality in the string is another one than that of the street."""
    if not register.towns:
        return False
    name = register.index.names[street]
    towns = register.towns & set(map(key_of, places))
    if towns and key_of(register.town_of.get(name, "")) not in towns:
        return True
    return bool(postcode) and postcode in register.postcodes and register.postcode_of.get(name) != postcode


def contradiction(register: Register, match: StreetMatch, location: Location) -> tuple[Note, ...]:
    """That the wijk in the string is not that of the street, if so."""
    wijken = register.areas.wijken_of(location.places)
    own = register.areas.wijk_of_street(register.index.names[match.street])
    if wijken and own and own not in wijken:
        return (say("other_wijk", told=", ".join(sorted(wijken)), own=own),)
    return ()


def settled(register: Register, match: StreetMatch, location: Location) -> StreetMatch:
    """Settle a near tie by the wijk or the house number, when only one of the streets agrees with it."""
    if match.street >= 0 and contradicts(register, match.street, location.postcode, location.places):
        return UNKNOWN._replace(alternatives=(match.street,))
    if match.how != "ambiguous":
        return match
    tied = match.alternatives[: match.tied]
    wijken = register.areas.wijken_of(location.places)
    inside = [s for s in tied if register.areas.wijk_of_street(register.index.names[s]) in wijken]
    told = register.towns and (location.postcode or register.towns & set(map(key_of, location.places)))
    here = [s for s in tied if told and not contradicts(register, s, location.postcode, location.places)]
    having = []
    if all(register.positions.is_complete(register.index.names[s]) for s in tied):
        numbers = location.number.numbers
        having = [s for s in tied if register.positions.has(register.index.names[s], numbers)]
    for agreeing, how, score in (
        (here, "exact", 1.0),
        (inside, "misspelt", 0.8),
        (having, "misspelt", 0.8),
    ):
        if len(agreeing) == 1:
            return StreetMatch(agreeing[0], score, how)
    return match


def lies_along(register: Register, place: Place, match: StreetMatch) -> bool:
    """Whether a well-known place can lie along a street."""
    street = register.index.names[match.street]
    point = register.positions.point(street)
    if point is None or place.level != "poi":
        return False
    return math.dist(point, (place.x, place.y)) <= register.positions.reach_m(street) + place.radius_m

"""What is asked of the geocoder, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genk_geo.geocoding.position import Place

if TYPE_CHECKING:
    from genk_geo.geocoding.notes import Note

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
NOWHERE = Place(float("nan"), float("nan"), "none", float("nan"))


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
    notes: tuple[Note, ...] = ()
    wijk: str = ""
    #: Streets that the string could mean, when it is not sure.
    alternatives: tuple[str, ...] = ()


def nowhere(*notes: Note, street: str = "", alternatives: tuple[str, ...] = ()) -> Answer:
    """No place, and why."""
    return Answer(NOWHERE, 0.0, street=street, notes=notes, alternatives=alternatives)

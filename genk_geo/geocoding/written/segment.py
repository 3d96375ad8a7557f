"""One part of a location string: the name in it and the number behind or before that."""

from __future__ import annotations

from functools import lru_cache

from genk_geo.geocoding.written import forms
from genk_geo.geocoding.written.house_number import NO_NUMBER, HouseNumber, read_house_number

_EDGES = " ,.:-"


@lru_cache(maxsize=1 << 14)
def split_number(segment: str) -> tuple[str, HouseNumber]:
    """Split a segment into street name and house number."""
    segment = segment.strip(" ,.;:-")
    if not forms.LETTERS.search(segment) or forms.ONLY_NUMBER.match(segment):
        return "", read_house_number(segment)
    date = forms.DATE_HEAD.match(segment)
    if date:
        # "14 Septemberlaan 5": the first number belongs to the name.
        rest = forms.NUMBER_TAIL.match(segment[date.end() :])
        if rest is None:
            return segment, NO_NUMBER
        return date["date"] + rest["name"].rstrip(_EDGES), read_house_number(rest["number"])
    head = forms.NUMBER_HEAD.match(segment)
    if head and forms.LETTERS.search(head["name"]):
        boxed = forms.BOX_ONLY.match(head["name"])
        return (
            ("", read_house_number(segment))
            if boxed
            else (head["name"].strip(_EDGES), read_house_number(head["number"]))
        )
    tail = forms.NUMBER_TAIL.match(segment)
    if tail and forms.LETTERS.search(tail["name"]):
        return tail["name"].rstrip(_EDGES), read_house_number(tail["number"])
    return ("", read_house_number(segment)) if segment[0].isdigit() else (segment, NO_NUMBER)


def without_number_words(part: str) -> str:
    """A part without the words around its house number: "t.h.v. nr", "naast", "zn"."""
    return forms.NUMBER_WORD.sub(" ", forms.NEAR_NUMBER.sub(" ", forms.NO_NUMBER.sub("", part)))

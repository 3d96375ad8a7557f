"""The names and places of one city, as the geocoder knows them."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo.geocoding.areas import Areas
from genk_geo.geocoding.names.index import NameIndex, bare_name
from genk_geo.geocoding.names.match import StreetMatcher
from genk_geo.geocoding.normalise import key_of, packaged_words
from genk_geo.geocoding.position import Positions
from genk_geo.geocoding.written.location import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genk_geo.reference import City


@dataclass(frozen=True, eq=False)
class Register:
    """Streets, areas and known places of a city, with every key that they are found by.

    Attributes
    ----------
    city_name : str
        Name of the city.
    postcodes : frozenset of str
        Its own postcodes.
    index : NameIndex
        Street names; a street is its number in it.
    matcher : StreetMatcher
        Which street a written name means.
    positions : Positions
        Where streets, house numbers and crossings lie.
    areas : Areas
        Wijken and well-known places.
    postcode_of, town_of : mapping of str to str
        Postcode and municipality of a street, where the register says them.
    shown : tuple of (str, str)
        Name and place of each street, as they stand in an address.
    towns : frozenset of str
        Keys of the municipalities of the streets; empty where the register does not say them.
    special : frozenset of str
        Keys of wijken and well-known places.
    own_names : frozenset of str
        Keys of the city and its municipalities.
    vocabulary : Vocabulary
        Names that the parser needs.
    roads : mapping of str to tuple of str
        Streets that carry a numbered road.
    """

    city_name: str
    postcodes: frozenset[str]
    index: NameIndex
    matcher: StreetMatcher
    positions: Positions
    areas: Areas
    postcode_of: Mapping[str, str]
    town_of: Mapping[str, str]
    shown: tuple[tuple[str, str], ...]
    towns: frozenset[str]
    special: frozenset[str]
    own_names: frozenset[str]
    vocabulary: Vocabulary
    roads: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_city(cls, city: City) -> Register:
        """The register of a city, made once."""
        known = _REGISTERS.get(city)
        if known is None:
            known = _REGISTERS[city] = _register_of(city)
        return known

    def street(self, number: int) -> str:
        """Name of a street."""
        return self.index.names[number]


_REGISTERS: weakref.WeakKeyDictionary[City, Register] = weakref.WeakKeyDictionary()


def _register_of(city: City) -> Register:
    index = NameIndex.build(() if city.streets.empty else city.streets["street"].dropna().astype(str))
    areas = Areas.from_city(city)
    postcodes = frozenset(city.postcodes)
    postcode_of, town_of = _column(city, "postcode"), _column(city, "municipality")
    towns = frozenset(map(key_of, town_of.values()))
    own_names = frozenset({key_of(city.name)}) | towns
    roads = packaged_words("places.toml")["roads"].get(city.name, {})
    return Register(
        city_name=city.name,
        postcodes=postcodes,
        index=index,
        matcher=StreetMatcher(index),
        positions=Positions(city, index.names),
        areas=areas,
        postcode_of=postcode_of,
        town_of=town_of,
        shown=tuple(
            (bare_name(name), _behind(postcode_of.get(name, ""), town_of.get(name, city.name)))
            for name in index.names
        ),
        towns=towns,
        special=areas.keys | frozenset(areas.pois),
        own_names=own_names,
        vocabulary=Vocabulary(
            streets=frozenset(key for key, (_, streets) in index.keys.items() if len(streets) == 1),
            areas=areas.keys | own_names,
            pois=frozenset(areas.pois),
            postcodes=postcodes,
        ),
        roads={
            road: tuple(street for street in streets if street in index.names)
            for road, streets in roads.items()
        },
    )


def _behind(postcode: str, town: str) -> str:
    """What stands behind street and number in an address."""
    return f", {postcode} {town}" if postcode else f", {town}"


def _column(city: City, column: str) -> dict[str, str]:
    """Street -> what a column of the streets says of it."""
    if city.streets.empty or column not in city.streets.columns:
        return {}
    values = city.streets[column].astype("str")
    return dict(zip(city.streets["street"], values.where(values.notna(), ""), strict=True))

"""Wijken and well-known places, by the names they are written with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from genk_geo.geocoding.normalise import key_of, packaged_words, tokens_of
from genk_geo.geocoding.position import COVERAGE, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genk_geo.reference import City

#: A named place is a site with several entrances.
POI_RADIUS_M = 150.0

_FEWEST_STREETS = 10
_SIDES = frozenset({"oud", "nieuw", "oude", "nieuwe", "noord", "zuid", "oost", "west", "centrum", "en"})


@dataclass(frozen=True, slots=True)
class Poi:
    """A well-known place."""

    name: str
    x: float
    y: float
    radius_m: float = POI_RADIUS_M


@dataclass(frozen=True)
class Areas:
    """Names of wijken and places of one city.

    Attributes
    ----------
    wijken : dict
        Key -> wijken that can be meant ("winterslag" means any wijk with that name in it).
    places : dict
        Wijk -> its point and 90 % radius.
    pois : dict
        Key -> well-known place.
    street_wijk : dict
        Street -> wijk of its point.
    keys : frozenset of str
        All keys of wijken.
    """

    wijken: Mapping[str, frozenset[str]]
    places: Mapping[str, Place]
    pois: Mapping[str, Poi]
    street_wijk: Mapping[str, str]
    keys: frozenset[str]

    @classmethod
    def from_city(cls, city: City) -> Areas:
        """Read the names of a city."""
        streets = city.streets
        street_wijk = {}
        if not streets.empty and "wijk" in streets.columns:
            street_wijk = {
                str(street): str(wijk)
                for street, wijk in zip(streets["street"], streets["wijk"], strict=True)
                if isinstance(wijk, str)
            }
        wijken = _wijk_names(city)
        places = {
            str(name): _place(city, str(name), shape, street_wijk)
            for name, shape in zip(city.wijken["wijk"], city.wijken.geometry, strict=True)
        }
        return cls(wijken, places, _pois(city), street_wijk, frozenset(wijken))

    def wijken_of(self, names: Iterable[str]) -> frozenset[str]:
        """Wijken that written names can mean; those in all the names when several are given."""
        sets = [self.wijken[key] for name in names if (key := key_of(name)) in self.wijken]
        if not sets:
            return frozenset()
        common = frozenset.intersection(*sets)
        return common or frozenset.union(*sets)

    def wijk_of_street(self, street: str) -> str:
        """Wijk of a street's point, empty when not known."""
        return self.street_wijk.get(street, "")

    def place_of(self, wijk: str) -> Place:
        """Point of a wijk."""
        return self.places[wijk]


def _wijk_names(city: City) -> dict[str, frozenset[str]]:
    """Full names first; the name without its side ("Waterschei") means all wijken that have it."""
    full: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    for wijk in city.wijken["wijk"].astype(str):
        full.setdefault(key_of(wijk), set()).add(wijk)
        kept = [word for word in tokens_of(wijk) if word not in _SIDES and not word.isdigit()]
        if kept:
            short.setdefault("".join(kept), set()).add(wijk)
    own = key_of(city.name)
    names = {key: frozenset(found) for key, found in {**short, **full}.items() if len(key) > 2 and key != own}
    return dict(sorted(names.items()))


def _place(city: City, wijk: str, shape: shapely.Geometry, street_wijk: Mapping[str, str]) -> Place:
    """A point inside the wijk; the radius holds 90 % of its streets, or of its area where few are known."""
    point = shapely.point_on_surface(shape)
    x, y = float(point.x), float(point.y)
    radius = math.sqrt(COVERAGE * float(shape.area) / math.pi)
    if street_wijk:
        inside = city.streets[city.streets["wijk"] == wijk]
        if len(inside) >= _FEWEST_STREETS:
            middles = shapely.get_coordinates(shapely.centroid(inside.geometry.to_numpy()))
            x, y = (float(value) for value in np.median(middles, axis=0))
            if not shapely.contains_xy(shape, x, y):
                x, y = float(point.x), float(point.y)
            away = np.hypot(middles[:, 0] - x, middles[:, 1] - y)
            radius = float(np.quantile(away, COVERAGE))
    return Place(x, y, "wijk", radius)


def _pois(city: City) -> dict[str, Poi]:
    """Well-known places by name and by the other names of the packaged list."""
    if city.pois.empty:
        return {}
    others = packaged_words("places.toml")["pois"].get(city.name, {})
    found: dict[str, Poi] = {}
    for name, shape in zip(city.pois["poi"].astype(str), city.pois.geometry, strict=True):
        middle = shapely.centroid(shape)
        poi = Poi(name, float(middle.x), float(middle.y))
        for written in (name, *others.get(name, [])):
            found.setdefault(key_of(written), poi)
    return found

"""Where a street, a house number or a crossing lies, and how far off that can be.

Every radius is learnt from the city's own register when it is first used: each known house number is left
out in turn, placed by the same rule as an unknown one, and the errors give the 90 % radius by split
conformal prediction (Lei et al., 2018, JASA 113: 1094-1111), scaled by how far the nearest known number is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from genk_geo.geocoding.notes import Note, say
from genk_geo.geocoding.written.house_number import read_house_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from genk_geo.reference import City

#: Share of true places that a stated radius should hold.
COVERAGE = 0.90
#: Radius of a known house number: a register point lies on the building or its plot, not at the door.
ADDRESS_RADIUS_M = 15.0
#: Radius of a crossing of two drawn streets.
CROSSING_RADIUS_M = 25.0
#: Radius of a street where nothing at all is known to learn from: a long street of a suburb.
UNKNOWN_STREET_RADIUS_M = 500.0

# House numbers that count as the distance to a known number on the same spot: numbers face each other across
# the road and plots differ, so the error does not vanish next door.
_NEXT_DOOR = 6.0
_FEWEST_TO_LEARN = 20
_NEAR_NUMBERS = 10
_FEWEST_OF_A_WHOLE = 5
# Beyond so many times the highest known number, and so many more, a number is not believed.
_UNUSUAL = 5
_UNUSUAL_MORE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A point in the city's coordinate system with its level and its 90 % radius in metres."""

    x: float
    y: float
    level: str
    radius_m: float
    number: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Radius:
    """90 % radius ``factor * (size + 6) ** power``, size in house numbers, at most the worst seen."""

    factor: float
    power: float
    most_m: float = math.inf

    @classmethod
    def learn(cls, sizes: Sequence[float], errors_m: Sequence[float]) -> Radius:
        """Fit the typical error to the size, then take the conformal quantile of what is left."""
        if len(errors_m) < _FEWEST_TO_LEARN:
            return cls(UNKNOWN_STREET_RADIUS_M, 0.0)
        log_size = np.log(np.asarray(sizes, dtype=float) + _NEXT_DOOR)
        log_error = np.log(np.maximum(errors_m, 1.0))
        power = 0.0
        if np.ptp(log_size) > 0:
            power = float(np.clip(np.polyfit(log_size, log_error, 1)[0], 0.0, 1.0))
        left = np.sort(np.exp(log_error - power * log_size))
        rank = min(math.ceil((len(left) + 1) * COVERAGE), len(left))
        return cls(float(left[rank - 1]), power)

    def __call__(self, size: float) -> float:
        """Radius in metres for a size."""
        radius = float(self.factor * (size + _NEXT_DOOR) ** self.power)
        return max(ADDRESS_RADIUS_M, min(radius, self.most_m))


class Positions:
    """Places in one city, by street name and house number."""

    def __init__(self, city: City, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._geometry = _street_geometry(city)
        self._known = _known_numbers(city, self._geometry)
        self._in_order = {street: _sides(known) for street, known in self._known.items()}
        self._points = self._street_points()
        self._middle_number = _middle_numbers(city)
        self._learn()
        self.at = lru_cache(maxsize=1 << 17)(self._at)

    def _street_points(self) -> dict[str, tuple[float, float]]:
        points = {}
        for name in self.names:
            shape = self._geometry.get(name)
            if shape is None:
                continue
            if shape.geom_type == "Point":
                points[name] = (shape.x, shape.y)
            else:
                points[name] = _middle_of(shape)
        return points

    def _learn(self) -> None:
        """Leave out every known house number in turn (see the module)."""
        gaps: dict[bool, list[float]] = {True: [], False: []}
        errors: dict[bool, list[float]] = {True: [], False: []}
        sizes, offs = [], []
        for street in sorted(self._known):
            point = self._points.get(street)
            known = self._known[street]
            for number, (x, y) in sorted(known.items()):
                if point is None or (math.isclose(x, point[0]) and math.isclose(y, point[1])):
                    continue
                sizes.append(self._size(street))
                offs.append(math.hypot(x - point[0], y - point[1]))
                others = {other: xy for other, xy in known.items() if other != number}
                if others:
                    guess_x, guess_y, gap, between = _between_known(number, others, _sides(others))
                    gaps[between].append(gap)
                    errors[between].append(math.hypot(x - guess_x, y - guess_y))
        worst = max(offs, default=math.inf)
        both = Radius.learn(gaps[True] + gaps[False], errors[True] + errors[False])
        learnt = {
            between: Radius.learn(gaps[between], errors[between])
            if len(gaps[between]) >= _FEWEST_TO_LEARN
            else both
            for between in (True, False)
        }
        self.street_radius = replace(Radius.learn(sizes, offs), most_m=worst)
        self.number_radius = {between: replace(radius, most_m=worst) for between, radius in learnt.items()}

    def _size(self, street: str) -> float:
        """Size of a street, as far as known: its median house number, grows with its length."""
        return float(self._middle_number.get(street, 1))

    def point(self, street: str) -> tuple[float, float] | None:
        """The street's own point; None when the register has none."""
        return self._points.get(street)

    def has(self, street: str, numbers: tuple[str, ...]) -> bool:
        """Whether the register knows this house number in this street."""
        return bool(numbers) and _leading(numbers[0]) in self._known.get(street, {})

    def is_complete(self, street: str) -> bool:
        """Whether so many house numbers are known that an unknown one is unlikely to exist."""
        return len(self._known.get(street, {})) >= _FEWEST_OF_A_WHOLE

    def reach_m(self, street: str) -> float:
        """90 % radius of the street's point."""
        shape = self._geometry.get(street)
        if shape is not None and shape.geom_type != "Point":
            return max(ADDRESS_RADIUS_M, COVERAGE * float(shape.length) / 2)
        return self.street_radius(self._size(street))

    def _at(self, street: str, numbers: tuple[str, ...]) -> Place | None:
        """Place of a street, with possible house numbers; None when the street has no point."""
        point = self._points.get(street)
        if point is None:
            return None
        known = self._known.get(street, {})
        if not numbers or not known:
            return Place(*point, "street", self.reach_m(street), numbers[0] if numbers else "")
        for written in numbers:
            value = _leading(written)
            if value in known and (written.isdigit() or len(numbers) == 1):
                return Place(*known[value], "address", ADDRESS_RADIUS_M, written)
        return self._by_known(street, numbers, known)

    def _by_known(
        self, street: str, numbers: tuple[str, ...], known: Mapping[int, tuple[float, float]]
    ) -> Place:
        """Place of an unknown house number, by the known ones of the street."""
        written = numbers[0]
        value = _leading(numbers[len(numbers) // 2])
        x, y, gap, between = _between_known(value, known, self._in_order[street])
        if not between and value > _UNUSUAL * max(known) + _UNUSUAL_MORE:
            high = say("high_number", number=written, street=street)
            return Place(*self._points[street], "street", self.reach_m(street), written, (high,))
        near = gap <= (_NEAR_NUMBERS if len(known) > 1 else _NEAR_NUMBERS / 2)
        level = "interpolated" if between or near else "street"
        return Place(x, y, level, self.number_radius[between](gap), written)

    def crossing(self, one: str, other: str) -> Place | None:
        """Where two streets meet, as well as can be known.

        Drawn streets meet at their closest approach. Of streets known by a point only, the crossing lies in
        both their reaches: the middle of where these overlap, with a radius that holds the overlap.
        """
        if one not in self._points or other not in self._points:
            return None
        shapes = self._geometry[one], self._geometry[other]
        if all(shape.geom_type != "Point" for shape in shapes):
            line = shapely.shortest_line(*shapes)
            middle = line.interpolate(0.5, normalized=True)
            off = float(line.length) / 2
            if off <= 10 * CROSSING_RADIUS_M:
                return Place(middle.x, middle.y, "intersection", CROSSING_RADIUS_M + off)
        return self._overlap(one, other)

    def _overlap(self, one: str, other: str) -> Place:
        near, far = sorted((one, other), key=lambda name: (self.reach_m(name), name))
        small, large = self.reach_m(near), self.reach_m(far)
        (x, y), (far_x, far_y) = self._points[near], self._points[far]
        apart = math.hypot(far_x - x, far_y - y)
        if apart > small + large:
            note = say("apart", one=one, other=other, metres=f"{apart:.0f}")
            return Place(x, y, "street", small, notes=(note,))
        if apart <= large - small:
            return Place(x, y, "intersection", small)
        along = (apart**2 + small**2 - large**2) / (2 * apart)
        half = math.sqrt(max(small**2 - along**2, 0.0))
        radius = max(half, (small + large - apart) / 2, ADDRESS_RADIUS_M)
        share = along / apart
        return Place(
            x + share * (far_x - x), y + share * (far_y - y), "intersection", min(radius, small + large)
        )

    def stretch(self, street: str, one: str, other: str) -> Place | None:
        """A street between two side streets: halfway between the two crossings."""
        ends = [self.crossing(street, one), self.crossing(street, other)]
        found = [end for end in ends if end is not None and end.level == "intersection"]
        own = self._at(street, ())
        if own is None or len(found) < 2:
            return own
        x, y = (found[0].x + found[1].x) / 2, (found[0].y + found[1].y) / 2
        half = math.hypot(found[0].x - found[1].x, found[0].y - found[1].y) / 2
        radius = half + max(found[0].radius_m, found[1].radius_m)
        return Place(x, y, "street", radius) if radius < own.radius_m else own

    def several(self, streets: Sequence[str]) -> Place | None:
        """One of several streets, not known which: the most central one, with a radius that holds all."""
        points = {street: self._points[street] for street in streets if street in self._points}
        if not points:
            return None
        radii = {
            street: max(math.dist(point, points[other]) + self.reach_m(other) for other in points)
            for street, point in points.items()
        }
        best = min(radii, key=lambda street: (radii[street], street))
        return Place(*points[best], "street", radii[best])


@lru_cache(maxsize=65_536)
def _leading(number: str) -> int:
    digits = "".join(letter for letter in number[:6] if letter.isdigit()) if number[:1].isdigit() else ""
    return int(digits) if digits else 0


def _sides(known: Iterable[int]) -> tuple[list[int], list[int], list[int]]:
    """Even numbers, odd numbers and all, each in order."""
    ordered = sorted(known)
    even = [number for number in ordered if number % 2 == 0]
    return even, [number for number in ordered if number % 2], ordered


def _between_known(
    number: int, known: Mapping[int, tuple[float, float]], sides: tuple[list[int], list[int], list[int]]
) -> tuple[float, float, float, bool]:
    """Place a number by the known ones: x, y, numbers to the nearest one, whether it lies between two.

    Numbers of its own side count first; between two of them the place is in proportion to the numbers.
    """
    for candidates in (sides[number % 2], sides[2]):
        place = bisect_left(candidates, number)
        if 0 < place < len(candidates):
            low, high = candidates[place - 1], candidates[place]
            share = (number - low) / (high - low)
            (x0, y0), (x1, y1) = known[low], known[high]
            gap = float(min(number - low, high - number))
            return x0 + share * (x1 - x0), y0 + share * (y1 - y0), gap, True
    nearest = sides[2][0] if number < sides[2][0] else sides[2][-1]
    return *known[nearest], float(abs(nearest - number)), False


def _middle_of(shape: BaseGeometry) -> tuple[float, float]:
    """The point of a shape nearest to its centroid."""
    point = shapely.shortest_line(shape, shapely.centroid(shape)).coords[0]
    return float(point[0]), float(point[1])


def _street_geometry(city: City) -> dict[str, BaseGeometry]:
    """Geometry of each street: the pieces of a name together."""
    if city.streets.empty:
        return {}
    found: dict[str, list[BaseGeometry]] = {}
    for name, shape in zip(city.streets["street"], city.streets.geometry, strict=True):
        if isinstance(name, str) and shape is not None and not shape.is_empty:
            found.setdefault(name, []).append(shape)
    return {
        name: shapes[0] if len(shapes) == 1 else shapely.union_all(shapes) for name, shapes in found.items()
    }


def _known_numbers(
    city: City, geometry: Mapping[str, BaseGeometry]
) -> dict[str, dict[int, tuple[float, float]]]:
    """House number -> point of each street; the street's own point counts when its number is known."""
    known: dict[str, dict[int, tuple[float, float]]] = {}
    if not city.addresses.empty:
        xy = shapely.get_coordinates(shapely.centroid(city.addresses.geometry.to_numpy()))
        written = city.addresses["house_number"].astype("str")
        for street, number, (x, y) in zip(city.addresses["street"], written, xy.tolist(), strict=True):
            numbers = read_house_number(number).numbers
            if numbers:
                known.setdefault(street, {}).setdefault(_leading(numbers[-1]), (x, y))
    for street, middle in _middle_numbers(city).items():
        shape = geometry.get(street)
        if shape is not None and shape.geom_type == "Point":
            known.setdefault(street, {}).setdefault(middle, (shape.x, shape.y))
    return known


def _middle_numbers(city: City) -> dict[str, int]:
    """Median house number of each street, where the register says it."""
    if city.streets.empty or "median_house_number" not in city.streets.columns:
        return {}
    numbers = pd.to_numeric(city.streets["median_house_number"], errors="coerce")
    return {
        str(street): int(number)
        for street, number in zip(city.streets["street"], numbers, strict=True)
        if number >= 1
    }

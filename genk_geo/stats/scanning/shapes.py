"""Circles and ellipses of a scan: the places around each centre, nearest first, for every shape.

An ellipse is a circle after its ground is drawn out across its long axis: so a shape is another way to
measure how far a place lies from a centre, and the loops of circles serve for it.

References
----------
Kulldorff, Huang, Pickle & Duczmal (2006), Statistics in Medicine 25, for elliptic windows and what is taken
off the likelihood ratio of narrow ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints32 = npt.NDArray[np.int32]

#: Distances that differ by less are equal: coordinates such as those of cells carry rounding.
_SAME_PLACES = 6
#: Directions of an ellipse per unit of its length over its breadth, and fewest.
_DIRECTIONS, _FEWEST_DIRECTIONS = 3.0, 4
#: Centres, places and shapes that are held in memory together.
_MOST_HELD = 400_000_000


class Shape(NamedTuple):
    """Length over breadth (1 for a circle) and direction of the long axis, degrees from east to north."""

    ratio: float
    angle: float


class Near(NamedTuple):
    """Places around each centre.

    Attributes
    ----------
    order : numpy.ndarray of int, shape (centres, places)
        Places, nearest first.
    reach : numpy.ndarray of int, shape (centres,)
        How many of them its largest window holds.
    whole : numpy.ndarray of bool, shape (centres, places)
        Whether a window ends here: it is whole with the last place at its rim.
    """

    order: Ints32
    reach: npt.NDArray[np.int64]
    whole: npt.NDArray[np.bool_]


class Around(NamedTuple):
    """Places around each centre for one shape, and half of the long axis of the window that ends at each."""

    shape: Shape
    near: Near
    rim: Floats


def shapes_of(ratios: Iterable[float]) -> list[Shape]:
    """Shapes with those ratios, in evenly spread directions: four for 1.5, six for 2, fifteen for 5."""
    found = []
    for ratio in dict.fromkeys(float(one) for one in ratios):
        if not (np.isfinite(ratio) and ratio >= 1.0):
            raise ConfigError("ratios: given {ratio:g}, needed 1 (a circle) or more.", ratio=ratio)
        many = 1 if ratio == 1.0 else max(_FEWEST_DIRECTIONS, round(_DIRECTIONS * ratio))
        found += [Shape(ratio, 180.0 * k / many) for k in range(many)]
    if not found:
        raise ConfigError("ratios: needed at least one, such as 1 for circles.")
    return found


def distances(places: Floats, shape: Shape) -> Floats:
    """How long half of the long axis has to be for an ellipse around one place to reach another."""
    turn = np.radians(shape.angle)
    east, north = places[:, 0], places[:, 1]
    along = east * np.cos(turn) + north * np.sin(turn)
    across = (north * np.cos(turn) - east * np.sin(turn)) * shape.ratio
    return np.asarray(np.hypot(along[:, None] - along, across[:, None] - across))


def around(apart: Floats, shape: Shape, weight: Floats, *, radius_m: float, most: float) -> Around:
    """Order the places around each centre.

    Parameters
    ----------
    apart : numpy.ndarray, shape (centres, places)
        Distances, by :func:`distances` or one's own.
    shape : Shape
        Shape that they belong to.
    weight : numpy.ndarray, shape (places,)
        What counts against the size of a window: what is expected at a place, or its people.
    radius_m : float
        Longest half axis.
    most : float
        Largest weight of a window.
    """
    near = np.round(apart, _SAME_PLACES)
    order = np.argsort(near, axis=1, kind="stable").astype(np.int32)
    rim = np.take_along_axis(near, order, axis=1)
    whole = np.ones(rim.shape, dtype=bool)
    whole[:, :-1] = rim[:, 1:] > rim[:, :-1]
    held = (rim <= radius_m) & (np.cumsum(weight[order], axis=1) <= most * (1 + 1e-12))
    reach = np.maximum(held.sum(axis=1), 1)
    # The smallest window is the centre alone, with what lies at the very same place.
    first = np.argmax(whole, axis=1) + 1
    return Around(shape, Near(order, np.maximum(reach, first), whole), rim)


def check_room(places: int, shapes: int) -> None:
    """Refuse a search that memory cannot hold."""
    if places * places * shapes > _MOST_HELD:
        raise ConfigError(
            "ratios: {shapes} shapes around {places:,} places are too many to hold in memory. Take fewer "
            "ratios, or larger areas as places.",
            shapes=shapes,
            places=places,
        )


def compactness(shape: Shape, penalty: float) -> float:
    """What the ratio of a window is multiplied with: 1 for a circle, less for narrow ellipses."""
    return float((4.0 * shape.ratio / (shape.ratio + 1.0) ** 2) ** penalty)

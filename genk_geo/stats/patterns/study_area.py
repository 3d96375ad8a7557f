"""The ground in which points could have been seen, and what chance puts there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.stats.checks import places_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: A rectangle (xmin, ymin, xmax, ymax) or a polygon in metres.
Window: TypeAlias = "tuple[float, float, float, float] | shapely.Polygon | shapely.MultiPolygon"
#: Points that are drawn before those outside are left out, as many times as needed.
_SPARE = 1.2


@dataclass(frozen=True, eq=False)
class StudyArea:
    """A window, and the places among which chance chooses.

    Attributes
    ----------
    polygon : shapely.Geometry
        The window.
    edges : numpy.ndarray, shape (m, 4)
        Sides of its rings: x and y of both ends.
    among : numpy.ndarray, optional
        Places where something can happen, such as dwellings; everywhere in the window without.
    """

    polygon: shapely.Geometry
    edges: Floats
    among: Floats | None

    @property
    def area_m2(self) -> float:
        """Area of the window."""
        return float(self.polygon.area)

    @property
    def is_rectangle(self) -> bool:
        """Whether the window is a rectangle along the axes."""
        return bool(abs(shapely.box(*self.polygon.bounds).area - self.area_m2) <= 1e-9 * self.area_m2)

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """So many places by chance."""
        if self.among is not None:
            return np.asarray(self.among[rng.integers(0, len(self.among), n)])
        west, south, east, north = self.polygon.bounds
        found = np.empty((0, 2))
        while len(found) < n:
            many = int((n - len(found)) * _SPARE * (east - west) * (north - south) / self.area_m2) + 8
            tried = np.column_stack([rng.uniform(west, east, many), rng.uniform(south, north, many)])
            found = np.vstack([found, tried[shapely.contains_xy(self.polygon, *tried.T)]])
        return found[:n]


def study_area(window: Window, among: npt.ArrayLike | None = None) -> StudyArea:
    """Check a window, and the places among which chance chooses."""
    polygon = shapely.box(*window) if isinstance(window, tuple) else window
    if not isinstance(polygon, shapely.Polygon | shapely.MultiPolygon) or polygon.is_empty:
        raise ConfigError(
            "window: needed a polygon in metres or (xmin, ymin, xmax, ymax), given {kind}.",
            kind=type(window).__name__,
        )
    if not (polygon.is_valid and np.isfinite(polygon.area) and polygon.area > 0):
        raise ConfigError("window: needed an area above 0 whose sides do not cross (see shapely.make_valid).")
    shapely.prepare(polygon)
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygon)]
    edges = np.vstack([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    places = None if among is None else pattern(among, polygon, "places to choose among", least=1)
    return StudyArea(polygon, edges, places)


def pattern(xy: npt.ArrayLike, polygon: shapely.Geometry, what: str = "points", *, least: int = 2) -> Floats:
    """Points of a pattern: known, enough of them, and inside the window."""
    points = places_of(xy, what)
    if points.ndim != 2 or points.shape[1:] != (2,):
        raise SchemaError("The {what}: needed shape (n, 2), given {shape}.", what=what, shape=points.shape)
    lost = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if lost.size:
        raise SchemaError(
            "The {what}: {count} lack a place (rows {lost}). Leave them out.",
            what=what,
            count=lost.size,
            lost=some_rows(lost),
        )
    outside = np.flatnonzero(~shapely.intersects_xy(polygon, *points.T))
    if outside.size:
        raise SchemaError(
            "The {what}: {count} lie outside the window (rows {outside}). Leave them out, or widen the "
            "window.",
            what=what,
            count=outside.size,
            outside=some_rows(outside),
        )
    if len(points) < least:
        raise SchemaError(
            "The {what}: needed at least {least}, given {count}.", what=what, least=least, count=len(points)
        )
    return points


def ascending(values: npt.ArrayLike, what: str) -> Floats:
    """Distances or times: ascending and above 0."""
    edges = np.asarray(values, dtype=float)
    if edges.ndim != 1 or edges.size == 0 or not (np.isfinite(edges).all() and edges[0] > 0):
        raise ConfigError("{what}: needed numbers above 0.", what=what)
    if not (np.diff(edges) > 0).all():
        raise ConfigError("{what}: needed ascending numbers, given {edges}.", what=what, edges=edges.tolist())
    return edges

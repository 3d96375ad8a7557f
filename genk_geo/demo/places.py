"""Where fictitious incidents happen: in proportion to dwellings, a mild difference from street to street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import shapely
from scipy.spatial import KDTree

from genk_geo.stats import Grid

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.reference import City

    Floats = npt.NDArray[np.float64]

_CELL_M = 50
_HOUSES = "median_house_number"
#: Coefficient of variation of the risk from street to street.
_STREET_VARIATION = 0.2


@dataclass(frozen=True)
class Terrain:
    """The built-up city as small cells with dwellings, and the street of each place.

    Attributes
    ----------
    xy : numpy.ndarray, shape (n, 2)
        Middles of the cells, metres.
    dwellings : numpy.ndarray, shape (n,)
        Dwellings in each cell, above 0.
    street : numpy.ndarray of int
        Row in `city.streets` of the street nearest to each cell.
    houses : numpy.ndarray, shape (streets,)
        Median house number of each street: how big it is.
    city : City
        The city.
    """

    xy: Floats
    dwellings: Floats
    street: npt.NDArray[np.intp]
    houses: Floats
    city: City

    @classmethod
    def from_city(cls, city: City) -> Self:
        """Cut a city into cells of 50 m and keep those with dwellings."""
        cells = Grid.cover(city.boundary, cell_m=_CELL_M, crs=city.crs).cells
        exposure = city.exposure_of(cells)
        if exposure is None or city.streets.empty:
            raise ValueError("the demo needs a city with dwellings and streets")
        dwellings = exposure.fillna(0.0).to_numpy(dtype=float)
        lived_in = dwellings > 0
        middle = (np.column_stack([cells["col"], cells["row"]]) + 0.5) * _CELL_M
        streets = shapely.get_coordinates(city.streets.geometry.to_numpy())
        houses = city.streets[_HOUSES].to_numpy(dtype=float)
        nearest = KDTree(streets).query(middle[lived_in])[1]
        return cls(middle[lived_in], dwellings[lived_in], nearest, houses, city)

    def risk(self, rng: np.random.Generator, *, ground: float, along_big_streets: float) -> Floats:
        """Share of the background incidents that each cell gets.

        Parameters
        ----------
        rng : numpy.random.Generator
            Draws how streets differ.
        ground : float
            Part that is spread evenly over the built-up ground instead of over the dwellings.
        along_big_streets : float
            How much a street with twice the houses has more: the power of its house number.
        """
        shape = _STREET_VARIATION**-2
        street = rng.gamma(shape, 1 / shape, len(self.houses)) * self.houses**along_big_streets
        by_dwelling = self.dwellings / self.dwellings.sum()
        mixed = (1 - ground) * by_dwelling + ground / len(self.xy)
        risk = mixed * street[self.street]
        share: Floats = risk / risk.sum()
        return share

    def draw(self, risk: Floats, n: int, rng: np.random.Generator) -> Floats:
        """Draw places by the risk of their cells, evenly inside each cell and inside the city."""
        cell = rng.choice(len(self.xy), size=n, p=risk)
        xy = self.xy[cell] + rng.uniform(-_CELL_M / 2, _CELL_M / 2, (n, 2))
        outside = ~self.city.contains(xy[:, 0], xy[:, 1])
        xy[outside] = self.xy[cell[outside]]
        outside = ~self.city.contains(xy[:, 0], xy[:, 1])
        # A cell on the edge may have its middle outside: its street is inside.
        xy[outside] = self.street_points[self.street[cell[outside]]]
        return xy

    @property
    def street_points(self) -> Floats:
        """Point of each street, metres."""
        points: Floats = shapely.get_coordinates(self.city.streets.geometry.to_numpy())
        return points

    def streets_at(self, xy: Floats, k: int) -> npt.NDArray[np.intp]:
        """Rows in `city.streets` of the `k` streets nearest to each place, nearest first; shape (n, k)."""
        rows: npt.NDArray[np.intp] = KDTree(self.street_points).query(xy, k=k)[1]
        return rows.reshape(len(xy), k)

    def spots(self, n: int, rng: np.random.Generator, *, apart_m: float) -> Floats:
        """Choose places for hotspots: any lived-in place is as likely as any other.

        Neither the number of incidents nor a place's name plays a part, so that no neighbourhood is made
        bad by its reputation.
        """
        inner = self.city.boundary.buffer(-200)
        lived_in = np.flatnonzero(
            (self.dwellings >= np.median(self.dwellings)) & shapely.contains_xy(inner, self.xy)
        )
        chosen: list[npt.NDArray[np.float64]] = []
        for cell in rng.permutation(lived_in):
            place = self.xy[cell]
            if all(np.hypot(*(place - other)) >= apart_m for other in chosen):
                chosen.append(place)
            if len(chosen) == n:
                break
        return np.array(chosen)

    def beside(self, place: Floats, others: Floats, rng: np.random.Generator, *, at_m: float) -> Floats:
        """Choose a lived-in place about `at_m` from another or somewhat further, away from the `others`."""
        away = np.hypot(*(self.xy - place).T)
        far_enough = np.flatnonzero((self.dwellings >= np.median(self.dwellings)) & (away >= at_m))
        ring = far_enough[np.argsort(away[far_enough], kind="stable")[:30]]
        candidates = rng.permutation(ring)[:15]
        rest = others[np.hypot(*(others - place).T) > 1]
        room = np.min(np.hypot(*(self.xy[candidates][:, None] - rest[None]).transpose(2, 0, 1)), axis=1)
        best: Floats = self.xy[candidates[np.argmax(room)]]
        return best

"""The city cut into cells, and where incidents are to be expected: the yardstick for hotspots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genk_geo import stats
from genk_geo.schema import check_table
from genk_geo.stats.local.neighbours import Links
from genk_geo.stats.places.circles import Circles
from genk_geo.stats.places.discs import Discs

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.reference import City


@dataclass(frozen=True)
class Ground:
    """The city and its cells: the same for all themes and weeks.

    Attributes
    ----------
    city : City
        Areas, streets and dwellings.
    grid : genk_geo.stats.Grid
        Cells of the city.
    """

    city: City
    grid: stats.Grid

    @classmethod
    def cover(cls, city: City, cell_m: int) -> Ground:
        """Cut a city into anchored cells."""
        return cls(city, stats.Grid.cover(city.boundary, cell_m, crs=city.crs))

    @cached_property
    def cells(self) -> gpd.GeoDataFrame:
        """Cells with the wijk and stadsdeel of their middle (contract ``cells``)."""
        cells = self.grid.cells
        middle = cells.representative_point()
        place = self.city.locate(middle.x, middle.y).set_index(cells.index)
        return check_table(cells.assign(wijk=place["wijk"], stadsdeel=place["stadsdeel"]), "cells")

    @cached_property
    def middles(self) -> pd.DataFrame:
        """Coordinates ``x`` and ``y`` of the middle of each cell."""
        found: pd.DataFrame = self.cells.geometry.centroid.get_coordinates()
        return found

    @cached_property
    def links(self) -> Links:
        """Which cells touch, corners included."""
        return Links.of(self.grid)

    @cached_property
    def discs(self) -> Discs:
        """The places that are judged as a hotspot: discs of two sizes around every cell."""
        return Discs.of(self.grid)

    @cached_property
    def circles(self) -> Circles:
        """The places that may have become busier: circles of four sizes around every cell."""
        return Circles.of(self.grid)

    def around(self, values: pd.Series) -> pd.Series:
        """Sum of a value over each cell and those that touch it."""
        return values + self.links.sum(values.to_numpy(dtype=float))

    @cached_property
    def dwellings(self) -> pd.Series | None:
        """Dwellings (or inhabitants) per cell, None when the reference does not know."""
        return self.city.exposure_of(self.cells)

    def expected_share(self, ever: pd.Series, ground_share: float) -> pd.Series:
        """Share of a theme's incidents that each cell would have without hotspots.

        Part of it follows the dwellings; the rest is spread evenly over the ground where something can
        happen: cells with dwellings near, or where an incident was ever recorded. Without that part, one
        report on an industrial estate would be a hotspot. Water, heath and wood get 0 and are not tested.

        Parameters
        ----------
        ever : pandas.Series
            Incidents ever recorded per cell.
        ground_share : float
            Part (0 to 1) that follows the ground instead of the dwellings.

        Returns
        -------
        pandas.Series
            Per cell, sums to 1; 0 where nothing can happen.
        """
        area: pd.Series = self.cells["area_m2"]
        if self.dwellings is None:
            even: pd.Series = area / area.sum()
            return even
        usable = area.where((self.dwellings > 0) | (ever > 0), 0.0)
        by_dwelling = self.dwellings / self.dwellings.sum()
        mixed: pd.Series = (1 - ground_share) * by_dwelling + ground_share * usable / usable.sum()
        return mixed


def whereabouts(ground: BaseGeometry, city: City, wijken: pd.Series | None = None) -> dict[str, Any]:
    """Name a piece of ground by ``place`` (tuple of streets), ``wijk`` and ``stadsdeel``.

    The wijk of each incident there decides, where it is given: one inner point may lie in another one.
    """
    wijk, stadsdeel = city.named(ground, wijken)
    return {"place": tuple(city.streets_near(ground)), "wijk": wijk, "stadsdeel": stadsdeel}

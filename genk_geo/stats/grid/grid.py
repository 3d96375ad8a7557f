"""Grids that never move: cells anchored on multiples of their size, not on the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import LAMBERT72
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import Layer, Look, MappedSeries, Shown, View
from genk_geo.stats.checks import located, plain_numbers
from genk_geo.stats.grid.boundary import boundary_area, check_wish, fitting_size
from genk_geo.stats.grid.lattice import Hexagons, Lattice, Squares

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

    from genk_geo.show.words import Words
    from genk_geo.stats.checks import Places

    Floats = npt.NDArray[np.float64]

    class HasBoundary(Protocol):
        """What has an area of its own, such as a city."""

        crs: int

        @property
        def boundary(self) -> shapely.Geometry:
            """The area."""
            ...


Shape = Literal["square", "hexagon"]

# A sliver below a tenth of a square metre is rounding of the boundary.
_MIN_AREA_M2 = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class Grid(Shown):
    """Cells that cover an area, the same from week to week.

    Make one with :meth:`cover`.

    Attributes
    ----------
    cells : geopandas.GeoDataFrame
        Whole cells, indexed by ``cell_id`` (such as ``100m_E2285_N1848``: column and row counted from
        the origin), from south-west row by row; columns ``area_m2`` (inside the boundary), ``col``, ``row``.
    cell_m : float
        Side of a square, or distance between the flat sides of a hexagon.
    crs : int
        EPSG code, metric.
    shape : {"square", "hexagon"}
        Shape of the cells.
    origin : tuple of float
        Coordinates of the corner of square (0, 0), or of the centre of hexagon (0, 0).
    boundary : shapely.Geometry
        The area that is covered.
    chosen_for : int
        So many points decided the size of the cells; 0 where it was given.

    Examples
    --------
    Cells are named by their column and row, so that a place has the same cell in every week:

    >>> grid = gg.stats.Grid.cover(gg.City.load().boundary, cell_m=100)
    >>> grid.assign([[228_512, 184_849]])[0]
    '100m_E2285_N1848'
    >>> int(grid.count([[228_512, 184_849], [228_590, 184_801]])["100m_E2285_N1848"])
    2
    """

    cells: gpd.GeoDataFrame
    cell_m: float
    crs: int
    shape: Shape
    origin: tuple[float, float]
    boundary: shapely.Geometry
    _lookup: npt.NDArray[np.int32] = field(repr=False, compare=False)
    chosen_for: int = 0

    @classmethod
    def cover(
        cls,
        boundary: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame | HasBoundary,
        cell_m: float | Literal["auto"] = 100,
        *,
        points: Places | None = None,
        crs: int = LAMBERT72,
        shape: Shape = "square",
        origin: tuple[float, float] = (0.0, 0.0),
    ) -> Grid:
        """Cover an area with cells anchored on multiples of the cell size.

        Parameters
        ----------
        boundary : shapely geometry, geopandas.GeoSeries, geopandas.GeoDataFrame or City
            Area to cover; of a layer or a city the coordinate system counts.
        cell_m : float or "auto", default 100
            Size of a cell in metres. "auto" takes the round size at which about two of the `points` fall in
            a cell; what was chosen stands in the result.
        points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like, optional
            Points that decide an automatic size.
        crs : int, default 31370
            EPSG code of a bare geometry.
        shape : {"square", "hexagon"}, default "square"
            Shape of the cells.
        origin : tuple of float, default (0, 0)
            Where counting starts; shift it by half a cell to see what depends on the grid.

        Returns
        -------
        Grid
            The cells that share area with the boundary.

        Raises
        ------
        ConfigError
            If the cell size or shape is impossible.
        SchemaError
            If the boundary has no area, or its coordinate system is missing or not metric.
        """
        area, epsg = boundary_area(boundary, crs)
        chosen_for = 0
        if cell_m == "auto":
            if points is None:
                raise ConfigError(
                    'cell_m: "auto" needs the points that decide it: Grid.cover(..., points=...).'
                )
            chosen_for = int(np.isfinite(located(points).xy).all(axis=1).sum())
            cell_m = fitting_size(area.area, chosen_for)
        check_wish(area, cell_m, shape)
        start = (float(origin[0]), float(origin[1]))
        if not np.isfinite(start).all():
            raise ConfigError("origin: given {origin}, needed two finite coordinates.", origin=origin)
        lattice = _lattice(shape, cell_m, start)
        column, row, inside = _cells_in(area, lattice, cell_m)
        if column.size == 0:
            raise SchemaError(
                "No cell of {cell_m:g} m shares area with the boundary: needed a polygon in metres.",
                cell_m=cell_m,
            )
        cells = gpd.GeoDataFrame(
            {"area_m2": inside, "col": column, "row": row},
            geometry=lattice.polygons(column, row),
            index=pd.Index(_names(column, row, cell_m, shape, start), name="cell_id"),
            crs=epsg,
        )
        return cls(cells, float(cell_m), epsg, shape, start, area, _lookup_table(column, row), chosen_for)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def chosen(self) -> str:
        """Cells in words, and how their size was chosen."""
        text = f"{len(self):,} {self.shape}s of {self.cell_m:g} m"
        return f"{text}, chosen for {self.chosen_for:,} points" if self.chosen_for else text

    @property
    def outline(self) -> gpd.GeoDataFrame:
        """The area that is covered, as a layer."""
        return gpd.GeoDataFrame(geometry=[self.boundary], crs=self.crs)

    def shows(self, words: Words) -> View:
        """The cells."""
        look = Look("grid", colour="accent-pale", tips=("cell_id", "area_m2"))
        facts = (
            ("cells", self.chosen),
            ("crs", f"EPSG:{self.crs}"),
            ("area", f"{self.boundary.area / 1e6:,.1f} km2"),
        )
        return View(words("title.grid"), facts, (Layer(self.cells.reset_index(), look),))

    def shifted(self, dx_m: float, dy_m: float) -> Grid:
        """Grid over the same boundary with its origin moved; its cells have names of their own."""
        moved = (self.origin[0] + dx_m, self.origin[1] + dy_m)
        return Grid.cover(self.boundary, self.cell_m, crs=self.crs, shape=self.shape, origin=moved)

    def assign(self, points: gpd.GeoDataFrame | gpd.GeoSeries | npt.ArrayLike) -> pd.Series[str]:
        """Name the cell of each point.

        Parameters
        ----------
        points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
            Points in the grid's coordinate system, or coordinates of shape (n, 2).

        Returns
        -------
        pandas.Series
            ``cell_id`` on the index of `points`, missing for points outside the grid or without place.
            Cells are half-open to the north and east; a point on the edge of the boundary is always inside.

        Raises
        ------
        SchemaError
            If the coordinate system is missing or another than the grid's, or a geometry is not a point.
        """
        x, y, index = self._coordinates(points)
        place = self._positions(x, y)
        names = self.cells.index.to_series().array.take(place, allow_fill=True)
        return pd.Series(names, index=index, name="cell_id")

    def positions(self, points: gpd.GeoDataFrame | gpd.GeoSeries | npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Where in :attr:`cells` the cell of each point stands, as :meth:`assign` names it; -1 outside."""
        x, y, _ = self._coordinates(points)
        return self._positions(x, y)

    def count(
        self,
        points: gpd.GeoDataFrame | gpd.GeoSeries | npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
    ) -> pd.Series[float]:
        """Count the points in each cell.

        Parameters
        ----------
        points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
            As for :meth:`assign`; points outside the grid are not counted.
        weights : array_like, optional
            One weight a point, in the order of the points; their sums are returned instead of counts.

        Returns
        -------
        pandas.Series
            Whole numbers (sums where weights are given) for every cell of the grid, 0 where none.

        Raises
        ------
        SchemaError
            As for :meth:`assign`, or if there is not one finite weight for each point.
        """
        x, y, _ = self._coordinates(points)
        place = self._positions(x, y)
        found = place >= 0
        sums: npt.NDArray[Any]
        if weights is None:
            sums = np.bincount(place[found], minlength=len(self)).astype(np.int64)
        else:
            w = plain_numbers(weights)
            if w.shape != x.shape or not np.isfinite(w).all():
                raise SchemaError(
                    "The weights: needed {count} finite numbers, one a point, given shape {shape} with "
                    "{wrong_count} missing or infinite.",
                    count=x.size,
                    shape=w.shape,
                    wrong_count=int((~np.isfinite(w)).sum()),
                )
            sums = np.bincount(place[found], weights=w[found], minlength=len(self)).astype(float)
        counted = MappedSeries(sums, index=self.cells.index, name="count")
        counted.grid = self
        return counted

    def graph(self, order: int = 1, rook: bool = False) -> Graph:  # noqa: FBT001, FBT002 - libpysal's own spelling
        """Neighbours of each cell, straight from columns and rows.

        Parameters
        ----------
        order : int, default 1
            How many steps away still counts as neighbour (1: the 8 squares or 6 hexagons around).
        rook : bool, default False
            Squares that only touch at a corner are no neighbours.

        Returns
        -------
        libpysal.graph.Graph
            Binary, on the index of :attr:`cells`; cells without neighbours are isolates.
        """
        from libpysal.graph import Graph

        if order < 1:
            raise ConfigError("order: given {order}, needed 1 or more.", order=order)
        place = self.around(order, rook=rook)
        itself = place == np.arange(len(self))[:, None]
        linked = (place >= 0) & ~itself
        isolated = ~linked.any(axis=1)
        linked |= itself & isolated[:, None]  # by convention an isolate is linked to itself with weight 0
        focal = np.nonzero(linked)[0]
        codes: list[Any] = [focal, place[linked]]
        ids = self.cells.index
        links = pd.MultiIndex(
            levels=[ids, ids], codes=codes, names=["focal", "neighbor"], verify_integrity=False
        )
        weight = np.where(isolated[focal], 0.0, 1.0)
        return Graph(pd.Series(weight, index=links, name="weight"), transformation="B", is_sorted=True)

    def around(self, order: int = 1, *, rook: bool = False) -> npt.NDArray[np.int64]:
        """Positions of the neighbours of each cell as :meth:`graph` has them, a row a cell; -1: none."""
        column, row = (self.cells[name].to_numpy() for name in ("col", "row"))
        there = _lattice(self.shape, self.cell_m, self.origin).neighbours(column, row, order, rook=rook)
        return np.column_stack([self._find(there_column, there_row) for there_column, there_row in there])

    def _coordinates(self, points: Places) -> tuple[Floats, Floats, pd.Index]:
        found = located(points)
        if found.crs not in (None, self.crs):
            raise SchemaError(
                "The points are in EPSG:{epsg}, needed EPSG:{crs} like the grid. Use genk_geo.crs.reproject.",
                epsg=found.crs,
                crs=self.crs,
            )
        return found.xy[:, 0], found.xy[:, 1], found.labels

    def _positions(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Position in the table of cells, -1 outside."""
        known = np.isfinite(x) & np.isfinite(y)
        west, south, east, north = self.cells.total_bounds
        known &= (x >= west) & (x <= east) & (y >= south) & (y <= north)
        place = np.full(x.shape, -1, dtype=np.int64)
        lattice = _lattice(self.shape, self.cell_m, self.origin)
        place[known] = self._find(*lattice.locate(x[known], y[known]))
        # The north and east edges of the boundary may belong to a cell that shares no area with it.
        left = np.flatnonzero(known & (place < 0))
        if left.size:
            left = left[shapely.intersects_xy(self.boundary, x[left], y[left])]
            edge = shapely.points(x[left], y[left])
            place[left] = self.cells.sindex.nearest(edge, return_all=False)[1]
        return place

    def _find(self, column: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        height, width = self._lookup.shape
        across = column - int(self.cells["col"].min())
        up = row - int(self.cells["row"].min())
        inside = (across >= 0) & (across < width) & (up >= 0) & (up < height)
        return np.where(inside, self._lookup[np.where(inside, up, 0), np.where(inside, across, 0)], -1)


def _lattice(shape: Shape, cell_m: float, origin: tuple[float, float]) -> Lattice:
    return Squares(cell_m, origin) if shape == "square" else Hexagons(cell_m, origin)


def _cells_in(
    area: shapely.Geometry, lattice: Lattice, cell_m: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Columns, rows and area inside, of the cells that share area with the boundary."""
    west, south, east, north = area.bounds
    first_column, first_row = lattice.locate(np.array([west - cell_m]), np.array([south - cell_m]))
    last_column, last_row = lattice.locate(np.array([east + cell_m]), np.array([north + cell_m]))
    columns = np.arange(first_column[0], last_column[0] + 1)
    rows = np.arange(first_row[0], last_row[0] + 1)
    row, column = (a.ravel() for a in np.meshgrid(rows, columns, indexing="ij"))
    outlines = lattice.polygons(column, row)
    shapely.prepare(area)
    touching = np.flatnonzero(shapely.intersects(area, outlines))
    outlines = outlines[touching]
    inside = shapely.area(outlines)
    partly = np.flatnonzero(~shapely.contains_properly(area, outlines))
    inside[partly] = shapely.area(shapely.intersection(outlines[partly], area))
    real = inside > _MIN_AREA_M2
    return column[touching[real]], row[touching[real]], inside[real]


def _names(
    column: npt.NDArray[np.int64],
    row: npt.NDArray[np.int64],
    cell_m: float,
    shape: Shape,
    origin: tuple[float, float],
) -> list[str]:
    """Names such as 100m_E2285_N1848; hexagons and shifted grids say so, so that names never collide."""
    kind = f"{cell_m:g}m" + ("hex" if shape == "hexagon" else "")
    anchored = shape == "square" and all(abs(o / cell_m - round(o / cell_m)) < 1e-9 for o in origin)
    shift = "" if anchored or origin == (0.0, 0.0) else f"_{origin[0]:+g}{origin[1]:+g}"
    if anchored:  # a shift by whole cells is the same grid
        column = column + round(origin[0] / cell_m)
        row = row + round(origin[1] / cell_m)
    return [f"{kind}_E{c}_N{r}{shift}" for c, r in zip(column.tolist(), row.tolist(), strict=True)]


def _lookup_table(column: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    table = np.full((np.ptp(row) + 1, np.ptp(column) + 1), -1, dtype=np.int32)
    table[row - row.min(), column - column.min()] = np.arange(column.size)
    return table

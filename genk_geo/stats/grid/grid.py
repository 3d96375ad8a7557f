"""Grids that never move: cells anchored on multiples of their size, not on the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import LAMBERT72, epsg_of
from genk_geo.errors import ConfigError, Message, SchemaError, some_rows
from genk_geo.stats.checks import plain_numbers
from genk_geo.stats.grid.lattice import Hexagons, Lattice, Squares

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

Shape = Literal["square", "hexagon"]

# More candidate cells than this is a wrong unit or cell size, not a city.
_MAX_CANDIDATES = 20_000_000
# A sliver below a tenth of a square metre is rounding of the boundary.
_MIN_AREA_M2 = 0.1


@dataclass(frozen=True, eq=False)
class Grid:
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

    @classmethod
    def cover(
        cls,
        boundary: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame,
        cell_m: float = 100,
        *,
        crs: int = LAMBERT72,
        shape: Shape = "square",
        origin: tuple[float, float] = (0.0, 0.0),
    ) -> Grid:
        """Cover an area with cells anchored on multiples of the cell size.

        Parameters
        ----------
        boundary : shapely geometry, geopandas.GeoSeries or geopandas.GeoDataFrame
            Area to cover; of a series or frame the coordinate system counts.
        cell_m : float, default 100
            Size of a cell in metres.
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
        area, epsg = _boundary_area(boundary, crs)
        _check_wish(area, cell_m, shape)
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
        return cls(cells, float(cell_m), epsg, shape, start, area, _lookup_table(column, row))

    def __len__(self) -> int:
        return len(self.cells)

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
        return pd.Series(sums, index=self.cells.index, name="count")

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
        column, row = (self.cells[name].to_numpy() for name in ("col", "row"))
        around = _lattice(self.shape, self.cell_m, self.origin).neighbours(column, row, order, rook=rook)
        place = np.column_stack([self._find(there_column, there_row) for there_column, there_row in around])
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

    def _coordinates(self, points: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], pd.Index]:
        if isinstance(points, gpd.GeoDataFrame | gpd.GeoSeries):
            epsg = epsg_of(points, Message("The layer of points"))
            if epsg != self.crs:
                raise SchemaError(
                    "The points are in EPSG:{epsg}, needed EPSG:{crs} like the grid. Use "
                    "genk_geo.crs.reproject.",
                    epsg=epsg,
                    crs=self.crs,
                )
            geometry = points.geometry
            other = ~(geometry.geom_type.isin(["Point"]) | geometry.isna())
            if other.any():
                raise SchemaError(
                    "Needed points, given {found} (rows {rows}). Take a point of each, such as the centroid.",
                    found=geometry.geom_type[other].iloc[0],
                    rows=some_rows(points.index[other]),
                )
            values = geometry.to_numpy()
            there = ~(shapely.is_missing(values) | shapely.is_empty(values))
            xy = np.full((len(values), 2), np.nan)
            xy[there] = shapely.get_coordinates(values[there])
            return xy[:, 0], xy[:, 1], points.index
        xy = plain_numbers(points)
        if xy.size == 0:
            xy = xy.reshape(0, 2)
        if xy.ndim != 2 or xy.shape[1] != 2:
            raise SchemaError("The coordinates: needed shape (n, 2), given {shape}.", shape=xy.shape)
        return xy[:, 0], xy[:, 1], pd.RangeIndex(len(xy))

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


def _boundary_area(boundary: Any, crs: int) -> tuple[shapely.Geometry, int]:
    if isinstance(boundary, gpd.GeoDataFrame | gpd.GeoSeries):
        crs = epsg_of(boundary, Message("The boundary"))
        boundary = boundary.geometry.union_all()
    if not isinstance(boundary, shapely.Geometry):
        raise SchemaError(
            "The boundary: needed a shapely geometry or a geopandas layer, given {kind}.",
            kind=type(boundary).__name__,
        )
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_epsg(crs)
    except CRSError as fault:
        raise ConfigError(
            "crs: {crs} is not an EPSG code; 31370 is one, Belgian Lambert 72.", crs=crs
        ) from fault
    if not np.isfinite(shapely.get_coordinates(boundary)).all():
        raise SchemaError("The boundary holds coordinates that are no numbers.")
    if not boundary.is_valid:
        # lines that cross themselves are told apart by what they enclose; parts that overlap count once
        boundary = shapely.make_valid(boundary, method="structure", keep_collapsed=False)
    if not system.is_geographic and abs(system.axis_info[0].unit_conversion_factor - 1.0) > 1e-9:
        unit = system.axis_info[0].unit_name
        raise SchemaError(
            "The boundary is in {unit} (EPSG:{crs}), needed a metric system. Reproject it.",
            unit=unit,
            crs=crs,
        )
    if system.is_geographic:
        raise SchemaError(
            "The boundary is in degrees (EPSG:{crs}), needed a metric system such as EPSG:31370. Use "
            "genk_geo.crs.reproject.",
            crs=crs,
        )
    return boundary, crs


def _check_wish(area: shapely.Geometry, cell_m: float, shape: str) -> None:
    if not (np.isfinite(cell_m) and cell_m > 0):
        raise ConfigError("cell_m: given {cell_m}, needed a size in metres above 0.", cell_m=cell_m)
    if shape not in ("square", "hexagon"):
        raise ConfigError("shape: given {shape!r}, needed square or hexagon.", shape=shape)
    if area.is_empty or area.area == 0:
        raise SchemaError("The boundary has no area: needed a polygon.")
    west, south, east, north = area.bounds
    candidates = ((east - west) / cell_m + 2) * ((north - south) / cell_m + 2)
    if candidates > _MAX_CANDIDATES:
        raise ConfigError(
            "Cells of {cell_m:g} m over {wide:,.0f} x {high:,.0f} km are {candidates:,.0f} cells: needed at "
            "most {max_candidates:,}. Take larger cells.",
            cell_m=cell_m,
            wide=(east - west) / 1000,
            high=(north - south) / 1000,
            candidates=candidates,
            max_candidates=_MAX_CANDIDATES,
        )


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

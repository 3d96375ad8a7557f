"""Indicative areas drawn from labelled points, for where no boundaries may be carried or are to be had.

A raster over the outline takes in every cell the label that most of the nearest points carry; the raster
becomes polygons whose shared borders are simplified together, so that the areas neither overlap nor leave
gaps. What comes out follows where people live and is no legal boundary: whoever shows it says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from scipy import ndimage, sparse
from scipy.optimize import brentq
from scipy.spatial import KDTree

from genk_geo.errors import ConfigError, some_rows
from genk_geo.reference.balance import balanced_labels, fit_levels

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.intp]

_log = logging.getLogger(__name__)

_MOST_CELLS = 200_000
#: A point whose neighbours are this many times as far as is usual lies outside the city.
_FAR = 20.0
#: Parts of an outline below this share of the whole are left out.
_CRUMB = 0.01


@dataclass(frozen=True, eq=False)
class _Raster:
    """Square cells in rows from south to north, anchored on multiples of the cell size."""

    west: float
    south: float
    cell_m: float
    rows: int
    columns: int

    @classmethod
    def over(cls, bounds: tuple[float, ...], cell_m: float) -> _Raster:
        west, south, east, north = bounds
        first_column, first_row = np.floor(west / cell_m) - 1, np.floor(south / cell_m) - 1
        columns = int(np.ceil(east / cell_m) + 1 - first_column)
        rows = int(np.ceil(north / cell_m) + 1 - first_row)
        return cls(first_column * cell_m, first_row * cell_m, cell_m, rows, columns)

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    def centres(self) -> Floats:
        x = self.west + (np.arange(self.columns) + 0.5) * self.cell_m
        y = self.south + (np.arange(self.rows) + 0.5) * self.cell_m
        return np.column_stack([np.tile(x, self.rows), np.repeat(y, self.columns)])

    def squares(self) -> npt.NDArray[np.object_]:
        x, y = (self.centres() - self.cell_m / 2).T
        squares: npt.NDArray[np.object_] = shapely.box(x, y, x + self.cell_m, y + self.cell_m)
        return squares


def areas_from_points(
    points: gpd.GeoDataFrame,
    label: str,
    *,
    outline: BaseGeometry | None = None,
    votes: int = 9,
    cell_m: float | None = None,
) -> gpd.GeoDataFrame:
    """Draw one area per label around the points that carry it.

    Parameters
    ----------
    points : geopandas.GeoDataFrame
        Points in a metric coordinate system; rows without a label or a place are passed over.
    label : str
        Column with the name of the area.
    outline : shapely geometry, optional
        What the areas divide among them, in the coordinates of `points`; by default
        :func:`outline_of` the points that are not strays.
    votes : int
        How many of the nearest points vote in each cell, nearer ones more heavily. 1 takes the nearest
        point at its word; with 3 or more, points far from all others and points among those of another
        area are left out, so that the areas are robust against wrongly placed points.
    cell_m : float, optional
        Cell size of the raster in metres; by default 25 or more, so that there are at most some 200,000.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `label` (sorted) and ``geometry``: a gap-free division of the outline on whole metres. A
        label whose points all lie among those of others has no area; a warning names it.

    Raises
    ------
    ConfigError
        If no point can be used, or the coordinates are not metric.
    """
    xy, names = _usable(points, label)
    kept = _trusted(xy, names, votes)
    xy, names = xy[kept], names[kept]
    outline = outline_of(xy) if outline is None else shapely.set_precision(outline, 1.0)
    if cell_m is None:
        cell_m = max(25.0, float(np.ceil(np.sqrt(outline.area / _MOST_CELLS) / 5) * 5))
    known, codes = np.unique(names, return_inverse=True)
    raster = _Raster.over(outline.bounds, cell_m)
    centres = raster.centres()
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, centres[:, 0], centres[:, 1])
    labels = _vote(centres, xy, codes, votes)
    areas = _drawn(raster, labels, inside, outline)
    absent = sorted(set(points[label].dropna().astype(str)) - set(known[list(areas)]))
    if absent:
        _log.warning("No area could be drawn for %s: too few points of their own.", ", ".join(absent))
    return _frame(areas, known, label, points.crs)


def areas_of_sizes(
    points: gpd.GeoDataFrame,
    label: str,
    sizes: pd.DataFrame,
    *,
    levels: pd.DataFrame | None = None,
    cell_m: float = 50.0,
) -> gpd.GeoDataFrame:
    """Draw areas around labelled points that have the sizes and centroids that are known of them.

    The outline follows as well: it is where the areas end. See :mod:`genk_geo.reference.balance` for the
    method.

    Parameters
    ----------
    points : geopandas.GeoDataFrame
        Points in a metric coordinate system, taken at their word.
    label : str
        Column with the name of the area.
    sizes : pandas.DataFrame
        Indexed by label: ``area_m2`` and the centroid ``x``, ``y``.
    levels : pandas.DataFrame, optional
        From :func:`levels_of_sizes`, fitted before; fitted here where absent.
    cell_m : float
        Cell size of the raster in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `label` (sorted) and ``geometry``, on whole metres; together as large as the sizes say.

    Raises
    ------
    ConfigError
        If no point can be used, the coordinates are not metric, or a label has no size.
    """
    if levels is None:
        levels = levels_of_sizes(points, label, sizes)
    xy, known, codes, sizes = _with_sizes(points, label, sizes)
    raster = _raster_around(xy, sizes, cell_m)
    labels = balanced_labels(raster.centres(), xy, codes, sizes, levels)
    inside = labels < len(known)
    filled = ndimage.binary_fill_holes(inside.reshape(raster.shape)).ravel()
    rough = shapely.coverage_union_all(raster.squares()[filled])
    outline = _smooth_outline(rough, cell_m, float(sizes["area_m2"].sum()))
    return _frame(_drawn(raster, labels, inside, outline), known, label, points.crs)


def levels_of_sizes(
    points: gpd.GeoDataFrame, label: str, sizes: pd.DataFrame, *, cell_m: float = 100.0
) -> pd.DataFrame:
    """Fit what :func:`areas_of_sizes` needs; takes some seconds, and can be kept.

    Parameters
    ----------
    points, label, sizes
        As there.
    cell_m : float
        Cell size of the raster in metres.

    Returns
    -------
    pandas.DataFrame
        Indexed by label: level, slope_x, slope_y.
    """
    xy, _, codes, sizes = _with_sizes(points, label, sizes)
    return fit_levels(_raster_around(xy, sizes, cell_m).centres(), xy, codes, sizes)


def _with_sizes(
    points: gpd.GeoDataFrame, label: str, sizes: pd.DataFrame
) -> tuple[Floats, npt.NDArray[np.str_], Codes, pd.DataFrame]:
    xy, names = _usable(points, label)
    known, codes = np.unique(names, return_inverse=True)
    unknown = sorted(set(known.tolist()) - set(sizes.index))
    if unknown:
        raise ConfigError("No size is given for {unknown}.", unknown=some_rows(unknown))
    return xy, known, codes, sizes.loc[known.tolist()]


def _raster_around(xy: Floats, sizes: pd.DataFrame, cell_m: float) -> _Raster:
    margin = 0.75 * float(np.sqrt(sizes["area_m2"].max()))
    return _Raster.over((*(xy.min(axis=0) - margin), *(xy.max(axis=0) + margin)), cell_m)


def outline_of(xy: npt.ArrayLike, *, reach_m: float | None = None) -> BaseGeometry:
    """Outline around points: everything within reach of a point, without holes.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Metres.
    reach_m : float, optional
        By default twice the distance within which nine in ten places have five others.

    Returns
    -------
    shapely geometry
        Polygon or MultiPolygon on whole metres.
    """
    places = np.unique(np.asarray(xy, dtype=float), axis=0)
    if reach_m is None:
        reach_m = max(2 * float(np.quantile(_neighbour_distance(places, 5), 0.9)), 50.0)
    wide = shapely.union_all(shapely.buffer(shapely.points(places), 2 * reach_m, quad_segs=8))
    return shapely.set_precision(_without_holes(shapely.buffer(wide, -reach_m, quad_segs=8)), 1.0)


def _smooth_outline(rough: BaseGeometry, cell_m: float, area_m2: float) -> BaseGeometry:
    """A stepped outline without its crumbs, rounded off, and as large as it should be."""
    parts = shapely.get_parts(rough)
    parts = parts[shapely.area(parts) > _CRUMB * area_m2]
    reach_m = 2 * cell_m
    closed = shapely.union_all(parts).buffer(reach_m).buffer(-2 * reach_m).buffer(reach_m)
    round_off = _without_holes(closed.simplify(cell_m / 4))

    def grown(by_m: float) -> BaseGeometry:
        return _without_holes(round_off.buffer(by_m))

    edge_m = brentq(lambda by_m: grown(by_m).area - area_m2, -10 * cell_m, 10 * cell_m, xtol=0.01)
    return shapely.set_precision(grown(edge_m), 1.0)


def _without_holes(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))


def _usable(points: gpd.GeoDataFrame, label: str) -> tuple[Floats, npt.NDArray[np.str_]]:
    if label not in points.columns:
        raise ConfigError(
            "The points have no column {label!r}; they have {columns}.",
            label=label,
            columns=", ".join(map(str, points.columns)),
        )
    if points.crs is None or not points.crs.is_projected:
        raise ConfigError("The points must be in a metric coordinate system. Use genk_geo.crs.reproject.")
    placed = ~(points.geometry.isna() | points.geometry.is_empty).to_numpy()
    usable = points[placed & points[label].notna().to_numpy()]
    xy = shapely.get_coordinates(usable.geometry.to_numpy())
    if not len(xy):
        raise ConfigError("No point has both a place and a value in column {label!r}.", label=label)
    return xy, usable[label].astype(str).to_numpy(dtype=str)


def _neighbour_distance(xy: Floats, nth: int) -> Floats:
    nth = min(nth, len(xy) - 1)
    if nth < 1:
        return np.ones(len(xy))
    distance: Floats = KDTree(xy).query(xy, k=[nth + 1])[0][:, 0]
    return distance


def _trusted(xy: Floats, names: npt.NDArray[np.str_], votes: int) -> npt.NDArray[np.bool_]:
    """Leave out points far from all others, and points whose neighbours agree on another label."""
    everyone = np.ones(len(xy), dtype=bool)
    if votes < 3 or len(xy) <= votes:
        return everyone
    distance = _neighbour_distance(xy, votes)
    near = distance <= _FAR * max(float(np.median(distance)), 1.0)
    _, codes = np.unique(names, return_inverse=True)
    tree = KDTree(xy[near])
    _, neighbours = tree.query(xy, k=min(votes + 1, int(near.sum())))
    alike = (codes[near][neighbours] == codes[:, None]).sum(axis=1) - near  # itself is among them
    agreed = alike >= np.clip(np.bincount(codes)[codes] - 1, 1, votes // 3)
    kept = near & agreed
    if not kept.all():
        _log.info(
            "%d of %d points were left out: %d far from all others, %d among points of another area.",
            int((~kept).sum()),
            len(xy),
            int((~near).sum()),
            int((near & ~agreed).sum()),
        )
    return kept if kept.any() else everyone


def _vote(centres: Floats, xy: Floats, codes: Codes, votes: int) -> Codes:
    """Label of each centre by the nearest points, weighted by the inverse of their distance."""
    distance, nearest = KDTree(xy).query(centres, k=np.arange(1, min(votes, len(xy)) + 1))
    weight, given = 1.0 / (distance + 1.0), codes[nearest]
    alike = ((given == given[:, [vote]]) * weight for vote in range(given.shape[1]))
    support = np.column_stack([one.sum(axis=1) for one in alike])
    winner: Codes = given[np.arange(len(given)), support.argmax(axis=1)]
    return winner


def _connected(labels: Codes, inside: npt.NDArray[np.bool_]) -> Codes:
    """Keep the largest piece of each label inside the outline; the rest goes to the nearest piece."""
    kept = np.zeros(labels.shape, dtype=bool)
    for code in np.unique(labels[inside]):
        pieces, count = ndimage.label((labels == code) & inside)
        sizes = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
        kept |= pieces == 1 + int(sizes.argmax())
    nearest = ndimage.distance_transform_edt(~kept, return_distances=False, return_indices=True)
    joined: Codes = labels[tuple(nearest)]
    return joined


def _drawn(
    raster: _Raster, labels: Codes, inside: npt.NDArray[np.bool_], outline: BaseGeometry
) -> dict[int, Any]:
    """Polygons of the labelled cells within the outline, by one noded set of lines.

    Cutting each polygon with the outline on its own would round the shared corners differently; faces of
    one line work fit by construction.
    """
    near = ndimage.binary_dilation(inside.reshape(raster.shape), iterations=4)
    near = ndimage.binary_fill_holes(near).ravel()
    labels = _connected(labels.reshape(raster.shape), inside.reshape(raster.shape)).ravel()
    codes = np.unique(labels[near])
    squares = raster.squares()
    rough = np.array([shapely.coverage_union_all(squares[near & (labels == code)]) for code in codes])
    smooth = shapely.coverage_simplify(rough, tolerance=raster.cell_m, simplify_boundary=False)
    lines = [*shapely.boundary(smooth), shapely.boundary(outline)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=1.0)]))
    middles = shapely.point_on_surface(faces)
    within = shapely.intersects(outline, middles)
    faces, middles = faces[within], middles[within]
    owner = shapely.STRtree(smooth).nearest(middles)
    owner = _largest_parts(faces, owner)
    return {
        int(code): shapely.normalize(shapely.coverage_union_all(faces[owner == index]))
        for index, code in enumerate(codes)
        if (owner == index).any()
    }


def _largest_parts(faces: npt.NDArray[np.object_], owner: Codes) -> Codes:
    """Hand faces cut off from the main part of their owner to the neighbour with the longest border."""
    owner = owner.copy()
    one, other = shapely.STRtree(faces).query(faces, predicate="touches")
    border = shapely.length(shapely.intersection(faces[one], faces[other]))
    one, other, border = one[border > 0], other[border > 0], border[border > 0]
    same = owner[one] == owner[other]
    links = sparse.coo_array((same[same], (one[same], other[same])), shape=(len(faces), len(faces)))
    part = sparse.csgraph.connected_components(links, directed=False)[1]
    size = np.bincount(part, shapely.area(faces))
    main = {int(code): part[owner == code][size[part[owner == code]].argmax()] for code in np.unique(owner)}
    loose = np.flatnonzero([part[face] != main[int(owner[face])] for face in range(len(faces))])
    for face in loose:
        mine = (one == face) & ~np.isin(other, loose)
        if mine.any():
            owner[face] = owner[other[mine][border[mine].argmax()]]
    return owner


def _frame(areas: dict[int, Any], known: npt.NDArray[np.str_], label: str, crs: Any) -> gpd.GeoDataFrame:
    table = {label: known[list(areas)], "geometry": list(areas.values())}
    return gpd.GeoDataFrame(table, geometry="geometry", crs=crs)

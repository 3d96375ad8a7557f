"""Outlines that incidents led to, as whole blocks of a fixed partition of the city.

A block holds at least so many addresses and is drawn from the reference alone, never from incidents. What
is drawn says no more than that something happened somewhere in each block: a hotspot of one cell and one of
a whole block look alike, in every week and for every theme, so that no two maps say more than one.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy import fft

from genk_geo import stats
from genk_geo.release.table_values import shown_name
from genk_geo.release.thresholds import SHARED_M2
from genk_geo.results import Density

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

_MOST_STREETS = 2


class Ground(NamedTuple):
    """Ground as it may be shown, and where readers know it."""

    geometry: BaseGeometry
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str


class Outlines:
    """Makes outlines coarse.

    Parameters
    ----------
    blocks : geopandas.GeoDataFrame
        ``addresses``, ``place``, ``wijk``, ``stadsdeel``, geometry; see :class:`genk_geo.results.WeekResult`.
    """

    def __init__(self, blocks: gpd.GeoDataFrame) -> None:
        self.blocks = blocks.reset_index(drop=True)
        self._rasters: dict[tuple[tuple[int, ...], float, float], npt.NDArray[np.intp]] = {}
        self._lived = np.flatnonzero(~(self.blocks["addresses"].to_numpy(dtype=float) <= 0))

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same blocks, in whatever order they come."""
        shapes = sorted(shapely.to_wkb(shapely.normalize(self.blocks.geometry.to_numpy())))
        return hashlib.sha256(b"".join(shapes)).hexdigest()[:16]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.blocks.geometry.to_numpy())

    def touched(self, shape: BaseGeometry) -> tuple[int, ...]:
        """Blocks that share ground with a shape, in their own order."""
        near = np.sort(self._tree.query(shape, predicate="intersects"))
        shared = shapely.area(shapely.intersection(self.blocks.geometry.to_numpy()[near], shape))
        found = near[shared >= min(SHARED_M2, 0.5 * float(shapely.area(shape)))]
        return tuple(int(at) for at in (found if len(found) else near[:1]))

    def block_of(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
        """Block that each point lies in, the nearest one for a point outside all."""
        return np.asarray(self._tree.nearest(points), dtype=np.intp)

    def block_of_raster(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        """Block of each raster cell by the coordinates of its middle, the same raster for all themes."""
        key = (x.shape, float(x.min()), float(y.min()))
        if key not in self._rasters:
            self._rasters[key] = self.block_of(shapely.points(x.ravel(), y.ravel()))
        return self._rasters[key]

    def snapped(self, shape: BaseGeometry) -> Ground:
        """All blocks that a shape shares ground with."""
        return self.ground(self.touched(shape))

    def of(self, shape: BaseGeometry, points: gpd.GeoDataFrame | None) -> Ground:
        """A shape that incidents led to, drawn from the blocks of those incidents and from nothing else.

        The shape itself would tell more: a method that works alike in all directions puts it around the
        incidents, so that its middle gives an address away, even after snapping.

        Parameters
        ----------
        shape : shapely geometry
            As it was found.
        points : geopandas.GeoDataFrame or None
            Incidents behind it; only those in the shape count. Without any, the shape is snapped.

        Returns
        -------
        Ground
            Blocks of the incidents, and those that lie for the greater part in between.
        """
        if points is None or not (inside := points.intersects(shape)).any():
            return self.snapped(shape)
        own = set(self.block_of(points.geometry[inside].to_numpy()).tolist())
        hull = self.ground(own).geometry.convex_hull
        near = self._tree.query(hull, predicate="intersects")
        blocks = self.blocks.geometry.to_numpy()[near]
        between = shapely.area(shapely.intersection(blocks, hull)) >= 0.5 * shapely.area(blocks)
        return self.ground(own | set(near[between].tolist()))

    def around(self, blocks: Iterable[int], distance_m: float) -> Ground:
        """All blocks within a distance of some blocks: which place in them it was about can't be told."""
        own = self.ground(blocks)
        return self.snapped(own.geometry.buffer(distance_m, join_style="mitre"))._replace(
            streets=own.streets, wijk=own.wijk, stadsdeel=own.stadsdeel
        )

    def ground(self, blocks: Iterable[int]) -> Ground:
        """Blocks as one outline; named after the block with most addresses.

        Where nobody lives in any of them, the nearest block where people do goes with them.
        """
        numbers = sorted(set(blocks))
        if len(self._lived) and not set(numbers) & set(self._lived.tolist()):
            empty = shapely.union_all(self.blocks.geometry.to_numpy()[numbers])
            distance = shapely.distance(self.blocks.geometry.to_numpy()[self._lived], empty)
            numbers.append(int(self._lived[np.argmin(distance.round(3))]))
        chosen = self.blocks.loc[numbers]
        ranked = chosen.sort_values("addresses", ascending=False, kind="stable")
        streets = dict.fromkeys(street for places in ranked["place"] for street in places)
        first = ranked.iloc[0]
        return Ground(
            shapely.normalize(shapely.union_all(chosen.geometry.to_numpy())),
            tuple(shown_name(street) for street in streets)[:_MOST_STREETS],
            shown_name(str(first["wijk"])),
            shown_name(str(first["stadsdeel"])),
        )


def coarse_density(density: Density, points: gpd.GeoDataFrame, outlines: Outlines, limit: int) -> Density:
    """Kernel density of incidents that are spread evenly over their blocks.

    Parameters
    ----------
    density : Density
        Gives raster and bandwidth.
    points : geopandas.GeoDataFrame
        Incidents.
    outlines : Outlines
        Blocks of the city.
    limit : int
        Zero where fewer incidents than this lie within the bandwidth.

    Returns
    -------
    Density
        On the same raster.
    """
    xmin, ymin, xmax, ymax = density.extent
    rows, columns = density.values.shape
    x, y = np.meshgrid(
        xmin + density.cell_m * (np.arange(columns) + 0.5), ymax - density.cell_m * (np.arange(rows) + 0.5)
    )
    block = outlines.block_of_raster(x, y)
    number = np.bincount(outlines.block_of(points.geometry.to_numpy()), minlength=len(outlines.blocks))
    cells = np.bincount(block, minlength=len(outlines.blocks))
    spread = (number / np.maximum(cells, 1))[block]
    some = spread > 0
    values = np.zeros((rows, columns))
    if some.any():
        values = stats.kernel_density(
            np.column_stack([x.ravel()[some], y.ravel()[some]]),
            extent=(xmin, ymin, xmax, ymax),
            cell_m=density.cell_m,
            bandwidth_m=density.bandwidth_m,
            weights=spread[some],
        )
    reach = np.arange(-(reach_cells := int(density.bandwidth_m // density.cell_m)), reach_cells + 1)
    disc = np.hypot(*np.meshgrid(reach, reach)) * density.cell_m <= density.bandwidth_m
    near = _around(spread.reshape(rows, columns), disc.astype(float))
    return Density(
        np.where(near.round(6) >= limit, values, 0.0), density.extent, density.cell_m, density.bandwidth_m
    )


def _around(values: npt.NDArray[np.float64], disc: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sum of a disc around each value, as `scipy.signal.fftconvolve` finds it, to the bit.

    To load all of that package takes half a second of every week.
    """
    whole = [own + other - 1 for own, other in zip(values.shape, disc.shape, strict=True)]
    sides = [fft.next_fast_len(side, real=True) for side in whole]
    summed: npt.NDArray[np.float64] = fft.irfftn(fft.rfftn(values, sides) * fft.rfftn(disc, sides), sides)
    top, left = ((side - own) // 2 for side, own in zip(whole, values.shape, strict=True))
    return summed[top : top + values.shape[0], left : left + values.shape[1]]

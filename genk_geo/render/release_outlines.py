"""Outlines that incidents led to, as whole blocks of a fixed partition of the city.

A block holds at least so many addresses and is drawn from the reference alone, never from incidents. What
is drawn says no more than that something happened somewhere in each block: a hotspot of one cell and one of
a whole block look alike, in every week and for every theme, so that no two maps say more than one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

#: Ground that an outline and a block must share: borders that only touch do not count.
_SHARED_M2 = 1.0
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

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.blocks.geometry.to_numpy())

    def touched(self, shape: BaseGeometry) -> tuple[int, ...]:
        """Blocks that share ground with a shape, in their own order."""
        near = np.sort(self._tree.query(shape, predicate="intersects"))
        shared = shapely.area(shapely.intersection(self.blocks.geometry.to_numpy()[near], shape))
        found = near[shared >= min(_SHARED_M2, 0.5 * float(shapely.area(shape)))]
        return tuple(int(at) for at in (found if len(found) else near[:1]))

    def block_of(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
        """Block that each point lies in, the nearest one for a point outside all."""
        return np.asarray(self._tree.nearest(points), dtype=np.intp)

    def snapped(self, shape: BaseGeometry) -> Ground:
        """All blocks that a shape shares ground with."""
        return self.ground(self.touched(shape))

    def around(self, blocks: Iterable[int], distance_m: float) -> Ground:
        """All blocks within a distance of some blocks: which place in them it was about can't be told."""
        own = self.ground(blocks)
        return self.snapped(own.geometry.buffer(distance_m, join_style="mitre"))._replace(
            streets=own.streets, wijk=own.wijk, stadsdeel=own.stadsdeel
        )

    def ground(self, blocks: Iterable[int]) -> Ground:
        """Blocks as one outline; named after the block with most addresses."""
        chosen = self.blocks.loc[sorted(set(blocks))]
        ranked = chosen.sort_values("addresses", ascending=False, kind="stable")
        streets = dict.fromkeys(street for places in ranked["place"] for street in places)
        first = ranked.iloc[0]
        return Ground(
            shapely.normalize(shapely.union_all(chosen.geometry.to_numpy())),
            tuple(streets)[:_MOST_STREETS],
            str(first["wijk"]),
            str(first["stadsdeel"]),
        )

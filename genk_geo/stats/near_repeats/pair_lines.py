"""Pairs of incidents as lines, to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.show import Layer, Look
from genk_geo.stats.checks import in_days, located

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.stats.checks import Places, Times

#: More lines than this nobody can tell apart.
MOST_PAIRS = 5000


def pair_lines(xy: Places, days: Times, distance_m: float, reach_days: float) -> gpd.GeoDataFrame | None:
    """Pairs nearer and sooner than this, from the earlier to the later, the nearest in time first.

    Parameters
    ----------
    xy : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        Places; bare coordinates have no system and give no lines.
    days : array_like or None
        Times, as :func:`genk_geo.stats.checks.in_days` takes them.
    distance_m, reach_days : float
        Limits.

    Returns
    -------
    geopandas.GeoDataFrame or None
        ``days`` and ``distance_m`` of at most 5,000 pairs.
    """
    found = located(xy, "incidents")
    if found.crs is None:
        return None
    import geopandas as gpd
    import shapely
    from scipy.spatial import KDTree

    when = in_days(days, of=xy)
    one, other = KDTree(found.xy).query_pairs(distance_m, output_type="ndarray").T
    apart = np.abs(when[one] - when[other])
    near = np.hypot(*(found.xy[one] - found.xy[other]).T)
    kept = np.flatnonzero((apart < reach_days) & (near < distance_m))
    kept = kept[np.lexsort((near[kept], apart[kept]))][:MOST_PAIRS]
    early = np.where(when[one] <= when[other], one, other)[kept]
    late = np.where(when[one] <= when[other], other, one)[kept]
    lines = shapely.linestrings(np.stack([found.xy[early], found.xy[late]], axis=1))
    return gpd.GeoDataFrame({"days": apart[kept], "distance_m": near[kept]}, geometry=lines, crs=found.crs)


def pair_layers(pairs: gpd.GeoDataFrame | None) -> tuple[Layer, ...]:
    """The pairs as a layer; none where there are no lines."""
    if pairs is None:
        return ()
    return (Layer(pairs, Look("pairs", colour="repeat", tips=("days", "distance_m"), private=True)),)

"""How a piece of ground is called: after the wijk with most of its incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

# One wijk names ground of which it has so much; below that the second goes with it, unless it is a crumb.
_ENOUGH, _CRUMB = 0.6, 0.25
_BOTH = "{} en {}"


def name_ground(
    areas: gpd.GeoDataFrame, ground: BaseGeometry, wijken: pd.Series | None = None
) -> tuple[str, str]:
    """Name a piece of ground (see :meth:`genk_geo.reference.city.CityValue.named`).

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Columns wijk, stadsdeel and geometry.
    ground : shapely geometry
        The ground.
    wijken : pandas.Series, optional
        Wijk of each incident there.

    Returns
    -------
    tuple of str
        Wijk (or two) and stadsdeel; never missing.
    """
    weight = _by_incidents(areas, wijken)
    if weight.sum() == 0:
        shared = shapely.area(shapely.intersection(areas.geometry.to_numpy(), ground))
        weight = pd.Series(shared, index=areas["wijk"].to_numpy(object))
    if weight.sum() == 0:  # a gap, an enclave, or beyond the border
        distance = shapely.distance(areas.geometry.to_numpy(), ground)
        nearest = areas.iloc[int(np.nanargmin(distance))]
        return str(nearest["wijk"]), str(nearest["stadsdeel"])
    ranked = (weight / weight.sum()).sort_values(ascending=False, kind="stable")
    first, second = ranked.index[0], ranked.index[1] if len(ranked) > 1 else None
    both = second is not None and ranked.iloc[0] < _ENOUGH and ranked.iloc[1] >= _CRUMB
    stadsdeel = areas["stadsdeel"].to_numpy(object)[areas["wijk"].to_numpy(object) == first][0]
    return _BOTH.format(first, second) if both else str(first), str(stadsdeel)


def _by_incidents(areas: gpd.GeoDataFrame, wijken: pd.Series | None) -> pd.Series:
    counts = pd.Series(dtype=float) if wijken is None else wijken.dropna().astype(str).value_counts()
    return counts.reindex(areas["wijk"].to_numpy(object), fill_value=0).astype(float)

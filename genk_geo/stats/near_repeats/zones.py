"""Where a near repeat counts now, and which incidents hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError
from genk_geo.stats.checks import in_days, places_of
from genk_geo.stats.local.hotspot_areas import hotspot_areas

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]


def near_repeat_zones(
    xy: npt.ArrayLike, days: npt.ArrayLike, grid: Grid, *, distance_m: float, reach_days: int, today: int
) -> gpd.GeoDataFrame:
    """Ground within reach of incidents that still count after today.

    Zones are whole cells, and which cells depends on the cell of an incident only: a zone does not show where
    in its cell an incident was.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Places in metres, in the grid's coordinate system; those outside it are left out.
    days : array_like of int, shape (n,)
        Day of each incident.
    grid : Grid
        Cells.
    distance_m : float
        Cells belong to a zone whose middle lies within this distance of the middle of an incident's cell.
    reach_days : int
        An incident counts on its own day and up to so many days in all.
    today : int
        The last day that is known; later incidents are left out.

    Returns
    -------
    geopandas.GeoDataFrame
        A zone for each group of cells that touch, most incidents first: ``cells`` (tuple of names),
        ``incidents`` (in the zone, that still count), ``until`` (last day that one of them counts),
        ``area_m2``, geometry.

    Raises
    ------
    SchemaError
        If the shapes differ.

    Examples
    --------
    The incident of day 1 no longer counts on day 9; the other two lie in one cell:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> xy, days = [[450, 450], [480, 420], [50, 50]], [3, 5, 1]
    >>> zones = gg.stats.near_repeat_zones(xy, days, grid, distance_m=100, reach_days=7, today=9)
    >>> zones[["incidents", "until", "area_m2"]].to_dict("records")
    [{'incidents': 1, 'until': 11, 'area_m2': 50000.0}]
    """
    places, when = _same_length(xy, days)
    own = grid.assign(places)
    alive = (when <= today) & (when + reach_days - 1 > today) & own.notna().to_numpy()
    own, last = own[alive], when[alive] + reach_days - 1
    cells = grid.cells
    middle = cells.geometry.centroid.get_coordinates().to_numpy()
    sources = np.unique(cells.index.get_indexer(own))
    hot = cells[_within(middle, middle[sources], distance_m)]
    counts = own.value_counts().reindex(cells.index, fill_value=0).astype(float)
    areas = hotspot_areas(hot.drop(columns="area_m2"), counts)
    until = [int(last[own.isin(names).to_numpy()].max()) for names in areas["cells"]]
    zones = areas.assign(incidents=areas["observed"].astype(int), until=np.array(until, dtype=np.int64))
    return zones[["cells", "incidents", "until", "area_m2", "geometry"]]


def near_repeat_strings(
    xy: npt.ArrayLike, days: npt.ArrayLike, *, distance_m: float, reach_days: float
) -> npt.NDArray[np.int64]:
    """Number the strings of incidents of which each is within reach of another.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Places in metres.
    days : array_like, shape (n,)
        Times in days.
    distance_m, reach_days : float
        Two incidents are linked when they lie nearer and follow sooner than this.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        0, 1, ... in the order of the first incident of each string (the first given where equal); -1 for
        incidents that are linked to none.

    Raises
    ------
    SchemaError
        If the shapes differ.

    Examples
    --------
    A chain of three, each within reach of the one before; the fourth is on its own:

    >>> xy, days = [[0, 0], [50, 0], [100, 0], [900, 0]], [1, 3, 6, 6]
    >>> gg.stats.near_repeat_strings(xy, days, distance_m=100, reach_days=7).tolist()
    [0, 0, 0, -1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    places, when = _same_length(xy, days)
    n = len(when)
    number = np.full(n, -1, dtype=np.int64)
    if n == 0:
        return number
    one, other = KDTree(places).query_pairs(distance_m, output_type="ndarray").T
    linked = np.abs(when[one] - when[other]) < reach_days
    linked &= np.hypot(*(places[one] - places[other]).T) < distance_m
    links = coo_array((np.ones(linked.sum(), dtype=bool), (one[linked], other[linked])), shape=(n, n))
    group = connected_components(links, directed=False)[1]
    in_string = np.bincount(group)[group] > 1
    order = np.argsort(when, kind="stable")
    for event in order[in_string[order]]:
        if number[event] < 0:
            number[group == group[event]] = number.max() + 1
    return number


def _within(places: Floats, sources: Floats, distance_m: float) -> npt.NDArray[np.bool_]:
    from scipy.spatial import KDTree

    if not len(sources):
        return np.zeros(len(places), dtype=bool)
    return np.asarray(KDTree(sources).query(places)[0] <= distance_m + 1e-6)


def _same_length(xy: npt.ArrayLike, days: npt.ArrayLike) -> tuple[Floats, Floats]:
    places, when = places_of(xy, "incidents"), in_days(days, of=xy, whole=True)
    if when.shape != places.shape[:1]:
        raise SchemaError(
            "Incidents: needed a day for each of {count} places, given {shape}.",
            count=len(places),
            shape=when.shape,
        )
    if not np.isfinite(places).all():
        raise SchemaError("Incidents: needed finite x and y. Leave out those without a place.")
    return places, when

"""Walking along the streets: what lies around a school, and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import reproject
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.stats.network.reach import Spots, within_reach
from genk_geo.stats.network.segments import lixel_frame, pieces_of, snap_to_network

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: How fast children walk, for the time to a school.
WALK_KMH = 4.0
_LIXEL_M = 25.0
_PATH_M = 20.0
_SIMPLIFY_M = 10.0
_METRES_PER_MINUTE = 1000.0 / 60.0


def walking_reach_m(minutes: float, walk_kmh: float = WALK_KMH) -> float:
    """How far one walks in so many minutes.

    Examples
    --------
    Six minutes at 4 km/h, in metres:

    >>> round(gg.stats.walking_reach_m(6))
    400
    """
    if not (minutes > 0 and walk_kmh > 0):
        raise ConfigError(
            "{minutes:g} minutes at {walk_kmh:g} km/h: needed more than 0.",
            minutes=minutes,
            walk_kmh=walk_kmh,
        )
    return minutes * walk_kmh * _METRES_PER_MINUTE


def walking_zones(
    segments: gpd.GeoDataFrame | StreetNetwork,
    places: gpd.GeoDataFrame,
    *,
    minutes: float = 5.0,
    walk_kmh: float = WALK_KMH,
    max_distance_m: float = 150.0,
) -> gpd.GeoDataFrame:
    """Ground within a few minutes' walk of places, along the streets.

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system.
    places : geopandas.GeoDataFrame
        Points, such as schools.
    minutes : float, default 5
        How long to walk.
    walk_kmh : float, default 4
        How fast.
    max_distance_m : float, default 150
        A place further from every street has no zone.

    Returns
    -------
    geopandas.GeoDataFrame
        Index of the places: ``street_m`` (length of street within reach, 0 where there is no zone) and
        geometry: the streets with 20 m on both sides; empty without a zone.

    Examples
    --------
    50 m to the west and 67 m to the east, in pieces of 25 m:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> school = gpd.GeoDataFrame(geometry=gpd.points_from_xy([50], [10], crs=31370))
    >>> gg.stats.walking_zones(streets, school, minutes=1)["street_m"].round(1).tolist()
    [125.0]
    """
    network = StreetNetwork.from_segments(segments)
    reach_m = walking_reach_m(minutes, walk_kmh)
    placed = snap_to_network(places, network, max_distance_m=max_distance_m).reset_index(drop=True)
    on = placed[placed["segment"] >= 0]
    pieces = pieces_of(network, _LIXEL_M)
    near = within_reach(
        network,
        Spots(on["segment"].to_numpy(), on["offset_m"].to_numpy()),
        Spots(pieces.segment, pieces.middle_m),
        reach_m,
    )
    lines = lixel_frame(network, pieces).geometry.to_numpy()
    zones = {}
    for at, place in enumerate(on.index):
        mine = near.target[near.start[at] : near.start[at + 1]]
        shape = shapely.union_all(shapely.buffer(lines[mine], _PATH_M))
        zones[place] = (float(pieces.length_m[mine].sum()), shapely.simplify(shape, _SIMPLIFY_M))
    empty = (0.0, shapely.Polygon())
    return gpd.GeoDataFrame(
        {"street_m": [zones.get(place, empty)[0] for place in range(len(places))]},
        geometry=[zones.get(place, empty)[1] for place in range(len(places))],
        index=places.index,
        crs=network.crs,
    )


def events_around(
    segments: gpd.GeoDataFrame | StreetNetwork,
    places: gpd.GeoDataFrame,
    events: gpd.GeoDataFrame,
    *,
    reach_m: float,
    max_distance_m: float = 50.0,
    max_place_m: float = 150.0,
) -> pd.DataFrame:
    """Events within reach of places along the streets.

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system.
    places, events : geopandas.GeoDataFrame
        Points.
    reach_m : float
        How far along the streets.
    max_distance_m, max_place_m : float
        Events and places further from every street are left out.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``place`` and ``event`` (labels), ``distance_m``.

    Examples
    --------
    The third accident lies 140 m away along the streets:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> school = gpd.GeoDataFrame(geometry=gpd.points_from_xy([50], [10], crs=31370))
    >>> accidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy([10, 90, 190], [0, 0, 0], crs=31370))
    >>> gg.stats.events_around(streets, school, accidents, reach_m=100)["event"].tolist()
    [0, 1]
    """
    network = StreetNetwork.from_segments(segments)
    spots = []
    labels = []
    for points, most in ((places, max_place_m), (events, max_distance_m)):
        placed = snap_to_network(points, network, max_distance_m=most)
        on = placed[placed["segment"] >= 0]
        spots.append(Spots(on["segment"].to_numpy(), on["offset_m"].to_numpy()))
        labels.append(on.index.to_numpy())
    near = within_reach(network, spots[0], spots[1], reach_m)
    return pd.DataFrame(
        {
            "place": labels[0][near.source],
            "event": labels[1][near.target],
            "distance_m": near.distance_m,
        }
    )


def ways_to_school(
    segments: gpd.GeoDataFrame | StreetNetwork,
    homes: gpd.GeoDataFrame,
    schools: gpd.GeoDataFrame,
    accidents_per_segment: npt.ArrayLike,
) -> pd.DataFrame:
    """The shortest way to the nearest school, and the safest one to the same school.

    The safest way takes every metre of street as longer by its accidents: twice as long where the density is
    the mean of the network. Where pupils live is not known: `homes` stand for them.

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system.
    homes : geopandas.GeoDataFrame
        Points that stand for where pupils live, such as the middles of wijken.
    schools : geopandas.GeoDataFrame
        Points.
    accidents_per_segment : array_like, shape (segments,)
        Accidents that fall to each segment, such as ``events`` of
        :func:`genk_geo.stats.segment_density`.

    Returns
    -------
    pandas.DataFrame
        Index of the homes: ``school`` (label), ``length_m`` and ``accidents`` on the shortest way,
        ``safest_length_m`` and ``safest_accidents`` on the safest; missing where no street leads to a school.

    Raises
    ------
    SchemaError
        If there is no school, or not a number of 0 or more for each segment.

    Examples
    --------
    Nine accidents on the straight way of 100 m, none on the detour of 180 m:

    >>> lines = [[[0, 0], [100, 0]], [[0, 0], [0, 40]], [[0, 40], [100, 40]], [[100, 40], [100, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> home = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [0], crs=31370))
    >>> school = gpd.GeoDataFrame(geometry=gpd.points_from_xy([100], [0], crs=31370))
    >>> way = gg.stats.ways_to_school(streets, home, school, [9, 0, 0, 0]).iloc[0]
    >>> float(way["length_m"]), float(way["accidents"])
    (100.0, 9.0)
    >>> float(way["safest_length_m"]), float(way["safest_accidents"])
    (180.0, 0.0)
    """
    from scipy.spatial import KDTree

    network = StreetNetwork.from_segments(segments)
    mass = np.asarray(accidents_per_segment, dtype=float)
    if mass.shape != network.length_m.shape or not (mass >= 0).all():
        raise SchemaError(
            "Needed {count} numbers of accidents, one for each segment.", count=len(network.length_m)
        )
    home_xy, school_xy = (
        shapely.get_coordinates(shapely.points(np.column_stack([shape.x, shape.y])))
        for shape in (reproject(points, network.crs).geometry for points in (homes, schools))
    )
    somewhere, there = (np.isfinite(xy).all(axis=1) for xy in (home_xy, school_xy))
    if not there.any():
        raise SchemaError("There is no school to go to. Give at least one point.")
    tree, labels = KDTree(network.nodes), schools.index[there]
    start = tree.query(np.where(somewhere[:, None], home_xy, 0.0))[1] if len(homes) else np.zeros(0, np.intp)
    goal = tree.query(school_xy[there])[1]
    mean = mass.sum() / network.length_m.sum()
    effort = network.length_m + (mass / mean if mean > 0 else 0.0)
    shortest, safest = (_Ways.build_cheapest(network, cost, start) for cost in (network.length_m, effort))
    rows = []
    for home in range(len(homes)):
        far = shortest.cost[home, goal]
        if not (somewhere[home] and np.isfinite(far).any()):
            rows.append((None, np.nan, np.nan, np.nan, np.nan))
            continue
        nearest = int(np.argmin(far))
        on = [ways.segments(home, goal[nearest]) for ways in (shortest, safest)]
        figures = [(float(network.length_m[way].sum()), float(mass[way].sum())) for way in on]
        rows.append((labels[nearest], *figures[0], *figures[1]))
    columns = ["school", "length_m", "accidents", "safest_length_m", "safest_accidents"]
    return pd.DataFrame(rows, index=homes.index, columns=columns)


class _Ways:
    """Cheapest ways from some nodes to all others."""

    def __init__(self, cost: Floats, before: Ints, best: dict[tuple[int, int], int]) -> None:
        self.cost, self._before, self._best = cost, before, best

    @classmethod
    def build_cheapest(cls, network: StreetNetwork, cost: Floats, start: Ints) -> _Ways:
        """Ways by a cost of each segment; of several between two nodes the cheapest counts."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import dijkstra

        low, high = network.ends.min(axis=1), network.ends.max(axis=1)
        order = np.lexsort((cost, high, low))
        first = np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)]
        kept = order[first & (low[order] != high[order])]
        n = len(network.nodes)
        graph = coo_array((cost[kept], (low[kept], high[kept])), shape=(n, n)).tocsr()
        far, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        best = dict(
            zip(zip(low[kept].tolist(), high[kept].tolist(), strict=True), kept.tolist(), strict=True)
        )
        return cls(far, before, best)

    def segments(self, source: int, goal: int) -> Ints:
        """Segments on the way to a node."""
        found = []
        node = int(goal)
        while (step := int(self._before[source, node])) >= 0:
            found.append(self._best[min(step, node), max(step, node)])
            node = step
        return np.array(found, dtype=np.int64)

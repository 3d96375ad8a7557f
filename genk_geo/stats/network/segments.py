"""Streets as a network: segments, the nodes where they meet, events put on them, and short pieces.

Direction of travel plays no part: an accident on one side of a street is near one on the other side.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import from_shapely

from genk_geo.crs import epsg_of, reproject
from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.reference.streets.nodes import shared_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

log = logging.getLogger(__name__)

#: Why an event is not on the network.
SNAP_REASONS = ("no_place", "too_far")
# Shorter pieces than this are a wrong unit, not a street.
_LEAST_LIXEL_M = 0.1


class Arms(NamedTuple):
    """Directed segments by the node they leave from.

    Arm ``2 s`` runs from the first to the last vertex of segment s, arm ``2 s + 1`` back.

    Attributes
    ----------
    start : numpy.ndarray of int, shape (nodes + 1,)
        Arms that leave node v stand at ``start[v]:start[v + 1]``; their number is its degree.
    arm : numpy.ndarray of int, shape (2 segments,)
        The arms.
    head : numpy.ndarray of int, shape (2 segments,)
        Node where each arm (by its number) arrives.
    """

    start: Ints
    arm: Ints
    head: Ints


@dataclass(frozen=True, eq=False)
class Network:
    """Segments and how they hang together.

    Make one with :meth:`of`. Dead ends, rings, several segments between two nodes and a segment that ends
    where it begins are all fine; streets that cross without a common end (a bridge) do not meet.

    Attributes
    ----------
    segments : geopandas.GeoDataFrame
        LineStrings in a metric system, as given.
    length_m : numpy.ndarray, shape (segments,)
        Length of each.
    ends : numpy.ndarray of int, shape (segments, 2)
        Node at the first and at the last vertex.
    nodes : numpy.ndarray, shape (nodes, 2)
        Coordinates of the nodes.
    """

    segments: gpd.GeoDataFrame
    length_m: Floats
    ends: Ints
    nodes: Floats

    @classmethod
    def of(cls, segments: gpd.GeoDataFrame | Network) -> Network:
        """Find the nodes of a table of segments.

        Parameters
        ----------
        segments : geopandas.GeoDataFrame or Network
            LineStrings in a metric system; index: identity of a segment. A network is handed on.

        Returns
        -------
        Network
            With ends nearer than 1 cm taken for one node.

        Raises
        ------
        SchemaError
            If the table is empty, has no metric coordinate system, or holds anything but lines with a length.
        """
        if isinstance(segments, Network):
            return segments
        _check_segments(segments)
        lines = segments.geometry.to_numpy()
        first, last = (shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1))
        nodes, node = shared_nodes(np.concatenate([first, last]))
        ends = node.reshape(2, -1).T.copy()
        return cls(segments, shapely.length(lines), ends, nodes)

    @property
    def degree(self) -> Ints:
        """Number of segment ends at each node; a ring counts twice."""
        return np.bincount(self.ends.ravel(), minlength=len(self.nodes))

    @property
    def arms(self) -> Arms:
        """Directed segments by node."""
        tail = self.ends.ravel()
        order = np.argsort(tail, kind="stable")
        start = np.searchsorted(tail[order], np.arange(len(self.nodes) + 1))
        return Arms(start.astype(np.int64), order.astype(np.int64), self.ends[:, ::-1].ravel().copy())

    @property
    def crs(self) -> int:
        """EPSG code."""
        return epsg_of(self.segments, "The segments")


def _check_segments(segments: gpd.GeoDataFrame) -> None:
    if len(segments) == 0:
        raise SchemaError("The street network has no segments. Give at least one LineString.")
    epsg_of(segments, "The table of segments")
    if segments.crs.is_geographic:
        raise SchemaError(
            "The segments are in degrees: needed a metric system. Use genk_geo.crs.reproject first."
        )
    lines = segments.geometry.to_numpy()
    wrong = (shapely.get_type_id(lines) != 1) | ~(shapely.length(lines) > 0)
    if wrong.any():
        raise SchemaError(
            f"Segments {some_rows(segments.index[wrong])} are no LineString with a length. "
            "Explode MultiLineStrings and drop what is empty."
        )
    if segments.index.has_duplicates:
        twice = segments.index[segments.index.duplicated()].unique()
        raise SchemaError(f"Segments {some_rows(twice)} stand more than once in the index of the segments.")


def snap_to_network(
    events: gpd.GeoDataFrame, segments: gpd.GeoDataFrame | Network, *, max_distance_m: float = 50.0
) -> pd.DataFrame:
    """Put events on the nearest segment.

    Parameters
    ----------
    events : geopandas.GeoDataFrame
        Points; an empty geometry is an event without a place.
    segments : geopandas.GeoDataFrame or Network
        LineStrings in a metric system.
    max_distance_m : float, default 50
        An event that lies further from every segment is not put anywhere.

    Returns
    -------
    pandas.DataFrame
        Index of the events: ``segment`` (position of the segment in the table, -1 for none), ``offset_m``
        (along it from its first vertex), ``distance_m`` (from the event to its place on the segment), and
        ``reason`` why it is not on the network: empty, ``no_place`` or ``too_far``. Of two segments at the
        same distance the first counts.

    Raises
    ------
    ConfigError
        If the distance is not positive.
    SchemaError
        If a coordinate system is missing or the events are no points.

    Examples
    --------
    An event that lies 80 m from every street is put nowhere:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> events = gpd.GeoDataFrame(geometry=gpd.points_from_xy([40, 150], [6, 80], crs=31370))
    >>> gg.stats.snap_to_network(events, streets)[["segment", "offset_m", "reason"]].values.tolist()
    [[0, 40.0, ''], [-1, nan, 'too_far']]
    """
    placed = placed_on(Network.of(segments), events, max_distance_m)
    return pd.DataFrame(placed._asdict(), index=events.index)


class Placed(NamedTuple):
    """The columns of :func:`snap_to_network` as arrays."""

    segment: npt.NDArray[np.int64]
    offset_m: npt.NDArray[np.float64]
    distance_m: npt.NDArray[np.float64]
    reason: npt.NDArray[np.str_]


def placed_on(network: Network, events: gpd.GeoDataFrame, max_distance_m: float) -> Placed:
    """Put events on the nearest segment, as :func:`snap_to_network` does."""
    if not max_distance_m > 0:
        raise ConfigError(f"max_distance_m is {max_distance_m:g}, needed more than 0 metres.")
    same = events.crs is not None and events.crs == network.segments.crs
    moved = events if same else reproject(events, network.crs, "The table of events")
    points = moved.geometry.to_numpy()
    placed = ~(shapely.is_missing(points) | shapely.is_empty(points))
    if (shapely.get_type_id(points[placed]) != 0).any():
        raise SchemaError("The events must be Points: needed one place for each event.")
    n = len(points)
    segment, offset, apart = np.full(n, -1, dtype=np.int64), np.full(n, np.nan), np.full(n, np.nan)
    lines = network.segments.geometry.to_numpy()
    at = np.flatnonzero(placed)
    if at.size:
        (event, line), distance = shapely.STRtree(lines).query_nearest(
            points[at], all_matches=True, return_distance=True
        )
        first = np.lexsort((line, event))
        first = first[np.r_[True, np.diff(event[first]) > 0]]
        apart[at[event[first]]] = distance[first]
        near = first[distance[first] <= max_distance_m]
        segment[at[event[near]]] = line[near]
        offset[at[event[near]]] = shapely.line_locate_point(lines[line[near]], points[at[event[near]]])
    reason = np.where(segment >= 0, "", np.where(placed, "too_far", "no_place"))
    if (segment < 0).any():
        log.debug("%d of %d events are not on the network", int((segment < 0).sum()), n)
    return Placed(segment, offset, apart, reason)


class Pieces(NamedTuple):
    """Cuts of all segments into equal pieces.

    Attributes
    ----------
    start : numpy.ndarray of int, shape (segments + 1,)
        Pieces of segment s stand at ``start[s]:start[s + 1]``, in its direction.
    segment : numpy.ndarray of int, shape (pieces,)
        Segment of each piece.
    rank : numpy.ndarray of int, shape (pieces,)
        Its place in the segment, from 0.
    length_m : numpy.ndarray, shape (pieces,)
        Its length.
    """

    start: Ints
    segment: Ints
    rank: Ints
    length_m: Floats

    @property
    def middle_m(self) -> Floats:
        """Distance from the beginning of the segment to the middle of the piece."""
        return (self.rank + 0.5) * self.length_m

    def at(self, segment: Ints, offset_m: Floats) -> Ints:
        """Piece of a place on a segment."""
        count = np.diff(self.start)[segment]
        rank = np.floor(offset_m / self.length_m[self.start[segment]]).astype(np.int64)
        return self.start[segment] + np.clip(rank, 0, count - 1)


def pieces_of(network: Network, lixel_m: float) -> Pieces:
    """Cut every segment into equal pieces of about `lixel_m`, without their geometry."""
    if not lixel_m >= _LEAST_LIXEL_M:
        raise ConfigError(f"lixel_m is {lixel_m:g}, needed at least {_LEAST_LIXEL_M:g} metres.")
    count = np.maximum(1, np.rint(network.length_m / lixel_m)).astype(np.int64)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    segment = np.repeat(np.arange(len(count)), count)
    rank = np.arange(start[-1]) - start[segment]
    return Pieces(start, segment, rank, (network.length_m / count)[segment])


def lixelise(segments: gpd.GeoDataFrame | Network, lixel_m: float = 10.0) -> gpd.GeoDataFrame:
    """Cut segments into short pieces of equal length ("lixels").

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or Network
        LineStrings in a metric system.
    lixel_m : float, default 10
        Length of a piece; each segment is cut into the whole number of pieces that comes nearest to it.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a piece, in the order and direction of the segments: ``segment_id`` (index of the segment),
        ``lixel`` (its place in the segment, from 0), ``length_m``, geometry.

    Raises
    ------
    ConfigError
        If `lixel_m` is below 10 cm.
    SchemaError
        If the segments are not right (see :meth:`Network.of`).

    Examples
    --------
    100 m in pieces of about 40 m are two of 50 m:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> gg.stats.lixelise(streets, 40)[["segment_id", "lixel", "length_m"]].values.tolist()[:2]
    [[0.0, 0.0, 50.0], [0.0, 1.0, 50.0]]
    """
    network = Network.of(segments)
    return lixel_frame(network, pieces_of(network, lixel_m))


def lixel_frame(network: Network, pieces: Pieces, **columns: Floats) -> gpd.GeoDataFrame:
    """Table of pieces with their geometry, and more columns."""
    return gpd.GeoDataFrame(
        {
            "segment_id": network.segments.index.to_numpy()[pieces.segment],
            "lixel": pieces.rank,
            "length_m": pieces.length_m,
            **columns,
            "geometry": from_shapely(_cut(network, pieces), crs=network.segments.crs),
        },
        geometry="geometry",
    )


def _cut(network: Network, pieces: Pieces) -> npt.NDArray[np.object_]:
    """Lines of the pieces: between their two ends the vertices that lie inside."""
    xy, line = shapely.get_coordinates(network.segments.geometry.to_numpy(), return_index=True)
    first = np.searchsorted(line, np.arange(len(network.length_m) + 1))
    # All segments one after the other with a gap of a metre, so that one interpolation serves all cuts.
    walked = np.cumsum(np.r_[0.0, np.where(np.diff(line) > 0, 1.0, np.hypot(*np.diff(xy, axis=0).T))])
    begin = walked[first[pieces.segment]] + pieces.rank * pieces.length_m
    last = walked[first[pieces.segment + 1] - 1]
    end = np.minimum(begin + pieces.length_m, last)
    ends = np.stack(
        [np.column_stack([np.interp(at, walked, values) for values in xy.T]) for at in (begin, end)], axis=1
    )
    inner = np.ones(len(xy), dtype=bool)
    inner[first[:-1]] = inner[first[1:] - 1] = False
    at = np.flatnonzero(inner)
    piece = pieces.at(line[at], walked[at] - walked[first[line[at]]])
    # A vertex on a cut stands there already, as the cut.
    own = (walked[at] - begin[piece] > 1e-6) & (end[piece] - walked[at] > 1e-6)
    at, piece = at[own], piece[own]
    lines = np.empty(len(begin), dtype=object)
    bent = np.zeros(len(begin), dtype=bool)
    bent[piece] = True
    lines[~bent] = shapely.linestrings(ends[~bent])
    if bent.any():
        which = np.flatnonzero(bent)
        points = np.concatenate([ends[which, 0], xy[at], ends[which, 1]])
        member = np.concatenate([which, piece, which])
        along = np.concatenate([begin[which], walked[at], end[which]])
        order = np.lexsort((along, member))
        lines[which] = shapely.linestrings(points[order], indices=np.searchsorted(which, member[order]))
    return lines


def street_names(
    segments: gpd.GeoDataFrame, positions: Sequence[int] | Ints, *, most: int = 2
) -> tuple[str, ...]:
    """Names of segments, those with the most length first; nameless ones are passed over."""
    if "name" not in segments:
        return ()
    chosen = segments.iloc[np.unique(np.asarray(positions, dtype=np.int64))]
    length = chosen.geometry.length.groupby(chosen["name"].astype("object")).sum()
    named = sorted((-value, name) for name, value in length.items() if isinstance(name, str) and name)
    return tuple(name for _, name in named[:most])

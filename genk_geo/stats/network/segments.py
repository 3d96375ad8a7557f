"""Events put on the segments of a street network, and segments cut into short pieces."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import from_shapely

from genk_geo.crs import reproject
from genk_geo.errors import ConfigError, Message, SchemaError
from genk_geo.reference.streets.street_network import StreetNetwork

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


def snap_to_network(
    events: gpd.GeoDataFrame, segments: gpd.GeoDataFrame | StreetNetwork, *, max_distance_m: float = 50.0
) -> pd.DataFrame:
    """Put events on the nearest segment.

    Parameters
    ----------
    events : geopandas.GeoDataFrame
        Points; an empty geometry is an event without a place.
    segments : geopandas.GeoDataFrame or StreetNetwork
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
    placed = placed_on(StreetNetwork.from_segments(segments), events, max_distance_m)
    return pd.DataFrame(placed._asdict(), index=events.index)


class Placed(NamedTuple):
    """The columns of :func:`snap_to_network` as arrays."""

    segment: npt.NDArray[np.int64]
    offset_m: npt.NDArray[np.float64]
    distance_m: npt.NDArray[np.float64]
    reason: npt.NDArray[np.str_]


def placed_on(network: StreetNetwork, events: gpd.GeoDataFrame, max_distance_m: float) -> Placed:
    """Put events on the nearest segment, as :func:`snap_to_network` does."""
    if not max_distance_m > 0:
        raise ConfigError(
            "max_distance_m is {max_distance_m:g}, needed more than 0 metres.", max_distance_m=max_distance_m
        )
    same = events.crs is not None and events.crs == network.segments.crs
    moved = events if same else reproject(events, network.crs, Message("The table of events"))
    points = moved.geometry.to_numpy()
    placed = ~(shapely.is_missing(points) | shapely.is_empty(points))
    if (shapely.get_type_id(points[placed]) != 0).any():
        raise SchemaError("The events must be Points: needed one place for each event.")
    n = len(points)
    segment, offset, apart = np.full(n, -1, dtype=np.int64), np.full(n, np.nan), np.full(n, np.nan)
    lines = network.segments.geometry.to_numpy()
    at = np.flatnonzero(placed)
    if at.size:
        (event, line), distance = network.tree.query_nearest(
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


def pieces_of(network: StreetNetwork, lixel_m: float) -> Pieces:
    """Cut every segment into equal pieces of about `lixel_m`, without their geometry."""
    if not lixel_m >= _LEAST_LIXEL_M:
        raise ConfigError(
            "lixel_m is {lixel_m:g}, needed at least {least_lixel_m:g} metres.",
            lixel_m=lixel_m,
            least_lixel_m=_LEAST_LIXEL_M,
        )
    count = np.maximum(1, np.rint(network.length_m / lixel_m)).astype(np.int64)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    segment = np.repeat(np.arange(len(count)), count)
    rank = np.arange(start[-1]) - start[segment]
    return Pieces(start, segment, rank, (network.length_m / count)[segment])


def lixelise(segments: gpd.GeoDataFrame | StreetNetwork, lixel_m: float = 10.0) -> gpd.GeoDataFrame:
    """Cut segments into short pieces of equal length ("lixels").

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
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
        If the segments are not right (see :meth:`StreetNetwork.from_segments`).

    Examples
    --------
    100 m in pieces of about 40 m are two of 50 m:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> gg.stats.lixelise(streets, 40)[["segment_id", "lixel", "length_m"]].values.tolist()[:2]
    [[0.0, 0.0, 50.0], [0.0, 1.0, 50.0]]
    """
    network = StreetNetwork.from_segments(segments)
    return lixel_frame(network, pieces_of(network, lixel_m))


def lixel_frame(network: StreetNetwork, pieces: Pieces, **columns: Floats) -> gpd.GeoDataFrame:
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


def _cut(network: StreetNetwork, pieces: Pieces) -> npt.NDArray[np.object_]:
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

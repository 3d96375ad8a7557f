"""Which ends of streets are the same place, and what leaves from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Ends of segments nearer to each other than this are the same node.
SAME_NODE_M = 0.01


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


def shared_nodes(points: Floats) -> tuple[Floats, Ints]:
    """Distinct places among points.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2)
        Ends of segments, metres.

    Returns
    -------
    tuple of numpy.ndarray
        Coordinates of the nodes, sorted by x and y, and the node of each point; points nearer than 1 cm are
        one node.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    places, place = np.unique(points, axis=0, return_inverse=True)
    place = place.ravel().astype(np.int64)
    pairs = KDTree(places).query_pairs(SAME_NODE_M, output_type="ndarray")
    if len(pairs) == 0:
        return places, place
    shape = (len(places), len(places))
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    _, group = connected_components(links, directed=False)
    _, first, node = np.unique(group, return_index=True, return_inverse=True)
    return places[first], node.astype(np.int64)[place]


def arms_of_nodes(ends: Ints, nodes: int) -> Arms:
    """Sort the segments by the node that they leave from.

    Parameters
    ----------
    ends : numpy.ndarray of int, shape (segments, 2)
        Node at the first and at the last vertex of each.
    nodes : int
        How many nodes there are.

    Returns
    -------
    Arms
    """
    tail = ends.ravel()
    order = np.argsort(tail, kind="stable")
    start = np.searchsorted(tail[order], np.arange(nodes + 1))
    return Arms(start.astype(np.int64), order.astype(np.int64), ends[:, ::-1].ravel().copy())

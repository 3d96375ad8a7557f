"""Which ends of streets are the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Ends of segments nearer to each other than this are the same node.
SAME_NODE_M = 0.01


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

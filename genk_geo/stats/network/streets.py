"""The network as compiled loops take it: bare arrays, lengths in whole micrometres.

With whole lengths, paths over the same streets in another order have exactly the same length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.reference.streets.street_network import StreetNetwork

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_PER_METRE = 1_000_000


class Streets(NamedTuple):
    """Length of each segment, and the arms that leave each node (see ``Arms``).

    Attributes
    ----------
    length_um : numpy.ndarray of int, shape (segments,)
        Length, or the effort that a search counts in its place.
    arm_start, arm, head : numpy.ndarray of int
        As in ``Arms``.
    """

    length_um: npt.NDArray[np.int64]
    arm_start: npt.NDArray[np.int64]
    arm: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]


def build_streets(network: StreetNetwork, length_m: Floats | None = None) -> Streets:
    """Lay the network out for compiled loops, with other lengths in place of its own where given."""
    return Streets(micrometres(network.length_m if length_m is None else length_m), *network.arms)


def micrometres(length_m: Floats) -> Ints:
    """Lengths as whole micrometres, at least one."""
    return np.maximum(1, np.rint(length_m * _PER_METRE)).astype(np.int64)

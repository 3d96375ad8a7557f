"""How many events a stretch of street would have if only its length and class counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.reference.streets.street_network import StreetNetwork
    from genk_geo.stats.network.segments import Pieces

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def class_codes(network: StreetNetwork) -> tuple[Ints, list[str]]:
    """Class of each segment as a number, and the names; one class where the segments have none."""
    if "road_class" not in network.segments:
        return np.zeros(len(network.length_m), dtype=np.int64), [""]
    names = network.segments["road_class"].astype("object").where(network.segments["road_class"].notna(), "")
    codes, classes = pd.factorize(names, sort=True)
    return codes.astype(np.int64), [str(name) for name in classes]


def piece_rates(network: StreetNetwork, pieces: Pieces, segment: Ints) -> Floats:
    """Events that each piece would have by its length and class.

    Parameters
    ----------
    network : StreetNetwork
        Segments, with ``road_class`` where known.
    pieces : Pieces
        Their pieces.
    segment : numpy.ndarray of int
        Segment of each event.

    Returns
    -------
    numpy.ndarray, shape (pieces,)
        Adds up to the number of events, in each class too.
    """
    code, classes = class_codes(network)
    length = np.bincount(code, weights=network.length_m, minlength=len(classes))
    events = np.bincount(code[segment], minlength=len(classes))
    rate: Floats = (events / length)[code[pieces.segment]] * pieces.length_m
    return rate

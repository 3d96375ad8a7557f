"""Whole numbers in few bytes: seven bits in each, the lowest first, the eighth says that more follow.

The code of numbers in Protocol Buffers, and so in vector tiles; ``backdrop.js`` reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_BITS = 7
_MOST_BYTES = 5


def zigzag(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers of either sign as numbers from 0, the small ones small: 0, -1, 1, -2 become 0, 1, 2, 3."""
    folded: npt.NDArray[np.int64] = (numbers << 1) ^ (numbers >> 63)
    return folded


def packed(numbers: npt.NDArray[np.int64]) -> bytes:
    """Pack numbers from 0 to 2**35 - 1.

    Parameters
    ----------
    numbers : numpy.ndarray of int
        What to pack.

    Returns
    -------
    bytes
        One byte for a number below 128, two below 16,384, and so on.

    Raises
    ------
    ValueError
        If a number is negative or too large.
    """
    if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < 1 << _BITS * _MOST_BYTES:
        raise ValueError(f"needed numbers from 0 to 2**{_BITS * _MOST_BYTES} - 1")
    places = np.arange(_MOST_BYTES) * _BITS
    bytes_ = (numbers[:, None] >> places) & 0x7F
    more = (numbers[:, None] >> (places + _BITS)) > 0
    there = np.column_stack([np.ones(len(numbers), dtype=bool), more[:, :-1]])
    return bytes((bytes_ | np.where(more, 0x80, 0)).astype(np.uint8)[there])

"""Streams of random numbers, and fingerprints of what a result depends on."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def stream(seed: int | Sequence[int], name: str, *parts: int) -> np.random.Generator:
    """Chance of its own for one piece of work, the same whenever and in whatever order that is done.

    Parameters
    ----------
    seed : int or sequence of int
        Seed of the settings, or it with what tells one period from another.
    name : str
        What draws.
    *parts : int
        What tells one time from another, such as the day a week begins on.

    Returns
    -------
    numpy.random.Generator
    """
    seeds = [seed] if isinstance(seed, int) else [*seed]
    return np.random.default_rng([*seeds, zlib.crc32(name.encode()), *parts])


def fingerprint(parts: Sequence[Any]) -> str:
    """What must be equal for two results to be comparable, as 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]

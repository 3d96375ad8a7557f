"""What several methods ask of what they are given."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def plain_numbers(values: npt.ArrayLike) -> Floats:
    """Numbers of any table, nullable and Arrow columns too; what is missing is NaN."""
    try:
        if isinstance(values, np.ndarray) or not hasattr(values, "to_numpy"):
            return np.asarray(values, dtype=float)
        numbers: Floats = values.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as fault:
        raise SchemaError(
            "Needed numbers, given {kind} ({reason}).", kind=type(values).__name__, reason=fault
        ) from fault
    return numbers


def in_days(days: npt.ArrayLike) -> Floats:
    """Times as numbers; moments and text are refused, because numpy reads a moment as its nanoseconds."""
    given = np.asarray(days)
    if given.dtype.kind == "O" and getattr(getattr(days, "dtype", None), "kind", "O") in "iuf":
        return plain_numbers(days)  # nullable, with something missing
    if given.dtype.kind not in "mMSU":
        with suppress(TypeError, ValueError):
            return np.asarray(given, dtype=float)
    raise SchemaError("The days: needed numbers. Subtract a first day from moments and divide by a day.")


def checked_weights(weights: npt.ArrayLike, n: int) -> Floats:
    """One finite weight of 0 or more for each of n incidents."""
    w = plain_numbers(weights)
    if w.shape != (n,) or not (np.isfinite(w) & (w >= 0)).all():
        raise SchemaError(
            "The weights: needed {count} finite numbers of 0 or more, given shape {shape}.",
            count=n,
            shape=w.shape,
        )
    return w

"""Values of a table as they may be shown: numbers that are there, names that can be read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    import datetime as dt

_LONGEST_NAME = 200
#: Below this limit no count is small.
_HIDES = 2


def shown_name(name: str) -> str:
    """A name as it is shown: without signs that nobody sees, and cut off where nobody would read on."""
    bare = visible(name)
    return bare if len(bare) <= _LONGEST_NAME else bare[: _LONGEST_NAME - 1] + "\N{HORIZONTAL ELLIPSIS}"


def text(value: Any) -> str:
    """A text as it is shown; empty for anything else."""
    return shown_name(value) if isinstance(value, str) else ""


def street_names(place: Any) -> tuple[str, ...]:
    """Street names from a sequence, or from one text."""
    if isinstance(place, str):
        return (shown_name(place),) if place else ()
    return tuple(shown_name(str(street)) for street in place) if isinstance(place, Iterable) else ()


def number(value: Any) -> float | None:
    """A finite number, or None."""
    return None if value is None or not math.isfinite(value) else float(value)


def about(value: Any, limit: int) -> float | None:
    """A finite number, to the nearest of 1, 2, 5, 10, 20, 50, ... where small counts are held back.

    What is expected adds up over cells whose shares anybody can work out: a finer figure tells which of them
    it was added up over. Below 1 it is one half.

    Examples
    --------
    >>> [about(value, 5) for value in (0.2, 1.2, 3.4, 8.0, 30.0)], about(3.4, 0)
    ([0.5, 1.0, 5.0, 10.0, 20.0], 3.4)
    """
    known = number(value)
    if known is None or limit < _HIDES:
        return known
    if known < 1:
        return 0.5
    power = 10.0 ** math.floor(math.log10(known))
    return min((step * power for step in (1, 2, 5, 10)), key=lambda near: abs(math.log(near / known)))


def whole(value: Any) -> int | None:
    """A whole number, or None."""
    known = number(value)
    return None if known is None else round(known)


def weekdays(value: Any) -> tuple[int, ...]:
    """Days of the week, 0 = Monday; none for anything but a sequence."""
    return tuple(int(day) for day in value) if isinstance(value, Iterable) else ()


def hours(start: Any, end: Any) -> tuple[int | None, int | None]:
    """First and last hour of a peak; both or neither."""
    first, last = whole(start), whole(end)
    return (None, None) if first is None or last is None else (first, last)


def day(value: Any) -> dt.date:
    """The day of a moment or a date."""
    return pd.Timestamp(value).date()

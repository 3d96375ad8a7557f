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


def rounded(value: Any, limit: int) -> float | None:
    """A finite number, to one decimal where small counts are held back: the rest is of no use to a reader."""
    known = number(value)
    return known if known is None or limit < 2 else round(known, 1)


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

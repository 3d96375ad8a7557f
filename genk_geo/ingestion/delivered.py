"""When a file was delivered, by its own evidence: never by when or in which order it is read."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from genk_geo.errors import Message

if TYPE_CHECKING:
    from pathlib import Path

# Days that are written from the year on; other orders of day and month cannot be told apart in a name.
_DAY = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_WEEK = re.compile(r"(?<!\d)(20\d\d)[-_.]?[wW](0[1-9]|[1-4]\d|5[0-3])(?!\d)")
_PARTS = {
    "yyyy": r"(?P<year>20\d\d)",
    "mm": r"(?P<month>\d{2})",
    "dd": r"(?P<day>\d{2})",
    "ww": r"(?P<week>\d{1,2})",
}


class Delivered(NamedTuple):
    """When a file was delivered.

    Attributes
    ----------
    moment : pandas.Timestamp
        The best evidence: what the profile says, else the newest report or the day in the name of the file,
        whichever is later. Never after the moment of reading.
    file : pandas.Timestamp
        When the file was written, which decides between two of the same moment: copying may change it.
    """

    moment: pd.Timestamp
    file: pd.Timestamp


def delivered_at(
    path: Path, pattern: str | None, *, newest: pd.Timestamp | None, now: pd.Timestamp
) -> Delivered:
    """Find when a file was delivered.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    pattern : str, optional
        Where the day stands in the name (``delivery_date`` of the profile).
    newest : pandas.Timestamp
        The newest report of the file; None or NaT where there is none.
    now : pandas.Timestamp
        Moment of reading, on the city's clock.

    Returns
    -------
    Delivered
    """
    written = pd.Timestamp(path.stat().st_mtime, unit="s", tz="UTC").tz_convert(now.tz)
    named = _named(path.name, pattern, now)
    if pattern and named is not None:
        moment = named
    else:
        known = [one for one in (newest, named) if one is not None and pd.notna(one)]
        moment = max(known) if known else written
    return Delivered(min(moment, now), written)


def _named(name: str, pattern: str | None, now: pd.Timestamp) -> pd.Timestamp | None:
    """Day or week in the name of a file; the last where there are several, none after the present."""
    days = []
    if pattern is not None:
        if (match := re.search(as_expression(pattern), name, re.IGNORECASE)) is not None:
            days.append(_day({key: int(value) for key, value in match.groupdict().items()}))
    else:
        days += [_day({"year": int(m[1]), "month": int(m[3]), "day": int(m[4])}) for m in _DAY.finditer(name)]
        days += [_day({"year": int(m[1]), "week": int(m[2])}) for m in _WEEK.finditer(name)]
    moments = [pd.Timestamp(day).tz_localize(now.tz) for day in days if day is not None]
    return max((moment for moment in moments if moment <= now), default=None)


def _day(parts: dict[str, int]) -> dt.date | None:
    try:
        if "week" in parts:
            return dt.date.fromisocalendar(parts["year"], parts["week"], 7)
        return dt.date(parts["year"], parts["month"], parts["day"])
    except ValueError:
        return None


def as_expression(pattern: str) -> str:
    """Regular expression of a pattern such as ``export_{dd}{mm}{yyyy}``.

    Parameters
    ----------
    pattern : str
        With ``{yyyy}`` and either ``{mm}`` and ``{dd}``, or ``{ww}``; ``*`` stands for anything.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a part is missing or unknown.
    """
    parts = re.split(r"(\{\w+\}|\*)", pattern)
    named = {part[1:-1] for part in parts if part.startswith("{")}
    if named not in ({"yyyy", "mm", "dd"}, {"yyyy", "ww"}):
        raise ValueError(
            Message("{pattern!r} needs {{yyyy}} with {{mm}} and {{dd}}, or with {{ww}}", pattern=pattern)
        )
    signs = [".*" if part == "*" else _PARTS.get(part[1:-1]) or re.escape(part) for part in parts]
    return "".join(signs)


def newest_of(incidents: pd.DataFrame) -> pd.Timestamp:
    """The newest moment that incidents tell: of the reports, and where they have none of what happened.

    Parameters
    ----------
    incidents : pandas.DataFrame
        Contract ``incidents``.

    Returns
    -------
    pandas.Timestamp
        NaT without incidents.
    """
    newest: pd.Timestamp = incidents["reported"].fillna(incidents["from"]).max()
    return newest

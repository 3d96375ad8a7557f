"""Shift logs: who keeps them calls the columns as he likes, and none of them may hold persons.

A profile names the columns of one supplier, as the profiles of incidents do: a field of ``[columns]`` is a
name or a list of names of which the first that the file has counts, compared without case, accents, spaces
and punctuation. Without one the columns have the names of :data:`COLUMNS`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from genk_geo.config import read_toml, validated
from genk_geo.errors import ConfigError, Message, some_rows
from genk_geo.ingestion.profiles.profile import Names
from genk_geo.ingestion.reading.header import Header, comparison_key
from genk_geo.ingestion.reading.readers import read_raw
from genk_geo.jobs.dossiers.register.persons import is_of_persons, looks_like_a_person
from genk_geo.jobs.dossiers.register.read import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

#: Column -> what it may be called.
COLUMNS = {
    "day": ("datum", "dag", "date", "day"),
    "begin": ("van", "begin", "start", "from"),
    "end": ("tot", "einde", "end", "to", "until"),
    "place": ("plaats", "gebied", "straat", "waar", "place", "area", "street"),
}
#: This part of a column reads as names of persons: it holds them.
_MOST_NAMES = 0.2
#: Days outside these years are slips of the keyboard: an effect would be counted from them on.
_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
#: Nobody is on the street for longer than this without going home.
_MOST_HOURS = 24
#: Minutes have two digits: "22.5" may be half past ten or five past.
_HOUR = re.compile(r"(\d{1,2}) ?(?:[:.uh] ?(\d{2})(?::\d{2})?|[uh:])?", re.ASCII)
#: A day and an hour in one cell.
_MOMENT = re.compile(r"(\S*\d{4}\S*|\d{1,2}[/.-]\d{1,2}[/.-]\d{2})[ T]+(\S.*)")


class Shift(NamedTuple):
    """Presence at a place from one moment to another, on the city's clock."""

    place: str
    begin: dt.datetime
    end: dt.datetime


class ShiftColumns(BaseModel):
    """Names of the columns of a log, as its supplier writes them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Names = Field((), description="day; absent where `begin` tells it too")
    begin: Names = Field(min_length=1, description="hour, or day and hour, at which it begins")
    end: Names = Field(min_length=1, description="hour, or day and hour, at which it ends")
    place: Names = Field(min_length=1, description="area, street or number of a dossier")


class ShiftProfile(BaseModel):
    """How the log of one supplier is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: ShiftColumns
    separator: str | None = Field(None, pattern='^[^"\\r\\n]$', description="one character")
    encoding: str | None = None
    sheet: str | None = None


def load_shift_profile(path: Path) -> ShiftProfile:
    """Load a profile of shift logs from a TOML file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    ShiftProfile

    Raises
    ------
    ConfigError
        If there is no such file, or it holds an unknown key or an impossible value.
    """
    return validated(ShiftProfile, read_toml(path), Message("The profile {name}", name=path.stem))


def read_shifts(log: Path, profile: ShiftProfile | None = None) -> list[Shift]:
    """Read a shift log.

    Parameters
    ----------
    log : pathlib.Path
        CSV, Excel or OpenDocument.
    profile : ShiftProfile, optional
        What its columns are called; the names of :data:`COLUMNS` when absent.

    Returns
    -------
    list of Shift
        One a row; a shift that ends before it begins ends the next day. One that ends when it begins is a
        slip.

    Raises
    ------
    ConfigError
        If a column holds persons, a needed one is missing, or a row cannot be read.
    SupplierFileError
        If the file cannot be read, or has no rows.
    """
    names = COLUMNS if profile is None else dict(profile.columns)
    own = {} if profile is None else profile.model_dump(exclude={"columns"})
    raw = read_raw(log, expected=[name for known in names.values() for name in known], **own)
    at = _columns(raw.frame, names, log, strict=profile is None)
    _refuse_persons(raw.frame, set(at.values()), log)
    shifts, wrong = [], [line for line, _ in raw.unreadable]
    for line, cells in zip(raw.lines.tolist(), raw.frame.to_dict("records"), strict=True):
        told = {key: " ".join(str(cells[column]).split()) for key, column in at.items()}
        shift = _shift(told)
        if shift is None:
            wrong.append(line)
        else:
            shifts.append(shift)
    if wrong:
        raise ConfigError(
            "{log}: rows {rows} have no day, hours or place that can be read. Write 9/11/2026, 22:00 and the "
            "name of an area, a street or the number of a dossier.",
            log=log.name, rows=some_rows(sorted(wrong)),
        )  # fmt: skip
    return shifts


def _columns(
    table: pd.DataFrame, names: Mapping[str, Sequence[str]], log: Path, *, strict: bool
) -> dict[str, str]:
    """Column of each field; `strict`: none but one may be meant, for nobody said which goes first."""
    header, at = Header(list(table.columns)), {}
    for key, known in names.items():
        if not known:
            continue
        keys = {comparison_key(name) for name in known}
        found = [str(column) for column in table.columns if comparison_key(str(column)) in keys]
        if (strict and len(found) != 1) or not found:
            raise ConfigError(
                "{log}: needed one column {names}, found {count}.",
                log=log.name, names=known[0], count=len(found),
            )  # fmt: skip
        at[key] = found[0] if strict else str(header.find(known))
    return at


def _refuse_persons(table: pd.DataFrame, used: set[str], log: Path) -> None:
    """Refuse a log with a column of persons: by its name whatever it is used for, else by what is in it."""
    for column in map(str, table.columns):
        told = [value for value in table[column].astype(str) if value.strip()]
        names = 0 if column in used else sum(map(looks_like_a_person, told))
        if not is_of_persons(column) and names <= _MOST_NAMES * max(len(told), 1):
            continue
        raise ConfigError(
            "{log}: column {column!r} holds persons. Presence is told by place, never by person: leave the "
            "column out and give the log again.",
            log=log.name, column=column,
        )  # fmt: skip


def _shift(told: dict[str, str]) -> Shift | None:
    """What a row says; None where it cannot be read."""
    first, then = _moment(told["begin"]), _moment(told["end"])
    day = day_of(told["day"]) if "day" in told else None if first is None else first[0]
    if first is None or then is None or day is None or not told["place"]:
        return None
    if not _FIRST <= day <= _LAST or first[0] not in {None, day}:
        return None
    midnight = dt.datetime.combine(day, dt.time())
    begin = midnight + first[1]
    if then[0] is not None:
        end = dt.datetime.combine(then[0], dt.time()) + then[1]
        return Shift(told["place"], begin, end) if _lasts(begin, end) else None
    end = midnight + then[1]
    if end == begin:
        return None
    return Shift(told["place"], begin, end if end > begin else end + dt.timedelta(days=1))


def _lasts(begin: dt.datetime, end: dt.datetime) -> bool:
    return dt.timedelta() < end - begin <= dt.timedelta(hours=_MOST_HOURS)


def _moment(text: str) -> tuple[dt.date | None, dt.timedelta] | None:
    """Day, where the cell tells one, and hour."""
    both = _MOMENT.fullmatch(text)
    day = None if both is None else day_of(both[1])
    hour = _hour(text if both is None else both[2])
    return None if hour is None or (both is not None and day is None) else (day, hour)


def _hour(text: str) -> dt.timedelta | None:
    """``22:00``, ``22u30``, ``22.30`` or ``22``; 24 is the end of the day."""
    read = _HOUR.fullmatch(text.strip().lower())
    if read is None:
        return None
    hour, minute = int(read[1]), int(read[2] or 0)
    told = dt.timedelta(hours=hour, minutes=minute)
    return told if minute < 60 and told <= dt.timedelta(hours=24) else None


def hours_of(shifts: Sequence[Shift]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Hours of presence by hour of the week, Monday 00:00 first; of several at once each hour counts once."""
    found = np.zeros(168)
    seen: dt.datetime | None = None
    for shift in sorted(shifts, key=lambda one: one.begin):
        at = shift.begin if seen is None else max(shift.begin, seen)
        seen = shift.end if seen is None else max(seen, shift.end)
        while at < shift.end:
            until = min(at.replace(minute=0) + dt.timedelta(hours=1), shift.end)
            found[at.weekday() * 24 + at.hour] += (until - at) / dt.timedelta(hours=1)
            at = until
    return found

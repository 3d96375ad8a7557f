"""Presence on the street: shift logs beside what was advised, and what became of it.

A log says when and where somebody was present, never who: a column of names is refused before anything of it
is used.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.doors import read_csv
from genk_geo.errors import ConfigError, Message, some_rows
from genk_geo.jobs.dossiers.desk import book_on_record
from genk_geo.jobs.dossiers.effects import ground_before
from genk_geo.jobs.dossiers.places import drawn_places, named_ground
from genk_geo.jobs.dossiers.register.columns import plain
from genk_geo.jobs.dossiers.register.persons import is_of_persons, looks_like_a_person
from genk_geo.jobs.dossiers.register.read import day_of
from genk_geo.jobs.effects.places import Treated, effects_at, measured
from genk_geo.jobs.session import Session, bounded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from genk_geo.config import Settings
    from genk_geo.jobs.dossiers.places import Drawn
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.results import Dossier, MeasuredEffect
    from genk_geo.store import Store

#: Column -> what it may be called.
COLUMNS = {
    "day": ("datum", "dag", "date", "day"),
    "begin": ("van", "begin", "start", "from"),
    "end": ("tot", "einde", "end", "to", "until"),
    "place": ("plaats", "gebied", "straat", "waar", "place", "area", "street"),
}
#: This part of a column reads as names of persons: it holds them.
_MOST_NAMES = 0.2
#: Incidents of so many weeks before the log say when presence is advised.
ADVICE_WEEKS = 52
#: Days outside these years are slips of the keyboard: an effect would be counted from them on.
_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
#: Minutes have two digits: "22.5" may be half past ten or five past.
_HOUR = re.compile(r"(\d{1,2}) ?(?:[:.uh] ?(\d{2})(?::\d{2})?|[uh:])?", re.ASCII)


class Shift(NamedTuple):
    """Presence at a place from one moment to another, on the city's clock."""

    place: str
    begin: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Presence:
    """Presence at one dossier.

    Attributes
    ----------
    dossier : Dossier
        The dossier.
    day, slot : int, str
        Shift in which most happened there in the year before: 0 = Monday, and ``early``, ``late`` or
        ``night``; no slot where nothing happened.
    given : float
        Hours that somebody was there.
    advised : float
        Hours of these in the shift that was advised.
    first : datetime.date or None
        First day; None where nobody was there.
    effect : MeasuredEffect or None
        What became of it since the first day; None where nothing can be said.
    """

    dossier: Dossier
    day: int
    slot: str
    given: float
    advised: float
    first: dt.date | None
    effect: MeasuredEffect | None


@bounded
def presence_at(settings: Settings, log: Path, *, theme: str) -> tuple[tuple[Presence, ...], int]:
    """Lay a shift log beside what was advised at the dossiers of a theme.

    Parameters
    ----------
    settings : Settings
        The settings; the history must exist.
    log : pathlib.Path
        CSV with a day, hours from and to, and an area, a street or the number of a dossier.
    theme : str
        Key of the theme.

    Returns
    -------
    tuple of Presence
        By dossier, those with most hours first.
    int
        Shifts at places that are none of a dossier.

    Raises
    ------
    ConfigError
        If the log holds persons, or cannot be read.
    """
    session = Session(settings)
    session.theme(theme)
    shifts = read_shifts(log)
    drawn = drawn_places(settings.dossiers, session.city)
    with session.on_record() as store:
        book = book_on_record(store)
        incidents = store.incidents(theme=theme)
        dossiers = [
            one
            for one in (() if book is None else book.dossiers)
            if one.theme == theme and one.ground is not None
        ]
        given = {
            one.number: [shift for shift in shifts if is_at(shift.place, one, session.city, drawn)]
            for one in dossiers
        }
        placed = [_where_it_was(one, given[one.number], store) for one in dossiers]
    history = session.history(theme, incidents)
    week = Week.from_day(max(history.moment).date()).shift(-1) if len(incidents) else None
    found = [
        _presence(one, given[one.number], history, week)
        for one in placed
        if given[one.number] or one.state != "closed"
    ]
    somewhere = {shift.place for mine in given.values() for shift in mine}
    elsewhere = sum(shift.place not in somewhere for shift in shifts)
    return tuple(sorted(found, key=lambda one: (-one.given, one.dossier.number))), elsewhere


def _where_it_was(one: Dossier, shifts: Sequence[Shift], store: Store) -> Dossier:
    """A dossier on the ground that it had before anybody was there: today's follows what moved away."""
    if not shifts:
        return one
    first, last = (end(shift.begin.date() for shift in shifts) for end in (min, max))
    return replace(one, ground=ground_before(one, first, store, Week.from_day(last)))


def read_shifts(log: Path) -> list[Shift]:
    """Read a shift log.

    Parameters
    ----------
    log : pathlib.Path
        CSV.

    Returns
    -------
    list of Shift
        One a row; a shift that ends before it begins ends the next day. One that ends when it begins is a
        slip.

    Raises
    ------
    ConfigError
        If a column holds persons, a needed one is missing, or a row cannot be read.
    """
    table = read_csv(log, Message("The shift log"), dtype=str, keep_default_na=False)
    _refuse_persons(table, log)
    at = {key: _column(table, names, log) for key, names in COLUMNS.items()}
    shifts, wrong = [], []
    for row, cells in enumerate(table.to_dict("records"), start=2):
        day = day_of(cells[at["day"]])
        begin, end = (_hour(cells[at[key]]) for key in ("begin", "end"))
        known = day is not None and _FIRST <= day <= _LAST and bool(cells[at["place"]].strip())
        if not known or day is None or begin is None or end is None or begin == end:
            wrong.append(row)
            continue
        midnight = dt.datetime.combine(day, dt.time())
        until = end if end > begin else end + dt.timedelta(days=1)
        shifts.append(Shift(" ".join(cells[at["place"]].split()), midnight + begin, midnight + until))
    if wrong:
        raise ConfigError(
            "{log}: rows {rows} have no day, hours or place that can be read. Write 9/11/2026, 22:00 and the "
            "name of an area, a street or the number of a dossier.",
            log=log.name, rows=some_rows(wrong),
        )  # fmt: skip
    return shifts


def _refuse_persons(table: pd.DataFrame, log: Path) -> None:
    known = {name for names in COLUMNS.values() for name in names}
    for column in table.columns:
        told = [str(value) for value in table[column] if str(value).strip()]
        names = sum(map(looks_like_a_person, told))
        if plain(column) in known or (
            not is_of_persons(str(column)) and names <= _MOST_NAMES * max(len(told), 1)
        ):
            continue
        raise ConfigError(
            "{log}: column {column!r} holds persons. Presence is told by place, never by person: leave the "
            "column out and give the log again.",
            log=log.name, column=str(column),
        )  # fmt: skip


def _column(table: pd.DataFrame, names: Sequence[str], log: Path) -> str:
    found = [str(column) for column in table.columns if plain(column) in names]
    if len(found) != 1:
        raise ConfigError(
            "{log}: needed one column {names}, found {count}.", log=log.name, names=names[0], count=len(found)
        )
    return found[0]


def _hour(text: str) -> dt.timedelta | None:
    """``22:00``, ``22u30``, ``22.30`` or ``22``; 24 is the end of the day."""
    read = _HOUR.fullmatch(text.strip().lower())
    if read is None:
        return None
    hour, minute = int(read[1]), int(read[2] or 0)
    told = dt.timedelta(hours=hour, minutes=minute)
    return told if minute < 60 and told <= dt.timedelta(hours=24) else None


def is_at(place: str, one: Dossier, city: City, drawn: Drawn) -> bool:
    """Whether a place of a log is that of a dossier: its number, a street of it, or its whole area."""
    told = plain(place)
    if told in {plain(one.number), *map(plain, one.streets)}:
        return True
    ground = named_ground(place, city, drawn)
    middle = None if one.ground is None else one.ground.representative_point()
    return ground is not None and middle is not None and bool(ground.covers(middle))


def _presence(one: Dossier, shifts: Sequence[Shift], history: ThemeHistory, week: Week | None) -> Presence:
    ground: Any = one.ground
    first = min((shift.begin.date() for shift in shifts), default=None)
    begin = Week.from_day(first) if first is not None else week
    day, slot = (0, "") if begin is None else _advice(history, ground, begin)
    hours = _hours(shifts)
    wanted = stats.slot_hours(stats.SHIFTS[slot], [day]) if slot else np.zeros(hours.size, dtype=bool)
    effect = None
    if week is not None and first is not None:
        as_of = week.end(history.ground.city.timezone) + pd.Timedelta(days=1)
        told = effects_at(history, [Treated(one.number, ground, first)], week=week, as_of=as_of)
        if one.number in told:
            effect = measured(
                told[one.number], dossier=one.number, measures=("presence",), ground=ground,
                city=history.ground.city,
            )  # fmt: skip
    return Presence(one, day, slot, float(hours.sum()), float(hours[wanted].sum()), first, effect)


def _advice(history: ThemeHistory, ground: BaseGeometry, begin: Week) -> tuple[int, str]:
    """Day and shift in which most happened at a place in the year before a week."""
    before = history.within(Window(begin.shift(-1), ADVICE_WEEKS))
    there = before[before.intersects(ground)]
    if there.empty:
        return 0, ""
    table = stats.patrol_slots(stats.aoristic(there["from"], there["to"]))
    day, slot = np.unravel_index(int(np.argmax(table.to_numpy())), table.shape)
    return int(day), str(table.columns[int(slot)])


def _hours(shifts: Sequence[Shift]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
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

"""Presence on the street: shift logs beside what was advised, and what became of it.

A log says when and where somebody was present, never who: a column of names is refused before anything of it
is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.errors import GenkGeoError
from genk_geo.jobs.dossiers.desk import book_on_record
from genk_geo.jobs.dossiers.effects import ground_before
from genk_geo.jobs.dossiers.places import drawn_places, named_ground
from genk_geo.jobs.dossiers.register.columns import plain
from genk_geo.jobs.dossiers.shifts import Shift, hours_of, load_shift_profile, read_shifts
from genk_geo.jobs.effects.places import Treated, effects_at, measured
from genk_geo.jobs.session import Session, bounded
from genk_geo.results import RegisterNote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from genk_geo.config import DossierSettings, Settings
    from genk_geo.jobs.dossiers.places import Drawn
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.results import Dossier, MeasuredEffect
    from genk_geo.store import Store

#: Incidents of so many weeks before the log say when presence is advised.
ADVICE_WEEKS = 52


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
def presence_at(
    settings: Settings, log: Path, *, theme: str, profile: Path | None = None
) -> tuple[tuple[Presence, ...], int]:
    """Lay a shift log beside what was advised at the dossiers of a theme.

    Parameters
    ----------
    settings : Settings
        The settings; the history must exist.
    log : pathlib.Path
        CSV or workbook with a day, hours from and to, and an area, a street or the number of a dossier.
    theme : str
        Key of the theme.
    profile : pathlib.Path, optional
        TOML file that says what its supplier calls these columns.

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
    shifts = read_shifts(log, None if profile is None else load_shift_profile(profile))
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


def is_at(place: str, one: Dossier, city: City, drawn: Drawn) -> bool:
    """Whether a place of a log is that of a dossier: its number, a street of it, or its whole area."""
    told = plain(place)
    if told in {plain(one.number), *map(plain, one.streets)}:
        return True
    ground = named_ground(place, city, drawn)
    middle = None if one.ground is None else one.ground.representative_point()
    return ground is not None and middle is not None and bool(ground.covers(middle))


def _presence(one: Dossier, shifts: Sequence[Shift], history: ThemeHistory, week: Week | None) -> Presence:
    begin = min((Week.from_day(shift.begin.date()) for shift in shifts), default=week)
    told = one if begin is None else _beside(one, shifts, history, begin)
    ground: Any = one.ground
    effect = None
    if week is not None and told.present_since is not None:
        as_of = week.end(history.ground.city.timezone) + pd.Timedelta(days=1)
        found = effects_at(history, [Treated(one.number, ground, told.present_since)], week=week, as_of=as_of)
        if one.number in found:
            effect = measured(
                found[one.number], dossier=one.number, measures=("presence",), ground=ground,
                city=history.ground.city,
            )  # fmt: skip
    return Presence(
        one, told.busiest_day or 0, told.busiest_slot, told.present, told.present_then, told.present_since,
        effect,
    )  # fmt: skip


def _beside(one: Dossier, shifts: Sequence[Shift], history: ThemeHistory, begin: Week) -> Dossier:
    """A dossier with the shift in which most happened in the year before a week, and what was given."""
    day, slot = _advice(history, one.ground, begin)
    hours = hours_of(shifts)
    wanted = stats.slot_hours(stats.SHIFTS[slot], [day]) if slot else np.zeros(hours.size, dtype=bool)
    return replace(
        one, busiest_day=day if slot else None, busiest_slot=slot, present=float(hours.sum()),
        present_then=float(hours[wanted].sum()),
        present_since=min((shift.begin.date() for shift in shifts), default=None),
    )  # fmt: skip


def with_presence(
    dossiers: Sequence[Dossier],
    own: DossierSettings,
    store: Store,
    histories: Mapping[str, ThemeHistory],
    *,
    week: Week,
    day: dt.date,
) -> tuple[tuple[Dossier, ...], tuple[RegisterNote, ...]]:
    """Lay the log of the settings beside the dossiers of a week.

    Parameters
    ----------
    dossiers : sequence of Dossier
        As the week has them.
    own : DossierSettings
        The settings.
    store : Store
        The books of earlier weeks.
    histories : mapping of str to ThemeHistory
        Theme -> its incidents.
    week : Week
        The week.
    day : datetime.date
        Shifts of later days are still to come.

    Returns
    -------
    tuple of Dossier
        Open ones with the shift in which most happened, and what was given; all of them as they were where
        the log cannot be read.
    tuple of RegisterNote
        Why, then.
    """
    shifts: list[Shift] = []
    if own.presence is not None:
        profile = own.presence_profile
        try:
            known = read_shifts(own.presence, None if profile is None else load_shift_profile(profile))
        except (GenkGeoError, OSError) as fault:
            return tuple(dossiers), (RegisterNote("presence", 0, (str(fault),)),)
        shifts = [shift for shift in known if shift.begin.date() <= day]
    found, drawn = [], None
    for one in dossiers:
        history = histories.get(one.theme)
        if history is None or one.ground is None or one.state == "closed":
            found.append(one)
            continue
        city = history.ground.city
        if shifts and drawn is None:
            drawn = drawn_places(own, city)
        mine = [shift for shift in shifts if is_at(shift.place, one, city, drawn or {})]
        begin = min((Week.from_day(shift.begin.date()) for shift in mine), default=week.shift(1))
        then = _where_it_was(one, mine, store) if mine else one
        found.append(replace(_beside(then, mine, history, begin), ground=one.ground))
    return tuple(found), ()


def _advice(history: ThemeHistory, ground: BaseGeometry | None, begin: Week) -> tuple[int, str]:
    """Day and shift in which most happened at a place in the year before a week."""
    before = history.within(Window(begin.shift(-1), ADVICE_WEEKS))
    there = before[before.intersects(ground)]
    if there.empty:
        return 0, ""
    table = stats.patrol_slots(stats.aoristic(there["from"], there["to"]))
    day, slot = np.unravel_index(int(np.argmax(table.to_numpy())), table.shape)
    return int(day), str(table.columns[int(slot)])

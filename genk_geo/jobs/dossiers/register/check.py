"""What to look at in the register: told to the operator, and nothing is thrown away for it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from genk_geo.jobs.dossiers.register.columns import plain
from genk_geo.jobs.dossiers.register.persons import looks_like_a_person
from genk_geo.results import RegisterNote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genk_geo.jobs.dossiers.register.read import Register, Row
    from genk_geo.results import Agreement, Dossier

#: Days outside these years are slips of the keyboard.
_FIRST, _YEARS_AHEAD = dt.date(2000, 1, 1), 10

#: Note, and the two days of which the second may not come before the first.
_ORDER = (
    ("done_before_promised", "agreed", "done"),
    ("due_before_promised", "agreed", "due"),
    ("ended_before_begun", "done", "until"),
)


def check_register(
    register: Register,
    dossiers: Sequence[Dossier],
    *,
    before: Sequence[Agreement] = (),
    partners: Iterable[str] = (),
    day: dt.date,
) -> tuple[RegisterNote, ...]:
    """Look through a register.

    Parameters
    ----------
    register : Register
        As it was read.
    dossiers : sequence of Dossier
        All there are.
    before : sequence of Agreement
        What stood in it the week before.
    partners : iterable of str
        Organisations that are known.
    day : datetime.date
        Today, or the last day that the week knows of.

    Returns
    -------
    tuple of RegisterNote
        By row; what is about the whole comes last.
    """
    known = {one.number: one for one in dossiers}
    organisations = {plain(name) for name in partners}
    notes = [
        note for row in register.rows for note in (*_of_row(row, known, day), *_partner(row, organisations))
    ]
    return (*notes, *_repeated(register.rows), *_gone(register, before), *_unlisted(register, dossiers))


def _of_row(row: Row, known: dict[str, Dossier], day: dt.date) -> Iterator[RegisterNote]:
    one = row.agreement
    dossier = known.get(one.dossier)
    if not one.dossier:
        yield RegisterNote("no_dossier", row.at)
    elif dossier is None:
        yield RegisterNote("unknown_dossier", row.at, (one.dossier[:20],))
    elif dossier.state == "closed" and one.binding and not one.is_done(day):
        yield RegisterNote("closed_dossier", row.at, (one.dossier,))
    yield from _days(row, day)
    if one.done is not None and not one.binding:
        yield RegisterNote("done_by_nobody", row.at)
    if one.words:
        yield RegisterNote("unknown_measure", row.at)


def _days(row: Row, day: dt.date) -> Iterator[RegisterNote]:
    """Days that cannot be read, cannot be, or stand in the wrong order."""
    one = row.agreement
    for column in row.unread:
        yield RegisterNote("unread_day", row.at, (column,))
    for column in ("agreed", "due", "done", "until"):
        told = getattr(one, column)
        if told is not None and not _FIRST <= told <= dt.date(day.year + _YEARS_AHEAD, 12, 31):
            yield RegisterNote("impossible_day", row.at, (column,))
    if one.done is not None and one.done > day:
        yield RegisterNote("done_to_come", row.at)
    for kind, first, then in _ORDER:
        earlier, later = getattr(one, first), getattr(one, then)
        if earlier is not None and later is not None and later < earlier:
            yield RegisterNote(kind, row.at)


def _partner(row: Row, organisations: set[str]) -> Iterator[RegisterNote]:
    name = row.agreement.partner
    if not name or plain(name) in organisations:
        return
    yield RegisterNote("person" if looks_like_a_person(name) else "unknown_partner", row.at)


def _repeated(rows: Sequence[Row]) -> Iterator[RegisterNote]:
    """An agreement that stands there more than once; at two places of a dossier it is two agreements."""
    seen = set()
    for row in rows:
        one = row.agreement
        # The name of a repeated agreement ends in a number.
        told = one.action_id.partition("/")[2].partition("-")[0], one.dossier, plain(one.place)
        if one.binding and told in seen:
            yield RegisterNote("twice", row.at, (one.dossier,))
        seen.add(told)


def _gone(register: Register, before: Sequence[Agreement]) -> Iterator[RegisterNote]:
    """Dossiers with fewer agreements than the week before: one that was reworded is still there."""
    now = Counter(one.dossier for one in register.agreements if one.binding)
    then = Counter(one.dossier for one in before if one.binding)
    for number, count in sorted((then - now).items()):
        yield RegisterNote("gone", 0, (number, str(count)))


def _unlisted(register: Register, dossiers: Sequence[Dossier]) -> Iterator[RegisterNote]:
    """Dossiers that stood in the register and do not any more."""
    for one in dossiers:
        if one.listed and one.state != "closed" and one.number not in register.numbers:
            yield RegisterNote("dossier_gone", 0, (one.number,))

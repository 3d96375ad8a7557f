"""Dossiers in the history: numbers that are given once, what was done by hand, and the book of each week.

A book is kept whole with every week, so that the week can be made again as it was. Ground and free words
stand in columns of their own: they are what forgetting takes out.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    import duckdb

TABLES = """
create table if not exists dossier_numbers (
    number varchar, theme varchar, hotspot_id varchar, week varchar, tx bigint
);
create table if not exists dossier_acts (
    act bigint, number varchar, what varchar, day date, facts varchar, ground blob, tx bigint
);
create table if not exists dossier_weeks (week varchar, facts varchar, tx bigint);
create table if not exists dossiers (
    week varchar, number varchar, theme varchar, last_hot varchar, facts varchar, ground blob, tx bigint
);
create table if not exists agreements (
    week varchar, action_id varchar, number varchar, position integer, facts varchar, words varchar, tx bigint
);
"""
_OF_WEEK = "week = ? and tx = ?"


class DossierRow(NamedTuple):
    """A dossier as it is kept: what is known of it as JSON, and its ground as WKB."""

    number: str
    theme: str
    last_hot: str
    facts: str
    ground: bytes | None


class AgreementRow(NamedTuple):
    """An agreement as it is kept: what is known of it as JSON, and its free words apart, as JSON too."""

    action_id: str
    number: str
    facts: str
    words: str


class BookRows(NamedTuple):
    """A book as it is kept."""

    week: str
    facts: str
    dossiers: tuple[DossierRow, ...]
    agreements: tuple[AgreementRow, ...]


class Act(NamedTuple):
    """Something done by hand: what, to which dossier, on which day; what it needs as JSON, and a ground."""

    act: int
    number: str
    what: str
    day: dt.date
    facts: str
    ground: bytes | None


def write_book(base: duckdb.DuckDBPyConnection, book: BookRows, *, tx: int) -> None:
    """Write the book of a week as a transaction found it, inside the caller's transaction."""
    for table in ("dossier_weeks", "dossiers", "agreements"):
        base.execute(f"delete from {table} where {_OF_WEEK}", [book.week, tx])  # noqa: S608 - ours
    base.execute("insert into dossier_weeks values (?, ?, ?)", [book.week, book.facts, tx])
    if book.dossiers:
        base.executemany(
            "insert into dossiers values (?, ?, ?, ?, ?, ?, ?)",
            [[book.week, *row, tx] for row in book.dossiers],
        )
    if book.agreements:
        rows = [
            [book.week, row.action_id, row.number, at, row.facts, row.words, tx]
            for at, row in enumerate(book.agreements)
        ]
        base.executemany("insert into agreements values (?, ?, ?, ?, ?, ?, ?)", rows)


def read_book(base: duckdb.DuckDBPyConnection, week: str, *, tx: int) -> tuple[int, BookRows] | None:
    """Read the book of a week as known at a transaction, and the one that wrote it; None where none did."""
    found = base.execute(
        "select facts, tx from dossier_weeks where week = ? and tx <= ? order by tx desc limit 1", [week, tx]
    ).fetchone()
    if found is None:
        return None
    facts, written = str(found[0]), int(found[1])
    dossiers = base.execute(
        f"select number, theme, last_hot, facts, ground from dossiers where {_OF_WEEK} order by number",  # noqa: S608
        [week, written],
    ).fetchall()
    agreements = base.execute(
        f"select action_id, number, facts, words from agreements where {_OF_WEEK} order by position",  # noqa: S608
        [week, written],
    ).fetchall()
    return written, BookRows(
        week,
        facts,
        tuple(
            DossierRow(number, theme, hot, told, None if ground is None else bytes(ground))
            for number, theme, hot, told, ground in dossiers
        ),
        tuple(AgreementRow(*map(str, row)) for row in agreements),
    )


def book_weeks(base: duckdb.DuckDBPyConnection, *, tx: int) -> list[str]:
    """Weeks that have a book at a transaction, oldest first."""
    rows = base.execute("select distinct week from dossier_weeks where tx <= ? order by week", [tx])
    return [str(week) for (week,) in rows.fetchall()]


def ground_of(
    base: duckdb.DuckDBPyConnection, number: str, *, before: str, until: str, tx: int
) -> bytes | None:
    """Ground of a dossier before a week, else the first after it and before another, as known; or None."""
    asked = "select ground from dossiers where number = ? and ground is not null and tx <= ? and week < ?"
    for when in ("and week < ? order by week desc, tx desc", "and week >= ? order by week, tx desc"):
        row = base.execute(f"{asked} {when} limit 1", [number, tx, until, before]).fetchone()
        if row is not None:
            return bytes(row[0])
    return None


def number_of(base: duckdb.DuckDBPyConnection, theme: str, hotspot_id: str) -> str | None:
    """Number that was given for a hotspot; None where none was."""
    row = base.execute(
        "select number from dossier_numbers where theme = ? and hotspot_id = ? order by number limit 1",
        [theme, hotspot_id],
    ).fetchone()
    return None if row is None else str(row[0])


def give_number(
    base: duckdb.DuckDBPyConnection,
    year: int,
    *,
    theme: str,
    hotspot_id: str,
    week: str,
    secret: bytes,
    tx: int,
) -> str:
    """Give a number of a year, inside the caller's transaction: it is never given again.

    Numbers come in no order. Readers see some dossiers and not others; of numbers that count up, a gap would
    say that there is one which they do not see, and when it was opened.
    """
    rows = base.execute(
        "select number from dossier_numbers where split_part(number, '-', 1) = ?", [str(year)]
    ).fetchall()
    given = {str(number) for (number,) in rows}
    number = next(one for one in _numbers(year, secret) if one not in given)
    base.execute("insert into dossier_numbers values (?, ?, ?, ?, ?)", [number, theme, hotspot_id, week, tx])
    return number


def _numbers(year: int, secret: bytes) -> Iterator[str]:
    """All numbers of a year in the order of the history's secret; those of three figures first."""
    for first, after in ((1, 1000), (1000, 10_000)):
        numbers = [f"{year}-{at:03d}" for at in range(first, after)]
        yield from sorted(numbers, key=lambda one: hmac.digest(secret, one.encode(), "sha256"))


def write_act(
    base: duckdb.DuckDBPyConnection,
    number: str,
    what: str,
    *,
    day: dt.date,
    facts: str,
    ground: bytes | None,
    tx: int,
) -> None:
    """Note something done by hand, inside the caller's transaction."""
    base.execute(
        "insert into dossier_acts select coalesce(max(act), 0) + 1, ?, ?, ?, ?, ?, ? from dossier_acts",
        [number, what, day, facts, ground, tx],
    )


def acts_after(base: duckdb.DuckDBPyConnection, act: int, *, tx: int) -> list[Act]:
    """What was done by hand after an act, as known at a transaction."""
    rows = base.execute(
        "select act, number, what, day, facts, ground from dossier_acts where act > ? and tx <= ? "
        "order by act",
        [act, tx],
    ).fetchall()
    return [
        Act(int(one), str(number), str(what), day, str(facts), None if ground is None else bytes(ground))
        for one, number, what, day, facts, ground in rows
    ]


def forget_dossiers(base: duckdb.DuckDBPyConnection, before: Mapping[str, str]) -> None:
    """Take ground and free words out of old books, inside the caller's transaction.

    Numbers, states and what partners promised from the catalogue stay: they tell of no incident.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    before : mapping of str to str
        Theme -> week before which its books are emptied.
    """
    for theme, week in before.items():
        base.execute(
            "update dossiers set ground = null where theme = ? "
            "and (week < ? or (last_hot <> '' and last_hot < ?))",
            [theme, week, week],
        )
        base.execute(
            "update agreements set words = '{}' where week < ? and number in "
            "(select number from dossier_numbers where theme = ?)",
            [week, theme],
        )

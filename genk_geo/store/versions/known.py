"""Incidents as they were known at a moment, of what had been read then."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from genk_geo.store.tables import COLUMNS

if TYPE_CHECKING:
    import duckdb

log = logging.getLogger(__name__)
#: A clock that is set right a little is no reason to say something.
_BACK = dt.timedelta(days=1)
_LIST = ", ".join(f"k.{name}" for name in COLUMNS)

# Of each incident, the last version that was delivered before the moment. One of which nothing had been
# delivered yet is as it was delivered first: its own report says whether it was known.
_CHOSEN = """
select incident_id, coalesce(
    arg_max(row_or_none, place) filter (where $moment::timestamp is null or moment_utc < $moment::timestamp),
    arg_min(row_or_none, place)
) as row_id from (
    select v.incident_id, coalesce(v.row_id, -1) as row_or_none, v.moment_utc,
        row(v.moment_utc, d.file_utc, d.sha256, d.profile) as place
    from versions v join deliveries d using (delivery)
    where v.tx_from <= $tx and (v.tx_to is null or v.tx_to > $tx) {only}
) group by incident_id
"""
# Incidents that any version puts in the span: all their versions decide, those of others say nothing of it.
_ONCE_THERE = """
and v.incident_id in (
    select w.incident_id from versions w join contents k using (row_id)
    where k.theme = $theme and least(k.from_utc, k.to_utc) < $end
      and greatest(k.from_utc, k.to_utc) >= $start
)
"""
_KNOWN = f"""
with chosen as ({_CHOSEN}), rows_of as (
    select c.incident_id, {_LIST} from chosen c join contents k using (row_id)
), happened_then as (
    select *, coalesce(
        from_utc + to_microseconds((epoch_us(to_utc) - epoch_us(from_utc)) // 2), from_utc
    ) as occurred_utc from rows_of
)
"""  # noqa: S608 - ours
#: Incidents with ``occurred_utc``, to be selected from ``happened_then``; takes ``$tx`` and ``$moment``.
KNOWN = _KNOWN.format(only="")
#: The same of a theme and a span alone: takes ``$theme``, ``$start`` and ``$end`` too.
KNOWN_OF_SPAN = _KNOWN.format(only=_ONCE_THERE)


def last_transaction(base: duckdb.DuckDBPyConnection) -> int:
    """Number of the last transaction; 0 in a new history."""
    row = base.execute("select coalesce(max(tx), 0) from transactions").fetchone()
    return int(row[0]) if row else 0


def transaction_before(base: duckdb.DuckDBPyConnection, moment: dt.datetime) -> int:
    """Number of the last transaction that told something before a moment; 0 where there is none."""
    row = base.execute(
        "select coalesce(max(tx), 0) from transactions where at_utc < ? and what not in ('run', 'forget')",
        [moment],
    ).fetchone()
    return int(row[0]) if row else 0


def begin(base: duckdb.DuckDBPyConnection, at: dt.datetime, what: str) -> int:
    """Number a transaction.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    at : datetime.datetime
        When, in UTC without zone.
    what : str
        What it does.

    Returns
    -------
    int
    """
    tx = last_transaction(base) + 1
    last = base.execute("select max(at_utc) from transactions").fetchone()
    if last and last[0] is not None and last[0] - at > _BACK:
        log.warning("the clock stands at %s, before the last run (%s): set it right", at, last[0])
    base.execute("insert into transactions values (?, ?, ?)", [tx, at, what])
    return tx

"""Rejected rows, for as long as they are needed to send them back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def write_rejects(base: duckdb.DuckDBPyConnection, key: list[str], rejects: pd.DataFrame) -> None:
    """Put the rejects of a file in place of those that were noted of it before.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.
    key : list of str
        Checksum and profile of the file.
    rejects : pandas.DataFrame
        Contract ``rejects``.
    """
    base.execute("delete from rejects where sha256 = ? and profile = ?", key)
    base.register("rejected", pa.Table.from_pandas(rejects, preserve_index=False))
    try:
        base.execute(
            "insert into rejects select ?, ?, source, line, reason, detail, original from rejected", key
        )
    finally:
        base.unregister("rejected")


def delete_rejects(base: duckdb.DuckDBPyConnection, days: int) -> int:
    """Delete the rejects of files that were first taken longer ago; returns how many."""
    since = [days_ago(days)]
    old = "(sha256, profile) in (select (sha256, profile) from deliveries where taken_utc < ?)"
    row = base.execute(f"select count(*) from rejects where {old}", since).fetchone()  # noqa: S608 - ours
    base.execute(f"delete from rejects where {old}", since)  # noqa: S608
    return int(row[0]) if row else 0


def days_ago(days: int) -> dt.datetime:
    """So many days before now, as moments stand in the history."""
    return (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).replace(tzinfo=None)

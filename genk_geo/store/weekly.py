"""Incidents by theme, wijk and week as a table of the history, made anew with every delivery."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from genk_geo.store.tallies import Selection, by_wijk, count_wijk_weeks, rows_by_week

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from genk_geo.store.history import Store

_TABLE = "weekly_counts"
_NAMES = "select table_name from duckdb_tables()"
_COUNTED = """
select theme::varchar as theme, wijk::varchar as wijk, monday::date as monday, incidents from counted
"""
# Of forgotten incidents the counts stay.
_FORGOTTEN = "union all select theme, coalesce(wijk, ''), monday, n from kept_counts"


def refresh_weekly_counts(base: duckdb.DuckDBPyConnection, timezone: str) -> None:
    """Count all weeks anew, inside the caller's transaction.

    All of them, not only those that a delivery tells of: a correction also takes an incident out of another
    week, and counting a million takes a tenth of a second.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.
    timezone : str
        Clock of the weeks.
    """
    rows = rows_by_week(base, timezone)
    base.register("counted", rows)
    kept = _FORGOTTEN if ("kept_counts",) in base.execute(_NAMES).fetchall() else ""
    try:
        base.execute(
            f"create or replace table {_TABLE} as select theme, wijk, monday, "  # noqa: S608 - ours
            f"sum(incidents)::bigint as incidents from ({_COUNTED}{kept}) group by all order by all"
        )
    finally:
        base.unregister("counted")


def read_weekly_counts(store: Store, theme: str | None = None) -> pd.DataFrame:
    """Read incidents by wijk and week, as they stand with the last delivery.

    Parameters
    ----------
    store : Store
        The history. One that no delivery reached since it had the table is counted.
    theme : str, optional
        Only this theme.

    Returns
    -------
    pandas.DataFrame
        Whole numbers, a row a wijk in order of name (an empty name where it is not known), a column a week
        that has an incident.
    """
    with closing(store.reader()) as base:
        there = base.execute("select 1 from duckdb_tables() where table_name = ?", [_TABLE]).fetchall()
        if there:
            query = f"select * from {_TABLE} where $1::varchar is null or theme = $1"  # noqa: S608
            return by_wijk(base.execute(query, [theme]).df())
    return count_wijk_weeks(store, Selection(theme))

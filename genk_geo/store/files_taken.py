"""Which files were taken, when, and what became of their rows."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from genk_geo.store.rejects import days_ago, write_rejects

if TYPE_CHECKING:
    import duckdb

    from genk_geo.ingestion import IngestResult


def note_file(base: duckdb.DuckDBPyConnection, result: IngestResult, rejects_days: int | None) -> None:
    """Note the file and its rejects; the first moment that it was taken stays.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.
    result : IngestResult
        What the file brought.
    rejects_days : int, optional
        Rejects of files that were first taken longer ago are not kept; None keeps all.
    """
    report = result.report
    key = [report.sha256, report.profile]
    first = base.execute("select taken_utc from files where sha256 = ? and profile = ?", key).fetchone()
    taken = first[0] if first else dt.datetime.now(dt.UTC).replace(tzinfo=None)
    base.execute("delete from files where sha256 = ? and profile = ?", key)
    base.execute(
        "insert into files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *key,
            report.file,
            report.source,
            report.theme,
            taken,
            report.rows_in,
            report.incidents,
            report.duplicates,
            report.rejects,
            json.dumps(report.reasons),
            json.dumps(report.levels),
        ],
    )
    recent = rejects_days is None or taken >= days_ago(rejects_days)
    kept = result.rejects.loc[(result.rejects["reason"] != "not_selected") & recent]
    write_rejects(base, key, kept)

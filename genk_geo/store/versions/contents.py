"""Rows as they were delivered: each different one is kept once, and which delivery told it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pyarrow as pa

from genk_geo.ingestion import IngestReport
from genk_geo.ingestion.delivered import Delivered, newest_of
from genk_geo.store.keeping.forgetting import drop_forgotten, without_forgotten
from genk_geo.store.rejects import days_ago, write_rejects
from genk_geo.store.rows import TEXT, to_rows
from genk_geo.store.tables import COLUMNS, DIGEST

if TYPE_CHECKING:
    import duckdb

    from genk_geo.ingestion import IngestResult

_LIST = ", ".join(COLUMNS)
_STORE_ROWS = f"""
insert into contents
select (select coalesce(max(row_id), 0) from contents) + row_number() over (order by incident_id, digest),
    digest, incident_id, number_id, numbered, {_LIST}
from delivered_rows anti join contents using (digest)
"""  # noqa: S608 - our own column names
# Of rows of a history of the first kind it is not known whether they had a number.
_NUMBERED = """
update contents set numbered = d.numbered from delivered_rows d
where contents.digest = d.digest and contents.numbered is null
"""
_DIGESTED = f"create or replace temp table delivered_rows as select *, {DIGEST} as digest from delivered"  # noqa: S608


class Taken(NamedTuple):
    """A delivery as the history knows it: its number, its place among the others, and what it asks.

    A file that was read before keeps what it brought then.
    """

    delivery: int
    result: IngestResult
    #: Where it stood before it was read anew; None for a new one.
    before: tuple[object, ...] | None


def take_rows(base: duckdb.DuckDBPyConnection, result: IngestResult, rejects_days: int | None) -> Taken:
    """Note a delivery with its rows; one that was read before is read anew in its place.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.
    result : IngestResult
        What the file brought.
    rejects_days : int, optional
        Rejects of files that were first taken longer ago are not kept; None keeps all.

    Returns
    -------
    Taken
    """
    report = result.report
    key = [report.sha256, report.profile]
    found = base.execute(
        "select delivery, taken_utc, moment_utc, file_utc, kind, report from deliveries "
        "where sha256 = ? and profile = ?",
        key,
    ).fetchone()
    last = base.execute("select coalesce(max(delivery), 0) from deliveries").fetchone()
    delivery = int(found[0]) if found else int(last[0] if last else 0) + 1
    taken = found[1] if found else dt.datetime.now(dt.UTC).replace(tzinfo=None)
    if found and found[5]:
        report = replace(report, brought=IngestReport.from_told(json.loads(found[5])).brought)
    when = result.delivered or _by_reports(result)
    moment, file = (_utc(one) for one in when)
    for table in ("deliveries", "seen", "withdrawals"):
        base.execute(f"delete from {table} where delivery = ?", [delivery])  # noqa: S608 - ours
    base.execute(
        "insert into deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        [
            delivery, *key, report.file, report.source, report.theme, taken, report.rows_in, report.incidents,
            report.duplicates, report.rejects, json.dumps(report.reasons), json.dumps(report.levels),
            moment, file, result.delivery, result.reading, json.dumps(report.told()),
        ],
    )  # fmt: skip
    _store_rows(base, result, delivery)
    _store_withdrawn(base, result, delivery)
    recent = rejects_days is None or taken >= days_ago(rejects_days)
    rejects = result.rejects.loc[(result.rejects["reason"] != "not_selected") & recent]
    write_rejects(base, key, without_forgotten(base, rejects, report.source))
    before = (found[2], found[3], *key) if found and found[4] != "noted" else None
    return Taken(delivery, replace(result, report=report), before)


def note_brought(base: duckdb.DuckDBPyConnection, taken: Taken, brought: dict[str, int]) -> None:
    """Note what a file brought when it was first read."""
    report = taken.result.report
    if not report.brought:
        told = json.dumps(replace(report, brought=brought).told())
        base.execute("update deliveries set report = ? where delivery = ?", [told, taken.delivery])


def read_before(
    base: duckdb.DuckDBPyConnection, sha256: str, profile: str, reading: str
) -> IngestReport | None:
    """What became of a file that was read before in the same way; None where it has to be read."""
    row = base.execute(
        "select report from deliveries where sha256 = ? and profile = ? and reading = ?",
        [sha256, profile, reading],
    ).fetchone()
    return IngestReport.from_told(json.loads(row[0])) if row and row[0] else None


def words_before(base: duckdb.DuckDBPyConnection, source: str) -> frozenset[str]:
    """Words for a category outside the profile's list, of all files of a source that were read before."""
    rows = base.execute("select report from deliveries where source = ? and report <> ''", [source])
    found: set[str] = set()
    for (report,) in rows.fetchall():
        found |= json.loads(report).get("unmapped", {}).keys()
    return frozenset(found)


def _store_rows(base: duckdb.DuckDBPyConnection, result: IngestResult, delivery: int) -> None:
    rows = to_rows(result.incidents)
    ids = result.incidents["incident_id"].reset_index(drop=True)
    numbers = ids if result.numbers is None else result.numbers.reset_index(drop=True)
    numbered = pd.Series(data=True, index=ids.index) if result.numbered is None else result.numbered
    rows = rows.append_column("number_id", pa.array(numbers.to_numpy(object), TEXT))
    rows = rows.append_column("numbered", pa.array(numbered.to_numpy(bool), pa.bool_()))
    base.register("delivered", rows)
    try:
        base.execute(_DIGESTED)
        gone = drop_forgotten(base)
        base.execute("update deliveries set forgotten = ? where delivery = ?", [gone, delivery])
        base.execute(_NUMBERED)
        base.execute(_STORE_ROWS)
        base.execute(
            "insert into seen select ?, k.row_id from delivered_rows join contents k using (digest)",
            [delivery],
        )
        base.execute("drop table delivered_rows")
    finally:
        base.unregister("delivered")


def _store_withdrawn(base: duckdb.DuckDBPyConnection, result: IngestResult, delivery: int) -> None:
    if result.withdrawn is None or result.withdrawn.empty:
        return
    names = ("number_id", "reason")
    table = pa.table({name: pa.array(result.withdrawn[name].to_numpy(object), TEXT) for name in names})
    base.register("withdrawn", table)
    try:
        base.execute("insert into withdrawals select ?, number_id, reason from withdrawn", [delivery])
    finally:
        base.unregister("withdrawn")


def _by_reports(result: IngestResult) -> Delivered:
    """For results that were not read from a file: by their newest report, and handed over now."""
    newest = newest_of(result.incidents)
    moment = pd.Timestamp(0, tz="UTC") if pd.isna(newest) else newest
    return Delivered(moment, pd.Timestamp.now("UTC"))


def _utc(moment: pd.Timestamp) -> dt.datetime:
    return moment.tz_convert("UTC").tz_localize(None).as_unit("us").to_pydatetime()

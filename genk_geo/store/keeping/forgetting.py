"""Forgetting on purpose: incidents go with every byte of them, counts by wijk and week stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from genk_geo.ingestion.values import hashed_number
from genk_geo.store.dossiers import forget_dossiers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import duckdb
    import pandas as pd

# What a later delivery of a file that still stands somewhere would bring back is known by a digest with a
# secret of this history, and by the day before which a theme is forgotten.
TABLES = """
create table if not exists forgotten (token varchar);
create table if not exists forgotten_before (theme varchar, before_utc timestamp);
create table if not exists kept_counts (
    theme varchar, monday date, wijk varchar, stadsdeel varchar, n bigint
);
"""
_MARK = "md5((select value from meta where key = 'names') || number_id)"
_ROWS = """
create or replace temp table going as
select distinct n.incident_id from named n join contents k using (row_id)
left join (select number_id as asked from asked_numbers) a on a.asked = k.number_id
left join asked_days b on b.theme = k.theme
where a.asked is not null or k.from_utc < b.before_utc
"""
_COUNTED = """
insert into kept_counts
select theme, date_trunc('week', timezone($tz, timezone('UTC', occurred_utc)))::date, wijk, stadsdeel,
    count(*)
from happened semi join going using (incident_id) group by all
"""
_GONE = f"""
create or replace temp table going_rows as
select n.row_id from named n semi join going using (incident_id)
union select v.row_id from versions v semi join going using (incident_id) where v.row_id is not null;
insert into forgotten
select distinct {_MARK} from (
    select number_id from contents semi join going_rows using (row_id)
    union select number_id from asked_numbers
) where {_MARK} not in (select token from forgotten);
update deliveries set forgotten = forgotten + g.n from (
    select delivery, count(*) as n from seen semi join going_rows using (row_id) group by delivery
) g where g.delivery = deliveries.delivery;
delete from withdrawals where number_id in (
    select number_id from contents semi join going_rows using (row_id)
    union select number_id from asked_numbers
);
delete from seen where row_id in (select row_id from going_rows);
delete from versions where incident_id in (select incident_id from going);
delete from current where incident_id in (select incident_id from going);
delete from named where row_id in (select row_id from going_rows);
delete from contents where row_id in (select row_id from going_rows);
drop table going_rows;
"""  # noqa: S608 - ours


@dataclass(frozen=True)
class Forgotten:
    """What is forgotten, without a word of what it was.

    Attributes
    ----------
    incidents : int
        How many.
    rejects : int
        Rejected rows that told of the same numbers.
    themes : dict of str to int
        Incidents by theme.
    """

    incidents: int
    rejects: int
    themes: dict[str, int] = field(default_factory=dict)


def find(
    base: duckdb.DuckDBPyConnection,
    *,
    number_ids: Sequence[str],
    numbers: Sequence[str],
    before: Mapping[str, dt.datetime],
) -> Forgotten:
    """Find what would be forgotten.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    number_ids : sequence of str
        Identities of the numbers of reports.
    numbers : sequence of str
        The numbers themselves, which rejected rows may hold.
    before : mapping of str to datetime.datetime
        Theme -> moment (UTC, without zone) before which everything goes.

    Returns
    -------
    Forgotten
    """
    days = pa.table(
        {
            "theme": pa.array(list(before), pa.string()),
            "before_utc": pa.array(list(before.values()), pa.timestamp("us")),
        }
    )
    base.register("given_days", days)
    base.register("given_numbers", pa.table({"number_id": pa.array(list(number_ids), pa.string())}))
    try:
        base.execute("create or replace temp table asked_days as select * from given_days")
        base.execute("create or replace temp table asked_numbers as select * from given_numbers")
    finally:
        base.unregister("given_days")
        base.unregister("given_numbers")
    base.execute(_ROWS)
    themes = dict(
        base.execute(
            "select theme, count(distinct incident_id) from named join contents using (row_id) "
            "semi join going using (incident_id) group by theme order by theme"
        ).fetchall()
    )
    count = base.execute("select count(*) from going").fetchall()[0][0]
    rejects = base.execute(_REJECTS.format("select count(*)"), [list(numbers), *_last(before)]).fetchall()[0][
        0
    ]
    return Forgotten(int(count), int(rejects), {str(theme): int(n) for theme, n in themes.items()})


# Of a rejected row the number stands in `original` as "PV-nummer: 9; Datum: ...".
_REJECTS = """{} from rejects where exists (
    select 1 from (select unnest(?::varchar[]) as one) where contains(original || ';', ': ' || one || ';')
) or (sha256, profile) in (select (sha256, profile) from deliveries where taken_utc < ?::timestamp)"""


def _last(before: Mapping[str, dt.datetime]) -> list[dt.datetime | None]:
    return [min(before.values())] if before else [None]


def forget(
    base: duckdb.DuckDBPyConnection,
    *,
    numbers: Sequence[str],
    before: Mapping[str, dt.datetime],
    timezone: str,
) -> None:
    """Forget what :func:`find` found, in the caller's transaction.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    numbers, before
        As for :func:`find`.
    timezone : str
        The city's clock, for the weeks of the counts that stay.
    """
    base.execute(TABLES)
    base.execute(_COUNTED, {"tz": timezone})
    base.execute(_REJECTS.format("delete"), [list(numbers), *_last(before)])
    for statement in _GONE.split(";"):
        if statement.strip():
            base.execute(statement)
    base.execute("insert into forgotten_before select * from asked_days")
    forget_dossiers(base, {theme: f"{moment:%G-W%V}" for theme, moment in before.items()})
    for name in ("going", "asked_days", "asked_numbers"):
        base.execute(f"drop table {name}")


def drop_forgotten(base: duckdb.DuckDBPyConnection) -> int:
    """Take what was forgotten out of the rows that are delivered (``delivered_rows``); how many there were.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.

    Returns
    -------
    int
    """
    if not _has_forgotten(base):
        return 0
    base.execute(
        f"create or replace temp table again as select digest from delivered_rows where {_MARK} in "  # noqa: S608
        "(select token from forgotten) or exists (select 1 from forgotten_before b "
        "where b.theme = delivered_rows.theme and delivered_rows.from_utc < b.before_utc)"
    )
    count = base.execute("select count(*) from again").fetchall()[0][0]
    base.execute("delete from delivered_rows where digest in (select digest from again)")
    base.execute("drop table again")
    return int(count)


def without_forgotten(base: duckdb.DuckDBPyConnection, rejects: pd.DataFrame, source: str) -> pd.DataFrame:
    """Rejected rows, but for those of numbers that were forgotten.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    rejects : pandas.DataFrame
        Contract ``rejects``.
    source : str
        Who delivered them.

    Returns
    -------
    pandas.DataFrame
        As given, with fewer rows.
    """
    if rejects.empty or not _has_forgotten(base):
        return rejects
    numbers = rejects["original"].str.extract(r"^[^:]*: (.*?)(?:; |$)")[0].fillna("")
    ids = pa.array([hashed_number(source, number) for number in numbers], pa.string())
    base.register("rejected_numbers", pa.table({"at": pa.array(range(len(ids))), "number_id": ids}))
    try:
        gone = base.execute(
            f'select "at" from rejected_numbers where {_MARK} in (select token from forgotten)'  # noqa: S608 - ours
        ).fetchall()
    finally:
        base.unregister("rejected_numbers")
    return rejects.drop(index=rejects.index[[int(at) for (at,) in gone]])


def _has_forgotten(base: duckdb.DuckDBPyConnection) -> bool:
    tables = base.execute("select table_name from duckdb_tables()").fetchall()
    return ("forgotten",) in tables

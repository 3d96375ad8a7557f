"""Whether everything of a history is there, and hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError, Message, in_a_row
from genk_geo.store.keeping.faults import check_kind
from genk_geo.store.keeping.guarded import guarded
from genk_geo.store.keeping.working import open_file
from genk_geo.store.migration import check_version
from genk_geo.store.versions.known import KNOWN

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

# Each finds what should not be there.
_RULES = {
    Message("versions of a row that is not there"): """
        select count(*) from versions v anti join contents k using (row_id) where v.row_id is not null""",
    Message("versions of a delivery that is not there"): """
        select count(*) from versions v anti join deliveries d using (delivery)""",
    Message("rows of a delivery that is not there"): """
        select count(*) from seen s anti join deliveries d using (delivery)""",
    Message("deliveries of a row that is not there"): """
        select count(*) from seen s anti join contents k using (row_id)""",
    Message("rows that tell of no incident"): """
        select count(*) from contents k anti join named n using (row_id)""",
    Message("rows that stand there twice"): "select count(*) - count(distinct digest) from contents",
    Message("incidents that stand there twice"): "select count(*) - count(distinct incident_id) from current",
    Message("deliveries with another number of rows than they had"): """
        select count(*) from deliveries d left join (
            select delivery, count(*) as n from seen group by delivery
        ) s using (delivery)
        where d.kind <> 'noted' and coalesce(s.n, 0) + d.forgotten <> d.incidents""",
    "dossiers of a number that was never given": """
        select count(*) from dossiers d anti join dossier_numbers n using (number)""",
    "numbers of dossiers that were given twice": """
        select count(*) - count(distinct number) from dossier_numbers""",
    "agreements without their dossier": """
        select count(*) from agreements a anti join dossiers d using (week, tx, number)""",
}
_SAME = f"""
{KNOWN}
select count(*) from (
    (select incident_id, md5(happened_then::varchar) from happened_then
     except select incident_id, md5(happened::varchar) from happened)
    union all
    (select incident_id, md5(happened::varchar) from happened
     except select incident_id, md5(happened_then::varchar) from happened_then)
)
"""  # noqa: S608 - ours


def check_history(path: Path) -> int:
    """Read all of a history and hold its parts against each other.

    Parameters
    ----------
    path : pathlib.Path
        The file; it is only read.

    Returns
    -------
    int
        Incidents that it knows.

    Raises
    ------
    ConfigError
        If it is damaged, or what it says does not hang together.
    """
    check_kind(path)
    base = guarded(open_file(path, read_only=True), path)
    try:
        tables = [name for (name,) in base.execute("select table_name from duckdb_tables()").fetchall()]
        if "meta" not in tables:
            raise ConfigError("{path} is no history of genk_geo.", path=path)
        check_version(path, dict(base.execute("select key, value from meta").fetchall())["schema_version"])
        for table in tables:  # every block is read, and its checksum with it
            base.execute(f'select sum(hash(t)) from "{table}" t').fetchall()  # noqa: S608 - of the file itself
        faults = {what: _count(base, rule) for what, rule in _RULES.items()}
        last = _count(base, "select coalesce(max(tx), 0) from transactions")
        found = base.execute(_SAME, {"tx": last, "moment": None}).fetchall()[0][0]
        faults[Message("incidents that are otherwise than their versions say")] = int(found)
        if any(faults.values()):
            told = in_a_row(
                [
                    Message("{count} {what}", count=count, what=what)
                    for what, count in faults.items()
                    if count
                ],
                ", ",
            )
            raise ConfigError(
                "{path} does not hang together: {told}. Restore the newest good backup.", path=path, told=told
            )
        return _count(base, "select count(*) from current")
    finally:
        base.close()


def _count(base: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(base.execute(query).fetchall()[0][0])

"""Histories of earlier versions of the package, step by step to the present tables."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError
from genk_geo.store import dossiers
from genk_geo.store.tables import COLUMNS, DIGEST, TABLES, VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

log = logging.getLogger(__name__)

#: Raised when a table changes, with a step that takes the version before it here.
SCHEMA_VERSION = 3

# What the first histories were made with; some tables came later and may be absent.
_OF_FIRST = """
create table if not exists outlook_scores (
    theme varchar, fingerprint varchar, week varchar, model varchar, budget double, incidents bigint,
    caught double, best double, base_incidents bigint, base_caught double, log_score double
);
create table if not exists numbers (number_id varchar, incident_id varchar);
create table if not exists published (
    theme varchar, week varchar, start_utc timestamp, end_utc timestamp, as_of_utc timestamp,
    lost boolean, digest varchar
);
drop view if exists happened;
"""
_RENAMED = (
    "incidents", "files", "rejects", "area_sets", "areas", "outlook_scores", "numbers", "published",
)  # fmt: skip
# Everything that stood there is one delivery a source, older than any: what is delivered counts before it.
_LONG_AGO = "timestamp '1900-01-01'"
_LIST = ", ".join(COLUMNS)
_FILLED = f"""
insert into transactions values (1, $now, 'migration');
insert into deliveries
select row_number() over (order by source), 'migrated', '', '', source,
    string_agg(distinct theme, ', ' order by theme), {_LONG_AGO}, count(*), count(*), 0, 0, '{{}}', '{{}}',
    {_LONG_AGO}, {_LONG_AGO}, 'migrated', '', null, 0
from old_incidents group by source;
insert into deliveries
select (select count(*) from deliveries) + row_number() over (order by taken_utc, sha256, profile),
    sha256, profile, file, source, theme, taken_utc, rows_in, incidents, duplicates, rejects, reasons, levels,
    {_LONG_AGO}, {_LONG_AGO}, 'noted', '', null, 0
from old_files;
insert into contents
with numbered as (
    select i.*, coalesce(n.number_id, i.incident_id) as number_id from old_incidents i left join (
        select incident_id, min(number_id) as number_id from old_numbers group by incident_id
    ) n using (incident_id)
)
select row_number() over (order by incident_id), {DIGEST}, incident_id, number_id, null, {_LIST}
from numbered;
insert into seen
select d.delivery, k.row_id from contents k join deliveries d on d.source = k.source and d.kind = 'migrated';
insert into named select k.row_id, k.proposed, s.delivery from contents k join seen s using (row_id);
insert into versions select incident_id, row_id, delivery, {_LONG_AGO}, null, 1, null from named;
insert into current select incident_id, row_id from named;
insert into rejects select * from old_rejects;
insert into area_sets select *, 1 from old_area_sets;
insert into areas select *, 1 from old_areas;
insert into outlook_scores select *, 1 from old_outlook_scores;
insert into published select *, 1 from old_published;
insert into runs select distinct week, 1, '{{}}' from old_published;
"""  # noqa: S608 - our own column names


def _second(base: duckdb.DuckDBPyConnection) -> None:
    """From incidents as they stand to what was known of them when."""
    base.execute(_OF_FIRST)
    for name in _RENAMED:
        base.execute(f"alter table {name} rename to old_{name}")
    base.execute(TABLES)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    for statement in _FILLED.split(";"):
        if statement.strip():
            base.execute(statement, {"now": now} if "$now" in statement else None)
    for name in _RENAMED:
        base.execute(f"drop table old_{name}")
    base.execute(VIEWS)


def _third(base: duckdb.DuckDBPyConnection) -> None:
    """Dossiers came."""
    base.execute(dossiers.TABLES)


_STEPS: dict[int, Callable[[duckdb.DuckDBPyConnection], None]] = {1: _second, 2: _third}


def check_version(path: Path, version: str, *, older: bool = False) -> None:
    """Refuse a history of other tables than the present ones.

    Parameters
    ----------
    path : pathlib.Path
        Its file, for messages.
    version : str
        What it says of its tables.
    older : bool
        Whether those of an earlier version will do.

    Raises
    ------
    ConfigError
        If it was made by a newer version of the package, or by none.
    """
    if not version.isdigit() or int(version) < 1:
        raise ConfigError(
            "{path} does not say with which tables it was made. Restore it from a backup.", path=path
        )
    if int(version) > SCHEMA_VERSION:
        raise ConfigError(
            "{path} was made by a newer genk_geo (tables {version}; this one knows {schema_version}). "
            "Update genk_geo, or restore a backup of before.",
            path=path,
            version=version,
            schema_version=SCHEMA_VERSION,
        )
    if int(version) < SCHEMA_VERSION and not older:
        raise OlderError("{path} was made by an earlier genk_geo. Run `genk-geo weekly` first.", path=path)


class OlderError(ConfigError):
    """A history that has to be taken to the present tables before it can be read."""


def migrate(base: duckdb.DuckDBPyConnection, path: Path, version: str) -> None:
    """Take a history to the present tables, in the caller's transaction.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    path : pathlib.Path
        Its file, for messages.
    version : str
        What it says of its tables.

    Raises
    ------
    ConfigError
        If it was made by a newer version of the package, or by none.
    """
    check_version(path, version, older=True)
    for step in range(int(version), SCHEMA_VERSION):
        _STEPS[step](base)
        log.warning("%s was taken from tables %s to %s", path.name, step, step + 1)
    if int(version) < SCHEMA_VERSION:
        version_now = [str(SCHEMA_VERSION)]
        base.execute("update meta set value = ? where key = 'schema_version'", version_now)

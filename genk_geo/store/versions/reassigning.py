"""Incidents put in the areas of other borders: as a new version, so that what was known before stays known.

Rows are what deliveries told. One whose point lies in another area now is kept once more with that area, and
takes its place in the deliveries that told it: told again, they tell the new areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from genk_geo.store.rows import TEXT
from genk_geo.store.tables import COLUMNS, DIGEST
from genk_geo.store.versions.known import begin
from genk_geo.store.weekly import refresh_weekly_counts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import duckdb

    Locate = Callable[[pd.Series, pd.Series], pd.DataFrame]

_AREAS = ("sector", "wijk", "stadsdeel")
# Rows that only the past tells of stay as they were.
_POINTS = f"""
select row_id, x, y, {", ".join(_AREAS)} from contents where x is not null and row_id in (
    select row_id from seen union select row_id from named
    union select row_id from versions where tx_to is null and row_id is not null
) order by row_id
"""  # noqa: S608 - our own column names
_REPLACED = ", ".join(f"m.{name} as {name}" if name in _AREAS else f"k.{name}" for name in COLUMNS)
# With the digest that the row would have, had it been delivered so.
_AGAIN = f"""
create or replace temp table again as
select *, {DIGEST} as digest from (
    select k.row_id as old_row, k.proposed as incident_id, k.number_id, k.numbered, {_REPLACED}
    from contents k join elsewhere m using (row_id)
)
"""  # noqa: S608 - our own column names
_LIST = ", ".join(COLUMNS)
_INSERT = f"""
insert into contents
select (select coalesce(max(row_id), 0) from contents) + row_number() over (order by old_row),
    digest, incident_id, number_id, numbered, {_LIST}
from again anti join contents using (digest)
qualify row_number() over (partition by digest order by old_row) = 1
"""  # noqa: S608
_MAP = """
create or replace temp table instead as
select a.old_row, k.row_id as new_row from again a join contents k using (digest)
"""
_COUNT = """
select count(*) from current c join elsewhere m using (row_id) join contents k using (row_id)
where k.wijk is distinct from m.wijk or k.stadsdeel is distinct from m.stadsdeel
"""
_STEPS = (
    """
    create or replace temp table seen_again as
    select distinct s.delivery, coalesce(i.new_row, s.row_id) as row_id
    from seen s left join instead i on s.row_id = i.old_row
    """,
    "delete from seen",
    "insert into seen select delivery, row_id from seen_again",
    "drop table seen_again",
    # rows that differed by their area alone are one row now
    """
    create or replace temp table named_again as
    select coalesce(i.new_row, n.row_id) as row_id, arg_min(n.incident_id, n.delivery) as incident_id,
        min(n.delivery) as delivery
    from named n left join instead i on n.row_id = i.old_row group by 1
    """,
    "delete from named",
    "insert into named select row_id, incident_id, delivery from named_again",
    "drop table named_again",
    """
    insert into versions
    select v.incident_id, i.new_row, v.delivery, v.moment_utc, v.reason, $tx, null
    from versions v join instead i on v.row_id = i.old_row where v.tx_to is null and v.tx_from < $tx
    """,
    """
    update versions set tx_to = $tx
    where tx_to is null and tx_from < $tx and row_id in (select old_row from instead)
    """,
    "update current set row_id = i.new_row from instead i where current.row_id = i.old_row",
    "drop table instead",
    "drop table again",
)


@dataclass(frozen=True)
class Reassigned:
    """What other borders change in the history.

    Attributes
    ----------
    incidents : int
        Incidents that change wijk or stadsdeel.
    rows : int
        Rows that change wijk, stadsdeel or sector, of all versions.
    outside : int
        Rows whose point lies in no wijk: they keep the area they had.
    """

    incidents: int
    rows: int
    outside: int


def reassign(
    base: duckdb.DuckDBPyConnection, locate: Locate, timezone: str, now: dt.datetime | None
) -> Reassigned:
    """Put every row that has a point in the areas of other borders, as a new version.

    What was known before stays on record: a week that was published can be made again as it was.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.
    locate : callable
        x and y to ``sector``, ``wijk`` and ``stadsdeel``, such as :meth:`genk_geo.City.locate`.
    timezone : str
        Clock of the city.
    now : datetime.datetime, optional
        The present moment, in UTC without zone; without it nothing is changed.

    Returns
    -------
    Reassigned
    """
    rows, outside = _elsewhere(base, locate)
    found = Reassigned(_count_moving(base, rows), rows.num_rows, outside)
    if now is not None and rows.num_rows:
        _move(base, rows, begin(base, now, "reassign"))
        refresh_weekly_counts(base, timezone)
    return found


def _elsewhere(base: duckdb.DuckDBPyConnection, locate: Locate) -> tuple[pa.Table, int]:
    """Rows whose point lies in another area than they say, with that area; and how many lie outside all."""
    rows = base.execute(_POINTS).df()
    found = locate(rows["x"], rows["y"]) if len(rows) else pd.DataFrame(columns=list(_AREAS))
    there = found["wijk"].notna().to_numpy(bool)
    other = np.zeros(len(rows), dtype=bool)
    for name in _AREAS:
        old, new = (side[name].astype(object).where(side[name].notna(), None) for side in (rows, found))
        other |= old.to_numpy() != new.to_numpy()
    changed = other & there  # what lies outside the new borders keeps its area: it was told to be in the city
    columns = {
        name: pa.array(found.loc[changed, name].to_numpy(object), TEXT, from_pandas=True) for name in _AREAS
    }
    table = pa.table({"row_id": pa.array(rows.loc[changed, "row_id"].to_numpy(), pa.int64()), **columns})
    return table, int((~there).sum())


def _count_moving(base: duckdb.DuckDBPyConnection, table: pa.Table) -> int:
    """How many incidents that are known now change wijk or stadsdeel."""
    base.register("elsewhere", table)
    try:
        ((count,),) = base.execute(_COUNT).fetchall()
    finally:
        base.unregister("elsewhere")
    return int(count)


def _move(base: duckdb.DuckDBPyConnection, table: pa.Table, tx: int) -> None:
    """Put rows in their areas, as of a transaction."""
    base.register("elsewhere", table)
    try:
        base.execute(_AGAIN)
        base.execute(_INSERT)
        base.execute(_MAP)
        for step in _STEPS:
            base.execute(step, {"tx": tx} if "$tx" in step else None)
    finally:
        base.unregister("elsewhere")

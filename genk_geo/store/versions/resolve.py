"""Which incident a delivered row tells of: by its number, as long as time and place agree.

A number that returns with a far date is another incident: suppliers start again at 1 each week or year. What
changes an incident is a later version of the same report, and nothing else. A row without a number is its own
incident, unless its file repeats what was known of that time but for rows that were changed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

_SAME_PLACE_M = 250.0
_DAY_H, _NEAR_H, _FAR_H = 24.0, 6 * 24.0, 31 * 24.0

_BATCH = """
create or replace temp table batch as
select k.* from here h join contents k using (row_id) where h.incident_id is null
"""
# Stored incidents that no row of this delivery is known to tell of.
_FREE = "s.incident_id not in (select incident_id from here where incident_id is not null)"
_APART = """
    abs(epoch(b.from_utc) - epoch(k.from_utc)) / 3600 as gap_h,
    sqrt((b.x - k.x) ** 2 + (b.y - k.y) ** 2) as apart_m,
    coalesce(b.geocode_uncertainty_m, 0) + coalesce(k.geocode_uncertainty_m, 0) as unsure_m
"""
_EXACT = f"""
select b.row_id, b.proposed as delivered, s.incident_id as stored, b.theme = k.theme and {_FREE} as possible,
    b.proposed <> b.number_id as by_content, {_APART}
from batch b join state s on b.proposed = s.incident_id join contents k on k.row_id = s.last_row
"""  # noqa: S608 - ours
_KNOWN = "select distinct row_id from batch b semi join state s using (number_id)"
_PAIRS = f"""
select b.row_id, b.proposed as delivered, s.incident_id as stored, {_APART}
from batch b join state s using (number_id) join contents k on k.row_id = s.last_row
where b.theme = k.theme and gap_h <= $far and {_FREE}
  and list_contains($open, b.row_id) and not list_contains($settled, s.incident_id)
"""  # noqa: S608
# Rows without a number, beside incidents of the time of this delivery that it does not tell any more.
_UNNUMBERED = f"""
with span as (
    select min(k.from_utc) as first, max(k.from_utc) as last from here join contents k using (row_id)
)
select b.row_id, b.proposed as delivered, s.incident_id as stored, {_APART}
from batch b join contents k on b.theme = k.theme and b.source = k.source
    and k.from_utc between b.from_utc - interval 6 day and b.from_utc + interval 6 day
join state s on k.row_id = s.last_row, span
where not b.numbered and not k.numbered and s.alive and {_FREE}
  and k.from_utc between span.first and span.last
  and s.incident_id not in (select proposed from batch)
"""  # noqa: S608
_REPEATED = """
select
    (select count(*) from here semi join state using (incident_id)),
    (select count(*) from state s join contents k on k.row_id = s.last_row, (
        select min(k.from_utc) as first, max(k.from_utc) as last, any_value(k.source) as source,
            list(distinct k.theme) as themes
        from here join contents k using (row_id)
    ) span where s.alive and not k.numbered and k.source = span.source and list_contains(span.themes, k.theme)
      and k.from_utc between span.first and span.last
      and s.incident_id not in (select incident_id from here where incident_id is not null)
      and s.incident_id not in (select proposed from batch))
"""
# A history of the first kind does not say which incidents go by their content: the same is the same.
_LEGACY = """
select b.row_id, b.proposed as delivered, s.incident_id as stored
from batch b join contents k on b.theme = k.theme and b.source = k.source and b.category = k.category
    and b.from_utc = k.from_utc and b.to_utc is not distinct from k.to_utc
    and (sqrt((b.x - k.x) ** 2 + (b.y - k.y) ** 2) < 1 or (b.x is null and k.x is null))
join state s on k.row_id = s.last_row
where not b.numbered and k.numbered is null and s.alive
  and s.incident_id not in (select incident_id from here where incident_id is not null)
"""


def resolve(base: duckdb.DuckDBPyConnection, delivery: int) -> list[str]:
    """Name the incident of each row of a delivery that is told for the first time.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, with the rows of the delivery in ``here`` and what was known before in ``state``.
    delivery : int
        Its number.

    Returns
    -------
    list of str
        Incidents whose number was known with another date and place: taken as new.
    """
    base.execute(_BATCH)
    try:
        if not _first(base, "select count(*) from batch"):
            return []
        if not _first(base, "select count(*) from state"):
            base.execute("insert into named select row_id, proposed, ? from batch", [delivery])
            return []
        names, returned = _names(base)
        _note(base, names, delivery)
        return returned
    finally:
        base.execute("drop table batch")


def _names(base: duckdb.DuckDBPyConnection) -> tuple[dict[int, str], list[str]]:
    """Incident of each row of the batch, and those whose number came back for another one."""
    exact = base.execute(_EXACT).df()
    possible = exact["possible"].to_numpy(bool)
    settled = exact[possible & (_same(exact) | exact["by_content"].to_numpy(bool))]
    names = dict(zip(settled["row_id"], settled["stored"], strict=True))
    known = {int(row) for (row,) in base.execute(_KNOWN).fetchall()}
    open_rows = sorted((known | set(exact["row_id"])) - names.keys())
    matched = _matched(base, open_rows, settled) if open_rows else {}
    names |= matched
    names |= _changed_content(base, names)
    here = base.execute("select incident_id from here where incident_id is not null").fetchall()
    taken = set(exact["stored"]) | {one for (one,) in here} | set(names.values())
    returned = [row for row in open_rows if row not in names]
    names = _with_fresh(base, names, taken)
    return names, [names[row] for row in returned]


def _matched(base: duckdb.DuckDBPyConnection, open_rows: list[int], settled: pd.DataFrame) -> dict[int, str]:
    """Stored incident of each open row that has one, each used once."""
    values = {"far": _FAR_H, "open": open_rows, "settled": settled["stored"].tolist()}
    pairs = base.execute(_PAIRS, values).df()
    pairs = pairs.sort_values(["gap_h", "apart_m", "delivered", "stored"])
    found = _one_to_one(pairs[_same(pairs)])
    # most numbers of the file stand for what they stood for: the others are corrections of time or place
    kept = len(settled) + len(found) + _first(base, "select count(*) from here where incident_id is not null")
    if kept >= len(open_rows) - len(found):
        rest = pairs[~pairs["row_id"].isin(found.keys()) & ~pairs["stored"].isin(found.values())]
        found |= _one_to_one(rest[_same(rest, lenient=True)])
    return found


def _changed_content(base: duckdb.DuckDBPyConnection, names: dict[int, str]) -> dict[int, str]:
    """Stored incident of rows without a number that were changed since."""
    legacy = base.execute(_LEGACY).df()
    found = _one_to_one(legacy.sort_values(["delivered", "stored"]))
    repeated, absent = base.execute(_REPEATED).fetchall()[0]
    if repeated and repeated >= absent:
        pairs = base.execute(_UNNUMBERED).df().sort_values(["gap_h", "apart_m", "delivered", "stored"])
        pairs = pairs[~pairs["row_id"].isin(found.keys()) & ~pairs["stored"].isin(found.values())]
        found |= _one_to_one(pairs[_same(pairs)])
    gone = set(names.values())
    return {row: one for row, one in found.items() if row not in names and one not in gone}


def _same(pairs: pd.DataFrame, *, lenient: bool = False) -> npt.NDArray[np.bool_]:
    """Whether the two are one report: the same moment, or the same day or the days around at one place."""
    gap, apart = pairs["gap_h"].to_numpy(float), pairs["apart_m"].to_numpy(float)
    near_place = apart <= np.maximum(_SAME_PLACE_M, pairs["unsure_m"].to_numpy(float))
    other_place = np.isfinite(apart) & ~near_place
    if lenient:
        return np.asarray((gap < _DAY_H) | ((gap <= _FAR_H) & near_place), dtype=bool)
    return np.asarray(
        (gap == 0) | ((gap < _DAY_H) & ~other_place) | ((gap < _NEAR_H) & near_place), dtype=bool
    )


def _one_to_one(pairs: pd.DataFrame) -> dict[int, str]:
    found: dict[int, str] = {}
    used: set[str] = set()
    for row, stored in zip(pairs["row_id"], pairs["stored"], strict=True):
        if row not in found and stored not in used:
            found[int(row)] = stored
            used.add(stored)
    return found


def _with_fresh(base: duckdb.DuckDBPyConnection, names: dict[int, str], taken: set[str]) -> dict[int, str]:
    """Rows that tell of no stored incident are incidents of their own, by a name that no other one has."""
    batch = base.execute("select row_id, proposed, number_id, from_utc, x, y from batch order by row_id").df()
    batch = batch[~batch["row_id"].isin(names.keys())].sort_values(["proposed", "from_utc", "x", "y"])
    clash = batch["proposed"].isin(taken) | batch["proposed"].duplicated()
    own = batch[~clash]
    names |= dict(zip(own["row_id"], own["proposed"], strict=True))
    used = taken | set(batch["proposed"])
    # another report has it: this one goes by time and place
    for row_id, _, number, *facts in batch[clash].itertuples(index=False, name=None):
        when_and_where = "|".join(str(part) for part in facts if not pd.isna(part))
        names[int(row_id)] = name = _fresh(f"{number}\x1f{when_and_where}", used)
        used.add(name)
    return names


def _fresh(text: str, used: set[str]) -> str:
    for turn in range(len(used) + 1):
        name = hashlib.sha256(f"{text}\x1f{turn}".encode()).hexdigest()[:16]
        if name not in used:
            return name
    raise AssertionError("more names than identities")


def _note(base: duckdb.DuckDBPyConnection, names: dict[int, str], delivery: int) -> None:
    table = {
        "row_id": pa.array(list(names), pa.int64()),
        "incident_id": pa.array(list(names.values()), pa.string()),
    }
    base.register("found_names", pa.table(table))
    try:
        base.execute("insert into named select row_id, incident_id, ? from found_names", [delivery])
    finally:
        base.unregister("found_names")


def _first(base: duckdb.DuckDBPyConnection, query: str) -> int:
    row = base.execute(query).fetchone()
    return int(row[0]) if row else 0

"""Incidents that the history has already under another source or under other numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.errors import Message, QualityGateError

if TYPE_CHECKING:
    import duckdb

    from genk_geo.ingestion import IngestResult

# So many incidents that are there already under another source or number are no chance.
_LEAST = {"other": 2, "same": 5}
_SHARE = 0.5

_OVERLAPPING = """
with fresh_rows as (
    select h.incident_id, k.* from here h join contents k using (row_id)
    where h.incident_id not in (select incident_id from state)
), there as (
    select i.row_id, i.source, b.incident_id
    from fresh_rows b join contents i
      on b.theme = i.theme and b.category = i.category and b.from_utc = i.from_utc
     and b.to_utc is not distinct from i.to_utc
     and b.x is not distinct from i.x and b.y is not distinct from i.y
    where b.row_id <> i.row_id
), alive as (
    select last_row as row_id from state where alive and incident_id not in (select incident_id from here)
    union all
    select c.row_id from current c join contents k using (row_id) where k.source <> ?
)
select source, count(distinct incident_id) as n from there semi join alive using (row_id)
group by source order by n desc, source
"""


def check_overlap(base: duckdb.DuckDBPyConnection, result: IngestResult, *, source: str, new: int) -> None:
    """Refuse incidents that the history has already under another source or under other numbers.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, with what is delivered in ``here`` and what was there before in ``state``.
    result : IngestResult
        What is delivered.
    source : str
        Who delivers.
    new : int
        Delivered incidents whose identity is not known.

    Raises
    ------
    QualityGateError
        If at least half of what is new is there already.
    """
    if new < min(_LEAST.values()):
        return
    for other, count in base.execute(_OVERLAPPING, [source]).fetchall():
        least = _LEAST["same" if other == source else "other"]
        if count < max(least, _SHARE * new) or other in result.repeats:
            continue
        under = (
            Message("under other numbers")
            if other == source
            else Message("under the source {other!r}", other=other)
        )
        raise QualityGateError(
            "{file}: {count} of {new} new incidents of {source!r} are in the history already {under}, with "
            "the same time, place and category. Counted again they would double. Leave the file out or give "
            'it the same source; if they are other incidents, say repeats = ["{other}"] in the profile.',
            file=result.report.file,
            count=count,
            new=new,
            source=source,
            under=under,
            other=other,
        )

"""The history as a function of its deliveries: told one after the other, in the order of their own evidence.

A delivery that comes in its turn is told after all others. One that is older is told where it belongs, and
those after it again, so that any order of reading gives the same history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo.errors import QualityGateError
from genk_geo.ingestion.withdrawals import ABSENT, LISTED, OUTSIDE
from genk_geo.store.versions.overlap import check_overlap
from genk_geo.store.versions.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from genk_geo.store.versions.contents import Taken

_PLACES = """
create or replace temp table places as
select delivery, row_number() over (order by moment_utc, file_utc, sha256, profile) as turn
from deliveries where source = ?
"""
# What every incident of the source was before the first delivery that is told (again).
_STATE = """
create or replace temp table state as
select v.incident_id, v.last_row, v.alive, k.number_id, d.profile from (
    select v.incident_id, arg_max(v.row_id, p.turn) as last_row, arg_max(v.delivery, p.turn) as delivery,
        max(p.turn) = max(p.turn) filter (where v.row_id is not null) as alive
    from versions v join places p using (delivery)
    where v.tx_to is null and p.turn < ? group by v.incident_id
) v join contents k on k.row_id = v.last_row join deliveries d on d.delivery = v.delivery
"""
_EMPTY = """
create or replace temp table before_all as
select v.incident_id, any_value(c.row_id) as row_id
from versions v left join current c using (incident_id) where v.tx_to is null group by v.incident_id;
create or replace temp table fresh (
    incident_id varchar, row_id bigint, delivery integer, reason varchar, had boolean, was bigint
)
"""
_HERE = """
create or replace temp table here as
select s.row_id, n.incident_id from seen s left join named n using (row_id) where s.delivery = ?
"""
# Of rows that are versions of one incident and stand side by side now, one is and the others are others.
_APART = """
delete from named where row_id in (
    select h.row_id from here h join state s using (incident_id)
    qualify row_number() over (partition by h.incident_id order by h.row_id = s.last_row desc, h.row_id) > 1
)
"""
_CHANGED = """
insert into fresh
select h.incident_id, h.row_id, $delivery, null, s.incident_id is not null or b.incident_id is not null,
    case when b.incident_id is not null then b.row_id when s.alive then s.last_row end
from here h left join state s using (incident_id) left join before_all b using (incident_id)
where s.incident_id is null or not s.alive or s.last_row <> h.row_id
"""
# What is known now is as the delivery says, and was known otherwise before.
_OTHERS = """
select count(*) from fresh f join current c using (incident_id, row_id)
where f.delivery = ? and f.had and f.was is distinct from f.row_id
"""
# A number can have stood for several reports: the last of them is meant.
_BY_NUMBER = """
insert into fresh
select s.incident_id, null, $delivery, w.reason, true, s.last_row
from withdrawals w join state s using (number_id) join contents k on k.row_id = s.last_row
where w.delivery = $delivery and w.reason in ($listed, $outside) and s.alive
  and s.incident_id not in (select incident_id from here)
qualify row_number() over (partition by s.number_id order by k.from_utc desc, s.incident_id) = 1
"""
_ABSENT = """
insert into fresh
select s.incident_id, null, $delivery, $absent, true, s.last_row from state s
where s.alive and s.incident_id not in (select incident_id from here)
  and (s.profile = $profile or (s.profile = '' and s.last_row in (
      select row_id from contents
      where theme in (select distinct theme from here join contents using (row_id)))))
  and s.number_id not in (select number_id from withdrawals where delivery = $delivery)
"""
_RETURNED = """
select count(*) from (select unnest(?::varchar[]) as incident_id) anti join before_all using (incident_id)
"""
_GONE = "select count(*) from fresh where delivery = ? and row_id is null"
_FORWARD = """
create or replace temp table state as
select * from state where incident_id not in (select incident_id from fresh where delivery = $delivery)
union all
select f.incident_id, coalesce(f.row_id, s.last_row), f.row_id is not null,
    coalesce(k.number_id, s.number_id), $profile
from fresh f left join contents k on k.row_id = f.row_id left join state s on s.incident_id = f.incident_id
where f.delivery = $delivery
"""
_CLOSE = """
update versions v set tx_to = $tx from places p
where v.delivery = p.delivery and p.turn >= $start and v.tx_to is null and not exists (
    select 1 from fresh f join deliveries d using (delivery)
    where f.delivery = v.delivery and f.incident_id = v.incident_id and f.row_id is not distinct from v.row_id
      and f.reason is not distinct from v.reason and d.moment_utc = v.moment_utc
)
"""
_OPEN = """
insert into versions
select f.incident_id, f.row_id, f.delivery, d.moment_utc, f.reason, $tx, null
from fresh f join deliveries d using (delivery) where not exists (
    select 1 from versions v
    where f.delivery = v.delivery and f.incident_id = v.incident_id and v.tx_to is null
)
"""
# Of this source alone: others may have been told in the same transaction.
_CURRENT = (
    """
    create or replace temp table touched as
    select distinct incident_id from versions join places using (delivery) where tx_from = $tx or tx_to = $tx
    """,
    "delete from current where incident_id in (select incident_id from touched)",
    """
    insert into current select s.incident_id, s.last_row
    from state s join touched using (incident_id) where s.alive
    """,
)
_TEMPORARY = ("places", "state", "here", "fresh", "touched", "before_all")


@dataclass
class Told:
    """What a delivery brought to the history.

    Attributes
    ----------
    new, known, changed, returned : int
        As :class:`genk_geo.store.Added` has them.
    withdrawn : int
        Incidents that it withdrew.
    older : int
        Incidents of which a newer delivery, read before, says something else.
    """

    new: int = 0
    known: int = 0
    changed: int = 0
    returned: int = 0
    withdrawn: int = 0
    older: int = 0


def tell(base: duckdb.DuckDBPyConnection, source: str, taken: Sequence[Taken], tx: int) -> dict[int, Told]:
    """Tell the deliveries of a source that were taken, in their places, and those after them again.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, in a transaction.
    source : str
        Who delivered.
    taken : sequence of Taken
        Deliveries that are new, or were read anew.
    tx : int
        Number of the transaction.

    Returns
    -------
    dict of int to Told
        By delivery.

    Raises
    ------
    QualityGateError
        If most of a delivery is in the history already under other numbers, or a full one lacks too much.
    """
    base.execute(_PLACES, [source])
    start = min(_first_place(base, source, one) for one in taken)
    order = base.execute("select delivery from places where turn >= ? order by turn", [start]).fetchall()
    tail = [int(delivery) for (delivery,) in order]
    asked = {one.delivery: one for one in taken}
    again = len(tail) > len(asked)
    base.execute(_STATE, [start])
    base.execute(_EMPTY)
    base.execute("delete from named where delivery in (select delivery from places where turn >= ?)", [start])
    told = {delivery: _tell_one(base, delivery, source, asked.get(delivery)) for delivery in tail}
    base.execute(_CLOSE, {"tx": tx, "start": start})
    base.execute(_OPEN, {"tx": tx})
    for statement in _CURRENT:
        base.execute(statement, {"tx": tx} if "$tx" in statement else None)
    for delivery in asked:
        told[delivery].changed = _count(base, _OTHERS, delivery)
        if again:
            told[delivery].older = _older(base, delivery, list(asked))
    for name in _TEMPORARY:
        base.execute(f"drop table if exists {name}")
    return {delivery: told[delivery] for delivery in asked}


def _first_place(base: duckdb.DuckDBPyConnection, source: str, one: Taken) -> int:
    """The place of a delivery, or that of before it was read anew, whichever comes first."""
    row = base.execute("select turn from places where delivery = ?", [one.delivery]).fetchone()
    place = int(row[0]) if row else 1
    if one.before is None:
        return place
    earlier = base.execute(
        "select count(*) + 1 from deliveries where source = ? and delivery <> ? "
        "and (moment_utc, file_utc, sha256, profile) < (?, ?, ?, ?)",
        [source, one.delivery, *one.before],
    ).fetchone()
    return min(place, int(earlier[0]) if earlier else 1)


def _tell_one(base: duckdb.DuckDBPyConnection, delivery: int, source: str, asked: Taken | None) -> Told:
    base.execute(_HERE, [delivery])
    base.execute(_APART)
    base.execute(_HERE, [delivery])
    returned = resolve(base, delivery)
    base.execute(_HERE, [delivery])
    told = Told(returned=_count(base, _RETURNED, returned))
    row = base.execute(
        "select count(*), count(*) filter (where incident_id in (select incident_id from state) "
        "or incident_id in (select incident_id from before_all)) from here"
    ).fetchone()
    assert row is not None
    told.new, told.known = int(row[0]) - int(row[1]), int(row[1])
    if asked is not None:
        check_overlap(base, asked.result, source=source, new=told.new)
    kind, profile = base.execute(
        "select kind, profile from deliveries where delivery = ?", [delivery]
    ).fetchall()[0]
    own = {"delivery": delivery}
    base.execute(_CHANGED, own)
    base.execute(_BY_NUMBER, own | {"listed": LISTED, "outside": OUTSIDE})
    if kind == "full":
        base.execute(_ABSENT, own | {"absent": ABSENT, "profile": profile})
        if asked is not None:
            _check_absent(base, asked, profile)
    told.withdrawn = _count(base, _GONE, delivery)
    base.execute(_FORWARD, own | {"profile": profile})
    return told


def _check_absent(base: duckdb.DuckDBPyConnection, asked: Taken, profile: str) -> None:
    """A full delivery that lacks most of what is on record was cut off, or is none."""
    gone = "select count(*) from fresh where delivery = ? and reason = ?"
    absent = _count(base, gone, asked.delivery, ABSENT)
    known = _count(base, "select count(*) from state where alive and profile = ?", profile)
    if absent > max(asked.result.max_withdrawn * known, 1):
        raise QualityGateError(
            "{file}: a full delivery that lacks {absent} of {known} incidents on record (more than "
            "{max_withdrawn:.0%}). Is the file whole? If it is, set max_withdrawn = 1 in the profile; if it "
            'holds only a part of the past, leave out delivery = "full".',
            file=asked.result.report.file,
            absent=absent,
            known=known,
            max_withdrawn=asked.result.max_withdrawn,
        )


def _older(base: duckdb.DuckDBPyConnection, delivery: int, asked: list[int]) -> int:
    """Incidents of a delivery of which a newer one, that was read before, says something else."""
    row = base.execute(
        """
        select count(*) from seen s join named n using (row_id) join places p on p.delivery = s.delivery
        where s.delivery = $delivery and exists (
            select 1 from fresh f join places q on q.delivery = f.delivery
            where f.incident_id = n.incident_id and q.turn > p.turn and f.row_id is distinct from s.row_id
              and not list_contains($asked, f.delivery)
        )
        """,
        {"delivery": delivery, "asked": asked},
    ).fetchone()
    return int(row[0]) if row else 0


def _count(base: duckdb.DuckDBPyConnection, query: str, *values: object) -> int:
    row = base.execute(query, list(values)).fetchone()
    return int(row[0]) if row else 0

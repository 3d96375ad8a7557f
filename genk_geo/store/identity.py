"""Which stored incident a delivered one is: by its number, as long as time and place agree.

A number that returns with a far date is another incident: suppliers start again at 1 each week or year. What
overwrites an incident is a later version of the same report, and nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from genk_geo.errors import QualityGateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import numpy.typing as npt
    import pandas as pd

#: Came later than the first histories; older files get it when they are opened.
NUMBERS = "create table if not exists numbers (number_id varchar, incident_id varchar)"

_SAME_PLACE_M = 250.0
_DAY_H, _NEAR_H, _FAR_H = 24.0, 6 * 24.0, 31 * 24.0

# So many incidents that are there already under another source or number are no chance.
_LEAST_OVERLAP = {"other": 2, "same": 5}
_OVERLAP = 0.5

# How far apart a delivered and a stored incident are, in time and place.
_EXACT = """
select b.incident_id as delivered, i.incident_id as stored,
    abs(epoch(b.from_utc) - epoch(i.from_utc)) / 3600 as gap_h,
    sqrt((b.x - i.x) ** 2 + (b.y - i.y) ** 2) as apart_m,
    coalesce(b.geocode_uncertainty_m, 0) + coalesce(i.geocode_uncertainty_m, 0) as unsure_m
from batch b join incidents i on b.incident_id = i.incident_id
"""
_KNOWN = """
select distinct b.incident_id from batch b join keys k on b.incident_id = k.incident_id where k.number_id in (
    select incident_id from incidents union all select number_id from numbers)
"""
_PAIRS = """
select b.incident_id as delivered, i.incident_id as stored,
    abs(epoch(b.from_utc) - epoch(i.from_utc)) / 3600 as gap_h,
    sqrt((b.x - i.x) ** 2 + (b.y - i.y) ** 2) as apart_m,
    coalesce(b.geocode_uncertainty_m, 0) + coalesce(i.geocode_uncertainty_m, 0) as unsure_m
from batch b
join open_rows o on o.incident_id = b.incident_id
join keys k on k.incident_id = b.incident_id
join (select incident_id as number_id, incident_id from incidents union all
      select number_id, incident_id from numbers) n on n.number_id = k.number_id
join incidents i on i.incident_id = n.incident_id
where gap_h <= $far and i.incident_id not in (select incident_id from settled)
"""
_OVERLAPPING = """
select i.source, count(distinct b.incident_id) as n
from batch b join incidents i
  on b.theme = i.theme and b.category = i.category and b.from_utc = i.from_utc
 and b.to_utc is not distinct from i.to_utc and b.x is not distinct from i.x and b.y is not distinct from i.y
where b.incident_id not in (select incident_id from incidents)
  and i.incident_id not in (select incident_id from batch)
group by i.source order by n desc, i.source
"""


@dataclass(frozen=True)
class Resolved:
    """Identity of the delivered incidents in the history.

    Attributes
    ----------
    incident_id : pandas.Series of str
        In the order of the batch.
    returned : int
        Incidents whose number was known with another date and place: taken as new.
    """

    incident_id: pd.Series
    returned: int


def resolve(base: duckdb.DuckDBPyConnection, incident_id: pd.Series, number_id: pd.Series) -> Resolved:
    """Find the stored incident of each delivered one.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, with the delivered rows registered as ``batch``.
    incident_id : pandas.Series of str
        As delivered.
    number_id : pandas.Series of str
        Identity of the number, same index.

    Returns
    -------
    Resolved
        Those of stored reports, and new ones where a number stands for another report.
    """
    ids = incident_id.to_numpy(object)
    keys = pa.table({"incident_id": pa.array(ids), "number_id": pa.array(number_id.to_numpy(object))})
    base.register("keys", keys)
    try:
        exact = base.execute(_EXACT).df()
        by_content = set(ids[ids != number_id.to_numpy(object)])
        settled = exact[_same(exact) | exact["delivered"].isin(by_content)]
        known = {one for (one,) in base.execute(_KNOWN).fetchall()}
        open_ids = sorted((known | set(exact["delivered"])) - set(settled["delivered"]))
        if not open_ids:
            return Resolved(incident_id, 0)
        found = _matched(base, open_ids, settled)
    finally:
        base.unregister("keys")
    return _renamed(base, incident_id, number_id, set(open_ids), found, set(exact["stored"]))


def _matched(base: duckdb.DuckDBPyConnection, open_ids: list[str], settled: pd.DataFrame) -> dict[str, str]:
    """Stored incident of each open row that has one, each used once."""
    base.register("open_rows", pa.table({"incident_id": open_ids}))
    base.register("settled", pa.table({"incident_id": pa.array(settled["stored"], pa.string())}))
    try:
        pairs = base.execute(_PAIRS, {"far": _FAR_H}).df()
    finally:
        base.unregister("open_rows")
        base.unregister("settled")
    pairs = pairs.sort_values(["gap_h", "apart_m", "delivered", "stored"])
    found = _one_to_one(pairs[_same(pairs)])
    # most numbers of the file stand for what they stood for: the others are corrections of time or place
    if len(settled) + len(found) >= len(open_ids) - len(found):
        rest = pairs[~pairs["delivered"].isin(found.keys()) & ~pairs["stored"].isin(found.values())]
        found |= _one_to_one(rest[_same(rest, lenient=True)])
    return found


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


def _one_to_one(pairs: pd.DataFrame) -> dict[str, str]:
    found: dict[str, str] = {}
    used: set[str] = set()
    for delivered, stored in zip(pairs["delivered"], pairs["stored"], strict=True):
        if delivered not in found and stored not in used:
            found[delivered] = stored
            used.add(stored)
    return found


def _renamed(
    base: duckdb.DuckDBPyConnection,
    incident_id: pd.Series,
    number_id: pd.Series,
    open_ids: set[str],
    found: dict[str, str],
    taken: set[str],
) -> Resolved:
    facts = "select incident_id, concat_ws('|', from_utc, x, y) from batch"
    ids = dict(base.execute(facts).fetchall())
    numbers = dict(zip(incident_id, number_id, strict=True))
    used = taken | set(incident_id)
    returned = 0
    for one in sorted(open_ids - found.keys()):
        returned += 1
        if one in taken:  # the number is another report's: this one goes by number, time and place
            found[one] = _fresh(f"{numbers[one]}\x1f{ids[one]}", used)
            used.add(found[one])
    return Resolved(incident_id.map(lambda one: found.get(one, one)).astype("str"), returned)


def _fresh(text: str, used: set[str]) -> str:
    for turn in range(len(used) + 1):
        name = hashlib.sha256(f"{text}\x1f{turn}".encode()).hexdigest()[:16]
        if name not in used:
            return name
    raise AssertionError("more names than identities")


def check_overlap(
    base: duckdb.DuckDBPyConnection, *, file: str, source: str, new: int, repeats: Sequence[str]
) -> None:
    """Refuse incidents that the history has already under another source or under other numbers.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history, with the delivered rows registered as ``batch``.
    file, source : str
        What is delivered, for the message.
    new : int
        Delivered incidents whose identity is not known.
    repeats : sequence of str
        Sources that may be told again.

    Raises
    ------
    QualityGateError
        If at least half of what is new is there already.
    """
    if new < min(_LEAST_OVERLAP.values()):
        return
    for other, count in base.execute(_OVERLAPPING).fetchall():
        least = _LEAST_OVERLAP["same" if other == source else "other"]
        if count < max(least, _OVERLAP * new) or other in repeats:
            continue
        under = "under other numbers" if other == source else f"under the source {other!r}"
        raise QualityGateError(
            f"{file}: {count} of {new} new incidents of {source!r} are in the history already {under}, with "
            "the same time, place and category. Counted again they would double. Leave the file out or give "
            f'it the same source; if they are other incidents, say repeats = ["{other}"] in the profile.'
        )

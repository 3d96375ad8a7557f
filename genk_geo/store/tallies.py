"""Counts straight from the history, without loading it: by wijk and week in DuckDB, the rest in blocks.

Everything reads one view, ``happened``: the incidents with ``occurred_utc``. Weeks are those of the city's
clock. DuckDB tells no zones apart without an extension, so the moments at which the clock changes are handed
to it as a table.
"""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from genk_geo.calendar import Week
from genk_geo.schema import GEOCODE_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    import numpy.typing as npt

    from genk_geo.store.history import Store

#: Rows in memory at a time.
BLOCK = 100_000
_DAY_S = 86_400
_A_LITTLE_MORE = 1 + 1e-6  # so that rounding puts no neighbour two squares away
_NO_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - of an empty history any day will do
_EVER = dt.datetime(1, 1, 1)  # noqa: DTZ001 - UTC without zone, as moments stand in the history
_SELECTED = """
happened where ($theme::varchar is null or theme = $theme)
  and ($start::timestamp is null or occurred_utc >= $start::timestamp)
  and ($end::timestamp is null or occurred_utc < $end::timestamp)
  and ($reported_before::timestamp is null
       or coalesce(reported_utc, occurred_utc) < $reported_before::timestamp)
  and ($within_m::double is null or (
       x is not null and geocode_uncertainty_m <= $within_m and list_contains($finer, geocode_level)))
"""
_FINER = list(GEOCODE_LEVELS[GEOCODE_LEVELS.index("street") + 1 :])
# Columns that are read in blocks; moments come back as UTC.
_READABLE = ("incident_id", "category", "wijk", "stadsdeel", "x", "y", "from_utc", "to_utc", "occurred_utc")
_BY_WEEK = f"""
select theme, coalesce(wijk, '') as wijk,
    date_trunc('week', occurred_utc + to_seconds(offset_s))::date as monday, count(*) as incidents
from (select * from {_SELECTED}) asof join clock on occurred_utc >= since_utc
group by all order by all
"""  # noqa: S608 - ours
_NEAR = """
select distinct x, y, geocode_level from happened h, probes p
where h.x is not null
  and floor(h.x / $side) = p.across and floor(h.y / $side) = p.up
order by all
"""


@dataclass(frozen=True)
class Selection:
    """Which incidents are counted: those of a theme, of a time, and known before a moment.

    Attributes
    ----------
    theme : str, optional
        Only this theme.
    start, end : tz-aware datetime, optional
        Half-open limits of the middle of the window.
    reported_before : tz-aware datetime, optional
        Leave out what was reported then or later, or happened so where no report has a moment.
    within_m : float, optional
        Only incidents whose place is known to within so many metres, and better than to its street, as
        :func:`genk_geo.jobs.history.precisely_placed` has it.
    """

    theme: str | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    reported_before: dt.datetime | None = None
    within_m: float | None = None

    def values(self, timezone: str) -> dict[str, Any]:
        """As the history has them: UTC without zone; a moment without zone is on the city's clock."""
        moments = {"start": self.start, "end": self.end, "reported_before": self.reported_before}
        limits = {name: _utc(one, timezone) for name, one in moments.items()}
        return {"theme": self.theme, "within_m": self.within_m, "finer": _FINER} | limits


ALL = Selection()


def weeks_on_record(store: Store, theme: str | None = None) -> list[Week]:
    """Name every week from the first incident to the last; none where there is no incident.

    Parameters
    ----------
    store : Store
        The history.
    theme : str, optional
        Only this theme.

    Returns
    -------
    list of Week
        Without a gap.
    """
    query = f"select min(occurred_utc), max(occurred_utc) from {_SELECTED}"  # noqa: S608 - ours
    with closing(store.reader()) as base:
        first, last = base.execute(query, Selection(theme).values(store.timezone)).fetchall()[0]
    if first is None:
        return []
    ends = [pd.Timestamp(one, tz="UTC").tz_convert(store.timezone).date() for one in (first, last)]
    begin, end = map(Week.from_day, ends)
    return [begin.shift(at) for at in range(end.minus(begin) + 1)]


def blocks(
    store: Store, columns: Sequence[str], selection: Selection = ALL, *, rows: int = BLOCK
) -> Iterator[pd.DataFrame]:
    """Read some columns of the incidents, so many rows at a time, in no particular order.

    Parameters
    ----------
    store : Store
        The history; it must not change meanwhile.
    columns : sequence of str
        Of ``incident_id``, ``category``, ``wijk``, ``stadsdeel``, ``x``, ``y``, ``from_utc``, ``to_utc`` and
        ``occurred_utc``.
    selection : Selection, optional
        Which incidents; all.
    rows : int
        Most rows of a block.

    Yields
    ------
    pandas.DataFrame
        Moments in UTC; ``x`` and ``y`` are NaN where no place was found.
    """
    other = [name for name in columns if name not in _READABLE]
    if other:
        raise ValueError(f"columns that are not read in blocks: {', '.join(other)}")
    query = f"select {', '.join(columns)} from {_SELECTED}"  # noqa: S608 - ours, checked
    with closing(store.reader()) as base:
        reader: Any = base.sql(query, params=selection.values(store.timezone)).to_arrow_reader(rows)
        for batch in reader:
            table: pd.DataFrame = batch.to_pandas()
            moments = [name for name in columns if name.endswith("_utc")]
            yield table.assign(**{name: table[name].dt.tz_localize("UTC") for name in moments})


def count_wijk_weeks(store: Store, selection: Selection = ALL) -> pd.DataFrame:
    """Count incidents by wijk and week; those whose wijk is not known stand under an empty name.

    Parameters
    ----------
    store : Store
        The history.
    selection : Selection, optional
        Which incidents; all.

    Returns
    -------
    pandas.DataFrame
        Whole numbers, a row a wijk in order of name, a column a week that has an incident.
    """
    with closing(store.reader()) as base:
        return by_wijk(rows_by_week(base, store.timezone, selection))


def rows_by_week(base: duckdb.DuckDBPyConnection, timezone: str, selection: Selection = ALL) -> pd.DataFrame:
    """Count by ``theme``, ``wijk`` and ``monday``: a row for each that has ``incidents``."""
    first, last = base.execute("select min(occurred_utc), max(occurred_utc) from happened").fetchall()[0]
    span = (first, last) if first else (_NO_DAY, _NO_DAY)
    base.register("clock", clock_of(timezone, *span))
    try:
        rows: pd.DataFrame = base.execute(_BY_WEEK, selection.values(timezone)).df()
    finally:
        base.unregister("clock")
    return rows


def by_wijk(rows: pd.DataFrame) -> pd.DataFrame:
    """Table of wijken by weeks, of rows with ``wijk``, ``monday`` and ``incidents``."""
    week = rows["monday"].map(lambda day: str(Week.from_day(pd.Timestamp(day).date())))
    table = rows.assign(week=week).pivot_table(
        index="wijk", columns="week", values="incidents", aggfunc="sum", fill_value=0
    )
    return table.astype(np.int64).rename_axis(columns=None)


def places_near(store: Store, points: npt.ArrayLike, reach_m: float) -> gpd.GeoDataFrame:
    """Give the places of incidents that may lie within a distance of one of some points.

    DuckDB compares squares of the distance and those around them, so that a few come along that lie up to
    twice as far in each direction.

    Parameters
    ----------
    store : Store
        The history.
    points : array_like, shape (n, 2)
        Coordinates in the system of the history.
    reach_m : float
        Distance.

    Returns
    -------
    geopandas.GeoDataFrame
        Different places with their ``geocode_level``.
    """
    xy = np.asarray(points, dtype=float).reshape(-1, 2)
    side = reach_m * _A_LITTLE_MORE
    square = np.unique(np.floor(xy[np.isfinite(xy).all(axis=1)] / side), axis=0)
    around = np.array([(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)], dtype=float)
    probes = np.unique((square[:, None] + around).reshape(-1, 2), axis=0)
    with closing(store.reader()) as base:
        base.register("probes", pa.table({"across": probes[:, 0], "up": probes[:, 1]}))
        rows = base.execute(_NEAR, {"side": side}).df()
    shapes = shapely.points(rows["x"].to_numpy(float), rows["y"].to_numpy(float))
    return gpd.GeoDataFrame(rows[["geocode_level"]], geometry=shapes, crs=store.crs)


def clock_of(timezone: str, first: dt.datetime, last: dt.datetime) -> pa.Table:
    """Offsets of a zone from UTC in seconds, each with the moment from which it holds.

    Parameters
    ----------
    timezone : str
        Name of the zone.
    first, last : datetime.datetime
        Moments in UTC, without zone, that it must hold for.

    Returns
    -------
    pyarrow.Table
        ``since_utc`` and ``offset_s``; the first row holds for all time before it, too.
    """
    zone = ZoneInfo(timezone)

    def offset(moment: dt.datetime) -> int:
        found = moment.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset()
        return int(found.total_seconds()) if found else 0

    day, second = dt.timedelta(days=1), dt.timedelta(seconds=1)
    at = first.replace(microsecond=0) - day
    changes = [(_EVER, offset(at))]
    while at <= last:
        before, after = 0, _DAY_S  # seconds after `at` with the old offset, and with the new one
        if offset(at + day) != changes[-1][1]:
            while after - before > 1:
                middle = (before + after) // 2
                same = offset(at + middle * second) == changes[-1][1]
                before, after = (middle, after) if same else (before, middle)
            changes.append((at + after * second, offset(at + after * second)))
        at += day
    since, seconds = zip(*changes, strict=True)
    moments = pa.array(since, pa.timestamp("us"))
    return pa.table({"since_utc": moments, "offset_s": pa.array(seconds, pa.int64())})


def _utc(moment: dt.datetime | None, timezone: str) -> dt.datetime | None:
    if moment is None:
        return None
    stamp = pd.Timestamp(moment)
    stamp = stamp.tz_localize(timezone) if stamp.tzinfo is None else stamp
    return stamp.tz_convert("UTC").tz_localize(None).to_pydatetime()

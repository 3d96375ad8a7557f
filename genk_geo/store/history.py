"""The store: adding what was ingested, reading incidents back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from genk_geo.calendar import BRUSSELS, Week
from genk_geo.private import private_files
from genk_geo.schema import check_table, geocode_level_dtype
from genk_geo.store.areas import read_areas, write_areas
from genk_geo.store.database import NAMES, open_database, transaction
from genk_geo.store.rejects import days_ago, delete_rejects, write_rejects
from genk_geo.store.scores import read_scores, write_scores

if TYPE_CHECKING:
    from types import TracebackType

    import duckdb

    from genk_geo.ingestion import IngestResult

_TEXTS = ("incident_id", "source", "theme", "category", "severity", "sector", "wijk", "stadsdeel")
_MOMENTS = ("from", "to", "reported")
_NUMBERS = ("weight", "geocode_score", "geocode_uncertainty_m")
_TEXT, _STAMP = pa.string(), pa.timestamp("us")
# In the order of the table, so that whole rows can be compared.
_ROWS = pa.schema(
    [(name, _TEXT) for name in _TEXTS[:4]]
    + [(f"{name}_utc", _STAMP) for name in _MOMENTS]
    + [("weight", pa.float64()), ("severity", _TEXT), ("weak_road_user", pa.bool_()), ("hour", pa.int8())]
    + [("geocode_level", _TEXT), ("geocode_score", pa.float64()), ("geocode_uncertainty_m", pa.float64())]
    + [("sector", _TEXT), ("wijk", _TEXT), ("stadsdeel", _TEXT), ("kept", _TEXT)]
    + [("x", pa.float64()), ("y", pa.float64())]
)
_SELECTION = """
select * exclude (occurred_utc) from happened
where ($theme is null or theme = $theme)
  and ($start is null or occurred_utc >= $start::timestamp)
  and ($end is null or occurred_utc < $end::timestamp)
  and ($reported_before is null or coalesce(reported_utc, occurred_utc) < $reported_before::timestamp)
order by incident_id
"""


@dataclass(frozen=True)
class Added:
    """What one ingest brought to the history.

    Attributes
    ----------
    new : int
        Incidents that were not there.
    known : int
        Incidents that were there already.
    changed : int
        Those among the known that came again with another content, and were updated.
    """

    new: int
    known: int
    changed: int = 0


class Store:
    """The history of incidents in one DuckDB file; open it with :meth:`open`, as a context manager."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, crs: int, timezone: str) -> None:
        self._connection = connection
        self.crs = crs
        self.timezone = timezone

    @classmethod
    def open(cls, path: Path | str, *, crs: int = 31370, timezone: str = BRUSSELS) -> Store:
        """Open a history; a new one is made where none is.

        Parameters
        ----------
        path : path-like
            The DuckDB file. It is made readable for its owner only, where the system allows.
        crs : int
            EPSG code of the city's metric system.
        timezone : str
            The city's clock.

        Returns
        -------
        Store
            To be closed, or used in a ``with``.

        Raises
        ------
        ConfigError
            If the file is in use, damaged, no history, or of another coordinate system or clock.
        """
        return cls(open_database(Path(path), crs=crs, timezone=timezone), crs, timezone)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write everything to the file and let it go."""
        with private_files():
            self._connection.close()

    @property
    def secret(self) -> bytes:
        """Random bytes, the same as long as this history lives; see :mod:`genk_geo.release.identities`."""
        row = self._connection.execute("select value from meta where key = ?", [NAMES]).fetchone()
        return bytes.fromhex(str(row[0])) if row else b""

    def add(self, result: IngestResult, *, rejects_days: int | None = None) -> Added:
        """Add what a file brought, all of it or nothing.

        An incident that is there already, by its ``incident_id``, is updated when its content is another.

        Parameters
        ----------
        result : IngestResult
            From :func:`genk_geo.ingestion.ingest`.
        rejects_days : int, optional
            Rejects of a file that was first taken longer ago are counted, not kept.

        Returns
        -------
        Added
            Counts of new, known and changed incidents.
        """
        check_table(result.incidents, "incidents", epsg=self.crs)
        base = self._connection
        base.register("batch", _to_rows(result.incidents))
        try:
            with transaction(base):
                known = _count(base, "select count(*) from batch semi join incidents using (incident_id)")
                base.execute(
                    "create or replace temp table changed as "
                    "select * from batch semi join incidents using (incident_id) "
                    "except select * from incidents"
                )
                changed = _count(base, "select count(*) from changed")
                base.execute("insert into incidents from batch anti join incidents using (incident_id)")
                base.execute("delete from incidents where incident_id in (select incident_id from changed)")
                base.execute("insert into incidents select * from changed")
                base.execute("drop table changed")
                self._note_file(result, rejects_days)
        finally:
            base.unregister("batch")
        return Added(new=len(result.incidents) - known, known=known, changed=changed)

    def incidents(
        self,
        theme: str | None = None,
        *,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
        reported_before: dt.datetime | None = None,
    ) -> gpd.GeoDataFrame:
        """Read incidents.

        Parameters
        ----------
        theme : str, optional
            Only this theme.
        start, end : tz-aware datetime, optional
            Half-open limits of :func:`genk_geo.calendar.occurred`, the middle of the window.
        reported_before : tz-aware datetime, optional
            Leave out what was reported then or later, or happened so where no report has a moment.

        Returns
        -------
        geopandas.GeoDataFrame
            Contract ``incidents``, sorted by ``incident_id``, RangeIndex, times on the city's clock. Column
            ``hour`` only where a file gave no day; kept columns only where a profile keeps them.
        """
        limits = {"start": start, "end": end, "reported_before": reported_before}
        values = {name: _utc(moment, self.timezone) for name, moment in limits.items()}
        rows = self._read(_SELECTION, {"theme": theme, **values})
        return check_table(_from_rows(rows, self.crs, self.timezone), "incidents", epsg=self.crs)

    def files(self) -> pd.DataFrame:
        """Files that were read: checksum, profile, name, source, theme, when first taken, counts, reasons.

        Returns
        -------
        pandas.DataFrame
            One row for each file and profile, in the order in which they came.
        """
        rows = self._read("select * from files order by taken_utc, sha256, profile")
        taken = rows["taken_utc"].dt.tz_localize("UTC").dt.tz_convert(self.timezone)
        rows = rows.assign(taken_utc=taken).rename(columns={"taken_utc": "taken"})
        for name in ("reasons", "levels"):
            rows[name] = rows[name].map(json.loads)
        return rows

    def rejects(self) -> pd.DataFrame:
        """Rejected lines of all files (contract ``rejects``, plus ``sha256`` and ``profile``).

        Lines that a profile's selection leaves out are not among them.
        """
        rows = self._read("select * from rejects order by sha256, profile, line, reason")
        return check_table(rows, "rejects")

    def forget_rejects(self, days: int) -> int:
        """Delete the rejects of files that were first taken longer ago.

        Parameters
        ----------
        days : int
            How long rejects are kept, by the clock of the machine.

        Returns
        -------
        int
            How many there were.
        """
        with transaction(self._connection):
            return delete_rejects(self._connection, days)

    def areas(self, theme: str, week: Week | str, fingerprint: str) -> gpd.GeoDataFrame | None:
        """Hotspot areas that were saved for a theme, a week and a fingerprint of the settings.

        Parameters
        ----------
        theme : str
            Key of the theme.
        week : Week or str
            ISO week.
        fingerprint : str
            What the areas depend on; areas of other settings are not comparable.

        Returns
        -------
        geopandas.GeoDataFrame or None
            As saved; None if that week was never saved, an empty table if it had no areas.
        """
        return read_areas(self._connection, theme, str(week), fingerprint, self.crs)

    def save_areas(self, theme: str, week: Week | str, fingerprint: str, areas: gpd.GeoDataFrame) -> None:
        """Save the hotspot areas of a week, in place of what was saved for it before.

        Parameters
        ----------
        theme : str
            Key of the theme.
        week : Week or str
            ISO week.
        fingerprint : str
            What the areas depend on.
        areas : geopandas.GeoDataFrame
            Contract ``areas``, in the city's system; further columns of text, numbers, booleans and tuples of
            these are kept too.
        """
        check_table(areas, "areas", epsg=self.crs)
        with transaction(self._connection):
            write_areas(self._connection, theme, str(week), fingerprint, areas)

    def scores(self, theme: str, fingerprint: str, *, first: Week, last: Week) -> pd.DataFrame:
        """Scores of past outlooks that were saved.

        Parameters
        ----------
        theme : str
            Key of the theme.
        fingerprint : str
            What the scores depend on; those of other settings are not comparable.
        first, last : Week
            Weeks, both included.

        Returns
        -------
        pandas.DataFrame
            As :func:`genk_geo.stats.backtest` gives them; empty if no week was saved.
        """
        return read_scores(self._connection, theme, fingerprint, str(first), str(last))

    def save_scores(self, theme: str, fingerprint: str, scores: pd.DataFrame) -> None:
        """Save the scores of past outlooks, in place of what was saved for the same weeks before.

        Parameters
        ----------
        theme : str
            Key of the theme.
        fingerprint : str
            What the scores depend on.
        scores : pandas.DataFrame
            As :func:`genk_geo.stats.backtest` gives them.
        """
        with transaction(self._connection):
            write_scores(self._connection, theme, fingerprint, scores)

    def _note_file(self, result: IngestResult, rejects_days: int | None) -> None:
        """Note the file and its rejects; the first moment that it was taken stays."""
        base, report = self._connection, result.report
        key = [report.sha256, report.profile]
        first = base.execute("select taken_utc from files where sha256 = ? and profile = ?", key).fetchone()
        taken = first[0] if first else dt.datetime.now(dt.UTC).replace(tzinfo=None)
        base.execute("delete from files where sha256 = ? and profile = ?", key)
        base.execute(
            "insert into files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *key,
                report.file,
                report.source,
                report.theme,
                taken,
                report.rows_in,
                report.incidents,
                report.duplicates,
                report.rejects,
                json.dumps(report.reasons),
                json.dumps(report.levels),
            ],
        )
        recent = rejects_days is None or taken >= days_ago(rejects_days)
        kept = result.rejects.loc[(result.rejects["reason"] != "not_selected") & recent]
        write_rejects(base, key, kept)

    def _read(self, query: str, values: dict[str, Any] | None = None) -> pd.DataFrame:
        rows: pd.DataFrame = self._connection.execute(query, values).df()
        return rows


def _count(base: duckdb.DuckDBPyConnection, query: str) -> int:
    row = base.execute(query).fetchone()
    return int(row[0]) if row else 0


def _utc(moment: dt.datetime | None, timezone: str) -> dt.datetime | None:
    """UTC without zone; a moment without zone is on the city's clock."""
    if moment is None:
        return None
    stamp = pd.Timestamp(moment)
    stamp = stamp.tz_localize(timezone) if stamp.tzinfo is None else stamp
    return stamp.tz_convert("UTC").tz_localize(None).to_pydatetime()


def _to_rows(incidents: gpd.GeoDataFrame) -> pa.Table:
    """Incidents as the table has them."""
    count = len(incidents)
    columns: dict[str, Any] = {name: incidents[name].astype("str").to_numpy(object) for name in _TEXTS}
    for name in _MOMENTS:
        columns[f"{name}_utc"] = (
            incidents[name].dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
        )
    columns |= {name: incidents[name].to_numpy(dtype=float, na_value=np.nan) for name in _NUMBERS}
    columns["weak_road_user"] = incidents["weak_road_user"].astype("boolean")
    columns["hour"] = incidents["hour"] if "hour" in incidents else pd.array([pd.NA] * count, dtype="Int8")
    columns["geocode_level"] = incidents["geocode_level"].astype("str").to_numpy(object)
    columns["kept"] = _kept_texts(incidents)
    shapes = incidents.geometry.to_numpy()
    columns["x"], columns["y"] = shapely.get_x(shapes), shapely.get_y(shapes)
    frame = pd.DataFrame({name: pd.Series(values).reset_index(drop=True) for name, values in columns.items()})
    return pa.Table.from_pandas(frame, schema=_ROWS, preserve_index=False)


def _kept_texts(incidents: gpd.GeoDataFrame) -> list[str | None]:
    names = [name for name in incidents.columns if str(name).startswith("kept_")]
    if not names:
        return [None] * len(incidents)
    records = incidents[names].astype(object).where(incidents[names].notna(), "").to_dict("records")
    return [json.dumps(record, ensure_ascii=False, sort_keys=True) for record in records]


def _from_rows(rows: pd.DataFrame, crs: int, timezone: str) -> gpd.GeoDataFrame:
    """Incidents as the contract has them."""
    table = pd.DataFrame(index=rows.index)
    for name in _TEXTS[:4]:
        table[name] = rows[name].astype("str")
    for name in _MOMENTS:
        moments = rows[f"{name}_utc"].astype("datetime64[us]")
        table[name] = moments.dt.tz_localize("UTC").dt.tz_convert(timezone)
    table["weight"] = rows["weight"]
    table["severity"] = rows["severity"].astype("str")
    table["weak_road_user"] = rows["weak_road_user"].astype("boolean")
    table["geocode_level"] = rows["geocode_level"].astype(geocode_level_dtype())
    for name in _NUMBERS[1:]:
        table[name] = rows[name]
    for name in ("sector", "wijk", "stadsdeel"):
        table[name] = rows[name].astype("str")
    if rows["hour"].notna().any():
        table["hour"] = rows["hour"].astype("Int8")
    if rows["kept"].notna().any():
        kept = pd.DataFrame([json.loads(text) if isinstance(text, str) else {} for text in rows["kept"]])
        table = table.join(kept[sorted(kept.columns)].astype("str"))
    points = np.where(rows["x"].notna(), shapely.points(rows["x"].to_numpy(), rows["y"].to_numpy()), None)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, index=table.index, crs=crs))

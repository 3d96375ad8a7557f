"""The store: adding what was ingested, reading incidents back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import pyarrow as pa

from genk_geo.calendar import BRUSSELS, Week
from genk_geo.private import private_files
from genk_geo.schema import check_table
from genk_geo.store.areas import read_areas, write_areas
from genk_geo.store.database import NAMES, open_database, transaction
from genk_geo.store.files_taken import note_file
from genk_geo.store.identity import check_overlap, resolve
from genk_geo.store.published import read_published, write_published
from genk_geo.store.rejects import delete_rejects
from genk_geo.store.rows import TEXT, from_rows, to_rows
from genk_geo.store.scores import read_scores, write_scores
from genk_geo.store.weekly import refresh_weekly_counts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from types import TracebackType

    import duckdb
    import geopandas as gpd

    from genk_geo.ingestion import IngestResult
    from genk_geo.store.published import Span

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
        Those among the known that were delivered again with another content, and were updated.
    returned : int
        Those among the new whose number was known with another date and place.
    """

    new: int
    known: int
    changed: int = 0
    returned: int = 0


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

        An incident that is there already stays as it is; when it is delivered again with another content it
        is updated. It is recognised by its number as long as time and place agree: a known number that
        returns with a far date is another incident.

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

        Raises
        ------
        QualityGateError
            If most of it is in the history already under another source or other numbers.
        """
        return self.add_all([result], rejects_days=rejects_days)[0]

    def add_all(self, results: Sequence[IngestResult], *, rejects_days: int | None = None) -> list[Added]:
        """Add what several files brought, all of it or nothing (see :meth:`add`).

        Parameters
        ----------
        results : sequence of IngestResult
            In the order of adding.
        rejects_days : int, optional
            As :meth:`add`.

        Returns
        -------
        list of Added
            One a file.

        Raises
        ------
        QualityGateError
            As :meth:`add`.
        """
        for result in results:
            check_table(result.incidents, "incidents", epsg=self.crs)
        with transaction(self._connection):
            added = [self._add(result, rejects_days) for result in results]
            refresh_weekly_counts(self._connection, self.timezone)
        return added

    def _add(self, result: IngestResult, rejects_days: int | None) -> Added:
        base, delivered = self._connection, to_rows(result.incidents)
        base.register("batch", delivered)
        try:
            proposed = result.incidents["incident_id"].reset_index(drop=True)
            numbers = proposed if result.numbers is None else result.numbers.reset_index(drop=True)
            found = resolve(base, proposed, numbers)
            base.unregister("batch")
            position = delivered.schema.get_field_index("incident_id")
            names = pa.array(found.incident_id.to_numpy(object), TEXT)
            base.register("batch", delivered.set_column(position, delivered.schema.field(position), names))
            known = _count(base, "select count(*) from batch semi join incidents using (incident_id)")
            new = len(result.incidents) - known
            report = result.report
            check_overlap(base, file=report.file, source=report.source, new=new, repeats=result.repeats)
            changed = self._replace_changed()
            self._note_numbers(found.incident_id, numbers)
            note_file(base, result, rejects_days)
        finally:
            base.unregister("batch")
        return Added(new=new, known=known, changed=changed, returned=found.returned)

    def _replace_changed(self) -> int:
        """Put the delivered rows in the history; how many of those that were there have other content."""
        base = self._connection
        base.execute(
            "create or replace temp table changed as "
            "select * from batch semi join incidents using (incident_id) "
            "except select * from incidents"
        )
        changed = _count(base, "select count(*) from changed")
        base.execute("insert into incidents select * from batch anti join incidents using (incident_id)")
        base.execute("delete from incidents where incident_id in (select incident_id from changed)")
        base.execute("insert into incidents select * from changed")
        base.execute("drop table changed")
        return changed

    def _note_numbers(self, incident_id: pd.Series, numbers: pd.Series) -> None:
        """Remember the numbers of incidents that do not go by their number alone."""
        apart = (incident_id != numbers).to_numpy()
        if not apart.any():
            return
        texts = {"number_id": numbers[apart], "incident_id": incident_id[apart]}
        table = pa.table({name: pa.array(values.to_numpy(object), TEXT) for name, values in texts.items()})
        self._connection.register("noted", table)
        try:
            self._connection.execute(
                "insert into numbers select * from noted anti join numbers using (number_id, incident_id)"
            )
        finally:
            self._connection.unregister("noted")

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
        return check_table(from_rows(rows, self.crs, self.timezone), "incidents", epsg=self.crs)

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

    def published(self) -> pd.DataFrame:
        """Published pages: ``theme``, ``week``, ``lost`` and ``changed`` (its reports are others now)."""
        return read_published(self._connection)

    def note_published(self, span: Span, *, lost: bool) -> None:
        """Note a page that was published, and whether its theme was without data."""
        with transaction(self._connection):
            write_published(self._connection, span, lost=lost)

    def reader(self) -> duckdb.DuckDBPyConnection:
        """Another connection to the same file, for what counts in it; to be closed."""
        return self._connection.cursor()

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

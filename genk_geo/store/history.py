"""The store: adding what was ingested, reading incidents back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from genk_geo.calendar import BRUSSELS
from genk_geo.errors import ConfigError
from genk_geo.ingestion.values import hashed_number
from genk_geo.schema import check_table
from genk_geo.store.database import Database, transaction
from genk_geo.store.keeping.forgetting import Forgotten, find, forget
from genk_geo.store.memory import Memory, in_utc, present
from genk_geo.store.migration import OlderError
from genk_geo.store.published import renew_digests
from genk_geo.store.rejects import delete_rejects
from genk_geo.store.rows import from_rows
from genk_geo.store.versions.contents import note_brought, read_before, take_rows, words_before
from genk_geo.store.versions.known import KNOWN, begin
from genk_geo.store.versions.reassigning import Reassigned, reassign
from genk_geo.store.versions.replay import Told, tell
from genk_geo.store.weekly import refresh_weekly_counts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import duckdb
    import geopandas as gpd
    import pandas as pd

    from genk_geo.ingestion import IngestReport, IngestResult
    from genk_geo.store.versions.reassigning import Locate

_CHOSEN = """
where ($theme is null or theme = $theme)
  and ($start is null or occurred_utc >= $start::timestamp)
  and ($end is null or occurred_utc < $end::timestamp)
  and ($moment is null or coalesce(reported_utc, occurred_utc) < $moment::timestamp)
order by incident_id
"""
_NOW = f"select * exclude (occurred_utc) from happened {_CHOSEN}"  # noqa: S608 - ours
_THEN = f"{KNOWN} select * exclude (occurred_utc) from happened_then {_CHOSEN}"  # noqa: S608


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
    withdrawn : int
        Incidents that it withdrew: listed as such, corrected to a place outside the city, or absent from a
        full delivery.
    older : int
        Those among the known of which a newer delivery, read before, says something else: that one counts.
    """

    new: int
    known: int
    changed: int = 0
    returned: int = 0
    withdrawn: int = 0
    older: int = 0


class Store(Memory):
    """The history of incidents in one DuckDB file; open it with :meth:`open`, as a context manager."""

    _database: Database | None = None

    @classmethod
    def open(
        cls, path: Path | str, *, crs: int = 31370, timezone: str = BRUSSELS, read_only: bool = False
    ) -> Store:
        """Open a history; a new one is made where none is.

        Parameters
        ----------
        path : path-like
            The DuckDB file. It is made readable for its owner only, where the system allows.
        crs : int
            EPSG code of the city's metric system.
        timezone : str
            The city's clock.
        read_only : bool
            Open it as it stands, also while a run writes it; nothing can be added.

        Returns
        -------
        Store
            To be closed, or used in a ``with``. What was added is in the file when it is closed.

        Raises
        ------
        ConfigError
            If the file is in use, damaged, no history, or of another coordinate system or clock.
        """
        file = Path(path)
        if read_only and not file.exists():
            raise ConfigError("There is no history at {file}. Run `genk-geo weekly` first.", file=file)
        try:
            database = Database(file, crs=crs, timezone=timezone, read_only=read_only)
        except OlderError:
            Database(file, crs=crs, timezone=timezone).close()
            database = Database(file, crs=crs, timezone=timezone, read_only=read_only)
        store = cls(database.connection, crs, timezone)
        store._database = database
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def save(self) -> None:
        """Write everything to the file and go on.

        Raises
        ------
        ConfigError
            If that cannot be; the file is then as it was, and this history is closed.
        """
        assert self._database is not None
        try:
            self._database.save()
        except BaseException:
            self._database.abandon()
            self._database = None
            raise

    def close(self) -> None:
        """Write everything to the file and let it go."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def add(
        self, result: IngestResult, *, rejects_days: int | None = None, now: dt.datetime | None = None
    ) -> Added:
        """Add what a file brought, all of it or nothing.

        The newest delivery says how an incident is, by its own evidence, in whatever order files are read;
        what was known before stays on record. An incident is recognised by its number as long as time and
        place agree: a known number that returns with a far date is another incident.

        Parameters
        ----------
        result : IngestResult
            From :func:`genk_geo.ingestion.ingest`.
        rejects_days : int, optional
            Rejects of a file that was first taken longer ago are counted, not kept.
        now : datetime.datetime, optional
            Moment from which it is known (tz-aware); that of the machine when absent.

        Returns
        -------
        Added
            Counts of new, known and changed incidents.

        Raises
        ------
        QualityGateError
            If most of it is in the history already under another source or other numbers, or if a full
            delivery lacks most of what is on record.
        """
        return self.add_all([result], rejects_days=rejects_days, now=now)[0]

    def add_all(
        self,
        results: Sequence[IngestResult],
        *,
        rejects_days: int | None = None,
        now: dt.datetime | None = None,
    ) -> list[Added]:
        """Add what several files brought, all of it or nothing (see :meth:`add`).

        Parameters
        ----------
        results : sequence of IngestResult
            In any order.
        rejects_days, now
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
        if not results:
            return []
        base = self._connection
        with transaction(base):
            tx = begin(base, present(now), "ingest")
            taken = [take_rows(base, result, rejects_days) for result in results]
            told: dict[int, Told] = {}
            for source in dict.fromkeys(one.result.report.source for one in taken):
                own = {one.delivery: one for one in taken if one.result.report.source == source}
                told |= tell(base, source, list(own.values()), tx)
            for one in taken:
                note_brought(base, one, vars(told[one.delivery]))
            refresh_weekly_counts(base, self.timezone)
        return [Added(**vars(told[one.delivery])) for one in taken]

    def report_of(self, sha256: str, profile: str, reading: str) -> IngestReport | None:
        """What became of a file that was read before in the same way; None where it has to be read.

        Parameters
        ----------
        sha256 : str
            Checksum of the file.
        profile : str
            Name of its profile.
        reading : str
            Fingerprint of all else that decides what is read of it.

        Returns
        -------
        IngestReport or None
        """
        return read_before(self._connection, sha256, profile, reading)

    def words_of(self, source: str) -> frozenset[str]:
        """Words for a category outside the profile's list that files of a source had before."""
        return words_before(self._connection, source)

    def as_known(self, transaction: int) -> Store:
        """The same history, as it was known at a transaction; what is saved is saved as of then."""
        return Store(self._connection, self.crs, self.timezone, transaction)

    def reassign(
        self, locate: Locate, *, dry_run: bool = False, now: dt.datetime | None = None
    ) -> Reassigned:
        """Put incidents in the areas of other borders, see :mod:`genk_geo.store.versions.reassigning`."""
        with transaction(self._connection):
            return reassign(self._connection, locate, self.timezone, None if dry_run else present(now))

    def forget(
        self,
        numbers: Sequence[str] = (),
        *,
        before: Mapping[str, dt.datetime] | None = None,
        dry_run: bool = False,
        now: dt.datetime | None = None,
    ) -> Forgotten:
        """Forget incidents: all that is known of them, every version, and the bytes in the file.

        How many there were by wijk and week stays, and so do areas that were found. A later delivery of the
        same rows brings nothing back. Weeks that looked at them cannot be made again as they were.

        Parameters
        ----------
        numbers : sequence of str
            Numbers of reports, as the supplier writes them.
        before : mapping of str to datetime.datetime, optional
            Theme -> tz-aware moment before which all incidents go.
        dry_run : bool
            Only say how many.
        now : datetime.datetime, optional
            The present moment.

        Returns
        -------
        Forgotten
        """
        base = self._connection
        days = {theme: present(moment) for theme, moment in (before or {}).items()}
        sources = [one for (one,) in base.execute("select distinct source from deliveries").fetchall()]
        ids = [hashed_number(source, number) for source in sources for number in numbers]
        with transaction(base):
            found = find(base, number_ids=ids, numbers=numbers, before=days)
            if dry_run or not (found.incidents or found.rejects or numbers):
                return found
            begin(base, present(now), "forget")
            unchanged = self.published()
            forget(base, numbers=numbers, before=days, timezone=self.timezone)
            refresh_weekly_counts(base, self.timezone)
            renew_digests(base, unchanged[~unchanged["changed"].astype(bool)], self.known)
        assert self._database is not None
        self._database.rewrite()
        self._connection = self._database.connection
        return found

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
            What was known then: versions that were delivered before, and without what was reported then or
            later, or happened so where no report has a moment.

        Returns
        -------
        geopandas.GeoDataFrame
            Contract ``incidents``, sorted by ``incident_id``, RangeIndex, times on the city's clock. Column
            ``hour`` only where a file gave no day; kept columns only where a profile keeps them.
        """
        limits = {"start": start, "end": end, "moment": reported_before}
        values = {name: in_utc(moment, self.timezone) for name, moment in limits.items()}
        if reported_before is None and self._known is None:
            rows = self._read(_NOW, {"theme": theme, **values})
        else:
            rows = self._read(_THEN, {"theme": theme, "tx": self.known, **values})
        return check_table(from_rows(rows, self.crs, self.timezone), "incidents", epsg=self.crs)

    def files(self) -> pd.DataFrame:
        """Files that were read: checksum, profile, name, source, theme, when first taken, counts, reasons.

        Returns
        -------
        pandas.DataFrame
            One row for each file and profile, in the order in which they came.
        """
        rows = self._read(
            "select sha256, profile, file, source, theme, taken_utc, rows_in, incidents, duplicates, "
            "rejects, reasons, levels from deliveries where kind <> 'migrated' "
            "order by taken_utc, sha256, profile"
        )
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

    def reader(self) -> duckdb.DuckDBPyConnection:
        """Another connection to the same file, for what counts in it; to be closed."""
        return self._connection.cursor()

    def _read(self, query: str, values: dict[str, Any] | None = None) -> pd.DataFrame:
        rows: pd.DataFrame = self._connection.execute(query, values).df()
        return rows

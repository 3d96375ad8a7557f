"""Reading what was delivered: the new files of each source, before the history learns of any."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from genk_geo.at_once import at_once, processors
from genk_geo.doors import shown
from genk_geo.errors import GenkGeoError, NoRowsError, QualityGateError, SupplierFileError
from genk_geo.ingestion import IngestReport
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.ingestion.reading.readers import sha256_of
from genk_geo.jobs.deliveries import check_any_valid
from genk_geo.jobs.gates.failure import GateError
from genk_geo.jobs.gates.of_file import failures_of_file, new_words
from genk_geo.jobs.reading import reading_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from genk_geo.config import Settings
    from genk_geo.ingestion import IngestResult, Profile
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.gates.failure import Failure
    from genk_geo.reference import City
    from genk_geo.store import Added, Store

    Progress = Callable[[str, int, int], None]

#: Bytes of new files that are read at once; more are read one after the other, or they fill the memory.
_MOST_AHEAD = 20_000_000


@dataclass(frozen=True)
class Taken:
    """What a run read.

    Attributes
    ----------
    reports : tuple of IngestReport
        What became of each file.
    deliveries : tuple of Delivery
        What came in of each source.
    skipped : int
        Files that had been read before.
    added : tuple of Added
        What the new files brought to the history.
    categories : tuple of (str, str, int)
        Source, a word for a category that was never seen before, and how often.
    lost : tuple of pandas.Series
        Addresses of the new files of which no street was found.
    fresh : tuple of IngestReport
        Those of the reports that are of files that had not been read before.
    """

    reports: tuple[IngestReport, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    skipped: int = 0
    added: tuple[Added, ...] = ()
    categories: tuple[tuple[str, str, int], ...] = ()
    lost: tuple[pd.Series, ...] = ()
    fresh: tuple[IngestReport, ...] = ()


def take_files(
    expected: list[tuple[Delivery, list[Path]]],
    *,
    city: Callable[[], City],
    store: Store,
    now: dt.datetime,
    settings: Settings,
    tell: Progress,
    accepted: Mapping[str, str] | None = None,
) -> Taken:
    """Read the new files before the history learns of any; a source with a broken one is left out whole.

    Files are known by what stands in them: one that was read before in the same way is not read again.

    Parameters
    ----------
    expected : list of tuple
        From :func:`expected_files`.
    city : callable
        Gives the city where the incidents are; asked only where there is something to read.
    store : Store
        The history.
    now : datetime.datetime
        The present moment.
    settings : Settings
        The settings.
    tell : callable
        Told of each file.
    accepted : mapping of str to str, optional
        Gates that are let through, and why.

    Returns
    -------
    Taken

    Raises
    ------
    GenkGeoError
        The first fault, where not one file could be read.
    """
    desk = _Desk(city, store, now, settings, accepted or {})
    done, total = 0, sum(len(found) for _, found in expected)
    tell("ingest", done, total)
    desk.read_ahead([(source, path) for source, found in expected for path in found])
    for source, found in expected:
        tray = _Tray(source)
        for path in found:
            tell("ingest", done, total)
            done += 1
            desk.read(path, tray)
        desk.close(tray)
    desk.check_something_was_read()
    added = store.add_all(desk.results, rejects_days=settings.rejects_days, now=now)
    tell("ingest", total, total)
    told = {  # as the history has it: a file that was read before keeps what it brought then
        id(one.report): store.report_of(one.report.sha256, one.report.profile, one.reading)
        for one in desk.results
    }
    reports = [told.get(id(report)) or report for report in desk.reports]
    for at, one in zip(desk.of_source, added, strict=True):
        desk.deliveries[at] = desk.deliveries[at].with_brought(vars(one))
    return Taken(
        tuple(reports), tuple(desk.deliveries), len(reports) - len(desk.results), tuple(added),
        tuple(desk.categories), tuple(one.lost for one in desk.results if one.lost is not None),
        tuple(one.report for one in desk.results),
    )  # fmt: skip


@dataclass
class _Tray:
    """Files of one source while they are read."""

    source: Delivery
    taken: list[IngestResult] = field(default_factory=list)
    known: dict[str, IngestReport] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.broken and not any(one.held for one in self.failures)


@dataclass
class _Desk:
    """What is read of all sources, and what could not be."""

    city: Callable[[], City]
    store: Store
    now: dt.datetime
    settings: Settings
    accepted: Mapping[str, str]
    reports: list[IngestReport] = field(default_factory=list)
    results: list[IngestResult] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    of_source: list[int] = field(default_factory=list)
    categories: list[tuple[str, str, int]] = field(default_factory=list)
    faults: list[GenkGeoError] = field(default_factory=list)
    empty: list[GenkGeoError] = field(default_factory=list)
    ahead: dict[tuple[str, Path], IngestResult | None] = field(default_factory=dict)

    def read_ahead(self, files: list[tuple[Delivery, Path]]) -> None:
        """Read the files that are not known yet at once; what one of them has wrong is told in its turn."""
        if processors() == 1:
            return
        new = [(source.profile, path) for source, path in files if self._is_new(source, path)]
        try:
            sizes = [path.stat().st_size for _, path in new]
        except OSError:  # reading it says what is wrong
            return
        if len(new) > 1 and sum(sizes) <= _MOST_AHEAD:
            from genk_geo.geocoding.register import Register
            from genk_geo.ingestion import ingest  # noqa: F401 - loaded once as well

            Register.from_city(self.city())  # made once, not in each process
            read = at_once([partial(self._ingested_if_sound, *one) for one in new], weights=sizes)
            self.ahead = dict(zip(new, read, strict=True))

    def _is_new(self, source: Delivery, path: Path) -> bool:
        try:
            profile = load_profile(source.profile)
            reading = reading_of(self.settings, profile)
            return path.is_file() and _read_before(self.store, path, profile.name, reading, self.now) is None
        except GenkGeoError:
            return False

    def _ingested_if_sound(self, profile: str, path: Path) -> IngestResult | None:
        try:
            return self._ingested(profile, path)
        except (GenkGeoError, OSError):
            return None

    def _ingested(self, name: str, path: Path) -> IngestResult:
        from genk_geo.ingestion import ingest  # loaded where there is something to read

        profile = load_profile(name)
        return ingest(path, profile=profile, city=self.city(), now=self.now, aliases=self.settings.aliases)

    def read(self, path: Path, tray: _Tray) -> None:
        """Read a file that is not known yet."""
        profile = load_profile(tray.source.profile)
        reading = reading_of(self.settings, profile)
        try:
            if (report := _read_before(self.store, path, profile.name, reading, self.now)) is not None:
                tray.known[path.name] = report
                return
            found = self.ahead.get((tray.source.profile, path))
            result = self._ingested(tray.source.profile, path) if found is None else found
            check_any_valid(result.report)
        except NoRowsError as fault:
            self._note_empty(path, profile, fault, tray)
            return
        except (SupplierFileError, QualityGateError) as fault:
            self._note_broken(path, fault, tray)
            return
        failures = failures_of_file(result.report, self.settings.gates, self.accepted)
        tray.failures += failures
        if any(one.held for one in failures):
            return
        tray.taken.append(replace(result, reading=reading))
        tray.known[path.name] = result.report

    def close(self, tray: _Tray) -> None:
        """Take what came in of a source, all of it or nothing."""
        if tray.whole:
            for result in tray.taken:
                before = self.store.words_of(tray.source.source)
                words = new_words(result.report, before)
                self.categories += [(tray.source.source, word, count) for word, count in words.items()]
            self.of_source += [len(self.deliveries)] * len(tray.taken)
            self.results += tray.taken
            self.reports += tray.known.values()
        received = tuple(report.file for report in tray.known.values())
        self.deliveries.append(
            replace(
                tray.source, received=received, broken=tray.broken, failures=tuple(tray.failures),
                excused="missing" in self.accepted,
            )
        )  # fmt: skip

    def check_something_was_read(self) -> None:
        """Refuse to publish of nothing at all."""
        held = [one for delivery in self.deliveries for one in delivery.failures if one.held]
        if not self.reports and (self.faults or held):
            raise self.faults[0] if self.faults else GateError(held)
        if self.empty and not any(one.rows_in for one in self.reports) and self.store.files().empty:
            raise self.empty[0]

    def _note_broken(self, path: Path, fault: GenkGeoError, tray: _Tray) -> None:
        self.faults.append(fault)
        tray.broken[path.name] = fault.message

    def _note_empty(self, path: Path, profile: Profile, fault: NoRowsError, tray: _Tray) -> None:
        """The right names with nothing under them are a quiet week; of a full delivery they are a fault."""
        from genk_geo.ingestion.rows import find_columns

        try:
            find_columns(profile, fault.names, path.name, located=not fault.names)
        except SupplierFileError as other:
            self._note_broken(path, other, tray)
            return
        if profile.delivery == "full" or not fault.names:
            self._note_broken(path, fault, tray)
            return
        self.empty.append(fault)
        theme = profile.theme or ", ".join(sorted(profile.themes))
        tray.known[path.name] = IngestReport(
            shown(path.name), sha256_of(path), profile.name, profile.source, theme, 0, 0, 0, 0
        )


def _read_before(
    store: Store, path: Path, profile: str, reading: str, now: dt.datetime
) -> IngestReport | None:
    """What became of a file that was read before; once a row of a day to come is due, it is read again."""
    try:
        report = store.report_of(sha256_of(path), profile, reading)
    except OSError:  # reading it says what is wrong
        return None
    if report is None or _is_due(report, now):
        return None
    return replace(report, file=shown(path.name))


def _is_due(report: IngestReport, now: dt.datetime) -> bool:
    """Whether a row that lay in days to come does so no more; of older reports that is not known."""
    if "time_in_future" not in report.reasons:
        return False
    return not report.due or dt.datetime.fromisoformat(report.due) <= now

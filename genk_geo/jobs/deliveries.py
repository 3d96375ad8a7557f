"""What was delivered against what was expected, and when a file may not go into the history."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.doors import shown
from genk_geo.errors import ConfigError, GenkGeoError, QualityGateError, SupplierFileError
from genk_geo.ingestion import ingest
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.ingestion.reading.readers import sha256_of
from genk_geo.jobs.reading import reading_of
from genk_geo.results import Delivered

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from genk_geo.calendar import Week
    from genk_geo.config import Settings
    from genk_geo.ingestion import IngestReport, IngestResult
    from genk_geo.jobs.gaps import Gaps
    from genk_geo.reference import City
    from genk_geo.store import Store

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Delivery:
    """What came in of one source of the settings.

    Attributes
    ----------
    expected : str
        Name of the file, or pattern of names, of the settings.
    profile : str
        How it is read.
    themes : tuple of str
        Themes that the profile gives.
    received : tuple of str
        Names of the files that were read.
    broken : dict of str to str
        Names of those that could not be read, with the reason.
    source : str
        Who delivers, as the profile says.
    silent : dict of str to str
        Theme -> last day that the source tells of in the week (empty: none), where it should have told of
        days after that: the files are there, but older, or cut off.
    brought : dict of str to int
        What the files that were read in this run brought to the history (``new``, ``changed``, ``withdrawn``
        and the rest of :class:`genk_geo.store.Added`), added up; empty where none was read.
    """

    expected: str
    profile: str
    themes: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    broken: dict[str, str] = field(default_factory=dict)
    source: str = ""
    silent: dict[str, str] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)

    @property
    def read(self) -> bool:
        """Whether files were there and all of them could be read."""
        return bool(self.received) and not self.broken

    @property
    def whole(self) -> bool:
        """Whether all could be read, and tells of the week to its end."""
        return self.read and not self.silent

    def with_gaps(self, gaps: dict[str, Gaps], week: Week) -> Delivery:
        """The same, with the themes of which the source does not tell the week to its end.

        Parameters
        ----------
        gaps : dict of str to dict
            Theme -> what :func:`genk_geo.jobs.gaps.find_gaps` found.
        week : Week
            The week of the run.
        """
        found = {
            theme: "" if (last := there[self.source]) is None else last.isoformat()
            for theme in self.themes
            if self.source in (there := gaps.get(theme, {}).get(week, {}))
        }
        return replace(self, silent=found)

    def with_brought(self, brought: dict[str, int]) -> Delivery:
        """The same, with what one more file brought."""
        return replace(self, brought={name: self.brought.get(name, 0) + n for name, n in brought.items()})

    @classmethod
    def from_noted(cls, noted: dict[str, Any]) -> Delivery:
        """The same as it was noted as JSON."""
        return cls(**{**noted, "themes": tuple(noted["themes"]), "received": tuple(noted["received"])})

    def for_readers(self) -> Delivered:
        """What the pages may tell of it, by who reads them."""
        return Delivered(
            self.expected, self.themes, len(self.received), tuple(self.broken), dict(self.silent)
        )

    def told(self) -> dict[str, Any]:
        """For the analyst's manifest."""
        return {
            "expected": self.expected,
            "themes": list(self.themes),
            "received": list(self.received),
            "broken": self.broken,
            "silent": self.silent,
        }


def expected_files(settings: Settings) -> list[tuple[Delivery, list[Path]]]:
    """Every source with its files, in the order of the settings, globs sorted by name.

    Parameters
    ----------
    settings : Settings
        The settings.

    Returns
    -------
    list of tuple
        A delivery of which nothing was read yet, and its files.

    Raises
    ------
    ConfigError
        If there is not a single file, or a profile is wrong.
    """
    expected = []
    for source in settings.sources:
        pattern = Path(source.path)
        profile = load_profile(source.profile)
        themes = (profile.theme,) if profile.theme else tuple(profile.themes)
        found = sorted(pattern.parent.glob(pattern.name))
        expected.append((Delivery(pattern.name, source.profile, themes, source=profile.source), found))
    if expected and not any(found for _, found in expected):
        first = settings.sources[0]
        raise ConfigError(
            f"No file matches {first.path} (profile {first.profile}). Mend `path` under [[sources]]."
        )
    if not expected and not settings.store.exists():
        raise ConfigError("No supplier file is named. Add a [[sources]] table with `path` and `profile`.")
    return expected


def take_files(
    expected: list[tuple[Delivery, list[Path]]],
    *,
    city: City,
    store: Store,
    now: dt.datetime,
    settings: Settings,
    tell: Progress,
) -> tuple[tuple[IngestReport, ...], tuple[Delivery, ...], int]:
    """Read the new files before the history learns of any; a source with a broken one is left out whole.

    Files are known by what stands in them: one that was read before in the same way is not read again.

    Parameters
    ----------
    expected : list of tuple
        From :func:`expected_files`.
    city : City
        Where the incidents are.
    store : Store
        The history.
    now : datetime.datetime
        The present moment.
    settings : Settings
        The settings.
    tell : callable
        Told of each file.

    Returns
    -------
    tuple
        What became of each file, what came in of each source, and how many files had been read before.

    Raises
    ------
    GenkGeoError
        The first fault, where not one file could be read.
    """
    reports: list[IngestReport] = []
    results: list[IngestResult] = []
    deliveries: list[Delivery] = []
    of_source: list[int] = []
    faults: list[GenkGeoError] = []
    done, total = 0, sum(len(found) for _, found in expected)
    for source, found in expected:
        taken, known, broken = [], {}, {}
        profile = load_profile(source.profile)
        reading = reading_of(settings, profile)
        for path in found:
            tell("ingest", done, total)
            done += 1
            try:
                if (report := _read_before(store, path, profile.name, reading)) is not None:
                    known[path.name] = report
                    continue
                result = ingest(path, profile=profile, city=city, now=now, aliases=settings.aliases)
                check_any_valid(result.report)
            except (SupplierFileError, QualityGateError) as fault:
                faults.append(fault)
                broken[path.name] = str(fault)
                continue
            taken.append(replace(result, reading=reading))
            known[path.name] = result.report
        if not broken:
            of_source += [len(deliveries)] * len(taken)
            results += taken
            reports += known.values()
        received = tuple(report.file for report in known.values())
        deliveries.append(replace(source, received=received, broken=broken))
    if faults and not reports:
        raise faults[0]
    added = store.add_all(results, rejects_days=settings.rejects_days, now=now)
    tell("ingest", total, total)
    told = {  # as the history has it: a file that was read before keeps what it brought then
        id(one.report): store.report_of(one.report.sha256, one.report.profile, one.reading) for one in results
    }
    reports = [told.get(id(report)) or report for report in reports]
    for at, one in zip(of_source, added, strict=True):
        deliveries[at] = deliveries[at].with_brought(vars(one))
    return tuple(reports), tuple(deliveries), len(reports) - len(results)


def _read_before(store: Store, path: Path, profile: str, reading: str) -> IngestReport | None:
    """What became of a file that was read before; one with rows of days to come is read again."""
    try:
        report = store.report_of(sha256_of(path), profile, reading)
    except OSError:  # reading it says what is wrong
        return None
    if report is None or "time_in_future" in report.reasons:
        return None
    return replace(report, file=shown(path.name))


def check_any_valid(report: IngestReport) -> None:
    """Refuse a file of which no row is valid.

    Parameters
    ----------
    report : IngestReport
        What became of its rows.

    Raises
    ------
    QualityGateError
        With the reasons of the rejects.
    """
    if not report.rows_in or report.incidents or report.withdrawn:
        return
    reasons = ", ".join(f"{count} x {reason}" for reason, count in report.reasons.items())
    if report.left_out:
        reasons = ", ".join(filter(None, (reasons, f"{report.left_out} left out by [select]")))
    raise QualityGateError(
        f"{report.file} has {report.rows_in} rows and not one is valid ({reasons}). "
        f"Is {report.profile} the right profile? `genk-geo profile {report.file}` proposes one."
    )

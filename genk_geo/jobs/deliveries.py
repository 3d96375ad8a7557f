"""What was delivered against what was expected, and when a file may not go into the history."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.errors import ConfigError, Message, QualityGateError, in_a_row
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.jobs.gates.failure import Failure
from genk_geo.jobs.inbox.receive import arrived
from genk_geo.results import Delivered

if TYPE_CHECKING:
    from genk_geo.calendar import Week
    from genk_geo.config import Settings
    from genk_geo.config.city import SourceSettings
    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs.gaps import Gaps


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
    arrived : bool
        False for a source of the inbox from which nothing came since the week ended.
    failures : tuple of Failure
        Files that did not pass a gate, held back or let through.
    excused : bool
        That files are missing was accepted: the week counts as it is.
    """

    expected: str
    profile: str
    themes: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    broken: dict[str, str] = field(default_factory=dict)
    source: str = ""
    silent: dict[str, str] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)
    arrived: bool = True
    failures: tuple[Failure, ...] = ()
    excused: bool = False

    @property
    def read(self) -> bool:
        """Whether files were there, and all of them could be read and passed the gates."""
        there = bool(self.received) and self.arrived
        return (there or self.excused) and not self.broken and not any(one.held for one in self.failures)

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
        told = {name: tuple(noted[name]) for name in ("themes", "received")}
        told["failures"] = tuple(Failure.from_noted(one) for one in noted.get("failures", ()))
        return cls(**{**noted, **told})

    def for_readers(self) -> Delivered:
        """What the pages may tell of it, by who reads them."""
        return Delivered(
            self.expected, self.themes, len(self.received), tuple(self.broken), dict(self.silent),
            tuple(dict.fromkeys(one.about for one in self.failures if one.held)),
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """For the analyst's manifest."""
        return {
            "expected": self.expected,
            "themes": list(self.themes),
            "received": list(self.received),
            "broken": self.broken,
            "silent": self.silent,
            **({} if self.arrived else {"arrived": False}),
            **({"gates": [asdict(one) for one in self.failures]} if self.failures else {}),
        }


def expected_files(settings: Settings, week: Week) -> list[tuple[Delivery, list[Path]]]:
    """Every source with its files, in the order of the settings, globs sorted by name.

    Parameters
    ----------
    settings : Settings
        The settings.
    week : Week
        The week of the run: of a source of the inbox something has to come in once it has ended.

    Returns
    -------
    list of tuple
        A delivery of which nothing was read yet, and its files.

    Raises
    ------
    ConfigError
        If there is not a single file, or a profile is wrong.
    """
    expected = [_expected(source, settings, week) for source in settings.sources]
    if expected and not any(found for _, found in expected):
        first = settings.sources[0]
        if first.path is None:
            raise ConfigError(
                "No file came in yet. Put the files of the suppliers in {path}.", path=settings.inbox.path
            )
        raise ConfigError(
            "No file matches {path} (profile {profile}). Mend `path` under [[sources]].",
            path=first.path,
            profile=first.profile,
        )
    if not expected and not settings.store.exists():
        raise ConfigError("No supplier file is named. Add a [[sources]] table with `path` and `profile`.")
    return expected


def _expected(source: SourceSettings, settings: Settings, week: Week) -> tuple[Delivery, list[Path]]:
    profile = load_profile(source.profile)
    themes = (profile.theme,) if profile.theme else tuple(profile.themes)
    if source.path is not None:
        pattern = Path(source.path)
        found = sorted(pattern.parent.glob(pattern.name))
        return Delivery(pattern.name, source.profile, themes, source=profile.source), found
    if settings.inbox.path is None:
        raise ConfigError(
            "The source of profile {profile} has no path. Name one, or set path under [inbox].",
            profile=source.profile,
        )
    fresh = bool(arrived(settings, source.profile, since=week.shift(1).monday))
    told = Delivery(Path(source.profile).stem, source.profile, themes, source=profile.source, arrived=fresh)
    return told, arrived(settings, source.profile)


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
    reasons: str = ", ".join(f"{count} x {reason}" for reason, count in report.reasons.items())
    if report.left_out:
        reasons = in_a_row(
            [*filter(None, [reasons]), Message("{count} left out by [select]", count=report.left_out)], ", "
        )
    raise QualityGateError(
        "{file} has {rows_in} rows and not one is valid ({reasons}). Is {profile} the right profile? "
        "`genk-geo profile {file}` proposes one.",
        file=report.file,
        rows_in=report.rows_in,
        reasons=reasons,
        profile=report.profile,
    )

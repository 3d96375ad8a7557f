"""What was delivered against what was expected, and when a file may not go into the history."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from genk_geo.errors import QualityGateError

if TYPE_CHECKING:
    from genk_geo.ingestion import IngestReport
    from genk_geo.store import Added


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
    """

    expected: str
    profile: str
    themes: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether something came in and all of it could be read."""
        return bool(self.received) and not self.broken

    def told(self) -> dict[str, Any]:
        """For the analyst's manifest."""
        return {
            "expected": self.expected,
            "themes": list(self.themes),
            "received": list(self.received),
            "broken": self.broken,
        }


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
    if not report.rows_in or report.incidents:
        return
    reasons = ", ".join(f"{count} x {reason}" for reason, count in report.reasons.items())
    if report.left_out:
        reasons = ", ".join(filter(None, (reasons, f"{report.left_out} left out by [select]")))
    raise QualityGateError(
        f"{report.file} has {report.rows_in} rows and not one is valid ({reasons}). "
        f"Is {report.profile} the right profile? `genk-geo profile {report.file}` proposes one."
    )


def told_with(report: IngestReport, added: Added) -> IngestReport:
    """The report of a file, with what the history found.

    Parameters
    ----------
    report : IngestReport
        Of the file itself.
    added : Added
        What it brought to the history.

    Returns
    -------
    IngestReport
        With a warning for numbers that returned with another date and place.
    """
    if not added.returned:
        return report
    warning = (
        f"{added.returned} known numbers came back with another date and place: taken as new incidents. Does "
        "the supplier's number start again each week or year?"
    )
    return replace(report, warnings=(*report.warnings, warning))

"""Gates of one file, before the history learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.jobs.gates.failure import Failure, judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genk_geo.config import GateSettings
    from genk_geo.ingestion import IngestReport

_TOMORROW = "time_in_future"


def failures_of_file(
    report: IngestReport, gates: GateSettings, accepted: Mapping[str, str]
) -> tuple[Failure, ...]:
    """What of a file's rows does not keep the limits.

    Rows of days to come say that a clock is wrong, here or there; they do not count as rejected too.

    Parameters
    ----------
    report : IngestReport
        What became of its rows.
    gates : GateSettings
        The limits.
    accepted : mapping of str to str
        Gates that are let through, and why.

    Returns
    -------
    tuple of Failure
        Of a file with few rows: none.
    """
    rows = report.rows_in - report.left_out
    if rows < gates.least_rows:
        return ()
    future = report.reasons.get(_TOMORROW, 0)
    shares = {
        "rejected": ((report.rejects - future) / rows, gates.rejected),
        "duplicates": (report.duplicates / rows, gates.duplicates),
        "clock": (future / rows, gates.future),
    }
    found = [
        Failure(gate, report.file, share, limit, held=True)
        for gate, (share, limit) in shares.items()
        if share > limit
    ]
    if report.incidents >= gates.least_rows and report.located_share < gates.located:
        found.append(Failure("located", report.file, report.located_share, gates.located, held=True))
    return tuple(judged(one, gates, accepted) for one in found)


def new_words(report: IngestReport, before: frozenset[str]) -> dict[str, int]:
    """Words for a category that the profile lacks and that no earlier file had.

    Parameters
    ----------
    report : IngestReport
        Of the file.
    before : frozenset of str
        Words of earlier files of the same source.
    """
    return {word: count for word, count in report.unmapped.items() if word not in before}

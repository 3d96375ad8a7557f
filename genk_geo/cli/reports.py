"""What became of suppliers' files, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from genk_geo.cli.console import show_table, words
from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.ingestion import IngestReport


def show_reports(reports: Iterable[IngestReport], lang: str) -> None:
    """A row a file, the match rate by source and theme, and what is pointed out."""
    from genk_geo.ingestion.incidents import LEAST_LOCATED

    t, listed = words(lang), list(reports)
    rows = [
        (
            report.file, report.rows_in, report.incidents, report.duplicates, report.rejects,
            f"{report.located_share:.0%}",
        )
        for report in listed
    ]  # fmt: skip
    names = ("file", "rows", "incidents", "duplicates", "rejects", "located")
    show_table([t(f"console.{name}") for name in names], rows, left=(0,))
    for report in listed:
        for theme, (count, share) in report.by_theme.items():
            typer.echo(visible(f"{report.source} / {theme}: {share:.0%} ({count})"))
        low = [
            f"{wijk or '?'} {share:.0%} ({count})"
            for wijk, (count, share) in report.by_wijk.items()
            if share < LEAST_LOCATED
        ]
        if low:
            typer.echo(visible(f"  < {LEAST_LOCATED:.0%}: {', '.join(low)}"))
    for report in listed:
        if report.incidents and report.located_share < LEAST_LOCATED:
            located = f"{report.located_share:.0%}"
            typer.echo(t("console.unlocated", file=visible(report.file), share=located), err=True)

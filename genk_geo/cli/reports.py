"""What became of suppliers' files, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.cli.console import say, say_rows, short, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.monday.run import Monday
    from genk_geo.render.words.texts import Texts


def say_reports(reports: Sequence[IngestReport], texts: Texts) -> None:
    """Rows of each file and what became of them, and where fewer got a place than is usual."""
    from genk_geo.ingestion.incidents import LEAST_LOCATED
    from genk_geo.render.words.told import told_in

    columns = [
        texts("console.files.file"), texts("console.files.rows"), texts("console.files.incidents"),
        texts("console.files.duplicates"), texts("console.files.rejects"), texts("console.files.located"),
    ]  # fmt: skip
    rows = [
        (
            report.file, texts.number(report.rows_in), texts.number(report.incidents),
            texts.number(report.duplicates), texts.number(report.rejects), texts.share(report.located_share),
        )
        for report in reports
    ]  # fmt: skip
    say_rows(columns, rows, left=(0,))
    for report in reports:
        _say_shares(report, texts, LEAST_LOCATED)
    for report in reports:
        for warning in report.warnings:
            warn(f"{report.file}: {told_in(texts.lang, warning)}")
    for report in reports:
        if report.incidents and report.located_share < LEAST_LOCATED:
            share = texts.share(report.located_share)
            warn(texts("console.files.unlocated", file=report.file, share=share))


def say_brought(deliveries: Sequence[Delivery], texts: Texts) -> None:
    """What the files that were read brought to the history, a line a source; what to look at besides."""
    read = [one for one in deliveries if one.brought]
    if not read:
        return
    columns = [texts(f"console.brought.{name}") for name in ("source", "new", "changed", "withdrawn", "same")]
    rows = []
    for one in read:
        told = one.brought
        same = told["known"] - told["changed"]
        counts = (told["new"], told["changed"], told["withdrawn"], same)
        rows.append((one.expected, *map(texts.number, counts)))
    say_rows(columns, rows, left=(0,))
    for one in read:
        returned, older = one.brought["returned"], one.brought["older"]
        if returned:
            warn(texts.plural("console.returned", returned, source=one.expected))
        if older:
            warn(texts.plural("console.older", older, source=one.expected))


def say_deliveries(deliveries: Sequence[Delivery], texts: Texts) -> None:
    """Expected files against received ones, where they differ; the reasons of those that are broken."""
    from genk_geo.render.words.quality import silent_text

    for one in deliveries:
        theme = texts.listed([texts.theme(name) for name in one.themes])
        held = any(failure.held for failure in one.failures)
        if not one.read and not held:
            told = {"expected": one.expected, "theme": theme, "received": texts.number(len(one.received))}
            warn(texts("console.files.undelivered", **told, broken=texts.number(len(one.broken))))
        for file, reason in one.broken.items():
            warn(texts("console.files.broken", file=file, reason=reason))
        for theme, day in one.silent.items():
            warn(texts("console.files.silent", told=silent_text(one.expected, theme, day, texts)))


def say_monday(done: Monday, texts: Texts) -> None:
    """Monday's list, and what came around the week."""
    from genk_geo.render.words.operator.monday import title_of, todo_lines, told_lines
    from genk_geo.render.words.operator.register import note_text as texts_of_note

    if done.proposed:
        say(texts("dossier.added", numbers=texts.listed(done.proposed)))
    book = done.publications[-1].dossiers if done.publications else None
    for note in () if book is None else book.notes:
        warn(texts_of_note(note.kind, note.row, note.words, texts))
    for fault in done.trouble:
        warn(texts("console.week.not_passed_on", reason=fault))
    if done.retired:
        say(texts.plural("console.retired", done.retired))
    if done.copied:
        say(texts.plural("console.copied", done.copied))
    if done.told is None or done.page is None:
        return
    say(title_of(done.told, texts))
    for number, line in enumerate(todo_lines(done.told, texts), 1):
        say(f"{number}. {line}")
    for line in told_lines(done.told, texts):
        say(f"- {line}")
    say(texts("console.week.list", path=short(done.page)))


def _say_shares(report: IngestReport, texts: Texts, usual: float) -> None:
    """Match rate by source and theme, and the wijken below the usual share."""
    for theme, (count, share) in report.by_theme.items():
        told = {"source": report.source, "theme": texts.theme(theme)}
        say(texts("console.files.share", **told, share=texts.share(share), count=texts.number(count)))
    low = [
        texts(
            "console.files.wijk",
            wijk=wijk or texts("console.files.no_wijk"),
            share=texts.share(share),
            count=texts.number(count),
        )
        for wijk, (count, share) in report.by_wijk.items()
        if share < usual
    ]
    if low:
        say(texts("console.files.low", limit=texts.share(usual), wijken=", ".join(low)))

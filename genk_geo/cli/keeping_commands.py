"""Keeping the history: backups, and forgetting on purpose."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import say, short, texts_of, warn
from genk_geo.cli.options import ConfigOption, LangOption, file_to_write, folder_to_write, settings_from
from genk_geo.errors import ConfigError


def backup(
    *,
    to: Annotated[Path | None, folder_to_write("Folder of the backups; default: backups beside it.")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Copy the history, also while a run writes it, and read the copy back."""
    from genk_geo.jobs.desk.keeping import make_backup

    settings = settings_from(config, lang)
    made = make_backup(settings, None if to is None else to.resolve())
    say(texts_of(settings).plural("console.keeping.backup", made.incidents, path=short(made.file)))


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Put a backup in the place of the history; what stood there is kept beside it."""
    from genk_geo.jobs.desk.keeping import restore_backup

    settings = settings_from(config, lang)
    back, texts = restore_backup(settings, file), texts_of(settings)
    say(texts.plural("console.keeping.restored", back.incidents, path=short(settings.store)))
    if back.file != settings.store:
        say(texts("console.keeping.aside", path=short(back.file)))


def forget(
    *,
    source_id: Annotated[list[str] | None, typer.Option(help="Number of a report; may be repeated.")] = None,
    before: Annotated[str | None, typer.Option(help="All incidents before this day (2016-01-01).")] = None,
    theme: Annotated[str | None, typer.Option(help="With --before: only this theme.")] = None,
    retention: Annotated[bool, typer.Option("--retention", help="What [retention] says.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
    receipt: Annotated[Path | None, file_to_write(says="Write a receipt without personal data.")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Forget incidents: place, moment and number go, with every byte; counts by wijk and week stay."""
    from genk_geo.jobs.desk.keeping import forget_incidents

    if theme is not None and before is None:
        raise ConfigError("--theme goes with --before. Leave it out, or say before which day.")
    settings = settings_from(config, lang)
    texts = texts_of(settings)
    done = forget_incidents(
        settings, numbers=source_id or (), before=_day(before), theme=theme, retention=retention,
        dry_run=dry_run,
    )  # fmt: skip
    name = "console.keeping.forgotten" if done.done else "console.keeping.would"
    say(texts.plural(name, done.found.incidents, rejects=texts.number(done.found.rejects)))
    if done.backups_removed:
        say(texts.plural("console.keeping.renewed", done.backups_removed))
    if done.done:
        warn(texts("console.keeping.elsewhere"))
    if receipt is not None:
        done.write(receipt)


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError("{text!r} is not a day. Write it as 2016-01-01.", text=text) from error

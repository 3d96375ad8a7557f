"""Keeping the history: backups, forgetting on purpose, and the register of what was taken out of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd

from genk_geo.errors import ConfigError, Message
from genk_geo.jobs.session import Session, bounded, retention_limits
from genk_geo.private import private_files
from genk_geo.spreadsheet import harmless
from genk_geo.store.keeping.backup import Backup, back_up, no_other_backup, renew_backups, restore
from genk_geo.store.keeping.lock import who
from genk_geo.writing import reason, whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genk_geo.config import Settings
    from genk_geo.store.keeping.forgetting import Forgotten

_REGISTER = ("when", "who", "what", "theme", "from", "to", "incidents")


@dataclass(frozen=True)
class Receipt:
    """That something was forgotten, without a word of what it was.

    Attributes
    ----------
    when : str
        Moment, to the second.
    who : str
        User of the operating system.
    asked : str
        ``source-id``, ``before`` or ``retention``.
    found : Forgotten
        How many incidents, by theme.
    done : bool
        False for a dry run.
    backups_removed : int
        Backups beside the history, which held what is forgotten; a fresh one took their place.
    """

    when: str
    who: str
    asked: str
    found: Forgotten
    done: bool
    backups_removed: int = 0

    def write(self, path: Path) -> None:
        """Write it as JSON.

        Raises
        ------
        ConfigError
            If it cannot be written: the message then says what would stand in it.
        """
        told = {
            "when": self.when, "who": self.who, "asked": self.asked, "incidents": self.found.incidents,
            "themes": self.found.themes, "rejects": self.found.rejects, "done": self.done,
            "backups_removed": self.backups_removed,
        }  # fmt: skip
        try:
            with whole_file(path) as part:
                part.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        except ConfigError as error:
            did = Message("What was asked is forgotten") if self.done else Message("Nothing was forgotten")
            raise ConfigError(
                "{reason} {did}; the receipt: {json}",
                reason=error,
                did=did,
                json=json.dumps(told, ensure_ascii=False),
            ) from error


@bounded
def forget_incidents(
    settings: Settings,
    *,
    numbers: Sequence[str] = (),
    before: dt.date | None = None,
    theme: str | None = None,
    retention: bool = False,
    dry_run: bool = False,
) -> Receipt:
    """Forget incidents of the history, by number, by day or by the retention of the settings.

    Parameters
    ----------
    settings : Settings
        Settings of the weekly job; its store must exist.
    numbers : sequence of str
        Numbers of reports.
    before : datetime.date, optional
        All incidents before this day.
    theme : str, optional
        Only of this theme.
    retention : bool
        What is older than ``[retention]`` says.
    dry_run : bool
        Only say how many.

    Returns
    -------
    Receipt

    Raises
    ------
    ConfigError
        If nothing is asked, or the store or the theme does not exist.
    """
    session = Session(settings)
    session.check_record()
    if theme is not None:
        session.theme(theme)
    if not numbers and before is None and not (retention and settings.retention):
        raise ConfigError(
            "Say what to forget: --source-id, --before, or --retention with a [retention] table."
        )
    limits = retention_limits(settings, session.now) if retention else {}
    if before is not None:
        moment = pd.Timestamp(before).tz_localize(session.city.timezone)
        limits |= dict.fromkeys([theme] if theme else list(settings.themes), moment)
    removed = 0
    if dry_run:
        with session.on_record() as store:
            found = store.forget(list(numbers), before=limits, dry_run=True)
    else:
        with no_other_backup(settings.store):
            with session.opened() as store:
                found = store.forget(list(numbers), before=limits)
            removed = renew_backups(settings.store)
    asked = "source-id" if numbers else "before" if before else "retention"
    now = session.now.isoformat(timespec="seconds")
    return Receipt(now, who(), asked, found, not dry_run, removed)


def make_backup(settings: Settings, folder: Path | None = None) -> Backup:
    """Copy the history, also while a run writes it, and read the copy back."""
    return back_up(settings.store, folder)


def restore_backup(settings: Settings, file: Path) -> Backup:
    """Put a backup in the place of the history, which is kept beside it."""
    return restore(settings.store, file)


def note_export(settings: Settings, kind: str, told: dict[str, str | None], incidents: int) -> Path:
    """Note in the register of exports who took what out of the history, when, and how many.

    Parameters
    ----------
    settings : Settings
        Settings of the weekly job.
    kind : str
        Format that was written.
    told : dict
        ``theme``, ``from`` and ``to``, as they were asked.
    incidents : int
        How many were written.

    Returns
    -------
    pathlib.Path
        The register: a CSV file beside the history.

    Raises
    ------
    ConfigError
        If it cannot be written: what is not in the register is not taken out.
    """
    path = settings.store.with_name(f"{settings.store.stem}.exports.csv")
    now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    asked = [told.get(name) or "" for name in ("theme", "from", "to")]
    row = [now, harmless(who()), kind, *map(harmless, asked), incidents]
    try:
        with private_files(), path.open("ab+") as stream:
            _append(stream, row)
    except OSError as error:
        raise ConfigError(
            "The register of exports ({path}) could not be written: {reason}. Nothing was exported; make "
            "room or give it rights, then try again.",
            path=path,
            reason=reason(error),
        ) from error
    return path


def _append(stream: BinaryIO, row: list[object]) -> None:
    """Add a whole row, or leave the file as it was; a part that a killed run left is closed off first."""
    size = stream.seek(0, os.SEEK_END)
    text = io.StringIO()
    writer = csv.writer(text)
    if not size:
        writer.writerow(_REGISTER)
    writer.writerow(row)
    cut = b""
    if size:
        stream.seek(size - 1)
        cut = b"" if stream.read(1) == b"\n" else b"\r\n"
    try:
        stream.write(cut + text.getvalue().encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
    except OSError:
        with suppress(OSError):
            stream.truncate(size)
        raise

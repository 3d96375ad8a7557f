"""Backups of a history: a file each with its checksum, read back before it counts."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.errors import ConfigError, GenkGeoError
from genk_geo.private import private_files
from genk_geo.store.keeping.faults import told_plainly
from genk_geo.store.keeping.integrity import check_history
from genk_geo.store.keeping.lock import WriterLock
from genk_geo.store.keeping.working import put_in_place

if TYPE_CHECKING:
    from pathlib import Path

#: Folder of the backups, beside the history, unless another is named.
FOLDER = "backups"
_SUM = ".sha256"


class Backup(NamedTuple):
    """A backup, and how many incidents it holds."""

    file: Path
    incidents: int


def folder_of(path: Path, folder: Path | None = None) -> Path:
    """Where the backups of a history stand."""
    return path.parent / FOLDER if folder is None else folder


def back_up(path: Path, folder: Path | None = None) -> Backup:
    """Copy a history, also while a run writes it, and read the copy back.

    Parameters
    ----------
    path : pathlib.Path
        The history.
    folder : pathlib.Path, optional
        Where the backup goes; ``backups`` beside the history when absent.

    Returns
    -------
    Backup

    Raises
    ------
    ConfigError
        If there is no history, it is damaged, or the copy is not as it should be.
    """
    if not path.exists():
        raise ConfigError(f"There is no history at {path}. Run `genk-geo weekly` first.")
    target = folder_of(path, folder)
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
    file = target / f"{path.stem}-{now}.duckdb"
    beside = file.with_suffix(".part")
    with told_plainly(path), private_files():
        target.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, beside)  # the history is never changed in place
            incidents = check_history(beside)
            (target / f"{file.name}{_SUM}").write_text(
                f"{_checksum(beside)}  {file.name}\n", encoding="utf-8"
            )
            put_in_place(beside, file)
        finally:
            beside.unlink(missing_ok=True)
    return Backup(file, incidents)


def check_backup(file: Path) -> int:
    """Incidents in a backup that is as it was made.

    Raises
    ------
    ConfigError
        If it is not.
    """
    noted = file.with_name(f"{file.name}{_SUM}")
    try:
        wanted = noted.read_text(encoding="utf-8").split()[0]
        found = _checksum(file)
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is no backup, or its checksum ({noted.name}) is missing.") from error
    if wanted != found:
        raise ConfigError(f"{file} is not as it was made (its checksum differs). Take another backup.")
    return check_history(file)


def backups_of(path: Path, folder: Path | None = None) -> list[Path]:
    """Backups of a history, newest first."""
    return sorted(folder_of(path, folder).glob(f"{path.stem}-*.duckdb"), reverse=True)


def newest_good(path: Path, folder: Path | None = None) -> Path | None:
    """The newest backup that is as it was made; None where there is none."""
    for file in backups_of(path, folder):
        try:
            check_backup(file)
        except GenkGeoError:
            continue
        return file
    return None


def restore(path: Path, backup: Path) -> Backup:
    """Put a backup in the place of a history; what stood there is kept beside it.

    Parameters
    ----------
    path : pathlib.Path
        The history.
    backup : pathlib.Path
        From :func:`back_up`.

    Returns
    -------
    Backup
        The file that was replaced (the history itself where there was none), and how many incidents came
        back.

    Raises
    ------
    ConfigError
        If the backup is not as it was made, or a run has the history in use.
    """
    incidents = check_backup(backup)
    beside = path.with_name(f".{path.name}.restored")
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.stem}.replaced-{now}.duckdb")
    with told_plainly(path), private_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(path)
        try:
            shutil.copyfile(backup, beside)
            if path.exists():
                shutil.copyfile(path, aside)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
            put_in_place(beside, path)
        finally:
            beside.unlink(missing_ok=True)
            lock.release()
    return Backup(aside if aside.exists() else path, incidents)


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

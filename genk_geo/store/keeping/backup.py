"""Backups of a history: a file each with its checksum, read back before it counts."""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from genk_geo.errors import ConfigError, GenkGeoError
from genk_geo.private import private_files
from genk_geo.store.keeping.faults import told_plainly
from genk_geo.store.keeping.integrity import check_history
from genk_geo.store.keeping.lock import WriterLock
from genk_geo.store.keeping.working import beside, put_in_place, remove_passing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Folder of the backups, beside the history, unless another is named.
FOLDER = "backups"
_SUM, _PART = ".sha256", ".part"


class Backup(NamedTuple):
    """A backup, and how many incidents it holds."""

    file: Path
    incidents: int


def folder_of(path: Path, folder: Path | None = None) -> Path:
    """Where the backups of a history stand."""
    return path.parent / FOLDER if folder is None else folder


@contextmanager
def no_other_backup(path: Path, folder: Path | None = None) -> Iterator[None]:
    """Let nobody else make a backup meanwhile: one that began before something is forgotten would keep it.

    What a backup that was killed left is removed.

    Parameters
    ----------
    path : pathlib.Path
        The history.
    folder : pathlib.Path, optional
        Where its backups stand.

    Raises
    ------
    BusyError
        If another run makes one.
    """
    target = folder_of(path, folder)
    with told_plainly(target), private_files():
        target.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(target / path.name)
    try:
        with told_plainly(target):
            _remove_left(target, path)
        yield
    finally:
        lock.release()


def _remove_left(target: Path, path: Path) -> None:
    for left in target.glob(f"{glob.escape(path.stem)}-*{_PART}"):
        left.unlink()
    for left in target.glob(f"{glob.escape(path.stem)}-*.duckdb{_SUM}"):
        if not left.with_suffix("").exists():
            left.unlink()


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
        raise ConfigError("There is no history at {path}. Run `genk-geo weekly` first.", path=path)
    with no_other_backup(path, folder):
        return _copied(path, folder_of(path, folder))


def renew_backups(path: Path) -> int:
    """Put one fresh backup in the place of those beside the history, while no other is made.

    Parameters
    ----------
    path : pathlib.Path
        The history.

    Returns
    -------
    int
        How many there were.
    """
    old = backups_of(path)
    replaced = list(path.parent.glob(f"{glob.escape(path.stem)}.replaced-*.duckdb"))
    if old:
        _copied(path, folder_of(path))
    for file in (*old, *replaced):
        file.unlink(missing_ok=True)
        file.with_name(f"{file.name}{_SUM}").unlink(missing_ok=True)
    return len(old) + len(replaced)


def _copied(path: Path, target: Path) -> Backup:
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
    file = target / f"{path.stem}-{now}.duckdb"
    part, noted = file.with_suffix(_PART), file.with_name(f"{file.name}{_SUM}")
    with told_plainly(file), private_files():
        try:
            shutil.copyfile(path, part)  # the history is never changed in place
            incidents = check_history(part)
            noted.write_text(f"{_checksum(part)}  {file.name}\n", encoding="utf-8")
            put_in_place(part, file)
        finally:
            part.unlink(missing_ok=True)
            if not file.exists():
                noted.unlink(missing_ok=True)
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
        raise ConfigError(
            "{file} is no backup, or its checksum ({noted}) is missing.", file=file, noted=noted.name
        ) from error
    if wanted != found:
        raise ConfigError(
            "{file} is not as it was made (its checksum differs). Take another backup.", file=file
        )
    return check_history(file)


def backups_of(path: Path, folder: Path | None = None) -> list[Path]:
    """Backups of a history, newest first."""
    found = folder_of(path, folder).glob(f"{glob.escape(path.stem)}-*.duckdb")
    return sorted(found, reverse=True)


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
    back, former = beside(path, "restored"), beside(path, "replaced")
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.stem}.replaced-{now}.duckdb")
    with told_plainly(path), private_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(path)
        try:
            remove_passing(path)
            shutil.copyfile(backup, back)
            if path.exists():
                shutil.copyfile(path, former)
                put_in_place(former, aside)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
            put_in_place(back, path)
        finally:
            remove_passing(path)
            lock.release()
    return Backup(aside if aside.exists() else path, incidents)


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

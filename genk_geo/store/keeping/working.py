"""A history is written in a copy, which takes its place in one step when the run ends.

So the file itself never changes: readers may open it at any time, also a backup, and a run that is killed, or
that fills the disk, leaves it as it was.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import duckdb

from genk_geo.errors import ConfigError
from genk_geo.private import private_files
from genk_geo.store.keeping.faults import check_kind, told_plainly
from genk_geo.store.keeping.lock import WriterLock

if TYPE_CHECKING:
    from pathlib import Path

#: Nothing is ever fetched, whatever a file turns out to be.
_OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def open_file(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file, with extensions off."""
    with private_files(), told_plainly(path):
        return duckdb.connect(str(path), read_only=read_only, config=_OPTIONS)


class Working:
    """The copy in which a history is written.

    Parameters
    ----------
    path : pathlib.Path
        The history; made where it does not exist.

    Raises
    ------
    ConfigError
        If another run writes it, or it cannot be copied.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.with_name(f".{path.name}.working")
        with told_plainly(path), private_files():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = WriterLock(path)
        try:
            self.is_new = not path.exists()
            self._open()
        except BaseException:
            self._remove()
            self._lock.release()
            raise

    def _open(self) -> None:
        self._remove()  # of a run that was killed
        with told_plainly(self.path), private_files():
            if not self.is_new:
                check_kind(self.path)
                shutil.copyfile(self.path, self.file)
                journal = _journal(self.path)
                if journal.exists() and not self._is_whole():
                    shutil.copyfile(journal, _journal(self.file))
        self.connection = open_file(self.file, read_only=False)
        self._before = self._stamp()

    def _is_whole(self) -> bool:
        """Whether the file says all by itself, as every one does since it is written in a copy.

        What lies beside it then is nothing of ours. An earlier version that was killed left a part there.
        """
        with duckdb.connect(str(self.file), read_only=True, config=_OPTIONS) as base:
            tables = base.execute(
                "select count(*) from duckdb_tables() where table_name = 'versions'"
            ).fetchone()
        return bool(tables and tables[0])

    def _stamp(self) -> tuple[int, int] | None:
        if not self.file.exists():
            return None
        found = self.file.stat()
        return found.st_mtime_ns, found.st_size

    def replace_with(self, file: Path) -> None:
        """Go on with another file, which takes the place of the copy."""
        self.connection.close()
        self._remove()
        file.replace(self.file)
        self.connection = open_file(self.file, read_only=False)
        self._before = None

    def close(self) -> None:
        """Write everything and put it in place, where anything changed."""
        try:
            with told_plainly(self.path), private_files():
                self.connection.close()
                if _journal(self.file).exists():
                    raise ConfigError(
                        f"{self.path} could not be written whole (is the disk full?): it is as it was. "
                        "Make room, then try again."
                    )
                if self.is_new or self._stamp() != self._before or _journal(self.path).exists():
                    put_in_place(self.file, self.path)
                    _journal(self.path).unlink(missing_ok=True)
        finally:
            self._remove()
            self._lock.release()

    def abandon(self) -> None:
        """Leave the history as it was."""
        try:
            self.connection.close()
        except (duckdb.Error, RuntimeError):  # a database that found itself damaged
            pass
        finally:
            self._remove()
            self._lock.release()

    def _remove(self) -> None:
        for path in (self.file, _journal(self.file)):
            path.unlink(missing_ok=True)
        for path in self.file.parent.glob(f"{self.file.name}.tmp*"):
            shutil.rmtree(path, ignore_errors=True)


def put_in_place(file: Path, path: Path) -> None:
    """Let a whole file take the place of another, so that a power cut leaves one of the two."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())
    file.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")

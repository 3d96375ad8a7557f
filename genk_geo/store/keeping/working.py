"""A history is written in a copy, which takes its place in one step when the run ends.

So the file itself never changes: readers may open it at any time, also a backup, and a run that is killed, or
that fills the disk, leaves it as it was.
"""

from __future__ import annotations

import glob
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


#: Copies of a history that no run leaves, unless it is killed.
_PASSING = ("working", "saved", "fresh", "restored", "replaced")


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
        self.file = beside(path, "working")
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

    def _is_other(self) -> bool:
        """Whether the copy is not what stands in its place."""
        return self.is_new or self._stamp() != self._before or _journal(self.path).exists()

    def replace_with(self, file: Path) -> None:
        """Go on with another file, which takes the place of the copy."""
        self.connection.close()
        _journal(self.file).unlink(missing_ok=True)
        file.replace(self.file)
        self.connection = open_file(self.file, read_only=False)
        self._before = None

    def save(self) -> None:
        """Write everything, put a copy in place where anything changed, and go on."""
        with told_plainly(self.path), private_files():
            self.connection.execute("checkpoint")
            if not self._is_other():
                return
            saved = beside(self.path, "saved")
            try:
                shutil.copyfile(self.file, saved)
                put_in_place(saved, self.path)
            finally:
                saved.unlink(missing_ok=True)
            _journal(self.path).unlink(missing_ok=True)
            self.is_new, self._before = False, self._stamp()

    def close(self) -> None:
        """Write everything and put it in place, where anything changed."""
        try:
            with told_plainly(self.path), private_files():
                self.connection.close()
                if _journal(self.file).exists():
                    raise ConfigError(
                        "{path} could not be written whole (is the disk full?): it is as it was. Make room, "
                        "then try again.",
                        path=self.path,
                    )
                if self._is_other():
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
        remove_passing(self.path)


def remove_passing(path: Path) -> None:
    """Remove the passing files beside a history, of a run that has ended or was killed."""
    for file in (beside(path, what) for what in _PASSING):
        file.unlink(missing_ok=True)
        _journal(file).unlink(missing_ok=True)
        for spilled in file.parent.glob(f"{glob.escape(file.name)}.tmp*"):
            shutil.rmtree(spilled, ignore_errors=True)


def beside(path: Path, what: str) -> Path:
    """A passing file beside a history, which the next run removes where a killed one left it."""
    if what not in _PASSING:
        raise AssertionError(what)
    return path.with_name(f".{path.name}.{what}")


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

"""What is wrong with the file of a history, in words that say what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from genk_geo.errors import BusyError, ConfigError, GenkGeoError, Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = ("no space left", "enospc", "disk full", "not enough space", "could not write", "disk quota")
_DAMAGED = (
    "corrupt", "checksum", "not a valid duckdb", "deserialize", "serialization", "invalidated",
    "internal error", "could not read", "eof", "end of file", "truncated", "magic", "wal", "unicode", "codec",
    "out of range", "catalog", "invalid",
)  # fmt: skip
_RESTORE = Message("Restore the newest good backup with `genk-geo restore` (`genk-geo doctor` names it)")


def check_kind(path: Path) -> None:
    """Refuse a file that is no DuckDB file, before anything opens it.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Raises
    ------
    ConfigError
        If its first bytes are others; the message says what it is, where that can be seen.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError as error:
        raise ConfigError(
            "{path} cannot be opened: {reason}. Mend that first.", path=path, reason=error.strerror or error
        ) from error
    if head[8:12] == b"DUCK":
        return
    if head.startswith(b"SQLite format 3"):
        raise ConfigError(
            "{path} is a SQLite or GeoPackage file, no history. Name another file as store.", path=path
        )
    if not head:
        raise ConfigError(
            "{path} is empty, so its content was lost. {restore}, or remove it to begin anew.",
            path=path,
            restore=_RESTORE,
        )
    raise ConfigError(
        "{path} is damaged or no history of genk_geo. {restore}, or name a new file.",
        path=path,
        restore=_RESTORE,
    )


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Turn what the database says into a message and an exit code.

    Parameters
    ----------
    path : pathlib.Path
        The history, as the user knows it.

    Raises
    ------
    ConfigError
        In place of every fault of the database or the disk.
    """
    try:
        yield
    except GenkGeoError:
        raise
    except (duckdb.Error, OSError, UnicodeDecodeError) as error:
        raise fault(path, str(error)) from error
    except RuntimeError as error:
        if type(error) is not RuntimeError and not isinstance(error, duckdb.Error):
            raise
        raise fault(path, str(error)) from error


def fault(path: Path, message: str) -> ConfigError:
    """The error that fits what the database says."""
    low = message.lower()
    if "conflicting lock" in low or "being used by another process" in low or "could not set lock" in low:
        return BusyError("{path} is in use by another program. Close that, then try again.", path=path)
    if any(sign in low for sign in _FULL):
        return ConfigError(
            "The disk of {path} is full: nothing was written, the history is as it was. Make room, then try "
            "again.",
            path=path,
        )
    if any(sign in low for sign in _DAMAGED):
        return ConfigError("{path} is damaged. {restore}, or name a new file.", path=path, restore=_RESTORE)
    return ConfigError(
        "{path} cannot be read or written: {message}",
        path=path,
        message=message.splitlines()[0] if message else "?",
    )

"""What is wrong with the file of a history, in words that say what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from genk_geo.errors import BusyError, ConfigError, GenkGeoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = ("no space left", "enospc", "disk full", "not enough space", "could not write", "disk quota")
_DAMAGED = (
    "corrupt", "checksum", "not a valid duckdb", "deserialize", "serialization", "invalidated",
    "internal error", "could not read", "eof", "end of file", "truncated", "magic", "wal", "unicode", "codec",
    "out of range", "catalog", "invalid",
)  # fmt: skip
_RESTORE = "Restore the newest good backup with `genk-geo restore` (`genk-geo doctor` names it)"


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
        raise ConfigError(f"{path} cannot be opened: {error.strerror or error}. Mend that first.") from error
    if head[8:12] == b"DUCK":
        return
    if head.startswith(b"SQLite format 3"):
        raise ConfigError(f"{path} is a SQLite or GeoPackage file, no history. Name another file as store.")
    if not head:
        raise ConfigError(
            f"{path} is empty, so its content was lost. {_RESTORE}, or remove it to begin anew."
        )
    raise ConfigError(f"{path} is damaged or no history of genk_geo. {_RESTORE}, or name a new file.")


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
        return BusyError(f"{path} is in use by another program. Close that, then try again.")
    if any(sign in low for sign in _FULL):
        return ConfigError(
            f"The disk of {path} is full: nothing was written, the history is as it was. Make room, then try "
            "again."
        )
    if any(sign in low for sign in _DAMAGED):
        return ConfigError(f"{path} is damaged. {_RESTORE}, or name a new file.")
    return ConfigError(f"{path} cannot be read or written: {message.splitlines()[0] if message else '?'}")

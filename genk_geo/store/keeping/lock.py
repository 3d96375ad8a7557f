"""One writer at a time: a lock of the operating system, which a crash gives back, with who holds it."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import socket
from importlib import import_module
from typing import TYPE_CHECKING

from genk_geo.errors import BusyError, ConfigError, Message

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO


class WriterLock:
    """The right to write a history, for as long as this object is not released.

    Parameters
    ----------
    path : pathlib.Path
        The history.

    Raises
    ------
    BusyError
        If another run has it; the message says who.
    """

    def __init__(self, path: Path) -> None:
        self._beside = path.with_name(f".{path.name}.lock")
        try:
            self._stream = self._beside.open("a+", encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                "{path} cannot be opened: {reason}. Mend that first.", path=path, reason=error.strerror
            ) from error
        try:
            _lock(self._stream)
        except OSError as error:
            holder = _holder(self._stream)
            self._stream.close()
            raise BusyError(
                "{path} is in use by another run{holder}. Wait until that has ended, or end it.",
                path=path,
                holder=holder,
            ) from error
        now = dt.datetime.now().astimezone().replace(microsecond=0)
        told = {"user": who(), "host": socket.gethostname(), "process": os.getpid(), "since": now.isoformat()}
        try:
            self._stream.truncate(0)
            self._stream.write(json.dumps(told))
            self._stream.flush()
        except OSError:  # a full disk: the lock holds, and only who has it is not said
            pass

    def release(self) -> None:
        """Let another run write."""
        if not self._stream.closed:
            self._stream.close()


def who() -> str:
    """Name of the user of the operating system."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def _lock(stream: IO[str]) -> None:
    try:
        system = import_module("fcntl")
    except ImportError:  # Windows
        system = import_module("msvcrt")
        stream.seek(2**20)  # beyond what is read of it
        system.locking(stream.fileno(), system.LK_NBLCK, 1)
        stream.seek(0)
        return
    system.flock(stream, system.LOCK_EX | system.LOCK_NB)


def _holder(stream: IO[str]) -> str:
    try:
        stream.seek(0)
        told = json.loads(stream.read())
        return Message(
            " (of {user} on {host}, process {process}, since {since})",
            user=told["user"],
            host=told["host"],
            process=told["process"],
            since=told["since"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""

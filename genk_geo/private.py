"""Files that only their owner may read, where the system knows such a thing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OTHERS = 0o077


@contextmanager
def private_files() -> Iterator[None]:
    """Make new files and folders readable for their owner only."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def close(folder: Path, *, readable: bool) -> None:
    """Set who may read a folder and the files in it.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; what is in it is a file, or a folder of files.
    readable : bool
        True for everybody, False for the owner only.
    """
    for path in (folder, *folder.rglob("*")):
        path.chmod((0o755 if readable else 0o700) if path.is_dir() else (0o644 if readable else 0o600))

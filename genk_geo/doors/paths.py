"""Paths of files from outside: plain files on this machine, and where they may lie."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError, GenkGeoError
from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

# What GDAL opens though it is no plain file: its virtual file systems, and hosts.
_NO_FILE = re.compile(r"^(/vsi|[a-z][a-z0-9+.-]+:/)", re.IGNORECASE)


def shown(path: Path | str) -> str:
    """A path as a message may hold it: nothing in it steers a terminal.

    Parameters
    ----------
    path : path-like
        Any path.

    Returns
    -------
    str
        On one line, without control characters and what is no text.
    """
    # a name that is no text in the system's encoding cannot be written anywhere
    text = str(path).encode("utf-8", "replace").decode()
    return " ".join(visible(text).split())


def regular_file(path: Path | str, what: str, *, error: type[GenkGeoError] = ConfigError) -> Path:
    """A path that is a plain file on this machine.

    Parameters
    ----------
    path : path-like
        Where the file is said to lie.
    what : str
        How messages name it.
    error : type
        What is raised.

    Returns
    -------
    pathlib.Path
        The same path made absolute, so that no library takes its beginning for the name of a driver.

    Raises
    ------
    GenkGeoError
        Of the type asked for: if the path names no plain file (missing, a folder, a pipe, a device, an
        address on the internet, a virtual file system), or cannot be looked at.
    """
    text = str(path)
    if _NO_FILE.match(text):
        raise error(
            "{what}: {path} is no file on this machine. Save it here and give its path.",
            what=what,
            path=shown(path),
        )
    file = Path(path)
    try:
        mode = file.stat().st_mode
    except FileNotFoundError as missing:
        raise error(
            "{what}: {path} does not exist. Give the path of an existing file.", what=what, path=shown(path)
        ) from missing
    except (OSError, ValueError) as fault:
        raise error(
            "{what}: {path} cannot be opened ({kind}).",
            what=what,
            path=shown(path),
            kind=shown(fault.__class__.__name__),
        ) from fault
    if stat.S_ISDIR(mode):
        raise error("{what}: {path} is a folder. Give one file in it.", what=what, path=shown(path))
    if not stat.S_ISREG(mode):
        raise error(
            "{what}: {path} is a pipe or a device, not a file. Save it as a file.",
            what=what,
            path=shown(path),
        )
    return file.absolute()


def check_apart(read: Iterable[Path | str | None], written: Iterable[Path | str | None]) -> None:
    """Refuse to write over a file that is read, or one file twice.

    Parameters
    ----------
    read, written : iterable of path-like
        Files of a command; None for one that was not given.

    Raises
    ------
    ConfigError
        If two of them are the same, also by a link or another way to write the name.
    """
    taken = [Path(path) for path in read if path is not None]
    for path in (Path(path) for path in written if path is not None):
        for other in taken:
            if path.resolve() == other.resolve() or (
                path.exists() and other.exists() and path.samefile(other)
            ):
                raise ConfigError(
                    "{path} would be written over {other}. Give another name.",
                    path=shown(path),
                    other=other.name,
                )
        taken.append(path)


def within(path: Path, folders: Iterable[Path], what: str) -> Path:
    """A path that lies in one of some folders, wherever its links lead.

    Parameters
    ----------
    path : pathlib.Path
        The path.
    folders : iterable of pathlib.Path
        Folders that it may lie in.
    what : str
        How messages name it.

    Returns
    -------
    pathlib.Path
        The path with its links followed.

    Raises
    ------
    ConfigError
        If it lies elsewhere.
    """
    real, allowed = path.resolve(), [folder.resolve() for folder in folders]
    if not any(real.is_relative_to(folder) for folder in allowed):
        places = ", ".join(shown(folder) for folder in allowed)
        raise ConfigError(
            "{what}: {path} lies outside {places}. Put the file there, or list its folder under "
            "`overlay_folders`.",
            what=what,
            path=shown(path),
            places=places,
        )
    return real

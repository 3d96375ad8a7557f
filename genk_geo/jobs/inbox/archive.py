"""Files moved whole or not at all: into the archive with their checksum, or aside with the reason."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError
from genk_geo.private import private_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

#: Beside an archived file: its checksum, as sha256sum reads it.
CHECKSUM = ".sha256"
#: Beside a file that was put aside: why.
WHY = ".waarom.txt"
#: Files that belong to a shapefile of the same name.
_BESIDE_A_SHAPE = (".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx")


def parts_of(file: Path) -> list[Path]:
    """A file with those that it cannot be read without."""
    if file.suffix.lower() != ".shp":
        return [file]
    beside = [one for one in file.parent.iterdir() if one.stem == file.stem and one != file]
    return [file, *sorted(one for one in beside if one.suffix.lower() in _BESIDE_A_SHAPE)]


def is_part(file: Path) -> bool:
    """Whether a file belongs to a shapefile beside it."""
    return file.suffix.lower() in _BESIDE_A_SHAPE and file.with_suffix(".shp").exists()


def archive(file: Path, folder: Path, day: dt.date) -> Path:
    """Move a file into the folder of a day, and write its checksum beside it.

    Parameters
    ----------
    file : pathlib.Path
        File of the inbox, which goes once its copy has been read back.
    folder : pathlib.Path
        Folder of its profile in the archive.
    day : datetime.date
        Day of arrival.

    Returns
    -------
    pathlib.Path
        Where it is now; a name that was taken that day by something else gets a number.

    Raises
    ------
    ConfigError
        If it cannot be written (disk full, no rights): the file is then still where it was.
    """
    moved = _move(parts_of(file), folder / day.isoformat())
    text = f"{_sha256(moved)}  {moved.name}\n"
    with private_files():
        moved.with_name(moved.name + CHECKSUM).write_text(text, encoding="utf-8", newline="\n")
    return moved


def set_aside(file: Path, folder: Path, day: dt.date, why: str) -> Path:
    """Move a file that cannot be read aside, with a text that says why.

    Parameters
    ----------
    file, folder, day
        As for :func:`archive`.
    why : str
        The text.

    Returns
    -------
    pathlib.Path
        Where it is now.
    """
    moved = _move(parts_of(file), folder / day.isoformat())
    with private_files():
        moved.with_name(moved.name + WHY).write_text(why + "\n", encoding="utf-8-sig")
    return moved


def archived(folder: Path, *, since: dt.date | None = None) -> list[Path]:
    """Archived files of a profile in the order of their arrival.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the profile.
    since : datetime.date, optional
        Only those that arrived on this day or later.
    """
    found = [
        path
        for path in sorted(folder.glob("*/*"))
        if path.is_file() and path.suffix != CHECKSUM and not path.name.startswith(".") and not is_part(path)
    ]
    return [path for path in found if since is None or path.parent.name >= since.isoformat()]


def _move(files: Iterable[Path], folder: Path) -> Path:
    """The first of the files, moved together with the others."""
    files = list(files)
    name = _free(files[0], folder)
    targets = [folder / (name + one.name[len(files[0].stem) :]) for one in files]
    try:
        with private_files():
            folder.mkdir(parents=True, exist_ok=True)
            for file, target in zip(files, targets, strict=True):
                _copy(file, target)
    except OSError as error:
        for target in targets:
            with suppress(OSError):
                target.unlink(missing_ok=True)
        raise ConfigError(
            "{files} could not be moved to {folder}: {reason}. It is still in the inbox: free some space or "
            "give the rights, and run again.",
            files=files[0].name,
            folder=folder,
            reason=error,
        ) from error
    for file in files:
        file.unlink()
    return targets[0]


def _copy(file: Path, target: Path) -> None:
    """Copy and read back, under another name until it is whole."""
    beside = target.with_name(f".{target.name}.part")
    try:
        shutil.copy2(file, beside)
        with beside.open("rb+") as stream:
            os.fsync(stream.fileno())
        if _sha256(beside) != _sha256(file):
            raise OSError("the copy is not the same as the file")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _free(file: Path, folder: Path) -> str:
    """A stem that is not taken in a folder."""
    stem, number = file.stem, 1
    while (folder / f"{stem}{file.suffix}").exists():
        number += 1
        stem = f"{file.stem} ({number})"
    return stem


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

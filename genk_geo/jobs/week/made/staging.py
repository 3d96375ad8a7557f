"""All folders of a run put in place, or none: a mark says that everything was written, and what goes where.

A folder cannot be replaced in one step, nor several at once. Before the mark stands, an interrupted run left
nothing but folders beside, which the next one removes. Once it stands, the next run finishes what it says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

#: The mark, in the folder of all weeks; gone when everything is in place.
MARK = ".publishing.json"
_BESIDE = re.compile(r"^\.\d{4}-W\d{2}-(old|[a-z0-9_]{8})$")


def commit(root: Path, pairs: list[tuple[Path, Path]]) -> None:
    """Put written folders in place.

    Parameters
    ----------
    root : pathlib.Path
        Folder of all weeks, for the mark.
    pairs : list of tuple of pathlib.Path
        Written folder, and where it goes; both below `root`.

    Raises
    ------
    OSError
        If a folder cannot be moved; all are then as they were.
    """
    named = [[str(part.relative_to(root)) for part in pair] for pair in pairs]
    beside = root / f"{MARK}.new"
    with beside.open("w", encoding="utf-8") as stream:
        json.dump(named, stream)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(root / MARK)
    try:
        _finish(pairs)
    except BaseException:
        _undo(pairs)
        (root / MARK).unlink(missing_ok=True)
        raise
    _forget_old(pairs)
    (root / MARK).unlink(missing_ok=True)


def recover(root: Path, folders: list[Path]) -> None:
    """Finish or remove what an earlier run left.

    Parameters
    ----------
    root : pathlib.Path
        Folder of all weeks.
    folders : list of pathlib.Path
        Folders of the weeks of each release.

    Raises
    ------
    ConfigError
        If the mark cannot be read.
    """
    mark = root / MARK
    if mark.exists():
        try:
            pairs = [
                (root / one, root / other) for one, other in json.loads(mark.read_text(encoding="utf-8"))
            ]
        except (ValueError, TypeError, OSError) as error:
            raise ConfigError(
                f"{mark} cannot be read: {error}. Remove it, and publish the last week again."
            ) from error
        _finish(pairs)
        _forget_old(pairs)
        mark.unlink(missing_ok=True)
    (root / f"{MARK}.new").unlink(missing_ok=True)
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            if _BESIDE.match(path.name) and path.is_dir():
                week = path.with_name(path.name[1:9])
                if path.name.endswith("-old") and not week.exists():
                    path.replace(week)  # left by a run from before there was a mark
                else:
                    shutil.rmtree(path, ignore_errors=True)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}-old")


def _finish(pairs: list[tuple[Path, Path]]) -> None:
    """Each step can be taken again: what is in place already stays there."""
    for beside, target in pairs:
        if not beside.exists():
            continue
        if target.exists():
            shutil.rmtree(_aside(target), ignore_errors=True)
            target.replace(_aside(target))
        beside.replace(target)


def _undo(pairs: list[tuple[Path, Path]]) -> None:
    for beside, target in reversed(pairs):
        if target.exists() and not beside.exists():
            target.replace(beside)
        if _aside(target).exists() and not target.exists():
            _aside(target).replace(target)


def _forget_old(pairs: list[tuple[Path, Path]]) -> None:
    for _, target in pairs:
        shutil.rmtree(_aside(target), ignore_errors=True)

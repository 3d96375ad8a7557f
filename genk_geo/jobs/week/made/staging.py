"""All folders of a run put in place, or none, and with them what the history notes of it.

A folder cannot be replaced in one step, nor several at once, nor a folder and a file. So a mark says what
goes where before the history is saved. A run that was killed before that left folders beside and a mark that
the history knows nothing of: both are removed. Once it knows, the next run finishes what the mark says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

#: The mark, in the folder of all weeks; gone when everything is in place.
MARK = ".publishing.json"
_BESIDE = re.compile(r"^\.\d{4}-W\d{2}-(old|[a-z0-9_]{8})$")


@dataclass(frozen=True)
class Noted:
    """What the history has of a publication, once it is saved.

    Attributes
    ----------
    week : str
        Week of the run.
    run : int
        Number of the run in the history.
    """

    week: str
    run: int


class Saving(NamedTuple):
    """How the history is saved before anything is put in place, and by what a later run sees that it was.

    Saving is given what was written and where each of it goes.
    """

    save: Callable[[Sequence[tuple[Path, Path]]], None]
    noted: Noted | None = None


def commit(root: Path, pairs: list[tuple[Path, Path]], saving: Saving | None = None) -> None:
    """Put written folders in place.

    Parameters
    ----------
    root : pathlib.Path
        Folder of all weeks, for the mark.
    pairs : list of tuple of pathlib.Path
        Written folder, and where it goes; both below `root`.
    saving : Saving, optional
        Saves the history; where it notes nothing, the mark alone counts.

    Raises
    ------
    OSError
        If a folder cannot be moved; all are then as they were, and no mark stands. Where the history was
        saved already, the mark stays, and the next run finishes.
    """
    named = [[part.relative_to(root).as_posix() for part in pair] for pair in pairs]
    noted = None if saving is None or saving.noted is None else asdict(saving.noted)
    beside, saved = root / f"{MARK}.new", False
    try:
        with beside.open("w", encoding="utf-8") as stream:
            json.dump({"folders": named, "noted": noted}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(root / MARK)
        if saving is not None:
            saving.save(pairs)
            saved = True
        _finish(pairs)
    except BaseException:
        if not saved:
            _undo(pairs)
            beside.unlink(missing_ok=True)
            (root / MARK).unlink(missing_ok=True)
        raise
    _forget_old(pairs)
    (root / MARK).unlink(missing_ok=True)


def recover(
    root: Path, folders: list[Path], *, is_noted: Callable[[str, int], bool] = lambda *_: True
) -> None:
    """Finish or remove what an earlier run left.

    Parameters
    ----------
    root : pathlib.Path
        Folder of all weeks.
    folders : list of pathlib.Path
        Folders of the weeks of each release.
    is_noted : callable
        Whether the history has a week as published by a run.

    Raises
    ------
    ConfigError
        If the mark cannot be read, or what it says cannot be done.
    """
    mark = root / MARK
    if mark.exists():
        pairs, noted = _read(root)
        try:
            if noted is None or is_noted(noted.week, noted.run):
                _finish(pairs)
                _forget_old(pairs)
            mark.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(
                "What an interrupted run left in {root} cannot be put in place: {reason}. Mend that (is a "
                "page open in another program?), then run again.",
                root=root,
                reason=error,
            ) from error
    (root / f"{MARK}.new").unlink(missing_ok=True)
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            if _BESIDE.match(path.name) and path.is_dir():
                week = path.with_name(path.name[1:9])
                if path.name.endswith("-old") and not week.exists():
                    path.replace(week)  # left by a run from before there was a mark
                else:
                    shutil.rmtree(path, ignore_errors=True)


def _read(root: Path) -> tuple[list[tuple[Path, Path]], Noted | None]:
    """What a mark says goes where, and by what to see whether it should."""
    mark = root / MARK
    try:
        told: Any = json.loads(mark.read_text(encoding="utf-8"))
        told = {"folders": told, "noted": None} if isinstance(told, list) else told  # of an earlier version
        pairs = [(_within(root, one), _within(root, other)) for one, other in told["folders"]]
        return pairs, None if told["noted"] is None else Noted(**told["noted"])
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise ConfigError(
            "{mark} cannot be read: {reason}. Remove it, and publish the last week again.",
            mark=mark,
            reason=error,
        ) from error


def _within(root: Path, name: str) -> Path:
    """A folder below that of all weeks by its name, as all that are written; a link may lead elsewhere."""
    told = PurePosixPath(name)
    if told.is_absolute() or ".." in told.parts or root.drive != (root / told).drive:
        raise ValueError(f"{name} lies elsewhere")
    return root / told


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

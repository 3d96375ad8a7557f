"""Publishing a week: written beside, checked, then put in place in one rename.

A reader sees the last good week until the new one is whole; an interrupted run leaves nothing half done.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, GenkGeoError

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Folder to write into, which replaces `target` when the block ends well.

    Parameters
    ----------
    target : Path
        Folder to publish, for example ``maps/2026-W46``.

    Yields
    ------
    Path
        An empty folder on the same disk.

    Raises
    ------
    ConfigError
        If the folder cannot be written (no rights, disk full); `target` is then as it was.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ConfigError(f"{target.parent} cannot be written: {error}. Choose another --out.") from error
    try:
        yield beside
        beside.chmod(0o755)
        _put_in_place(beside, target)
    except OSError as error:
        raise ConfigError(f"{target} could not be written: {error}. The former week is untouched.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _put_in_place(beside: Path, target: Path) -> None:
    """Swap the folders; a directory cannot be replaced in one step, so the old one steps aside first."""
    aside = target.with_name(f".{target.name}-old")
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        target.replace(aside)
    try:
        beside.replace(target)
    except OSError:
        if aside.exists():
            aside.replace(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def published_weeks(out: Path) -> list[str]:
    """Weeks that stand in the folder of all weeks, oldest first."""
    weeks = []
    for folder in out.iterdir() if out.is_dir() else ():
        try:
            week = Week.parse(folder.name)
        except GenkGeoError:
            continue
        if str(week) == folder.name and (folder / "index.html").is_file():
            weeks.append(week)
    return [str(week) for week in sorted(weeks)]


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write `manifest.json`: how this week was made, with the checksum of every file beside it."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    text = json.dumps(facts | {"files": files}, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def sha256(path: Path) -> str:
    """Checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

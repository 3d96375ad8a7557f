"""Publishing a week: written beside, checked, then put in place in one rename.

A reader sees the last good week until the new one is whole; an interrupted run leaves nothing half done.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, GenkGeoError, Message
from genk_geo.jobs.week.made.staging import MARK, commit, recover
from genk_geo.private import close
from genk_geo.release.kept.week_maps import from_kept
from genk_geo.render.file_names import MAP, TOLD
from genk_geo.writing import reason, write_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genk_geo.jobs.week.made.staging import Saving
    from genk_geo.release.values.week_maps import WeekMap

MANIFEST = "manifest.json"
_TAKE_AWAY = Message(
    "Restore its folder from a backup; without one, take it away and publish that week again."
)
#: What a file manager leaves in a folder that is looked at.
OF_THE_SYSTEM = {"Thumbs.db", "desktop.ini"}


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
    with staged_together([target]) as (beside,):
        yield beside


@contextmanager
def staged_together(
    targets: Sequence[Path],
    *,
    readable: Sequence[bool] = (),
    root: Path | None = None,
    saving: Saving | None = None,
) -> Iterator[list[Path]]:
    """Folders to write into, which replace all `targets` when the block ends well, or none of them.

    Parameters
    ----------
    targets : sequence of Path
        Folders to publish.
    readable : sequence of bool, optional
        Whether everybody may read each of them; by default only the owner of the files.
    root : Path, optional
        Folder of all weeks of all releases; the one above all targets when absent.
    saving : Saving, optional
        Saves the history, once everything is written and before anything is put in place.

    Yields
    ------
    list of Path
        An empty folder for each, on the same disk.

    Raises
    ------
    ConfigError
        If a folder cannot be written (no rights, disk full); all `targets` are then as they were.
    """
    if not targets:
        yield []
        if saving is not None:
            saving.save([])
        return
    besides: list[Path] = []
    top = root or Path(os.path.commonpath([target.parent for target in targets]))
    try:
        with _told(targets, top, besides):
            recover(top, sorted(_parents(targets)))
            besides.extend(
                Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent)) for target in targets
            )
            yield besides
            open_to_all = [*readable, *[False] * (len(besides) - len(readable))]
            for beside, shared in zip(besides, open_to_all, strict=True):
                close(beside, readable=shared)
            commit(top, list(zip(besides, targets, strict=True)), saving)
    finally:
        if not _is_marked(top):
            for beside in besides:
                shutil.rmtree(beside, ignore_errors=True)


def _parents(targets: Sequence[Path]) -> set[Path]:
    """Folders in which the targets stand, made where they are not there."""
    for target in targets:
        if target.exists() and not target.is_dir():
            raise ConfigError("{target} is a file. Move it, or choose another --out.", target=target)
        target.parent.mkdir(parents=True, exist_ok=True)
    return {target.parent for target in targets}


def _is_marked(top: Path) -> bool:
    """Whether the next run has to put in place what was written."""
    return os.path.lexists(top / MARK)


@contextmanager
def _told(targets: Sequence[Path], top: Path, besides: list[Path]) -> Iterator[None]:
    """Say what became of the targets where something cannot be written."""
    named = ", ".join(map(str, targets))
    try:
        yield
    except write_faults() as fault:
        error = reason(fault, next(one for one in (top, *top.parents) if one.exists()))
        if len(besides) < len(targets):
            where = targets[len(besides)].parent
            raise ConfigError(
                "{where} cannot be written: {reason}. Choose another --out.", where=where, reason=error
            ) from fault
        if _is_marked(top):
            raise ConfigError(
                "{named} could not be put in place: {reason}. Mend that (is a page open elsewhere?), then "
                "run again: the history has the week, and the next run puts its pages in place.",
                named=named,
                reason=error,
            ) from fault
        raise ConfigError(
            "{named} could not be written: {reason}. The former week is untouched.", named=named, reason=error
        ) from fault


def check_ours(target: Path) -> None:
    """Refuse to replace what was not published here: a folder of the user's own, or a file put in ours.

    Parameters
    ----------
    target : Path
        Folder of a week.

    Raises
    ------
    ConfigError
        If it is there and is no published week, or holds more than that.
    """
    if target.is_dir() and any(target.iterdir()) and not _is_published(target):
        raise ConfigError(
            "{target} holds something else than a published week. Move it, or choose another --out.",
            target=target,
        )
    if target.is_dir() and (strange := _strangers(target)):
        raise ConfigError(
            "{target} also holds what was not published there ({strange}). Move that first: the week is "
            "replaced as a whole.",
            target=target,
            strange=", ".join(strange[:3]),
        )


def _is_published(folder: Path) -> bool:
    """Whether a folder holds the pages of a week and the account of how they were made."""
    return (folder / "index.html").is_file() and (folder / MANIFEST).is_file()


def _strangers(folder: Path) -> list[str]:
    """Names in a published folder that its manifest does not name; prints of its pages may stand there."""
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = {MANIFEST, *facts["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    known |= {Path(name).with_suffix(".pdf").name for name in known} | OF_THE_SYSTEM
    return sorted(path.name for path in folder.iterdir() if path.name not in known and path.name[:1] != ".")


def check_neighbours(folder: Path, profile: str) -> None:
    """Make sure that a folder of weeks belongs to one kind of reader.

    Parameters
    ----------
    folder : Path
        Folder of the weeks of a release.
    profile : str
        Its profile.

    Raises
    ------
    ConfigError
        If a week in it was published for others: the pages of a release link to the weeks beside them.
    """
    for week in published_weeks(folder):
        found = _profile_of(folder / week)
        if found != profile:
            raise ConfigError(
                "{file} is a release for {found}, not for {profile}. Give each release a folder of its own: "
                "set `folder` under [[releases]], or choose another --out.",
                file=folder / week,
                found=found,
                profile=profile,
            )


def _profile_of(folder: Path) -> str:
    """Profile of a published week; those of before there were releases are for wijkmanagers."""
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return str(facts["release"]["profile"])
    except (OSError, ValueError, KeyError, TypeError):
        return "wijkmanager"


def told_under(out: Path) -> list[dict[str, Any]]:
    """What was told in every week of every release below a folder, of whatever settings."""
    from genk_geo.render.files.publish import told_in

    folders = [path.parent for path in records_under(out)]
    for folder in folders:
        _check_published(folder / TOLD)
    return [record for folder in folders for record in told_in(folder)]


def records_under(out: Path) -> list[Path]:
    """Files that say what was told in a week of a release, below the folder of all of them."""
    found = {path for pattern in ("*", "*/*") for path in out.glob(f"{pattern}/{TOLD}")}
    return sorted(path for path in found if not any(p.startswith(".") for p in path.relative_to(out).parts))


def _check_published(file: Path) -> None:
    """Refuse a file that is not as it was published: what it says would be told otherwise later."""
    try:
        noted = json.loads((file.parent / MANIFEST).read_text(encoding="utf-8"))["files"][file.name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, FileNotFoundError) and file.name == TOLD:
            return  # of before there were manifests
        raise ConfigError(
            "{file} is damaged: {reason}. {take_away}",
            file=file.parent / MANIFEST,
            reason=error,
            take_away=_TAKE_AWAY,
        ) from error
    if sha256(file) != noted:
        raise ConfigError(
            "{file} is not as it was published (its checksum differs). {take_away}",
            file=file,
            take_away=_TAKE_AWAY,
        )


def kept_maps(folder: Path, weeks: Iterable[str]) -> dict[Week, WeekMap | None]:
    """What the maps of published weeks showed.

    Parameters
    ----------
    folder : Path
        Folder of the weeks of a release.
    weeks : iterable of str
        The weeks to look for.

    Returns
    -------
    dict of Week to WeekMap or None
        Of those that stand there; None where the map was not kept.

    Raises
    ------
    ConfigError
        If a file is not as it was published, or none of these.
    """
    found: dict[Week, WeekMap | None] = {}
    for week in weeks:
        if not (folder / week / "index.html").is_file():
            continue
        file = folder / week / MAP
        found[Week.parse(week)] = _kept_map(file) if file.is_file() else None
    return found


def _kept_map(file: Path) -> WeekMap | None:
    _check_published(file)
    try:
        return from_kept(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            "{file} is damaged: {reason}. {take_away}", file=file, reason=error, take_away=_TAKE_AWAY
        ) from error


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


def linked_weeks(folder: Path) -> list[str]:
    """Weeks that the first page of a published folder leads to, oldest first."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    return sorted(set(re.findall(r'href="\.\./(\d{4}-W\d{2})/', page)))


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write `manifest.json`: how this week was made, with the checksum of every file beside it."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    text = json.dumps(facts | {"files": files}, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def renew_checksums(folder: Path) -> None:
    """Write the checksums in `manifest.json` anew, of the files that stand in it."""
    path = folder / MANIFEST
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["files"] = {name: sha256(folder / name) for name in facts["files"] if (folder / name).is_file()}
    text = json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What stands in `manifest.json` of a published folder, without the checksums of the files."""
    try:
        facts = dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigError(
            "{file} cannot be read: {reason}. Restore it.", file=folder / MANIFEST, reason=error
        ) from error
    facts.pop("files", None)
    return facts


def sha256(path: Path) -> str:
    """Checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

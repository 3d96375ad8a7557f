"""Versions of the reference on disk: each whole, one in use, older ones kept.

A version is a folder that never changes again. Which one is in use stands in one small file beside them;
replacing that is the swap, so that a crash at any moment leaves either the old one or the new one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genk_geo.config.reference import CURRENT, MANIFEST, VERSIONS, current_version
from genk_geo.errors import ConfigError
from genk_geo.private import private_files
from genk_geo.store.keeping.lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEW = ".new-"


@dataclass(frozen=True)
class Versions:
    """The versions in the folder of the reference.

    Attributes
    ----------
    folder : pathlib.Path
        Of the reference.
    """

    folder: Path

    @property
    def current(self) -> Path | None:
        """Folder of the version in use."""
        try:
            return current_version(self.folder)
        except ValueError as error:
            raise ConfigError("{reason}.", reason=error) from error

    @property
    def cache(self) -> Path:
        """Folder of what was fetched, so that it need not be fetched again."""
        return self.folder / "cache"

    def manifest(self, version: Path | None) -> dict[str, Any]:
        """What is noted of a version; nothing of none."""
        if version is None:
            return {"layers": {}}
        try:
            told: dict[str, Any] = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(
                "{file} is damaged. Fetch the layers again.", file=version / MANIFEST
            ) from error
        return told

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A folder for a new version, of one run at a time; it is gone unless it was taken into use."""
        with private_files():
            (self.folder / VERSIONS).mkdir(parents=True, exist_ok=True)
            self.cache.mkdir(exist_ok=True)
            lock = WriterLock(self.folder / CURRENT)
            try:
                for left in (self.folder / VERSIONS).glob(f"{_NEW}*"):
                    shutil.rmtree(left, ignore_errors=True)
                made = self.folder / VERSIONS / f"{_NEW}{os.getpid()}"
                made.mkdir()
                try:
                    yield made
                finally:
                    shutil.rmtree(made, ignore_errors=True)
            finally:
                lock.release()

    def use(self, made: Path, manifest: dict[str, Any], *, keep: int) -> Path:
        """Take a new version into use, in one step, and let go of the oldest ones.

        Parameters
        ----------
        made : pathlib.Path
            From :meth:`making`.
        manifest : dict
            What is noted of it.
        keep : int
            Older versions that stay.

        Returns
        -------
        pathlib.Path
            Where it lies now.
        """
        before = self.current
        now = dt.datetime.now(dt.UTC)
        version = made.with_name(f"{now:%Y%m%dT%H%M%S%f}Z")
        (made / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
        for file in made.iterdir():
            _to_disk(file)
        made.rename(version)
        self._point_to(version)
        others = sorted(one for one in version.parent.iterdir() if one not in {version, before})
        others = [one for one in others if one.is_dir() and not one.name.startswith(".")]
        for oldest in others[: max(0, len(others) + (before is not None) - keep)]:
            shutil.rmtree(oldest, ignore_errors=True)
        return version

    def go_back(self) -> Path:
        """Take the version before the one in use into use again.

        Raises
        ------
        ConfigError
            If there is none.
        """
        now = self.current
        names = sorted(one for one in (self.folder / VERSIONS).glob("[0-9]*") if (one / MANIFEST).is_file())
        earlier = [one for one in names if now is not None and one.name < now.name]
        if not earlier:
            raise ConfigError("There is no older version of the reference in {folder}.", folder=self.folder)
        with private_files():
            self._point_to(earlier[-1])
        return earlier[-1]

    def _point_to(self, version: Path) -> None:
        beside = self.folder / f".{CURRENT}.new"
        beside.write_text(json.dumps({"version": version.name}), encoding="utf-8")
        _to_disk(beside)
        beside.replace(self.folder / CURRENT)


def _to_disk(file: Path) -> None:
    """Let the bytes reach the disk before anything points to them."""
    with suppress(OSError), file.open("rb+") as stream:
        os.fsync(stream.fileno())

"""Published weeks copied to where their readers are: a folder, or a server over SFTP."""

from __future__ import annotations

import os
import posixpath
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genk_geo.config import Settings, ShareSettings

_FIRST_PAGE = "index.html"
_NOT_YET = ".nieuw"
_TIMEOUT_S = 30


class Place(Protocol):
    """Somewhere that files can be written to."""

    def put(self, file: Path, name: str) -> None:
        """Write a file whole or not at all, with the folders above it."""


def share_weeks(settings: Settings, weeks: dict[str, str]) -> int:
    """Copy the weeks of a run to the places of the settings; the page that leads to them goes last.

    Parameters
    ----------
    settings : Settings
        ``[[shares]]`` and the folders of the releases.
    weeks : dict of str to str
        Folder of a release -> week that was published in it.

    Returns
    -------
    int
        Files that were copied.

    Raises
    ------
    ConfigError
        If a place cannot be reached or written; what is published here stays as it is.
    """
    copied = 0
    for share in settings.shares:
        release = share.release or next(iter(settings.release_folders))
        if release not in weeks:
            continue
        folder = settings.release_folders[release]
        with opened(share) as place:
            for file in sorted((folder / weeks[release]).rglob("*")):
                if file.is_file() and not file.name.startswith("."):
                    place.put(file, file.relative_to(folder).as_posix())
                    copied += 1
            if (folder / _FIRST_PAGE).is_file():
                place.put(folder / _FIRST_PAGE, _FIRST_PAGE)
                copied += 1
    return copied


@contextmanager
def opened(share: ShareSettings) -> Iterator[Place]:
    """A place of the settings, ready to be written to.

    Parameters
    ----------
    share : ShareSettings
        Where it is.

    Yields
    ------
    Place

    Raises
    ------
    ConfigError
        If it cannot be reached or written.
    """
    try:
        if share.path.startswith("sftp://"):
            with _server(share) as place:
                yield place
        else:
            yield _Folder(_existing(Path(share.path)))
    except OSError as error:
        named = _without_user(share.path)
        raise ConfigError(
            "{named} could not be written ({kind}: {reason}). The week is published here; it is copied with "
            "the next run, or once you run this one again.",
            named=named,
            kind=error.__class__.__name__,
            reason=error.strerror or error,
        ) from error


class _Folder:
    """A folder of this machine, such as a network share."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, file: Path, name: str) -> None:
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}{_NOT_YET}")
        try:
            shutil.copyfile(file, beside)
            os.replace(beside, target)  # noqa: PTH105 - over what stands there, on every system
        finally:
            beside.unlink(missing_ok=True)


class _Server:
    """A folder of a server."""

    def __init__(self, client: Any, root: str) -> None:
        self._client = client
        self._root = root
        self._made: set[str] = set()

    def put(self, file: Path, name: str) -> None:
        target = posixpath.join(self._root, name)
        self._make(posixpath.dirname(target))
        beside = f"{target}{_NOT_YET}"
        self._client.put(str(file), beside, confirm=True)
        self._client.posix_rename(beside, target)

    def _make(self, folder: str) -> None:
        if folder in {"", "/"} or folder in self._made:
            return
        try:
            self._client.stat(folder)
        except FileNotFoundError:
            self._make(posixpath.dirname(folder))
            self._client.mkdir(folder)
        self._made.add(folder)


@contextmanager
def _server(share: ShareSettings) -> Iterator[_Server]:
    """A server whose key is known: an unknown one, or another key than before, is refused."""
    try:
        import paramiko
    except ImportError as error:
        raise ConfigError("SFTP needs the extra `sftp`: pip install genk_geo[sftp].") from error
    place = urlsplit(share.path)
    if not (place.hostname and place.username):
        raise ConfigError("An SFTP address is written as sftp://user@host/folder.")
    if place.password:
        raise ConfigError("No password in an SFTP address: use a key, named under `key` or in the agent.")
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        if share.known_hosts is None:
            client.load_system_host_keys()
        else:
            client.load_host_keys(str(share.known_hosts))
        client.connect(
            place.hostname, port=place.port or 22, username=place.username, timeout=_TIMEOUT_S,
            key_filename=None if share.key is None else str(share.key), banner_timeout=_TIMEOUT_S,
            auth_timeout=_TIMEOUT_S, allow_agent=share.key is None, look_for_keys=share.key is None,
        )  # fmt: skip
        with client.open_sftp() as channel:
            yield _Server(channel, place.path or "/")
    except paramiko.SSHException as error:
        raise ConfigError(
            "{path} refused ({reason}). Is its key in known_hosts, and yours known?",
            path=_without_user(share.path),
            reason=error,
        ) from error
    finally:
        client.close()


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise ConfigError(
            "The share {folder} is no folder, or is not connected. Make it, or mend [[shares]].",
            folder=folder,
        )
    return folder


def _without_user(path: str) -> str:
    return path.split("@", 1)[-1] if path.startswith("sftp://") else path

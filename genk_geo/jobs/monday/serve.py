"""The pages of one release in a browser of this machine: read only, and for nobody else."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import Settings

_HERE = "127.0.0.1"


def server_of(settings: Settings, release: str | None, port: int) -> ThreadingHTTPServer:
    """Server for the folder of a release, not started yet.

    Parameters
    ----------
    settings : Settings
        The folders.
    release : str, optional
        Folder of the release; the first of the settings when absent.
    port : int
        0 for any that is free.

    Returns
    -------
    http.server.ThreadingHTTPServer
        It listens on this machine only; to be used in a ``with``.

    Raises
    ------
    ConfigError
        If there is no such release, nothing was published, or the port is taken.
    """
    folders = settings.release_folders
    name = release or next(iter(folders))
    if name not in folders:
        raise ConfigError(
            "There is no release {name}. Choose one of {folders}.", name=name, folders=", ".join(folders)
        )
    if not folders[name].is_dir():
        raise ConfigError(
            "Nothing was published yet in {folders}. Run `genk-geo weekly` first.", folders=folders[name]
        )
    try:
        return ThreadingHTTPServer((_HERE, port), partial(_Pages, directory=str(folders[name])))
    except OSError as error:
        raise ConfigError(
            "Port {port} cannot be used ({reason}). Give another --port.", port=port, reason=error.strerror
        ) from error


class _Pages(SimpleHTTPRequestHandler):
    """Files below a folder; no lists of folders, nothing hidden, no link that leads out, no other host."""

    def send_head(self) -> Any:
        """Refuse what is not a plain file of the release."""
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        if host not in {_HERE, "localhost"}:  # a name of elsewhere that was made to point here
            self.send_error(HTTPStatus.FORBIDDEN)
            return None
        root, path = Path(self.directory).resolve(), Path(self.translate_path(self.path))
        target = (path / "index.html" if path.is_dir() else path).resolve()
        parts = target.relative_to(root).parts if target.is_relative_to(root) else (".",)
        if any(part.startswith(".") for part in parts) or not target.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Nothing of it is kept or shown inside other pages."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the library
        """Say nothing of what is looked at."""

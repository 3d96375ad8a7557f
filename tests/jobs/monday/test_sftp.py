"""A release over SFTP, to a server on this machine: whole files in place of the old ones, to who is known."""

from __future__ import annotations

# ruff: noqa: ARG002 - the names are those of the library
import socket
import threading

import pytest

from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.monday.share import share_weeks

paramiko = pytest.importorskip("paramiko", reason="the extra sftp is not installed")


class Door(paramiko.ServerInterface):
    """Lets in who has the key."""

    def __init__(self, key):
        self.key = key

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        good = username == "kaarten" and key == self.key
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def disk_of(root):
    """A server's disk below a folder."""

    class Disk(paramiko.SFTPServerInterface):
        def _real(self, path):
            return root / self.canonicalize(path).lstrip("/")

        def stat(self, path):
            try:
                return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        def mkdir(self, path, attr):
            self._real(path).mkdir()
            return paramiko.SFTP_OK

        def posix_rename(self, oldpath, newpath):
            self._real(oldpath).replace(self._real(newpath))
            return paramiko.SFTP_OK

        def open(self, path, flags, attr):
            handle = paramiko.SFTPHandle(flags)
            handle.writefile = handle.readfile = self._real(path).open("wb")
            return handle

    return Disk


@pytest.fixture
def server(tmp_path):
    (tmp_path / "ver").mkdir()
    host, user = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()
    user.write_private_key_file(str(tmp_path / "sleutel"))
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    (tmp_path / "bekend").write_text(f"[127.0.0.1]:{port} {host.get_name()} {host.get_base64()}\n")
    opened = []

    def answer():
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            transport = paramiko.Transport(caller)
            opened.append(transport)
            transport.add_server_key(host)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, disk_of(tmp_path / "ver"))
            try:
                transport.start_server(server=Door(user))
            except (paramiko.SSHException, EOFError, OSError):  # it went away
                continue

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield port
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    for transport in opened:
        transport.close()
    thread.join(5)


def settings_for(folder, port, known="bekend"):
    (folder / "genk-geo.toml").write_text(
        f'[[shares]]\npath = "sftp://kaarten@127.0.0.1:{port}/wijk/kaarten"\nkey = "sleutel"\n'
        f'known_hosts = "{known}"\n',
        encoding="utf-8",
    )
    settings = Settings.load(folder / "genk-geo.toml")
    for name in ("2026-W46/index.html", "2026-W46/hotspots.csv", "index.html"):
        file = settings.out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}\n" * 1000, encoding="utf-8")
    return settings


def test_a_week_is_copied_whole_and_again(server, tmp_path):
    settings = settings_for(tmp_path, server)
    for _ in range(2):
        assert share_weeks(settings, {"wijkmanager": "2026-W46"}) == 3
    there = tmp_path / "ver" / "wijk" / "kaarten"
    found = {
        path.relative_to(there).as_posix(): path.read_text() for path in there.rglob("*") if path.is_file()
    }
    assert found == {
        path.relative_to(settings.out).as_posix(): path.read_text()
        for path in settings.out.rglob("*")
        if path.is_file()
    }


def test_an_unknown_server_gets_nothing(server, tmp_path):
    (tmp_path / "leeg").write_text("")
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1.*refused"):
        share_weeks(settings_for(tmp_path, server, known="leeg"), {"wijkmanager": "2026-W46"})
    assert not list((tmp_path / "ver").iterdir())


def test_a_server_that_is_away_is_said(tmp_path):
    paramiko.ECDSAKey.generate().write_private_key_file(str(tmp_path / "sleutel"))
    (tmp_path / "bekend").write_text("")
    with pytest.raises(ConfigError, match="could not be written"):
        share_weeks(settings_for(tmp_path, 1), {"wijkmanager": "2026-W46"})

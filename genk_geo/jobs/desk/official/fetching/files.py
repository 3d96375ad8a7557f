"""One file from a server: gone on with where it was cut off, not fetched again where it is still the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from genk_geo.doors import limits
from genk_geo.jobs.desk.official.faults import DownloadError, PassingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import requests

    from genk_geo.jobs.desk.official.fetching.asking import Asker

    Tell = Callable[[int, int], None]

_BLOCK_BYTES = 1 << 18
#: First bytes by which a kind of file is known, after spaces and a byte order mark.
_HEADS: dict[str, tuple[bytes, ...]] = {
    "zip": (b"PK\x03\x04",),
    "json": (b"{", b"["),
    "xml": (b"<?xml", b"<osm"),
}
_PAGE = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched, and what its server said of it.

    Attributes
    ----------
    address : str
        Where it came from.
    sha256 : str
        Checksum.
    size : int
        Bytes.
    fetched : str
        When, in UTC.
    etag, modified : str
        What the server calls this state of the file, and since when it is so; empty where it does not say.
    """

    address: str
    sha256: str
    size: int
    fetched: str
    etag: str = ""
    modified: str = ""

    @classmethod
    def known(cls, file: Path) -> Fetched | None:
        """What is noted of a file; None where it is not there as noted."""
        told: dict[str, Any] = dict(_read_note(_note(file)))
        try:
            found = cls(**told)
            good = file.stat().st_size == found.size and checksum(file) == found.sha256
        except (TypeError, OSError):
            return None
        return found if good else None

    def note(self, file: Path) -> None:
        """Note it beside the file."""
        _note(file).write_text(json.dumps(asdict(self)), encoding="utf-8")


def checksum(file: Path) -> str:
    """Checksum of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def forget(file: Path) -> None:
    """Let a file be fetched anew: what stands in it is not what it should be."""
    _note(file).unlink(missing_ok=True)


def fetch_file(
    asker: Asker,
    address: str,
    target: Path,
    *,
    kind: str,
    form: Mapping[str, str] | None = None,
    tell: Tell | None = None,
) -> Fetched:
    """Fetch a file; what is there already and still the same is kept.

    Parameters
    ----------
    asker : Asker
        Who asks.
    address : str
        Where it is.
    target : pathlib.Path
        Where it goes; ``.part`` and ``.json`` beside it are of this function.
    kind : str
        What it has to be: ``zip``, ``json`` or ``xml``.
    form : mapping, optional
        Fields of a form to send; such an answer is made anew each time.
    tell : callable, optional
        Told the bytes that are there and the whole (0: not known).

    Returns
    -------
    Fetched

    Raises
    ------
    DownloadError
        If it cannot be had; what was there before is untouched.
    """
    before = Fetched.known(target)
    if before is not None and before.address != address:
        before = None

    def once() -> Fetched:
        return _once(asker, address, target, before, kind, form, tell)

    return asker.patiently(once)


def _once(
    asker: Asker, address: str, target: Path, before: Fetched | None, kind: str,
    form: Mapping[str, str] | None, tell: Tell | None,
) -> Fetched:  # fmt: skip
    part = target.with_name(f"{target.name}.part")
    begun = _begun(part, address) if form is None else {}
    headers: dict[str, str] = {}
    if begun:
        headers = {"Range": f"bytes={part.stat().st_size}-", "If-Range": begun["mark"]}
    elif before is not None and form is None:
        headers = {"If-None-Match": before.etag} if before.etag else {"If-Modified-Since": before.modified}
        headers = {name: value for name, value in headers.items() if value}
    with asker.open(address, headers=headers, form=form) as answer:
        if answer.status_code == 304 and before is not None:
            return before
        if answer.status_code in {304, 416}:
            part.unlink(missing_ok=True)
            raise PassingError("broken_off", host=_host(address), wait_s=0.0)
        go_on = answer.status_code == 206
        if go_on and not _continues(answer, part.stat().st_size if part.exists() else 0):
            part.unlink(missing_ok=True)
            raise PassingError("broken_off", host=_host(address), wait_s=0.0)
        _check_age(answer, before, address)
        _write(asker, answer, part, address, go_on=go_on, kind=kind, tell=tell)
        return _finish(answer, part, target, address)


def _write(
    asker: Asker, answer: requests.Response, part: Path, address: str, *, go_on: bool, kind: str,
    tell: Tell | None,
) -> None:  # fmt: skip
    """Write the answer behind what is there, block by block, held to its length and the limits."""
    done = part.stat().st_size if go_on else 0
    length = answer.headers.get("Content-Length", "")
    whole = done + int(length) if length.isdigit() else 0
    most = limits().file_bytes
    if whole > most:
        raise DownloadError("too_large", address=address, most=str(most // 1_000_000))
    mark = _mark(answer)
    _note(part).write_text(json.dumps({"address": address, "mark": mark}), encoding="utf-8")
    with part.open("ab" if go_on else "wb") as stream:
        # as much as is there: to wait for a full block would let a server drip without end
        while block := answer.raw.read1(_BLOCK_BYTES):
            if done == 0:
                _check_kind(block, kind, address)
            stream.write(block)
            done += len(block)
            if done > most:
                raise DownloadError("too_large", address=address, most=str(most // 1_000_000))
            asker.check_time()
            if tell is not None:
                tell(done, whole)
    if done == 0:
        raise PassingError("empty", address=address)
    if whole and done != whole:
        raise PassingError("broken_off", host=_host(address))


def _finish(answer: requests.Response, part: Path, target: Path, address: str) -> Fetched:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
    told = {"etag": answer.headers.get("ETag", ""), "modified": answer.headers.get("Last-Modified", "")}
    found = Fetched(address, checksum(part), part.stat().st_size, now, **told)
    _note(target).unlink(missing_ok=True)  # a kill between the two leaves a file that is fetched again
    part.replace(target)
    _note(part).unlink(missing_ok=True)
    found.note(target)
    return found


def _check_kind(block: bytes, kind: str, address: str) -> None:
    head = block[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.lower().startswith(_PAGE):
        raise DownloadError("web_page", address=address)
    if not head.startswith(_HEADS[kind]):
        raise DownloadError("wrong_kind", address=address, kind=kind)


def _check_age(answer: requests.Response, before: Fetched | None, address: str) -> None:
    """A mirror that lags behind must not take the city back in time."""
    if before is None or not before.modified or "Last-Modified" not in answer.headers:
        return
    try:
        new, old = (parsedate_to_datetime(one) for one in (answer.headers["Last-Modified"], before.modified))
        older = new < old
    except (ValueError, TypeError):
        return
    if older:
        raise DownloadError("older", address=address, new=f"{new:%Y-%m-%d}", old=f"{old:%Y-%m-%d}")


def _continues(answer: requests.Response, at: int) -> bool:
    return at > 0 and answer.headers.get("Content-Range", "").startswith(f"bytes {at}-")


def _begun(part: Path, address: str) -> dict[str, str]:
    """What is noted of a file that was cut off; nothing where it cannot be gone on with."""
    told = _read_note(_note(part))
    if part.exists() and part.stat().st_size and told.get("address") == address and told.get("mark"):
        return told
    return {}


def _mark(answer: requests.Response) -> str:
    """What tells this state of the file from another one; a weak mark does not, byte by byte."""
    etag = answer.headers.get("ETag", "")
    return answer.headers.get("Last-Modified", "") if not etag or etag.startswith("W/") else etag


def _note(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _read_note(note: Path) -> dict[str, str]:
    try:
        told = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _host(address: str) -> str:
    return address.split("/")[2] if address.count("/") > 1 else address

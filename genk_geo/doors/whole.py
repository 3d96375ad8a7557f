"""A file as bytes, unpacked where it is gzip, never larger than allowed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import regular_file, shown
from genk_geo.errors import ConfigError, GenkGeoError, Message

if TYPE_CHECKING:
    from pathlib import Path

GZIP = b"\x1f\x8b"
_STEP = 1 << 20
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def read_whole(path: Path | str, what: str, *, error: type[GenkGeoError] = ConfigError) -> bytes:
    """Content of a file; that of a gzip file is unpacked.

    Parameters
    ----------
    path : path-like
        The file.
    what : str
        How messages name it.
    error : type
        What is raised.

    Returns
    -------
    bytes
        The content.

    Raises
    ------
    GenkGeoError
        Of the type asked for: if the file cannot be read, is larger than allowed, packed or unpacked, or is
        damaged gzip.
    """
    file = regular_file(path, what, error=error)
    most = limits().file_bytes
    try:
        if file.stat().st_size > most:
            raise error(too_large(what, file.name))
        content = file.read_bytes()
    except OSError as fault:
        raise error(
            "{what}: {path} cannot be opened ({reason}).", what=what, path=shown(path), reason=fault.strerror
        ) from fault
    if content[:2] != GZIP:
        return content
    allowed = limits().unpacked_bytes(len(content))
    try:
        # Counted first and thrown away, so that a bomb costs no memory.
        if unpacked_size(content, allowed, _GZIP_WINDOW) > allowed:
            raise error(too_large(what, file.name, packed=True))
        return _unpacked(content)
    except (zlib.error, EOFError) as fault:
        raise error(
            "{what}: {file} is a damaged or unfinished gzip file ({reason}). Ask for it again.",
            what=what,
            file=shown(file.name),
            reason=fault,
        ) from fault


def too_large(what: str, name: str, *, packed: bool = False) -> Message:
    """What to say of a file that is larger than allowed."""
    most = limits()
    if packed:
        return Message(
            "{what}: {name} unpacks to more than {most} MB, or {times} times its size ({setting}, {other}). "
            "Is it the right file?",
            what=what, name=shown(name), most=most.file_mb, times=most.unpacking,
            setting=setting("file_mb"), other=setting("unpacking"),
        )  # fmt: skip
    return Message(
        "{what}: {name} is larger than {most} MB ({setting}). Is it the right file?",
        what=what, name=shown(name), most=most.file_mb, setting=setting("file_mb"),
    )  # fmt: skip


def unpacked_size(packed: bytes, most: int, window: int) -> int:
    """Size that packed bytes unpack to; once it is over the most, what was counted until then.

    Parameters
    ----------
    packed : bytes
        Deflated bytes; several gzip members may follow each other.
    most : int
        Where counting may stop.
    window : int
        As :func:`zlib.decompressobj` takes it.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    EOFError
        If they end in the middle.
    zlib.error
        If they are damaged.
    """
    size, rest = 0, packed
    while rest and size <= most:
        stream = zlib.decompressobj(window)
        while size <= most and not stream.eof:
            part = stream.decompress(rest, _STEP)
            rest = stream.unconsumed_tail
            size += len(part)
            if not part and not rest and not stream.eof:
                raise EOFError("it ends in the middle")
        rest = stream.unused_data.lstrip(b"\0") if stream.eof else rest
        if window < 0:  # one raw stream, nothing follows it
            break
    return size


def _unpacked(content: bytes) -> bytes:
    parts, rest = [], content
    while rest:
        stream = zlib.decompressobj(_GZIP_WINDOW)
        parts.append(stream.decompress(rest))
        rest = stream.unused_data.lstrip(b"\0")
    return b"".join(parts)

"""XML (OpenStreetMap, GraphML): looked through before a parser sees it."""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Any

from genk_geo.doors.limits import limits
from genk_geo.doors.paths import regular_file, shown
from genk_geo.doors.whole import too_large
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_STEP = 1 << 20
_DECLARATIONS = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_LONGEST = 16
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0")


def check_xml(path: Path | str, what: str) -> Path:
    """A file of XML that declares no entities and is not larger than allowed, also when it is packed.

    Parameters
    ----------
    path : path-like
        The file; ``.gz`` and ``.bz2`` are looked into.
    what : str
        How messages name it.

    Returns
    -------
    pathlib.Path
        The same path.

    Raises
    ------
    ConfigError
        If there is no such file, it is no XML, it declares entities or another document, it is too large
        or damaged.
    """
    file = regular_file(path, what)
    most = limits().unpacked_bytes(file.stat().st_size) if _packed(file) else limits().file_bytes
    size, before = 0, b""
    try:
        with _stream(file) as stream:
            while part := stream.read(_STEP):
                if size == 0 and (part.startswith(_WIDE) or part.lstrip()[:1] not in {b"<", b"\xef"}):
                    raise ConfigError("{what}: {file} is no XML in UTF-8.", what=what, file=shown(file.name))
                size += len(part)
                if size > most:
                    raise ConfigError(too_large(what, file.name, packed=_packed(file)))
                if _DECLARATIONS.search(before + part):
                    raise ConfigError(
                        "{what}: {file} declares entities, which map files never do. Export it again.",
                        what=what,
                        file=shown(file.name),
                    )
                before = part[-_LONGEST:]
    except (OSError, EOFError, zlib.error) as fault:
        raise ConfigError(
            "{what}: {file} is damaged ({reason}).",
            what=what,
            file=shown(file.name),
            reason=shown(str(fault)),
        ) from fault
    return file


def _packed(file: Path) -> bool:
    return file.suffix.lower() in {".gz", ".bz2"}


def _stream(file: Path) -> Any:
    openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open}
    return openers.get(file.suffix.lower(), open)(file, "rb")

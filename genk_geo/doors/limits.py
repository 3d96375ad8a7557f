"""How large what is handed in may be."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

_MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bounds on a file from outside; a real file stays far below them.

    Attributes
    ----------
    file_mb : int
        Size of a file, and of what comes out when it is unpacked, in millions of bytes.
    unpacking : int
        How many times larger than itself a packed file may become, once it is larger than `small_mb`.
    small_mb : int
        What comes out of a packed file and is not larger than this is never a bomb.
    rows, columns : int
        Of a table.
    cells : int
        Rows times columns of a sheet, from its first to its last filled cell.
    field_chars : int
        Signs in one value.
    parts : int
        Files in an archive (an Excel workbook is one).
    pixels : int
        Of a raster.
    """

    file_mb: int = 1_000
    unpacking: int = 200
    small_mb: int = 20
    rows: int = 5_000_000
    columns: int = 1_000
    cells: int = 20_000_000
    field_chars: int = 100_000
    parts: int = 1_000
    pixels: int = 100_000_000

    @property
    def file_bytes(self) -> int:
        """The largest size in bytes."""
        return self.file_mb * _MB

    def unpacked_bytes(self, packed: int) -> int:
        """What so many packed bytes may become.

        Parameters
        ----------
        packed : int
            Size as it is packed, in bytes.

        Returns
        -------
        int
            Bytes.
        """
        return min(self.file_bytes, max(packed * self.unpacking, self.small_mb * _MB))


_CURRENT: ContextVar[Limits] = ContextVar("limits", default=Limits())  # noqa: B039 - frozen


def limits() -> Limits:
    """Limits that count here.

    Returns
    -------
    Limits
        Those of the innermost :func:`limited`, or the default ones.
    """
    return _CURRENT.get()


def limit(own: Limits) -> None:
    """Let other limits count from here to the end of the command.

    Parameters
    ----------
    own : Limits
        The limits. In a library, where others go on afterwards, use :func:`limited`.
    """
    _CURRENT.set(own)


def setting(name: str) -> Message:
    """How a message says which setting a limit is.

    Parameters
    ----------
    name : str
        Attribute of :class:`Limits`.

    Returns
    -------
    str
        Its name and its table.
    """
    return Message("`{name}` under [limits]", name=name)


@contextmanager
def limited(own: Limits) -> Iterator[None]:
    """Let other limits count inside a `with` block.

    Parameters
    ----------
    own : Limits
        The limits.
    """
    token = _CURRENT.set(own)
    try:
        yield
    finally:
        _CURRENT.reset(token)

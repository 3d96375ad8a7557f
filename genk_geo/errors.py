"""One family of errors; every message says what is wrong, where, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


_LONGEST = 2000


class GenkGeoError(Exception):
    """Base of everything this package raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the command line ends with: 2 for wrong use, 3 when data did not pass a quality gate, 6 when
        another run has the history in use. (4: a layer could not be fetched; 5: a week was published without
        all its files.)
    """

    exit_code: ClassVar[int] = 2

    def __str__(self) -> str:
        """The message on one line: names from outside in it steer no terminal and fill no screen."""
        seen = "".join(sign for sign in super().__str__() if sign.isprintable() or sign.isspace())
        line = " ".join(seen.split())
        return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


class ConfigError(GenkGeoError):
    """A setting, profile or command is wrong: an unknown key, a missing file, an impossible value."""


class BusyError(ConfigError):
    """Another run has the history in use: try again when that has ended."""

    exit_code: ClassVar[int] = 6


class SupplierFileError(GenkGeoError):
    """A file cannot be read as its profile says it should be."""


class NoRowsError(SupplierFileError):
    """A file has its row of names and nothing under it: nothing happened, or the export was cut off.

    Attributes
    ----------
    names : tuple of str
        The row of names.
    """

    def __init__(self, message: str, names: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.names = tuple(names)


class MissingColumnsError(SupplierFileError):
    """A file lacks columns that its profile cannot do without.

    Attributes
    ----------
    needed : tuple of str
        What the profile calls the columns that are missing.
    """

    def __init__(self, message: str, needed: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.needed = tuple(needed)


class SchemaError(GenkGeoError):
    """A table does not keep its contract (see :mod:`genk_geo.schema`)."""


class QualityGateError(GenkGeoError):
    """The data was read but is not fit to publish; nothing was published."""

    exit_code: ClassVar[int] = 3


class DisclosureError(QualityGateError):
    """What would be published says more than is promised, by itself or beside what was told before."""


class AlreadyToldError(DisclosureError):
    """A page that was published would be another one now, and the two together say more than one."""


def some_rows(rows: Iterable[object], limit: int = 5) -> str:
    """Name up to `limit` rows for a message: ``"3, 8, 12 and 40 more"``."""
    listed = list(rows)
    shown = ", ".join(str(row) for row in listed[:limit])
    more = len(listed) - limit
    return f"{shown} and {more} more" if more > 0 else shown

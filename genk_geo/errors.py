"""One family of errors; every message says what is wrong, where, and what to do about it.

A message is English and keeps its template and its values, so that it can be told in another language:
:func:`genk_geo.render.words.told.told_in` looks the template up, as gettext does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_LONGEST = 2000


class Message(str):
    """English text that knows what it was made of: a template, and the values that it was filled in with.

    Parameters
    ----------
    template : str
        With a ``{name}`` for each value, as :meth:`str.format` takes it. Without values it is the text itself
        and is not formatted: braces stay as they are.
    **values
        May be messages too, which are told in their turn.

    Examples
    --------
    >>> from genk_geo.errors import Message
    >>> told = Message("{path} holds {rows:,} rows.", path="{a}.csv", rows=1200)
    >>> print(told)
    {a}.csv holds 1,200 rows.
    >>> told.template
    '{path} holds {rows:,} rows.'
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Self:
        """Fill in once: what a value holds is never read as a template."""
        # the text of a fault of others, not the fault: not each of them can be copied or sent elsewhere
        kept = {name: str(value) if _foreign(value) else value for name, value in values.items()}
        made = super().__new__(cls, template.format(**kept) if kept else template)
        made.template, made.values = template, kept
        return made

    @classmethod
    def from_noted(cls, noted: Any) -> str:
        """A message as :meth:`noted` gave it; a plain text stays one."""
        if not isinstance(noted, dict):
            return str(noted)
        values = {name: _from_noted(value) for name, value in noted["with"].items()}
        return cls(noted["said"], **values) if values else cls(noted["said"])

    def noted(self) -> dict[str, Any]:
        """What it was made of, ready for JSON."""
        return {"said": self.template, "with": {name: _noted(value) for name, value in self.values.items()}}

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Nothing in it changes."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """What other processes get: the same message."""
        return _message, (self.template, self.values)


def _noted(value: Any) -> Any:
    if isinstance(value, Message):
        return value.noted()
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, str | int | float | bool) else str(value)


def _from_noted(value: Any) -> Any:
    return Message.from_noted(value) if isinstance(value, dict) else value


def _foreign(value: object) -> bool:
    return isinstance(value, BaseException) and not isinstance(value, GenkGeoError)


def _message(template: str, values: dict[str, Any]) -> Message:
    return Message(template, **values)


class GenkGeoError(Exception):
    """Base of everything this package raises on purpose.

    Parameters
    ----------
    template : str
        As :class:`Message` takes it, or a message that is ready.
    **values
        What it is filled in with.

    Attributes
    ----------
    message : Message
        What ``str()`` gives, with its template and values.
    exit_code : int
        What the command line ends with: 2 for wrong use, 3 when data did not pass a quality gate, 6 when
        another run has the history in use. (4: a layer could not be fetched; 5: a week was published without
        all its files.)
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, template: str, /, **values: Any) -> None:
        self.message = template if isinstance(template, Message) else Message(template, **values)
        super().__init__(self.message)

    def __str__(self) -> str:
        """The message on one line: names from outside in it steer no terminal and fill no screen."""
        return one_line(self.message)


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

    def __init__(self, template: str, /, names: Iterable[str] = (), **values: Any) -> None:
        super().__init__(template, **values)
        self.names = tuple(names)


class MissingColumnsError(SupplierFileError):
    """A file lacks columns that its profile cannot do without.

    Attributes
    ----------
    needed : tuple of str
        What the profile calls the columns that are missing.
    """

    def __init__(self, template: str, /, needed: Iterable[str] = (), **values: Any) -> None:
        super().__init__(template, **values)
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


def one_line(text: str) -> str:
    """A text without signs that steer a terminal, on one line that fills no screen."""
    seen = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    line = " ".join(seen.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def some_rows(rows: Iterable[object], limit: int = 5) -> Message:
    """Name up to `limit` rows for a message: ``"3, 8, 12 and 40 more"``."""
    listed = list(rows)
    shown = ", ".join(str(row) for row in listed[:limit])
    more = len(listed) - limit
    return Message("{rows} and {more} more", rows=shown, more=more) if more > 0 else Message(shown)


def in_a_row(parts: Sequence[str], sign: str = "; ") -> Message:
    """Messages in a row, each told for itself."""
    template = sign.join(f"{{part{at}}}" for at in range(len(parts)))
    return Message(template, **{f"part{at}": part for at, part in enumerate(parts)})


def all_of(names: Sequence[str]) -> Message:
    """Names for a message: ``"a and b"``."""
    if len(names) < 2:
        return Message("".join(names))
    return Message("{names} and {last}", names=all_of(names[:-1]), last=names[-1])


def one_of(names: Sequence[str]) -> Message:
    """Names for a message: ``"a or b"``."""
    if len(names) < 2:
        return Message("".join(names))
    return Message("{names} or {last}", names=one_of(names[:-1]), last=names[-1])

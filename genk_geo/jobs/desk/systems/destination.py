"""Where an export goes: a file, or a database; its address is never repeated in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from genk_geo.errors import ConfigError, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCHEMES = ("postgresql", "postgres")
_WEEK = re.compile(r"\s*\d{4}-?[Ww]\d{1,2}\s*")
# a scheme has more letters than a drive of Windows has
_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]+:|.*://|.*\bpass\w*\s*=", re.DOTALL | re.IGNORECASE)
_THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")
_HIDDEN = "***"


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database by its address.

    Attributes
    ----------
    address : str
        ``postgresql://user@host:port/database``, which may hold a password: it is not shown.
    """

    address: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Database:
        """Read an address; one that could be read in two ways is refused.

        Where a password holds an ``@`` or a ``/``, a part of it passes for the host, and would stand in the
        message that there is no such host.

        Raises
        ------
        ConfigError
            If it is not an address of PostgreSQL; the message does not repeat it.
        """
        address = text.strip()
        if not address.lower().startswith(tuple(f"{scheme}://" for scheme in _SCHEMES)):
            raise ConfigError("Only postgresql:// addresses can be written to.")
        rest = address.split("://", 1)[1]
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        if authority.count("@") > 1 or rest.count("@") > authority.count("@") or "#" in rest:
            raise ConfigError(
                "The address of the database can be read in two ways. Write %40 for @, %2F for /, %3F for ? "
                "and %23 for # in its password, or leave the password to PGPASSWORD or a password file."
            )
        try:
            urlsplit(address).port  # noqa: B018 - it is read to see that it can be
        except ValueError:  # which quotes it
            raise ConfigError("The host or port in the address of the database cannot be read.") from None
        return cls(f"postgresql://{rest}")  # the driver knows it in small letters only

    @property
    def options(self) -> dict[str, str]:
        """Options behind the question mark."""
        return dict(parse_qsl(urlsplit(self.address).query, keep_blank_values=True))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown, as it is written and as it is meant; the longest first."""
        written = [urlsplit(self.address).password or "", *_secret_options(self.address)]
        both = {form for one in written for form in (one, unquote(one)) if form}
        return tuple(sorted(both, key=len, reverse=True))

    @property
    def is_near(self) -> bool:
        """Whether all its hosts are this machine, so that nothing passes over a network."""
        hosts = self.options.get("host", urlsplit(self.address).hostname or "")
        near = (one in _THIS_MACHINE or one.startswith("/") for one in unquote(hosts).split(","))
        return all(near) and not self.options.get("hostaddr") and not self.options.get("service")

    def hide(self, text: str) -> str:
        """A message without the address and its password."""
        for one in (self.address, *self.secrets):
            text = text.replace(one, _HIDDEN)
        return text

    def __str__(self) -> str:
        """Host and database, for a message."""
        parts = urlsplit(self.address)
        host = parts.hostname or self.options.get("host", "")
        port = f":{parts.port}" if parts.port else ""
        return self.hide(f"postgresql://{host}{port}{parts.path}")


def _secret_options(address: str) -> list[str]:
    pairs = [part.partition("=") for part in urlsplit(address).query.split("&")]
    return [value for name, _, value in pairs if "pass" in name.lower()]


def looks_like_address(text: str) -> bool:
    """Whether a text is an address or connection string, which may hold a password, and no file."""
    return _ADDRESS.match(text) is not None


def read_route(out: Path | None, to: Sequence[str]) -> tuple[str | None, Path | Database]:
    """Tell the last week from the place to write to.

    Parameters
    ----------
    out : path, optional
        File to write.
    to : sequence of str
        A week, a file or the address of a database; a week and one of the others at most.

    Returns
    -------
    tuple
        Last week or None, and the one place to write to.

    Raises
    ------
    ConfigError
        If there is not exactly one place, or more than one week.

    Examples
    --------
    >>> from genk_geo.jobs.desk.systems.destination import read_route
    >>> week, place = read_route(None, ["2026-W46", "postgresql://anna:secret@gis.example/veiligheid"])
    >>> print(week, place)
    2026-W46 postgresql://gis.example/veiligheid
    """
    weeks = [text for text in to if _WEEK.fullmatch(text)]
    places: list[Path | Database] = [_place(text) for text in to if not _WEEK.fullmatch(text)]
    places += [] if out is None else [out]
    if len(weeks) > 1:
        raise ConfigError("More than one last week was given. Give one.")
    if len(places) != 1:
        found = Message("Nowhere") if not places else Message("More than one place")
        raise ConfigError(
            "{found} to write to was given. Give one: --out FILE or --to postgresql://...", found=found
        )
    return (weeks[0] if weeks else None), places[0]


def _place(text: str) -> Path | Database:
    if looks_like_address(text):
        return Database.parse(text)
    # never repeated: it may be an address that was mistyped, with its password
    path = Path(text)
    if not text.strip() or not path.suffix:
        raise ConfigError(
            "--to is no week such as 2026-W46, no postgresql:// address and no file with an ending."
        )
    return path

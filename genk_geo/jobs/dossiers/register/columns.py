"""The columns of the register, however somebody wrote their names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Column -> what it may be called. The first name is the one of a register that is made here.
COLUMNS = {
    "dossier": ("dossier", "dossiernummer", "nummer dossier", "file"),
    "partner": ("partner", "organisatie", "partnerorganisatie", "dienst", "organisation"),
    "what": ("wat", "afspraak", "maatregel", "actie", "what", "measure", "agreement"),
    "link": ("schakel", "schakel van de veiligheidsketen", "keten", "link"),
    "agreed": ("beloofd op", "afgesproken op", "agreed on", "promised on"),
    "due": ("beloofd tegen", "tegen", "termijn", "deadline", "promised by", "due"),
    "done": ("gedaan op", "uitgevoerd op", "klaar op", "done on"),
    "until": ("loopt tot", "tot", "einde", "until"),
    "place": ("plaats", "gebied of straat", "gebied", "straat", "waar", "area or street", "place"),
    "remark": ("opmerking", "opmerkingen", "remark", "remarks"),
}
#: Without these a table is no register.
NEEDED = ("dossier", "partner", "what")
#: How far down the row of names may stand, under a title.
TITLE_ROWS = 20
_BY_NAME = {name: column for column, names in COLUMNS.items() for name in names}


class Header(NamedTuple):
    """Where the row of names stands, counted from 0, and in which position each column."""

    row: int
    at: dict[str, int]


def plain(text: object) -> str:
    """A text in small letters without accents, signs and double spaces: what reads the same is the same.

    Examples
    --------
    >>> from genk_geo.jobs.dossiers.register.columns import plain
    >>> plain("  Beloofd  tégen: ")
    'beloofd tegen'
    """
    bare = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def find_header(rows: Sequence[Sequence[object]]) -> Header | None:
    """Row of names of a register; None where no row among the first has the needed ones."""
    for number, row in enumerate(rows[:TITLE_ROWS]):
        found: dict[str, int] = {}
        for at, cell in enumerate(row):
            column = _BY_NAME.get(plain(cell))
            if column is not None:
                found.setdefault(column, at)
        if all(name in found for name in NEEDED):
            return Header(number, found)
    return None

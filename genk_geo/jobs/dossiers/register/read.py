"""Reading the register: its rows as agreements, and what to look at in it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from genk_geo.doors import check_workbook, read_whole, shown
from genk_geo.errors import ConfigError, Message
from genk_geo.jobs.dossiers.register.columns import COLUMNS, Header, find_header, plain
from genk_geo.jobs.dossiers.register.measures import measure_in
from genk_geo.results import CHAIN, Agreement, RegisterNote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WHAT = Message("The register")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$")
_DUTCH = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$")
_NUMBER = re.compile(r"^(\d{4})\s*[-/ ]\s*(\d{1,4})$")
_LINKS = {word: link for link in CHAIN for word in (link, link[:4])}


@dataclass(frozen=True)
class Row:
    """A row of the register that says something.

    Attributes
    ----------
    at : int
        Row of the sheet, as a spreadsheet counts.
    agreement : Agreement
        What it says; of a bare row only the dossier.
    unread : tuple of str
        Columns whose day cannot be read.
    """

    at: int
    agreement: Agreement
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """A register as it was read.

    Attributes
    ----------
    rows : tuple of Row
        In the order of the sheet.
    notes : tuple of RegisterNote
        Why it could not be read, if so.
    """

    rows: tuple[Row, ...] = ()
    notes: tuple[RegisterNote, ...] = field(default=())

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """What partners wrote; a row with nothing but a dossier is a proposal."""
        return tuple(row.agreement for row in self.rows if _says_something(row.agreement))

    @property
    def numbers(self) -> frozenset[str]:
        """Dossiers that stand in it, be it as a proposal."""
        return frozenset(row.agreement.dossier for row in self.rows)


@dataclass(frozen=True)
class Table:
    """The cells of the sheet that holds the register.

    Attributes
    ----------
    sheet : str
        Its name; empty for a CSV.
    header : Header
        Where its row of names stands.
    rows : list of list
        All its cells, from the first row of the sheet on.
    """

    sheet: str
    header: Header
    rows: list[list[Any]]


def read_register(path: Path) -> Register:
    """Read a register, be it open elsewhere or not.

    Parameters
    ----------
    path : pathlib.Path
        ``.xlsx`` or ``.csv``; where there is none the register is empty.

    Returns
    -------
    Register

    Raises
    ------
    ConfigError
        If the file cannot be read, or no sheet of it has the columns of a register.
    """
    if not path.exists():
        return Register()
    table = table_of(read_whole(path, WHAT), path)
    return Register(tuple(_with_names(_filled(table))))


def table_of(content: bytes, path: Path) -> Table:
    """The sheet of a file that holds the register.

    Parameters
    ----------
    content : bytes
        The file.
    path : pathlib.Path
        Its name says what it is.

    Returns
    -------
    Table

    Raises
    ------
    ConfigError
        If there is none.
    """
    sheets = _sheets(content, path) if path.suffix.lower() == ".xlsx" else {"": csv_rows(content)[0]}
    found = {name: (find_header(rows), rows) for name, rows in sheets.items()}
    named = [(name, header, rows) for name, (header, rows) in found.items() if header is not None]
    if not named:
        names = ", ".join(COLUMNS[column][0] for column in COLUMNS)
        raise ConfigError(
            "{what} {path} has no row of names with `dossier`, `partner` and `wat`. Give these names to its "
            "columns (all of them: {names}), or name another file under [dossiers] path.",
            what=WHAT,
            path=shown(path.name),
            names=names,
        )
    name, header, rows = next((one for one in named if "actie" in plain(one[0])), named[0])
    return Table(name, header, rows)


def csv_rows(content: bytes) -> tuple[list[list[Any]], str, str]:
    """Cells of a CSV file, the sign between them, and how it is written down."""
    encoding = "utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = content.decode(encoding, errors="replace")
    first = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    sign = max(";,\t|", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign)], sign, encoding


def _sheets(content: bytes, path: Path) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    check_workbook(content, path.name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (CalamineError, OSError, ValueError) as fault:
        raise ConfigError(
            "{what} {path} cannot be read as an Excel workbook ({reason}). Is it damaged or protected by a "
            "password? Restore the last good copy.",
            what=WHAT,
            path=shown(path.name),
            reason=shown(str(fault)),
        ) from fault


def _filled(table: Table) -> list[Row]:
    """Rows with anything in a column of the register, but for its remark."""
    rows = []
    for number, cells in enumerate(table.rows[table.header.row + 1 :], table.header.row + 2):
        told = {
            column: cells[at] if at < len(cells) else ""
            for column, at in table.header.at.items()
            if column != "remark"
        }
        if any(str(value).strip() for value in told.values()):
            rows.append(_row(number, told))
    return rows


def _row(at: int, told: dict[str, Any]) -> Row:
    days = {name: day_of(told.get(name, "")) for name in ("agreed", "due", "done", "until")}
    unread = tuple(name for name, day in days.items() if day is None and str(told.get(name, "")).strip())
    what = _text(told.get("what"))
    measure = measure_in(what)
    link = _LINKS.get(plain(told.get("link", "")).split(" ")[0], "")
    return Row(
        at,
        Agreement(
            "",
            number_of(told["dossier"]),
            _text(told.get("partner")),
            measure.key if measure else "",
            "" if measure else what,
            link or (measure.link if measure else ""),
            **days,
            place=_text(told.get("place")),
        ),
        unread,
    )


def day_of(value: Any) -> dt.date | None:
    """A day as people write it: a date of the sheet, 2026-11-09, 9/11/2026 or 9-11-26; None for others.

    Examples
    --------
    >>> from genk_geo.jobs.dossiers.register.read import day_of
    >>> [str(day_of(text)) for text in ("9/11/2026", "09-11-26", "2026-11-09", "eind maart", "31/02/2026")]
    ['2026-11-09', '2026-11-09', '2026-11-09', 'None', 'None']
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = " ".join(str(value).split())
    iso, dutch = _ISO.match(text), _DUTCH.match(text)
    parts = iso.groups() if iso else dutch.groups()[::-1] if dutch else None
    if parts is None:
        return None
    year, month, day = (int(part) for part in parts)
    try:
        return dt.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def number_of(value: Any) -> str:
    """Number of a dossier as it is written everywhere else: ``2026/14`` is 2026-014."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    found = _NUMBER.match(text)
    return f"{found[1]}-{int(found[2]):03d}" if found else text


def _text(value: Any) -> str:
    return " ".join(str("" if value is None else value).split())


def _with_names(rows: Sequence[Row]) -> list[Row]:
    """Rows with a name for each agreement: it goes by what it says, not by where it stands."""
    seen: Counter[str] = Counter()
    named = []
    for row in rows:
        one = row.agreement
        told = "\n".join((one.dossier, plain(one.partner), one.measure or plain(one.words)))
        key = hashlib.sha256(told.encode()).hexdigest()[:6]
        seen[key] += 1
        name = f"{one.dossier}/{key}" + (f"-{seen[key]}" if seen[key] > 1 else "")
        named.append(replace(row, agreement=replace(one, action_id=name)))
    return named


def _says_something(one: Agreement) -> bool:
    return bool(one.partner or one.says_what or one.agreed or one.due or one.done)

"""Rows added to a sheet of a workbook, and not a byte of the rest of it changed.

A library that reads a workbook and writes it again keeps what it knows and drops the rest: pictures, charts,
newer conditional formats, sizes of comments. The register belongs to others, so the text of its one sheet is
cut open where new rows go, and everything else is put back as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_REFERENCE = re.compile(r"^\$?([A-Z]{1,3})\$?([0-9]{1,7})$")
#: Signs that no XML may hold.
_UNTOLD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([^"']+)""")
_DECLARATIONS = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class SheetError(ValueError):
    """A sheet is written in a way that cannot be added to without changing what stands there."""


class Splice(NamedTuple):
    """Bytes from `start` to `end` make place for others."""

    start: int
    end: int
    text: str


@dataclass
class _Cell:
    column: int
    start: int
    end: int = 0
    style: str = ""
    filled: bool = False


@dataclass
class _Row:
    number: int
    start: int
    tag_end: int
    end: int = 0
    cells: list[_Cell] = field(default_factory=list)


@dataclass
class Sheet:
    """Where things stand in the text of a sheet, in bytes.

    Attributes
    ----------
    text : bytes
        The whole sheet.
    prefix : str
        What stands before the names of elements, such as ``x:``.
    rows : list of _Row
        In the order of the sheet.
    data : tuple of int
        Where ``sheetData`` begins, where its opening tag ends, and where its closing tag begins.
    taken : int
        Last row that merged cells reach to.
    areas : dict of str to (int, int, str)
        ``dimension`` and ``autoFilter``: their opening tag, and the cells that they are about.
    styles : dict of int to str
        Column -> style of its empty cells.
    """

    text: bytes
    prefix: str = ""
    rows: list[_Row] = field(default_factory=list)
    data: tuple[int, int, int] = (0, 0, 0)
    taken: int = 0
    areas: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    styles: dict[int, str] = field(default_factory=dict)

    @property
    def last_filled(self) -> int:
        """Last row in which anything stands."""
        filled = (row.number for row in self.rows if any(cell.filled for cell in row.cells))
        return max(filled, default=0)


def look(text: bytes) -> Sheet:
    """Find where things stand in a sheet.

    Parameters
    ----------
    text : bytes
        XML of the sheet, in UTF-8.

    Returns
    -------
    Sheet

    Raises
    ------
    SheetError
        If it is no sheet in UTF-8, or it declares entities.
    """
    told = _ENCODING.match(text)
    other = told is not None and told[1].lower() != b"utf-8"
    if other or text[:2] in {b"\xff\xfe", b"\xfe\xff"} or _DECLARATIONS.search(text):
        raise SheetError("its XML is not as spreadsheets write it")
    reader = _Reader(text)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as fault:
        raise SheetError(f"its XML is damaged ({fault})") from fault
    if reader.sheet.data[1] == 0:
        raise SheetError("it holds no rows")
    return reader.sheet


def tag_end(text: bytes, start: int) -> int:
    """Where the tag that begins at `start` ends; a value in quotes may hold the sign that ends it."""
    found = _TAG.match(text, start)
    assert found is not None  # the parser has been there
    return found.end()


class _Reader:
    """Walks through a sheet and notes where things stand."""

    def __init__(self, text: bytes) -> None:
        self.sheet = Sheet(text)
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._say
        self._path: list[str] = []

    def _begin(self, name: str, given: Mapping[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        at, sheet = self.parser.CurrentByteIndex, self.sheet
        if not self._path:
            sheet.prefix = f"{prefix}:" if prefix else ""
        self._path.append(local)
        parent = self._path[-2] if len(self._path) > 1 else ""
        if local == "sheetData":
            sheet.data = (at, tag_end(sheet.text, at), 0)
        elif local == "row" and parent == "sheetData":
            last = sheet.rows[-1].number if sheet.rows else 0
            sheet.rows.append(_Row(int(given.get("r", last + 1)), at, tag_end(sheet.text, at)))
        elif local == "c" and parent == "row":
            self._cell(given, at)
        elif local in {"f", "is"} and parent == "c":
            sheet.rows[-1].cells[-1].filled = True
        elif local in {"dimension", "autoFilter"} and len(self._path) == 2:
            sheet.areas[local] = (at, tag_end(sheet.text, at), given.get("ref", ""))
        elif local == "mergeCell":
            sheet.taken = max(sheet.taken, _rows_of(given.get("ref", ""))[1])
        elif local == "col":
            for column in range(int(given["min"]), min(int(given["max"]), 16_384) + 1):
                sheet.styles[column] = given.get("style", "")

    def _cell(self, given: Mapping[str, str], at: int) -> None:
        row = self.sheet.rows[-1]
        last = row.cells[-1].column if row.cells else 0
        found = _REFERENCE.match(given.get("r", ""))
        column = _number(found[1]) if found else last + 1
        row.cells.append(_Cell(column, at, style=given.get("s", "")))

    def _say(self, text: str) -> None:
        if text.strip() and self._path[-1] == "v":
            self.sheet.rows[-1].cells[-1].filled = True

    def _end(self, _name: str) -> None:
        local, at = self._path.pop(), self.parser.CurrentByteIndex
        parent = self._path[-1] if self._path else ""
        if local == "sheetData":
            self.sheet.data = (*self.sheet.data[:2], at)
        elif local == "row" and parent == "sheetData":
            self.sheet.rows[-1].end = self._after(self.sheet.rows[-1].start, at)
        elif local == "c" and parent == "row":
            cell = self.sheet.rows[-1].cells[-1]
            cell.end = self._after(cell.start, at)

    def _after(self, start: int, at: int) -> int:
        """Where an element ends: one that opens and closes in one tag has no closing tag of its own."""
        own = tag_end(self.sheet.text, start)
        return own if self.sheet.text[own - 2 : own] == b"/>" else tag_end(self.sheet.text, at)


def added_to(sheet: Sheet, first: int, rows: Sequence[Mapping[int, str]]) -> list[Splice]:
    """What has to change in a sheet for rows of text to stand in it.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    first : int
        Row in which the first of them goes; nothing may stand from there on.
    rows : sequence of mapping of int to str
        Column, counted from 1, -> text.

    Returns
    -------
    list of Splice
    """
    there = {row.number: row for row in sheet.rows}
    changes: list[Splice] = []
    fresh: dict[int, list[str]] = {}
    for number, values in enumerate(rows, first):
        if number in there:
            changes += _filled_in(sheet, there[number], values)
            continue
        cells = "".join(
            _cell(sheet, number, column, sheet.styles.get(column, ""), values[column])
            for column in sorted(values)
        )
        place = next((row.start for row in sheet.rows if row.number > number), sheet.data[2])
        fresh.setdefault(place, []).append(f'<{sheet.prefix}row r="{number}">{cells}</{sheet.prefix}row>')
    for place, texts in fresh.items():
        changes.append(_into(sheet, place, "".join(texts)))
    last = first + len(rows) - 1
    widest = max((column for values in rows for column in values), default=1)
    return [*changes, *_wider(sheet, "dimension", last, widest), *_filter(sheet, first, last)]


def spliced(text: bytes, changes: Iterable[Splice]) -> bytes:
    """A text with its changes; none of them touch each other."""
    parts, at = [], 0
    for change in sorted(changes):
        parts += [text[at : change.start], change.text.encode("utf-8")]
        at = change.end
    return b"".join([*parts, text[at:]])


def longer(ref: str, last: int) -> str:
    """A range of cells that reaches down to a row: ``A1:H9`` to row 12 is ``A1:H12``."""
    head, _, tail = ref.rpartition(":")
    found = _REFERENCE.match(tail)
    return ref if not head or found is None else f"{head}:{re.sub(r'[0-9]+$', str(last), tail)}"


def ends_at(ref: str) -> int:
    """Last row of a range of cells; 0 for what is no range."""
    return _rows_of(ref)[1]


def _into(sheet: Sheet, place: int, rows: str) -> Splice:
    """Rows before what stands at `place`; a ``sheetData`` without any row is opened for them."""
    start, opened, closing = sheet.data
    if place == closing and sheet.text[opened - 2 : opened] == b"/>":
        tag = sheet.text[start : opened - 2].decode("utf-8")
        return Splice(start, opened, f"{tag}>{rows}</{sheet.prefix}sheetData>")
    return Splice(place, place, rows)


def _filled_in(sheet: Sheet, row: _Row, values: Mapping[int, str]) -> list[Splice]:
    """A row that is there and holds nothing but formats: these stay."""
    cells = {cell.column: cell for cell in row.cells}
    if row.tag_end == row.end:  # opened and closed in one tag
        text = "".join(_cell(sheet, row.number, at, "", values[at]) for at in sorted(values))
        tag = sheet.text[row.start : row.end - 2].decode("utf-8")
        return [Splice(row.start, row.end, f"{tag}>{text}</{sheet.prefix}row>")]
    closing = sheet.text.rindex(b"</", row.start, row.end)
    changes: list[Splice] = []
    fresh: dict[int, str] = {}
    for column in sorted(values):
        if column in cells:
            old = cells[column]
            text = _cell(sheet, row.number, column, old.style, values[column])
            changes.append(Splice(old.start, old.end, text))
        else:
            place = min((cell.start for cell in row.cells if cell.column > column), default=closing)
            fresh[place] = fresh.get(place, "") + _cell(sheet, row.number, column, "", values[column])
    for place, text in fresh.items():
        at = next((n for n, one in enumerate(changes) if one.start == place), None)
        if at is None:
            changes.append(Splice(place, place, text))
        else:  # the cell that follows is filled too
            changes[at] = changes[at]._replace(text=text + changes[at].text)
    return changes


def _cell(sheet: Sheet, row: int, column: int, style: str, text: str) -> str:
    p = sheet.prefix
    told = escape(_UNTOLD.sub("", text))
    own = f' s="{style}"' if style else ""
    return (
        f'<{p}c r="{_letters(column)}{row}"{own} t="inlineStr"><{p}is>'
        f'<{p}t xml:space="preserve">{told}</{p}t></{p}is></{p}c>'
    )


def _wider(sheet: Sheet, name: str, last: int, widest: int) -> list[Splice]:
    """The used range, which says how far a sheet reaches."""
    if name not in sheet.areas:
        return []
    start, end, ref = sheet.areas[name]
    first, _, tail = ref.rpartition(":")
    found = _REFERENCE.match(tail)
    if found is None:
        return []
    column, row = max(_number(found[1]), widest), max(int(found[2]), last)
    wanted = f"{first or tail}:{_letters(column)}{row}"
    return _with_ref(sheet.text, start, end, ref, wanted)


def _filter(sheet: Sheet, first: int, last: int) -> list[Splice]:
    """A filter on all rows up to the new ones takes these in; a shorter one is about something else."""
    if "autoFilter" not in sheet.areas:
        return []
    start, end, ref = sheet.areas["autoFilter"]
    if ends_at(ref) != first - 1:
        return []
    return _with_ref(sheet.text, start, end, ref, longer(ref, last))


def _with_ref(text: bytes, start: int, end: int, ref: str, wanted: str) -> list[Splice]:
    if ref == wanted:
        return []
    tag = text[start:end].decode("utf-8")
    return [Splice(start, end, re.sub(rf'(\bref=["\']){re.escape(ref)}', rf"\g<1>{wanted}", tag, count=1))]


def _rows_of(ref: str) -> tuple[int, int]:
    rows = [int(found[2]) for part in ref.split(":") if (found := _REFERENCE.match(part))]
    return (min(rows), max(rows)) if rows else (0, 0)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

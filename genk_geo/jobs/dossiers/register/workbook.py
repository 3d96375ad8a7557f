"""Rows added to one sheet of a workbook; every other part of the file stays what it was, to the byte."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from genk_geo.jobs.dossiers.register.sheet_xml import (
    SheetError,
    Splice,
    added_to,
    ends_at,
    longer,
    look,
    spliced,
    tag_end,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WORKBOOK = "xl/workbook.xml"
_FILTER = "_xlnm._FilterDatabase"
_REF = re.compile(rb"""\bref=["']([^"']+)["']""")
_DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class _Beside(NamedTuple):
    """Parts that a sheet leans on: its tables, and where its comments stand."""

    tables: tuple[str, ...]
    commented: int


def add_rows(content: bytes, sheet: str, header_row: int, rows: Sequence[Mapping[int, str]]) -> bytes:
    """Add rows of text under everything that stands on a sheet.

    Parameters
    ----------
    content : bytes
        The workbook.
    sheet : str
        Name of the sheet.
    header_row : int
        Row of names, counted from 1: new rows stand below it.
    rows : sequence of mapping of int to str
        Column, counted from 1, -> text.

    Returns
    -------
    bytes
        The workbook. Of the sheet only the new rows, and how far it, its filter and its table reach, differ;
        all other parts are as they were.

    Raises
    ------
    SheetError
        If it is signed, or written in a way that cannot be added to.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = {info.filename for info in archive.infolist()}
    if any(name.startswith("_xmlsignatures/") for name in names):
        raise SheetError("it is signed, and a new row would break the signature")
    book = _xml(archive, _WORKBOOK)
    part, at = _part_of(archive, book, sheet)
    found, beside = look(archive.read(part)), _beside(archive, names, part)
    first = max(found.last_filled, found.taken, beside.commented, header_row) + 1
    last = first + len(rows) - 1
    changed = {part: spliced(found.text, added_to(found, first, rows))}
    changed |= {name: _longer_table(archive.read(name), first, last) for name in beside.tables}
    if ends_at(found.areas.get("autoFilter", (0, 0, ""))[2]) == first - 1:
        changed[_WORKBOOK] = _longer_filter(archive.read(_WORKBOOK), at, first, last)
    return _with_parts(archive, changed)


def _with_parts(archive: zipfile.ZipFile, changed: Mapping[str, bytes]) -> bytes:
    """The same archive with other content of some parts: order, dates and ways of packing stay."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for info in archive.infolist():
            content = archive.read(info)
            out.writestr(info, changed.get(info.filename, content), compress_type=info.compress_type)
        out.comment = archive.comment
    return target.getvalue()


def _part_of(archive: zipfile.ZipFile, book: ET.Element, sheet: str) -> tuple[str, int]:
    """Part of the archive that holds a sheet, and which one in the row of sheets it is."""
    for at, one in enumerate(_all(book, "sheet")):
        if one.get("name") == sheet:
            wanted = next(value for name, value in one.attrib.items() if name.endswith("}id"))
            for target, kind, name in _relations(archive, _WORKBOOK):
                if name == wanted and kind == "worksheet":
                    return target, at
    raise SheetError(f"its sheet {sheet!r} is no sheet of cells")


def _beside(archive: zipfile.ZipFile, names: set[str], part: str) -> _Beside:
    found = [one for one in _relations(archive, part) if one[0] in names]
    commented = [
        ends_at(one.get("ref", ""))
        for target, kind, _ in found
        if kind in {"comments", "threadedComment"}
        for one in _all(_xml(archive, target), "comment", "threadedComment")
    ]
    tables = tuple(target for target, kind, _ in found if kind == "table")
    return _Beside(tables, max(commented, default=0))


def _relations(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str, str]]:
    """Target, kind and name of what a part leans on."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in archive.namelist():
        return []
    told = []
    for one in _all(_xml(archive, path), "Relationship"):
        target = one.get("Target", "")
        whole = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        told.append((whole, one.get("Type", "").rpartition("/")[2], one.get("Id", "")))
    return told


def _longer_table(text: bytes, first: int, last: int) -> bytes:
    """A table that ends right above the new rows takes them in; one with a row of totals stays."""
    start = re.search(rb"<(?:\w+:)?table\b", text)
    if start is None:
        return text
    tag = text[start.start() : tag_end(text, start.start())]
    totals = re.search(rb"""\btotalsRowCount=["']([0-9]+)""", tag)
    found = _REF.search(tag)
    if found is None or (totals is not None and int(totals[1])) or ends_at(found[1].decode()) != first - 1:
        return text
    return _REF.sub(lambda one: one[0].replace(one[1], longer(one[1].decode(), last).encode()), text)


def _longer_filter(text: bytes, at: int, first: int, last: int) -> bytes:
    """The hidden name that says which cells a filter is on, of the sheet in that place."""
    changes = []
    for found in re.finditer(rb"<(?:\w+:)?definedName\b[^>]*>([^<]*)<", text):
        tag = found[0].partition(b">")[0].decode("utf-8")
        own = f'localSheetId="{at}"' in tag and f'name="{_FILTER}"' in tag
        ref = found[1].decode("utf-8")
        if own and ends_at(ref.rpartition("!")[2]) == first - 1:
            changes.append(Splice(*found.span(1), longer(ref, last)))
    return spliced(text, changes)


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    text = archive.read(name)
    if _DECLARED.search(text):
        raise SheetError("its XML declares entities, which spreadsheets never do")
    return ET.fromstring(text)  # noqa: S314 - it declares nothing, and the door has measured it


def _all(root: ET.Element, *names: str) -> list[ET.Element]:
    return [one for one in root.iter() if one.tag.rpartition("}")[2] in names]

"""Workbooks: looked through before a reader lays out their cells in memory."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import shown
from genk_geo.doors.whole import unpacked_size
from genk_geo.errors import ConfigError, GenkGeoError, Message

_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_REFERENCE = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,7})"')
_CONTENT = "content.xml"
# Rows and cells of an OpenDocument sheet; one that is filled says of what type its value is.
_OPEN_TAG = re.compile(rb"<(?:\w+:)?(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_REPEAT = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]{1,12})"')
_FILLED = re.compile(rb"value-type=")
_LOCAL_HEADER = 30
_STEP = 1 << 20
_OVERLAP = 400
_BOMB = Message(
    "unpacks to more than a table ever holds ({setting}, {other}). Is it damaged? Ask for it again, or "
    "as CSV",
    setting=setting("file_mb"),
    other=setting("unpacking"),
)


def check_workbook(content: bytes, name: str, *, error: type[GenkGeoError] = ConfigError) -> None:
    """Refuse a workbook that would fill the memory, or that is another kind of archive.

    A reader lays out a sheet from its first to its last filled cell: one stray cell in the last corner would
    ask for hundreds of gigabytes.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        How messages name it.
    error : type
        What is raised.

    Raises
    ------
    GenkGeoError
        Of the type asked for.
    """
    if content[:4] != b"PK\x03\x04":
        return  # the older format has at most 65,536 rows and 256 columns
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        raise error(
            "{name} cannot be read as an Excel workbook ({reason}). Ask again.",
            name=shown(name),
            reason=shown(str(fault)),
        ) from fault
    if why := _no_workbook({part.filename for part in parts}):
        raise error("{name} {why}.", name=shown(name), why=why)
    allowed = limits().unpacked_bytes(len(content))
    for part in parts:
        allowed -= _size(content, part, allowed, name, error)
        if allowed < 0:
            raise error("{name} {bomb}.", name=shown(name), bomb=_BOMB)
    for part in parts:
        if _SHEET.match(part.filename) or part.filename == _CONTENT:
            measure = _extent_of_repeats if part.filename == _CONTENT else _extent
            rows, columns = measure(archive, part)
            if rows * columns > limits().cells or rows > limits().rows or columns > limits().columns:
                raise error(
                    "{name}: a sheet reaches to row {rows} and column {columns}, further than `rows`, "
                    "`columns` and `cells` under [limits] let it. Delete the rows and columns that are "
                    "empty but for a stray cell, or save it as CSV.",
                    name=shown(name),
                    rows=rows,
                    columns=columns,
                )


def _no_workbook(names: set[str]) -> str:
    """What an archive is, when it is no workbook that can be read."""
    if any(one.lower().endswith((".shp", ".gdb/", ".dbf")) for one in names):
        return Message(
            "is an archive with a map layer. Unpack it and give the layer itself (of a shapefile: the .shp)"
        )
    if "xl/workbook.bin" in names:
        return Message("is a binary workbook (.xlsb). Save it as .xlsx or as CSV")
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        return Message("is an archive, not a workbook. Unpack it and give the file in it")
    if len(names) > limits().parts:
        return Message(
            "holds {count} parts, more than {most} ({setting}). Save it again",
            count=len(names),
            most=limits().parts,
            setting=setting("parts"),
        )
    return ""


def _size(content: bytes, part: zipfile.ZipInfo, most: int, name: str, error: type[GenkGeoError]) -> int:
    """What a part really unpacks to; its own word is not taken for it."""
    at = part.header_offset
    header = content[at : at + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or part.flag_bits & 1:
        raise error(
            "{name} cannot be read as an Excel workbook. Is it protected by a password?", name=shown(name)
        )
    if part.compress_type == zipfile.ZIP_STORED:
        return part.file_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise error("{name} is packed in a way that no spreadsheet uses. Save it again.", name=shown(name))
    length, extra = struct.unpack("<HH", header[26:30])
    start = at + _LOCAL_HEADER + length + extra
    try:
        return unpacked_size(content[start : start + part.compress_size], most, -zlib.MAX_WBITS)
    except (zlib.error, EOFError) as fault:
        raise error(
            "{name} cannot be read as an Excel workbook ({reason}). Ask again.",
            name=shown(name),
            reason=fault,
        ) from fault


def _extent(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Last row and column that a sheet names."""
    rows = columns = 0
    before = b""
    with archive.open(part) as stream:
        while piece := stream.read(_STEP):
            text = before + piece
            for letters, row in _REFERENCE.findall(text):
                rows, columns = max(rows, int(row)), max(columns, _number(letters))
            rows = max([rows, *map(int, _ROW.findall(text))])
            before = text[-_OVERLAP:]
    return rows, columns


def _extent_of_repeats(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Last row and column with a value of any OpenDocument sheet, which says blank ground by repeats."""
    rows = columns = row = column = 0
    before = b""
    with archive.open(part) as stream:
        while piece := stream.read(_STEP):
            text, _, before = (before + piece).rpartition(b"<")
            before = b"<" + before
            for kind, attributes in _OPEN_TAG.findall(text):
                repeated = _REPEAT.search(attributes)
                times = int(repeated[1]) if repeated else 1
                if kind == b"table":
                    row = 0
                elif kind == b"table-row":
                    row, column = row + times, 0
                else:
                    column += times
                    if _FILLED.search(attributes):
                        rows, columns = max(rows, row), max(columns, column)
    return rows, columns


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number

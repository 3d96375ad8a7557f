"""Reading a supplier's file as text, whatever it is: delimited text, Excel, GeoJSON or GeoPackage.

What a file is follows from its first bytes, not from its name: an Excel file that was renamed to ``.csv`` is
read as Excel. Every value stays text and every row keeps its line number.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.doors import check_workbook, read_whole, why_not
from genk_geo.errors import Message, SupplierFileError, some_rows
from genk_geo.ingestion.reading import delimited, layers, workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from genk_geo.ingestion.reading.raw_table import RawTable


def read_raw(
    path: Path | str,
    *,
    expected: Iterable[str] = (),
    separator: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    names: Sequence[str] = (),
) -> RawTable:
    """Read a supplier's file as text.

    Parameters
    ----------
    path : path-like
        CSV (``;`` ``,`` ``|`` or tab; UTF-8, UTF-8 with BOM, UTF-16 with BOM or cp1252), the same in gzip,
        Excel (``.xlsx``, ``.xls``), OpenDocument (``.ods``), or a layer: GeoJSON, GeoPackage, shapefile (the
        ``.shp``), FlatGeobuf or GeoParquet.
    expected : iterable of str, optional
        Column names to look for; they help to find the header under a title and to tell the separator.
    separator, encoding : str, optional
        What the file uses, where it is not to be recognised.
    sheet : str, optional
        Sheet of a workbook; the first one with rows by default.
    names : sequence of str, optional
        Names of the columns of a table without a row of names: its first row is then a row like the others.

    Returns
    -------
    RawTable
        Rows as text, with line numbers and the lines that could not be read.

    Raises
    ------
    SupplierFileError
        If the file is missing, a folder, not readable, empty, without rows, binary or damaged.
    """
    file = Path(path)
    content = _content(file)
    kind = _kind(content)
    wanted = tuple(expected)
    if kind == "workbook":
        check_workbook(content, file.name, error=SupplierFileError)
        return workbook.read_workbook(content, name=file.name, expected=wanted, sheet=sheet, names=names)
    if kind == "layer":
        return layers.read_layer(file, content)
    return delimited.read_delimited(
        content, name=file.name, expected=wanted, separator=separator, encoding=encoding, names=names
    )


def read_table(path: Path | str, *, expected: Iterable[str] = ()) -> pd.DataFrame:
    """Rows of a supplier's file as a table of text, for use without a profile (see :func:`read_raw`).

    Parameters
    ----------
    path : path-like
        The file.
    expected : iterable of str, optional
        Column names to look for: they find the row of names under a title.

    Raises
    ------
    SupplierFileError
        As :func:`read_raw`, and if lines do not fit the header.
    """
    raw = read_raw(path, expected=expected)
    if raw.unreadable:
        raise SupplierFileError(
            "{path}: lines {unreadable} do not have the {shape} values of the header. Mend or remove them.",
            path=Path(path).name,
            unreadable=some_rows((line for line, _ in raw.unreadable)),
            shape=raw.frame.shape[1],
        )
    return raw.frame


def sha256_of(path: Path | str) -> str:
    """Checksum of a file, as 64 hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _content(file: Path) -> bytes:
    content = read_whole(file, Message("The file"), error=SupplierFileError)
    if why := _something_else(file.name, content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()):
        raise SupplierFileError("{file} {why}.", file=file.name, why=why)
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise SupplierFileError("{file} is empty. Ask the supplier to export it again.", file=file.name)
    return content


def _something_else(name: str, head: bytes) -> str:
    """What a file is that holds no table, and what to do about it."""
    if head.startswith(b"%pdf"):
        return Message("is a PDF. Ask for the rows as .xlsx or CSV")
    if head.startswith(b"<"):
        if b"<kml" in head:
            return why_not(".kml")
        if b"<html" in head or b"<!doctype html" in head or head.startswith(b"<table"):
            return Message("is a web page. Open it in a spreadsheet and save it as .xlsx or CSV")
        if head.startswith(b"<?xml"):
            return why_not(".gml") if b"gml" in head else Message("is XML. Ask for the rows as .xlsx or CSV")
    part = name.lower().endswith((".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".kmz"))
    return why_not(name) if part else ""


def _kind(content: bytes) -> str:
    if content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "workbook"
    if content[:4] in layers.OTHER_LAYERS:
        return "layer"
    if content[:15] == b"SQLite format 3" or content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return "layer"
    return "delimited"

"""Workbooks (Excel, OpenDocument), read as text: dates become ISO text, whole numbers lose their ``.0``."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from genk_geo.errors import SupplierFileError
from genk_geo.ingestion.reading.delimited import TITLE_LINES
from genk_geo.ingestion.reading.header import comparison_key
from genk_geo.ingestion.reading.raw_table import RawTable, bounded, named, no_rows, unique_names

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_workbook(
    content: bytes,
    *,
    name: str,
    expected: Sequence[str] = (),
    sheet: str | None = None,
    names: Sequence[str] = (),
) -> RawTable:
    """Read one sheet of an Excel workbook as text.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        How messages name the file.
    expected : sequence of str
        Column names that tell the header from a title above it.
    sheet : str, optional
        Name of the sheet; by default the filled one with most of the expected names.
    names : sequence of str
        Names of the columns, where the sheet has no row of names.

    Returns
    -------
    RawTable
        Rows as text; blank rows are no rows; line numbers are the row numbers that Excel shows.

    Raises
    ------
    SupplierFileError
        If the workbook is damaged or protected, has no such sheet, or no rows.
    """
    cells = [[_text(value) for value in row] for row in _rows(content, name, sheet, expected)]
    filled = [number for number, row in enumerate(cells) if any(row)]
    if not filled:
        raise SupplierFileError("{name} has no filled sheet. Ask the supplier to export it again.", name=name)
    known = {comparison_key(column) for column in expected}
    first = max(filled[:TITLE_LINES], key=lambda number: (_known(cells[number], known), -number))
    if not _known(cells[first], known):  # names of which none is expected stand under the title all the same
        wide = [number for number in filled[:TITLE_LINES] if sum(map(bool, cells[number])) > 1]
        first = wide[0] if wide else first
    bounded(len(cells[first]), len(cells), name)
    columns = unique_names(cells[first])
    columns = named(len(columns), names, name) if names else columns
    below = [number for number in filled if number > first or (names and number == first)]
    if not below:
        raise no_rows(name, columns)
    width = len(columns)
    whole = [number for number in below if not any(cells[number][width:])]
    unreadable = tuple(
        (number + 1, f"values outside the {width} columns") for number in below if any(cells[number][width:])
    )
    frame = pd.DataFrame([cells[number][:width] for number in whole], columns=columns, dtype="str")
    return RawTable(
        frame,
        np.array(whole, dtype=np.int64) + 1,
        unreadable,
    )


def _known(cells: Sequence[str], known: set[str]) -> int:
    return len({comparison_key(cell) for cell in cells} & known)


def _rows(content: bytes, name: str, sheet: str | None, expected: Sequence[str]) -> list[list[Any]]:
    """Rows of the sheet asked for, else of the first one with most of the expected names."""
    known = {comparison_key(column) for column in expected}
    best: tuple[int, list[list[Any]]] = (-1, [])
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet is not None and sheet not in book.sheet_names:
            raise SupplierFileError(
                "{name} has no sheet {sheet!r}. It has: {sheet_names}.",
                name=name,
                sheet=sheet,
                sheet_names=", ".join(book.sheet_names),
            )
        for title in [sheet] if sheet is not None else book.sheet_names:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            found = max(
                (_known([_text(one) for one in row], known) for row in rows[:TITLE_LINES]), default=-1
            )
            if rows and found > best[0]:
                best = found, rows
    except (CalamineError, OSError, ValueError) as error:
        raise SupplierFileError(
            "{name} cannot be read as an Excel workbook ({reason}). Is it damaged or protected by a "
            "password?",
            name=name,
            reason=error,
        ) from error
    return best[1]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        when = _whole_seconds(value)
        return when.date().isoformat() if when.time() == dt.time() else when.isoformat(" ", "seconds")
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return str(value).strip()


def _whole_seconds(value: dt.datetime) -> dt.datetime:
    """Nearest second: the part of a day that a workbook keeps is a little off."""
    return (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)

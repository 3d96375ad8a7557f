"""A supplier's rows as they were delivered: text, with where they stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from genk_geo.doors import limits, setting
from genk_geo.errors import Message, NoRowsError, SupplierFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True)
class Points:
    """Coordinates that a geometry layer carries itself.

    Attributes
    ----------
    x, y : numpy.ndarray
        One a row, NaN without geometry.
    epsg : int
        Their coordinate system.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    epsg: int


@dataclass(frozen=True)
class RawTable:
    """Rows of one file.

    Attributes
    ----------
    frame : pandas.DataFrame
        Text columns as the file names them (no missing values: absent is empty), RangeIndex.
    lines : numpy.ndarray
        Line (or feature) number at which each row begins; the first line of a file is 1.
    unreadable : tuple of (int, str)
        Lines that do not fit the header: line number, what is wrong. Their text is not kept: without columns
        nobody can tell what of it is free text.
    points : Points or None
        Coordinates of the rows, for a geometry layer.
    """

    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    unreadable: tuple[tuple[int, str], ...] = field(default=())
    points: Points | None = None


def unique_names(cells: Sequence[str]) -> list[str]:
    """Header cells as column names: trailing empty ones dropped, empty and repeated ones numbered."""
    names = [cell.strip().strip("\ufeff") for cell in cells]
    while names and not names[-1]:
        names.pop()
    numbers: dict[str, int] = {}
    for position, cell in enumerate(names, start=1):
        name = base = cell or f"column {position}"
        number = numbers.get(base, 0)
        while name in numbers:
            number += 1
            name = f"{base}.{number + 1}"
        numbers[base] = max(numbers.get(base, 0), number)
        numbers[name] = numbers.get(name, 0)
    return list(numbers)


def bounded(columns: int, rows: int, name: str) -> None:
    """Refuse a table with more columns or rows than any supplier sends."""
    most = limits()
    for number, limit, what in ((columns, most.columns, "columns"), (rows, most.rows, "rows")):
        if number > limit:
            raise SupplierFileError(
                "{name} has {number} {what}, more than {limit} ({setting}). Is it the right file?",
                name=name,
                number=number,
                what=Message("columns") if what == "columns" else Message("rows"),
                limit=limit,
                setting=setting(what),
            )


def no_rows(name: str, names: Sequence[str] = ()) -> NoRowsError:
    """Error for a file with a header and nothing under it."""
    return NoRowsError(
        "{name} has a header but no rows. Ask the supplier to export it again, or leave it out.",
        names,
        name=name,
    )


def named(width: int, names: Sequence[str], file: str) -> list[str]:
    """Names that a profile gives the columns of a table without a row of names.

    Raises
    ------
    SupplierFileError
        If the table has another number of columns.
    """
    if width > len(names):
        raise SupplierFileError(
            "{file} has {width} columns, and `names` in the profile gives {count}. Name every column.",
            file=file,
            width=width,
            count=len(names),
        )
    return list(names)

"""Delimited text: separator, encoding and header recognised; broken lines set aside, never shifted."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from genk_geo.doors import limits, setting
from genk_geo.errors import SupplierFileError, one_of
from genk_geo.ingestion.reading.header import comparison_key
from genk_geo.ingestion.reading.raw_table import RawTable, bounded, named, no_rows, unique_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEPARATORS = (";", "|", "\t", ",")

#: A header may stand under a title of at most so many lines.
TITLE_LINES = 20

# A quoted value that runs on for longer than this is an unclosed quote, not a text with line ends.
_LONGEST_RECORD = 200
_CHUNK = 50_000

# Beside separators, what a line of no values may hold.
_NOTHING = " \t\u00a0\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"

# The header stands within so many characters.
_HEAD = 1_000_000


def read_delimited(
    content: bytes,
    *,
    name: str,
    expected: Sequence[str] = (),
    separator: str | None = None,
    encoding: str | None = None,
    names: Sequence[str] = (),
) -> RawTable:
    """Read delimited text.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        How messages name the file.
    expected : sequence of str
        Column names that tell the header from a title above it.
    separator, encoding : str, optional
        What the file uses, where it is not to be recognised.
    names : sequence of str
        Names of the columns, where the file has no row of names.

    Returns
    -------
    RawTable
        Rows as text. Blank lines (also lines of separators only) are no rows. A line with too few or too many
        values is listed as unreadable; values past the header that are all empty are dropped.

    Raises
    ------
    SupplierFileError
        If the text is binary, cannot be decoded, or holds no header or no rows.
    """
    text = decode(content, name, encoding).replace("\r\n", "\n").replace("\r", "\n")
    head = text[:_HEAD].split("\n")[: 10 * TITLE_LINES]
    separator, first = _layout([line + "\n" for line in head], expected, separator)
    header, below = _header(head, first, separator)
    if names:
        header, below = named(len(header), names, name), first
    if not header:
        raise SupplierFileError("{name} has no column names in its first lines. Is it a table?", name=name)
    bounded(len(header), text.count("\n"), name)
    if '"' in text:
        lines = io.StringIO(text, newline="\n").readlines()
        table = _Collector(lines, separator, header).collect(below)
    else:
        table = _without_quotes(text, below, separator, header)
    if table.frame.empty and not table.unreadable:
        raise no_rows(name, header)
    return table


def decode(content: bytes, name: str, encoding: str | None = None) -> str:
    """Decode a file: the encoding asked for, else by its byte order mark, else UTF-8, else cp1252."""
    if encoding is None and content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    if encoding is None and b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise SupplierFileError(
            "{name} holds NUL bytes (first on line {line}): it is no plain text, or was damaged in "
            "transfer. Ask the supplier to export it again as CSV.",
            name=name,
            line=line,
        )
    tried = (encoding,) if encoding else ("utf-8-sig", "cp1252")
    for codec in tried:
        try:
            return content.decode(codec)
        except UnicodeDecodeError as error:
            position = error.start
        except LookupError as error:
            raise SupplierFileError(
                "{name}: {codec!r} is not a known encoding.", name=name, codec=codec
            ) from error
    line = content.count(b"\n", 0, position) + 1
    raise SupplierFileError(
        "{name} is not written in {tried} (line {line} cannot be decoded). Save it as UTF-8, or name its "
        "encoding in the profile.",
        name=name,
        tried=one_of(tried),
        line=line,
    )


def _layout(lines: Sequence[str], expected: Sequence[str], separator: str | None) -> tuple[str, int]:
    """Separator and line of the header: most expected names, then first line, then most columns."""
    candidates = (separator,) if separator else SEPARATORS
    known = {comparison_key(name) for name in expected}
    best: tuple[int, int, int] | None = None
    chosen = (candidates[0], 0)
    filled = [number for number, line in enumerate(lines[: 10 * TITLE_LINES]) if line.strip()][:TITLE_LINES]
    if filled and (declared := re.fullmatch(r"sep=([;|\t,])", lines[filled[0]].strip('\n" '))):
        candidates, filled = (declared[1],), filled[1:]  # the line that Excel itself writes and reads
    for number in filled:
        for candidate in candidates:
            cells = _cells(lines[number], candidate)
            if cells is None:
                continue
            found = len({comparison_key(cell) for cell in cells} & known)
            score = (found, -number, len(cells))
            if best is None or score > best:
                best, chosen = score, (candidate, number)
    if best is not None and best[0] == 0 and best[2] == 1 and '"' not in lines[chosen[1]]:
        return _below_title(lines, filled, candidates) or chosen
    return chosen


def _below_title(
    lines: Sequence[str], filled: Sequence[int], candidates: Sequence[str]
) -> tuple[str, int] | None:
    """Separator and line of unknown names under a title: the first that the next line resembles."""
    for number, after in pairwise(filled):
        for candidate in candidates:
            cells, below = _cells(lines[number], candidate), _cells(lines[after], candidate)
            if cells and below and len(cells) == len(below) > 1 and sum(map(bool, cells)) > 1:
                return candidate, number
    return None


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return None


def _header(lines: Sequence[str], first: int, separator: str) -> tuple[list[str], int]:
    """Column names, and the number of the line below them (a quoted name may run over some lines)."""
    reader = csv.reader([line + "\n" for line in lines[first : first + 5]], delimiter=separator)
    try:
        cells = next(reader, [])
    except csv.Error:
        return [], first
    return unique_names([" ".join(cell.split()) for cell in cells]), first + reader.line_num


def _without_quotes(text: str, first: int, separator: str, header: list[str]) -> RawTable:
    """Rows of a text without quotes: every line is a record, so all can be cut up at once."""
    width = len(header)
    lines = pc.split_pattern(pa.array([text], pa.large_string()), "\n").flatten()[first:]
    filled = np.asarray(pc.not_equal(pc.utf8_trim(lines, separator + _NOTHING), ""))
    fits = np.asarray(pc.equal(pc.count_substring(lines, separator), width - 1)).copy()
    unreadable = []
    for number in np.flatnonzero(filled & ~fits):
        line = lines[number].as_py()
        cells = line.split(separator)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            fits[number] = True
        else:
            unreadable.append((int(number) + first + 1, _width_fault(len(cells), width)))
    for number in np.flatnonzero(np.asarray(pc.utf8_length(lines)) > limits().field_chars):
        if filled[number] and fits[number] and (longest := _longest(lines[number].as_py(), separator)):
            fits[number] = False
            unreadable.append((int(number) + first + 1, _length_fault(longest)))
    starts = np.flatnonzero(filled & fits)
    rows = lines.filter(pa.array(filled & fits))
    return RawTable(
        _cut(rows, separator, header),
        starts + first + 1,
        tuple(unreadable),
    )


def _cut(texts: pa.Array, separator: str, header: list[str]) -> pd.DataFrame:
    """Columns of lines that have at least as many values as the header."""
    cells = pc.split_pattern(texts, separator)
    starts, values = np.asarray(cells.offsets)[:-1], cells.flatten()
    columns = {name: values.take(pa.array(starts + place)) for place, name in enumerate(header)}
    return pd.DataFrame({name: pd.Series(column, dtype="str") for name, column in columns.items()})


def _longest(line: str, separator: str) -> int:
    """Length of the longest value of a line, 0 when it is not too long."""
    longest = max(map(len, line.split(separator)))
    return longest if longest > limits().field_chars else 0


def _length_fault(found: int) -> str:
    return f"a value of {found} signs, more than {setting('field_chars')}"


def _width_fault(found: int, wanted: int) -> str:
    return f"{found} values for {wanted} columns"


class _RunawayError(Exception):
    """A record ran on over too many lines."""


class _Feed:
    """Lines from a position on, refusing a record that never ends."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self._lines = lines
        self.at = at
        self.began = at

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            raise StopIteration
        if self.at - self.began >= _LONGEST_RECORD:
            raise _RunawayError
        line = self._lines[self.at]
        self.at += 1
        return line


class _Collector:
    """Gathers records column by column, in chunks so that a million rows fit in memory."""

    def __init__(self, lines: Sequence[str], separator: str, header: Sequence[str]) -> None:
        self._lines = lines
        self._separator = separator
        self._header = header
        self._chunks: list[list[pa.Array]] = []
        self._rows: list[list[str]] = []
        self._starts: list[int] = []
        self._unreadable: list[tuple[int, str]] = []

    def collect(self, first: int) -> RawTable:
        """Read all records from a line on."""
        at = first
        while at < len(self._lines):
            at = self._read_from(at)
        self._flush()
        return RawTable(
            self._frame(), np.array(self._starts, dtype=np.int64) + 1, unreadable=tuple(self._unreadable)
        )

    def _read_from(self, at: int) -> int:
        """Read on until the end or a broken record; returns the line to go on from."""
        feed = _Feed(self._lines, at)
        # not strict: quotes in odd places are read as spreadsheets read them
        reader = csv.reader(feed, delimiter=self._separator)
        while True:
            begin = feed.began = feed.at
            try:
                cells = next(reader)
            except StopIteration:
                return len(self._lines)
            except _RunawayError:
                return self._set_aside(begin, "a quote is opened and never closed")
            except csv.Error as error:
                return self._set_aside(begin, str(error))
            if not any(cell.strip() for cell in cells):
                continue
            if self._fits(cells):
                self._take(cells, begin)
                continue
            go_on = self._set_aside(begin, _width_fault(len(cells), len(self._header)))
            if go_on < feed.at:  # an unclosed quote swallowed lines that may be good: read those again
                return go_on

    def _fits(self, cells: list[str]) -> bool:
        width = len(self._header)
        return len(cells) == width or (len(cells) > width and not any(cell.strip() for cell in cells[width:]))

    def _take(self, cells: list[str], begin: int) -> None:
        self._rows.append(cells[: len(self._header)])
        self._starts.append(begin)
        if len(self._rows) >= _CHUNK:
            self._flush()

    def _set_aside(self, line: int, why: str) -> int:
        self._unreadable.append((line + 1, why))
        return line + 1

    def _flush(self) -> None:
        if self._rows:
            self._chunks.append(
                [pa.array(column, pa.large_string()) for column in zip(*self._rows, strict=True)]
            )
            self._rows = []

    def _frame(self) -> pd.DataFrame:
        columns = {}
        for position, name in enumerate(self._header):
            parts = [chunk[position] for chunk in self._chunks]
            columns[name] = pd.Series(pa.chunked_array(parts, pa.large_string()), dtype="str")
        return pd.DataFrame(columns, columns=list(self._header))

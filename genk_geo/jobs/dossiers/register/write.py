"""Proposals put into the register: whole or not at all, and never while somebody else has it open."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo.errors import BusyError, ConfigError, Message
from genk_geo.jobs.dossiers.register.columns import COLUMNS
from genk_geo.jobs.dossiers.register.new import new_workbook
from genk_geo.jobs.dossiers.register.read import WHAT, csv_rows, number_of, table_of
from genk_geo.jobs.dossiers.register.sheet_xml import SheetError
from genk_geo.jobs.dossiers.register.workbook import add_rows
from genk_geo.spreadsheet import harmless
from genk_geo.writing import remove_unfinished, whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genk_geo.jobs.dossiers.register.read import Table

_OTHERWISE = Message("What was to be added waits for the next run, and nothing is lost.")


@dataclass(frozen=True)
class Proposal:
    """A row to add: the dossier, where it is as readers know it, and why it is proposed."""

    dossier: str
    place: str
    remark: str


class RegisterBusyError(BusyError):
    """The register is open elsewhere, or was changed meanwhile: it is as it was."""


def add_proposals(path: Path, proposals: Sequence[Proposal]) -> tuple[str, ...]:
    """Add a row to the register for every proposal that does not stand in it yet.

    Parameters
    ----------
    path : pathlib.Path
        ``.xlsx`` or ``.csv``; made where there is none.
    proposals : sequence of Proposal
        What to add.

    Returns
    -------
    tuple of str
        Numbers that were added.

    Raises
    ------
    RegisterBusyError
        If somebody has it open, or changed it while this ran; it is then as it was.
    ConfigError
        If it cannot be read or written; it is then as it was.
    """
    path = path.resolve()  # through a link, so that the file itself is replaced and not the link
    remove_unfinished(path)  # a kill after the last step leaves no other sign, and nothing more to add
    if not proposals:
        return ()
    refuse_open(path)
    before = _content(path)
    table = None if before is None else table_of(before, path)
    there = set() if table is None else _numbers(table)
    new = [one for one in proposals if one.dossier not in there]
    if not new:
        return ()
    content = _with_rows(before, table, path, new)
    with whole_file(path) as beside:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _as_shared_as(path, beside)
        refuse_open(path)
        if _digest(_content(path)) != _digest(before):
            raise RegisterBusyError(
                "{what} {path} was changed by somebody meanwhile. {otherwise}",
                what=WHAT,
                path=path,
                otherwise=_OTHERWISE,
            )
    return tuple(one.dossier for one in new)


def refuse_open(path: Path) -> None:
    """Refuse a file that LibreOffice or Excel has open, by the mark that these put beside it.

    Raises
    ------
    RegisterBusyError
        If there is such a mark.
    """
    # Excel leaves out the first two signs of a long name.
    marks = (f".~lock.{path.name}#", f"~${path.name}", f"~${path.name[2:]}")
    for mark in marks:
        if os.path.lexists(path.with_name(mark)):
            raise RegisterBusyError(
                "{what} {path} is open elsewhere ({mark} stands beside it). {otherwise} Close it there; if "
                "nobody has it open, take that file away.",
                what=WHAT,
                path=path,
                mark=mark,
                otherwise=_OTHERWISE,
            )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except PermissionError as fault:  # Windows: held by another program
        raise RegisterBusyError(
            "{what} {path} is held by another program. {otherwise}",
            what=WHAT,
            path=path,
            otherwise=_OTHERWISE,
        ) from fault


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _numbers(table: Table) -> set[str]:
    at = table.header.at["dossier"]
    return {number_of(row[at]) for row in table.rows[table.header.row + 1 :] if at < len(row)}


def _as_shared_as(path: Path, beside: Path) -> None:
    """Whoever could read and write the register can after it was replaced."""
    if not path.exists():
        return
    shutil.copymode(path, beside)
    with suppress(OSError, AttributeError):  # another group can only be given by who is in it
        os.chown(beside, -1, path.stat().st_gid)


def _with_rows(before: bytes | None, table: Table | None, path: Path, new: Sequence[Proposal]) -> bytes:
    if before is None or table is None:
        before = new_workbook() if path.suffix.lower() == ".xlsx" else _new_csv()
        table = table_of(before, path)
    rows = [_placed(table, one) for one in new]
    if path.suffix.lower() == ".csv":
        return _longer_csv(before, rows)
    try:
        return add_rows(before, table.sheet, table.header.row + 1, rows)
    except (SheetError, zipfile.BadZipFile, KeyError) as fault:
        raise ConfigError(
            "{what} {path} cannot be added to: {reason}. Save it again as .xlsx. {otherwise}",
            what=WHAT,
            path=path,
            reason=fault,
            otherwise=_OTHERWISE,
        ) from fault


def _placed(table: Table, one: Proposal) -> dict[int, str]:
    """What goes in which column, counted from 1; a register without a column for it does without."""
    values = {"dossier": one.dossier, "place": one.place, "remark": one.remark}
    at = table.header.at
    return {at[column] + 1: harmless(text) for column, text in values.items() if column in at}


def _new_csv() -> bytes:
    return ("\ufeff" + ";".join(names[0] for names in COLUMNS.values()) + "\r\n").encode()


def _longer_csv(before: bytes, rows: Sequence[dict[int, str]]) -> bytes:
    """The same bytes with lines behind them, in the way that the others are written."""
    cells, sign, encoding = csv_rows(before)
    ending = "\r\n" if b"\r\n" in before or b"\n" not in before else "\n"
    text = io.StringIO()
    out = csv.writer(text, delimiter=sign, lineterminator=ending)
    wide = max(map(len, cells))
    for row in rows:
        out.writerow([row.get(at, "") for at in range(1, wide + 1)])
    gap = b"" if before.endswith((b"\n", b"\r")) else ending.encode()
    added = text.getvalue().encode("utf-8" if encoding == "utf-8-sig" else encoding, errors="replace")
    return before + gap + added

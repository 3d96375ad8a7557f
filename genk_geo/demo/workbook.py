"""The smallest Excel workbook that holds a table, with the same bytes every time.

The libraries that write workbooks put the moment of writing in them; the demo data must not depend on it.
The format is that of ECMA-376 (Office Open XML, SpreadsheetML), with texts inside their cells.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def write_workbook(path: Path, table: pd.DataFrame, *, sheet: str, numbers: tuple[str, ...] = ()) -> None:
    """Write a table of texts to one sheet.

    Parameters
    ----------
    path : pathlib.Path
        File to write.
    table : pandas.DataFrame of str
        The rows; an empty text gives an empty cell.
    sheet : str
        Name of the sheet.
    numbers : tuple of str
        Columns whose texts are numbers, with a decimal comma or point, and are written as such.
    """
    rows = [_row([_text_cell(name) for name in table.columns])]
    cells = [
        [_number_cell(value) if name in numbers else _text_cell(value) for value in table[name]]
        for name in table.columns
    ]
    rows.extend(_row(list(row)) for row in zip(*cells, strict=True))
    parts = _PARTS | {
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
        ),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, the same on every machine
            entry.create_system = 3
            archive.writestr(entry, _HEAD + text, zipfile.ZIP_DEFLATED, compresslevel=6)


def _row(cells: list[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _text_cell(value: str) -> str:
    if not value:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _number_cell(value: str) -> str:
    return f"<c><v>{value.replace(',', '.')}</v></c>" if value else "<c/>"

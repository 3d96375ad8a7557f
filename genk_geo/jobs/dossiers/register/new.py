"""A first register: the row of names, ready to be written in."""

from __future__ import annotations

import io

from genk_geo.jobs.dossiers.register.columns import COLUMNS
from genk_geo.results import CHAIN

SHEET = "acties"
_WIDE = {"dossier": 11, "partner": 24, "what": 36, "place": 34, "remark": 48}
_DAYS = ("agreed", "due", "done", "until")


def new_workbook() -> bytes:
    """A workbook with one sheet that holds the names of all columns of a register."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([names[0] for names in COLUMNS.values()])
    for at, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(at)
        head = sheet.cell(1, at)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6EE")
        sheet.column_dimensions[letter].width = _WIDE.get(column, 14)
        if column in _DAYS:
            sheet.column_dimensions[letter].number_format = "dd/mm/yyyy"
        if column == "link":
            choice = DataValidation(type="list", formula1=f'"{",".join(CHAIN)}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}2000")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}1"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()

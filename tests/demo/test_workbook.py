"""The small Excel writer: what it writes is read by others as it was given."""

from __future__ import annotations

import openpyxl
import pandas as pd
from python_calamine import CalamineWorkbook

from genk_geo.demo.workbook import write_workbook

TABLE = pd.DataFrame({"Naam": ["Coppée <&> zoon", "", " spatie "], "Breedte": ["50,9681", "", "51"]})


def test_two_readers_find_what_was_written(tmp_path):
    path = tmp_path / "blad.xlsx"
    write_workbook(path, TABLE, sheet="Meldingen & co", numbers=("Breedte",))
    sheet = openpyxl.load_workbook(path)["Meldingen & co"]
    assert list(sheet.values) == [
        ("Naam", "Breedte"),
        ("Coppée <&> zoon", 50.9681),
        (None, None),
        (" spatie ", 51),
    ]
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["Coppée <&> zoon", 50.9681]


def test_the_bytes_are_the_same_every_time(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, TABLE, sheet="x")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()

"""The register belongs to others: it is read as it is, added to without loss, and left alone while in use."""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from genk_geo.errors import ConfigError
from genk_geo.jobs.dossiers.register import write
from genk_geo.jobs.dossiers.register.check import check_register
from genk_geo.jobs.dossiers.register.measures import measure_in, measure_keys
from genk_geo.jobs.dossiers.register.persons import looks_like_a_person
from genk_geo.jobs.dossiers.register.read import read_register
from genk_geo.jobs.dossiers.register.write import Proposal, RegisterBusyError, add_proposals
from genk_geo.results import Dossier
from tests.fixtures.dying import fate_of

DAY = dt.date(2026, 11, 16)
NEW = [Proposal("2026-007", "Dreef (Dries)", "Voorstel & meer <b>"), Proposal("2026-008", "Plein", "=1+1")]
KILLS = int(os.environ.get("GENK_GEO_KILLS", "4"))
HEAD = [
    "Nr",
    "Dossier",
    "Partner",
    "Wat",
    "Schakel",
    "Beloofd tegen",
    "Gedaan op",
    "Plaats",
    "Opmerking",
    "Kost",
]


def partners_workbook(path):
    """A register as partners keep it: title, colours, comments, filter, chart, other sheets, columns."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Acties & afspraken"
    sheet["A1"] = "Overleg Noord: gelieve niet te sorteren"
    sheet.append([])
    sheet.append(HEAD)
    for at in range(1, 5):
        done = dt.date(2026, 11, at) if at % 2 else None
        sheet.append(
            [at, f"2026-00{at}", "Politie", "camera's aan het plein", "repressie", dt.date(2026, 12, at),
             done, "Kerkstraat", "gezien met Jan", 1500.5]
        )  # fmt: skip
    for at, colour in enumerate(("FFC7CE", "C6EFCE", "FFEB9C"), 4):
        sheet.cell(at, 3).fill = PatternFill("solid", fgColor=colour)
        sheet.cell(at, 6).number_format = "dd/mm/yyyy"
        sheet.cell(at, 7).number_format = "dd/mm/yyyy"
    sheet["C4"].font = Font(bold=True, italic=True)
    sheet["D5"].comment = Comment("Nog te bespreken", "Veiligheidshuis", width=300, height=90)
    sheet["C9"].fill = PatternFill("solid", fgColor="DDDDDD")  # formats below the rows
    sheet["J8"] = "=SUM(J4:J7)"
    sheet.auto_filter.ref = "A3:J8"
    sheet.conditional_formatting.add("F4:F200", CellIsRule(operator="lessThan", formula=["TODAY()"]))
    choice = DataValidation(type="list", formula1='"proactie,preventie,repressie,nazorg"')
    choice.add("E4:E200")
    sheet.add_data_validation(choice)
    other = book.create_sheet("Cijfers")
    for row in (["a", 1], ["b", 2]):
        other.append(row)
    chart = BarChart()
    chart.add_data(Reference(other, min_col=2, min_row=1, max_row=2))
    other.add_chart(chart, "D2")
    table = book.create_sheet("Lijst")
    table.append(["naam", "tel"])
    table.append(["x", "1"])
    table.add_table(Table(displayName="Lijst", ref="A1:B2"))
    book.save(path)
    return path


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(path, sheet=0):
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[sheet].values]


def assert_only_added(before, after):
    """Every part is as it was to the byte; of the sheet everything that stood there still does."""
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    old = before["xl/worksheets/sheet1.xml"].decode()
    new = after["xl/worksheets/sheet1.xml"].decode()
    cells = re.compile(r"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
    kept = [one for one in cells.findall(old) if "/>" not in one or "<v" in one]
    assert [one for one in cells.findall(new) if one in set(kept)] == kept
    outside = re.compile(r"<(sheetData)\b.*</sheetData>|\bref=\"[A-Z0-9:]+\"", re.DOTALL)
    assert outside.sub("", old) == outside.sub("", new)


def test_everything_of_a_workbook_comes_back(tmp_path):
    path = partners_workbook(tmp_path / "acties.xlsx")
    before, cells = parts(path), rows_of(path)
    assert add_proposals(path, NEW) == ("2026-007", "2026-008")
    after = rows_of(path)
    assert_only_added(before, parts(path))
    assert after[: len(cells)][:8] == cells[:8]
    assert [row[1] for row in after[8:]] == ["2026-007", "2026-008"]
    assert after[8][7:9] == ["Dreef (Dries)", "Voorstel & meer <b>"]
    assert after[9][8] == "'=1+1"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert sheet.auto_filter.ref == "A3:J10"
    assert sheet["C9"].fill.fgColor.rgb == "00DDDDDD"
    assert sheet["D5"].comment.text == "Nog te bespreken"
    assert len(book.worksheets[1]._charts) == 1
    assert add_proposals(path, NEW) == ()  # asked again, nothing is added twice


def test_a_table_of_the_sheet_grows_with_it_and_one_with_totals_does_not(tmp_path):
    for totals, wanted in ((0, "A1:C4"), (1, "A1:C3")):
        path = tmp_path / f"acties-{totals}.xlsx"
        book = openpyxl.Workbook()
        for row in (["dossier", "partner", "wat"], ["2026-001", "Stad", "licht"], ["2026-002", "OCMW", ""]):
            book.active.append(row)
        table = Table(displayName="Acties", ref="A1:C3", totalsRowCount=totals or None)
        book.active.add_table(table)
        book.save(path)
        assert add_proposals(path, NEW[:1]) == ("2026-007",)
        sheet = openpyxl.load_workbook(path).active
        assert sheet.tables["Acties"].ref == wanted
        assert [cell.value for cell in sheet["A"]] == ["dossier", "2026-001", "2026-002", "2026-007"]


def test_an_empty_place_a_new_file_and_a_csv(tmp_path):
    for name in ("acties.xlsx", "acties.csv"):
        path = tmp_path / name
        assert read_register(path).rows == ()
        assert add_proposals(path, NEW) == ("2026-007", "2026-008")
        found = read_register(path)
        assert found.numbers == {"2026-007", "2026-008"}
        assert found.agreements == ()  # a proposal is no agreement
    old = 'Dossier,Partner,Wat,Extra\n2026/1,Caf\xe9 \'De Lijn\',"licht, en ""snoei""",x'.encode("cp1252")
    path.write_bytes(old)
    assert add_proposals(path, NEW[:1]) == ("2026-007",)
    assert path.read_bytes() == old + b"\n2026-007,,,\n"
    assert read_register(path).numbers == {"2026-001", "2026-007"}


@pytest.mark.parametrize("mark", [".~lock.acties.xlsx#", "~$acties.xlsx", "~$ties.xlsx"])
def test_one_that_is_open_elsewhere_is_left_alone(tmp_path, mark):
    path = partners_workbook(tmp_path / "acties.xlsx")
    before = path.read_bytes()
    (tmp_path / mark).write_text("")
    with pytest.raises(RegisterBusyError, match="open elsewhere"):
        add_proposals(path, NEW)
    assert path.read_bytes() == before
    assert read_register(path).agreements  # it can be read all the same
    (tmp_path / mark).unlink()
    assert add_proposals(path, NEW)


def test_one_that_somebody_saves_meanwhile_is_as_he_saved_it(tmp_path, monkeypatch):
    path = partners_workbook(tmp_path / "acties.xlsx")
    theirs = partners_workbook(tmp_path / "andere.xlsx").read_bytes() + b"\0"

    def saved_meanwhile(*_):
        path.write_bytes(theirs)

    monkeypatch.setattr(write, "_as_shared_as", saved_meanwhile)
    with pytest.raises(RegisterBusyError, match="changed by somebody"):
        add_proposals(path, NEW)
    assert path.read_bytes() == theirs
    assert sorted(one.name for one in tmp_path.iterdir()) == ["acties.xlsx", "andere.xlsx"]


def test_who_could_read_it_still_can(tmp_path):
    path = partners_workbook(tmp_path / "acties.xlsx")
    path.chmod(0o664)
    link = tmp_path / "gedeeld.xlsx"
    link.symlink_to(path)
    add_proposals(link, NEW)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o664
    assert "2026-007" in read_register(path).numbers


def test_a_kill_at_any_step_loses_no_cell(tmp_path):
    source = partners_workbook(tmp_path / "bron.xlsx")
    wanted = tmp_path / "klaar.xlsx"
    shutil.copyfile(source, wanted)
    add_proposals(wanted, NEW)
    states = source.read_bytes(), wanted.read_bytes()
    path = tmp_path / "acties.xlsx"
    shutil.copyfile(source, path)
    steps = len(fate_of(lambda: add_proposals(path, NEW)).steps)
    chance = random.Random(KILLS)
    for at in [chance.randrange(steps) for _ in range(KILLS)]:
        shutil.copyfile(source, path)
        assert fate_of(lambda: add_proposals(path, NEW), at=at).code < 0
        assert path.read_bytes() in states
        add_proposals(path, NEW)
        assert path.read_bytes() == states[1]
        assert not (tmp_path / ".acties.xlsx.unfinished").exists()


@pytest.mark.skipif(shutil.which("soffice") is None or KILLS < 50, reason="LibreOffice is started by hand")
def test_libreoffice_reads_what_was_added_and_keeps_it(tmp_path):
    path = partners_workbook(tmp_path / "acties.xlsx")
    run = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profiel",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    out = tmp_path / "na"
    subprocess.run([*run, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=200)
    edited = out / "acties.xlsx"  # written by LibreOffice, with its own styles and parts
    before, cells = parts(edited), rows_of(edited)
    assert add_proposals(edited, NEW) == ("2026-007", "2026-008")
    assert_only_added(before, parts(edited))
    again = tmp_path / "weer"
    subprocess.run([*run, "--outdir", str(again), str(edited)], check=True, capture_output=True, timeout=200)
    last = rows_of(again / "acties.xlsx")
    assert last[:8] == cells[:8]
    assert [row[1] for row in last[8:10]] == ["2026-007", "2026-008"]
    sheet = openpyxl.load_workbook(again / "acties.xlsx").worksheets[0]
    assert sheet["D5"].comment.text.strip().endswith("Nog te bespreken")
    assert sheet["C4"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet.auto_filter.ref == "A3:J10"


def register(
    tmp_path, *rows, head="dossier;partner;wat;schakel;beloofd op;beloofd tegen;gedaan op;loopt tot"
):
    path = tmp_path / "acties.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return read_register(path)


def dossier(number="2026-001", **told):
    return Dossier(
        number, "nuisance", "2026-W30", "2026-W34", by_hand=False, state_since=DAY, state_by="weekly",
        **({"state": "open"} | told),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("2026-001;Politie;camera;;1/10/2026;1/12/2026;10/11/2026;", []),
        ("2026-009;Politie;camera", ["unknown_dossier"]),
        (";Politie;camera", ["no_dossier"]),
        ("2026-001;Politie;camera;;;31/02/2026", ["unread_day"]),
        ("2026-001;Politie;camera;;;eind maart", ["unread_day"]),
        ("2026-001;Politie;camera;;;1/1/1926", ["impossible_day"]),
        ("2026-001;Politie;camera;;;;1/12/2026", ["done_to_come"]),
        ("2026-001;Politie;camera;;1/11/2026;;1/10/2026", ["done_before_promised"]),
        ("2026-001;Politie;camera;;1/11/2026;1/10/2026", ["due_before_promised"]),
        ("2026-001;Politie;camera;;;;1/11/2026;1/10/2026", ["ended_before_begun"]),
        ("2026-001;;camera;;;;1/11/2026", ["done_by_nobody"]),
        ("2026-001;Politie;iets moois", ["unknown_measure"]),
        ("2026-001;Jan Peeters;camera", ["person"]),
        ("2026-001;An.Smets@stad.example;camera", ["person"]),
        ("2026-001;Harmonie Sint-Jan;camera", ["unknown_partner"]),
    ],
)
def test_what_is_odd_in_a_row_is_told(tmp_path, row, kinds):
    notes = check_register(register(tmp_path, row), [dossier()], partners=("Politie",), day=DAY)
    assert [note.kind for note in notes] == kinds
    assert all(note.row == 2 for note in notes)
    assert not any("Peeters" in word or "Smets" in word for note in notes for word in note.words)


def test_what_is_odd_in_the_whole_is_told(tmp_path):
    twice = register(tmp_path, *["2026-001;Politie;camera"] * 2)
    assert [one.kind for one in check_register(twice, [dossier()], partners=("Politie",), day=DAY)] == [
        "twice"
    ]
    places = [f"2026-001;Politie;camera;;;;;;{place}" for place in ("Park", "Plein", "PARK")]
    head = "dossier;partner;wat;schakel;beloofd op;beloofd tegen;gedaan op;loopt tot;plaats"
    register_of = register(tmp_path, *places, head=head)
    again = check_register(register_of, [dossier()], partners=("Politie",), day=DAY)
    assert [(note.kind, note.row) for note in again] == [("twice", 4)]
    one = register(tmp_path, "2026-001;politie;CAMERA!")
    found = check_register(
        one, [dossier(), dossier("2026-002", listed=True), dossier("2026-003")],
        before=twice.agreements, partners=("Politie",), day=DAY,
    )  # fmt: skip
    assert [(note.kind, note.words) for note in found] == [
        ("gone", ("2026-001", "1")), ("dossier_gone", ("2026-002",)),
    ]  # fmt: skip
    closed = check_register(one, [dossier(state="closed")], partners=("Politie",), day=DAY)
    assert [note.kind for note in closed] == ["closed_dossier"]


def test_an_agreement_goes_by_what_it_says_and_not_by_where_it_stands(tmp_path):
    rows = ["2026-001;Politie;camera aan het plein", "2026-001;Stad;verlichting", "2026-002;Stad;verlichting"]
    names = [one.action_id for one in register(tmp_path, *rows).agreements]
    assert len(set(names)) == 3
    assert sorted(names) == sorted(one.action_id for one in register(tmp_path, *rows[::-1]).agreements)
    assert [one.link for one in register(tmp_path, *rows).agreements] == [
        "repressie",
        "preventie",
        "preventie",
    ]


def test_what_is_no_register_is_told(tmp_path):
    path = tmp_path / "acties.xlsx"
    for content, said in ((b"PK\3\4 no", "cannot be read"), (b"", "cannot be read")):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=said):
            read_register(path)
    openpyxl.Workbook().save(path)
    with pytest.raises(ConfigError, match="no row of names"):
        add_proposals(path, NEW)


def test_a_signed_workbook_is_not_touched(tmp_path):
    path = partners_workbook(tmp_path / "acties.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<x/>")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="signed"):
        add_proposals(path, NEW)
    assert path.read_bytes() == before


def test_every_measure_is_found_by_its_own_words():
    assert {measure_in(text).key for text in ("Straatverlichting!", "CAMERA'S", "knip", "brief")} == {
        "light", "camera", "cut", "campaign",
    }  # fmt: skip
    assert measure_in("camera en verlichting") is None  # two at once is free text
    assert len(measure_keys()) == len(set(measure_keys())) >= 12
    assert not looks_like_a_person("Stad Genk")

"""A week with a register that is killed at whatever moment loses no cell and no dossier of an agreement.

The week runs in a fork and is killed before one of its changes of a file or statements to the database, or
after some time; then it is run again. GENK_GEO_KILLS=200 kills it 60 times.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from genk_geo.cli import main
from genk_geo.config import Settings
from genk_geo.jobs.dossiers.desk import dossiers_now, open_dossier
from genk_geo.jobs.dossiers.register.new import new_workbook
from tests.fixtures.desk import (
    LAST,
    NEXT,
    burglaries,
    check_after,
    check_weeks_are_whole,
    command,
    deliver,
    left_in,
    set_up,
    state_of,
)
from tests.fixtures.dying import fate_of

KILLS = max(round(int(os.environ.get("GENK_GEO_KILLS", "2")) * 0.3), 2)
#: A door at which it keeps happening.
DOOR = (226_150, 183_150)


def at_door(week, place, count):
    """So many burglaries of a week at one door."""
    for at in range(count):
        day = f"{week.monday + dt.timedelta(days=at % 7):%d/%m/%Y}"
        number = f"PV.{place[0]}.{week.number}.{at}/26"
        x, y = place[0] + 7 * (at % 5), place[1] + 7 * (at // 5)
        yield f"{number};{day};19:00;{day};20:00;{day};woning;;;3600;Stad;{x};{y}"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A desk on the Monday of a proposal; partners wrote in the register of one opened by hand."""
    desk = tmp_path_factory.mktemp("desk") / "before"
    config = set_up(desk)
    own = '[outlook]\nmodels = ["density"]\nweeks = 4\n[dossiers]\npath = "acties.xlsx"\nweeks = 104\n'
    config.write_text(config.read_text(encoding="utf-8") + own, encoding="utf-8")
    usual = [burglaries(LAST.shift(-back)) for back in range(36)]
    deliver(desk, "oud.csv", *usual, *(at_door(LAST.shift(-back), DOOR, 4) for back in range(12)))
    with pytest.raises(SystemExit, match="0"):
        main(["weekly", "--week", str(LAST), "--config", str(config)])  # here, so that forks have it loaded
    settings = Settings.load(config)
    number = open_dossier(settings, theme="burglary", area="Zuid")  # the door is in the other wijk
    path = desk / "acties.xlsx"
    path.write_bytes(new_workbook())
    book = openpyxl.load_workbook(path)
    sheet = book["acties"]
    done = LAST.sunday - dt.timedelta(days=2)
    for partner, what in (("Politie", "camera"), ("Buurtwerk", "buurtoverleg")):
        sheet.append([number, partner, what, None, None, None, done, None, None, None, "wat niemand leest"])
        sheet.cell(sheet.max_row, 2).fill = PatternFill("solid", fgColor="FFC7CE")
    book.create_sheet("andere").append(["van iemand anders", 17])
    book.save(path)
    # From now on what lasts is proposed.
    config.write_text(
        config.read_text(encoding="utf-8").replace("weeks = 104", "weeks = 1"), encoding="utf-8"
    )
    deliver(desk, "nieuw.csv", burglaries(NEXT), at_door(NEXT, DOOR, 4))
    return desk


def cells_of(desk):
    """Everything that stands in the register, by sheet and place."""
    book = openpyxl.load_workbook(desk / "acties.xlsx")
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.fill.fgColor.rgb)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def held(desk):
    """Agreements by dossier, of dossiers that there are."""
    book = dossiers_now(Settings.load(desk / "stad.toml"))
    known = {one.number for one in book.dossiers}
    return {(each.dossier, each.partner) for each in book.agreements if each.dossier in known}


def test_a_killed_week_with_a_register_loses_nothing_and_ends_as_an_undisturbed_one(before, tmp_path):
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before, undisturbed)
    fate = fate_of(command(undisturbed, "weekly"))
    assert fate.code == 0, fate.said
    wanted, register = state_of(undisturbed), (undisturbed / "acties.xlsx").read_bytes()
    written, added = cells_of(before), cells_of(undisturbed)
    assert written.items() < added.items(), (
        fate.said
    )  # the week adds a dossier, and leaves all that stood there
    agreed = {(row, partner) for row, partner in held(undisturbed)}
    assert {partner for _, partner in agreed} == {"Politie", "Buurtwerk"}
    register_steps = [at for at, step in enumerate(fate.steps) if "acties" in step]
    assert register_steps
    chance, killed = random.Random(KILLS), 0
    near = range(max(register_steps[0] - 3, 0), register_steps[-1] + 2)
    for number in range(KILLS):
        how = {
            0: {"at": chance.choice(near)},
            1: {"at": chance.randrange(len(fate.steps))},
            2: {"after_s": chance.uniform(0.0, fate.seconds)},
        }[number % 3]
        desk = tmp_path / "desk"
        shutil.copytree(before, desk)
        end = fate_of(command(desk, "weekly"), **how)
        killed += end.code < 0
        assert written.items() <= cells_of(desk).items(), how
        check_weeks_are_whole(desk)
        again = fate_of(command(desk, "weekly"))
        assert again.code == 0, (how, again.said)
        check_after(desk, "weekly", wanted, [])
        assert (desk / "acties.xlsx").read_bytes() == register, how
        assert held(desk) == agreed, how
        assert left_in(desk) == set()
        shutil.rmtree(desk)
    assert killed >= KILLS * 0.8

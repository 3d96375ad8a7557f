"""From an empty folder with six dirty files to good pages, by the commands and edits of docs/maandag.md.

`GENK_GEO_FIRST_MONDAY=1` runs it as it stands there; the suite looks at one theme, without an outlook.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import subprocess

import pytest

from genk_geo.calendar import Week
from tests.fixtures.suppliers import write_six

SMALL = 'show = ["burglary"]\ntiles = "none"\noutlook = {wanted = false}\n'


@pytest.fixture(scope="module")
def guide(root):
    return (root / "docs" / "maandag.md").read_text(encoding="utf-8")


def commands_of(guide):
    return [line for block in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL) for line in block.splitlines()]


def test_six_dirty_files_become_good_pages(genk_geo, guide, tmp_path):
    week = Week.from_day(dt.datetime.now(dt.UTC).date()).shift(-1)
    assert len(write_six(tmp_path, week)) == 6
    commands = commands_of(guide)
    assert len(commands) <= 5
    init, *others = [shlex.split(command)[1:] for command in commands]
    done = genk_geo(*init, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "profielen").iterdir()) == [
        "app.toml", "fietsdiefstallen.toml", "gas-vaststellingen.toml",
    ]  # fmt: skip
    edit(tmp_path / "profielen" / "fietsdiefstallen.toml", 'theme = "nuisance"', 'theme = "burglary"')
    edit(tmp_path / "genk-geo.toml", 'contact = ""', 'contact = "wijkcel@voorbeeld.invalid"')
    if os.environ.get("GENK_GEO_FIRST_MONDAY") != "1":
        edit(tmp_path / "genk-geo.toml", 'lang = "nl"\n', f'lang = "nl"\n{SMALL}')
    for command in others:
        done = genk_geo(*command, cwd=tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert "1. Niets. Alles kwam binnen" in done.stdout
    read_pages(tmp_path, week)


def read_pages(folder, week):
    analyst, manager = (folder / "maps" / name for name in ("analist", "wijkmanager"))
    facts = json.loads((analyst / str(week) / "manifest.json").read_text(encoding="utf-8"))
    assert facts["rows"] == {"in": 770, "incidents": 767, "duplicates": 2, "rejects": 1}
    assert facts["themes"]["burglary"]["in_window"] > 200  # both suppliers' of thirteen weeks
    page = (manager / str(week) / "index.html").read_text(encoding="utf-8")
    assert "gegevens ontbreken" not in page
    assert "wijkcel@voorbeeld.invalid" in (manager / str(week) / "handleiding.html").read_text(
        encoding="utf-8"
    )
    assert f"{week}/index.html" in (manager / "index.html").read_text(encoding="utf-8")
    assert (analyst / "maandag.html").is_file()
    assert not list(manager.rglob("maandag*"))
    assert len(list((folder / "archief").rglob("*.sha256"))) == 6
    assert not list((folder / "inbox").iterdir())


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_settings_of_the_guide_are_settings_and_its_limits_the_real_ones(guide, tmp_path):
    from genk_geo.config import GATES, GateSettings, Settings

    (block,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "genk-geo.toml").write_text(block, encoding="utf-8")
    settings = Settings.load(tmp_path / "genk-geo.toml")
    assert (settings.running.keep_weeks, settings.notify.when) == (104, "always")
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", guide, re.MULTILINE)
    assert {name for name, _ in rows} == set(GATES)
    named = dict(re.findall(r"`(\w+) = ([\d.e-]+)`", guide))
    real = GateSettings()
    assert {name: float(value) for name, value in named.items()} == {
        name: getattr(real, name) for name in named
    }
    assert len(named) == 11


@pytest.fixture(scope="module")
def recipes(root):
    return root / "examples" / "operator"


def test_the_timer_is_one_that_systemd_takes(recipes, tmp_path):
    import shutil
    import sys

    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    for name in ("genk-geo.service", "genk-geo.timer"):
        text = (recipes / name).read_text(encoding="utf-8")
        text = text.replace("/opt/genk-geo/bin/genk-geo", sys.executable).replace("User=genk-geo\n", "")
        (tmp_path / name).write_text(text.replace("/srv/genk-geo", str(tmp_path)), encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("genk-geo.service", "genk-geo.timer")]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "genk-geo" in line]
    assert ours == []
    when = re.search(r"OnCalendar=(.*)", (recipes / "genk-geo.timer").read_text(encoding="utf-8"))[1]
    asked = ["systemd-analyze", "calendar", "--base-time=2026-11-16 00:00:00 UTC", when]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert "2026-11-16 06:00:00 UTC" in told  # seven o'clock in winter in Genk


def test_every_recipe_runs_a_command_that_exists(recipes):
    from typer.main import get_command

    from genk_geo.cli import app

    known = {name for one in get_command(app).commands["weekly"].params for name in one.opts}
    for recipe in ("genk-geo.service", "crontab", "taakplanner.xml"):
        text = (recipes / recipe).read_text(encoding="utf-8")
        (asked,) = re.findall(r"weekly (--[^<>\n]*)", text)
        assert set(re.findall(r"--[a-z]+", asked)) <= known
    fields = next(line for line in (recipes / "crontab").read_text().splitlines() if line[:1] != "#").split()
    assert fields[:5] == ["0", "7", "*", "*", "1"]


#: Elements and their order, as the schema of the Task Scheduler (version 1.2) documents them.
ORDER = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "CalendarTrigger": ["StartBoundary", "Enabled", "ScheduleByWeek"],
    "ScheduleByWeek": ["DaysOfWeek", "WeeksInterval"],
    "Exec": ["Command", "Arguments", "WorkingDirectory"],
}


def test_the_task_for_windows_has_the_parts_of_its_schema(recipes):
    import xml.etree.ElementTree as ET

    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    tree = ET.parse(recipes / "taakplanner.xml").getroot()
    assert tree.get("version") == "1.2"
    for name, parts in ORDER.items():
        (found,) = tree.iter(f"{space}{name}")
        assert [part.tag.removeprefix(space) for part in found] == parts
    assert tree.find(f"{space}Actions").get("Context") == tree.find(f".//{space}Principal").get("id")
    start = dt.datetime.fromisoformat(tree.find(f".//{space}StartBoundary").text)
    assert (start.weekday(), start.hour) == (0, 7)

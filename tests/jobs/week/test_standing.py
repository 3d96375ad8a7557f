"""A run without anything new sees that its week stands; whatever differs has the week made anew."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from genk_geo.config import Settings
from genk_geo.jobs import weekly
from genk_geo.jobs.monday.run import monday
from genk_geo.jobs.week.made import standing, weeks
from genk_geo.jobs.week.made.standing import folder_digest
from genk_geo.render.words.operator.monday import todo_lines, told_lines
from genk_geo.render.words.texts import Texts
from tests.fixtures.desk import CITY, lay_out
from tests.jobs.week.test_as_of import HEADER, LAST, rows_of

BRUSSELS = ZoneInfo("Europe/Brussels")
MONDAY = dt.datetime.combine(LAST.shift(1).monday, dt.time(7), BRUSSELS)
SETTINGS = """
store = "history.duckdb"
tiles = "none"
show = ["traffic"]
aliases = "aliassen.csv"
[outlook]
wanted = false
[[sources]]
path = "ongevallen*.csv"
profile = "traffic"
[[releases]]
profile = "analist"
[[releases]]
profile = "wijkmanager"
"""


class MadeError(Exception):
    """The week is made anew."""


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A desk on which the last week was published this morning, and what its list said."""
    desk = tmp_path_factory.mktemp("staat")
    lay_out(desk, 228_000, 184_600, 800)
    (desk / "genk-geo.toml").write_text(SETTINGS + CITY, encoding="utf-8")
    (desk / "aliassen.csv").write_text("written,meant\n", encoding="utf-8")
    weeks_before = (rows_of(LAST.shift(-back)) for back in range(14, -1, -1))
    tomorrow = [rows_of(LAST)[0].replace("TG.", "TM.").replace("09/11/2026", "20/11/2026")]
    rows = [HEADER, *(row for part in weeks_before for row in part), *tomorrow]
    (desk / "ongevallen.csv").write_text("\n".join(rows), encoding="utf-8")
    done = run(desk)
    assert not done.publications[0].stood
    return desk, done


@pytest.fixture
def desk(first, monkeypatch):
    """The desk as it stood, in its place; a week that is made says so instead."""
    folder, _ = first
    kept = folder.with_name("bewaard")
    if not kept.exists():
        shutil.copytree(folder, kept)
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)

    def make(*_):
        raise MadeError

    monkeypatch.setattr(weeks.Weeks, "publish", make)
    return folder


def run(desk, **told):
    return monday(Settings.load(desk / "genk-geo.toml"), **({"week": str(LAST), "now": MONDAY} | told))


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def later(**told):
    return MONDAY + dt.timedelta(**told)


def test_a_week_stands_when_nothing_came_in(first, desk):
    before = {name: bytes_of(desk / "maps" / name / str(LAST)) for name in ("analist", "wijkmanager")}
    history = (desk / "history.duckdb").read_bytes()
    again = run(desk, now=later(hours=2))
    (stands,), (made,) = again.publications, first[1].publications
    assert stands.stood
    assert before == {name: bytes_of(desk / "maps" / name / str(LAST)) for name in before}
    assert (desk / "history.duckdb").read_bytes() == history
    same = ("week", "as_of", "folder", "index", "found", "failures", "stale", "whole")
    assert {name: getattr(stands, name) for name in same} == {name: getattr(made, name) for name in same}
    assert stands.found[0].in_window > 100
    assert stands.deliveries == tuple(replace(one, brought={}) for one in made.deliveries)
    manifests = [json.loads(json.dumps(one.manifest, default=str)) for one in made.releases]
    assert [one.manifest for one in stands.releases] == manifests
    texts = Texts("nl")
    assert todo_lines(again.told, texts) == todo_lines(first[1].told, texts)
    assert told_lines(again.told, texts)[0].startswith("Er kwam niets nieuws binnen. Week 2026-W46 stond er")
    assert "stond er al" in again.page.read_text(encoding="utf-8")


def test_a_desk_that_is_moved_as_a_whole_stands_where_it_comes(desk, tmp_path):
    shutil.copytree(desk, tmp_path / "elders")
    assert run(tmp_path / "elders").publications[0].stood


def deliver_late_row(desk):
    late = [HEADER, rows_of(LAST)[0].replace("TG.", "TL.")]
    (desk / "ongevallen_laat.csv").write_text("\n".join(late), encoding="utf-8")


def change_setting(desk):
    path = desk / "genk-geo.toml"
    path.write_text('contact = "cel@stad.example"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")


def change_borders(desk):
    path = desk / "wijken.geojson"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["features"][0]["properties"]["dwellings"] += 1
    path.write_text(json.dumps(told), encoding="utf-8")


def change_aliases(desk):
    (desk / "aliassen.csv").write_text("written,meant\nhier,Europalaan 1\n", encoding="utf-8")


def alter_page(desk):
    path = desk / "maps" / "wijkmanager" / str(LAST) / "index.html"
    path.write_text(path.read_text(encoding="utf-8") + "<!-- -->", encoding="utf-8")


def lose_page(desk):
    (desk / "maps" / "analist" / str(LAST) / "hotspots.csv").unlink()


def lose_folder(desk):
    shutil.rmtree(desk / "maps" / "wijkmanager" / str(LAST))


def open_folder(desk):
    (desk / "maps" / "analist" / str(LAST)).chmod(0o755)


def tell_elsewhere(desk):
    other = desk / "maps" / "elders" / "2026-W40"
    other.mkdir(parents=True)
    (other / "told.json").write_text("{}", encoding="utf-8")


def show_another_map_before(desk):
    folder = desk / "maps" / "analist" / str(LAST.shift(-1))
    folder.mkdir()
    for name in ("index.html", "map.json"):  # analysts see corrections; this week's map goes back
        (folder / name).write_text("{}", encoding="utf-8")


TRIGGERS = (
    deliver_late_row, change_setting, change_borders, change_aliases, alter_page, lose_page, lose_folder,
    open_folder, tell_elsewhere, show_another_map_before,
)  # fmt: skip


@pytest.mark.parametrize("change", TRIGGERS, ids=lambda one: one.__name__)
def test_whatever_differs_has_the_week_made_anew(desk, change):
    change(desk)
    with pytest.raises(MadeError):
        run(desk)


def test_another_version_has_the_week_made_anew(desk, monkeypatch):
    monkeypatch.setattr(standing, "distributions", list)
    standing._libraries.cache_clear()  # as in another process
    try:
        with pytest.raises(MadeError):
            run(desk)
    finally:
        standing._libraries.cache_clear()


def test_a_changed_line_of_the_package_has_the_week_made_anew(desk, monkeypatch):
    monkeypatch.setattr(standing, "_package", lambda: "another")
    with pytest.raises(MadeError):
        run(desk)


def test_a_loop_that_is_compiled_meanwhile_is_no_other_package(tmp_path, monkeypatch):
    monkeypatch.setattr(standing, "__file__", str(tmp_path / "jobs" / "week" / "made" / "standing.py"))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "loops.py").write_text("one = 1\n", encoding="utf-8")
    before = standing._package()
    for name in ("loops.cpython-311.pyc", "loops.one-1.py311.nbi", "loops.one-1.py311.1.nbc"):
        (tmp_path / "__pycache__" / name).write_bytes(b"x")
    assert standing._package() == before
    (tmp_path / "loops.py").write_text("one = 2\n", encoding="utf-8")
    assert standing._package() != before


def test_a_row_of_a_day_to_come_is_read_once_it_is_due(desk):
    assert run(desk, now=later(days=3)).publications[0].stood
    with pytest.raises(MadeError):
        run(desk, now=later(days=5))


def test_another_week_or_moment_is_made(desk):
    with pytest.raises(MadeError):
        run(desk, week=None, now=later(weeks=1))
    with pytest.raises(MadeError):
        run(desk, as_of="now")
    with pytest.raises(MadeError):
        run(desk, accept={"rejected": "het klopt zo"})


def test_who_asks_for_a_week_in_python_gets_everything_that_was_found(desk):
    with pytest.raises(MadeError):
        weekly(desk / "genk-geo.toml", week=LAST, now=MONDAY)


def test_what_a_system_leaves_in_a_folder_does_not_count(tmp_path):
    (tmp_path / "index.html").write_text("a", encoding="utf-8")
    before = folder_digest(tmp_path)
    (tmp_path / "Thumbs.db").write_text("b", encoding="utf-8")
    assert folder_digest(tmp_path) == before
    (tmp_path / "index.html").rename(tmp_path / "eerste.html")
    assert folder_digest(tmp_path) != before
    assert folder_digest(tmp_path / "absent") == ""

"""Sixteen Mondays: what arrives, what goes wrong, and what the list says of it.

Files are really recognised, archived, read and judged, and the history is a real one; only the statistics of
the pages are left out, for the lists do not depend on them. The suite runs three of the Mondays. All of them
run with `GENK_GEO_MONDAYS=1`, before each release; with `GENK_GEO_MONDAYS=pages` they make pages too.
The lists were read by eye; `GENK_GEO_WRITE_GOLDEN=1` writes them anew, to be read again.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from genk_geo.calendar import Week, Window
from genk_geo.config import Settings
from genk_geo.errors import BusyError, ConfigError
from genk_geo.jobs.inbox.receive import receive
from genk_geo.jobs.monday import run as running
from genk_geo.jobs.week.made import weeks
from genk_geo.jobs.week.releases import PublishedRelease
from genk_geo.render.words.operator.monday import todo_lines
from genk_geo.render.words.texts import Texts
from genk_geo.store import Store
from tests.fixtures.suppliers import accidents, burglaries, csv, reports, table

GOLDEN = Path(__file__).with_name("mondays.txt")
BRUSSELS = ZoneInfo("Europe/Brussels")
KNOB = os.environ.get("GENK_GEO_MONDAYS", "")
#: Mondays of the quick version: a file is missing, a column renamed, a file a trial.
QUICK = ("2026-W45", "2026-W47", "2026-W49")
SETTINGS = """store = "historiek.duckdb"
tiles = "none"
[inbox]
path = "inbox"
[[sources]]
profile = "burglary"
[[sources]]
profile = "nuisance"
[[sources]]
profile = "traffic"
[[releases]]
profile = "analist"
"""
KINDS = {"inbraken": (burglaries, 12, 1), "meldingen": (reports, 30, 2), "ongevallen": (accidents, 3, 3)}


class Desk:
    """An office PC: its inbox, its clock and its lists."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "inbox").mkdir()
        (folder / "genk-geo.toml").write_text(SETTINGS, encoding="utf-8")
        self.settings = Settings.load(folder / "genk-geo.toml")
        self.lists: dict[str, list[str]] = {}
        self.held: dict[str, list[str]] = {}

    def rows(self, kind, week, weeks=1, each=None):
        shape, usual, number = KINDS[kind]
        return shape(table(number * 100_000 + week.year * 100 + week.number, week, weeks, each or usual))

    def deliver(self, week, *kinds, weeks=1, each=None):
        for kind in kinds:
            self.put(f"{kind} {week}.csv", csv(self.rows(kind, week, weeks, each)))

    def put(self, name, text):
        content = text if isinstance(text, bytes) else text.encode("cp1252")
        (self.folder / "inbox" / name).write_bytes(content)

    def run(self, week, *, zone=BRUSSELS, name=None, **options):
        monday = dt.datetime.combine(week.shift(1).monday, dt.time(7), BRUSSELS).astimezone(zone)
        if not KNOB and str(week) not in QUICK:
            receive(self.settings, lambda: None, monday)  # files are archived under their own Monday
            return None
        done = running.monday(self.settings, now=monday, **options)
        (publication,) = done.publications
        assert publication.result.week == week
        self.lists[name or str(week)] = todo_lines(done.told, Texts.of(self.settings))
        self.held[name or str(week)] = [one.theme for one in publication.result.themes if one.undelivered]
        assert done.page.is_file()
        return done


@pytest.fixture
def desk(tmp_path, monkeypatch):
    if KNOB != "pages":
        monkeypatch.setattr(weeks, "look_at_theme", look)
        monkeypatch.setattr(weeks, "publish_all", publish)
    return Desk(tmp_path)


def look(history, *, week, as_of, settings, store, lost):
    window = Window(week, history.settings.window_weeks)
    inside = history.in_window(window)
    return SimpleNamespace(
        theme=history.theme, window=window, in_window=int(inside.sum()),
        located=int((inside & history.precise).sum()), undelivered=week in lost, too_few=True,
        areas=pd.DataFrame({"status": []}),
    )  # fmt: skip


def publish(settings, results, week, inputs, *, saving, **told):
    saving.save([])
    folder = settings.release_folders["analist"] / str(week)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "manifest.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    return [PublishedRelease(settings.resolved_releases[0], folder, {})]


ALL = tuple(KINDS)


def until_the_holidays(desk):
    w = {number: Week(2026, number) for number in range(42, 54)}
    desk.deliver(w[43], *ALL, weeks=16)  # with the clock going back on Sunday
    desk.run(w[43])
    desk.deliver(w[44], *ALL)
    desk.run(w[44])
    desk.deliver(w[45], "inbraken", "ongevallen")  # one is missing
    desk.run(w[45])
    desk.deliver(w[45], "meldingen")  # late, with that of the week after
    desk.deliver(w[46], *ALL)
    desk.run(w[46])
    desk.deliver(w[47], "meldingen", "ongevallen")
    police = desk.rows("inbraken", w[47]).rename(columns={"Datum van": "Aanvang"})
    desk.put("inbraken 2026-W47.csv", csv(police))  # a column has another name
    desk.run(w[47])
    (desk.folder / "inbox" / "inbraken 2026-W47.csv").unlink()
    desk.deliver(w[47], "inbraken")
    desk.deliver(w[48], "inbraken", "ongevallen")
    drones = desk.rows("meldingen", w[48])
    drones.loc[drones.index[:4], "Soort melding"] = "droneoverlast"
    desk.put("meldingen 2026-W48.csv", csv(drones))  # a kind that nobody saw before
    desk.run(w[48])
    desk.deliver(w[49], "inbraken", "ongevallen")
    desk.deliver(w[49], "meldingen", each=600)  # the supplier tries something out
    desk.run(w[49])
    desk.deliver(w[50], *ALL)
    desk.run(w[50])
    desk.deliver(w[51], "inbraken", "meldingen")
    desk.put("ongevallen 2026-W51.csv", b"%PDF-1.7 iets anders")  # no table at all
    desk.run(w[51])


def over_new_year(desk):
    desk.deliver(Week(2026, 51), "ongevallen")
    desk.deliver(Week(2026, 52), *ALL[:2], each=9)  # everybody is away
    desk.deliver(Week(2026, 52), "ongevallen", each=1)
    desk.run(Week(2026, 52))
    desk.deliver(Week(2026, 53), "inbraken", "meldingen")
    desk.put("ongevallen 2026-W53.csv", csv(desk.rows("ongevallen", Week(2026, 53)).head(0)))  # none at all
    desk.run(Week(2026, 53))
    desk.deliver(Week(2027, 1), *ALL)
    desk.run(Week(2027, 1), zone=ZoneInfo("America/Chicago"))  # Sunday evening there


def with_trouble(desk, monkeypatch):
    week = Week(2027, 2)
    desk.deliver(week, *ALL)
    with monkeypatch.context() as full:

        def no_space(*paths, **told):
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(shutil, "copy2", no_space)
        with pytest.raises(ConfigError, match="still in the inbox"):
            desk.run(week)
    assert len(list((desk.folder / "inbox").iterdir())) == 3
    desk.lists["2027-W02, schijf vol"] = newest_list(desk)
    desk.run(week)
    week = Week(2027, 3)
    desk.deliver(week, *ALL)
    with Store.open(desk.settings.store), pytest.raises(BusyError):
        desk.run(week)  # started twice: the first has it
    assert len(list((desk.folder / "inbox").iterdir())) == 3
    desk.run(week)
    week = Week(2027, 4)
    desk.deliver(week, "inbraken", "ongevallen")
    bad = desk.rows("meldingen", week, each=40)
    bad.loc[bad.index[2:], ["Gemeld op", "Vastgesteld op"]] = "niet gekend"
    desk.put("meldingen 2027-W04.csv", csv(bad))  # nearly all of it is rejected
    desk.run(week)
    why = "het meldpunt bevestigde dat er maar twee meldingen waren"
    desk.run(week, accept={"rejected": why, "swing": why}, name="2027-W04, toch genomen")
    week = Week(2027, 12)
    desk.deliver(week, *ALL, weeks=8)  # with the clock going forward on Sunday
    desk.run(week)


def newest_list(desk):
    import json

    told = desk.folder / "maps" / "analist" / "maandag" / "2027-W02.json"
    return json.loads(told.read_text(encoding="utf-8"))["to_do"]


def in_text(desk):
    parts = []
    for week, lines in desk.lists.items():
        held = ", ".join(desk.held.get(week, ())) or "-"
        parts.append("\n".join([f"## {week} (niet vergeleken: {held})", *lines]))
    return "\n\n".join(parts).replace(str(desk.folder), "MAP") + "\n"


HELD = {
    "2026-W45": ["nuisance"], "2026-W47": ["burglary"], "2026-W49": ["nuisance"], "2026-W51": ["traffic"],
    "2027-W04": ["nuisance"],
}  # fmt: skip


@pytest.mark.skipif(not KNOB, reason="all sixteen Mondays run with GENK_GEO_MONDAYS=1")
def test_each_list_says_what_a_careful_colleague_would_have_said(desk, monkeypatch):
    until_the_holidays(desk)
    over_new_year(desk)
    with_trouble(desk, monkeypatch)
    text = in_text(desk)
    if os.environ.get("GENK_GEO_WRITE_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")
    assert text == GOLDEN.read_text(encoding="utf-8")
    assert len({week.split(",")[0] for week in desk.lists}) == 16
    # a theme is left out of a headline exactly where its data is missing or doubted
    assert {week: themes for week, themes in desk.held.items() if themes} == HELD


def test_three_of_the_mondays(desk):
    until_the_holidays(desk)
    parts = GOLDEN.read_text(encoding="utf-8").split("## ")[1:]
    golden = {part[:8]: part.splitlines()[1:] for part in parts}
    for week in QUICK:
        # what is told of earlier weeks goes by which of them were published
        wanted = {line for line in golden[week] if line and "gepubliceerd" not in line}
        assert wanted <= set(desk.lists[week]), (week, wanted - set(desk.lists[week]))
        assert desk.held[week] == HELD[week]

"""Reading what was delivered: on several processors as on one, whatever is wrong with a file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from zoneinfo import ZoneInfo

import pytest

from genk_geo.at_once import PROCESSES
from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.errors import SupplierFileError
from genk_geo.jobs import taking
from genk_geo.jobs.deliveries import expected_files
from genk_geo.jobs.session import Session

NOW = dt.datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Europe/Brussels"))
HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
ROW = "TG.{at}/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
SOUND = {f"goed{at}.csv": HEADER + ROW.format(at=at) for at in range(3)}
FILES = {
    **SOUND,
    "dubbel.csv": SOUND["goed1.csv"],
    "leeg.csv": HEADER,
    "niets.csv": "",
    "ander.csv": "naam;adres\nx;y\n",
    "rijen.csv": HEADER + ROW.format(at=9) + "half;een rij\n",
}


@pytest.fixture
def take(tmp_path, kleinstad, monkeypatch):
    """Read some files on so many processors into a new history."""

    def taken(names, processes):
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name in names:
            (folder / name).write_text(FILES[name], encoding="utf-8")
        sources = "".join(f'[[sources]]\npath = "{name}"\nprofile = "traffic"\n' for name in names)
        text = f'store = "history.duckdb"\n{sources}{kleinstad}'
        (folder / "genk-geo.toml").write_text(text, encoding="utf-8")
        settings = Settings.load(folder / "genk-geo.toml")
        monkeypatch.setenv(PROCESSES, str(processes))
        session = Session(settings)
        with session.opened() as store:
            found = taking.take_files(
                expected_files(settings, Week(2026, 46)), city=lambda: session.city, store=store, now=NOW,
                settings=settings, tell=lambda *_: None,
            )  # fmt: skip
            return found, store.incidents().drop(columns="geometry")

    return taken


def as_told(found):
    """What was read, in words that can be compared."""
    return (
        [dataclasses.asdict(one) for one in (*found.reports, *found.deliveries)],
        found.skipped,
        found.added,
    )


@pytest.mark.parametrize("names", [list(FILES), ["goed0.csv", "ander.csv"], list(SOUND)])
def test_on_two_processors_the_same_is_taken_and_told(take, names):
    (alone, rows), (both, same) = take(names, 1), take(names, 2)
    assert as_told(both) == as_told(alone)
    assert same.equals(rows)
    assert len(rows) >= 1


def test_where_no_file_is_sound_the_first_fault_is_told(take):
    for processes in (1, 2):
        with pytest.raises(SupplierFileError, match=r"niets\.csv"):
            take(["niets.csv", "ander.csv"], processes)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
def test_files_that_fill_the_memory_are_read_one_after_the_other(take, monkeypatch):
    asked = []
    monkeypatch.setattr(taking, "at_once", lambda tasks, **_: asked.append(len(tasks)) or [None] * len(tasks))
    take(list(SOUND), 2)
    monkeypatch.setattr(taking, "_MOST_AHEAD", 200)
    take(list(SOUND), 2)
    assert asked == [3]

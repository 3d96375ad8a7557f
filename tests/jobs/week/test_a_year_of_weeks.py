"""A year of late, corrected, withdrawn, re-sent, overlapping, renamed and missing files, a page each Monday.

At the end the history is that of one clean reading of the final truth, and each week, made again, has its old
bytes. Few weeks, of the last two of which pages are made; GENK_GEO_STORE_WEEKS=52 makes 52, all with pages.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.ingestion import ingest
from genk_geo.jobs import weekly
from genk_geo.jobs.session import Session
from genk_geo.store import Store
from genk_geo.store.keeping.integrity import check_history
from tests.fixtures.desk import HEAD, set_up

#: Weeks that are published; 52 in full.
WEEKS = int(os.environ.get("GENK_GEO_STORE_WEEKS", "2"))
LAST = Week(2026, 46)
FIRST = LAST.shift(1 - WEEKS)
_WORDS = ("woning", "poging woning", "winkel")
_WITHDRAWN = """source = "politie"
theme = "burglary"
delivery = "withdrawn"
[columns]
source_id = "PV-nummer"
"""


@dataclass
class Supplier:
    """Who delivers: the truth as it is, and what was not delivered yet."""

    rng: np.random.Generator
    truth: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def report(self, number, week, word, day):
        """A row; what is corrected later keeps its place and day."""
        own = np.random.default_rng([week.number, int(number.split(".")[2])])
        when = week.monday + dt.timedelta(days=int(own.integers(7)))
        x, y = 226_005 + int(own.integers(790)), 183_005 + int(own.integers(390))
        return (
            f"{number};{when:%d/%m/%Y};19:00;{when:%d/%m/%Y};20:00;{max(day, when):%d/%m/%Y};{word};;;3600;"
            f"Stad;{x};{y}"
        )

    def week(self, week):
        """Files of a week (name and text), as they come on its Monday; some come later, or twice."""
        rng, day = self.rng, week.shift(1).monday
        new = [f"PV.{week.year}{week.number:02}.{at}" for at in range(int(rng.integers(2, 6)))]
        held = [one for one in new if rng.random() < 0.2]
        told = {one: self.report(one, week, _WORDS[int(rng.integers(3))], day) for one in new}
        now = {one: row for one, row in told.items() if one not in held}
        self.truth |= told
        known = sorted(set(self.truth) - set(new) - set(self.late) - self.gone)
        for one in self.late:
            now[one] = self.truth[one]
        self.late = held
        for one in rng.permutation(known)[:2]:  # corrected
            now[one] = self.truth[one] = self.other(self.truth[one], day)
        for one in known[-4:]:  # overlaps with last week's
            now.setdefault(one, self.truth[one])
        files = [(f"levering_{day:%Y-%m-%d}.csv", "\n".join([HEAD, *now.values()]) + "\n")]
        out = [one for one in known[:3] if one not in now and rng.random() < 0.3]
        if out:
            self.gone |= set(out)
            files.append((f"ingetrokken_{day:%Y-%m-%d}.txt", "\n".join(["PV-nummer", *out]) + "\n"))
        return files

    def other(self, row, day):
        """A row with another kind of burglary, told on a day."""
        parts = row.split(";")
        parts[6] = _WORDS[(_WORDS.index(parts[6]) + 1) % 3]
        parts[5] = f"{day:%d/%m/%Y}"
        return ";".join(parts)

    def delivered(self, week, last):
        """What arrives: some a week later, some again, under another name."""
        arrived = list(self.missed)
        self.missed = []
        for one in self.week(week):
            if not last and self.rng.random() < 0.2:
                self.missed.append(one)
            else:
                arrived.append(one)
        self.sent += arrived
        if self.sent and self.rng.random() < 0.4:
            name, text = self.sent[int(self.rng.integers(len(self.sent)))]
            arrived.append((f"{name[:-4]}_kopie_{week.number}{name[-4:]}", text))
        return [arrived[at] for at in self.rng.permutation(len(arrived))]


def monday(week):
    return dt.datetime.combine(week.shift(1).monday, dt.time(6), ZoneInfo("Europe/Brussels"))


def pages_of(publication):
    return {
        (one.release.profile, path.name): path.read_bytes()
        for one in publication.releases
        for path in sorted(one.folder.iterdir())
    }


def incidents_of(path):
    with Store.open(path, read_only=True) as store:
        found = store.incidents()
    return found.set_index("incident_id").sort_index().drop(columns="reported")


def read_clean(folder):
    """One clean reading of everything, by what the settings say."""
    settings = Settings.load(folder / "stad.toml")
    session = Session(settings)
    read = ingest(folder / "alles.csv", profile="burglary", city=session.city, now=monday(LAST.shift(1)))
    settings.store.parent.mkdir()
    with session.opened() as store:
        store.add(read)


def test_each_week_made_again_at_the_end_has_its_old_bytes(tmp_path, a_whole_year_back):
    supplier = Supplier(np.random.default_rng(WEEKS))
    config = set_up(tmp_path)
    (tmp_path / "ingetrokken.toml").write_text(_WITHDRAWN, encoding="utf-8")
    told = config.read_text(encoding="utf-8")
    more = '[[sources]]\npath = "ingetrokken_*.txt"\nprofile = "ingetrokken.toml"\n[[releases]]\n'
    config.write_text(told.replace("[[releases]]\n", more, 1), encoding="utf-8")
    before = [FIRST.shift(-back) for back in range(12, 0, -1)]
    past = [file for week in before for file in supplier.delivered(week, last=False)]
    seen = {}
    for week in (FIRST.shift(at) for at in range(WEEKS)):
        for name, text in [*past, *supplier.delivered(week, last=week == LAST)]:
            (tmp_path / name).write_text(text, encoding="utf-8")
        past = []
        seen[week] = pages_of(weekly(config, week=week, now=monday(week)))
    for name, text in supplier.missed:
        (tmp_path / name).write_text(text, encoding="utf-8")
    changed = set()
    for week in supplier.rng.permutation(WEEKS):
        one = FIRST.shift(int(week))
        again = weekly(config, week=one, now=monday(LAST.shift(1)))
        assert again.as_it_was
        changed |= set(again.stale)
        assert pages_of(again) == seen[one], one
    assert WEEKS < 3 or changed
    history = tmp_path / "data" / "history.duckdb"
    clean = tmp_path / "clean"
    set_up(clean)
    final = [
        row for number, row in supplier.truth.items() if number not in supplier.gone | set(supplier.late)
    ]
    (clean / "alles.csv").write_text("\n".join([HEAD, *final]) + "\n", encoding="utf-8")
    read_clean(clean)
    pd.testing.assert_frame_equal(incidents_of(history), incidents_of(clean / "data" / "history.duckdb"))
    assert check_history(history) == len(final)
    shutil.rmtree(clean)

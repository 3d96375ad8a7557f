"""A week is made of what was known at its moment: made again after anything came in, it has its old bytes."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from genk_geo import ingestion
from genk_geo.calendar import Week
from genk_geo.jobs import stale_weeks, weekly
from tests.fixtures.desk import CITY, lay_out

BRUSSELS = ZoneInfo("Europe/Brussels")
LAST = Week(2026, 46)
HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
SETTINGS = """
store = "history.duckdb"
tiles = "none"
show = ["traffic"]
[[sources]]
path = "*.csv"
profile = "traffic"
[[releases]]
profile = "analist"
[[releases]]
profile = "wijkmanager"
[outlook]
weeks = 4
"""


def rows_of(week, *, severity="licht gewond", count=12):
    rng = np.random.default_rng(week.number)
    return [
        f"TG.{week.number}.{at}/26;{week.monday + dt.timedelta(days=at % 7):%d/%m/%Y};{8 + at}:30;{severity};"
        f"1;auto;fietser;Europalaan;{228_400 + rng.integers(0, 300)},0;{184_700 + rng.integers(0, 300)},0"
        for at in range(count)
    ]


def deliver(desk, name, *parts):
    (desk / name).write_text("\n".join([HEADER, *(row for part in parts for row in part)]), encoding="utf-8")


def monday(week):
    """Six in the morning after a week."""
    return dt.datetime.combine(week.shift(1).monday, dt.time(6), BRUSSELS)


def bytes_of(folder):
    """Everything published of a week."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def laid_down(folder):
    lay_out(folder, 228_000, 184_600, 800)
    (folder / "genk-geo.toml").write_text(SETTINGS + CITY, encoding="utf-8")
    deliver(folder, "oud.csv", *(rows_of(LAST.shift(-back)) for back in range(14, -1, -1)))
    return folder


@contextmanager
def noted_reading():
    """Names of the files that are read meanwhile."""
    read, whole = [], ingestion.ingest

    def noting(path, **told):
        read.append(path.name)
        return whole(path, **told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingestion, "ingest", noting)
        yield read


@pytest.fixture
def desk(tmp_path):
    return laid_down(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A desk whose last week was published, what the run gave and what it read; `published` is its copy."""
    desk = laid_down(tmp_path_factory.mktemp("eerst"))
    with noted_reading() as read:
        publication = weekly(desk / "genk-geo.toml", week=LAST, now=monday(LAST))
    return desk, publication, read


@pytest.fixture
def published(first, tmp_path):
    return shutil.copytree(first[0], tmp_path / "desk")


def test_a_week_made_again_after_corrections_and_late_rows_has_its_old_bytes(desk, a_whole_year_back):
    config = desk / "genk-geo.toml"
    first = weekly(config, week=LAST, now=monday(LAST))
    before = [bytes_of(one.folder) for one in first.releases]

    later = LAST.shift(1)
    late = [row.replace("TG.", "TL.") for row in rows_of(LAST, count=5)]
    deliver(desk, "nieuw.csv", rows_of(LAST, severity="zwaar gewond"), late, rows_of(later))
    second = weekly(config, week=later, now=monday(later))
    assert second.stale == (LAST,)
    assert {"new": 17, "changed": 12}.items() <= second.taken.deliveries[0].brought.items()
    assert [report.brought["changed"] for report in second.reports if report.file == "nieuw.csv"] == [12]
    weekly(config, week=later.shift(1), now=monday(later.shift(1)))

    again = weekly(config, week=LAST, now=monday(later.shift(2)))
    assert again.as_it_was
    assert LAST in again.stale
    assert [bytes_of(one.folder) for one in again.releases] == before

    now = weekly(config, week=LAST, now=monday(later.shift(2)), as_of="now", out=desk / "nu")
    assert not now.as_it_was
    assert now.result.themes[0].city["observed"].tolist() == [17]
    assert [bytes_of(one.folder) for one in first.releases] == before

    (renewed, *_) = stale_weeks(config, now=monday(later.shift(2)))
    assert renewed.result.week == LAST
    assert renewed.result.themes[0].city["observed"].tolist() == [17]
    taken = [bytes_of(one.folder) for one in renewed.releases]
    weekly(config, week=LAST, now=monday(later.shift(3)))
    assert [bytes_of(one.folder) for one in renewed.releases] == taken


def test_what_comes_before_the_moment_of_the_week_counts(published):
    deliver(published, "nog.csv", [row.replace("TG.", "TL.") for row in rows_of(LAST, count=5)])
    again = weekly(published / "genk-geo.toml", week=LAST, now=monday(LAST) + dt.timedelta(hours=4))
    assert not again.as_it_was
    assert again.result.themes[0].city["observed"].tolist() == [17]


def test_a_file_is_read_once(first, published):
    _, before, read = first
    assert read == ["oud.csv"]
    (published / "kopie.csv").write_bytes((published / "oud.csv").read_bytes())
    deliver(published, "nieuw.csv", rows_of(LAST.shift(1)))
    with noted_reading() as read:
        second = weekly(published / "genk-geo.toml", week=LAST.shift(1), now=monday(LAST.shift(1)))
    assert read == ["nieuw.csv"]
    assert [report.file for report in second.reports] == ["kopie.csv", "nieuw.csv", "oud.csv"]
    assert second.reports[2] == before.reports[0]
    assert second.skipped == 2

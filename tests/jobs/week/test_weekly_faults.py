"""Each fault gives one clear message and its exit code, publishes nothing and loses nothing."""

from __future__ import annotations

import datetime as dt
import shutil
from zoneinfo import ZoneInfo

import pytest

from genk_geo import weekly
from genk_geo.config import Settings
from genk_geo.errors import ConfigError, GenkGeoError, QualityGateError, SupplierFileError
from genk_geo.store import Store

NOW = dt.datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Europe/Brussels"))
HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
ROW = "TG.1/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"


def lay_down(folder, kleinstad):
    """One good file and its settings."""
    (folder / "ongevallen.csv").write_text(HEADER + ROW, encoding="utf-8")
    (folder / "genk-geo.toml").write_text(
        'store = "history.duckdb"\n[[sources]]\npath = "*.csv"\nprofile = "traffic"\n' + kleinstad,
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def desk(tmp_path, kleinstad):
    return lay_down(tmp_path, kleinstad)


@pytest.fixture(scope="module")
def first(tmp_path_factory, kleinstad):
    """A desk on which the good file was published, and what the run gave; `published` is its copy."""
    desk = lay_down(tmp_path_factory.mktemp("eerst"), kleinstad)
    return desk, run(desk, week=None)


@pytest.fixture
def published(first, tmp_path):
    return shutil.copytree(first[0], tmp_path / "desk")


def run(desk, week="2026-W46"):
    return weekly(desk / "genk-geo.toml", week=week, now=NOW)


def refused(desk, error, match, code, **options):
    with pytest.raises(error, match=match) as caught:
        run(desk, **options)
    assert isinstance(caught.value, GenkGeoError)
    assert caught.value.exit_code == code
    assert not (desk / "maps").exists() or not any((desk / "maps").iterdir())


def test_the_good_file_publishes(first):
    _, publication = first
    assert publication.index.is_file()
    assert publication.reports[0].incidents == 1


def test_a_missing_file(desk):
    (desk / "ongevallen.csv").unlink()
    refused(desk, ConfigError, r"No file matches .*\*\.csv", 2)


def test_an_empty_file(desk):
    (desk / "ongevallen.csv").write_bytes(b"")
    refused(desk, SupplierFileError, r"ongevallen\.csv.*empty", 2)


def test_a_header_without_rows(desk):
    (desk / "ongevallen.csv").write_text(HEADER, encoding="utf-8")
    refused(desk, SupplierFileError, r"ongevallen\.csv has a header but no rows", 2)


def test_the_wrong_profile(desk):
    settings = desk / "genk-geo.toml"
    settings.write_text(settings.read_text().replace("traffic", "burglary"), encoding="utf-8")
    refused(desk, SupplierFileError, r"ongevallen\.csv", 2)


def test_an_unknown_profile(desk):
    settings = desk / "genk-geo.toml"
    settings.write_text(settings.read_text().replace("traffic", "verkeer"), encoding="utf-8")
    refused(desk, ConfigError, "verkeer.*burglary", 2)


def test_a_file_without_any_valid_row(desk):
    (desk / "ongevallen.csv").write_text(HEADER + ROW.replace("10/11/2026", "gisteren"), encoding="utf-8")
    refused(desk, QualityGateError, r"1 rows and not one is valid \(1 x bad_time\)", 3)


def test_an_unknown_configuration_key(desk):
    settings = desk / "genk-geo.toml"
    settings.write_text("wekelijks = true\n" + settings.read_text(), encoding="utf-8")
    refused(desk, ConfigError, "wekelijks: unknown key", 2)


def test_a_week_in_the_future(desk):
    refused(desk, ConfigError, "2026-W48 lies in the future", 2, week="2026-W48")


def test_a_week_that_has_not_ended(desk):
    refused(desk, ConfigError, "2026-W47 has not ended yet.*2026-W46", 2, week="2026-W47")


def test_without_a_week_the_last_whole_one_is_taken(first):
    assert first[1].folder.name == "2026-W46"


def test_a_week_without_data_publishes_pages_that_say_so(desk):
    publication = run(desk, week="2026-W40")
    text = publication.index.read_text(encoding="utf-8")
    assert "geen" in text.lower()
    assert all(look.in_window == 0 for look in publication.result.themes if look.theme != "traffic")


def test_a_bad_second_file_leaves_history_and_maps_as_they_were(published):
    desk = published
    before = (desk / "maps" / "2026-W46" / "index.html").read_bytes()
    (desk / "later.csv").write_text("niets;van\nwaarde;hier\n", encoding="utf-8")
    (desk / "nieuw.csv").write_text(HEADER + ROW.replace("TG.1", "TG.2"), encoding="utf-8")
    with pytest.raises(SupplierFileError):
        run(desk)
    assert (desk / "maps" / "2026-W46" / "index.html").read_bytes() == before
    settings = Settings.load(desk / "genk-geo.toml")
    with Store.open(settings.store, crs=31370) as store:
        assert len(store.incidents()) == 1


def test_the_same_file_twice_changes_nothing(published):
    desk = published
    (desk / "kopie.csv").write_bytes((desk / "ongevallen.csv").read_bytes())
    publication = run(desk)
    settings = Settings.load(desk / "genk-geo.toml")
    with Store.open(settings.store, crs=31370) as store:
        assert len(store.incidents()) == 1
    assert [report.incidents for report in publication.reports] == [1, 1]

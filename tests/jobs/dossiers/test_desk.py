"""Dossiers at the desk: opened, taken up and closed by hand."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.dossiers.desk import close_dossier, dossiers_now, open_dossier, take_up
from genk_geo.store import Store
from genk_geo.store.dossiers import _numbers

NOW = dt.datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture
def settings(tmp_path):
    with Store.open(tmp_path / "h.duckdb"):
        pass
    return Settings(store=tmp_path / "h.duckdb", dossiers={"path": tmp_path / "acties.xlsx"})


def test_a_dossier_is_opened_closed_and_opened_again(settings):
    assert dossiers_now(settings) is None
    number = open_dossier(settings, theme="nuisance", area="Kolderbos", now=NOW)
    assert re.fullmatch(r"2026-\d{3}", number)
    (one,) = dossiers_now(settings).dossiers
    assert (one.state, one.by_hand, one.whole_area, one.wijk) == ("open", True, True, "Kolderbos")
    assert one.ground.area > 1e5
    with pytest.raises(ConfigError, match=f"{number} is open for Kolderbos"):
        open_dossier(settings, theme="nuisance", area="Kolderbos", now=NOW)
    assert open_dossier(settings, theme="burglary", area="Kolderbos", now=NOW) != number
    with pytest.raises(ConfigError, match=f"{number} is open already"):
        take_up(settings, number, now=NOW)
    close_dossier(settings, number, now=NOW + dt.timedelta(days=3))
    with pytest.raises(ConfigError, match="closed already"):
        close_dossier(settings, number, now=NOW)
    closed = next(one for one in dossiers_now(settings).dossiers if one.number == number)
    assert (closed.state, closed.closed) == ("closed", dt.date(2026, 11, 19))
    take_up(settings, number, now=NOW)
    assert {one.number: one.state for one in dossiers_now(settings).dossiers}[number] == "reopened"


def test_what_is_not_there_is_named(settings):
    with pytest.raises(ConfigError, match="Atlantis: no wijk or stadsdeel of Genk"):
        open_dossier(settings, theme="nuisance", area="Atlantis", now=NOW)
    with pytest.raises(ConfigError, match="2026-1999"):
        close_dossier(settings, "2026-1999", now=NOW)
    with pytest.raises(ConfigError, match="No dossiers are kept"):
        dossiers_now(settings.model_copy(update={"dossiers": Settings().dossiers}))
    with pytest.raises(ConfigError, match="Theme 'drugs'"):
        open_dossier(settings, theme="drugs", area="Kolderbos", now=NOW)


def test_numbers_say_nothing_of_how_many_there_are(tmp_path):
    given = {}
    for name in ("one", "other"):
        with Store.open(tmp_path / f"{name}.duckdb") as store:
            week = Week(2026, 46)
            given[name] = [store.number_for(week, theme="t", hotspot_id=f"h{at}") for at in range(40)]
            assert [store.number_for(week, theme="t", hotspot_id=f"h{at}") for at in range(40)] == given[name]
    for numbers in given.values():
        assert len(set(numbers)) == 40
        assert all(re.fullmatch(r"2026-\d{3}", one) for one in numbers)
        # With those that count up the highest would be the fortieth.
        assert max(numbers) > "2026-500"
        assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))
    assert given["one"] != given["other"]
    year = list(_numbers(2026, b"x"))
    assert len(set(year)) == len(year) == 9999
    assert all(len(one) == 8 for one in year[:999])

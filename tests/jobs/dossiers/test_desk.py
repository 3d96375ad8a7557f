"""Dossiers at the desk: opened, taken up and closed by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.dossiers.desk import close_dossier, dossiers_now, open_dossier, take_up
from genk_geo.store import Store

NOW = dt.datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture
def settings(tmp_path):
    with Store.open(tmp_path / "h.duckdb"):
        pass
    return Settings(store=tmp_path / "h.duckdb", dossiers={"path": tmp_path / "acties.xlsx"})


def test_a_dossier_is_opened_closed_and_opened_again(settings):
    assert dossiers_now(settings) is None
    number = open_dossier(settings, theme="nuisance", area="Kolderbos", now=NOW)
    assert number == "2026-001"
    (one,) = dossiers_now(settings).dossiers
    assert (one.state, one.by_hand, one.whole_area, one.wijk) == ("open", True, True, "Kolderbos")
    assert one.ground.area > 1e5
    with pytest.raises(ConfigError, match="2026-001 is open for Kolderbos"):
        open_dossier(settings, theme="nuisance", area="Kolderbos", now=NOW)
    assert open_dossier(settings, theme="burglary", area="Kolderbos", now=NOW) == "2026-002"
    with pytest.raises(ConfigError, match="2026-001 is open already"):
        take_up(settings, number, now=NOW)
    close_dossier(settings, number, now=NOW + dt.timedelta(days=3))
    with pytest.raises(ConfigError, match="closed already"):
        close_dossier(settings, number, now=NOW)
    closed = dossiers_now(settings).dossiers[0]
    assert (closed.state, closed.closed) == ("closed", dt.date(2026, 11, 19))
    take_up(settings, number, now=NOW)
    assert dossiers_now(settings).dossiers[0].state == "reopened"


def test_what_is_not_there_is_named(settings):
    with pytest.raises(ConfigError, match="Atlantis: no wijk or stadsdeel of Genk"):
        open_dossier(settings, theme="nuisance", area="Atlantis", now=NOW)
    with pytest.raises(ConfigError, match="2026-009"):
        close_dossier(settings, "2026-009", now=NOW)
    with pytest.raises(ConfigError, match="No dossiers are kept"):
        dossiers_now(settings.model_copy(update={"dossiers": Settings().dossiers}))
    with pytest.raises(ConfigError, match="Theme 'drugs'"):
        open_dossier(settings, theme="drugs", area="Kolderbos", now=NOW)

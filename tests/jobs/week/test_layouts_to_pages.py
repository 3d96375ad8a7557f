"""Files in the layouts of other cities: `profile`, then `weekly`, and the pages are there, with no edit."""

from __future__ import annotations

import datetime as dt
import tomllib
from zoneinfo import ZoneInfo

import pytest

from genk_geo import weekly
from genk_geo.calendar import Week
from genk_geo.ingestion import propose_profile
from genk_geo.reference import City
from tests.ingestion.test_layouts import LAYOUTS, ROWS, WHEN

WEEK = Week(2026, 8)
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=ZoneInfo("Europe/Brussels"))
INSIDE = sum(WEEK.monday <= moment.date() <= WEEK.sunday for moment in WHEN)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_of_another_city_runs_on_to_pages(name, kleinstad, tmp_path):
    (tmp_path / "stad.toml").write_text(kleinstad, encoding="utf-8")
    city = City.from_files(tmp_path / "stad.toml")
    (tmp_path / "export.csv").write_text(LAYOUTS[name], encoding="utf-8")
    proposed = propose_profile(tmp_path / "export.csv", city=city)
    (tmp_path / "profiel.toml").write_text(proposed, encoding="utf-8")
    theme = tomllib.loads(proposed)["theme"]
    (tmp_path / "genk-geo.toml").write_text(
        f'show = ["{theme}"]\nstore = "h.duckdb"\ntiles = "none"\n[[sources]]\npath = "export*.csv"\n'
        'profile = "profiel.toml"\n[[releases]]\nprofile = "analist"\n' + kleinstad,
        encoding="utf-8",
    )
    publication = weekly(tmp_path / "genk-geo.toml", week=WEEK, now=NOW)
    (look,) = publication.result.themes
    assert publication.reports[0].incidents == ROWS
    assert publication.whole
    assert INSIDE >= 5
    if name != "manchester":  # known to the month: its middle counts
        assert look.city["observed"].tolist() == [INSIDE]
        assert look.wijken["observed"].sum() == INSIDE
        assert f">{INSIDE}<" in publication.index.read_text(encoding="utf-8")
    assert len(list(publication.folder.glob("*.html"))) >= 3

"""Incidents out of the history, in every format."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from genk_geo.calendar import occurred
from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.ingestion import ingest
from genk_geo.jobs.desk.export import incidents_of_weeks, write_incidents
from genk_geo.store import Store


@pytest.fixture(scope="module")
def settings(tmp_path_factory, city):
    folder = tmp_path_factory.mktemp("export")
    rows = [
        "nr;datum;uur;adres;soort",
        "1;05/10/2026;10:00;Europalaan 12, 3600 Genk;=1+1",
        "2;08/11/2026;23:30;Stalenstraat 3, 3600 Genk;lawaai",
        "3;09/11/2026;00:00;Onbestaandelaan 7;lawaai",
    ]
    (folder / "meldingen.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "profiel.toml").write_text(
        'source = "proef"\ntheme = "nuisance"\nkeep = ["soort"]\n[columns]\nsource_id = "nr"\n'
        'from_date = "datum"\nfrom_time = "uur"\naddress = "adres"\n',
        encoding="utf-8",
    )
    result = ingest(folder / "meldingen.csv", profile=str(folder / "profiel.toml"), city=city)
    assert len(result.incidents) == 3, result.rejects
    with Store.open(folder / "history.duckdb", crs=city.crs, timezone=city.timezone) as store:
        store.add(result)
    return Settings(store=folder / "history.duckdb")


def test_weeks_are_half_open_on_the_city_clock(settings):
    assert len(incidents_of_weeks(settings)) == 3
    week = incidents_of_weeks(settings, theme="nuisance", first="2026-W45", last="2026-W45")
    assert occurred(week).dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2026-11-08 23:30"]
    assert len(incidents_of_weeks(settings, first="2026-W46")) == 1
    assert len(incidents_of_weeks(settings, theme="burglary")) == 0


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "parquet", "csv"])
def test_every_format_holds_every_incident(settings, tmp_path, city, kind):
    incidents = incidents_of_weeks(settings)
    path = tmp_path / f"uit.{kind}"
    write_incidents(incidents, path)
    if kind == "csv":
        table = pd.read_csv(path)
        assert table["kept_soort"].tolist().count("'=1+1") == 1
        assert table["x"].notna().sum() == 2
    else:
        table = gpd.read_parquet(path) if kind == "parquet" else gpd.read_file(path)
        points = table.geometry.dropna()
        assert len(points[~points.is_empty]) == 2
        assert table.crs.to_epsg() == (4326 if kind == "geojson" else city.crs)
    assert sorted(table["incident_id"]) == sorted(incidents["incident_id"])


def test_wrong_use_is_told(settings, tmp_path):
    with pytest.raises(ConfigError, match="moord"):
        incidents_of_weeks(settings, theme="moord")
    with pytest.raises(ConfigError, match="comes after"):
        incidents_of_weeks(settings, first="2026-W46", last="2026-W45")
    with pytest.raises(ConfigError, match="no history"):
        incidents_of_weeks(Settings(store=tmp_path / "niets.duckdb"))
    with pytest.raises(ConfigError, match="unknown format"):
        write_incidents(incidents_of_weeks(settings), tmp_path / "uit.docx")
    with pytest.raises(ConfigError, match="does not exist"):
        write_incidents(incidents_of_weeks(settings), tmp_path / "niets" / "uit.csv")

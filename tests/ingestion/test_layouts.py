"""Small fictitious files in the layouts of other cities' exports: `profile`, then `ingest`, unedited."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from genk_geo import ingest
from genk_geo.crs import LAMBERT72, WGS84, transform_xy
from genk_geo.ingestion import propose_profile

NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
ROWS = 40
X, Y = np.random.default_rng(5).uniform((228_000, 184_500), (229_000, 185_500), (ROWS, 2)).T.round(1)
LON, LAT = (values.round(6) for values in transform_xy(X, Y, LAMBERT72, WGS84))
WHEN = [dt.datetime(2026, 1, 3, 1, 7) + dt.timedelta(hours=31.7 * at) for at in range(ROWS)]  # noqa: DTZ001 - local


def written(head, line):
    return "\n".join([head, *(line(at, WHEN[at]) for at in range(ROWS))]) + "\n"


LAYOUTS = {
    "denver": written(
        "incident_id,offense_id,OFFENSE_CODE,OFFENSE_TYPE_ID,OFFENSE_CATEGORY_ID,FIRST_OCCURRENCE_DATE,"
        "LAST_OCCURRENCE_DATE,REPORTED_DATE,INCIDENT_ADDRESS,GEO_LON,GEO_LAT,NEIGHBORHOOD_ID",
        lambda i, t: (
            f"2026{i:06},2026{i:06}2203,2203,burglary-residence,burglary,{t:%m/%d/%Y %I:%M:%S %p},,"
            f"{t:%m/%d/%Y %I:%M:%S %p},{100 + i} N TEST ST,{LON[i]},{LAT[i]},five-points"
        ),
    ),
    "san francisco": written(
        "Incident Datetime,Incident Date,Incident Time,Incident Year,Report Datetime,Row ID,Incident ID,"
        "Incident Category,Incident Description,Latitude,Longitude",
        lambda i, t: (
            f"{t:%Y/%m/%d %I:%M:%S %p},{t:%Y/%m/%d},{t:%H:%M},2026,{t:%Y/%m/%d %I:%M:%S %p},"
            f"{9000 + i},{700 + i},Burglary,Burglary residence,{LAT[i]},{LON[i]}"
        ),
    ),
    "new york 311": written(
        "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Incident Zip,Status,Latitude,"
        "Longitude,Location",
        lambda i, t: (
            f"{61_000_000 + i},{t:%m/%d/%Y %I:%M:%S %p},,NYPD,Noise - Residential,Loud Music,1{i % 9:04},"
            f'Closed,{LAT[i]},{LON[i]},"({LAT[i]}, {LON[i]})"'
        ),
    ),
    "vancouver": written(
        "TYPE,YEAR,MONTH,DAY,HOUR,MINUTE,HUNDRED_BLOCK,NEIGHBOURHOOD,X,Y",
        lambda i, t: (
            f"Break and Enter,{t.year},{t.month},{t.day},{t.hour},{t.minute},{i}XX TEST ST,Centre,"
            f"{X[i]},{Y[i]}"
        ),
    ),
    "barcelona": written(
        "Numero_expedient;Codi_districte;Nom_districte;Nom_carrer;Any;Mes_any;Dia_mes;Hora_dia;"
        "Descripcio_causa_mediata;Longitud;Latitud",
        lambda i, t: (
            f"2026S{i:05};1;Centre;Carrer de prova;{t.year};{t.month};{t.day};{t.hour};Altres;{LON[i]};"
            f"{LAT[i]}"
        ),
    ),
    "manchester": written(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,Crime type",
        lambda i, t: (
            f"{i:064x},{t:%Y-%m},Police,Police,{LON[i]},{LAT[i]},On or near Test Street,E0100,Burglary"
        ),
    ),
    "muenster": written(
        "Lfd.Nr;Aktenzeichen;Unfalldatum;Unfallzeit;Unfallkategorie;XGCSWGS84;YGCSWGS84",
        lambda i, t: (
            f"1;A-{i:05};{t:%d.%m.%Y};{t:%H:%M};3;{str(LON[i]).replace('.', ',')};"
            f"{str(LAT[i]).replace('.', ',')}"
        ),
    ),
    "baac": written(
        "Num_Acc;jour;mois;an;hrmn;lum;dep;com;agg;int;atm;col;adr;lat;long",
        lambda i, t: (
            f"2026{i:08};{t.day};{t.month};{t.year};{t:%H:%M};1;75;75101;2;1;1;3;RUE TEST;"
            f"{str(LAT[i]).replace('.', ',')};{str(LON[i]).replace('.', ',')}"
        ),
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_in_the_layout_of_another_city(name, city, tmp_path):
    path, profile = tmp_path / "export.csv", tmp_path / "p.toml"
    path.write_text(LAYOUTS[name], encoding="utf-8")
    proposed = propose_profile(path, city=city)
    profile.write_text(proposed, encoding="utf-8")
    result = ingest(path, profile=profile, city=city, now=NOW)
    assert len(result.incidents) == ROWS, (result.report.reasons, proposed)
    placed = result.incidents.geometry.notna()
    assert placed.all()
    found = np.sort(result.incidents.geometry.x.to_numpy())
    assert np.abs(found - np.sort(X)).max() < 1
    days = result.incidents["from"].dt.tz_convert("Europe/Brussels").dt.strftime("%Y-%m-%d").sort_values()
    if name != "manchester":  # known to the month
        assert days.tolist() == [f"{moment:%Y-%m-%d}" for moment in WHEN]

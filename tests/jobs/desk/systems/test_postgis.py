"""Incidents in a real PostGIS: every value, old rows for readers, rights, faults that say no password."""

from __future__ import annotations

from urllib.parse import quote

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.systems.destination import Database
from genk_geo.jobs.desk.systems.postgis import write_postgis
from genk_geo.schema import check_table, geocode_level_dtype
from tests.examples import examples
from tests.fixtures.postgis import PASSWORD

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
LONG = "kept_" + "een heel lange kop van een leverancier " * 3


def incidents_of(texts, *, crs=31370, **more):
    """A table of incidents, one a text; every second one has no point, moment or number where it may."""
    n = len(texts)
    odd = [at % 2 == 1 for at in range(n)]
    moment = pd.Series(pd.date_range("2026-10-25 00:30", periods=n, freq="30min", tz="Europe/Brussels"))
    table = pd.DataFrame(
        {
            "incident_id": [f"i{at}" for at in range(n)],
            "source": "proef",
            "theme": "nuisance",
            "category": texts,
            "from": moment,
            "to": moment.where([not one for one in odd]),
            "reported": moment + pd.Timedelta("1us"),
            "weight": 1 / 3,
            "severity": pd.Series([None if one else "licht" for one in odd], dtype="str"),
            "weak_road_user": pd.array([pd.NA if one else True for one in odd], dtype="boolean"),
            "geocode_level": pd.Series(["street"] * n).astype(geocode_level_dtype()),
            "geocode_score": 0.1 + 0.2,
            "geocode_uncertainty_m": [None if one else 5.0 for one in odd],
            "sector": pd.Series([None] * n, dtype="str"),
            "wijk": "Boxbergheide",
            "stadsdeel": "Noord",
            "hour": pd.array([pd.NA if one else 23 for one in odd], dtype="Int8"),
            LONG + "a": texts,
            LONG + "b": "b",
        }
        | more
    )
    places = (shapely.Point(228_000 + at / 7, 185_000 - at / 3) for at in range(n))
    points = [None if one else place for one, place in zip(odd, places, strict=True)]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, crs=crs))


def table_of(address):
    """The table as a reader with geopandas would get it."""
    with psycopg.connect(address) as base:
        rows = base.execute(
            "select *, st_asbinary(geometry) as wkb from genk_geo.incidents order by incident_id"
        )
        names = [column.name for column in rows.description]
        return pd.DataFrame(rows.fetchall(), columns=names).set_index("incident_id")


def ask(address, query):
    with psycopg.connect(address, autocommit=True) as base:
        found = base.execute(query)
        return found.fetchall() if found.description else None


@pytest.fixture
def near(postgis):
    ask(postgis["near"], "drop schema if exists genk_geo cascade")
    return postgis["near"]


def test_every_value_arrives(near):
    incidents = check_table(incidents_of(["a", 'tab\t"q"', "\\.", "é\n\\N", "", "x\x00y"]), "incidents")
    done = write_postgis(incidents, Database.parse(near), about="Proef.")
    assert (done.before, done.rows, done.table) == (0, 6, "genk_geo.incidents")
    there = table_of(near)
    assert there["category"].tolist() == ["a", 'tab\t"q"', "\\.", "é\n\\N", "", "xy"]
    wanted = incidents.set_index("incident_id")
    for name in ("from", "to", "reported"):
        assert pd.to_datetime(there[name], utc=True).equals(
            wanted[name].dt.tz_convert("UTC").astype("datetime64[us, UTC]")
        )
    for name in ("weight", "geocode_score", "geocode_uncertainty_m"):
        assert there[name].astype(float).equals(wanted[name].astype(float))
    for name in ("hour", "weak_road_user", "severity", "sector"):
        assert there[name].isna().tolist() == wanted[name].isna().tolist()
    assert there["hour"].dropna().unique().tolist() == [23]
    points = [None if one is None else shapely.from_wkb(bytes(one)) for one in there["wkb"]]
    assert points == wanted.geometry.tolist()
    long = [name for name in there.columns if name.startswith("kept_een")]
    assert len(long) == 2
    assert sorted(there[long].iloc[0]) == ["a", "b"]
    assert ask(near, "select find_srid('genk_geo', 'incidents', 'geometry')") == [(31370,)]
    (comment,) = ask(near, "select obj_description('genk_geo.incidents'::regclass)")[0]
    assert "analysts only" in comment
    assert "Proef." in comment


@settings(max_examples=examples(8))
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=6))
def test_any_text_arrives(postgis, texts):
    write_postgis(incidents_of(texts), Database.parse(postgis["near"]))
    assert table_of(postgis["near"])["category"].tolist() == [one.replace("\x00", "") for one in texts]


def test_the_table_holds_what_was_last_written_and_rights_stay(near):
    write_postgis(incidents_of(["a", "b", "c"]), Database.parse(near))
    ask(near, "grant usage on schema genk_geo to lezer; grant select on genk_geo.incidents to lezer")
    ask(near, "create view genk_geo.mine as select incident_id from genk_geo.incidents")
    done = write_postgis(incidents_of(["d"], kept_new="n"), Database.parse(near))
    assert (done.before, done.rows) == (3, 1)
    assert ask(near, "select incident_id from genk_geo.mine") == [("i0",)]
    assert table_of(near)["kept_new"].tolist() == ["n"]
    reader = near.replace("gis@", "lezer@")
    assert ask(reader, "select category from genk_geo.incidents") == [("d",)]
    assert write_postgis(incidents_of([]), Database.parse(near)).rows == 0


def test_readers_see_the_old_rows_until_the_new_ones_are_there(near, monkeypatch):
    from genk_geo.jobs.desk.systems import postgis as module

    write_postgis(incidents_of(["a", "b"]), Database.parse(near))
    comment = module._comment

    def looking(connection, text):
        seen.extend(ask(near, "select count(*) from genk_geo.incidents"))
        comment(connection, text)

    seen = []
    monkeypatch.setattr(module, "_comment", looking)
    write_postgis(incidents_of(["c"]), Database.parse(near))
    assert seen == [(2,)]

    def failing(connection, text):
        raise RuntimeError("power cut")

    monkeypatch.setattr(module, "_comment", failing)
    with pytest.raises(RuntimeError):
        write_postgis(incidents_of(["d", "e", "f"]), Database.parse(near))
    assert table_of(near)["category"].tolist() == ["c"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("create table genk_geo.incidents (incident_id text)", "was not made by an export"),
        ("{made}; grant select on genk_geo.incidents to public", "everybody (PUBLIC) has rights"),
        ("{made}; grant select (wijk) on genk_geo.incidents to public", "everybody (PUBLIC) has rights"),
        ("{made}; alter table genk_geo.incidents alter weight type text", "another type of weight"),
    ],
)
def test_a_table_that_does_not_fit_stays_as_it_is(near, before, words):
    if "{made}" in before:
        write_postgis(incidents_of(["a", "b"]), Database.parse(near))
    else:
        ask(near, "create schema genk_geo")
    ask(near, before.format(made="select 1"))
    rows = ask(near, "select count(*) from genk_geo.incidents")
    with pytest.raises(ConfigError, match=words.replace("(", r"\(").replace(")", r"\)")):
        write_postgis(incidents_of(["c"]), Database.parse(near))
    assert ask(near, "select count(*) from genk_geo.incidents") == rows


def test_faults_say_what_to_do_and_no_password(near, postgis):
    with pytest.raises(ConfigError, match="create extension postgis"):
        write_postgis(incidents_of(["a"]), Database.parse(postgis["bare"]))
    ask(near, "delete from spatial_ref_sys where srid = 28356")
    with pytest.raises(ConfigError, match="does not know EPSG:28356"):
        write_postgis(incidents_of(["a"], crs=28356), Database.parse(near))
    with pytest.raises(ConfigError, match="permission denied"):
        write_postgis(incidents_of(["a"]), Database.parse(near.replace("gis@", "lezer@")))
    right, wrong = quote(PASSWORD, safe=""), quote(PASSWORD + "x", safe="")
    address = f"postgresql://gis:{{}}@127.0.0.1:{postgis['port']}/postgres"
    assert write_postgis(incidents_of(["a"]), Database.parse(address.format(right))).rows == 1
    for one in (address.format(wrong), address.format(wrong).replace(str(postgis["port"]), "1")):
        with pytest.raises(ConfigError, match=r"127\.0\.0\.1") as told:
            write_postgis(incidents_of(["a"]), Database.parse(one))
        shown = f"{told.value} {told.value.__cause__} {Database.parse(one)!r} {Database.parse(one)}"
        assert PASSWORD not in shown
        assert wrong not in shown


def test_to_another_machine_the_connection_is_encrypted(postgis, monkeypatch):
    """The server of the test knows no TLS, so asking for it is refused; by name it counts as far away."""
    address = f"postgresql://gis:{quote(PASSWORD, safe='')}@127.0.0.1:{postgis['port']}/postgres"
    monkeypatch.setattr(Database, "is_near", False)
    with pytest.raises(ConfigError, match="SSL"):
        write_postgis(incidents_of(["a"]), Database.parse(address))
    assert write_postgis(incidents_of(["a"]), Database.parse(f"{address}?sslmode=disable")).rows == 1

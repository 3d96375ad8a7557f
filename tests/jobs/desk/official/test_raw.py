"""Raw files of every shape that suppliers hand in, and what is said of those that cannot be used."""

from __future__ import annotations

import json
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo.crs import LAMBERT72, LAMBERT2008, WGS84, reproject
from genk_geo.doors import Limits, limited
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.official.catalogue import services
from genk_geo.jobs.desk.official.faults import LayerError
from genk_geo.jobs.desk.official.prepare import Order, prepare
from genk_geo.jobs.desk.official.raw import raw_layer
from tests.jobs.desk.official.conftest import zipped
from tests.jobs.desk.official.world import NIS, osm_xml, points, sector_zip, sectors

NAME = "sh_statbel_statistical_sectors_{}_20260101.geojson.zip"


@pytest.fixture
def made(city, tmp_path):
    """Prepare a layer of a raw file; gives what is noted of it, and its folder."""
    folder = tmp_path / "made"
    folder.mkdir()

    def run(layer, file):
        return prepare(layer, services()[layer], file, Order(city, NIS, folder, lambda *_: None)), folder

    return run


def areas(folder, city):
    layer = gpd.read_file(folder / "sectors.gpkg").set_index("sector_name").geometry
    known = city.wijken.set_index("wijk").geometry
    return shapely.area(shapely.symmetric_difference(layer.reindex(known.index).to_numpy(), known.to_numpy()))


@pytest.mark.parametrize("crs", [LAMBERT72, LAMBERT2008, WGS84])
@pytest.mark.parametrize("says", [True, False])
def test_sectors_in_any_system_that_is_said_by_the_file_or_its_name(crs, says, made, city, tmp_path):
    file = tmp_path / NAME.format(crs)
    file.write_bytes(sector_zip(sectors(city), crs=crs, says=says))
    told, folder = made("sectors", file)
    assert told["sectors"].rows == len(city.wijken)
    assert areas(folder, city).max() < 500  # m2, of the rounding of degrees


def written(frame, folder, name, **told):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(folder / name, **told)
    return folder / name


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "fgb"])
def test_sectors_given_by_hand_in_any_format(ending, made, city, tmp_path):
    frame = sectors(city).rename(
        columns=lambda name: name[:10] if ending == "shp" and name[:3] == "tx_" else name
    )
    if ending == "shp":
        frame = frame.rename(columns={"cd_munty_refnis": "C_NIS6"}).drop(columns="tx_sector_")
    told, _ = made("sectors", written(frame, tmp_path, f"s_31370_2026.{ending}"))
    assert told["sectors"].rows == len(city.wijken)


def test_a_zipped_shapefile_is_read_and_its_names_lead_nowhere(made, city, tmp_path):
    frame = sectors(city).rename(columns={"cd_munty_refnis": "C_NIS6"}).drop(columns="tx_sector_descr_nl")
    file = written(frame, tmp_path, "s.shp")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for part in tmp_path.glob("s.*"):
            if part.suffix != ".zip":
                archive.write(part, f"../../elders/{part.name}")
    told, _ = made("sectors", tmp_path / "s.zip")
    assert told["sectors"].rows == len(city.wijken)
    assert not (tmp_path.parent / "elders").exists()
    assert file.exists()


def test_rings_that_cross_heights_and_odd_shapes_are_mended(made, city, tmp_path):
    frame = sectors(city)
    whole = frame.geometry.iloc[0]
    west, south, east, north = whole.bounds
    line = shapely.LineString([(west, south), (east, north)])
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    frame.loc[0, "geometry"] = bow
    frame = frame.set_geometry(frame.geometry.force_3d(7.0))
    stray = frame.iloc[[1]].assign(cd_sector="71016A999", geometry=[line])
    nowhere = frame.iloc[[2]].assign(cd_sector="71016ZZZZ")
    empty = frame.iloc[[3]].assign(geometry=[shapely.Polygon()])
    parts = [frame, stray, nowhere, empty]
    file = tmp_path / NAME.format(LAMBERT72)
    file.write_bytes(sector_zip(gpd.GeoDataFrame(gpd.pd.concat(parts, ignore_index=True), crs=city.crs)))
    told, folder = made("sectors", file)
    layer = gpd.read_file(folder / "sectors.gpkg")
    assert told["sectors"].rows == len(city.wijken)
    assert shapely.is_valid(layer.geometry.to_numpy()).all()
    assert not shapely.has_z(layer.geometry.to_numpy()).any()
    assert set(layer.geom_type) <= {"Polygon", "MultiPolygon"}


GEOJSON = '{{"type": "FeatureCollection", "features": [{}]}}'
POINT = (
    '{"type": "Feature", "properties": {"cd_sector": "x"}, '
    '"geometry": {"type": "Point", "coordinates": [%s]}}'
)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.zip", b"PK\x03\x04 no zip", "damaged"),
        ("x.zip", zipped(**{"a.geojson": "{}", "b.geojson": "{}"}), "several"),
        ("x.zip", zipped(**{"a.shp": "", "a.dbf": "", "b.shp": ""}), "several"),
        ("x.zip", zipped(**{"leesmij.txt": "x"}), "none_inside"),
        ("x.geojson", GEOJSON.format(POINT % "228500, 184800").encode(), "no_system"),
        ("x_31370.geojson", GEOJSON.format(POINT % "5.5, 50.96").encode(), "columns"),
        ("x.geojson", GEOJSON.format(POINT % "5.5, 1e999").encode(), "endless"),
        (
            "x.geojson",
            GEOJSON.format(POINT.replace('"coordinates": [%s]', '"coordinates": []')).encode(),
            "no_shapes",
        ),
    ],
)
def test_what_is_no_layer_is_told(name, content, why, made, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LayerError) as refused:
        made("sectors", tmp_path / name)
    assert refused.value.why == why


def test_metres_that_are_said_and_are_degrees(tmp_path):
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(5.5, 50.96)], crs=LAMBERT72)
    with pytest.raises(LayerError, match="not known in which coordinate system"):
        raw_layer(written(frame, tmp_path, "x.gpkg"), tmp_path, LAMBERT72, "x")


def test_an_archive_that_unpacks_without_end_is_refused(made, tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped(**{"a.geojson": b" " * 3_000_000}))
    with (
        limited(Limits(small_mb=1, unpacking=10)),
        pytest.raises(LayerError, match="unpacks to more than allowed"),
    ):
        made("sectors", tmp_path / "x.zip")


def test_of_another_municipality_nothing_is_taken(made, city, tmp_path):
    file = tmp_path / NAME.format(LAMBERT72)
    file.write_bytes(sector_zip(sectors(city).assign(cd_munty_refnis="11002")))
    with pytest.raises(LayerError, match="holds nothing of municipality 71016"):
        made("sectors", file)


def test_the_address_service_takes_the_place_of_the_file(made, city, tmp_path):
    told = {
        "Straatnaam": ["Europalaan", "Europalaan", "Kerkstraat", "Europalaan", ""],
        "Huisnummer": ["1", "1", "2", "9", "3"],
        "Busnummer": ["", "2", "", "", ""],
        "AdresStatus": ["InGebruik", "InGebruik", "InGebruik", "Gehistoreerd", "InGebruik"],
        "VolledigAdres": [
            "Europalaan 1, 3600 Genk", "Europalaan 1 bus 2, 3600 Genk", "Kerkstraat 2, 3520 Zonhoven",
            "Europalaan 9, 3600 Genk", "3, 3600 Genk",
        ],
    }  # fmt: skip
    collection = {"type": "FeatureCollection", "features": points(range(5), city, **told)}
    (tmp_path / "adres.geojson").write_text(json.dumps(collection), encoding="utf-8")
    found, folder = made("addresses", tmp_path / "adres.geojson")
    table = gpd.pd.read_parquet(folder / "addresses.parquet")
    assert found["addresses"].rows == 1
    assert table.iloc[0][["street", "house_number", "postcode", "municipality"]].tolist() == [
        "Europalaan", "1", "3600", "Genk",
    ]  # fmt: skip


def test_the_road_register_gives_streets_with_the_name_of_either_side(made, city, tmp_path):
    middle = city.boundary.centroid
    lines = shapely.linestrings(
        [[[middle.x, middle.y + at], [middle.x + 90, middle.y + at]] for at in (0, 50, 900_000)]
    )
    frame = gpd.GeoDataFrame(
        {
            "WS_OIDN": [1, 2, 3],
            "LSTRNM": ["Europalaan", None, "Elders"],
            "RSTRNM": ["Europalaan", "Kerkstraat", "Elders"],
            "LBLMORF": ["weg bestaande uit één rijbaan"] * 3,
        },
        geometry=lines,
        crs=city.crs,
    )
    told, folder = made("roads", written(reproject(frame, LAMBERT2008), tmp_path, "weg.gpkg"))
    layer = gpd.read_file(folder / "roads.gpkg")
    assert (told["roads"].rows, layer["name"].tolist()) == (2, ["Europalaan", "Kerkstraat"])
    assert layer["segment_id"].tolist() == ["1", "2"]
    with pytest.raises(LayerError, match="LSTRNM"):
        made("roads", written(frame.drop(columns=["LSTRNM", "RSTRNM"]), tmp_path, "naamloos.gpkg"))
    with pytest.raises(LayerError, match="lies in or near the city"):
        made("roads", written(frame.iloc[[2]], tmp_path, "elders.gpkg"))


def test_openstreetmap_by_hand_and_not_as_pbf(made, city, tmp_path):
    (tmp_path / "genk.osm").write_bytes(osm_xml(city))
    told, folder = made("osm", tmp_path / "genk.osm")
    assert told["streets"].rows == len(city.wijken)
    assert (folder / "osm.osm").read_bytes() == osm_xml(city)
    (tmp_path / "genk.osm.pbf").write_bytes(b"\x00\x00\x00\x0d")
    with pytest.raises(LayerError, match=r"no \.pbf"):
        made("osm", tmp_path / "genk.osm.pbf")
    (tmp_path / "half.osm").write_bytes(osm_xml(city)[:-100])
    with pytest.raises(ConfigError, match="cannot be read as an OpenStreetMap file"):
        made("osm", tmp_path / "half.osm")


@pytest.mark.parametrize("value", ["veel", "", "-3"])
def test_a_count_that_is_none_is_told(value, made, tmp_path):
    text = f"CD_REFNIS|CD_SECTOR|TOTAL\n{NIS}|71016A001|{value}\n{NIS}|71016A010|12\n"
    (tmp_path / "b.txt").write_text(text, encoding="utf-8")
    with pytest.raises(LayerError, match="column TOTAL holds no count in 1 rows"):
        made("population", tmp_path / "b.txt")


def test_what_is_asked_of_overpass_is_the_ground_around_the_city(city):
    from genk_geo.jobs.desk.official.fetching.overpass import question

    asked = question(city)
    assert asked.startswith('[out:xml][timeout:180];(way["highway"](poly:"')
    assert 'nwr["amenity"~"^(' in asked
    place = asked.split('poly:"', 1)[1].split('"', 1)[0].split()
    lat, lon = np.array(place[::2], float), np.array(place[1::2], float)
    assert 50.8 < lat.min() < lat.max() < 51.1
    assert 5.3 < lon.min() < lon.max() < 5.7

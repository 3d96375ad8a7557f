"""Layers that lie where they say they do not, hold several layers, or shapes of several kinds."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from genk_geo import City
from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.reference import StreetNetwork
from genk_geo.reference.streets.schools import read_schools

AREAS = gpd.GeoDataFrame(
    {"wijk": ["A", "B"]},
    geometry=list(shapely.box([230_000, 231_000], [185_000] * 2, [231_000, 232_000], [186_000] * 2)),
    crs=31370,
)
LINES = gpd.GeoDataFrame(
    {"name": ["S"]}, geometry=[shapely.LineString([(230_000, 185_000), (230_100, 185_000)])], crs=31370
)


def written(frame, folder, name, **told):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(folder / name, **told)
    return folder / name


def said(frame, epsg):
    return frame.set_crs(epsg, allow_override=True)


READERS = {
    "areas": (AREAS, lambda file: City.from_files(file, name="Stad")),
    "streets": (LINES, lambda file: StreetNetwork.load(file, crs=31370)),
    "schools": (LINES, lambda file: read_schools(file, crs=31370)),
}


@pytest.mark.parametrize("reader", READERS)
def test_metres_that_are_said_to_be_degrees_are_refused(reader, tmp_path):
    frame, read = READERS[reader]
    with pytest.raises(
        (ConfigError, SchemaError), match=r"in degrees \(WGS 84\).* none, such as 230000, 185000"
    ):
        read(written(said(frame, 4326), tmp_path, "x.gpkg"))


@pytest.mark.parametrize("reader", ["areas", "streets"])
def test_degrees_that_are_said_to_be_metres_are_refused(reader, tmp_path):
    """Read as metres, a whole city would be smaller than a hand."""
    frame, read = READERS[reader]
    with pytest.raises((ConfigError, SchemaError), match=r"in metres \(BD72"):
        read(written(said(frame.to_crs(4326), 31370), tmp_path, "x.gpkg"))


def test_geojson_of_metres_without_a_word_of_its_system_is_refused(tmp_path):
    told = json.loads(AREAS.to_json())
    told.pop("crs", None)
    (tmp_path / "x.geojson").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"degrees.*areas_crs"):
        City.from_files(tmp_path / "x.geojson", name="Stad")
    assert City.from_files(
        tmp_path / "x.geojson", name="Stad", areas_crs=31370
    ).boundary.area == pytest.approx(2e6)


def test_of_several_layers_the_first_with_shapes_is_read_and_the_others_are_told(tmp_path, caplog):
    file = tmp_path / "x.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"stijl": ["rood"]}), file, layer="aaa_stijlen")
    written(AREAS, tmp_path, "x.gpkg", layer="wijken", mode="a")
    assert len(read_layer(file, "areas")) == 2
    assert not caplog.records  # a table is no layer
    written(LINES, tmp_path, "x.gpkg", layer="straten", mode="a")
    assert len(read_layer(file, "areas")) in {1, 2}
    assert "holds 2 layers" in caplog.text
    assert {"wijken", "straten"} <= set(
        caplog.text.replace(",", " ").replace("(", " ").replace(")", " ").split()
    )


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_heights_are_left_out(ending, tmp_path):
    frame = AREAS.set_geometry(AREAS.geometry.force_3d(12.0))
    city = City.from_files(written(frame, tmp_path, f"x.{ending}"), name="Stad")
    assert not shapely.has_z(city.wijken.geometry.to_numpy()).any()
    assert city.boundary.area == pytest.approx(2e6, rel=1e-3)


def test_points_among_areas_are_named(tmp_path):
    stray = gpd.GeoDataFrame({"wijk": ["C"]}, geometry=[shapely.Point(230_500, 185_500)], crs=31370)
    with pytest.raises(ConfigError, match="C is not an area"):
        City.from_files(written(pd.concat([AREAS, stray]), tmp_path, "x.geojson"), name="Stad")


@pytest.mark.parametrize("text", ["naam;x;y\nA;230000,5;185000\nB;;\n", "naam,x,y\nA,230000.5,185000\nB,,\n"])
def test_schools_of_a_table_take_a_decimal_comma_and_leave_out_what_has_no_place(text, tmp_path):
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    found = read_schools(tmp_path / "s.csv", crs=31370)
    assert found["name"].tolist() == ["A"]
    assert found.geometry.iloc[0].equals(shapely.Point(230_000.5, 185_000))

"""Files that are no delimited text: read, or refused as what they are."""

import zipfile

import geopandas as gpd
import pytest
import shapely

from genk_geo.errors import SupplierFileError
from genk_geo.ingestion.reading.readers import read_raw


@pytest.fixture
def layer():
    shapes = [shapely.Point(228_512, 184_849), shapely.Point(), None]
    return gpd.GeoDataFrame({"datum": ["2026-01-01", "2026-01-02", "x"]}, geometry=shapes, crs=31370)


@pytest.mark.parametrize("name", ["a.shp", "a.fgb", "a.parquet", "a.gpkg"])
def test_layers_are_read(layer, tmp_path, name):
    path = tmp_path / name
    if name == "a.parquet":
        layer.rename_geometry("plek").to_parquet(path)
    else:
        # an index of places has no use for what has none
        layer.to_file(path, **({"SPATIAL_INDEX": "NO"} if name == "a.fgb" else {}))
    raw = read_raw(path)
    assert list(raw.frame.columns) == ["datum"]
    assert sorted(raw.frame["datum"]) == ["2026-01-01", "2026-01-02", "x"]
    at = raw.frame["datum"].tolist().index("2026-01-01")
    assert (raw.points.x[at], raw.points.y[at], raw.points.epsg) == (228_512, 184_849, 31370)


@pytest.mark.parametrize("part", [".dbf", ".shx", ".prj", ".cpg"])
def test_a_part_of_a_shapefile_says_which_to_give(layer, tmp_path, part):
    layer.to_file(tmp_path / "a.shp")
    with pytest.raises(SupplierFileError, match=r"four files: give the \.shp"):
        read_raw((tmp_path / "a.shp").with_suffix(part))


def test_a_lonely_shp_asks_for_the_others(layer, tmp_path):
    layer.to_file(tmp_path / "a.shp")
    (tmp_path / "a.shx").unlink()
    with pytest.raises(SupplierFileError, match="one of the four files"):
        read_raw(tmp_path / "a.shp")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.kml", b'<?xml version="1.0"?>\n<kml xmlns="x"></kml>', "is KML"),
        ("a.csv", b"<kml></kml>", "is KML"),
        ("a.xls", b"<html><table><tr><td>a</td></tr></table></html>", "web page"),
        ("a.pdf", b"%PDF-1.4 and so on", "is a PDF"),
        ("a.gml", b'<?xml version="1.0"?><gml:x/>', "is GML"),
        ("a.xml", b'<?xml version="1.0"?><rows/>', "is XML"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SupplierFileError, match=told) as refused:
        read_raw(path)
    assert "transfer" not in str(refused.value)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (["a.shp", "a.dbf"], "give the layer itself"),
        (["a.csv"], "Unpack it"),
        (["xl/workbook.bin"], r"\.xlsb"),
    ],
)
def test_archives_are_named(tmp_path, parts, told):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    with pytest.raises(SupplierFileError, match=told):
        read_raw(path)

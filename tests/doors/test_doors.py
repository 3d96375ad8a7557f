"""Files that are not what they are called, and files that are too much."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import socketserver
import sqlite3
import struct
import threading
import tracemalloc
import zipfile
import zlib

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo.doors import (
    Limits,
    check_workbook,
    check_xml,
    layer_of_bytes,
    limited,
    open_raster,
    read_layer,
    read_whole,
    regular_file,
    within,
)
from genk_geo.errors import ConfigError

LAYER = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(5.5, 50.97)], crs=4326)
MB = 1_000_000


@pytest.fixture
def calls():
    """A loopback host that writes down who asks it for something."""
    asked = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            asked.append(self.request.recv(1024))

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".shp", ".fgb", ".parquet"])
def test_a_layer_is_read_as_what_it_is(suffix, tmp_path):
    path = tmp_path / f"laag{suffix}"
    if suffix == ".parquet":
        LAYER.to_parquet(path)
    else:
        LAYER.to_file(path, driver="GeoJSON" if suffix == ".json" else None)
    read = read_layer(path, "the layer")
    assert read["name"].tolist() == ["a"]
    assert read.crs.to_epsg() == 4326
    assert read.geometry.iloc[0].equals(LAYER.geometry.iloc[0])


def hostile(port):
    host = f"http://127.0.0.1:{port}"
    vrt = (
        f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{host}/a.geojson</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    pipeline = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {host}/a.geojson"}
    esri = {"geometryType": "esriGeometryPoint", "features": [], "url": host}
    return {
        "vrt": vrt,
        "vrt after a mark": "\ufeff" + vrt,
        "gdalg": json.dumps(pipeline),
        "gdalg called a collection": json.dumps({"type": "FeatureCollection"} | pipeline),
        "gdalg twice": json.dumps({"type": "FeatureCollection", "features": []})[:-1]
        + ', "type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read '
        + host
        + '/a.geojson"}',
        "esri": json.dumps(esri),
        "topojson": json.dumps({"type": "Topology", "objects": {}, "arcs": []}),
        "wfs": f"<OGRWFSDataSource><URL>{host}/wfs</URL></OGRWFSDataSource>",
        "gml": f'<FeatureCollection xmlns:xlink="x"><a xlink:href="{host}/b.gml"/></FeatureCollection>',
        "kml": f"<kml><NetworkLink><Link><href>{host}/a.kml</href></Link></NetworkLink></kml>",
        "url": host,
        "list": "[]",
        "nothing": "{}",
        "null": "null",
        "deep": "[" * 100_000,
        "deep in a feature": '{"type": "FeatureCollection", "features": ' + "[" * 100_000,
        "long number": '{"type": "FeatureCollection", "features": [' + "9" * 5_000 + "]}",
        "linked system": json.dumps(
            {
                "type": "FeatureCollection",
                "features": [],
                "crs": {"type": "link", "properties": {"href": f"{host}/crs", "type": "proj4"}},
            }
        ),
    }


@pytest.mark.parametrize("name", sorted(hostile(1)))
@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".shp", ".fgb", ".parquet"])
def test_a_layer_that_is_something_else_is_refused_and_asks_nobody(name, suffix, calls, tmp_path):
    port, asked = calls
    path = tmp_path / f"camera{suffix}"
    path.write_text(hostile(port)[name], encoding="utf-8")
    with pytest.raises(ConfigError, match="camera") as refused:
        read_layer(path, "the layer")
    assert "\n" not in str(refused.value)
    assert not asked


def geojson(system):
    return json.dumps(
        {
            "type": "FeatureCollection",
            "crs": system,
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": "a"},
                    "geometry": {"type": "Point", "coordinates": [5, 51]},
                }
            ],
        }
    ).encode()


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("urn:ogc:def:crs:EPSG::31370", 31370), ("EPSG:3812", 3812),
        ("urn:x-ogc:def:crs:EPSG:6.9:31370", 31370),
        ("http://www.opengis.net/def/crs/EPSG/0/31370", 31370), ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("OGC:CRS84", 4326), ("epsg:4326", 4326),
    ],
)  # fmt: skip
def test_a_coordinate_system_counts_as_it_is_named(name, epsg):
    system = {"type": "name", "properties": {"name": name}}
    assert layer_of_bytes(geojson(system), "a.geojson", "the layer").crs.to_epsg() == epsg


def test_a_code_counts_too_and_null_is_not_wgs84():
    coded = geojson({"type": "EPSG", "properties": {"code": 31370}})
    assert layer_of_bytes(coded, "a.geojson", "the layer").crs.to_epsg() == 31370
    assert layer_of_bytes(geojson(None), "a.geojson", "the layer").crs is None


@pytest.mark.parametrize(
    "system",
    [
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::99999"}},
        {"type": "name", "properties": {"name": "Lambert 72"}},
        {"type": "name", "properties": {"name": "+proj=longlat +nadgrids=/etc/passwd"}},
        {"type": "name", "properties": {"name": "EPSG:31370\n"}},
        {"type": "name", "properties": {"name": 31370}},
        {"type": "name", "properties": {}},
        {"type": "name"},
        {"type": "EPSG", "properties": {"code": "x"}},
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
        {},
        [],
        "EPSG:31370",
        7,
        {"type": [], "properties": {}},
    ],
)
def test_a_coordinate_system_that_is_not_known_is_not_read_as_wgs84(system):
    with pytest.raises(ConfigError, match="coordinate system that is not known") as refused:
        layer_of_bytes(geojson(system), "a.geojson", "the layer")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("suffix", [".vrt", ".kml", ".kmz", ".gml", ".zip", ".shx", ".dbf", ".xyz", ""])
def test_other_layers_are_refused_with_what_to_do(suffix, tmp_path):
    path = tmp_path / f"camera{suffix}"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(ConfigError, match=r"Save|give|Give|are read"):
        read_layer(path, "the layer")


def test_a_database_that_is_no_geopackage_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("create table a (b)")
    database.close()
    with pytest.raises(ConfigError, match="not what its name says"):
        read_layer(path, "the layer")
    with pytest.raises(ConfigError, match="another database"):
        layer_of_bytes(path.read_bytes(), "a.gpkg", "the layer")


@pytest.mark.parametrize(
    "path",
    [
        "/vsicurl/http://127.0.0.1/a.geojson", "http://127.0.0.1/a.geojson", "/vsizip/a.zip/a.shp",
        "PG:host=x", "s3://a/b.gpkg", "/dev/zero", "/dev/stdin", "a\0b.geojson",
        "nergens.geojson", "\x1b[2Jweg.geojson",
    ],
)  # fmt: skip
def test_what_is_no_file_here_is_refused_without_steering_the_terminal(path):
    with pytest.raises(ConfigError) as refused:
        regular_file(path, "the layer")
    assert "\x1b" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pijp.csv")
    with pytest.raises(ConfigError, match="pipe"):
        read_whole(tmp_path / "pijp.csv", "the file")


def test_a_folder_and_links_out_of_a_folder_are_refused(tmp_path):
    inside, outside = tmp_path / "instellingen", tmp_path / "elders"
    inside.mkdir()
    outside.mkdir()
    (outside / "geheim.geojson").write_text("{}")
    (inside / "link.geojson").symlink_to(outside / "geheim.geojson")
    (inside / "eigen.geojson").write_text("{}")
    assert within(inside / "eigen.geojson", [inside], "the overlay").name == "eigen.geojson"
    assert within(outside / "geheim.geojson", [inside, outside], "the overlay")
    for path in (inside / "link.geojson", inside / ".." / "elders" / "geheim.geojson"):
        with pytest.raises(ConfigError, match="overlay_folders"):
            within(path, [inside], "the overlay")
    with pytest.raises(ConfigError, match="folder"):
        regular_file(inside, "the layer")


def peak_of(work):
    tracemalloc.start()
    with pytest.raises(ConfigError) as refused:
        work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, str(refused.value)


def test_a_gzip_bomb_costs_no_memory(tmp_path):
    path = tmp_path / "bom.csv.gz"
    one = gzip.compress(bytes(100 * MB), compresslevel=9, mtime=0)
    path.write_bytes(one * 12)
    peak, told = peak_of(lambda: read_whole(path, "the file"))
    assert peak < 40 * MB
    assert "unpacks to more than" in told


def test_a_gzip_of_several_members_is_read_whole(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a;b\n") + gzip.compress(b"1;2\n"))
    assert read_whole(path, "the file") == b"a;b\n1;2\n"
    path.write_bytes(gzip.compress(b"a;b\n" * 100)[:-12])
    with pytest.raises(ConfigError, match="damaged or unfinished"):
        read_whole(path, "the file")


def test_a_file_over_the_limit_is_refused_and_the_limit_is_a_setting(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * (2 * MB))
    with limited(Limits(file_mb=1)), pytest.raises(ConfigError, match="larger than 1 MB"):
        read_whole(path, "the file")
    assert len(read_whole(path, "the file")) == 2 * MB


def workbook(sheet, *, lie=False, more=()):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more:
            archive.writestr(name, content)
    content = bytearray(memory.getvalue())
    if lie:  # both headers say that the sheet is small
        for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            found = content.find(mark)
            while found >= 0:
                content[found + at : found + at + 4] = struct.pack("<I", 10)
                found = content.find(mark, found + 4)
    return bytes(content)


@pytest.mark.parametrize(
    "cell",
    ['<c r="XFD1048576"><v>1</v></c>', '<x:c s="1" r="A1048576"/><x:c r="ALL2"/>', '<row r="9999999"/>'],
)
def test_a_stray_cell_in_the_last_corner_is_refused(cell):
    sheet = f'<worksheet><row r="1"><c r="A1"/></row>{cell}</worksheet>'
    with pytest.raises(ConfigError, match="stray cell"):
        check_workbook(workbook(sheet), "a.xlsx")


def test_a_stray_cell_over_the_edge_of_a_block_is_seen():
    sheet = "<worksheet>" + " " * (MB + 48_560) + '<c r="XFD1048576"/></worksheet>'
    for shift in range(-30, 31, 3):
        padded = sheet[: 11 + 48_000] + sheet[11 + 48_000 + shift + 30 :]
        with pytest.raises(ConfigError, match="stray cell"):
            check_workbook(workbook(padded), "a.xlsx")


@pytest.mark.parametrize("lie", [False, True])
def test_a_workbook_bomb_costs_no_memory(lie):
    content = workbook(b" " * (300 * MB), lie=lie)
    peak, told = peak_of(lambda: check_workbook(content, "a.xlsx"))
    assert peak < 40 * MB
    assert "a.xlsx" in told


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/workbook.bin": ""}, "xlsb"), ({"a.shp": "", "a.dbf": ""}, "shp"), ({"a.csv": ""}, "archive"),
        ({"xl/workbook.xml": "", **{f"x{n}": "" for n in range(1_500)}}, "parts"),
    ],
)  # fmt: skip
def test_other_archives_are_named(parts, said):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ConfigError, match=said):
        check_workbook(memory.getvalue(), "a.xlsx")


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_a_damaged_workbook_is_said_to_be_damaged(cut):
    with pytest.raises(ConfigError, match="cannot be read as an Excel workbook"):
        check_workbook(workbook("<worksheet/>")[:cut], "a.xlsx")


LAUGHS = '<!DOCTYPE a [<!ENTITY b "haha"><!ENTITY c "&b;&b;&b;">]><osm>&c;</osm>'


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "<osm>" + " " * ((1 << 20) - 9) + "<!ENTITY a SYSTEM 'file:///etc/passwd'></osm>",
        "< ! osm",
        "{}",
        "",
    ],
)
def test_xml_that_declares_entities_is_refused(text, tmp_path):
    for suffix, pack in ((".osm", bytes), (".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(pack(text.encode()))
        if text in {"", "< ! osm"}:
            continue  # no bomb: the parser says that it is no map
        with pytest.raises(ConfigError, match=r"entities|no XML"):
            check_xml(path, "the streets")
    path.write_bytes(bz2.compress("<osm/>".encode("utf-16")))
    with pytest.raises(ConfigError, match="no XML"):
        check_xml(path, "the streets")


def test_an_xml_bomb_costs_no_memory(tmp_path):
    path = tmp_path / "a.osm.bz2"
    path.write_bytes(bz2.compress(b"<osm>" + b" " * (200 * MB)))
    peak, told = peak_of(lambda: check_xml(path, "the streets"))
    assert peak < 60 * MB
    assert "unpacks" in told
    path.write_bytes(b"BZh9 no")
    with pytest.raises(ConfigError, match="damaged"):
        check_xml(path, "the streets")


def test_a_raster_is_a_geotiff_and_nothing_else(tmp_path, calls):
    import rasterio

    port, asked = calls
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=4, height=4, count=1, dtype="float32", crs="EPSG:31370",
        transform=rasterio.Affine(10, 0, 0, 0, -10, 0),
    ) as target:  # fmt: skip
        target.write(np.ones((1, 4, 4), dtype="float32"))
    with open_raster(path, "the raster") as source:
        assert source.read(1).sum() == 16
    with (
        limited(Limits(pixels=10)),
        pytest.raises(ConfigError, match="pixels"),
        open_raster(path, "the raster"),
    ):
        pass
    host = f"http://127.0.0.1:{port}"
    vrt = (
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f"<SourceFilename>/vsicurl/{host}/a.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    png = b"\x89PNG\r\n\x1a\n" + zlib.compress(bytes(10 * MB))
    for content in (vrt.encode(), png, b"II*\0" + bytes(20), b"", host.encode()):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=r"a\.tif"), open_raster(path, "the raster"):
            pass
    assert not asked

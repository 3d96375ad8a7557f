"""Files that are small until they are opened: refused in one line each, in less than 1 GiB of memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
import sqlite3
import subprocess
import sys
import zipfile
import zlib

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from genk_geo.doors import Limits, layer_of_bytes, limited, read_csv, read_layer
from genk_geo.errors import ConfigError

MB = 1_000_000
LAYER = gpd.GeoDataFrame({"name": ["a"] * 50}, geometry=[shapely.Point(5.5, 50.97)] * 50, crs=4326)

#: What opens each file, in a process that may not have more than a GiB besides what its libraries map.
OPEN_ALL = """
import json, resource, sys
import numpy, pandas, geopandas, pyogrio, rasterio, pyarrow.parquet, pyproj  # mapped before the limit counts
from genk_geo import City, ingest
from genk_geo.doors import check_xml, open_raster, read_csv, read_layer
from genk_geo.errors import GenkGeoError
city = City.load()
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (1 << 30),) * 2)

def raster(path):
    with open_raster(path, "the raster") as source:
        source.read(1)

doors = {
    "ingest": lambda path: ingest(path, profile="traffic", city=city),
    "layer": lambda path: read_layer(path, "x"), "xml": lambda path: check_xml(path, "x"),
    "raster": raster, "csv": lambda path: read_csv(path, "x"),
}
told = {}
for path, names in json.load(open(sys.argv[1])).items():
    for name in names:
        try:
            doors[name](path)
            told[f"{name} {path}"] = ""
        except GenkGeoError as error:
            told[f"{name} {path}"] = str(error)
# not ru_maxrss: that begins with what the process had from which this one came
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([told, int(peak.split()[1])]))
"""


def archive(parts, compression=zipfile.ZIP_DEFLATED):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression) as packed:
        for name, size in parts.items():
            with packed.open(name, "w", force_zip64=True) as stream:
                for _ in range(size // (10 * MB)):
                    stream.write(b" " * (10 * MB))
    return memory.getvalue()


def bombs(folder):
    """Each bomb with the doors that it is tried at."""
    sheets = {"xl/workbook.xml": 10 * MB} | {f"xl/worksheets/sheet{n}.xml": 30 * MB for n in range(2)}
    gz = gzip.compress(bytes(10 * MB)) * 150  # members of one file, made once
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\2\0\0\0"
    png = head + zlib.compress(bytes(10 * MB))
    laughs = (
        "<!DOCTYPE l ["
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
        + "]><osm>&l19;</osm>"
    )
    vrt = (
        "<OGRVRTDataSource>"
        + '<OGRVRTLayer name="a"><SrcDataSource>bom.vrt</SrcDataSource></OGRVRTLayer>' * 10_000
    )
    files = {
        "bom.csv.gz": (gz, ["ingest", "csv", "layer"]), "bom.geojson": (gz, ["layer", "ingest"]),
        "bom.xlsx": (archive(sheets), ["ingest"]),
        "bom.zip": (archive({"a.csv": 40 * MB}), ["ingest", "layer"]),
        "in een bom.zip": (archive({"a.zip": 10 * MB, "b.zip": 10 * MB}), ["ingest", "layer"]),
        "bom.osm": (laughs.encode(), ["xml", "layer", "ingest"]),
        "bom.osm.gz": (gzip.compress(b"<osm>") + gz, ["xml"]),
        "bom.osm.bz2": (bz2.compress(b"<osm>" + b" " * (40 * MB)), ["xml"]),
        "bom.tif": (png, ["raster", "layer"]), "bom.png": (png, ["raster", "layer", "ingest"]),
        "bom.vrt": (vrt.encode(), ["layer", "raster", "ingest"]),
        "bom.kml": (b"<kml>" + b"<Folder>" * MB, ["layer", "ingest"]),
        "bom.json": (b'{"type": "FeatureCollection", "features": ' + b"[" * MB, ["layer", "ingest"]),
        "breed.csv": (b";" * (20 * MB) + b"\n", ["csv", "ingest"]),
        "lang.csv": (b"x\n" * (6 * MB), ["csv", "ingest"]),
    }  # fmt: skip
    told = {}
    for name, (content, doors) in files.items():
        (folder / name).write_bytes(content)
        told[str(folder / name)] = doors
    same = pa.array(["x" * 90_000]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, dtype="int32")), same.dictionary)
    pq.write_table(pa.table({"a": column, "geometry": pa.array([b""] * 20_000)}), folder / "bom.parquet")
    with sqlite3.connect(folder / "bom.gpkg") as base:
        base.execute("pragma application_id = 1196444487")
        base.execute("create table gpkg_contents (table_name text)")
        base.execute(
            "create view a as with recursive n(x) as (select 1 union all select x + 1 from n) select * from n"
        )
    base.close()
    return told | {
        str(folder / "bom.parquet"): ["layer", "ingest"],
        str(folder / "bom.gpkg"): ["layer", "ingest"],
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited as Linux does it")
def test_every_bomb_is_refused_in_one_line_and_less_than_a_gigabyte(root, tmp_path):
    told = bombs(tmp_path)
    assert all((tmp_path / name).stat().st_size < 25 * MB for name in told)
    (tmp_path / "doors.json").write_text(json.dumps(told), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OPEN_ALL, tmp_path / "doors.json"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    messages, peak_kb = json.loads(run.stdout.splitlines()[-1])
    taken = [name for name, message in messages.items() if not message]
    assert taken == []
    assert [name for name, message in messages.items() if "\n" in message or len(message) > 1000] == []
    assert peak_kb < 1_048_576


def test_a_geopackage_that_computes_is_refused_and_a_plain_one_is_not(tmp_path):
    path = tmp_path / "a.gpkg"
    LAYER.to_file(path)
    assert len(read_layer(path, "x")) == len(layer_of_bytes(path.read_bytes(), "a.gpkg", "x")) == 50
    for sql in ("create view v as select 1", "create table t (a, b generated always as (zeroblob(9)))"):
        own = tmp_path / "b.gpkg"
        own.write_bytes(path.read_bytes())
        with sqlite3.connect(own) as base:
            base.execute(sql)
        base.close()
        with pytest.raises(ConfigError, match="computed column"):
            read_layer(own, "x")
        with pytest.raises(ConfigError, match="computed column"):
            layer_of_bytes(own.read_bytes(), "b.gpkg", "x")


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".fgb", ".parquet", ".csv"])
@pytest.mark.parametrize(("limit", "word"), [(Limits(rows=49), "`rows`"), (Limits(columns=2), "`columns`")])
def test_features_and_columns_are_limited_in_every_format(suffix, limit, word, tmp_path):
    path = tmp_path / f"a{suffix}"
    wide = LAYER.assign(b=1, c=2)
    if suffix == ".parquet":
        wide.to_parquet(path)
    elif suffix == ".csv":
        wide.drop(columns="geometry").to_csv(path, index=False)
    else:
        wide.to_file(path)
    read = read_csv if suffix == ".csv" else read_layer
    assert len(read(path, "x")) == 50
    with limited(limit), pytest.raises(ConfigError, match=re.escape(f"{word} under [limits]")):
        read(path, "x")


def test_a_geoparquet_that_packs_one_long_value_well_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    LAYER.iloc[[0] * 1_000].assign(name="x" * 9_000).to_parquet(path)
    assert path.stat().st_size < 0.1 * MB
    assert len(read_layer(path, "x")) == 1_000
    with limited(Limits(small_mb=1, unpacking=20)), pytest.raises(ConfigError, match="unpacks to more"):
        read_layer(path, "x")

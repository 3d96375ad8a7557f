"""GeoParquet that a part can be read of, and GeoPackages that bring their style."""

from __future__ import annotations

import json
import sqlite3
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.export import style_of, write_incidents
from genk_geo.jobs.desk.systems.geoparquet import write_geoparquet
from genk_geo.jobs.desk.systems.qgis_style import looks_of_classes, looks_of_themes, put_style, qml
from genk_geo.show.palette import COLOURS


@pytest.fixture(scope="module")
def points():
    """40,000 points over a city, in no order, one in fifty without a place."""
    rng = np.random.default_rng(5)
    xy = rng.uniform((222_000, 179_000), (234_000, 190_000), (40_000, 2)).round(1)
    shapes = np.where(rng.random(len(xy)) < 0.02, None, shapely.points(xy))
    return gpd.GeoDataFrame({"n": range(len(xy))}, geometry=gpd.GeoSeries(shapes, crs=31370))


def test_geoparquet_is_whole_and_a_part_is_read_alone(points, tmp_path):
    path = tmp_path / "uit.parquet"
    write_geoparquet(points, path)
    file = pq.ParquetFile(path)
    told = json.loads(file.schema_arrow.metadata[b"geo"])
    assert told["version"] == "1.1.0"
    covering = told["columns"]["geometry"]["covering"]["bbox"]
    assert covering == {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    there = gpd.read_parquet(path)
    assert there.sort_values("n").reset_index(drop=True).equals(points)
    box = (225_000, 181_000, 227_000, 183_000)
    part = gpd.read_parquet(path, bbox=box)
    inside = points[points.geometry.notna() & points.intersects(shapely.box(*box))]
    assert sorted(part["n"]) == sorted(inside["n"])
    areas = []
    for at in range(file.num_row_groups):
        group = file.metadata.row_group(at)
        sides = {group.column(one).path_in_schema: group.column(one) for one in range(group.num_columns)}
        x, y = sides["bbox.xmin"].statistics, sides["bbox.ymin"].statistics
        areas += [(x.max - x.min) * (y.max - y.min)] if x.has_min_max else []
    assert len(areas) >= 3
    assert min(areas) < 12_000 * 11_000 / 2  # groups lie in parts of the city


def test_a_layer_without_any_place_and_one_without_rows(points, tmp_path):
    nowhere = points.head(3).set_geometry(gpd.GeoSeries([None] * 3, crs=31370))
    for layer in (nowhere, points.head(0)):
        write_geoparquet(layer, tmp_path / "uit.parquet")
        assert len(gpd.read_parquet(tmp_path / "uit.parquet")) == len(layer)
    with pytest.raises(ValueError, match="column bbox"):
        write_geoparquet(points.assign(bbox=1), tmp_path / "uit.parquet")


def test_a_geopackage_brings_its_style(points, tmp_path):
    incidents = points.head(9).assign(theme=["burglary", "traffic", "<bicycle & theft>"] * 3)
    path = tmp_path / "uit.gpkg"
    write_incidents(incidents, path, style=style_of(incidents, str.upper))
    assert set(gpd.list_layers(path)["name"]) == {"uit", "layer_styles"}
    assert len(gpd.read_file(path, layer="uit")) == 9
    with sqlite3.connect(path) as base:
        rows = base.execute(
            "select f_table_name, f_geometry_column, styleName, useAsDefault, styleQML from layer_styles"
        ).fetchall()
        kinds = dict(base.execute("select table_name, data_type from gpkg_contents"))
        assert base.execute("pragma integrity_check").fetchone() == ("ok",)
    assert kinds == {"uit": "features", "layer_styles": "attributes"}
    ((layer, column, name, default, text),) = rows
    assert (layer, column, name, default) == ("uit", "geom", "genk_geo", 1)
    root = ET.fromstring(text)
    assert root.find("renderer-v2").attrib["attr"] == "theme"
    labels = {one.attrib["value"]: one.attrib["label"] for one in root.iter("category")}
    assert labels == {one: one.upper() for one in ("<bicycle & theft>", "burglary", "traffic")}
    shapes = [one.attrib["v"] for one in root.iter("prop") if one.attrib["k"] == "name"]
    assert len(set(shapes)) == 3  # nothing rests on colour alone
    assert len(read_layer(path, "The layer")) == 9  # our own door takes it for what it is
    put_style(path, text)
    with sqlite3.connect(path) as base:
        assert base.execute("select count(*) from layer_styles").fetchone() == (1,)


def test_looks_are_in_the_colours_of_the_package():
    assert [one.colour for one in looks_of_themes(["burglary"], str)] == [COLOURS["hotspot"]]
    fills = looks_of_classes({"hot_99": "a", "hot_95": "b", "hot_90": "c"}.__getitem__)
    assert [one.label for one in fills] == ["a", "b", "c"]
    text = qml("hotspot_class", fills, points=False)
    assert text.count('class="SimpleFill"') == 3
    assert 'value="87,24,69,150"' in text


def test_a_file_that_fails_leaves_the_old_one_and_nothing_beside_it(points, tmp_path, monkeypatch):
    path = tmp_path / "uit.csv"
    path.write_text("oud", encoding="utf-8")
    path.chmod(0o644)
    incidents = points.head(3)

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(pd.DataFrame, "to_csv", full)
        with pytest.raises(ConfigError, match="the disk is full"):
            write_incidents(incidents, path)
    assert [one.name for one in tmp_path.iterdir()] == ["uit.csv"]
    assert path.read_text(encoding="utf-8") == "oud"
    (tmp_path / ".uit.csv.unfinished").mkdir()  # of one that was killed
    (tmp_path / ".uit.csv.unfinished" / "uit.csv").write_text("half", encoding="utf-8")
    write_incidents(incidents, path)
    assert [one.name for one in tmp_path.iterdir()] == ["uit.csv"]
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(ConfigError, match="unknown format"):
        write_incidents(incidents, tmp_path / "uit.docx")

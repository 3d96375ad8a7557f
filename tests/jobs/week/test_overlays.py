"""Layers of one's own: read and checked, with messages that say what to do."""

from __future__ import annotations

import datetime as dt
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo import weekly
from genk_geo.config import OverlaySettings, Settings
from genk_geo.crs import WGS84, transform_xy
from genk_geo.errors import ConfigError, DisclosureError
from genk_geo.jobs.week.overlays import MOST_FEATURES, load_overlay, overlays


@pytest.fixture(scope="module")
def middle(city):
    """A place in the city, in metres and in degrees."""
    point = city.wijken.geometry.iloc[0].representative_point()
    lon, lat = transform_xy([point.x], [point.y], city.crs, WGS84)
    return point, (float(lon[0]), float(lat[0]))


def write(path, places, **properties):
    features = [
        {
            "type": "Feature",
            "properties": {name: values[at] for name, values in properties.items()},
            "geometry": {"type": "Point", "coordinates": list(place)},
        }
        for at, place in enumerate(places)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def settings(path, **more):
    return OverlaySettings(name="cameras", label="Camera's", path=path, **more)


def test_points_come_to_the_metric_system_with_their_names(city, middle, tmp_path):
    point, place = middle
    path = write(tmp_path / "c.geojson", [place, (4.35, 50.85)], naam=[" Camera\n 1 ", "Brussel"])
    found = load_overlay(settings(path), city)
    assert (found.name, found.label, found.public) == ("cameras", "Camera's", False)
    assert found.features["name"].tolist() == ["Camera 1"]
    assert found.features.crs.to_epsg() == city.crs
    assert found.features.geometry.iloc[0].distance(point) < 0.01


def test_a_layer_in_another_system_lands_at_the_same_place(city, middle, tmp_path):
    point, _ = middle
    area = gpd.GeoDataFrame({"school": ["A"]}, geometry=[point.buffer(50)], crs=city.crs)
    area.to_file(tmp_path / "a.gpkg", driver="GPKG")
    found = load_overlay(settings(tmp_path / "a.gpkg", column="school"), city)
    assert found.features["name"].tolist() == ["A"]
    assert found.features.geometry.iloc[0].symmetric_difference(area.geometry.iloc[0]).area < 1


def test_a_long_name_is_cut_and_a_missing_one_is_empty(city, middle, tmp_path):
    path = write(tmp_path / "c.geojson", [middle[1], middle[1]], name=["x" * 100_000, None])
    names = load_overlay(settings(path), city).features["name"].tolist()
    assert [len(name) for name in names] == [120, 0]


@pytest.mark.parametrize(
    ("places", "more", "message"),
    [
        ([], {}, "holds no features"),
        ([(50.96, 5.5)], {}, "none of its 1 features lies in Genk"),
        ([(5.5, 50.96)], {"column": "titel"}, "no column 'titel'.*It has: naam"),
        ([(5.5, 50.96)] * (MOST_FEATURES + 1), {}, f"at most {MOST_FEATURES}"),
    ],
)
def test_a_wrong_layer_is_refused(city, tmp_path, places, more, message):
    path = write(tmp_path / "c.geojson", places, naam=["a"] * len(places))
    with pytest.raises(ConfigError, match=message):
        load_overlay(settings(path, **more), city)


def test_a_missing_or_damaged_file_is_refused(city, tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        load_overlay(settings(tmp_path / "none.geojson"), city)
    bad = tmp_path / "bad.geojson"
    bad.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_overlay(settings(bad), city)


def test_a_layer_without_a_system_is_refused(city, tmp_path):
    gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)], crs=city.crs).to_file(tmp_path / "n.shp")
    (tmp_path / "n.prj").unlink()
    with pytest.raises(ConfigError, match="coordinate reference system"):
        load_overlay(settings(tmp_path / "n.shp"), city)


@pytest.fixture
def beside(middle, tmp_path):
    """A folder of settings with a layer in it, one beside it, and a link from the one to the other."""
    (tmp_path / "instellingen").mkdir()
    (tmp_path / "elders").mkdir()
    write(tmp_path / "instellingen" / "c.geojson", [middle[1]], name=["a"])
    write(tmp_path / "elders" / "c.geojson", [middle[1]], name=["b"])
    (tmp_path / "instellingen" / "link.geojson").symlink_to(tmp_path / "elders" / "c.geojson")

    def load(path, more=""):
        config = tmp_path / "instellingen" / "genk-geo.toml"
        layer = f'[[overlays]]\nname = "cameras"\nlabel = "C"\npath = "{path}"\n'
        config.write_text(f"{more}\n{layer}", encoding="utf-8")
        return Settings.load(config)

    return load


@pytest.mark.parametrize("path", ["../elders/c.geojson", "link.geojson", "{elsewhere}"])
def test_a_layer_from_elsewhere_is_refused_unless_its_folder_is_listed(beside, city, tmp_path, path):
    told = path.format(elsewhere=tmp_path / "elders" / "c.geojson")
    with pytest.raises(ConfigError, match=r"overlays.. cameras: .*lies outside .*`overlay_folders`"):
        overlays(beside(told), city)
    (found,) = overlays(beside(told, 'overlay_folders = ["../elders"]'), city)
    assert found.features["name"].tolist() == ["b"]
    (own,) = overlays(beside("c.geojson", 'overlay_folders = ["../elders"]'), city)
    assert own.features["name"].tolist() == ["a"]


def test_a_part_of_a_shapefile_may_not_be_a_link_out_either(beside, city, middle, tmp_path):
    layer = gpd.GeoDataFrame({"name": ["a"]}, geometry=[middle[0]], crs=city.crs)
    layer.to_file(tmp_path / "instellingen" / "s.shp")
    assert len(overlays(beside("s.shp"), city)) == 1
    (tmp_path / "instellingen" / "s.dbf").replace(tmp_path / "elders" / "s.dbf")
    (tmp_path / "instellingen" / "s.dbf").symlink_to(tmp_path / "elders" / "s.dbf")
    with pytest.raises(ConfigError, match="lies outside"):
        overlays(beside("s.shp"), city)


def test_overlays_have_labels_of_their_own(beside):
    one = '[[overlays]]\nname = "b"\npath = "b.geojson"\nlabel = '
    with pytest.raises(ConfigError, match="same label: 'C'"):
        beside("c.geojson", one + '"C"')
    with pytest.raises(ConfigError, match="'c ' and 'C' read the same"):
        beside("c.geojson", one + '"c "')


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            '[[overlays]]\nname = "cameras"\nlabel = "C"\npath = "c.geojson"\n',
            "cameras: 6 of its 6 features",
        ),
        ('[map]\nlandmarks = "c.geojson"\n', r"\[map\] landmarks: 6 of its 6 features.*out of \[map\]"),
    ],
)
def test_a_run_with_a_layer_of_incidents_publishes_nothing(city, tmp_path, table, message):
    head = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
    x, y = np.array([228_500 + 40 * at for at in range(6)]), np.full(6, 184_800)
    rows = [
        f"TG.{at}/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;{x[at]},0;{y[at]},0\n"
        for at in range(6)
    ]
    (tmp_path / "ongevallen.csv").write_text(head + "".join(rows), encoding="utf-8")
    write(tmp_path / "c.geojson", list(zip(*transform_xy(x, y, city.crs, WGS84), strict=True)))
    config = tmp_path / "genk-geo.toml"
    told = '[[sources]]\npath = "ongevallen.csv"\nprofile = "traffic"\n'
    config.write_text(told + table, encoding="utf-8")
    with pytest.raises(DisclosureError, match=message):
        weekly(config, week="2026-W46", now=dt.datetime(2026, 11, 18, tzinfo=dt.UTC))
    assert not (tmp_path / "maps").exists()


def test_settings_anchor_the_path_and_refuse_two_of_one_name(city, middle, tmp_path):
    write(tmp_path / "c.geojson", [middle[1]], name=["a"])
    told = """
    [[overlays]]
    name = "cameras"
    label = "Camera's"
    path = "c.geojson"
    """
    config = tmp_path / "genk-geo.toml"
    config.write_text(told, encoding="utf-8")
    loaded = Settings.load(config)
    assert loaded.overlays[0].path == tmp_path / "c.geojson"
    assert [len(overlay.features) for overlay in overlays(loaded, city)] == [1]
    config.write_text(told * 2, encoding="utf-8")
    with pytest.raises(ConfigError, match="two overlays have the same name: cameras"):
        Settings.load(config)
    config.write_text(told.replace("cameras", "Mijn laag"), encoding="utf-8")
    with pytest.raises(ConfigError, match="overlays"):
        Settings.load(config)

"""What lies under the maps: from files or from the reference, light enough, and of nothing but these."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo.config import MapSettings
from genk_geo.errors import ConfigError, GenkGeoError
from genk_geo.reference.backdrop import load_backdrop
from genk_geo.reference.backdrop.tidy import joined_lines, tidy_areas
from genk_geo.reference.streets.street_network import StreetNetwork
from tests.fixtures.streets import bent_grid

OSM = """<osm version="0.6">
<node id="1" lat="50.965" lon="5.500"/><node id="2" lat="50.966" lon="5.502"/>
<node id="3" lat="50.966" lon="5.500"/>
<node id="4" lat="50.967" lon="5.501"><tag k="railway" v="station"/><tag k="name" v="Genk"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="railway" v="rail"/></way>
<way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="leisure" v="park"/><tag k="name" v="Park"/></way>
</osm>"""


@pytest.fixture(scope="module")
def box(city):
    x, y = city.boundary.representative_point().coords[0]
    return x - 900, y - 900, x + 900, y + 900


@pytest.fixture(scope="module")
def streets(box, city, tmp_path_factory):
    path = tmp_path_factory.mktemp("lagen") / "wegen.gpkg"
    grid = bent_grid(box, side=8, crs=city.crs)
    grid.rename(columns={"name": "straat", "road_class": "klasse"}).to_file(path, driver="GPKG")
    return path


def told(**layers):
    return MapSettings.model_validate(layers)


def test_genk_alone_gives_names_at_points_that_are_no_door(city):
    found = load_backdrop(MapSettings(), city)
    assert found.indicative
    assert found.lines.empty
    names = found.places[found.places["kind"] == "street"]
    assert len(names) == len(city.streets)
    assert set(found.places.loc[found.places["kind"] == "landmark", "name"]) == set(city.pois["poi"])
    xy = shapely.get_coordinates(names.geometry.to_numpy())
    assert (xy % 10 == 0).all()
    known = shapely.get_coordinates(city.addresses.geometry.to_numpy())
    assert not (known % 10 == 0).all()  # so that the line above says something
    main = city.streets["median_house_number"].quantile(0.9)
    first = names.loc[names["rank"] == 1, "name"]
    assert (city.streets.set_index("street").loc[first, "median_house_number"] >= main).all()


def test_streets_of_a_layer_take_the_place_of_names(streets, city):
    found = load_backdrop(told(streets={"path": streets, "name": "straat", "road_class": "klasse"}), city)
    assert not found.indicative
    assert set(found.places["kind"]) == {"landmark"}
    assert set(found.lines["kind"]) == {"street-2", "street-3"}
    assert found.lines["name"].str.endswith("straat").all()


def test_the_street_network_is_the_default_but_for_one_that_does_not_exist(box, city):
    grid = bent_grid(box, side=4, crs=city.crs)
    real, made_up = (
        StreetNetwork.from_lines(grid, crs=city.crs, source="x", attribution="Wegen", fictitious=fictitious)
        for fictitious in (False, True)
    )
    found = load_backdrop(MapSettings(), city, real)
    assert (len(found.lines), found.credits) == (24, ("Wegen",))
    assert load_backdrop(MapSettings(), city, made_up).indicative


def test_openstreetmap_gives_each_kind_its_own(city, tmp_path):
    path = tmp_path / "genk.osm"
    path.write_text(OSM, encoding="utf-8")
    found = load_backdrop(told(rail=path, green=str(path), landmarks=path, attribution="OSM"), city)
    assert found.lines["kind"].tolist() == ["rail"]
    assert found.areas[["kind", "name"]].to_numpy().tolist() == [["green", "Park"]]
    assert set(found.places.loc[found.places["kind"] == "landmark", "name"]) == {"Genk", "Park"}
    assert found.credits == ("OSM",)
    with pytest.raises(ConfigError, match=r"\[map\] water: genk.osm cannot be read, or holds no water"):
        load_backdrop(told(water=path), city)


def test_simplified_streets_still_meet_where_they_met(box, city):
    grid = bent_grid(box, side=8, crs=city.crs)
    through = gpd.GeoDataFrame(  # a street that is not cut where others meet it
        {"name": ["Dwars"], "road_class": ["primary"]},
        geometry=[shapely.LineString([c for line in grid.geometry[:7] for c in line.coords])], crs=city.crs,
    )  # fmt: skip
    lines = gpd.GeoDataFrame(
        {"kind": "street-3", "name": "x"}, index=range(len(grid) + 1),
        geometry=[*through.geometry, *grid.geometry], crs=city.crs,
    )  # fmt: skip
    light = joined_lines(lines)
    ends = shapely.get_coordinates(shapely.get_point(grid.geometry.to_numpy(), 0))
    kept = {tuple(xy) for xy in shapely.get_coordinates(light.geometry.to_numpy()).round(6)}
    assert all(tuple(end) in kept for end in ends.round(6))
    before, after = lines.geometry.union_all(), light.geometry.union_all()
    assert shapely.get_num_coordinates(after) < shapely.get_num_coordinates(before)
    assert before.hausdorff_distance(after) <= 2.0
    assert light.geometry.length.sum() == pytest.approx(lines.geometry.length.sum(), rel=0.01)


def test_areas_that_share_an_edge_leave_no_gap(city, box):
    x, y = box[:2]
    edge = [(x + 100 + 3 * np.sin(at), y + 10 * at) for at in range(20)]
    left = shapely.Polygon([(x, y), *edge, (x, y + 190)])
    right = shapely.Polygon([(x + 200, y), *edge, (x + 200, y + 190)])
    areas = gpd.GeoDataFrame(
        {"kind": "green", "name": ""}, index=[0, 1], geometry=[left, right], crs=city.crs
    )
    light = tidy_areas(areas)
    corners = [shapely.get_num_coordinates(one.geometry.to_numpy()).sum() for one in (areas, light)]
    assert corners[1] < 0.7 * corners[0]
    assert light.geometry.union_all().area == pytest.approx(areas.geometry.union_all().area, rel=0.02)
    assert light.geometry.iloc[0].intersection(light.geometry.iloc[1]).area == pytest.approx(0.0, abs=1e-6)


def far_away(path, crs):
    gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.LineString([(0, 0), (90, 9)])], crs=crs).to_file(path)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ({"streets": "weg.gpkg"}, r"\[map\] streets.*weg\.gpkg"),
        (
            {"streets": {"path": "lijn.gpkg", "name": "straat"}},
            r"\[map\] streets: lijn.gpkg.*no column 'straat'",
        ),
        ({"streets": "lijn.gpkg"}, r"\[map\] streets: lijn.gpkg: none of its 1 shapes lies in Genk"),
        ({"green": "lijn.gpkg"}, r"\[map\] green: lijn.gpkg holds no areas"),
        (
            {"rail": {"path": "lijn.gpkg", "name": "naam"}},
            r"\[map\] rail: lijn.gpkg has no column 'naam'.*name",
        ),
        ({"landmarks": "geen.gpkg"}, r"\[map\] landmarks.*geen.gpkg"),
        ({"landmarks": "tekst.gpkg"}, r"\[map\] landmarks.*tekst.gpkg is not what its name says"),
        ({"streets": "kapot.osm"}, r"\[map\] streets: kapot.osm"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_table(layers, says, city, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    far_away(tmp_path / "lijn.gpkg", city.crs)
    (tmp_path / "tekst.gpkg").write_text("geen laag")
    (tmp_path / "kapot.osm").write_text("<osm><node")
    with pytest.raises(GenkGeoError, match=says):
        load_backdrop(told(**layers), city)

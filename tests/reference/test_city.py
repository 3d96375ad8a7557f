import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo import City
from genk_geo.errors import ConfigError
from genk_geo.reference.locating import first_containing, first_within
from genk_geo.schema import check_table
from tests.examples import examples


def squares(boundary, cell_m):
    west, south, east, north = boundary.bounds
    x, y = np.meshgrid(
        np.arange(west // cell_m * cell_m, east, cell_m), np.arange(south // cell_m * cell_m, north, cell_m)
    )
    return shapely.box(x.ravel(), y.ravel(), x.ravel() + cell_m, y.ravel() + cell_m)


def test_tables_keep_their_contracts(city):
    check_table(city.wijken, "wijken", epsg=city.crs)
    check_table(city.streets, "streets", epsg=city.crs)
    check_table(city.addresses, "addresses", epsg=city.crs)
    assert (len(city.wijken), len(city.streets), len(city.addresses), len(city.pois)) == (31, 790, 167, 7)
    assert city.streets["wijk"].isin(city.wijken["wijk"]).all()
    assert city.addresses["sector"].isin(city.sectors["sector"]).all()
    assert city.sectors["sector"].is_unique
    assert len(city.stadsdelen) == 8
    assert city.postcodes == ("3600",)
    assert (city.boundary_note, city.grouping_note) == ("indicative", "assumed")


def test_wijken_are_clean(city):
    shapes = city.wijken.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_type_id(shapes) == 3).all()
    assert city.boundary.geom_type == "Polygon"
    assert city.boundary.area == pytest.approx(87.57e6, rel=1e-3)


def test_reading_twice_gives_the_same_city(city):
    assert City.load() is city


def test_known_points_are_located_in_their_own_sector(city):
    xy = shapely.get_coordinates(city.addresses.geometry.to_numpy())
    found = city.locate(*xy.T)
    assert found.columns.tolist() == ["sector", "wijk", "stadsdeel"]
    wijk = city.addresses["sector"].map(city.sectors.set_index("sector")["wijk"])
    assert (found["wijk"] == wijk.to_numpy()).mean() >= 0.97
    right = (found["wijk"] == wijk.to_numpy()).to_numpy()
    assert (found["sector"] == city.addresses["sector"].to_numpy())[right].mean() >= 0.99


def test_outside_and_nan_are_missing(city):
    found = city.locate([0.0, np.nan, 229598.0], [0.0, 184459.0, 184459.0])
    assert found.isna().all(axis=1).tolist() == [True, True, False]
    assert city.contains([0.0, np.nan, 229598.0], [0.0, 1.0, 184459.0]).tolist() == [False, False, True]
    assert len(city.locate([], [])) == 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=examples(10), deadline=None)
def test_locate_agrees_with_a_spatial_join(city, seed):
    west, south, east, north = city.boundary.bounds
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(west, east, 300), rng.uniform(south, north, 300)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=city.crs)
    joined = gpd.sjoin(points, city.wijken, how="left", predicate="intersects")
    joined = joined[~joined.index.duplicated()]
    found = city.locate(x, y)
    inside = joined["wijk"].notna()
    assert found["wijk"][inside].tolist() == joined["wijk"][inside].tolist()
    assert found["stadsdeel"][inside].tolist() == joined["stadsdeel"][inside].tolist()
    near = points[~inside].distance(city.boundary) <= 500
    assert found["wijk"][~inside].notna().tolist() == near.tolist()


def test_border_points_go_to_the_first_area():
    shapes = shapely.box([0, 1, 0], [0, 0, 1], [1, 2, 2], [1, 1, 2])
    xy = np.array([[1.0, 0.5], [1.0, 1.0], [2.0, 1.0], [0.5, 1.5], [2.5, 1.0]])
    assert first_containing(shapes, xy).tolist() == [0, 0, 1, 2, -1]
    assert first_containing(shapes[::-1].copy(), xy).tolist() == [1, 0, 0, 0, -1]


def test_a_place_just_outside_goes_to_the_nearest_area_within_the_margin():
    shapes = shapely.box([0, 100], [0, 0], [100, 200], [100, 100])
    xy = np.array([[50.0, 120.0], [190.0, 120.0], [100.0, 110.0], [50.0, 131.0], [np.nan, 0.0]])
    assert first_within(shapes, xy, 30.0).tolist() == [0, 1, 0, -1, -1]
    assert first_within(shapes, xy, 0.0).tolist() == [-1, -1, -1, -1, -1]


def test_only_indicative_borders_have_a_margin(city):
    from dataclasses import replace

    west, _, _, _ = city.boundary.bounds
    tip = shapely.ops.nearest_points(city.boundary, shapely.Point(west - 1000, 184_000))[0]
    assert city.contains([tip.x - 200], [tip.y]).tolist() == [True]
    official = replace(city, boundary_note="")
    assert official.contains([tip.x - 200], [tip.y]).tolist() == [False]


@pytest.mark.parametrize("cell_m", [100, 137])
def test_exposure_adds_up_per_wijk(city, cell_m):
    pieces = gpd.GeoDataFrame(geometry=squares(city.boundary, cell_m), crs=city.crs).overlay(
        city.wijken[["wijk", "exposure", "geometry"]], how="intersection", keep_geom_type=True
    )
    told = city.exposure_of(pieces[["geometry"]])
    per_wijk = told.groupby(pieces["wijk"]).sum().reindex(city.wijken["wijk"])
    np.testing.assert_allclose(per_wijk, city.wijken["exposure"], atol=1e-6)
    assert (told >= 0).all()


def test_exposure_keeps_the_index_and_follows_the_streets(city):
    cells = gpd.GeoDataFrame(geometry=squares(city.boundary, 500), crs=city.crs)
    cells.index = [f"c{number}" for number in range(len(cells))]
    told = city.exposure_of(cells)
    assert told.index.equals(cells.index)
    assert told.sum() == pytest.approx(city.wijken["exposure"].sum())
    near = shapely.distance(
        cells.geometry.to_numpy()[:, None], city.streets.geometry.to_numpy()[None, :]
    ).min(axis=1)
    assert told[near > 300].sum() == 0
    half = city.exposure_of(cells.iloc[: len(cells) // 2])
    pd.testing.assert_series_equal(half, told.iloc[: len(cells) // 2])


def test_streets_near_names_what_lies_there(city):
    poi = city.streets[city.streets["street"] == "Vennestraat"].geometry.iloc[0]
    assert city.streets_near(poi.buffer(50), 3)[0] == "Vennestraat"
    names = city.streets_near(shapely.box(228000, 184000, 230000, 186000), 5)
    assert len(set(names)) == 5
    assert city.streets_near(poi, 0) == []
    assert city.streets_near(shapely.Polygon()) == []


def test_describe_counts(city):
    told = city.describe()
    assert told["wijken"] == 31
    assert told["exposure"] == 27394
    assert told["area_km2"] == pytest.approx(87.57, abs=0.05)
    assert "wijken.geojson" in told["sources"]


def test_own_grouping_replaces_the_assumption(city, tmp_path):
    lines = [
        f'"{wijk}" = "{"Noord" if row < 10 else "Zuid"}"' for row, wijk in enumerate(city.wijken["wijk"])
    ]
    path = tmp_path / "grouping.toml"
    path.write_text('status = "official"\n[wijken]\n' + "\n".join(lines), encoding="utf-8")
    own = City.load(grouping=path)
    assert own.grouping_note == ""
    assert own.stadsdelen["stadsdeel"].tolist() == ["Noord", "Zuid"]
    assert own.stadsdelen.area.sum() == pytest.approx(city.boundary.area)
    assert city.grouping_note == "assumed"
    assert City.from_settings(None, path).grouping_note == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[wijken]\n"Elders" = "Noord"\n', "do not exist: 'Elders'"),
        ('[wijken]\n"Bokrijk" = "Noord"\n', "gives no stadsdeel for"),
        ('status = "sure"\n[wijken]\n', "status"),
        ('[wijken]\n"Bokrijk" = { deel = "Noord" }\n', "deel"),
        ("[wijken\n", "cannot be read as TOML"),
    ],
)
def test_wrong_grouping_is_a_clear_error(tmp_path, text, message):
    path = tmp_path / "grouping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        City.load(grouping=path)


def test_absent_grouping_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        City.load(grouping=tmp_path / "none.toml")

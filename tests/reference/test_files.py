import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo import City
from genk_geo.crs import transform_xy
from genk_geo.errors import ConfigError

CRS = 28992


def layer(**columns):
    shapes = shapely.box([0, 1000, 0], [0, 0, 1000], [1000, 2000, 2000], [1000, 1000, 2000])
    shapes = shapely.transform(shapes, lambda xy: xy + np.array([230_000, 580_000]))
    table = {"code": ["W01a", "W01b", "W02a"], "naam": ["Een", "Twee", "Drie"], "bewoners": [10, 0, 20]}
    return gpd.GeoDataFrame(table | columns, geometry=shapes, crs=CRS)


def saved(frame, folder, name="areas.geojson"):
    path = folder / name
    frame.to_file(path)
    return path


def load(path, **options):
    told = {"name": "Stad", "crs": CRS, "timezone": "Europe/Amsterdam", "wijk": "naam"}
    return City.from_files(path, **(told | options))


@pytest.mark.parametrize("name", ["areas.geojson", "areas.gpkg", "areas.shp"])
def test_every_format_is_read(tmp_path, name):
    city = load(saved(layer(), tmp_path, name), wijk_code="code", stadsdeel_prefix=3, exposure="bewoners")
    assert city.wijken["wijk"].tolist() == ["Een", "Twee", "Drie"]
    assert city.wijken["stadsdeel"].tolist() == ["W01", "W01", "W02"]
    assert city.stadsdelen["stadsdeel"].tolist() == ["W01", "W02"]
    assert city.boundary.area == pytest.approx(4e6)
    assert (city.boundary_note, city.grouping_note, city.timezone) == ("", "", "Europe/Amsterdam")
    assert city.wijken["exposure"].tolist() == [10, 0, 20]


def test_other_projection_is_reprojected(tmp_path):
    from genk_geo.crs import reproject

    city = load(saved(reproject(layer(), 4326), tmp_path, "areas.gpkg"))
    assert city.wijken.set_index("wijk").area["Een"] == pytest.approx(1e6, rel=1e-3)
    assert city.wijken.crs.to_epsg() == CRS


def test_exposure_spreads_evenly_without_streets(tmp_path):
    city = load(saved(layer(), tmp_path), exposure="bewoners")
    x, y = np.meshgrid(np.arange(230_000, 232_000, 500), np.arange(580_000, 582_000, 500))
    cells = gpd.GeoDataFrame(
        geometry=shapely.box(x.ravel(), y.ravel(), x.ravel() + 500, y.ravel() + 500), crs=CRS
    )
    told = city.exposure_of(cells).to_numpy().reshape(4, 4)
    np.testing.assert_allclose(told, [[2.5, 2.5, 0, 0], [2.5, 2.5, 0, 0], [2.5] * 4, [2.5] * 4])
    assert load(saved(layer(), tmp_path)).exposure_of(cells) is None
    city = load(saved(layer(bewoners=[10.0, np.nan, 20.0]), tmp_path, "b.gpkg"), exposure="bewoners")
    told = city.exposure_of(cells).to_numpy().reshape(4, 4)
    np.testing.assert_allclose(told[:2], [[2.5, 2.5, np.nan, np.nan]] * 2)


def test_locate_and_streets_of_own_layers(tmp_path):
    lines = shapely.linestrings(
        [[[230_100, 580_500], [231_900, 580_500]], [[230_100, 581_500], [230_900, 581_500]]]
    )
    streets = gpd.GeoDataFrame({"street": ["Laan", "Weg"]}, geometry=lines, crs=CRS)
    city = load(saved(layer(), tmp_path), streets=saved(streets, tmp_path, "s.gpkg"), exposure="bewoners")
    assert city.streets_near(shapely.Point(230_500, 581_400).buffer(200)) == ["Weg", "Laan"]
    found = city.locate([230_500, 230_500, 0], [580_500, 581_500, 0])
    assert found["wijk"].tolist()[:2] == ["Een", "Drie"]
    assert found["sector"].isna().all()
    assert city.streets["wijk"].tolist() == ["Een", "Drie"]
    cell = gpd.GeoDataFrame(geometry=[shapely.box(230_000, 580_700, 231_000, 581_000)], crs=CRS)
    assert 0 < city.exposure_of(cell).iloc[0] < 3


def test_settings_from_toml_count_from_its_folder(tmp_path):
    saved(layer(), tmp_path)
    keys = f'name = "Stad"\ncrs = {CRS}\nareas = "areas.geojson"\nwijk = "naam"\n'
    grouping = '[city.grouping]\nNoord = ["Drie"]\nZuid = ["Een", "Twee"]\n'
    (tmp_path / "a.toml").write_text("[city]\n" + keys + grouping, encoding="utf-8")
    (tmp_path / "b.toml").write_text(keys, encoding="utf-8")
    assert City.from_files(tmp_path / "a.toml").wijken["stadsdeel"].tolist() == ["Noord", "Zuid", "Zuid"]
    assert City.from_files(tmp_path / "b.toml").wijken["stadsdeel"].tolist() == ["Stad"] * 3
    assert City.from_files(tmp_path / "b.toml", name="Dorp").name == "Dorp"


def test_labelled_points_give_indicative_areas(tmp_path):
    rng = np.random.default_rng(4)
    x, y = rng.uniform(230_000, 234_000, 600), rng.uniform(580_000, 582_000, 600)
    lon, lat = transform_xy(x, y, CRS, 4326)
    table = pd.DataFrame({"lon": lon, "lat": lat, "post": np.where(x < 232_000, "west", "oost")})
    table.loc[len(table)] = [2.0, 48.0, "west"]
    table.loc[len(table)] = [np.nan, np.nan, "west"]
    path = tmp_path / "punten.csv"
    table.to_csv(path, index=False, sep=";", decimal=",")
    city = load(path, wijk="post")
    assert city.boundary_note == "indicative"
    assert city.wijken["wijk"].tolist() == ["oost", "west"]
    assert (city.locate(x, y)["wijk"] == np.where(x < 232_000, "west", "oost")).mean() > 0.97
    assert city.boundary.area < 16e6


def broken(kind):
    frame = layer()
    if kind == "twice":
        frame.loc[1, "naam"] = "Een"
    if kind == "empty name":
        frame.loc[1, "naam"] = None
    if kind == "overlap":
        frame.loc[1, "geometry"] = frame.geometry[1].buffer(100)
    if kind == "points":
        frame = frame.set_geometry(frame.centroid)
    return frame


@pytest.mark.parametrize("other", ["een", "Een\u2060", "E\u200ben", "E\u00aden"])
def test_wijken_that_read_the_same_are_refused_with_both_named(other, tmp_path):
    frame = layer()
    frame.loc[1, "naam"] = other
    with pytest.raises(ConfigError, match=r"wijken 'Een' and .* read the same") as refused:
        load(saved(frame, tmp_path))
    assert "\u200b" not in str(refused.value)


def test_stadsdelen_that_read_the_same_are_refused(tmp_path):
    grouping = {"Noord": ["Drie"], "noord": ["Een", "Twee"]}
    with pytest.raises(ConfigError, match=r"stadsdelen '[Nn]oord' and '[Nn]oord' of .* read"):
        load(saved(layer(), tmp_path), grouping=grouping)


def test_signs_that_nobody_sees_are_no_part_of_a_name(tmp_path):
    frame = layer()
    frame.loc[1, "naam"] = " Tw\u202eee\x1b "
    grouping = {"Noord": ["Drie"], "Zuid": ["Een", "Twee"]}
    city = load(saved(frame, tmp_path), grouping=grouping)
    assert city.wijken["wijk"].tolist() == ["Drie", "Een", "Twee"]
    frame.loc[1, "naam"] = "\u202e"
    with pytest.raises(ConfigError, match="is empty in row 2"):
        load(saved(frame, tmp_path))


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("twice", {}, "same value in column 'naam': Een"),
        ("empty name", {}, "is empty in row 2"),
        ("overlap", {}, "'Een' and 'Twee' overlap by"),
        ("points", {}, "not an area"),
        ("fine", {"wijk": "wijk"}, "no column 'wijk' .*it has code, naam, bewoners"),
        ("fine", {"stadsdeel": "deel"}, "no column 'deel'"),
        ("fine", {"exposure": "naam"}, "must hold numbers"),
        ("fine", {"grouping": {"Noord": ["Een", "Vier"]}}, "do not exist: 'Vier'"),
        (
            "fine",
            {"grouping": {"Noord": ["Een"], "Zuid": ["Een", "Twee", "Drie"]}},
            "more than one stadsdeel",
        ),
        ("fine", {"grouping": {"Noord": ["Een"]}}, "no stadsdeel for 'Twee', 'Drie'"),
        ("fine", {"kleur": "rood"}, "kleur: unknown key"),
        ("fine", {"points": "x.csv"}, "either `areas`"),
        ("fine", {"streets": "geen.gpkg"}, "does not exist"),
    ],
)
def test_wrong_input_is_a_clear_error(tmp_path, kind, options, message):
    path = saved(broken(kind), tmp_path)
    with pytest.raises(ConfigError, match=message):
        load(path, **options)


def test_absent_and_unreadable_files_are_clear_errors(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.gpkg does not exist"):
        load(tmp_path / "none.gpkg")
    with pytest.raises(ConfigError, match=r"none\.csv does not exist"):
        load(tmp_path / "none.csv")
    with pytest.raises(ConfigError, match=r"none\.toml does not exist"):
        City.from_files(tmp_path / "none.toml")
    (tmp_path / "bad.geojson").write_text("no json")
    with pytest.raises(ConfigError, match="cannot be read as a GeoJSON"):
        load(tmp_path / "bad.geojson")


def test_layer_without_crs_asks_for_it(tmp_path):
    path = saved(layer(), tmp_path, "areas.shp")
    (tmp_path / "areas.prj").unlink()
    with pytest.raises(ConfigError, match="areas_crs"):
        load(path)
    assert load(path, areas_crs=CRS).boundary.area == pytest.approx(4e6)


def test_invalid_shape_is_repaired_and_said(tmp_path, caplog):
    frame = layer()
    bowtie = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    frame.loc[0, "geometry"] = shapely.transform(bowtie, lambda xy: xy + np.array([230_000, 580_000]))
    city = load(saved(frame, tmp_path))
    assert shapely.is_valid(city.wijken.geometry.to_numpy()).all()
    assert "repaired the outline of Een" in caplog.text


def test_rounded_borders_are_taken_from_the_later_area(tmp_path):
    frame = layer()
    frame.loc[1, "geometry"] = frame.geometry[1].buffer(0.5, join_style="mitre")
    city = load(saved(frame, tmp_path, "areas.gpkg"))
    shapes = city.wijken.geometry.to_numpy()
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(shapely.union_all(shapes)), rel=1e-9)


@pytest.mark.shared
def test_groningen_loads(shared_data):
    city = City.from_files(
        shared_data / "context_groningen_buurten.geojson",
        name="Groningen",
        crs=CRS,
        timezone="Europe/Amsterdam",
        wijk="naam",
        wijk_code="code",
        stadsdeel_prefix=8,
        exposure="inhabitants",
    )
    assert (len(city.wijken), len(city.stadsdelen)) == (112, 15)
    thefts = pd.read_csv(shared_data / "incidents_bike_theft_groningen_2013_2017.csv.gz")
    found = city.locate(thefts["x_rd"], thefts["y_rd"])
    assert found["wijk"].notna().mean() > 0.95
    assert city.contains(thefts["x_rd"], thefts["y_rd"]).mean() == found["wijk"].notna().mean()


@pytest.mark.shared
def test_houston_beats_are_drawn_from_burglaries(shared_data):
    path = shared_data / "incidents_burglary_houston_2010.csv.gz"
    city = City.from_files(
        path,
        name="Houston",
        crs=32615,
        timezone="America/Chicago",
        wijk="beat",
        attribution="City of Houston",
    )
    assert len(city.wijken) >= 105
    assert city.boundary.area < 3.5e9
    assert shapely.coverage_is_valid(city.wijken.geometry.to_numpy())
    told = pd.read_csv(path)
    x, y = transform_xy(told["lon"], told["lat"], 4326, 32615)
    assert (city.locate(x, y)["wijk"] == told["beat"].to_numpy()).mean() > 0.85

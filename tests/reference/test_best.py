"""The full address register: filtered, put into a city, downloaded."""

import zipfile

import pandas as pd
import pytest

from genk_geo import City
from genk_geo.config import Settings
from genk_geo.crs import WGS84, transform_xy
from genk_geo.errors import ConfigError
from genk_geo.geocoding import geocode
from genk_geo.jobs.desk.official.address_register import update_addresses
from genk_geo.reference.best import COLUMNS, filter_best, read_prepared, with_addresses

HEADER = (
    "{x},{y},EPSG:4326_lat,EPSG:4326_lon,address_id,box_number,house_number,municipality_id,"
    "municipality_name_de,municipality_name_fr,municipality_name_nl,postcode,postname_fr,postname_nl,street_id,"
    "streetname_de,streetname_fr,streetname_nl,region_code,status"
)
TOWNS = {"71016": ("Genk", "3600"), "71066": ("Zonhoven", "3520"), "11002": ("Antwerpen", "2000")}


def line(x, y, number, town, street, *, epsg=31370, degrees=True, status="current", box=""):
    name, postcode = TOWNS[town]
    lon, lat = (float(value[0]) for value in transform_xy([x], [y], 31370, WGS84))
    own_x, own_y = (float(value[0]) for value in transform_xy([x], [y], 31370, epsg))
    place = f"{lat:.7f},{lon:.7f}" if degrees else ","
    return (
        f"{own_x:.2f},{own_y:.2f},{place},1,{box},{number},{town},,,{name},{postcode},,{name},5,,,{street},BE-VLG,"
        f"{status}"
    )


def lines(**options):
    return [
        *(line(228500 + n, 184800, n, "71016", "Nieuwe Proefstraat", **options) for n in (1, 3, 5, 7, 9)),
        line(228507, 184800, 7, "71016", "Nieuwe Proefstraat", box="2", **options),
        line(228000, 184000, 11, "71016", "Kerkstraat", **options),
        line(224500, 188000, 11, "71066", "Kerkstraat", **options),
        line(224600, 188000, 2, "71066", "Zonhovense Proeflaan", **options),
        line(228400, 184900, 99, "71016", "Oude Proefweg", **options | {"status": "retired"}),
        line(152000, 212000, 1, "11002", "Meir", **options),
    ]


@pytest.fixture
def full(tmp_path):
    def make(epsg=31370, *, name="openaddress-bevlg.csv", degrees=True):
        path = tmp_path / name
        header = HEADER.format(x=f"EPSG:{epsg}_x", y=f"EPSG:{epsg}_y")
        text = "\n".join([header, *lines(epsg=epsg, degrees=degrees)]) + "\n"
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.mark.parametrize("epsg", [31370, 3812])
@pytest.mark.parametrize("degrees", [True, False])
def test_both_layouts_give_the_same_current_house_numbers(full, tmp_path, epsg, degrees):
    count = filter_best(full(epsg, degrees=degrees), tmp_path / "genk.parquet", municipalities=["71016"])
    table = read_prepared(tmp_path / "genk.parquet")
    assert tuple(table.columns) == COLUMNS
    assert count == len(table) == 6  # one row a house number, not a box
    assert set(table["street"]) == {"Nieuwe Proefstraat", "Kerkstraat"}
    x, _ = transform_xy(table["lon"].to_numpy(), table["lat"].to_numpy(), WGS84, 31370)
    first = table["house_number"].to_numpy() == "1"
    assert x[first] == pytest.approx(228501, abs=1.0)


def test_zip_is_read_as_a_stream(full, tmp_path):
    packed = tmp_path / "openaddress-bevlg.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(full(), "openaddress-bevlg.csv")
    assert filter_best(packed, tmp_path / "out.parquet", postcodes=["3520"]) == 2


def test_faults_are_told(full, tmp_path):
    out = tmp_path / "x.parquet"
    with pytest.raises(ConfigError, match="at least one municipality"):
        filter_best(full(), out)
    with pytest.raises(ConfigError, match="no current address of 99999"):
        filter_best(full(), out, municipalities=["99999"])
    with pytest.raises(ConfigError, match="does not exist"):
        filter_best(tmp_path / "nergens.csv", out, municipalities=["71016"])
    other = tmp_path / "anders.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="streetname_nl"):
        filter_best(other, out, municipalities=["71016"])
    broken = tmp_path / "kapot.zip"
    broken.write_bytes(b"PK not a zip")
    with pytest.raises(ConfigError, match="cannot be read"):
        filter_best(broken, out, municipalities=["71016"])
    with pytest.raises(ConfigError, match="reference update"):
        read_prepared(out)
    assert not out.exists()


@pytest.fixture
def zone(full, tmp_path):
    filter_best(full(), tmp_path / "zone.parquet", municipalities=["71016", "71066"])
    return with_addresses(City.load(), tmp_path / "zone.parquet")


def test_a_city_takes_the_registers_addresses(zone):
    found = geocode(pd.DataFrame({"address": ["Nieuwe Proefstraat 3", "Nieuwe Proefstraat"]}), zone)
    assert found["geocode_level"].tolist() == ["address", "street"]
    assert found["x_31370"].tolist() == pytest.approx([228503, 228505], abs=1.0)  # the median house number
    assert "Digitaal Vlaanderen" in zone.attribution


def test_a_name_in_two_municipalities_needs_one_of_them(zone):
    written = [
        "Kerkstraat 11",
        "Kerkstraat 11, 3520 Zonhoven",
        "Kerkstraat 11, 3600 Genk",
        "Kerkstraat 11 Zonhoven",
    ]
    found = geocode(pd.DataFrame({"address": written}), zone)
    assert found["geocode_level"].tolist() == ["none", "address", "address", "address"]
    assert found["matched_street"].tolist() == ["", "Kerkstraat", "Kerkstraat", "Kerkstraat"]
    assert "Zonhoven" in found["matched_address"][1]
    assert found["y_31370"].round(-2).tolist()[1:] == [188000, 184000, 188000]


def test_a_street_of_another_municipality_than_named_is_refused(zone):
    written = ["Nieuwe Proefstraat 3, 3520 Zonhoven", "Zonhovense Proeflaan 2, 3520 Zonhoven"]
    found = geocode(pd.DataFrame({"address": written}), zone)
    assert found["matched_street"].tolist() == ["", "Zonhovense Proeflaan"]


def test_settings_name_the_prepared_file(full, tmp_path):
    (tmp_path / "genk-geo.toml").write_text('addresses = "adressen/genk.parquet"\n')
    settings = Settings.load(tmp_path / "genk-geo.toml")
    count, target = update_addresses(settings, source=full(), municipalities=("71016",))
    assert (count, target) == (6, tmp_path / "adressen" / "genk.parquet")
    city = City.from_settings(None, addresses=settings.addresses)
    assert set(city.streets["street"]) == {"Nieuwe Proefstraat", "Kerkstraat"}
    with pytest.raises(ConfigError, match="--out"):
        update_addresses(Settings(), source=full())

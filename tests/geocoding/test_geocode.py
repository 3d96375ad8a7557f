"""Places, levels, radii, and the table that comes back."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo import City
from genk_geo.errors import SchemaError
from genk_geo.geocoding import geocode
from genk_geo.geocoding.position import Positions
from genk_geo.schema import geocode_level_dtype
from tests.examples import examples

ADDED = (
    "x_31370 y_31370 lon lat geocode_level geocode_score geocode_uncertainty_m matched_address "
    "matched_street matched_house_number geocode_note geocode_alternatives sector wijk stadsdeel"
)


def one(city, text, **options):
    return geocode(pd.DataFrame({"address": [text]}), city, **options).iloc[0]


def test_table_keeps_index_and_columns(city):
    frame = pd.DataFrame(
        {"id": [1, 2, 3], "address": ["Europalaan 12", None, "Europalaan 12"]}, index=[7, 7, 3]
    )
    before = frame.copy()
    found = geocode(frame, city)
    pd.testing.assert_frame_equal(frame, before)
    assert list(found.columns) == ["id", "address", *ADDED.split()]
    assert found.index.tolist() == [7, 7, 3]
    assert found["geocode_level"].dtype == geocode_level_dtype()
    assert found["geocode_score"].between(0, 1).all()
    assert found.iloc[0]["x_31370"] == found.iloc[2]["x_31370"]
    assert len(geocode(frame.iloc[:0], city)) == 0


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_streets_that_could_be_meant_have_a_column_in_every_language(city, lang):
    frame = pd.DataFrame({"address": ["Kastelstraat 2", "Hoogstraat 9", "Kerkstrat 3", "onbekend"]})
    found = geocode(frame, city, lang=lang)
    assert found["geocode_alternatives"].tolist() == ["Kastertstraat, Kosterstraat, Kapelstraat", "", "", ""]
    first = found.iloc[0]
    assert set(first["geocode_alternatives"].split(", ")) <= set(city.streets["street"])
    assert first["geocode_note"].endswith(f"{first['geocode_alternatives']})")


def test_missing_column_is_named(city):
    with pytest.raises(SchemaError, match="straat"):
        geocode(pd.DataFrame({"address": ["x"]}), city, column="straat")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Weg naar As 228", "address"),
        ("Thor Park 8310, 3600 Genk", "address"),
        ("Ceintuurlaan 172", "interpolated"),
        ("hoek Europalaan / Stationsstraat", "intersection"),
        ("Europalaan t.h.v. Stationsstraat", "intersection"),
        ("Europalaan", "street"),
        ("N76 km 12,3", "street"),
        ("ZOL", "poi"),
        ("Shopping 1", "poi"),
        ("Winterslag 1", "wijk"),
        ("Dorpsstraat 5, Kolderbos", "wijk"),
        ("Genk", "city"),
        ("3600 Genk", "city"),
        ("Waterschei", "city"),
        ("Kerkstraat 5, 3500 Hasselt", "none"),
        ("Kerkstraat, Hasselt", "none"),
        ("Kerkstraat 3 As", "none"),
        ("Thor Park", "street"),
        ("stadion KRC Genk", "poi"),
        ("Kruispunt Europalaan met N75", "street"),
        ("E314 afrit 32", "none"),
        ("onbekend", "none"),
        ("", "none"),
    ],
)
def test_levels(city, text, level):
    found = one(city, text)
    assert found["geocode_level"] == level
    assert np.isfinite(found["x_31370"]) == (level not in {"none", "city"})
    assert np.isfinite(found["geocode_uncertainty_m"]) == (level not in {"none", "city"})
    assert not found["geocode_uncertainty_m"] > 5000
    if level == "none":
        assert found["geocode_note"]
        assert found["geocode_score"] == 0


def test_known_number_is_the_registers_point(city):
    known = city.addresses.iloc[::7]
    written = known["street"] + " " + known["house_number"].astype(str) + " bus 2, 3600 Genk"
    found = geocode(pd.DataFrame({"address": written.tolist()}), city)
    assert (found["geocode_level"] == "address").all()
    assert np.allclose(found["x_31370"], shapely.get_x(known.geometry.to_numpy()))


def test_what_is_no_table_is_told(city):
    for given_ in ("Europalaan 12", [12], None):
        with pytest.raises(SchemaError, match="needed a table"):
            geocode(given_, city)
    twice = pd.DataFrame([["Europalaan 12", "Stalenstraat 1"]], columns=["address", "address"])
    with pytest.raises(SchemaError, match="more than once"):
        geocode(twice, city)


def test_strings_are_a_table_of_them(city):
    found = geocode(["Europalaan 12", "Stalenstraat 1"], city)
    for given_ in (("Europalaan 12", "Stalenstraat 1"), pd.Series(["Europalaan 12", "Stalenstraat 1"])):
        pd.testing.assert_frame_equal(geocode(given_, city), found)
    assert found.to_gdf().crs.to_epsg() == 4326


def test_further_columns(city):
    frame = pd.DataFrame(
        {
            "straat": ["Weg naar As", "Kerkstraat", "Xeerstraat", "", "Kerkstraat"],
            "nr": [228.0, np.nan, "4", "", "5"],
            "post": [3600, "3500", None, "", "3600.0"],
            "wijk_in": ["", "", "Bret", "Kolderbos", ""],
        }
    )
    found = geocode(frame, city, column="straat", house_number="nr", postcode="post", area="wijk_in")
    assert found["geocode_level"].tolist()[:2] == ["address", "none"]
    assert found["geocode_level"].tolist()[3] == "wijk"
    assert found["wijk"].tolist()[3] == "Kolderbos"
    assert found["matched_street"].tolist()[4] == "Kerkstraat"


def test_same_answer_in_any_order_and_number(city, noise):
    streets = sorted(city.streets["street"])[::9]
    texts = [noise.dressed(noise.two_typos(street)) for street in streets] + [f"{s} 3" for s in streets]
    frame = pd.DataFrame({"address": texts})
    whole = geocode(frame, city)
    turned = geocode(frame.iloc[::-1], city).sort_index()
    pd.testing.assert_frame_equal(whole, turned)
    parts = pd.concat([geocode(frame.iloc[i : i + 7], city) for i in range(0, len(frame), 7)])
    pd.testing.assert_frame_equal(whole, parts)


@settings(deadline=None, max_examples=examples(60))
@given(
    st.lists(
        st.one_of(st.text(max_size=40), st.none(), st.floats(), st.integers(), st.booleans()), max_size=4
    )
)
def test_no_value_raises(values):
    found = geocode(pd.DataFrame({"address": pd.Series(values, dtype=object)}), City.load())
    assert len(found) == len(values)


def test_strange_strings(city):
    texts = [
        "\x00",
        "Europalaan\x00 12",
        "\u202eEuropalaan\u202c 12",
        "\U0001f4a9",
        "A" * 100_000,
        "1 " * 50_000,
    ]
    found = geocode(pd.DataFrame({"address": texts}), city)
    assert found["matched_street"].tolist() == ["", "Europalaan", "Europalaan", "", "", ""]


def test_held_out_numbers(city):
    """Leave out each known number: nearer than the street's point, and the radius holds nine in ten."""
    rows = []
    points = dict(zip(city.streets["street"], city.streets.geometry, strict=True))
    known = city.addresses
    names = sorted(known["street"].unique())
    for row in range(len(known)):
        left = dataclasses.replace(city, addresses=known.drop(known.index[row]))
        true = known.iloc[row]
        found = Positions(left, names).at(true["street"], (str(true["house_number"]),))
        error = np.hypot(found.x - true.geometry.x, found.y - true.geometry.y)
        rows.append((error, found.radius_m, true.geometry.distance(points[true["street"]])))
    error, radius, middle = np.array(rows).T
    assert np.median(error) < 0.85 * np.median(middle)
    assert 0.88 <= np.mean(error <= radius) <= 0.97
    assert 0.84 <= np.mean((error <= radius)[radius < 100]) <= 0.99  # not only on average


def test_drawn_streets_meet_where_they_cross():
    city = City.load()
    lines = gpd.GeoDataFrame(
        {
            "street": ["Lange Weg", "Kerkstraat"],
            "postcode": ["3600"] * 2,
            "sector": ["71016A001"] * 2,
            "wijk": ["Genk-Centrum"] * 2,
        },
        geometry=[
            shapely.LineString([(228000, 184000), (229000, 184000)]),
            shapely.LineString([(228500, 183500), (228500, 184500)]),
        ],
        crs=31370,
    )
    drawn = dataclasses.replace(city, streets=lines, addresses=city.addresses.iloc[:0])
    found = one(drawn, "hoek Lange Weg / Kerkstraat")
    assert (found["x_31370"], found["y_31370"]) == (228500, 184000)
    assert found["geocode_uncertainty_m"] < 50


def test_city_without_streets_knows_only_its_wijken(tmp_path):
    square = gpd.GeoDataFrame(
        {"buurt": ["Binnenstad", "Oost"]},
        geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
        crs=28992,
    )
    square.to_file(tmp_path / "buurten.geojson", driver="GeoJSON")
    city = City.from_files(tmp_path / "buurten.geojson", name="Elders", crs=28992, wijk="buurt")
    found = geocode(pd.DataFrame({"address": ["Kerkstraat 5", "Binnenstad", "Elders"]}), city)
    assert found["geocode_level"].tolist() == ["none", "wijk", "city"]
    assert found["geocode_note"].iloc[0]
    assert found["wijk"].iloc[1] == "Binnenstad"
    assert {"x_28992", "y_28992"} <= set(found.columns)


def test_half_a_character_is_kept_out_of_the_table(city):
    frame = pd.DataFrame({"address": pd.Series(["Nergensstraat\ud800 12"], dtype="object")})
    assert "Nergensstraat" in geocode(frame, city)["geocode_note"].iloc[0]

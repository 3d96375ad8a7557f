"""Belgian location strings in typed parts."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genk_geo.geocoding import Vocabulary, parse_location
from genk_geo.geocoding.normalise import key_of
from tests.examples import examples

KNOWN = Vocabulary(
    streets=frozenset(map(key_of, ("Europalaan", "Stationsstraat", "Weg Naar As", "Veertien Septemberlaan"))),
    areas=frozenset(map(key_of, ("Winterslag 1", "Kolderbos"))),
    postcodes=frozenset({"3600"}),
)


@pytest.mark.parametrize(
    "text",
    [
        "Europalaan 12",
        "Europalaan, 12",
        "12 Europalaan",
        "Europalaan 12, 3600 Genk",
        "3600 Genk, Europalaan 12",
        "Genk, Europalaan 12",
        "Europalaan nr. 12",
        "Europalaan t.h.v. nr 12",
        "thv Europalaan 12",
        "Europalaan naast nr 12",
        "Europalaan over nr 12",
        "Europalaan12 (Genk)",
        "  Europalaan \t 12 \n",
        "Europalaan 12 B-3600 Genk",
        "Europalaan (N75) 12",
    ],
)
def test_one_address_in_many_forms(text):
    found = parse_location(text, KNOWN)
    assert found.kind == "address"
    assert [key_of(street) for street in found.streets] == ["europalaan"]
    assert found.number.numbers == ("12",)
    assert found.unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "hoek Europalaan / Stationsstraat",
        "kruispunt Europalaan - Stationsstraat",
        "Europalaan x Stationsstraat",
        "Europalaan / Stationsstraat, 3600 Genk",
        "op de hoek van de Europalaan en de Stationsstraat",
        "Europalaan hoek Stationsstraat",
        "Kruispunt Europalaan met Stationsstraat",
        "Europalaan 5 / Stationsstraat",
        "tussen Europalaan en Stationsstraat",
    ],
)
def test_intersections(text):
    found = parse_location(text, KNOWN)
    assert found.kind == "intersection"
    assert [key_of(street) for street in found.streets] == ["europalaan", "stationsstraat"]


def test_other_kinds():
    between = parse_location("Europalaan tussen Stationsstraat en Molenstraat", KNOWN)
    assert (between.kind, between.streets) == ("between", ("Europalaan", "Stationsstraat", "Molenstraat"))
    marker = parse_location("N75 km 12,3", KNOWN)
    assert (marker.kind, marker.road, marker.km) == ("road_marker", "N75", "12,3")
    leave = parse_location("E314 afrit 32", KNOWN)
    assert (leave.kind, leave.road, leave.exit) == ("motorway_exit", "E314", "32")
    assert parse_location("Winterslag 1", KNOWN).kind == "area"
    assert parse_location("onbekend", KNOWN).kind == "empty"
    near = parse_location("Europalaan t.h.v. station", KNOWN)
    assert (near.streets, near.near) == (("Europalaan",), "station")


def test_place_names_are_evidence_and_not_part_of_the_street():
    found = parse_location("Europalaan 12 Kolderbos", KNOWN)
    assert (found.streets, found.places) == (("Europalaan",), ("Kolderbos",))
    assert parse_location("Weg naar As", KNOWN).places == ()
    assert parse_location("Kerkstraat 5, 3500 Hasselt", KNOWN).postcode == "3500"
    assert parse_location("14 Septemberlaan 5", KNOWN).number.numbers == ("5",)


WORDS = [
    "Europalaan", "Stationsstraat", "12", "12A", "5-7", "/", "bus", "3", "hoek", "kruispunt", "met",
    "tussen", "en", "3600", "B-3600", "Genk", "Hasselt", "N75", "km", "3,4", "t.h.v.", "nr", "afrit",
    "32", "Kolderbos", "Winterslag", ",", "(", ")", "x", "-", "Weg", "Naar", "As", "14", "Septemberlaan",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="Kerkstraat 12/,-.()xN75 kmhoektusenb&\x00é", max_size=50),
    st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join),
    st.sampled_from(
        ["Europalaan 12 bus 3, 3600 Genk", "hoek A-straat / B-straat", "X tussen Y en Z", "N75 km 1,2"]
    ),
)


@settings(deadline=None, max_examples=examples(300))
@given(TEXTS)
@example("\u202eEuropalaan\u202c 12")
@example("\U0001f4a9 12")
@example("Europalaan 12 " * 9000)
@example("0" * 300)
@example("tussen en")
@example("hoek")
@example("N75 km")
@example("0AA0;A0AA")
@example("Genk Kolderbos")
def test_never_raises_and_is_idempotent(text):
    for known in (KNOWN, None):
        standard = parse_location(text, known).text
        assert parse_location(standard, known).text == standard

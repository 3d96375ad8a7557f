"""House numbers: the published forms of the Flemish address register, and the ones suppliers add."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.geocoding import parse_location, read_house_number
from tests.examples import examples

# Facts from the public tests of the Flemish address register (Digitaal Vlaanderen).
TABLE = (Path(__file__).parent / "house_number_forms.csv").read_text(encoding="utf-8")
FORMS = list(csv.DictReader(TABLE.splitlines()))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["input"])
def test_published_forms(form):
    if form["field"] == "huisnummer":
        found = read_house_number(form["input"])
    else:
        location = parse_location(form["input"])
        assert location.streets == ("teststraat",)
        found = location.number
    assert set(found.numbers) == set(form["expected_house_numbers"].split("|"))
    assert found.box == form["expected_box"]


@pytest.mark.parametrize(
    ("written", "numbers", "box"),
    [
        ("12A", ("12A", "12"), ""),
        ("12/3", ("12",), "3"),
        ("12 bus 3", ("12",), "3"),
        ("12 b 3", ("12",), "3"),
        ("12 bte 3", ("12",), "3"),
        ("12A bus 3", ("12A", "12"), "3"),
        ("12-14", ("12", "14"), ""),
        ("149/153", ("149", "151", "153"), ""),
        ("12 GLV", ("12",), "GLV"),
        ("5/101", ("5",), "101"),
        ("zn", (), ""),
        ("0", (), ""),
        ("", (), ""),
    ],
)
def test_suppliers_forms(written, numbers, box):
    found = read_house_number(written)
    assert (found.numbers, found.box) == (numbers, box)


@settings(deadline=None, max_examples=examples(200))
@given(st.text(max_size=30))
def test_never_raises_and_numbers_are_positive(written):
    found = read_house_number(written)
    assert all(int("".join(filter(str.isdigit, number))) > 0 for number in found.numbers)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Europalaan 3\u00b9", "3"),
        ("Europalaan 3\u00b2", "3"),
        ("Europalaan 3\u00bd", "3"),
        ("Europalaan 3\u00bc, 3600 Genk", "3"),
        ("Europalaan 12\u00b3", "12"),
        ("3\u00b9 Europalaan", "3"),
        ("Europalaan 3\u2460", "3"),
        ("Europalaan 3\u2082", "3"),
        ("Europalaan \uff13\uff11", "31"),
    ],
)
def test_small_figures_behind_a_number_are_no_part_of_it(city, text, number):
    import pandas as pd

    from genk_geo.geocoding import geocode

    found = geocode(pd.DataFrame({"a": [text]}), city, column="a")
    assert (found["matched_street"].item(), found["matched_house_number"].item()) == ("Europalaan", number)


@pytest.mark.parametrize(
    "text", ["Meilaan 12", "1 Meilaan 12", "12 Meilaan", "1 Mei laan 12", "Meilaan 12, Genk"]
)
def test_a_refusal_does_not_depend_on_the_order(city, text):
    import pandas as pd

    from genk_geo.geocoding import geocode

    assert geocode(pd.DataFrame({"a": [text]}), city, column="a")["geocode_level"].item() < "street"

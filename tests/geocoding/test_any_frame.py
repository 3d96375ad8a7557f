"""Addresses in odd tables are found as in plain ones, or the table is refused by one clear error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genk_geo.errors import GenkGeoError
from genk_geo.geocoding import geocode

ADDRESSES = ["Europalaan 12", "Stadsplein 1", "", "Meilaan", "Onbestaandestraat 3", "Europalaan"]
NUMBERS = [12, 1, None, None, 3, 5]
ROWS = len(ADDRESSES)


def addresses(**options):
    return pd.DataFrame({"adres": ADDRESSES, "nr": pd.array(NUMBERS, dtype="Int64")}, **options)


def plain(found):
    names = ["geocode_level", "geocode_score", "geocode_uncertainty_m", "lon", "lat", "geocode_note", "wijk"]
    facts = found[names].astype(object)
    return facts.where(facts.notna(), None).to_numpy().tolist()


SAME = {
    "one label": lambda t: t.set_axis([3] * ROWS),
    "strings": lambda t: t.set_axis(list("abcdef")),
    "two levels": lambda t: t.set_axis(pd.MultiIndex.from_product([[1, 2], [1, 2, 3]])),
    "missing labels": lambda t: t.set_axis([None, np.nan, 1, 2, 3, 4]),
    "string": lambda t: t.astype({"adres": "string", "nr": "Float64"}),
    "arrow": lambda t: t.astype({"adres": "string[pyarrow]", "nr": "int64[pyarrow]"}),
    "category": lambda t: t.astype({"adres": "category", "nr": "object"}),
    "object": lambda t: t.astype(object),
    "none for nothing": lambda t: t.assign(adres=[text or None for text in ADDRESSES]),
    "nan for nothing": lambda t: t.assign(adres=[text or np.nan for text in ADDRESSES]),
    "na for nothing": lambda t: t.assign(adres=pd.array([text or None for text in ADDRESSES], "string")),
    "decimals": lambda t: t.assign(nr=np.array(NUMBERS, dtype=float)),
    "texts": lambda t: t.assign(nr=["12", "1", "", "", "3", "5"]),
    "columns of other kinds": lambda t: t.rename(columns={"nr": 7}).assign(nr=t["nr"]),
}


@pytest.mark.parametrize("what", SAME)
@pytest.mark.parametrize("number", [None, "nr"])
def test_tables_that_say_the_same_are_found_alike(what, number, city):
    table = SAME[what](addresses())
    before = table.copy(deep=True)
    found = geocode(table, city, column="adres", house_number=number)
    assert plain(found) == plain(geocode(addresses(), city, column="adres", house_number=number))
    assert found.index.equals(table.index)
    pd.testing.assert_frame_equal(table, before)


def test_an_empty_table_gives_an_empty_one(city):
    found = geocode(addresses().iloc[:0], city, column="adres")
    assert len(found) == 0
    assert set(found.columns) == set(geocode(addresses(), city, column="adres").columns)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.drop(columns="adres"),
        lambda t: pd.concat([t, t["adres"]], axis=1),
        lambda t: t.assign(geometry=1),
        lambda t: t["adres"],
        lambda t: t.assign(adres=[[text] for text in ADDRESSES]),
        lambda t: t.set_axis(pd.MultiIndex.from_tuples([("adres", "a"), ("nr", "b")]), axis=1),
    ],
)
def test_what_is_no_table_of_addresses_is_a_value_or_one_clear_error(change, city):
    try:
        found = geocode(change(addresses()), city, column="adres")
    except GenkGeoError:
        return
    assert len(found) == ROWS

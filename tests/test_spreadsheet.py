"""What a spreadsheet would run is shown instead."""

import pandas as pd
import pytest

from genk_geo.spreadsheet import alike, harmless, harmless_table, visible


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "  =1", "\x00=1", "\u202e=1", "\u200b=1", "\uff1d1"],
)
def test_a_formula_gets_an_apostrophe(text):
    assert harmless(text).startswith("'")
    assert not harmless(text).lstrip("'").startswith("\x00")


@pytest.mark.parametrize("text", ["Europalaan 12", "a=b", "", "'t Vossenhol", "12-14", "é"])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_a_carriage_return_does_not_begin_a_row():
    assert harmless("a\r=1+1\r\nb") == "a\n=1+1\nb"


def test_what_nobody_sees_is_dropped():
    assert visible("a\x00b\u202ec\u2066d\ufeff\te\n") == "abcd\te\n"


@pytest.mark.parametrize(
    "other",
    [
        "Kern\u200b", "Ke\u00adrn", "KERN", " Kern ", "K\u202eern", "Kern\ufe0f", "\uff2bern", "Kern\u3164",
        "Ke\x00rn", "Kern\n", "Kern\u2060", "Kern\U000e0101", "Kern\U000e0041", "Kern\u2800",
    ],
)  # fmt: skip
def test_names_that_read_the_same_are_found(other):
    assert alike(["Haven", "Kern", other, "Kern"]) == [("Kern", other)]


def test_names_that_do_not_are_left_alone():
    assert alike(["Kern", "Keru", "Kern 2", "Kèrn", "Kern-Oost", "Kern", ""]) == []
    assert alike(["Café", "Cafe\u0301", "Sint  Jan", "Sint\u00a0Jan"]) == [
        ("Café", "Cafe\u0301"), ("Sint  Jan", "Sint\u00a0Jan"),
    ]  # fmt: skip


def test_a_table_keeps_its_numbers_and_what_is_missing():
    table = pd.DataFrame(
        {
            "=name": ["=1+1", None, "x"],
            "n": [-1, 2, 3],
            "kind": pd.Categorical(["-a", "b", "-a"]),
            "some": pd.Series(["@x", None, "y"], dtype="str"),
        }
    )
    before = table.copy()
    safe = harmless_table(table)
    assert list(safe.columns) == ["'=name", "n", "kind", "some"]
    assert safe["'=name"].tolist()[0] == "'=1+1"
    assert safe["n"].tolist() == [-1, 2, 3]
    assert safe["kind"].tolist() == ["'-a", "b", "'-a"]
    assert safe["some"].isna().tolist() == [False, True, False]
    pd.testing.assert_frame_equal(table, before)

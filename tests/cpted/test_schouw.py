"""Forms that come back: read, weighed, compared."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from genk_geo.cpted import agreement, change, checklist, quality_index, read_forms, write_template
from genk_geo.errors import ConfigError, SchemaError, SupplierFileError


def form(tmp_path, answers, *, zone="burglary-01", observer="An", date="2026-11-10", **more):
    path = tmp_path / f"{zone}-{observer}-{date}.json"
    told = {item: {"score": score, "remark": ""} for item, score in answers.items()}
    head = {"schouw": 1, "zone_id": zone, "observer": observer, "date": date, "answers": told}
    path.write_text(json.dumps(head | (more.get("more") or {})), encoding="utf-8")
    return path


def test_index_counts_what_was_answered_and_says_how_much(tmp_path):
    items = checklist()
    seen = items.index[items["quality"] == "zichtbaarheid"]
    answers = dict(zip(seen, [5, 3, 1, None, None], strict=True)) | {"netheid": 4}
    table = quality_index(read_forms([form(tmp_path, answers)])).set_index("quality")
    assert table.loc["zichtbaarheid", "index"] == 50
    assert (table.loc["zichtbaarheid", "answered"], table.loc["zichtbaarheid", "items"]) == (3, 5)
    assert np.isnan(table.loc["aantrekkelijkheid", "index"])  # one of four answered
    assert table.loc["eenduidigheid", "answered"] == 0


def test_kappa_is_that_of_the_textbook_formula(tmp_path):
    items = list(checklist().index)
    rng = np.random.default_rng(3)
    one = rng.integers(1, 6, len(items))
    other = np.clip(one + rng.integers(-1, 2, len(items)), 1, 5)
    paths = [
        form(tmp_path, dict(zip(items, map(int, scores), strict=True)), observer=name)
        for name, scores in (("An", one), ("Bo", other))
    ]
    forms = read_forms(paths)
    table = np.zeros((5, 5))
    np.add.at(table, (one - 1, other - 1), 1 / len(items))
    weight = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    chance = np.outer(table.sum(axis=1), table.sum(axis=0))
    assert agreement(forms, "An", "Bo") == pytest.approx(1 - (weight * table).sum() / (weight * chance).sum())
    assert agreement(forms, "An", "An") == 1
    assert np.isnan(agreement(forms, "An", "Cas"))


def test_change_compares_the_same_items(tmp_path):
    first = form(tmp_path, {"netheid": 1, "onderhoud": 3, "verblijf": 5})
    later = form(tmp_path, {"netheid": 3, "onderhoud": 5}, date="2027-05-10")
    table = change(read_forms([first, later]), "2026-11-10", "2027-05-10").set_index("quality")
    assert table.loc["aantrekkelijkheid"].drop("zone_id").to_dict() == {
        "before": 25, "after": 75, "change": 50, "items": 2,
    }  # fmt: skip
    assert change(read_forms([first]), "2026-11-10", "2027-05-10").empty


def test_the_template_is_filled_in_a_spreadsheet_and_read(tmp_path):
    path = tmp_path / "schouw.csv"
    write_template(["burglary-01", "=1+1"], path)
    table = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    assert len(table) == 2 * len(checklist())
    assert table["zone_id"].unique().tolist() == ["burglary-01", "'=1+1"]
    mine = table["zone_id"] == "burglary-01"
    table.loc[mine, ["observer", "date", "score"]] = ["An", "2026-11-10", "4"]
    table.loc[0, "score"], table.loc[0, "remark"] = "", 'zei "=gevaar" <b>; ja'
    table.to_csv(path, sep=";", index=False, encoding="utf-8-sig")
    forms = read_forms([path])
    assert forms["zone_id"].unique().tolist() == ["burglary-01"]
    assert forms["score"].isna().sum() == 1
    assert forms["remark"].iloc[0] == 'zei "=gevaar" <b>; ja'


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"answers": {"netheid": {"score": 9}}}, "answers.netheid.score"),
        ({"answers": {"netheid": {"score": "4"}}}, "answers.netheid.score"),
        ({"answers": {"hack": {"score": 4}}}, "not asked: hack"),
        ({"date": "gisteren"}, "date"),
        ({"schouw": 2}, "schouw"),
        ({"extra": 1}, "extra"),
        ({"observer": ""}, "observer"),
        ({"zone_id": "x" * 200}, "zone_id"),
    ],
)
def test_what_is_no_form_is_refused(more, message, tmp_path):
    with pytest.raises(SupplierFileError, match=message):
        read_forms([form(tmp_path, {}, more=more)])


def test_broken_missing_and_double_files_are_refused(tmp_path):
    (tmp_path / "x.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(SupplierFileError, match="cannot be read"):
        read_forms([tmp_path / "x.json"])
    (tmp_path / "x.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(SupplierFileError, match="no column zone_id"):
        read_forms([tmp_path / "x.csv"])
    with pytest.raises(SupplierFileError, match="does not exist"):
        read_forms([tmp_path / "nergens.json"])
    with pytest.raises(SchemaError, match="twice"):
        read_forms([form(tmp_path, {})] * 2)
    assert read_forms([]).empty


def test_an_own_checklist_is_checked(tmp_path):
    own = tmp_path / "lijst.toml"
    own.write_text('[mooi]\nnet = "Netjes."\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="mooi"):
        checklist(own)
    own.write_text('[zichtbaarheid]\nlicht = "Licht."\n', encoding="utf-8")
    assert checklist(own).loc["licht", "quality"] == "zichtbaarheid"


def test_the_template_is_filled_in_excel_and_read(tmp_path):
    import datetime as dt

    import openpyxl

    path = tmp_path / "schouw.xlsx"
    write_template(["burglary-01", "=1+1"], path)
    book = openpyxl.load_workbook(path)
    for number, row in enumerate(book["schouw"].iter_rows(min_row=2)):
        assert not str(row[0].value).startswith("=")
        if row[0].value == "burglary-01":
            row[1].value, row[2].value, row[6].value = "AB", dt.date(2026, 11, 10), 1 + number % 5
    book.save(path)
    found = read_forms([path])
    assert set(found["zone_id"]) == {"burglary-01"}
    assert found["date"].dt.date.unique().tolist() == [dt.date(2026, 11, 10)]
    assert found["score"].tolist() == [1 + number % 5 for number in range(len(checklist()))]

"""Files are read as text, with their line numbers, or refused with one clear message."""

from __future__ import annotations

import datetime as dt
import gzip

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import GenkGeoError, SupplierFileError
from genk_geo.ingestion import read_table
from genk_geo.ingestion.reading.delimited import read_delimited
from genk_geo.ingestion.reading.readers import read_raw
from tests.examples import examples


@pytest.mark.parametrize("separator", [";", ",", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separator_and_encoding_are_recognised(written, separator, encoding):
    path = written(f"Straat{separator}Nr\nCaféstraat{separator}12\n", encoding=encoding)
    assert read_table(path).to_dict("list") == {"Straat": ["Caféstraat"], "Nr": ["12"]}


def test_quoted_values_hold_separators_quotes_and_line_ends(written):
    raw = read_raw(written('a;b;c\n1;"x;""y""\nz";2\n3;4;5\n'))
    assert raw.frame.to_numpy().tolist() == [["1", 'x;"y"\nz', "2"], ["3", "4", "5"]]
    assert raw.lines.tolist() == [2, 4]


@pytest.mark.parametrize("quote", ["", '"'])
def test_ragged_lines_are_set_aside_and_never_shifted(written, quote):
    raw = read_raw(written(f"a;b;c\n1;2\n{quote}4{quote};5;6\n7;8;9;10\n1;2;3;;\n\n;;\n"))
    assert raw.frame.to_numpy().tolist() == [["4", "5", "6"], ["1", "2", "3"]]
    assert [line for line, _ in raw.unreadable] == [2, 4]
    assert raw.lines.tolist() == [3, 5]


def test_an_unclosed_quote_costs_one_line_and_not_the_rest_of_the_file(written):
    rows = "".join(f"{number};b;c\n" for number in range(500))
    raw = read_raw(written('a;b;c\n0;"open;c\n' + rows + '9;"also open;c\nx;y;z\n'))
    assert [line for line, _ in raw.unreadable] == [2, 503]
    assert len(raw.frame) == 501


def test_a_title_above_the_header_and_the_line_of_excel_are_passed_over(written):
    path = written("Export politie\n\nsep\nPV-nummer;Datum\n1;01/01/2026\n")
    assert read_raw(path, expected=["PV-nummer", "Datum"]).lines.tolist() == [5]
    assert list(read_table(written("sep=|\na;b|c\n1|2\n")).columns) == ["a;b", "c"]


def test_repeated_and_missing_names_stay_apart(written):
    assert list(read_table(written("Uur;Uur;;Uur.2\n1;2;3;4\n")).columns) == [
        "Uur",
        "Uur.2",
        "column 3",
        "Uur.2.2",
    ]


def test_a_quoted_name_may_run_over_two_lines(written):
    raw = read_raw(written('"Datum\nvan";b\n1;2\n'))
    assert list(raw.frame.columns) == ["Datum van", "b"]
    assert raw.lines.tolist() == [3]


def test_gzip_is_told_by_its_content(written):
    assert read_table(written(gzip.compress(b"a;b\n1;2\n"), "export.csv")).loc[0, "b"] == "2"


def test_excel_becomes_text_with_its_own_row_numbers(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Overzicht"])
    sheet.append(["PV-nummer", "Datum", "Uur", "Nr", "X"])
    sheet.append(["TG.1", dt.datetime.fromisoformat("2026-05-03"), dt.time(22, 5), 12, 228500.5])
    sheet.append([])
    sheet.append(["TG.2", dt.datetime.fromisoformat("2026-05-04T07:30"), None, "12A", None])
    book.save(tmp_path / "b.xlsx")
    raw = read_raw(tmp_path / "b.xlsx", expected=["PV-nummer", "Datum"])
    assert raw.frame.to_numpy().tolist() == [
        ["TG.1", "2026-05-03", "22:05:00", "12", "228500.5"],
        ["TG.2", "2026-05-04 07:30:00", "", "12A", ""],
    ]
    assert raw.lines.tolist() == [3, 5]
    (tmp_path / "renamed.csv").write_bytes((tmp_path / "b.xlsx").read_bytes())
    assert len(read_raw(tmp_path / "renamed.csv", expected=["PV-nummer", "Datum"]).frame) == 2
    with pytest.raises(SupplierFileError, match=r"no sheet 'Blad9'\. It has: Sheet"):
        read_raw(tmp_path / "b.xlsx", sheet="Blad9")


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg"])
def test_geometry_gives_points_in_the_system_of_the_layer(tmp_path, name):
    crs = 4326 if name.endswith("json") else 31370
    shapes = [shapely.Point(5.5, 50.96), None, shapely.box(5.5, 50.9, 5.6, 51.0)]
    layer = gpd.GeoDataFrame({"nr": [1, 2, 3], "soort": ["a", None, "c"]}, geometry=shapes, crs=crs)
    layer.to_file(tmp_path / name)
    raw = read_raw(tmp_path / name)
    assert raw.points is not None
    assert raw.points.epsg == crs
    np.testing.assert_allclose(raw.points.x, [5.5, np.nan, 5.55])
    assert raw.frame[["nr", "soort"]].to_numpy().tolist() == [["1", "a"], ["2", ""], ["3", "c"]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \n", "is empty"),
        (b"a;b;c\n", "header but no rows"),
        (b"a;b\n1;\x002\n", r"NUL bytes \(first on line 2\)"),
        (b"a;b\n1;\x81\x8d\xe9\n", "line 2 cannot be decoded"),
        (b"PK\x03\x04nothing", "cannot be read as an Excel workbook"),
        (b"\x1f\x8b\x08broken", "damaged or unfinished gzip"),
        (b"SQLite format 3\x00broken", "cannot be read as a GeoJSON or GeoPackage"),
        (b'{"type": "FeatureCollection", "feat', "cannot be read as a GeoJSON or GeoPackage"),
        (b'{"type": "FeatureCollection", "features": []}', "header but no rows"),
    ],
)
def test_a_file_that_cannot_be_used_gives_one_clear_message(written, content, says):
    with pytest.raises(SupplierFileError, match=says) as caught:
        read_raw(written(content))
    assert caught.value.exit_code == 2


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(SupplierFileError, match="does not exist"):
        read_raw(tmp_path / "weg.csv")
    with pytest.raises(SupplierFileError, match="is a folder"):
        read_raw(tmp_path)


def test_a_table_without_profile_does_not_hide_broken_lines(written):
    with pytest.raises(SupplierFileError, match="lines 3 do not have the 2 values"):
        read_table(written("a;b\n1;2\n3\n"))


@settings(deadline=None, max_examples=examples(150))
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=3, max_size=3)
    )
)
def test_what_a_csv_writer_wrote_comes_back(rows):
    rows = [row for row in rows if any(value.strip() for value in row)]
    table = pd.DataFrame(rows, columns=["een", "twee", "drie"], dtype="str")
    text = table.to_csv(index=False, sep=";", lineterminator="\n", quoting=1)
    if table.empty:
        with pytest.raises(SupplierFileError):
            read_delimited(text.encode(), name="x.csv")
        return
    longest = max(value.count("\n") for value in table.to_numpy().ravel())
    if longest < 50:
        raw = read_delimited(text.encode(), name="x.csv", expected=["een", "twee", "drie"])
        assert raw.unreadable == ()
        assert raw.frame.to_numpy().tolist() == table.to_numpy().tolist()


@settings(deadline=None, max_examples=examples(150))
@given(st.text(st.sampled_from(list('ab1;,|\t"\n\r \ufeffé\u2028\x0c')), max_size=80))
def test_both_ways_of_reading_agree_and_lose_no_line(body):
    text = "k1;k2;k3\n" + body
    try:
        raw = read_delimited(text.encode(), name="x.csv", expected=["k1", "k2", "k3"])
    except GenkGeoError:
        return
    starts = [*raw.lines.tolist(), *(line for line, _ in raw.unreadable)]
    assert len(starts) == len(set(starts))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if '"' not in body:
        filled = [number for number, line in enumerate(lines, 1) if line.replace(";", "").strip()]
        assert sorted(starts) == filled[1:]
        quoted = read_delimited((text + '\n"k";k;k').encode(), name="x.csv", expected=["k1", "k2", "k3"])
        assert quoted.frame.to_numpy().tolist()[:-1] == raw.frame.to_numpy().tolist()
        assert quoted.lines.tolist()[:-1] == raw.lines.tolist()

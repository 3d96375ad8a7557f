"""Tables without a row of names, and sheets as an OpenDocument program writes them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from genk_geo import ingest
from genk_geo.crs import LAMBERT72, WGS84, transform_xy
from genk_geo.errors import ConfigError, SupplierFileError
from genk_geo.ingestion import propose_profile, read_table

NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
ROWS = 30
X, Y = np.random.default_rng(8).uniform((228_000, 184_500), (229_000, 185_500), (ROWS, 2)).T.round(1)
LON, LAT = (values.round(6) for values in transform_xy(X, Y, LAMBERT72, WGS84))
WHEN = [dt.datetime(2026, 2, 3, 1, 7) + dt.timedelta(hours=41.3 * at) for at in range(ROWS)]  # noqa: DTZ001 - local
KINDS = ["sluikstort", "geluidshinder", "vandalisme"]

#: A separator, and the values of a row.
TABLES = {
    "police zone": (";", lambda i, t: f"{2026_0000 + i};{t:%d/%m/%Y};{t:%H:%M};{KINDS[i % 3]};{X[i]};{Y[i]}"),
    "sql server": (",", lambda i, t: f"{i + 1},{t:%Y-%m-%d %H:%M:%S}.000,{KINDS[i % 3]},{LON[i]},{LAT[i]}"),
    "oracle": ("|", lambda i, t: f"{t:%d-%b-%y}|{t:%H:%M:%S}|{KINDS[i % 3]}|{LAT[i]}|{LON[i]}|GA-{i:05}"),
    "python": ("\t", lambda i, t: f"{t:%Y-%m-%dT%H:%M:%S}\t{LON[i]}\t{LAT[i]}\tid{i:04x}"),
    "r with quotes": (",", lambda i, t: f'"{i + 1}","{t:%Y-%m-%d %H:%M}","{KINDS[i % 3]}",{X[i]},{Y[i]}'),
}


def check(result):
    assert len(result.incidents) == ROWS, result.report.reasons
    assert np.abs(np.sort(result.incidents.geometry.x) - np.sort(X)).max() < 1
    local = result.incidents["from"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None)
    assert local.sort_values().dt.floor("min").tolist() == [t.replace(second=0) for t in WHEN]


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_proposed_from_their_values(name, city, tmp_path):
    path, profile = tmp_path / "uitvoer.csv", tmp_path / "p.toml"
    _, row = TABLES[name]
    path.write_text("".join(f"{row(i, t)}\n" for i, t in enumerate(WHEN)), encoding="utf-8")
    proposed = propose_profile(path, city=city)
    assert "no row of names" in proposed
    profile.write_text(proposed, encoding="utf-8")
    result = ingest(path, profile=profile, city=city, now=NOW)
    check(result)
    assert (result.incidents["category"] != "").all()
    if name != "python":
        assert set(KINDS) <= {line.split("(")[0].strip("# ") for line in proposed.splitlines()}


def test_names_of_ones_own(city, tmp_path):
    path, profile = tmp_path / "a.csv", tmp_path / "p.toml"
    _, row = TABLES["police zone"]
    path.write_text("".join(f"{row(i, t)}\n" for i, t in enumerate(WHEN)), encoding="utf-8")
    text = (
        'source = "zone"\ntheme = "nuisance"\nnames = ["nr", "dag", "uur", "soort", "x", "y"]\n[columns]\n'
        'source_id = "nr"\nfrom_date = "dag"\nfrom_time = "uur"\ncategory = "soort"\nx = "x"\ny = "y"\n'
    )
    profile.write_text(text, encoding="utf-8")
    check(ingest(path, profile=profile, city=city, now=NOW))
    pd.read_csv(path, sep=";", header=None).to_excel(tmp_path / "a.xlsx", header=False, index=False)
    check(ingest(tmp_path / "a.xlsx", profile=profile, city=city, now=NOW))
    profile.write_text(text.replace('"x", "y"]', '"x"]'), encoding="utf-8")
    with pytest.raises(SupplierFileError, match="has 6 columns, and `names` in the profile gives 5"):
        ingest(path, profile=profile, city=city, now=NOW)
    profile.write_text(text.replace('"x", "y"]', '"x", "X "]'), encoding="utf-8")
    with pytest.raises(ConfigError, match="a name of its own"):
        ingest(path, profile=profile, city=city, now=NOW)


HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body>'
    '<office:spreadsheet><table:table table:name="Blad1">'
)
TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def cell(value):
    if isinstance(value, dt.datetime):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{value:%Y-%m-%dT%H:%M:%S}">'
            f"<text:p>{value:%d/%m/%y}</text:p></table:table-cell>"
        )
    if isinstance(value, float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{str(value).replace('.', ',')}</text:p></table:table-cell>"
        )
    return (
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        if value
        else "<table:table-cell/>"
    )


def opendocument(path, rows, tail=""):
    """As a spreadsheet program writes it: the mimetype first and not packed, blank ground as a repeat."""
    body = "".join(
        f"<table:table-row>{''.join(map(cell, row))}"
        '<table:table-cell table:number-columns-repeated="1018"/></table:table-row>'
        for row in rows
    )
    blank = (
        '<table:table-row table:number-rows-repeated="1048500">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    media = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media, zipfile.ZIP_STORED)
        archive.writestr("content.xml", HEAD + body + (tail or blank) + TAIL)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest'
            ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )


@pytest.mark.parametrize("title", [True, False])
def test_a_genuine_opendocument_sheet(title, city, tmp_path):
    path, profile = tmp_path / "meldingen.ods", tmp_path / "p.toml"
    rows = [["Meldingen 2026"], []] if title else []
    rows += [["Nummer", "Datum", "Soort", "", "X", "Y"]]
    rows += [[f"A{i:03}", t, KINDS[i % 3], "", float(X[i]), float(Y[i])] for i, t in enumerate(WHEN)]
    opendocument(path, rows)
    profile.write_text(propose_profile(path, city=city), encoding="utf-8")
    check(ingest(path, profile=profile, city=city, now=NOW))


CORNER = cell("x")
FAR = '<table:table-row><table:table-cell table:number-columns-repeated="16000"/>'
MANY = '<table:table-row table:number-rows-repeated="1000000">'
WIDE = '<table:table-cell office:value-type="string" table:number-columns-repeated="16000"><text:p>x</text:p>'


@pytest.mark.parametrize(
    "tail",
    [
        f"{MANY}<table:table-cell/></table:table-row>{FAR}{CORNER}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="2000000000">{CORNER}</table:table-row>',
        f"{MANY}{WIDE}</table:table-cell></table:table-row>",
    ],
)
def test_a_stray_cell_in_the_last_corner_of_an_opendocument_sheet(tail, tmp_path):
    path = tmp_path / "a.ods"
    opendocument(path, [["Nummer", "Datum"], ["1", WHEN[0]]], tail=tail)
    with pytest.raises(SupplierFileError, match="further than"):
        read_table(path)


def test_a_binary_workbook_and_an_archive_are_refused_by_what_they_are(tmp_path):
    for name, part, told in [
        ("a.xlsb", "xl/workbook.bin", "binary workbook"),
        ("b.zip", "wijken.shp", "map layer"),
        ("c.zip", "rijen.csv", "Unpack it"),
    ]:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(part, "x")
        (tmp_path / name).write_bytes(content.getvalue())
        with pytest.raises(SupplierFileError, match=told):
            read_table(tmp_path / name)

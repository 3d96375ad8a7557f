"""Profiles are checked whole, and a missing column is named with its likely match."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from genk_geo.errors import ConfigError, SupplierFileError
from genk_geo.ingestion import Profile, ingest, load_profile, propose_profile, shipped_profiles
from genk_geo.ingestion.reading.header import Header

FILES = {
    "burglary": "PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;Straat;Nr;Bus;"
    "Postcode;Gemeente;X;Y",
    "nuisance": "Meldingsnummer;Gemeld op;Vastgesteld op;Soort melding;Omschrijving;Adres;Breedtegraad;"
    "Lengtegraad",
    "traffic": "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y",
}


def test_all_shipped_profiles_load():
    assert shipped_profiles() == ("burglary", "nuisance", "statbel_accidents", "traffic")
    themes = [load_profile(name).theme for name in shipped_profiles()]
    assert themes == ["burglary", "nuisance", "traffic", "traffic"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "red"}, "colour: unknown key"),
        ({"columns": {"straat": "Straat"}}, "columns.straat: unknown key"),
        ({"source": ""}, "source"),
        ({"theme": ""}, "either `theme`"),
        ({"timezone": "Europe/Genk"}, "not a time zone"),
        ({"severities": {"heavy": ["x"]}}, "heavy: not a severity"),
        ({"separator": '"'}, "separator"),
        ({"columns": {"from_date": "Datum"}}, "needs x and y, or address, or street"),
        ({"columns": {"street": "Straat"}}, "needs from_date"),
    ],
)
def test_a_wrong_profile_is_refused_with_every_fault(tmp_path, change, says):
    import json

    values = {"source": "s", "theme": "t", "columns": {"from_date": "Datum", "street": "Straat"}} | change
    columns = values.pop("columns")
    severities = values.pop("severities", {})
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    lines += ["[columns]", *(f"{key} = {json.dumps(value)}" for key, value in columns.items())]
    lines += ["[severities]", *(f"{key} = {json.dumps(value)}" for key, value in severities.items())]
    (tmp_path / "p.toml").write_text("\n".join(lines))
    with pytest.raises(ConfigError, match=says):
        load_profile(tmp_path / "p.toml")


def test_an_unknown_profile_lists_the_known_ones():
    with pytest.raises(ConfigError, match="Shipped are burglary, nuisance, statbel_accidents, traffic"):
        load_profile("inbraken")


def test_profiles_are_frozen():
    with pytest.raises(ValidationError):
        load_profile("burglary").theme = "x"


def test_names_are_compared_as_people_write_them():
    header = Header(["PV_Nummer ", "straat naam", "Nr."])
    assert header.find(("PV-nummer",)) == "PV_Nummer "
    assert header.find_parts(("Straat + Nr", "Straatnaam + Nr")) == ("straat naam", "Nr.")
    assert header.find(("Huisnummer",)) is None


def test_a_missing_column_names_what_is_needed_what_is_there_and_the_likely_match(written, city):
    path = written("Proces;Begindatums;Feit;Straat\n1;01/01/2026;x;y\n")
    with pytest.raises(SupplierFileError) as caught:
        ingest(path, profile="burglary", city=city)
    message = str(caught.value)
    assert "from_date (Datum van" in message
    assert "'Proces', 'Begindatums', 'Feit', 'Straat'" in message
    assert "Likely: 'Begindatums' for from_date" in message


def test_a_wrong_separator_is_suspected(written, city):
    with pytest.raises(SupplierFileError, match="only one column: is the separator another"):
        ingest(written("PV-nummer#Datum#Straat\n1#2#3\n"), profile="burglary", city=city)


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_proposal_for_a_known_file_is_a_valid_profile_with_the_same_columns(written, tmp_path, name):
    header = FILES[name]
    cells = ["x"] * len(header.split(";"))
    text = propose_profile(written(f"{header}\n{';'.join(cells)}\n"))
    (tmp_path / "voorstel.toml").write_text(text, encoding="utf-8")
    proposed, shipped = load_profile(tmp_path / "voorstel.toml").columns, load_profile(name).columns
    found = Header(header.split(";"))
    for field in type(shipped).model_fields:
        known = found.find(getattr(shipped, field))
        if known is not None and not (name == "traffic" and field == "category"):
            assert known in getattr(proposed, field), field
    assert name == tomllib.loads(text)["theme"]
    assert "Omschrijving" not in text.split("# not read")[0]


def test_the_proposal_reads_french_and_english_headers_and_strange_names(written):
    french = propose_profile(written('N° PV;Date début;Heure début;Rue;Numéro;"a""b\x7f"\n1;2;3;4;5;6\n'))
    assert tomllib.loads(french)["columns"] == {
        "source_id": "N° PV",
        "from_date": "Date début",
        "from_time": "Heure début",
        "street": "Rue",
        "house_number": "Numéro",
    }
    english = tomllib.loads(propose_profile(written("Case number,Start date,Longitude,Latitude\n1,2,3,4\n")))
    assert english["columns"] == {
        "source_id": "Case number",
        "from_date": "Start date",
        "x": "Longitude",
        "y": "Latitude",
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [(("FI00001", "FI00002", "FI00003"), "source_id"), (("12", "nr. 3", "45 bus 2"), "house_number")],
)
def test_a_number_is_that_of_the_report_or_of_the_house_by_its_values(written, values, field):
    rows = [f"1{at}/11/2026;Europalaan;{value}" for at, value in enumerate(values)]
    proposal = tomllib.loads(propose_profile(written("\n".join(["Datum;Straat;Nummer", *rows]))))
    assert proposal["columns"].get(field) == "Nummer"


def test_expected_names_hold_the_parts_of_joined_columns():
    profile = Profile(
        source="s",
        theme="t",
        columns={"from_date": "d", "address": "Straat + Nr"},
        select={"nis": "1"},
        keep="k",
    )
    assert {"Straat + Nr", "Straat", "Nr", "nis", "k", "d"} <= set(profile.expected())


def test_a_file_of_another_kind_is_not_read_as_other(city, tmp_path):
    path = tmp_path / "meldingen.csv"
    path.write_text("datum,adres,categorie\n" + "03/11/2026,Europalaan,geluid\n" * 3, encoding="utf-8")
    with pytest.raises(SupplierFileError, match=r"Not one of 3 rows.*burglary.*'geluid'.*right profile"):
        ingest(path, profile="burglary", city=city)
    assert ingest(path, profile="nuisance", city=city).report.rows_in == 3


def test_a_file_without_numbers_of_reports_is_read_with_a_warning(city, tmp_path):
    path = tmp_path / "meldingen.csv"
    rows = "03/11/2026,Europalaan,geluid\n03/11/2026,Europalaan,geluid\n03/11/2026,Hasseltweg,drugs\n"
    path.write_text("datum,adres,categorie\n" + rows, encoding="utf-8")
    report = ingest(path, profile="nuisance", city=city, now="2026-11-20").report
    assert (report.incidents, report.duplicates) == (2, 1)
    assert any("source_id" in warning for warning in report.warnings)

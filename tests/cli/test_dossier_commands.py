"""Dossiers by hand, through the program."""

from __future__ import annotations

from genk_geo.store import Store


def test_the_commands_tell_what_they_did(genk_geo, tmp_path):
    with Store.open(tmp_path / "h.duckdb"):
        pass
    (tmp_path / "genk-geo.toml").write_text(
        'store = "h.duckdb"\nlang = "nl"\n[dossiers]\npath = "acties.xlsx"\n', encoding="utf-8"
    )
    told = ("--config", tmp_path / "genk-geo.toml")
    assert "Er lopen geen dossiers." in genk_geo("dossiers", "list", *told).out
    done = genk_geo("dossiers", "open", "Kolderbos", "--theme", "nuisance", *told)
    assert done.code == 0, done.err
    number = done.out.split()[1]
    listed = genk_geo("dossiers", "list", *told).out
    assert number in listed
    assert "Kolderbos" in listed
    assert "gesloten" in genk_geo("dossiers", "close", number, *told).out
    assert number not in genk_geo("dossiers", "list", *told).out
    assert number in genk_geo("dossiers", "list", "--closed", *told).out
    assert genk_geo("dossiers", "close", number, *told).code == 2


def test_presence_lies_beside_the_dossiers_and_names_nobody(genk_geo, tmp_path):
    with Store.open(tmp_path / "h.duckdb"):
        pass
    (tmp_path / "genk-geo.toml").write_text(
        'store = "h.duckdb"\nlang = "nl"\n[dossiers]\npath = "acties.xlsx"\n', encoding="utf-8"
    )
    told = ("--theme", "nuisance", "--config", tmp_path / "genk-geo.toml")
    number = genk_geo("dossiers", "open", "Kolderbos", *told).out.split()[1]
    log = tmp_path / "diensten.csv"
    log.write_text(
        "Datum;Van;Tot;Plaats\n13/11/2026;22:00;24:00;Kolderbos\n13/11/2026;9;10;Elders\n", encoding="utf-8"
    )
    done = genk_geo("dossiers", "presence", log, *told)
    assert done.code == 0, done.err
    assert number in done.out
    assert "2,0" in done.out
    assert "niets: er gebeurde hier niets" in done.out
    assert "1 dienst op een plaats zonder dossier" in done.out
    log.write_text("Datum;Van;Tot;Plaats;Agent\n13/11/2026;22;24;Kolderbos;x\n", encoding="utf-8")
    refused = genk_geo("dossiers", "presence", log, *told)
    assert refused.code == 2
    assert "holds persons" in refused.err

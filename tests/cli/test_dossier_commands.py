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

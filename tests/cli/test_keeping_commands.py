"""The commands that keep the history: backup, restore, forget, and the register of exports."""

from __future__ import annotations

import csv
import json
import shutil

import pytest

from genk_geo.store import Store


@pytest.fixture
def own(desk, tmp_path):
    """A desk of one's own, to change."""
    for name in ("history.duckdb", "genk-geo.toml", "straten.geojson", "horeca.geojson"):
        shutil.copy(desk / name, tmp_path / name)
    return tmp_path


def test_a_backup_is_made_and_comes_back(genk_geo, own):
    config = ("--config", own / "genk-geo.toml")
    made = genk_geo("backup", *config, "--lang", "nl")
    assert made.code == 0, made.err
    assert "teruggelezen (305 incidenten)" in made.out
    (backup,) = (own / "backups").glob("history-*.duckdb")
    (own / "history.duckdb").write_bytes(b"spoiled")
    spoiled = genk_geo("export", "--out", own / "a.csv", *config)
    assert spoiled.code == 2
    assert "genk-geo restore" in spoiled.err
    back = genk_geo("restore", backup, *config, "--lang", "en")
    assert back.code == 0, back.err
    assert "Restored, 305 incidents" in back.out
    assert genk_geo("export", "--out", own / "a.csv", *config).code == 0


def test_forgetting_says_first_and_gives_a_receipt(genk_geo, own):
    config = ("--config", own / "genk-geo.toml", "--lang", "en")
    genk_geo("backup", *config)
    asked = ("forget", "--source-id", "TG.5", "--source-id", "TG.6")
    would = genk_geo(*asked, "--dry-run", *config)
    assert "2 incidents would be forgotten" in would.out
    done = genk_geo(*asked, "--receipt", own / "receipt.json", *config)
    assert done.code == 0, done.err
    assert "2 incidents are forgotten" in done.out
    assert "1 backup beside the history was replaced" in done.out
    assert "suppliers' files may still hold" in done.err
    receipt = json.loads((own / "receipt.json").read_text(encoding="utf-8"))
    assert (receipt["incidents"], receipt["themes"], receipt["done"]) == (2, {"burglary": 2}, True)
    assert "TG." not in (own / "receipt.json").read_text(encoding="utf-8")
    before = genk_geo("forget", "--before", "2026-01-01", "--theme", "burglary", *config)
    assert before.code == 0, before.err
    with Store.open(own / "history.duckdb", read_only=True) as store:
        left = store.incidents("burglary")
    assert 0 < len(left) < 298
    assert left["from"].min().year == 2026


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["forget"], "Say what to forget"),
        (["forget", "--before", "gisteren"], "is not a day"),
        (["forget", "--theme", "burglary"], "--theme goes with --before"),
        (["restore", "absent.duckdb"], "is no backup"),
        (["weekly", "--as-of", "gisteren"], "--as-of takes `now`"),
    ],
)
def test_wrong_use_is_told(genk_geo, own, words, says):
    told = genk_geo(*words, "--config", own / "genk-geo.toml")
    assert told.code == 2
    assert says in told.err


def test_exports_are_in_the_register(genk_geo, own):
    arguments = ("--theme", "traffic", "--from", "2026-W40", "--out", own / "a.csv")
    told = genk_geo("export", *arguments, "--config", own / "genk-geo.toml")
    assert told.code == 0, told.err
    with (own / "history.exports.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["what"], row["theme"], row["from"], row["incidents"]) == ("csv", "traffic", "2026-W40", "5")
    assert row["who"]


def test_retention_of_the_settings_is_forgotten_and_stays_so(genk_geo, own):
    settings = own / "genk-geo.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\n[retention]\nburglary = 1\n", encoding="utf-8"
    )
    config = ("--config", settings, "--lang", "en")
    done = genk_geo("forget", "--retention", *config)
    assert done.code == 0, done.err
    again = genk_geo("forget", "--retention", "--dry-run", *config)
    assert "0 incidents would be forgotten" in again.out
    with Store.open(own / "history.duckdb", read_only=True) as store:
        assert len(store.incidents("traffic")) == 5
        assert len(store.incidents("burglary")) < 298


def test_the_doctor_reads_the_history_and_names_the_backup(genk_geo, own):
    config = ("--config", own / "genk-geo.toml", "--lang", "en")
    genk_geo("backup", *config)
    told = genk_geo("doctor", *config)
    assert "history: 305 incidents, everything hangs together" in told.out
    assert "backup: " in told.out
    whole = (own / "history.duckdb").read_bytes()
    (own / "history.duckdb").write_bytes(whole[: len(whole) // 2])
    spoiled = genk_geo("doctor", *config)
    assert spoiled.code == 2
    assert "is damaged" in spoiled.out
    assert "backup: " in spoiled.out

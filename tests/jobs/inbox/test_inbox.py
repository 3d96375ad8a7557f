"""New files get their place: recognised and archived, left to be asked about, or put aside with a reason."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from zoneinfo import ZoneInfo

import pytest

from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.jobs.inbox.archive import archive
from genk_geo.jobs.inbox.receive import Waiting, arrived, receive, take_as
from genk_geo.jobs.inbox.recognise import recognise

NOW = dt.datetime(2026, 11, 16, 7, tzinfo=ZoneInfo("Europe/Brussels"))
TRAFFIC = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
ACCIDENT = "TG.1/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
SETTINGS = """lang = "{lang}"
[inbox]
path = "inbox"
profiles = "profielen"
[[sources]]
profile = "traffic"
[[sources]]
profile = "profielen/wacht.toml"
"""
GUARD = """source = "wacht"
theme = "nuisance"
[columns]
from_date = "Dag"
category = "Wat"
address = "Waar"
[categories]
lawaai = ["*lawaai*"]
"""


@pytest.fixture
def desk(tmp_path):
    for folder in ("inbox", "profielen"):
        (tmp_path / folder).mkdir()
    (tmp_path / "profielen" / "wacht.toml").write_text(GUARD, encoding="utf-8")
    write_settings(tmp_path)
    return tmp_path


def write_settings(desk, lang="nl"):
    (desk / "genk-geo.toml").write_text(SETTINGS.format(lang=lang), encoding="utf-8")


def received(desk, city):
    settings = Settings.load(desk / "genk-geo.toml")
    return receive(settings, lambda: city, NOW), settings


def put(desk, name, content):
    file = desk / "inbox" / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_a_recognised_file_is_archived_under_its_day_with_its_checksum(desk, city):
    content = TRAFFIC + ACCIDENT
    put(desk, "export van vandaag.csv", content)
    found, settings = received(desk, city)
    assert found.archived == (("export van vandaag.csv", "traffic"),)
    (kept,) = arrived(settings, "traffic")
    assert kept == desk / "archief" / "traffic" / "2026-11-16" / "export van vandaag.csv"
    assert kept.read_text() == content
    checksum = kept.with_name(f"{kept.name}.sha256").read_text().split()[0]
    assert checksum == hashlib.sha256(content.encode()).hexdigest()
    assert not list((desk / "inbox").iterdir())
    assert arrived(settings, "traffic", since=dt.date(2026, 11, 17)) == []


def test_two_files_of_one_name_are_both_kept(desk, city):
    for number in ("1", "2"):
        put(desk, "ongevallen.csv", TRAFFIC + ACCIDENT.replace("TG.1", f"TG.{number}"))
        _, settings = received(desk, city)
    assert [path.name for path in arrived(settings, "traffic")] == ["ongevallen (2).csv", "ongevallen.csv"]


@pytest.mark.parametrize(
    ("lang", "words", "reason"), [("nl", "niet gelezen op", "is een PDF"), ("en", "not read on", "is a PDF")]
)
def test_what_cannot_be_read_is_put_aside_with_the_reason(desk, city, lang, words, reason):
    write_settings(desk, lang)
    put(desk, "brief.csv", b"%PDF-1.7 iets anders")
    put(desk, "leeg.csv", b"")
    found, _ = received(desk, city)
    assert [file for file, _ in found.aside] == ["brief.csv", "leeg.csv"]
    folder = desk / "opzij" / "2026-11-16"
    why = (folder / "brief.csv.waarom.txt").read_text(encoding="utf-8-sig")
    assert words in why
    assert reason in why
    assert (folder / "brief.csv").read_bytes() == b"%PDF-1.7 iets anders"


def test_a_renamed_column_is_named_and_the_file_stays(desk, city):
    put(desk, "ongevallen.csv", TRAFFIC.replace("Datum", "Wanneer") + ACCIDENT)
    found, _ = received(desk, city)
    assert found.waiting == (Waiting("ongevallen.csv", (), "traffic", ("Datum",)),)
    assert (desk / "inbox" / "ongevallen.csv").is_file()


def test_a_file_of_a_profile_that_is_no_source_is_asked_about(desk, city):
    head = "Meldingsnummer;Gemeld op;Vastgesteld op;Soort melding;Adres\n"
    put(desk, "meldingen.csv", head + "M1;10/11/2026 10:00;10/11/2026 09:00;sluikstort;Europalaan 1\n")
    found, _ = received(desk, city)
    assert found.waiting == (Waiting("meldingen.csv", ("nuisance",)),)


def test_what_is_not_whole_yet_or_hidden_is_left_alone(desk, city):
    for name in ("half.csv.part", ".verborgen.csv", "~$open.xlsx"):
        put(desk, name, TRAFFIC)
    found, _ = received(desk, city)
    assert (found.archived, found.waiting, found.aside) == ((), (), ())
    assert len(list((desk / "inbox").iterdir())) == 3


def test_the_parts_of_a_shapefile_go_together(desk, tmp_path):
    for suffix in (".shp", ".dbf", ".prj"):
        put(desk, f"laag{suffix}", suffix)
    kept = archive(desk / "inbox" / "laag.shp", tmp_path / "archief", NOW.date())
    assert sorted(path.name for path in kept.parent.iterdir()) == [
        "laag.dbf", "laag.prj", "laag.shp", "laag.shp.sha256",
    ]  # fmt: skip


def test_of_two_profiles_with_the_same_columns_the_rows_decide(desk, city):
    other = GUARD.replace('source = "wacht"', 'source = "park"').replace("*lawaai*", "*paard*")
    (desk / "profielen" / "park.toml").write_text(other, encoding="utf-8")
    profiles = {name: load_profile(desk / "profielen" / f"{name}.toml") for name in ("wacht", "park")}
    rows = "".join(f"{day}/11/2026;nachtlawaai;Europalaan {day}\n" for day in range(1, 9))
    file = put(desk, "lijst.csv", "Dag;Wat;Waar\n" + rows)
    assert recognise(file, profiles, lambda: city).profile == "wacht"
    both = put(desk, "beide.csv", "Dag;Wat;Waar\n")  # no row decides
    assert recognise(both, profiles, lambda: city).profile == ""
    assert recognise(both, profiles, lambda: city, first=("park",)).profile == "park"


def test_somebody_may_say_what_a_file_is(desk, city):
    put(desk, "onbekend.csv", "a;b\n1;2\n")
    _, settings = received(desk, city)
    kept = take_as(settings, desk / "onbekend.csv", "wacht", NOW)
    assert kept.parent == desk / "archief" / "wacht" / "2026-11-16"
    with pytest.raises(ConfigError, match="is not in the inbox"):
        take_as(settings, desk / "onbekend.csv", "wacht", NOW)
    put(desk, "nog een.csv", "a;b\n1;2\n")
    with pytest.raises(ConfigError, match="No source of the inbox has the profile burglary"):
        take_as(settings, desk / "nog een.csv", "burglary", NOW)


def test_a_copy_that_is_not_the_same_loses_nothing(desk, city, monkeypatch):
    file = put(desk, "ongevallen.csv", TRAFFIC + ACCIDENT)
    monkeypatch.setattr(shutil, "copy2", lambda _, target: target.write_bytes(b"half"))
    with pytest.raises(ConfigError, match="still in the inbox"):
        received(desk, city)
    assert file.is_file()
    assert [path for path in (desk / "archief").rglob("*") if path.is_file()] == []


def test_without_the_folder_the_message_says_what_to_do(desk, city):
    (desk / "inbox").rmdir()
    with pytest.raises(ConfigError, match="is no folder"):
        received(desk, city)

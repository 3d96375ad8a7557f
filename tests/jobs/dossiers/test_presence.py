"""Presence by place and hour, and never by person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from genk_geo.config import DossierSettings, Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.dossiers.presence import (
    _presence,
    _where_it_was,
    is_at,
    presence_at,
    with_presence,
)
from genk_geo.jobs.dossiers.remembered import book_of, rows_of
from genk_geo.jobs.dossiers.shifts import Shift, hours_of, load_shift_profile, read_shifts
from genk_geo.results import Book, Dossier
from genk_geo.store import Store
from tests.jobs.dossiers.test_effects import CITY
from tests.jobs.effects.test_places import LAST, START, history

ONE = Dossier(
    "2026-417", "nuisance", "2026-W30", "2026-W34", by_hand=False, state="open",
    state_since=dt.date(2026, 9, 7), state_by="weekly", streets=("Kerkstraat", "Pleintje"),
    ground=shapely.box(100, 0, 200, 100),
)  # fmt: skip


HEAD = "Datum;Van;Tot;Plaats"


def log(tmp_path, *rows, head=HEAD):
    path = tmp_path / "diensten.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_shifts_are_read_as_people_write_them_and_may_pass_midnight(tmp_path):
    rows = ["13/11/2026;22:00;02u30;Kerkstraat", "2026-11-14;9;10.15;Kern", "14/11/2026;20:00;24;2026-417"]
    first, second, third = read_shifts(log(tmp_path, *rows))
    assert (str(first.begin), str(first.end)) == ("2026-11-13 22:00:00", "2026-11-14 02:30:00")
    assert second.end - second.begin == dt.timedelta(hours=1, minutes=15)
    assert str(third.end) == "2026-11-15 00:00:00"
    hours = hours_of([first, second])
    assert hours.sum() == 5.75
    # Friday evening, and what follows is Saturday.
    assert np.flatnonzero(hours).tolist() == [118, 119, *(120 + hour for hour in (0, 1, 2, 9, 10))]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Datum;Van;Tot;Plaats;Medewerker", "13/11/2026;22;24;Kern;17"),
        ("Datum;Van;Tot;Plaats;Naam agent", "13/11/2026;22;24;Kern;"),
        ("Datum;Van;Tot;Plaats;Opmerking", "13/11/2026;22;24;Kern;Jan Peeters"),
    ],
)
def test_a_log_with_persons_is_refused_and_repeats_no_name(tmp_path, head, row):
    with pytest.raises(ConfigError, match="holds persons") as refused:
        read_shifts(log(tmp_path, row, head=head))
    assert "Peeters" not in str(refused.value)


PROFILE = """[columns]
begin = "Aanvang prestatie"
end = ["Einde prestatie", "Einde"]
place = "Zone"
"""


def named(tmp_path, text=PROFILE):
    path = tmp_path / "ploeg.toml"
    path.write_text(text, encoding="utf-8")
    return load_shift_profile(path)


def test_a_supplier_calls_his_columns_as_he_likes_and_may_write_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Overlastteam, november"])
    sheet.append(["Ploeg", "Zone", "AANVANG-prestatie", "Einde"])
    friday = dt.datetime.combine(dt.date(2026, 11, 13), dt.time(22))
    sheet.append(["A", "Kern", friday, friday + dt.timedelta(hours=4.5)])
    sheet.append(["B", "Kerkstraat", "14/11/2026 20:00", "23u15"])
    book.save(tmp_path / "ploeg.xlsx")
    first, second = read_shifts(tmp_path / "ploeg.xlsx", named(tmp_path))
    assert (first.place, str(first.begin), str(first.end)) == (
        "Kern", "2026-11-13 22:00:00", "2026-11-14 02:30:00",
    )  # fmt: skip
    assert (second.place, second.end - second.begin) == ("Kerkstraat", dt.timedelta(hours=3, minutes=15))


@pytest.mark.parametrize(
    "row",
    [
        "22:00;23:00;Kern",  # no day anywhere
        "13/11/2026 22:00;12/11/2026 23:00;Kern",
        "13/11/2026 22:00;15/11/2026 23:00;Kern",  # nobody is out for two days
        "31/02/2026 22:00;23:00;Kern",
        "13/11/2206 22:00;23:00;Kern",
        "13/11/2026 22:00;23:00;",
    ],
)
def test_a_day_within_the_hours_is_read_as_strictly(tmp_path, row):
    path = log(tmp_path, row, head="Aanvang prestatie;Einde;Zone")
    with pytest.raises(ConfigError, match="rows 2 "):
        read_shifts(path, named(tmp_path))


@pytest.mark.parametrize(
    ("head", "cell", "profile"),
    [
        ("Naam agent", "17", PROFILE),
        ("Code", "J. Peeters", PROFILE),
        # What a profile calls a place is one of persons all the same.
        ("Medewerker", "Kern", PROFILE.replace('"Zone"', '"Medewerker"')),
    ],
)
def test_a_profile_lets_no_person_in(tmp_path, head, cell, profile):
    path = log(tmp_path, f"13/11/2026 22:00;23:00;Kern;{cell}", head=f"Aanvang prestatie;Einde;Zone;{head}")
    with pytest.raises(ConfigError, match="holds persons") as refused:
        read_shifts(path, named(tmp_path, profile))
    assert "Peeters" not in str(refused.value)


def test_a_profile_says_what_it_misses(tmp_path):
    with pytest.raises(ConfigError, match="needed one column Zone, found 0"):
        read_shifts(log(tmp_path, "13/11/2026 22:00;23:00", head="Aanvang prestatie;Einde"), named(tmp_path))
    with pytest.raises(ConfigError, match="wie"):
        named(tmp_path, PROFILE + 'wie = "Agent"\n')
    # A day apart from the hours, and told twice otherwise than in them.
    apart = named(tmp_path, PROFILE + 'day = "Dag"\n')
    rows = ["13/11/2026;22:00;23:00;Kern", "13/11/2026;12/11/2026 22:00;23:00;Kern"]
    with pytest.raises(ConfigError, match="rows 3 "):
        read_shifts(log(tmp_path, *rows, head="Dag;Aanvang prestatie;Einde;Zone"), apart)


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("Initialen", "JP"), ("GSM", "1"), ("Uitvoerders", "2"), ("E-mail", ""), ("Code", "J. Peeters"),
        ("Code", "Peeters, J.P."), ("Extra", "0475/12 34 56"),
    ],
)  # fmt: skip
def test_initials_and_numbers_under_an_innocent_heading_are_persons(tmp_path, head, cell):
    with pytest.raises(ConfigError, match="holds persons"):
        read_shifts(log(tmp_path, f"13/11/2026;22;24;Kern;{cell}", head=f"Datum;Van;Tot;Plaats;{head}"))


@pytest.mark.parametrize("hours", ["22.5;24", "22;22u5", "²;3", ":15;16", "22;24:30", "22:60;23", "22;22:00"])
def test_hours_that_may_mean_two_things_are_not_guessed(tmp_path, hours):
    """Read on, 22.5 was five past ten, and a shift that ends when it begins lasted a day."""
    with pytest.raises(ConfigError, match="rows 2 "):
        read_shifts(log(tmp_path, f"13/11/2026;{hours};Kern"))


@pytest.mark.parametrize("day", ["13/11/1926", "2206-11-13", "31/02/2026"])
def test_a_slip_in_a_year_is_no_first_day(tmp_path, day):
    with pytest.raises(ConfigError, match="rows 2 "):
        read_shifts(log(tmp_path, f"{day};22;24;Kern"))


def test_two_who_are_there_together_are_there_once(tmp_path):
    rows = ["13/11/2026;22:00;02:30;Kern", "13/11/2026;22:00;02:30;Kern", "14/11/2026;01:30;03:15;Kern"]
    hours = hours_of(read_shifts(log(tmp_path, *rows)))
    assert hours.sum() == 5.25
    assert hours.max() == 1.0


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigError, match="one column datum, found 0"):
        read_shifts(log(tmp_path, "22;24;Kern", head="Van;Tot;Plaats"))
    rows = ["13/11/2026;22;24;Kern", "eind maart;22;24;Kern", "13/11/2026;;24;Kern", "13/11/2026;25;26;Kern"]
    with pytest.raises(ConfigError, match="rows 3, 4, 5"):
        read_shifts(log(tmp_path, *rows))


@pytest.mark.parametrize(
    ("place", "there"),
    [
        ("2026-417", True),
        ("kerkstraat", True),
        ("KERN", True),
        ("Sint-Jan", False),
        ("achter de school", False),
        ("'t Hoekje", False),
        ("Hoekje", True),
    ],
)
def test_a_place_is_that_of_a_dossier_by_number_street_or_area(place, there):
    assert is_at(place, ONE, CITY, {"hoekje": ONE.ground.buffer(5)}) is there


def test_shifts_at_no_dossier_are_counted(tmp_path):
    with Store.open(tmp_path / "h.duckdb"):
        pass
    settings = Settings(store=tmp_path / "h.duckdb", dossiers={"path": tmp_path / "acties.xlsx"})
    found, elsewhere = presence_at(settings, log(tmp_path, "13/11/2026;22;24;Kolderbos"), theme="nuisance")
    assert (found, elsewhere) == ((), 1)


def test_presence_is_judged_where_the_dossier_lay_before_it(tmp_path):
    """On the ground of today, which follows what moved away, presence would seem to have done nothing."""
    before = shapely.box(0, 0, 50, 50)
    with Store.open(tmp_path / "h.duckdb") as store:
        for week, ground in (("2026-W34", before), ("2026-W40", ONE.ground)):
            lay = replace(ONE, ground=ground)
            store.save_book(rows_of(Book(week, dt.date(2026, 9, 7), (lay,))))
        begin = dt.datetime.combine(dt.date(2026, 9, 14), dt.time(22))
        shift = Shift("2026-417", begin, begin + dt.timedelta(hours=4))
        later = shift._replace(begin=begin + dt.timedelta(weeks=8), end=begin + dt.timedelta(weeks=9))
        assert _where_it_was(ONE, [later, shift], store).ground.equals(before)
        assert _where_it_was(ONE, [later], store).ground.equals(ONE.ground)
        assert _where_it_was(ONE, [], store) is ONE


def test_hours_lie_beside_the_shift_in_which_most_happened_and_what_became_of_it():
    town = weekends()
    one = replace(ONE, ground=shapely.box(600, 600, 900, 900))
    begin = dt.datetime.combine(START, dt.time(22))
    friday = begin + dt.timedelta(days=4)
    shifts = [
        Shift("2026-417", friday, friday + dt.timedelta(hours=4)),
        Shift("2026-417", begin - dt.timedelta(hours=12), begin - dt.timedelta(hours=10)),
    ]
    found = _presence(one, shifts, town, LAST)
    assert (found.day, found.slot) == (4, "night")
    assert (found.given, found.advised) == (6.0, 4.0)
    assert found.first == START
    assert found.effect.weeks_seen == 52
    nobody = _presence(one, [], town, LAST)
    assert (nobody.given, nobody.first, nobody.effect) == (0.0, None, None)
    assert nobody.slot == "night"


def test_a_week_lays_the_log_of_the_settings_beside_its_open_dossiers(tmp_path):
    town = weekends()
    one = replace(ONE, ground=shapely.box(600, 600, 900, 900))
    closed, elsewhere = replace(one, number="2026-418", state="closed"), replace(one, theme="burglary")
    friday, to_come = START + dt.timedelta(days=4), LAST.shift(2).monday
    rows = [f"{friday};22:00;02:00;2026-417", f"{START};10;12;2026-417", f"{to_come};10;12;2026-417"]
    own = DossierSettings(path=tmp_path / "acties.xlsx", presence=log(tmp_path, *rows))
    with Store.open(tmp_path / "h.duckdb") as store:
        known = {"nuisance": town}
        asked = [one, closed, elsewhere]
        found, notes = with_presence(asked, own, store, known, week=LAST, day=LAST.sunday)
        assert notes == ()
        assert found[1:] == (closed, elsewhere)
        told = found[0]
        assert (told.busiest_day, told.busiest_slot) == (4, "night")
        assert (told.present, told.present_then, told.present_since) == (6.0, 4.0, START)
        assert told.ground.equals(one.ground)
        assert book_of(rows_of(Book(str(LAST), LAST.sunday, (told,)))).dossiers[0] == told
        # Without a log it says when presence is wanted.
        (bare,), _ = with_presence([one], DossierSettings(), store, known, week=LAST, day=LAST.sunday)
        assert (bare.busiest_slot, bare.present, bare.present_since) == ("night", 0.0, None)
        # A log that holds persons is not used, is told, and stops no week.
        named = log(tmp_path, "13/11/2026;22;24;Kern;x", head=f"{HEAD};Agent")
        bad = own.model_copy(update={"presence": named})
        same, (note,) = with_presence([told], bad, store, known, week=LAST, day=LAST.sunday)
        assert same == (told,)
        assert note.kind == "presence"
        assert "holds persons" in note.words[0]


def weekends():
    """Two years in which most happens at one place on Friday nights, and elsewhere at any hour."""
    rng = np.random.default_rng(3)
    weeks = 130
    day = np.datetime64(LAST.shift(1 - weeks).monday, "h")
    hour = [rng.integers(0, weeks * 168, 6000), 168 * rng.integers(0, weeks, 900) + 4 * 24 + 22]
    x = [rng.uniform(0, 3000, 6000), rng.uniform(601, 899, 900)]
    y = [rng.uniform(0, 3000, 6000), rng.uniform(601, 899, 900)]
    at, east, north = (np.concatenate(part) for part in (hour, x, y))
    order = np.argsort(at)
    told = pd.DatetimeIndex(day + at[order].astype("timedelta64[h]"))
    moment = told.tz_localize("Europe/Brussels", ambiguous=True, nonexistent="shift_forward")
    return history(east[order], north[order], pd.Series(moment))

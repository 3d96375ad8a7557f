"""Where an export goes, told from what was typed; nothing that may be a password is said again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.systems.destination import Database, read_route


def test_a_week_a_file_and_an_address_are_told_apart():
    assert read_route(Path("x.gpkg"), ["2026-W46"]) == ("2026-W46", Path("x.gpkg"))
    assert read_route(None, ["x.parquet"]) == (None, Path("x.parquet"))
    assert read_route(None, ["C:/kaart/x.parquet"]) == (None, Path("C:/kaart/x.parquet"))
    assert Database.parse(" PostgreSQL://a@h/d ").address == "postgresql://a@h/d"
    week, place = read_route(None, ["postgres://a@h:5433/d", "2026w6"])
    assert (week, str(place)) == ("2026w6", "postgresql://h:5433/d")


@pytest.mark.parametrize(
    ("out", "to", "words"),
    [
        (None, [], "Nowhere"),
        (None, ["2026-W46"], "Nowhere"),
        (Path("x.csv"), ["postgresql://h/d"], "More than one place"),
        (Path("x.csv"), ["2026-W45", "2026-W46"], "More than one last week"),
        (None, ["morgen"], "no week such as"),
        (None, [""], "no week such as"),
        (None, ["mysql://u:geheim@h/d.csv"], "Only postgresql://"),
        (None, ["postgresql:/u:geheim@h/d.csv"], "Only postgresql://"),
        (None, ["host=h.be password=geheim"], "Only postgresql://"),
        (None, ["postgresql://u:geh@eim@h/d"], "two ways"),
        (None, ["postgresql://u:geh/eim@h/d"], "two ways"),
        (None, ["postgresql://u:geh?eim@h/d"], "two ways"),
        (None, ["postgresql://u:geh#eim@h/d"], "two ways"),
        (None, ["postgresql://h:geheim/d"], "cannot be read"),
        (None, ["postgresql://u@[geheim/d"], "cannot be read"),
    ],
)
def test_wrong_use_is_told_without_the_address(out, to, words):
    with pytest.raises(ConfigError, match=words) as told:
        read_route(out, to)
    assert "geh" not in str(told.value)
    assert "eim" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("postgresql://u@localhost/d", True),
        ("postgresql:///d", True),
        ("postgresql://u@/d?host=/var/run/postgresql", True),
        ("postgresql://u@%2Fvar%2Frun/d", True),
        ("postgresql://u@gis.example/d", False),
        ("postgresql://u@localhost/d?hostaddr=10.0.0.1", False),
        ("postgresql://u@localhost/d?host=localhost,gis.example", False),
        ("postgresql:///d?service=gis", False),
    ],
)
def test_what_stays_on_this_machine(address, near):
    assert Database.parse(address).is_near is near


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=9, max_size=20))
def test_a_password_is_never_shown(password):
    for address in (f"postgresql://u:{password}@h/d", f"postgresql://u@h/d?password={password}"):
        database = Database.parse(address)
        shown = f"{database} {database!r} {database.hide(f'no {password} for {address}')}"
        assert password not in shown

"""Every sentence of Monday's list, in both languages, read by eye."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from genk_geo.calendar import Week
from genk_geo.config import GATES
from genk_geo.release.values.monday import (
    MondayFile,
    MondayGate,
    MondayList,
    MondayPrecision,
    MondayWaiting,
)
from genk_geo.render.words.operator.monday import gate_text, todo_lines, told_lines
from genk_geo.render.words.operator.notice import notice_of
from genk_geo.render.words.texts import Texts

WEEK = Week(2026, 46)
MADE = dt.datetime(2026, 11, 16, 7, 5)  # noqa: DTZ001 - on the clock of the city
FULL = MondayList(
    week=WEEK, made=MADE, seconds=41.6, index="index.html",
    files=(
        MondayFile("burglary", ("burglary",), new=1, known=4),
        MondayFile("meldpunt*", ("nuisance",), missing=True),
        MondayFile("ongevallen.csv", ("traffic",), broken={"ongevallen.csv": "is a PDF."}),
        MondayFile("app.csv", ("nuisance",), new=1, silent={"nuisance": "2026-11-12"}),
    ),
    new=1204, changed=3, withdrawn=1, rejected=12, categories=(("meldpunt", "droneoverlast", 4),),
    precise=(
        MondayPrecision("nuisance", 0.36, 150.0, "register"), MondayPrecision("burglary", 0.97, 150.0),
        MondayPrecision("traffic", float("nan"), 150.0),
    ),
    review=17, review_file="nakijken.csv", stale=(Week(2026, 44),),
    gates=(
        MondayGate("swing", "nuisance", 600, 30.4, held=True, words=("meldpunt",)),
        MondayGate("rejected", "a.csv", 0.998, 0.25, held=False, because="het meldpunt bevestigde het"),
        MondayGate("late", "burglary", 0.61, 0.5, held=False),
    ),
    waiting=(
        MondayWaiting("x.csv", (), "burglary", ("Datum van", "Straat")), MondayWaiting("y.csv", ("wacht",)),
        MondayWaiting("z.csv", ("wacht", "park")),
    ),
    aside=(("brief.csv", "is a PDF."),), trouble=("The share weg is no folder.",),
)  # fmt: skip
TODO = [
    "Na het publiceren ging iets mis. The share weg is no folder.",
    "Overlast is niet vergeleken: 600 meldingen van meldpunt deze week, waar 30 gewoon is.",
    "brief.csv is onleesbaar en staat opzij, met een tekst ernaast die zegt waarom.",
    "x.csv past bij geen profiel en ligt nog bij de nieuwe bestanden. Het dichtst bij komt burglary, maar",
    "y.csv past bij het profiel wacht, dat geen bron is.",
    "z.csv past even goed bij wacht en park. Zeg wat het is: genk-geo inbox z.csv --profile NAAM",
    "meldpunt* (Overlast): voor deze week is er geen bestand.",
    "ongevallen.csv kon niet gelezen worden. is a PDF.",
    "app.csv: over Overlast staat er niets in na 12 november 2026.",
    "Inbraak: 61 % van de meldingen kwam meer dan een week later binnen (liefst hoogstens 50 %).",
    'meldpunt: nieuwe soort "droneoverlast" (4 keer), nu bij andere.',
    "17 adressen werden niet gevonden. Vul in nakijken.csv de kolom correction in",
    "Voor 1 gepubliceerde week kwam er later iets binnen: 2026-W44.",
]  # fmt: skip
KNOWN = [
    "burglary (Inbraak): 1 nieuw gelezen, 4 al bekend.",
    "meldpunt* (Overlast): 0 nieuw gelezen, 0 al bekend.",
    "ongevallen.csv (Verkeer): 0 nieuw gelezen, 0 al bekend.",
    "app.csv (Overlast): 1 nieuw gelezen, 0 al bekend.",
    "Nieuwe incidenten: 1.204. Gewijzigd: 3. Ingetrokken: 1. Geweigerde rijen: 12.",
    "Overlast: 36 % is binnen 150 m bekend, nauwkeurig genoeg voor hotspots. Er is geen adressenregister",
    "Inbraak: 97 % is binnen 150 m bekend, nauwkeurig genoeg voor hotspots.",
    "Toch genomen, aandeel geweigerd: het meldpunt bevestigde het",
    "De run duurde 42 seconden.",
]  # fmt: skip


def test_the_list_in_dutch():
    lines = todo_lines(FULL, Texts("nl"))
    assert [line[: len(begin)] for line, begin in zip(lines, TODO, strict=True)] == TODO
    assert 'daarvoor ontbreekt "Datum van" en "Straat"' in lines[3]
    lines = told_lines(FULL, Texts("nl"))
    assert [line[: len(begin)] for line, begin in zip(lines, KNOWN, strict=True)] == KNOWN


def test_the_list_in_english_says_as_much_and_no_dutch():
    dutch, english = Texts("nl"), Texts("en")
    lines = todo_lines(FULL, english)
    assert len(lines) == len(todo_lines(FULL, dutch))
    assert not any(word in " ".join(lines) for word in ("niet ", " voor ", "gewoon is"))
    assert lines[1].startswith(
        "Nuisance was not compared: 600 reports of meldpunt this week, where 30 is usual."
    )
    assert len(told_lines(FULL, english)) == len(KNOWN)


def test_nothing_to_do_is_said_and_so_is_nothing_published():
    calm = MondayList(week=WEEK, made=MADE, seconds=9, index="index.html")
    assert todo_lines(calm, Texts("nl")) == ["Niets. Alles kwam binnen en alles haalde de controles."]
    assert "Alle controles gehaald." in told_lines(calm, Texts("nl"))
    fault = MondayList(week=WEEK, made=MADE, seconds=9, fault="No file came in yet.")
    assert todo_lines(fault, Texts("nl")) == ["Er is deze keer niets gepubliceerd. No file came in yet."]


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("gate", [gate for gate in GATES if gate not in {"missing", "categories"}])
def test_each_gate_says_what_was_found_and_how_to_let_it_through(gate, lang):
    told = gate_text(MondayGate(gate, "burglary", 0.4, 0.6, held=True, words=("politie",)), Texts(lang))
    shares = gate not in {"swing", "jump", "age"}
    assert ("40 %" in told) == shares
    assert f"--accept {gate} --because" in told


def test_a_jump_is_said_to_be_told_only_where_it_is():
    jump = MondayGate("jump", "nuisance", 150, 30, held=False, words=("meldpunt",))
    told = gate_text(jump, Texts("nl"))
    assert told.startswith("Overlast: 150 meldingen van meldpunt deze week, waar 30 gewoon is.")
    assert "Het is wel verteld" in told
    assert "--accept" not in told
    held = gate_text(replace(jump, held=True), Texts("nl"))
    assert "is niet vergeleken" in held
    assert "--accept jump" in held


def test_the_clock_of_this_machine_is_told_in_hours():
    gate = MondayGate("clock", "2026-11-16 07:00", 24.0, 1.0, held=True, words=("machine",))
    assert "24 uur vóór de vorige run" in gate_text(gate, Texts("nl"))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_message_holds_the_week_and_no_other_figure(lang):
    for state in ("published", "partly", "held", "busy", "failed"):
        subject, text = notice_of(state, "2026-W46", Texts(lang))
        assert not any(sign.isdigit() for sign in (subject + text).replace("2026-W46", ""))

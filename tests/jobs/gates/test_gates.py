"""Each gate with data on both sides of its limit; what holds, what is let through, and what is only told."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from genk_geo.calendar import Week
from genk_geo.config import GateSettings
from genk_geo.errors import ConfigError
from genk_geo.ingestion import IngestReport
from genk_geo.jobs.deliveries import Delivery
from genk_geo.jobs.gates.failure import GateError, check_accepted
from genk_geo.jobs.gates.of_file import failures_of_file, new_words
from genk_geo.jobs.gates.of_run import check_clock, marks_of
from genk_geo.jobs.gates.of_weeks import _chance, failures_of_week
from genk_geo.jobs.week.made.weeks import without_accepted

WEEK = Week(2026, 46)
GATES = GateSettings()


def report(**told):
    plain = {"rows_in": 100, "incidents": 100, "duplicates": 0, "rejects": 0, "located_share": 1.0}
    return IngestReport("f.csv", "0" * 64, "traffic", "politie", "traffic", **(plain | told))


@pytest.mark.parametrize(
    ("gate", "good", "bad"),
    [
        ("rejected", {"rejects": 25, "incidents": 75}, {"rejects": 26, "incidents": 74}),
        ("duplicates", {"duplicates": 30}, {"duplicates": 31}),
        ("located", {"located_share": 0.5}, {"located_share": 0.49}),
        ("clock", {"reasons": {"time_in_future": 5}, "rejects": 5},
         {"reasons": {"time_in_future": 6}, "rejects": 6}),
    ],
)  # fmt: skip
def test_a_gate_of_a_file_holds_just_past_its_limit(gate, good, bad):
    assert failures_of_file(report(**good), GATES, {}) == ()
    (found,) = failures_of_file(report(**bad), GATES, {})
    assert (found.gate, found.about, found.held) == (gate, "f.csv", True)
    (let,) = failures_of_file(report(**bad), GATES, {gate: "de leverancier bevestigt het"})
    assert (let.held, let.because) == (False, "de leverancier bevestigt het")
    (told,) = failures_of_file(report(**bad), GateSettings(hold=()), {})
    assert not told.held


def test_shares_of_a_few_rows_say_nothing():
    assert failures_of_file(report(rows_in=19, rejects=18, incidents=1), GATES, {}) == ()
    (found,) = failures_of_file(report(rows_in=901, rejects=900, incidents=1), GATES, {})
    assert found.gate == "rejected"


def test_a_word_is_new_once():
    told = report(unmapped={"drone": 3, "vuurwerk": 1})
    assert new_words(told, frozenset({"vuurwerk"})) == {"drone": 3}


def counts(per_week, sources=("meldpunt",)):
    """So many reports a week, the last of which is WEEK; the week before the first is not whole."""
    moments = [
        WEEK.shift(at - len(per_week) + 1).start() + pd.Timedelta(hours=1 + 166 * place / max(n, 1))
        for at, n in enumerate([per_week[0], *per_week][1:])
        for place in range(n)
    ]
    moments.insert(0, WEEK.shift(-len(per_week)).start() + pd.Timedelta(days=5))
    moment = pd.Series(pd.DatetimeIndex(moments))
    return moment, pd.Series(sources[0], index=moment.index)


def week_failures(per_week, **told):
    moment, source = counts(per_week)
    plain = {"theme": "nuisance", "week": WEEK, "sources": (), "lost": (), "gates": GATES, "accepted": {}}
    return failures_of_week(moment, source, **(plain | told))


def test_a_sudden_jump_or_drop_is_doubted_and_an_ordinary_week_is_not():
    usual = np.random.default_rng(4).negative_binomial(20, 0.4, 40).tolist()  # mean 30, restless
    assert week_failures([*usual, 31]) == ()
    assert week_failures([*usual, 60]) == ()  # twice as many may be real
    for count in (300, 0):
        (found,) = week_failures([*usual, count])
        assert (found.gate, found.about, found.value, found.words) == (
            "swing",
            "nuisance",
            count,
            ("meldpunt",),
        )
        assert found.held
        assert found.limit == pytest.approx(np.mean(usual))
    assert week_failures([*usual, 300], lost={WEEK}) == ()  # known to be without data already
    assert week_failures([*usual, 300], sources=("politie",)) == ()  # that source delivers no more


def test_a_week_that_may_be_real_is_told_however_rare_it_is():
    """Five times as many in the whole city: a carnival, a storm, a riot. The week of which everybody asks."""
    rng = np.random.default_rng(5)
    for mean in (4, 30, 80):
        for _ in range(10):
            (past, week) = (rng.poisson(mean, 52).tolist(), int(rng.poisson(5 * mean)))
            assert not any(found.held for found in week_failures([*past, week]))
    (found,) = week_failures([*[30, 28, 33, 27, 31, 35] * 4, 150])
    assert (found.gate, found.value, found.held) == ("jump", 150.0, False)
    gates = GATES.model_copy(update={"hold": ("jump",)})
    (found,) = week_failures([*[30, 28, 33, 27, 31, 35] * 4, 150], gates=gates)
    assert found.held


def test_a_doubted_week_is_not_what_later_weeks_are_compared_with():
    usual = [30, 28, 33, 27, 31, 35, 29, 30, 26, 34, 32, 28, 30]
    shifted = [*usual, 900, 31]
    (kept,) = [week_failures([*shifted[:-1], 120], lost={WEEK.shift(-1)})][0]
    assert kept.gate == "jump"
    assert week_failures([*shifted[:-1], 120]) == ()  # a past with 900 in it is restless enough


def test_with_a_short_past_only_age_can_be_told():
    old = [10] * 2 + [0] * 5
    (found,) = week_failures(old)
    assert (found.gate, found.value > 28, found.limit, found.held) == ("age", True, 28.0, True)
    assert week_failures([10] * 3 + [0] * 2) == ()


@pytest.mark.parametrize("restless", [1.0, 3.0])
def test_ordinary_weeks_are_hardly_ever_doubted(restless):
    rng = np.random.default_rng(11)
    size = (400, 41)
    draws = rng.poisson(25, size) if restless == 1 else rng.negative_binomial(25 / 2, 1 / 3, size)
    chances = np.array([_chance(int(row[0]), row[1:])[1] for row in draws])
    assert (chances < GATES.swing).sum() == 0
    assert (chances < 0.05).mean() < 0.1  # and it is a chance


def test_the_clock_may_not_stand_before_the_last_run():
    now = pd.Timestamp("2026-11-16 07:00", tz="Europe/Brussels")
    store = SimpleNamespace(last_moment=now.tz_convert("UTC") + pd.Timedelta(minutes=30))
    check_clock(store, now, GATES, {})
    store.last_moment += pd.Timedelta(days=1)
    with pytest.raises(GateError, match="2026-11-16 07:00") as caught:
        check_clock(store, now, GATES, {})
    assert caught.value.exit_code == 3
    check_clock(store, now, GATES, {"clock": "de vorige run had een foute klok"})
    check_clock(SimpleNamespace(last_moment=None), now, GATES, {})


def test_what_is_known_too_vaguely_or_too_late_is_told_and_held_never():
    look = SimpleNamespace(theme="nuisance", in_window=40, located=19)
    result = SimpleNamespace(themes=[look], quality=SimpleNamespace(late_share={"nuisance": 0.6}))
    found = marks_of(result, GATES, {})
    assert [(one.gate, one.held) for one in found] == [("precise", False), ("late", False)]
    look.located, result.quality.late_share["nuisance"] = 20, 0.5
    assert marks_of(result, GATES, {}) == []


def test_what_is_accepted_is_a_gate_and_has_a_reason():
    with pytest.raises(ConfigError, match="weigerd: no gate"):
        check_accepted({"weigerd": "omdat het mag"})
    with pytest.raises(ConfigError, match="--because"):
        check_accepted({"rejected": " "})


def test_a_missing_or_held_file_leaves_its_theme_out_unless_it_is_accepted():
    came = Delivery("inbraken", "burglary", ("burglary",), received=("a.csv",))
    assert came.read
    assert not replace(came, arrived=False).read
    assert replace(came, arrived=False, excused=True).read
    assert replace(came, received=(), excused=True).read
    (held,) = failures_of_file(report(rejects=90, incidents=10), GATES, {})
    assert not replace(came, failures=(held,), excused=True).read
    kept = Delivery.from_noted(json.loads(json.dumps(asdict(replace(came, failures=(held,))))))
    assert kept == replace(came, failures=(held,))
    assert kept.told()["gates"][0]["gate"] == "rejected"
    assert "gates" not in came.told()


def test_a_silent_week_counts_where_that_was_accepted():
    gaps = {WEEK: {"politie": None}, WEEK.shift(-1): {"politie": None}}
    assert without_accepted(gaps, WEEK, {}) == gaps
    assert list(without_accepted(gaps, WEEK, {"missing": "niets gebeurd"})) == [WEEK.shift(-1)]

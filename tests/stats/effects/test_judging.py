"""Did measures help: cities of which the truth is known."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import genk_geo as gg
from genk_geo.errors import ConfigError, SchemaError

MONDAYS = pd.date_range("2023-01-02", periods=208, freq="W-MON")
ACTION = {"action_id": "A1", "dossier": "D1", "measure": "lamps", "theme": "nuisance", "area": "p0"}
START = MONDAYS[104].date()


def table(rng, rate=2.0, places=42, weeks=208):
    counts = rng.poisson(rate, (weeks, places))
    return pd.DataFrame(counts, index=MONDAYS[:weeks], columns=[f"p{at}" for at in range(places)])


def action(**other):
    return pd.DataFrame([ACTION | {"start": START, "end": None} | other])


def test_den_haag_is_told_against_places_without_cameras():
    """With cameras 60 % less, without 37 % less: of that about 37 % is the cameras', and never 60."""
    counts = table(np.random.default_rng(1), rate=40.0, places=60, weeks=156)
    rng = np.random.default_rng(2)
    counts.iloc[104:] = rng.binomial(counts.iloc[104:], 0.63)
    counts.loc[MONDAYS[104] :, "p0"] = rng.poisson(40.0 * 0.4, 52)
    (found,) = gg.stats.effects(counts, action())
    assert found.verdict == "helped"
    assert 1 - found.change.ratio == pytest.approx(1 - 0.40 / 0.63, abs=0.03)
    assert found.change.high < 0.75
    assert found.plain_ratio == pytest.approx(0.4, abs=0.03)


def test_what_falls_everywhere_is_nobodys_merit():
    counts = table(np.random.default_rng(3), rate=10.0)
    counts.iloc[104:] = np.random.default_rng(4).binomial(counts.iloc[104:], 0.5)
    (found,) = gg.stats.effects(counts, action())
    assert found.verdict in {"did_not_help", "cannot_tell"}
    assert found.plain_ratio < 0.6


def test_a_place_chosen_at_its_worst_is_expected_to_fall_back():
    """All places are alike: the highest was high by chance, and half its surplus may not be expected."""
    rng = np.random.default_rng(5)
    surplus = []
    for _ in range(6):
        counts = table(rng, rate=1.0, weeks=156)
        past = counts.iloc[52:104].sum()
        top = past.idxmax()
        (found,) = gg.stats.effects(counts, action(area=top))
        surplus.append((found.per_week * 52 - 52) / (past[top] - 52))
    assert np.mean(surplus) < 0.35


def test_too_early_until_it_can_be_told():
    counts = table(np.random.default_rng(6), rate=4.0, places=60)
    waits = {}
    for weeks in (0, 10, 40, 60, 104):
        (found,) = gg.stats.effects(counts.iloc[: 104 + weeks], action())
        waits[weeks] = found
        assert found.weeks_seen == weeks
    first = waits[0].judged_after
    assert waits[0].weeks_needed == first
    assert 40 < first < 60
    # What was planned at the start stays, whatever comes.
    assert {one.judged_after for one in waits.values()} == {first}
    assert [one.verdict == "too_early" for one in waits.values()] == [True, True, True, False, False]
    assert waits[60].change.weeks == first
    assert waits[104].change.weeks == first or waits[104].change.weeks == first + 52


def test_where_something_happens_first_later_moves_no_plan_and_no_verdict():
    """Once they were places to compare with from that Monday on: the wait went to never and back, weekly."""
    counts = table(np.random.default_rng(23), rate=2.0)
    late = pd.DataFrame(0, index=MONDAYS, columns=[f"late{at}" for at in range(60)])
    (plan,) = gg.stats.effects(counts.iloc[:120], action())
    assert plan.verdict == "too_early"
    late.iloc[112:116] = 1
    # As texts: what is not known (NaN) is not equal to itself.
    assert str(gg.stats.effects(counts.join(late).iloc[:120], action())) == str((plan,))
    (told,) = gg.stats.effects(counts.iloc[:200], action())
    late[:] = 0
    late.iloc[104 + told.change.weeks :] = 1
    assert str(gg.stats.effects(counts.join(late).iloc[:200], action())) == str((told,))


def test_a_place_where_little_happens_is_never_judged():
    counts = table(np.random.default_rng(7), rate=0.02)
    (found,) = gg.stats.effects(counts, action())
    assert (found.verdict, found.judged_after, found.change) == ("cannot_tell", None, None)


def test_a_start_near_the_first_week_cannot_be_told():
    (found,) = gg.stats.effects(table(np.random.default_rng(8)), action(start=MONDAYS[20].date()))
    assert found.verdict == "cannot_tell"
    assert np.isnan(found.per_week)


def test_ring_and_removal():
    rng = np.random.default_rng(9)
    counts = table(rng, rate=8.0)
    counts.iloc[104:156, 0] = rng.poisson(4.0, 52)  # helped, for a year
    counts.iloc[104:156, 1] = rng.poisson(12.0, 52)  # and went round the corner
    (found,) = gg.stats.effects(counts, action(ring="p1", end=MONDAYS[156].date() - dt.timedelta(days=1)))
    assert found.verdict == "helped"
    assert found.displacement == "moved"
    assert found.relapse == "came_back"
    assert "p1" not in dict(found.donors)
    (still,) = gg.stats.effects(counts, action(ring="p2"))
    assert (still.displacement, still.relapse) == ("cannot_tell", "unknown")


def test_what_was_taken_away_before_anything_could_be_seen_is_no_longer_waited_for():
    """Told to be too early it would be so for ever, with a verdict to come that never comes."""
    counts = table(np.random.default_rng(9), weeks=150)
    ended = MONDAYS[110].date() - dt.timedelta(days=1)
    (over,) = gg.stats.effects(counts, action(end=ended))
    assert (over.verdict, over.judged_after, over.weeks_seen) == ("cannot_tell", None, 6)
    (going,) = gg.stats.effects(counts.iloc[:109], action(end=ended))
    assert going.verdict == "too_early"


def test_part_weeks_belong_to_no_side():
    counts = table(np.random.default_rng(10), rate=5.0, weeks=156)
    (midweek,) = gg.stats.effects(counts, action(start=MONDAYS[103].date() + dt.timedelta(days=2)))
    (monday,) = gg.stats.effects(counts, action(start=MONDAYS[104].date()))
    assert midweek.weeks_seen == monday.weeks_seen == 52
    assert midweek.change == monday.change


def test_several_themes_of_one_action_are_corrected():
    rng = np.random.default_rng(11)
    counts = {theme: table(rng, rate=6.0, weeks=156) for theme in ("nuisance", "traffic")}
    counts["nuisance"].loc[MONDAYS[104] :, "p0"] = rng.poisson(6.0 * 0.7, 52)
    both = pd.concat([action(), action(theme="traffic")], ignore_index=True)
    (alone,) = gg.stats.effects(counts, action())
    first, second = gg.stats.effects(counts, both)
    assert first.p_value == pytest.approx(2 * alone.p_value)
    assert second.p_value >= first.p_value
    assert (first.theme, second.theme) == ("nuisance", "traffic")


def test_later_starts_are_compared_with_until_they_start():
    counts = table(np.random.default_rng(12), weeks=156)
    later = pd.concat(
        [action(), action(action_id="A2", area="p1", start=MONDAYS[170].date())], ignore_index=True
    )
    early = pd.concat([action(), action(action_id="A2", area="p1")], ignore_index=True)
    assert gg.stats.effects(counts, later)[0].placebos == gg.stats.effects(counts, early)[0].placebos + 1


def test_a_quiet_place_is_planned_for_before_it_starts():
    """More places than are compared one by one, and the quietest of them begins only next month."""
    counts = table(np.random.default_rng(15), rate=np.linspace(0.5, 4.0, 130), places=130, weeks=156)
    counts["p0"] = np.random.default_rng(16).poisson(0.5, 156)
    (found,) = gg.stats.effects(counts, action(start=MONDAYS[160].date()))
    assert (found.verdict, found.weeks_seen) == ("too_early", 0)
    assert 0.3 < found.per_week < 0.9
    assert found.judged_after > 52


def test_a_new_hotspot_elsewhere_is_no_merit_here():
    """Two of the places explode after the start: the others are not therefore found to have been helped."""
    counts = table(np.random.default_rng(13), rate=2.0, weeks=156)
    (calm,) = gg.stats.effects(counts, action())
    counts.loc[MONDAYS[104] :, ["p5", "p6"]] += 20
    (wild,) = gg.stats.effects(counts, action())
    assert wild.change.expected == pytest.approx(calm.change.expected, rel=0.06)


def test_faults_say_what_to_do():
    counts = table(np.random.default_rng(14), weeks=156)
    effects = gg.stats.effects
    with pytest.raises(SchemaError, match="no column start"):
        effects(counts, action().drop(columns="start"))
    with pytest.raises(SchemaError, match="no start"):
        effects(counts, action(start=None))
    with pytest.raises(SchemaError, match="end before"):
        effects(counts, action(end=dt.date(2020, 1, 1)))
    with pytest.raises(SchemaError, match="is no day"):
        effects(counts, action(start="spring"))
    with pytest.raises(SchemaError, match="repeat an action"):
        effects(counts, pd.concat([action(), action()]))
    with pytest.raises(SchemaError, match="each Monday"):
        effects(counts.drop(index=MONDAYS[7]), action())
    with pytest.raises(SchemaError, match="whole numbers"):
        effects(counts + 0.5, action())
    with pytest.raises(ConfigError, match="no place 'elsewhere'"):
        effects(counts, action(area="elsewhere"))
    with pytest.raises(ConfigError, match="needed 39"):
        effects(counts.iloc[:, :20], action())
    with pytest.raises(ConfigError, match="theme 'nuisance'"):
        effects({"traffic": counts}, action())
    with pytest.raises(ConfigError, match="chosen_weeks"):
        effects(counts, action(), chosen_weeks=0)

"""How long it takes until a fall can be seen."""

import numpy as np
import pytest

import genk_geo as gg
from genk_geo.errors import ConfigError
from genk_geo.stats.effects.chance import Spread, holm
from genk_geo.stats.effects.waiting import FALSE_HELP, judged_after, look_at, visible_ratio


@pytest.mark.parametrize(("level", "growth"), [(0.0, 0.0), (0.5, 0.004)])
def test_after_the_wait_a_fifth_is_seen_four_times_out_of_five(level, growth):
    """Counts are drawn and judged; a few weeks earlier it is seen less often."""
    per_week, spread, rng = 4.0, Spread(level, growth), np.random.default_rng(5)
    needed = gg.stats.weeks_needed(per_week, level=level, growth=growth)
    seen = {}
    for weeks in (needed, needed - 12):
        mean = 0.8 * per_week * weeks
        over = level + growth * mean
        rate = rng.gamma(mean / over, over, 20_000) if over else mean
        counts = rng.poisson(rate, 20_000)
        seen[weeks] = (spread.lower(counts, per_week * weeks) <= FALSE_HELP / 2).mean()
    assert 0.79 < seen[needed] < 0.86
    assert seen[needed - 12] < 0.8


def test_busier_and_calmer_places_tell_sooner():
    waits = [gg.stats.weeks_needed(rate) for rate in (1.0, 2.0, 4.0)]
    assert waits == sorted(waits, reverse=True)
    assert gg.stats.weeks_needed(4.0, level=1.0) > waits[-1]
    assert gg.stats.weeks_needed(4.0, growth=0.05) is None  # what does not average out hides it for good
    assert gg.stats.weeks_needed(0.0) is None


def test_verdicts_come_once_a_year_at_half_the_chance_of_the_one_before():
    looks = [look_at(seen, 30) for seen in (29, 30, 81, 82, 134)]
    assert [weeks for weeks, _ in looks] == [0, 30, 30, 82, 134]
    assert [chance for _, chance in looks[1:]] == [0.025, 0.025, 0.0125, 0.00625]
    assert look_at(1000, None)[0] == 0


def test_the_first_verdict_waits_for_what_can_be_seen():
    calm = Spread(0.0, 0.0)
    assert judged_after(20.0, calm) == 13  # a quarter at least
    assert judged_after(4.0, calm) == gg.stats.weeks_needed(4.0)
    assert judged_after(1.5, calm) == 52  # a fifth takes longer than a year, half is seen by then
    assert judged_after(0.3, calm) == gg.stats.weeks_needed(0.3, ratio=0.5) > 52
    assert judged_after(0.02, calm) is None
    assert visible_ratio(78.0, calm, 0.025) == pytest.approx(0.68, abs=0.02)
    assert np.isnan(visible_ratio(1.0, calm, 0.025))


def test_holm_corrects_for_what_was_looked_at():
    assert holm([0.01, float("nan"), 0.04]) == pytest.approx([0.02, float("nan"), 0.04], nan_ok=True)
    assert holm([]) == []


def test_nonsense_is_refused():
    with pytest.raises(ConfigError, match="The wait"):
        gg.stats.weeks_needed(-1.0)
    with pytest.raises(ConfigError, match="The wait"):
        gg.stats.weeks_needed(1.0, ratio=1.2)

import numpy as np
import pytest

from genk_geo.errors import SchemaError
from genk_geo.stats import Peak, peak


def hour(day, clock):
    return day * 24 + clock


def evenly_with(extra, days, hours, seed=1, n=60):
    rng = np.random.default_rng(seed)
    week = np.bincount(rng.integers(0, 168, n), minlength=168).astype(float)
    for _ in range(extra):
        week[(rng.choice(days) * 24 + rng.integers(*hours)) % 168] += 1
    return week


def test_friday_and_saturday_evening():
    found = peak(evenly_with(60, [4, 5], (18, 22)))
    assert found.days == (4, 5)
    assert (found.from_hour, found.to_hour) == (18, 22)
    assert found.share == pytest.approx(0.5, abs=0.1)


def test_a_night_runs_past_midnight():
    found = peak(evenly_with(60, [5, 6], (22, 27)))
    assert found.days == (5, 6)
    assert (found.from_hour, found.to_hour) == (22, 27)


def test_every_day():
    found = peak(evenly_with(150, range(7), (15, 18)))
    assert found.days == tuple(range(7))
    assert (found.from_hour, found.to_hour) == (15, 18)


def test_few_incidents_say_nothing_and_a_clear_handful_does():
    week = np.zeros(168)
    week[[10, 40, 90]] = 1
    assert peak(week) is None
    week = np.zeros(168)
    week[hour(4, 23)] = 12
    assert isinstance(peak(week), Peak)
    assert peak(week).share == 1


@pytest.mark.parametrize("n", [5, 20, 100, 1000])
def test_an_even_week_has_no_peak(n):
    rng = np.random.default_rng(n)
    weeks = [np.bincount(rng.integers(0, 168, n), minlength=168) for _ in range(200)]
    assert np.mean([peak(week) is not None for week in weeks]) <= 0.05
    assert peak(np.full(168, n / 168)) is None


def test_peak_wants_a_week():
    with pytest.raises(SchemaError, match="168 numbers"):
        peak(np.ones(24))

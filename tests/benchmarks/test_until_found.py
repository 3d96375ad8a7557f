"""The bench of weeks until found looks as the weekly job would have looked then, and counts as it says."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def until_found(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks" / "truth"))
    import until_found

    return until_found


def test_a_shorter_record_is_ranked_as_the_weekly_job_ranks_it(until_found):
    import places

    one = places.draw(places.Truth("burglary", spot=places.Spot(10.0, 250.0, 20)), np.random.default_rng(2))
    back = one.history.weeks_back(places.WEEK)
    incidents = one.history.incidents[back <= 70]
    history = places.with_settings(one.history, bundle=False, restless=False)
    history = type(history)(history.theme, history.settings, incidents, history.ground)
    xy = incidents.geometry.get_coordinates().to_numpy()
    seen = places.Points(xy, history.weeks_back(places.WEEK), one.middle)
    lean = places.odds_of("burglary", seen, on_record=70)
    assert lean == pytest.approx(places.RANKINGS[places.OURS](history), rel=1e-9)


def test_a_place_is_looked_for_with_what_was_known_then(until_found, monkeypatch):
    """Nothing of later weeks is seen, weeks count back from the look, the first that finds it counts."""
    looks = []

    def odds(theme, points, *, on_record):
        looks.append((theme, on_record, points.weeks.min(), points.weeks.max(), len(points.xy)))
        value = np.zeros(len(until_found.middles()))
        if on_record >= until_found.WEEKS - until_found.YEAR + 6:
            value[np.hypot(*(until_found.middles() - points.middle).T).argmin()] = 1.0
        return value

    monkeypatch.setattr(until_found, "odds_of", odds)
    weeks = np.arange(1, until_found.WEEKS + 1)
    middle = until_found.middles()[5000]
    points = until_found.Points(np.tile(middle, (weeks.size, 1)), weeks, middle)
    assert until_found.found_after("traffic", until_found.Spot(5.0, 250.0, 52), points) == (6, False)
    seen = [until_found.WEEKS - 52 + look for look in (1, 2, 3, 4, 5, 6, 0)]
    assert looks == [("traffic", n, 1, n, n) for n in seen]


def test_half_and_nine_in_ten_are_weeks_by_which_as_many_were_found(until_found):
    found = [1, 2, 4, 8, 8, 13, 26, 52, until_found.NEVER, until_found.NEVER]
    assert until_found.row(found, [True] + [False] * 9) == [
        "8", "not within a year", "30", "60", "70", "80", "10"
    ]  # fmt: skip

"""The bench of the first ten places asks what the weekly job asks, and everybody by the same rule."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def places(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks" / "truth"))
    import places

    return places


@pytest.mark.parametrize(("theme", "weeks"), [("burglary", 26), ("traffic", 13)])
def test_points_and_counts_are_ranked_as_the_weekly_job_ranks_its_history(places, theme, weeks):
    spot = places.Spot(10.0, 250.0, weeks)
    one = places.draw(places.Truth(theme, spot=spot), np.random.default_rng(1))
    history = places.with_settings(one.history, bundle=False, restless=False)
    xy = history.incidents.geometry.get_coordinates().to_numpy()
    lean = places.rankings(theme, spot, places.Points(xy, history.weeks_back(places.WEEK), one.middle))
    for name, rank in places.RANKINGS.items():
        assert places.first_ten(lean[name]).tolist() == places.first_ten(rank(history)).tolist()
        assert lean[name] == pytest.approx(rank(history), rel=1e-9)


def test_ten_places_lie_apart_and_none_is_told_of_nothing(places):
    value = np.zeros(len(places.middles()))
    assert places.first_ten(value).size == 0
    value[:40] = np.arange(40, 0, -1)
    middle = places.middles()[places.first_ten(value)]
    gap = np.hypot(*(middle[:, None] - middle[None]).transpose(2, 0, 1))
    assert (gap[~np.eye(len(middle), dtype=bool)] >= 299.9).all()


@pytest.mark.parametrize("kind", ["even", "uneven", "whole"])
def test_a_row_of_the_table_says_what_was_found(places, kind):
    row, spot = places.Row(), places.Spot(10.0, 250.0, 52)
    for seed in range(1 if kind == "whole" else 2):
        row.look("burglary", spot, seed, kind)
    lines = places.table({("burglary", spot): row}).splitlines()
    assert lines[2].startswith("| burglary: 10 x, 250 m, 52 weeks | ")
    assert len({line.count("|") for line in lines}) == 1
    assert ("false cells" in lines[0]) is (kind == "whole")
    assert any(row.found["ours"])


def test_the_oracle_knows_best(places):
    """Of 15 places it finds at least as many as the busiest cells."""
    row, spot = places.Row(), places.Spot(5.0, 250.0, 52)
    for seed in range(15):
        row.look("traffic", spot, seed, "even")
    assert sum(row.found["oracle"]) >= sum(row.found["most reports"]) + 2

"""K in space and time, by hand, by every pair, and by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import space_time_k
from genk_geo.stats.patterns.edge_weights import edge_weights
from genk_geo.stats.patterns.study_area import study_area
from tests.examples import examples, repetitions

SQUARE, YEAR = (0.0, 0.0, 1000.0, 1000.0), (0.0, 100.0)


def test_four_events_by_hand():
    """Deep inside, where nothing is corrected: 12 ordered pairs, window of 1 km² and 100 days.

    Within 50 m lie the pairs AB and CD, within 5 days AB and AC (A and B on day 50 and 53, C on 46, D on 60).
    """
    xy = [[500, 500], [530, 500], [500, 300], [500, 340]]
    found = space_time_k(
        xy, [50, 53, 46, 60], window=SQUARE, period=YEAR, distances_m=[50, 250], days_apart=[5, 12],
        rng=np.random.default_rng(1),
    )  # fmt: skip
    scale = 1e6 * 100 / 12
    # Of 24 ordered pairs: near and soon AB (2); near AB, CD (4), soon AB, AC (4).
    assert found.k.loc[50, 5] == pytest.approx(2 * scale)
    assert found.excess.loc[50, 5] == pytest.approx(2 / (4 * 4 / 12) - 1)
    # Within 250 m all but none: AC 200, AD 160, BC 202.2, BD 162.8; within 12 days all but CD (14 days).
    assert found.k.loc[250, 12] == pytest.approx(10 * scale)
    assert found.excess.loc[250, 12] == pytest.approx(0.0)
    assert found.k.loc[50, 12] == pytest.approx(2 * scale)


def test_pairs_at_the_end_of_the_period_count_twice():
    xy = [[500, 500], [510, 500]]
    both = space_time_k(
        xy, [1, 4], window=SQUARE, period=YEAR, distances_m=[50], days_apart=[5],
        rng=np.random.default_rng(1), permutations=9,
    )  # fmt: skip
    # From day 1 nothing can be seen three days earlier; from day 4 all can.
    assert both.k.loc[50, 5] == pytest.approx((2 + 1) * 1e6 * 100 / 2)
    assert both.p_overall == 1.0


@settings(max_examples=examples(20))
@given(st.integers(0, 2**31), st.booleans())
def test_every_pair_is_counted(seed, whole_days):
    rng = np.random.default_rng(seed)
    n = 18
    xy, days = rng.uniform(0, 1000, (n, 2)), rng.uniform(0, 100, n)
    days = days.round() if whole_days else days
    near, soon = np.array([100.0, 300.0]), np.array([3.0, 10.0, 40.0])
    found = space_time_k(
        xy, days, window=SQUARE, period=YEAR, distances_m=near, days_apart=soon, permutations=1, rng=rng
    )
    area, expected = study_area(SQUARE), np.zeros((2, 3))
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            apart, late = np.hypot(*(xy[i] - xy[j])), abs(days[i] - days[j])
            weight = edge_weights(area, xy, np.array([[i, j]]), "isotropic")[0]
            weight *= 1 if days[i] - late >= 0 and days[i] + late <= 100 else 2
            expected += weight * ((apart <= near)[:, None] & (late <= soon))
    np.testing.assert_allclose(found.k, expected * 1e6 * 100 / (n * (n - 1)), rtol=1e-9)


def test_chance_is_found_as_seldom_as_promised():
    rng, runs = np.random.default_rng(5), repetitions(200)
    options = {"window": SQUARE, "period": YEAR, "distances_m": [60, 150], "days_apart": [5, 15]}
    p = [
        space_time_k(
            rng.uniform(0, 1000, (40, 2)), rng.uniform(0, 100, 40), permutations=39, rng=rng, **options
        ).p_overall
        for _ in range(runs)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    assert np.mean(p) == pytest.approx(0.5, abs=max(0.08, 3 / np.sqrt(12 * runs)))


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"days": [1, 2]}, SchemaError, "one a point"),
        ({"days": [1, 2, np.nan]}, SchemaError, "known time"),
        ({"days": [1, 2, 300]}, SchemaError, "within the period"),
        ({"period": (5, 5)}, ConfigError, "period"),
        ({"days_apart": [60]}, ConfigError, "half of the period"),
        ({"permutations": 0}, ConfigError, "permutations"),
    ],
)
def test_what_has_no_answer_is_refused(change, kind, message):
    given = {"days": [1, 2, 3], "period": YEAR, "days_apart": [5]} | change
    with pytest.raises(kind, match=message):
        space_time_k(
            [[1, 1], [2, 2], [9, 8]], given.pop("days"), window=SQUARE, distances_m=[10],
            rng=np.random.default_rng(1), **given,
        )  # fmt: skip

"""Ratios of near repeats are those that were planted, also when times are shuffled within quarters."""

from __future__ import annotations

import numpy as np
import pytest

from genk_geo.stats import near_repeat
from genk_geo.stats.near_repeats.knox import count_pairs
from genk_geo.stats.near_repeats.near_repeat import _fading
from genk_geo.stats.near_repeats.without_repeats import expected_without_repeats

SIDE, DAYS, BLOCK = 4000.0, 1092.0, 91.0
BANDS, SPANS = (0, 100, 200, 400), (0, 7, 14, 28)


def planted(rng, *, n=700, repeats=0, chain=1):
    """Incidents at chance; some are followed `chain` times within 7 days and 70 m."""
    xy, days = rng.uniform(0, SIDE, (n, 2)), rng.uniform(0, DAYS, n)
    which = rng.choice(n, repeats, replace=False)
    places, times = [xy], [days]
    now, when = xy[which], days[which]
    for _ in range(chain):
        now = now + rng.uniform(-50, 50, now.shape)
        when = when + rng.uniform(0.5, 7, repeats)
        places.append(now)
        times.append(when)
    return np.vstack(places), np.concatenate(times)


def by_chance(n, near_m, span):
    """Close pairs of n incidents spread evenly, less near the edges of the square and of the years."""
    space = np.pi * near_m**2 / SIDE**2 * (1 - 8 / (3 * np.pi) * near_m / SIDE)
    time = 2 * span / DAYS - (span / DAYS) ** 2
    return n * (n - 1) / 2 * space * time


def ratios(repeats, chain=1, seeds=12):
    found, true = [], []
    for seed in range(seeds):
        xy, days = planted(np.random.default_rng(seed), repeats=repeats, chain=chain)
        table = near_repeat(
            xy, days, distance_bands=BANDS, time_bands=SPANS, block_days=BLOCK, permutations=19
        ).reaches
        row = table[(table["distance_m"] == 100) & (table["days"] == 7)].iloc[0]
        found.append(row["ratio"])
        # Repeats raise the number of incidents, and so what chance gives.
        true.append(row["observed"] / by_chance(len(days), 100.0, 7.0))
    return np.median(found), np.median(true)


@pytest.mark.parametrize(("repeats", "chain"), [(20, 1), (60, 1), (120, 1), (40, 2)])
def test_the_planted_ratio_is_told(repeats, chain):
    found, true = ratios(repeats, chain)
    assert true > 2
    assert found == pytest.approx(true, rel=0.25)


def test_without_repeats_the_ratio_is_one():
    found, true = ratios(0, seeds=20)
    assert true == pytest.approx(1.0, abs=0.25)
    assert found == pytest.approx(1.0, abs=0.25)


def test_the_mean_of_the_shuffles_is_exact_before_repeats_are_taken_out():
    rng = np.random.default_rng(5)
    xy, days = planted(rng, n=150, repeats=30)
    count = count_pairs(xy, days, BANDS, SPANS, "euclidean")
    tables = np.concatenate(list(count.shuffled(2000, rng, block_days=BLOCK)))[:, :-1, :-1]
    usual, observed = expected_without_repeats(count, BLOCK), count.observed[:-1, :-1]
    # Nothing is taken out where as many are observed as the shuffles give, and never more than they give.
    mean, sure = tables.mean(axis=0), tables.std(axis=0) / np.sqrt(2000)
    assert (usual[observed > mean] <= (mean + 4 * sure)[observed > mean]).all()
    # A band without any observed pair keeps what the other bands do not take from it.
    assert (usual >= 0).all()


@pytest.mark.parametrize("begin", [364.0, 400.0])
def test_a_hotspot_of_some_months_is_no_repeat_and_its_repeats_are(begin):
    """It begins with a block, and within one: then shuffles spread it over weeks in which it was not."""
    alone = followed = 0
    for seed in range(14):
        rng = np.random.default_rng(seed)
        xy, days = planted(rng, n=500)
        hot = rng.uniform(1000, 1150, (60, 2)), rng.uniform(begin, begin + 182, 60)
        repeats = planted(rng, n=100, repeats=90)
        found = [
            near_repeat(
                np.vstack([xy, hot[0], *more[0]]), np.concatenate([days, hot[1], *more[1]]),
                distance_bands=BANDS, time_bands=SPANS, block_days=BLOCK, permutations=199, rng=rng,
            ).reach(max_p=0.01, min_ratio=1.25)
            for more in (((), ()), ((repeats[0],), (repeats[1],)))
        ]  # fmt: skip
        alone += found[0] is not None
        followed += found[1] is not None
    assert alone <= 5
    assert followed >= 12


def test_the_fading_is_a_rank_among_the_shuffles():
    # One band of distance and the rest; two of time, the comparison, and the rest.
    observed = np.array([[6, 2, 2, 0], [0, 0, 0, 0]])
    shuffled = np.array([[[5, 3, 2, 0], [0] * 4], [[6, 2, 2, 0], [0] * 4], [[2, 2, 6, 0], [0] * 4]])
    np.testing.assert_allclose(_fading(observed, shuffled), [[2 / 4, 3 / 4]])

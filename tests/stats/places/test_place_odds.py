"""Odds of places: every circle by hand, 1 on average where nothing is hot, and found where something is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, place_odds
from genk_geo.stats.places.circles import RADII, Circles
from genk_geo.stats.places.place_odds import TIMES

GRID = Grid.cover(shapely.box(0, 0, 1500, 1200), cell_m=100)
INDEX = GRID.cells.index
SPANS = {4: 0.8, 13: 0.2}


def usual(seed=1):
    """Shares that differ from cell to cell; nothing happens in some."""
    rng = np.random.default_rng(seed)
    share = pd.Series(rng.gamma(1.0, 1.0, INDEX.size), INDEX)
    share.iloc[rng.choice(INDEX.size, 20, replace=False)] = 0.0
    return share / share.sum()


def incidents(share, rng, n=60, weeks=20):
    """Points that follow the shares, and the week of each, counted back."""
    middle = GRID.cells.geometry.centroid.get_coordinates().to_numpy()
    cell = rng.choice(INDEX.size, n, p=share.to_numpy())
    return middle[cell] + rng.uniform(-49, 49, (n, 2)), rng.integers(1, weeks + 1, n)


def by_hand(share, xy, weeks, window, ratio):
    """Logarithm of the odds of each middle, one circle, size, risk and span after the other."""
    circles, odds = Circles.of(GRID), np.zeros(INDEX.size)
    expected, total = circles.sums(share.to_numpy()), {span: (weeks <= span).sum() for span in SPANS}
    away = [np.hypot(*(xy - middle).T) for middle in circles.middle]
    lived = np.flatnonzero(share > 0)
    seen = np.array([(away[at] <= 250).sum() for at in lived])
    differ = differing(seen, expected[2, lived] * len(xy))
    for at in lived:
        for (size, radius), times, (span, part) in product(enumerate(RADII), TIMES, SPANS.items()):
            count = ((weeks <= span) & (away[at] <= radius * 100)).sum()
            mean, whole = (expected[size, at] * total[weeks_of] for weeks_of in (span, window))
            counted = min(1.0, (1 + differ * whole) / (1 + differ * mean)) / ratio.iloc[at]
            told = counted * (count * np.log(times) - (times - 1) * mean)
            odds[at] += part * np.exp(told) / len(RADII) / len(TIMES)
    odds *= np.where(share > 0, expected[0], 0.0) / expected[0, lived].sum()
    gap = circles.middle[:, None] - circles.middle[None]
    beside = np.hypot(gap[..., 0], gap[..., 1]) <= 101
    return np.log(np.where(share > 0, beside @ odds, np.nan)), differ


def differing(seen, mean):
    """How much places differ lastingly: what the variance of all but a twentieth has beyond chance."""
    apart = (seen - mean) ** 2
    order = np.argsort(apart / mean)[: int(np.floor(0.95 * (seen.size - 1))) + 1]
    return max((apart[order].sum() / 0.759 - mean[order].sum()) / (mean[order] ** 2).sum(), 0.0)


@pytest.mark.parametrize(("restless", "uneven"), [(False, False), (True, True)])
def test_every_circle_by_hand(restless, uneven):
    rng, share = np.random.default_rng(2), usual()
    xy, weeks = incidents(share[::-1].set_axis(INDEX) if uneven else share, rng, n=400, weeks=13)
    ratio = pd.Series(rng.uniform(1, 3, INDEX.size) if restless else 1.0, INDEX)
    found = place_odds(GRID, xy, weeks, share, spans=SPANS, window=4, dispersion=ratio if restless else None)
    wanted, differ = by_hand(share, xy, weeks, 4, ratio)
    assert found.to_numpy() == pytest.approx(wanted, rel=1e-9, nan_ok=True)
    assert found.isna().sum() == 20
    assert bool(differ > 0.05) is uneven


@pytest.mark.parametrize("shape", ["square", "hexagon"])
def test_circles_hold_the_points_within_them_and_their_share_of_even_ground(shape):
    grid = Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100, shape=shape)
    circles, rng = Circles.of(grid), np.random.default_rng(3)
    xy = rng.uniform(-100, 2100, (400, 2))
    cell, group = grid.positions(xy), rng.integers(0, 2, 400)
    found = circles.counts(xy, cell, group, 2)
    gap = circles.middle[:, None] - xy[None]
    away = np.hypot(gap[..., 0], gap[..., 1])
    even = circles.sums(np.ones(len(grid))) * (1e4 if shape == "square" else 1e4 * np.sqrt(3) / 2)
    inner = int(np.hypot(*(circles.middle - 1000).T).argmin())
    for size, radius in enumerate(RADII):
        inside = (away <= radius * 100) & (cell >= 0)
        assert (
            found[size] == np.stack([inside[:, group == one].sum(axis=1) for one in (0, 1)], axis=1)
        ).all()
        assert even[size, inner] == pytest.approx(np.pi * (radius * 100) ** 2, rel=0.04)


def test_where_nothing_is_hot_all_odds_are_one_on_average():
    """So they may be read as odds. Each middle counts once here, without those beside it."""
    share, circles, rng = usual(), Circles.of(GRID), np.random.default_rng(4)
    alone = Circles(GRID, circles.middle, circles.near, np.arange(INDEX.size)[:, None])
    total = [
        np.exp(place_odds(alone, *incidents(share, rng), share, spans=SPANS, window=13)).sum()
        for _ in range(60)
    ]
    assert np.median(total) < 1.0
    assert np.mean(np.minimum(total, 20.0)) < 1.0 + 3 * np.std(np.minimum(total, 20.0)) / np.sqrt(60)
    assert np.mean(np.array(total) > 20) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)


def test_the_order_of_rows_and_where_the_origin_lies_change_nothing():
    share, rng = usual(), np.random.default_rng(5)
    xy, weeks = incidents(share, rng)
    found = place_odds(GRID, xy, weeks, share, spans=SPANS, window=4)
    order = rng.permutation(len(xy))
    again = place_odds(GRID, xy[order], weeks[order], share, spans=SPANS, window=4)
    assert again.equals(found)
    moved = Grid.cover(shapely.box(7000, 3000, 8500, 4200), cell_m=100)
    there = place_odds(
        moved, xy + np.array([7000, 3000]), weeks, share.set_axis(moved.cells.index), spans=SPANS, window=4
    )
    assert there.to_numpy() == pytest.approx(found.to_numpy(), rel=1e-9, nan_ok=True)
    assert place_odds(Circles.of(GRID), xy, weeks, share, spans=SPANS, window=4).equals(found)


def test_a_place_that_became_busier_stands_first_more_often_than_with_counts_alone():
    """Twelve more in a circle of 150 m, of which eight in the last month; the busiest cell finds it less."""
    share, rng, found, plain = usual(), np.random.default_rng(6), 0, 0
    for _ in range(40):
        xy, weeks = incidents(share, rng, n=200)
        place = rng.uniform(300, 900, 2)
        far, angle = 150 * np.sqrt(rng.random(8)), rng.uniform(0, 2 * np.pi, 8)
        xy = np.vstack([xy, place + np.column_stack([far * np.cos(angle), far * np.sin(angle)])])
        weeks = np.append(weeks, rng.integers(1, 5, 8))
        odds = place_odds(GRID, xy, weeks, share, spans=SPANS, window=13)
        middle = GRID.cells.geometry.centroid
        found += bool(middle[odds.idxmax()].distance(shapely.Point(place)) <= 150)
        counts = GRID.count(xy[weeks <= 13])
        plain += bool(middle[counts.idxmax()].distance(shapely.Point(place)) <= 150)
    assert found >= 24
    assert found > plain + 8


def test_nothing_seen_or_nothing_possible_says_nothing():
    share, nowhere = usual(), np.empty((0, 2))
    expected = Circles.of(GRID).sums(share.to_numpy())[0]
    quiet = place_odds(GRID, nowhere, [], share, spans=SPANS, window=4)
    assert (quiet.isna() == (share == 0)).all()
    assert quiet.idxmax() in INDEX[expected > np.quantile(expected, 0.5)]
    outside = place_odds(GRID, [[-500.0, 50.0]], [1], share, spans=SPANS, window=4)
    assert outside.equals(quiet)
    assert place_odds(GRID, [[50.0, 50.0]], [1], 0 * share, spans=SPANS, window=4).isna().all()


def test_wrong_input_is_refused():
    share = usual()
    xy, weeks = incidents(share, np.random.default_rng(7))
    for spans in ({}, {0: 1.0, 4: 1.0}, {1.5: 1.0, 4: 1.0}, {4: 0.0}):
        with pytest.raises(ConfigError, match="spans"):
            place_odds(GRID, xy, weeks, share, spans=spans, window=4)
    with pytest.raises(ConfigError, match="window"):
        place_odds(GRID, xy, weeks, share, spans=SPANS, window=5)
    with pytest.raises(SchemaError, match="weeks"):
        place_odds(GRID, xy, weeks[:-1], share, spans=SPANS, window=4)
    with pytest.raises(SchemaError, match="each cell"):
        place_odds(GRID, xy, weeks, share.iloc[::-1], spans=SPANS, window=4)
    with pytest.raises(SchemaError, match="each cell"):
        place_odds(GRID, xy, weeks, share, spans=SPANS, window=4, dispersion=share.iloc[:5])

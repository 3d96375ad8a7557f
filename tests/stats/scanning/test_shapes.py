"""Cases among controls, and ellipses: published figures, and every window tried by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import ScanLimits, scan_cases, scan_counts
from tests.examples import examples

ALL_SHAPES = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0)


def test_cases_of_north_humberside(shared_data):
    """Childhood leukaemia and lymphoma (Cuzick and Edwards 1990), as SaTScan's Bernoulli model finds it."""
    where, cases, controls = (
        pd.read_csv(shared_data / "oracles" / f"NHumberside{part}.csv") for part in ("geo", "cas", "ctl")
    )
    found = scan_cases(where.iloc[:, 1:], cases["numcases"], controls["numcontrols"], replicates=99)
    first = found.clusters.iloc[0]
    assert first["llr"] == pytest.approx(4.836516, abs=5e-7)
    assert (first["observed"], len(first["members"])) == (4, 4)
    assert first["expected"] == pytest.approx(4 * 62 / 203)
    assert first["p_value"] > 0.3


def _ratio(count, held, total, everybody):
    """Bernoulli log-likelihood ratio, from the likelihoods themselves."""

    def log_likelihood(cases, people):
        share = cases / people
        return sum(n * np.log(p) for n, p in ((cases, share), (people - cases, 1 - share)) if n)

    inside, outside = count / held, (total - count) / (everybody - held)
    if inside <= outside:
        return 0.0
    parts = log_likelihood(count, held) + log_likelihood(total - count, everybody - held)
    return parts - log_likelihood(total, everybody)


def _by_hand(xy, cases, people, limits):
    """The largest penalised ratio over every ellipse around every place that ends at another place."""
    total, everybody, best = cases.sum(), people.sum(), 0.0
    for ratio in limits.ratios:
        many = 1 if ratio == 1 else max(4, round(3 * ratio))
        for k, (x, y) in itertools.product(range(many), xy):
            turn = np.pi * k / many
            dx, dy = xy[:, 0] - x, xy[:, 1] - y
            along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
            size = np.sqrt(along**2 + (ratio * across) ** 2)
            for edge in size:
                inside = size <= edge + 1e-6
                held, count = people[inside].sum(), cases[inside].sum()
                if edge <= limits.radius_m and held <= everybody * limits.largest_share and count >= 2:
                    penalty = (4 * ratio / (ratio + 1) ** 2) ** limits.penalty
                    best = max(best, penalty * _ratio(count, held, total, everybody))
    return best


@settings(max_examples=examples(25))
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.5, 1.0]), st.booleans())
def test_every_ellipse_is_tried(seed, penalty, on_a_lattice):
    rng = np.random.default_rng(seed)
    lattice = np.array([(x, y) for x in range(5) for y in range(4)]) * 100.0
    xy = lattice if on_a_lattice else rng.uniform(0, 500, (14, 2))
    cases, controls = rng.poisson(1.5, len(xy)), rng.poisson(3.0, len(xy)) + 1
    cases[0] += 2
    limits = ScanLimits(ratios=(1.0, 2.0, 4.0), penalty=penalty, radius_m=350.0)
    found = scan_cases(xy, cases, controls, limits=limits, replicates=1).clusters
    expected = _by_hand(xy, cases, cases + controls, limits)
    assert (found["llr"].iloc[0] if len(found) else 0.0) == pytest.approx(expected, abs=1e-9)


def test_a_street_is_found_by_an_ellipse_along_it():
    """What lies along a street is told with its direction, and stronger than by any circle."""
    xy = np.array([(x, y) for x in range(13) for y in range(13)]) * 100.0
    expected = np.full((169, 1), 4.0)
    on_street = (np.abs(xy[:, 1] - xy[:, 0]) < 50) & (np.abs(xy[:, 0] - 600) < 450)
    cases = np.random.default_rng(1).poisson(np.where(on_street, 12.0, 4.0))[:, None]
    rng = np.random.default_rng
    narrow = scan_counts(xy, cases, expected, limits=ScanLimits(ratios=ALL_SHAPES), replicates=19, rng=rng(2))
    circles = scan_counts(xy, cases, expected, replicates=19, rng=rng(2))
    first = narrow.clusters.iloc[0]
    assert first["ratio"] >= 3
    assert first["angle"] == pytest.approx(45, abs=15)
    assert first["llr"] > circles.clusters["llr"].iloc[0]
    assert on_street[list(first["members"])].mean() > 0.8
    assert first["p_value"] == 0.05
    assert set(circles.clusters["ratio"]) == {1.0}


def test_the_share_counts_and_not_the_number():
    xy = np.arange(20)[:, None] * [100.0, 0.0]
    many = np.where(np.arange(20) < 10, 40, 4)
    even = scan_cases(xy, many, 3 * many, replicates=9).clusters
    assert even.empty
    with_more = scan_cases(xy, many + 8 * (np.arange(20) == 15), 3 * many, replicates=9).clusters
    assert with_more.loc[0, "members"] == (15,)


def test_periods_are_looked_at_too():
    cases = np.ones((4, 6), dtype=int)
    cases[2, 3:5] = 9
    found = scan_cases([[0, 0], [100, 0], [900, 0], [999, 9]], cases, np.full((4, 6), 5), replicates=9)
    first = found.clusters.iloc[0]
    assert (first["members"], first["first"], first["last"], first["observed"]) == ((2,), 3, 4, 18)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"controls": [1, 2]}, SchemaError, "shape"),
        ({"controls": [0, 0, 0]}, SchemaError, "one control"),
        ({"cases": [0, 0, 0]}, SchemaError, "at least one case"),
        ({"cases": [1, 0.5, 0]}, SchemaError, "whole"),
        ({"xy": [[0, 0], [1, np.inf], [2, 2]]}, SchemaError, "finite x and y"),
        ({"limits": ScanLimits(ratios=())}, ConfigError, "at least one"),
        ({"limits": ScanLimits(ratios=(0.5,))}, ConfigError, "1 \\(a circle\\) or more"),
        ({"limits": ScanLimits(penalty=-1)}, ConfigError, "penalty"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, kind, message):
    given = {"xy": [[0, 0], [1, 1], [2, 2]], "cases": [1, 1, 0], "controls": [1, 0, 1]} | change
    with pytest.raises(kind, match=message):
        scan_cases(given.pop("xy"), given.pop("cases"), given.pop("controls"), **given)


def test_ellipses_need_straight_distances():
    with pytest.raises(ConfigError, match="straight distances"):
        scan_counts(
            [[0, 0], [1, 0]],
            [[1], [2]],
            [[1], [1]],
            distances=np.ones((2, 2)),
            limits=ScanLimits(ratios=(2,)),
        )

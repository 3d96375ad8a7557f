"""Where cells have few neighbours p is exact, whatever the values and weights: every way is tried by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

from genk_geo.stats import local_g, local_moran
from genk_geo.stats.inference.pearson import Moments, permutation_moments, tails
from tests.examples import examples


def upper_by_hand(y, weights, focal, *, everything=False):
    """Share of arrangements of the other values whose weighted sum is at least the observed one."""
    links = [(j, w) for j, w in weights[focal].items() if j != focal]
    own = [weights[focal].get(focal, 1.0)] if everything else []
    observed = sum(w * y[j] for j, w in links) + sum(w * y[focal] for w in own)
    pool = y if everything else np.delete(y, focal)
    factors = np.array([w for _, w in links] + own)
    sums = np.array(list(itertools.permutations(pool, factors.size))) @ factors
    return np.mean(sums >= observed - 1e-9 * abs(observed))


def graph_of(weights):
    """A graph of named places from lists of weights."""
    rows = [(i, j, w) for i, around in enumerate(weights) for j, w in around.items()]
    table = pd.DataFrame(rows, columns=["focal", "neighbor", "weight"])
    return Graph(table.set_index(["focal", "neighbor"])["weight"])


def ring(n, weight=lambda _i, _j: 1.0):
    return [{j % n: weight(i, j % n) for j in (i - 1, i + 1)} for i in range(n)]


@settings(max_examples=examples(25))
@given(st.integers(0, 2**31), st.sampled_from(["rates", "large counts"]), st.booleans())
def test_p_is_that_of_every_arrangement(seed, kind, weighed):
    rng = np.random.default_rng(seed)
    n = 9
    y = rng.gamma(1.0, 3.0, n) if kind == "rates" else np.rint(rng.gamma(1.0, 30_000.0, n))
    weights = ring(n, (lambda i, j: 1.0 + (i * j) % 3) if weighed else (lambda _i, _j: 1.0))
    graph, values = graph_of(weights), pd.Series(y)
    expected = [upper_by_hand(y, weights, i) for i in range(n)]
    np.testing.assert_allclose(local_g(values, graph, star=False)["p_value"], expected, rtol=1e-12)
    np.testing.assert_allclose(local_g(values, graph)["p_value"], expected, rtol=1e-12)
    high = y > y.mean()
    moran = local_moran(values, graph)["p_value"].to_numpy()
    np.testing.assert_allclose(moran[high], np.array(expected)[high], rtol=1e-12)


def test_the_focal_value_is_drawn_again_too():
    rng = np.random.default_rng(2)
    y, weights = rng.gamma(1.0, 3.0, 8), ring(8, lambda i, j: 1.0 + (i + j) % 2)
    found = local_g(pd.Series(y), graph_of(weights), permute="all")["p_value"]
    for i in range(8):
        own = {**weights[i], i: max(weights[i].values())}
        assert found[i] == pytest.approx(upper_by_hand(y, {i: own}, i, everything=True))


def test_two_neighbours_where_moments_are_coarse(r_table):
    """Conflict in Africa (spdep's afcon): 42 countries, up to nine neighbours."""
    table = r_table("spdep", "data(afcon); data.frame(afcon, around=sapply(paper.nb, paste, collapse=' '))")
    y = table["totcon"].to_numpy(dtype=float)
    weights = [{int(j) - 1: 1.0 for j in str(one).split()} for one in table["around"]]
    found = local_g(table["totcon"].astype(float), graph_of(weights), star=False)["p_value"]
    off = []
    for i, around in enumerate(weights):
        pool, k = np.delete(y, i), len(around)
        if k > 2:
            continue
        sums = np.array([sum(drawn) for drawn in itertools.combinations(pool, k)])
        observed = y[list(around)].sum()
        assert found[i] == pytest.approx(np.mean(sums >= observed), rel=1e-12)
        d = pool - pool.mean()
        moments = Moments(*(np.asarray(m) for m in (pool.mean(), (d**2).mean(), (d**3).mean())))
        size = np.array(float(k))
        smooth = tails(np.array(observed), permutation_moments((size, size, size), moments, float(pool.size)))
        off.append(abs(smooth[0] - found[i]) if k == 2 else 0.0)
    assert max(off) > 0.03  # what the exact p mends


def test_many_neighbours_keep_their_moments():
    """Neither so few that all can be tried nor whole numbers: the curve through the moments stays close."""
    rng = np.random.default_rng(5)
    n = 60
    y = rng.gamma(2.0, 1.0, n)
    weights = [{j: 1.0 for j in range(n) if 0 < abs(i - j) <= 6} for i in range(n)]
    found = local_g(pd.Series(y), graph_of(weights), star=False)["p_value"].to_numpy()
    drawn = np.array([rng.permutation(np.delete(y, 30))[:12].sum() for _ in range(4000)])
    observed = sum(y[j] for j in weights[30])
    assert found[30] == pytest.approx(np.mean(drawn >= observed), abs=0.03)

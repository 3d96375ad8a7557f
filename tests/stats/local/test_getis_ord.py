import itertools
import math
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.schema import HOTSPOT_CLASSES
from genk_geo.stats import Grid, local_g
from tests.examples import examples

SIX = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]


@pytest.fixture(scope="module")
def six_points():
    places = gpd.GeoSeries([shapely.Point(p) for p in SIX])
    return pd.Series([2, 3, 3.2, 5, 8, 7]), Graph.build_distance_band(places, 15, binary=True)


@pytest.fixture(scope="module")
def reference(root):
    folder = root / "tests" / "stats" / "r_reference"
    grid = pd.read_csv(folder / "grid.csv")
    graph = Graph.build_distance_band(gpd.GeoSeries.from_xy(grid["x"], grid["y"]), 750, binary=True)
    return grid["count"], graph, pd.read_csv(folder / "spdep_local_band750.csv")


@pytest.fixture(scope="module")
def board():
    grid = Grid.cover(shapely.box(0, 0, 7500, 7500), 100)
    return grid, grid.graph()


def test_six_points_of_the_literature(six_points):
    y, graph = six_points
    g = local_g(y, graph, star=False)["z"]
    star = local_g(y, graph, star=True)["z"]
    np.testing.assert_allclose(g, [-1.013673, -0.043616, 1.315587, -0.314127, 1.153740, 1.778339], atol=1e-6)
    np.testing.assert_allclose(
        star, [-1.397276, -0.289178, 0.650650, -0.289178, 1.234521, 2.024243], atol=1e-6
    )


@pytest.mark.parametrize("transformation", ["B", "R"])
def test_all_cells_as_spdep(reference, transformation):
    counts, graph, expected = reference
    graph = graph.transform(transformation)
    np.testing.assert_allclose(local_g(counts, graph)["z"], expected["gistar_z"], atol=1e-6)
    np.testing.assert_allclose(local_g(counts, graph, star=False)["z"], expected["gi_z"], atol=1e-6)


def graph_of(linked):
    focal, neighbour = np.nonzero(linked)
    alone = np.flatnonzero(~linked.any(axis=1))
    weight = np.r_[np.ones(focal.size), np.zeros(alone.size)]
    rows = sorted(
        zip(np.r_[focal, alone].tolist(), np.r_[neighbour, alone].tolist(), weight.tolist(), strict=True)
    )
    return Graph.from_arrays(*(np.array(column) for column in zip(*rows, strict=True)))


@st.composite
def small_worlds(draw):
    n = draw(st.integers(2, 8))
    counts = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    half = draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))
    linked = np.triu(np.array(half).reshape(n, n), 1)
    return np.array(counts), linked | linked.T


@given(small_worlds(), st.booleans())
@settings(deadline=None, max_examples=examples(40))
def test_exact_p_is_full_enumeration(world, star):
    y, linked = world
    found = {
        side: local_g(pd.Series(y), graph_of(linked), star=star, alternative=side)["p_value"].to_numpy()
        for side in ("greater", "less", "two-sided")
    }
    for i in range(y.size):
        here = np.flatnonzero(linked[i])
        if here.size == 0:
            assert all(np.isnan(p[i]) for p in found.values())
            continue
        # Every permutation of the other counts over the other places, the focal one where it is.
        others = [j for j in range(y.size) if j != i]
        at = [others.index(j) for j in here]
        sums = [sum(p[a] for a in at) for p in itertools.permutations(y[others])]
        upper = np.mean(np.array(sums) >= y[here].sum())
        lower = np.mean(np.array(sums) <= y[here].sum())
        assert math.isclose(found["greater"][i], upper, rel_tol=1e-12)
        assert math.isclose(found["less"][i], lower, rel_tol=1e-12)
        assert math.isclose(found["two-sided"][i], min(1, 2 * min(upper, lower)), rel_tol=1e-12)


@given(small_worlds())
@settings(deadline=None, max_examples=examples(20))
def test_permuting_all_is_full_enumeration(world):
    y, linked = world
    found = local_g(pd.Series(y), graph_of(linked), permute="all")["p_value"]
    for i in range(y.size):
        window = [i, *np.flatnonzero(linked[i])]
        sums = [sum(c) for c in itertools.combinations(y.tolist(), len(window))]
        assert math.isclose(found[i], np.mean(np.array(sums) >= y[window].sum()), rel_tol=1e-12)


def test_tiny_p_keeps_its_digits(board):
    grid, graph = board
    counts = pd.Series(0, index=grid.cells.index)
    middle = grid.assign([[3750, 3750]])[0]
    counts[graph[middle].index] = 1
    counts[middle] = 1
    n = len(counts)
    # Eight ones among 5,624 others: all of them next to the focal cell in one of C(5624, 8) ways.
    assert math.isclose(local_g(counts, graph)["p_value"][middle], 1 / math.comb(n - 1, 8), rel_tol=1e-12)
    everything = local_g(counts, graph, permute="all")["p_value"][middle]
    assert math.isclose(everything, 1 / math.comb(n, 9), rel_tol=1e-12)


@pytest.mark.parametrize("events", [40, 300, 2000])
@pytest.mark.parametrize("permute", ["others", "all"])
def test_size_holds_without_any_hotspot(board, events, permute):
    grid, graph = board
    rng = np.random.default_rng([events, 7])
    shares = []
    for _ in range(25):
        counts = pd.Series(
            np.bincount(rng.integers(0, len(grid), events), minlength=len(grid)), grid.cells.index
        )
        p = local_g(counts, graph, permute=permute)["p_value"]
        shares.append([(p <= level).mean() for level in (0.05, 0.01, 0.001)])
    shares = np.array(shares)
    error = shares.std(axis=0, ddof=1) / np.sqrt(len(shares))
    assert (shares.mean(axis=0) <= np.array([0.05, 0.01, 0.001]) + 3 * error + 1e-5).all()
    if events == 2000:  # counts are varied enough for the test to use most of its level
        assert shares.mean(axis=0)[0] > 0.02


def planted(grid, rng, mean):
    risk = np.ones(len(grid))
    hot = grid.cells["col"].between(30, 32) & grid.cells["row"].between(40, 42)
    risk[hot] = 5.0
    return pd.Series(rng.poisson(mean * risk), grid.cells.index), hot.to_numpy()


@pytest.fixture
def esda_without_compiling(monkeypatch):
    """The peer's own functions as plain Python: compiling them takes half a minute, running them a second."""
    import esda.crand
    import esda.getisord
    import esda.significance

    modules = (esda.crand, esda.getisord, esda.significance)
    compiled = {(m, name): f for m in modules for name, f in vars(m).items() if hasattr(f, "py_func")}
    assert compiled
    for (module, name), function in compiled.items():
        monkeypatch.setattr(module, name, function.py_func)
    monkeypatch.setattr(esda.crand, "boolean", bool)


def called_by_esda(counts, weights, seed):
    """What users do today: permutation p-values of esda through its false-discovery cut, hot side."""
    from esda import G_Local, fdr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        peer = G_Local(
            counts.to_numpy(float), weights, transform="B", star=True, permutations=999, seed=seed, n_jobs=1
        )
    return (peer.p_sim <= fdr(peer.p_sim, 0.05)) & (peer.Zs > 0)


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "esda_holds_its_rate"), [(0.35, False), (1.0, True)])
def test_a_planted_hotspot_is_found_at_least_as_often_as_by_peers_that_hold_their_rate(
    board, esda_without_compiling, mean, esda_holds_its_rate
):
    grid, graph = board
    weights = graph.to_W()
    rng = np.random.default_rng(5)
    found = {"others": [], "all": [], "esda": []}
    false = {name: [] for name in found}
    for seed in range(2):
        counts, hot = planted(grid, rng, mean)
        near = graph.sparse @ hot.astype(float) > 0
        called = {
            how: (local_g(counts, graph, permute=how)["q_value"] <= 0.05).to_numpy()
            for how in ("others", "all")
        }
        called["esda"] = called_by_esda(counts, weights, seed)
        for name, cells in called.items():
            found[name].append(cells[hot].mean())
            false[name].append((cells & ~near).sum() / max(cells.sum(), 1))
    assert np.mean(false["others"]) <= 0.05
    assert np.mean(false["all"]) <= 0.05
    assert np.mean(found["all"]) >= np.mean(found["others"]) > 0.2
    if esda_holds_its_rate:
        assert np.mean(false["esda"]) <= 0.05
        assert np.mean(found["others"]) >= np.mean(found["esda"])
    else:  # on sparse counts esda calls more cells only because most of them are false
        assert np.mean(false["esda"]) > 0.2


def test_false_discoveries_stay_within_their_rate(board):
    grid, graph = board
    rng = np.random.default_rng(11)
    shares = []
    for _ in range(30):
        counts, hot = planted(grid, rng, 0.35)
        near = graph.sparse @ hot.astype(float) > 0
        called = (local_g(counts, graph, permute="all")["q_value"] <= 0.05).to_numpy()
        shares.append((called & ~near).sum() / max(called.sum(), 1))
    assert np.mean(shares) <= 0.05


def test_columns_and_classes(board):
    grid, graph = board
    counts, hot = planted(grid, np.random.default_rng(1), 0.35)
    found = local_g(counts, graph)
    assert list(found) == [
        "z",
        "p_value",
        "q_value",
        "hotspot_class",
        "observed",
        "expected",
        "relative_risk",
    ]
    assert found.index.equals(counts.index)
    classes = found["hotspot_class"]
    assert list(classes.cat.categories) == list(HOTSPOT_CLASSES)
    assert ((classes == "hot 99") == (found["q_value"] <= 0.01)).all()
    assert ((classes >= "hot 95") == (found["q_value"] <= 0.05)).all()
    assert (classes[hot] >= "hot 90").any()
    inner = found.loc[grid.assign([[3750, 3750]])[0]]
    assert inner["expected"] == pytest.approx(9 * counts.mean())
    assert inner["relative_risk"] == pytest.approx(inner["observed"] / inner["expected"])


def test_cold_and_two_sided(board):
    grid, graph = board
    counts = pd.Series(3, index=grid.cells.index)
    counts[grid.cells["col"] < 10] = 0
    cold = local_g(counts, graph, alternative="less")["hotspot_class"]
    assert (cold[grid.cells["col"] < 8] <= "cold 95").all()
    assert (cold[grid.cells["col"] > 20] == "not significant").all()
    both = local_g(counts, graph, alternative="two-sided")
    assert (both["hotspot_class"][grid.cells["col"] < 8].astype(str).str.startswith("cold")).all()


def test_no_report_is_not_zero(board):
    grid, graph = board
    rng = np.random.default_rng(2)
    counts = pd.Series(rng.poisson(1.0, len(grid)), grid.cells.index, dtype=float)
    silent = grid.cells["col"] < 20
    found = local_g(counts.mask(silent), graph)
    assert found.loc[silent, ["z", "p_value", "q_value", "observed", "expected"]].isna().all(axis=None)
    assert (found.loc[silent, "hotspot_class"] == "not significant").all()
    # The rest is as if the silent cells did not exist.
    east = Grid.cover(shapely.box(2000, 0, 7500, 7500), 100)
    alone = local_g(counts[~silent].reindex(east.cells.index), east.graph())
    pd.testing.assert_frame_equal(found[~silent].loc[alone.index], alone)
    masked = local_g(counts, graph, possible=~silent)
    pd.testing.assert_frame_equal(masked, found)


def test_a_mask_says_what_it_drops(board, caplog):
    grid, graph = board
    counts = pd.Series(1.0, index=grid.cells.index)
    local_g(counts, graph, possible=grid.cells["col"] > 3)
    assert "300 incidents" in caplog.text


def test_order_of_rows_does_not_matter(board):
    grid, graph = board
    counts = pd.Series(np.random.default_rng(3).poisson(0.4, len(grid)), grid.cells.index)
    shuffled = counts.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        local_g(shuffled, graph).loc[counts.index], local_g(counts, graph), check_exact=False, rtol=1e-12
    )


def test_translation_by_whole_cells_changes_nothing():
    near = Grid.cover(shapely.box(0, 0, 1000, 1000), 100)
    far = Grid.cover(shapely.box(30_000, 50_000, 31_000, 51_000), 100)
    counts = np.random.default_rng(4).poisson(1, 100)
    here = local_g(pd.Series(counts, near.cells.index), near.graph())
    there = local_g(pd.Series(counts, far.cells.index), far.graph())
    np.testing.assert_array_equal(here["p_value"], there["p_value"])
    np.testing.assert_array_equal(here["z"], there["z"])


def test_an_island_has_no_neighbours_to_judge():
    linked = np.zeros((6, 6), dtype=bool)
    linked[0, 1] = linked[1, 0] = linked[1, 2] = linked[2, 1] = linked[3, 4] = linked[4, 3] = True
    y = pd.Series([1, 2, 0, 4, 1, 5])
    plain = local_g(y, graph_of(linked), star=False)
    assert plain.loc[5, ["z", "p_value", "q_value", "observed"]].isna().all()
    star = local_g(y, graph_of(linked))
    assert star.loc[5, "observed"] == 5
    assert np.isfinite(star.loc[5, "z"])
    assert np.isnan(star.loc[5, "p_value"])
    assert local_g(y, graph_of(linked), permute="all").loc[5, "p_value"] == pytest.approx(1 / 6)


def test_all_equal_says_nothing(board):
    grid, graph = board
    found = local_g(pd.Series(2, index=grid.cells.index), graph)
    assert found["z"].isna().all()
    assert (found["p_value"] == 1).all()
    real = local_g(pd.Series(0.1, index=grid.cells.index), graph)
    assert (real["p_value"] == 1).all()
    assert (real["hotspot_class"] == "not significant").all()


def test_one_cell_and_all_silent():
    one = Grid.cover(shapely.box(0, 0, 100, 100), 100)
    found = local_g(pd.Series([3], one.cells.index), one.graph())
    assert found["p_value"].isna().all()
    board = Grid.cover(shapely.box(0, 0, 300, 300), 100)
    silent = local_g(pd.Series(np.nan, board.cells.index), board.graph())
    assert silent[["z", "p_value", "q_value"]].isna().all(axis=None)


def test_moments_follow_the_exact_distribution(board):
    grid, graph = board
    counts = pd.Series(np.random.default_rng(6).poisson(4, len(grid)), grid.cells.index)
    exact = local_g(counts, graph)["p_value"]
    # Halves are no whole numbers, so the same question goes to the Pearson III tail.
    moments = local_g(counts / 2 + 0.25, graph)["p_value"]
    inside = exact > 1e-4
    # A tail of a continuous curve misses about half the probability of the observed sum.
    assert np.abs(exact - moments)[inside].max() < 0.06
    assert np.abs(np.log10(exact / moments))[inside].max() < 0.25


def test_size_holds_for_real_valued_rates(board):
    grid, graph = board
    rng = np.random.default_rng(8)
    shares = [
        (
            local_g(pd.Series(rng.gamma(0.5, 2.0, len(grid)), grid.cells.index), graph)["p_value"] <= 0.01
        ).mean()
        for _ in range(20)
    ]
    assert np.mean(shares) == pytest.approx(0.01, abs=0.002)


def test_unequal_weights_against_simulation():
    rng = np.random.default_rng(9)
    n = 40
    y = pd.Series(rng.gamma(1.0, 1.0, n))
    w = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.3), 1)
    w = w + w.T
    focal, neighbour = np.nonzero(w)
    graph = Graph.from_arrays(focal, neighbour, w[focal, neighbour])
    found = local_g(y, graph, star=False)["p_value"]
    for i in (0, 7, 23):
        others = np.delete(y.to_numpy(), i)
        row = np.delete(w[i], i)
        sums = np.array([row @ rng.permutation(others) for _ in range(4000)])
        assert found[i] == pytest.approx((sums >= w[i] @ y).mean(), abs=0.03)


def test_large_counts_need_no_table():
    grid = Grid.cover(shapely.box(0, 0, 2000, 2000), 100)
    counts = pd.Series(np.random.default_rng(10).integers(0, 10**9, len(grid)), grid.cells.index)
    p = local_g(counts, grid.graph())["p_value"]
    assert p.between(0, 1).all()
    assert p.nunique() > 300


def test_exposure_gives_the_binomial_tail():
    from scipy.stats import binom

    grid = Grid.cover(shapely.box(0, 0, 1000, 1000), 100)
    rng = np.random.default_rng(12)
    counts = pd.Series(rng.poisson(1, 100), grid.cells.index)
    homes = pd.Series(rng.integers(1, 50, 100), grid.cells.index)
    graph = grid.graph()
    found = local_g(counts, graph, exposure=homes)
    cell = grid.assign([[550, 550]])[0]
    window = [cell, *graph[cell].index]
    share = homes[window].sum() / homes.sum()
    total = counts.sum()
    assert found.loc[cell, "observed"] == counts[window].sum()
    assert found.loc[cell, "expected"] == pytest.approx(total * share)
    assert found.loc[cell, "p_value"] == pytest.approx(binom.sf(counts[window].sum() - 1, total, share))
    cold = local_g(counts, graph, exposure=homes, alternative="less")
    assert cold.loc[cell, "p_value"] == pytest.approx(binom.cdf(counts[window].sum(), total, share))
    plain = local_g(counts, graph, star=False, exposure=homes)
    near = homes[window[1:]].sum() / (homes.sum() - homes[cell])
    tail = binom.sf(counts[window[1:]].sum() - 1, total - counts[cell], near)
    assert plain.loc[cell, "p_value"] == pytest.approx(tail)


def test_risk_that_follows_the_dwellings_is_no_hotspot(board):
    grid, graph = board
    rng = np.random.default_rng(13)
    homes = pd.Series(1.0, grid.cells.index).mask(grid.cells["col"].between(30, 35), 20.0)
    counts = pd.Series(rng.poisson(0.1 * homes), grid.cells.index)
    assert (local_g(counts, graph)["hotspot_class"] > "not significant").sum() > 100
    assert (local_g(counts, graph, exposure=homes)["hotspot_class"] > "not significant").sum() <= 5


def test_a_window_without_exposure_says_nothing():
    grid = Grid.cover(shapely.box(0, 0, 1000, 100), 100)
    counts = pd.Series([0, 0, 0, 0, 1, 2, 1, 0, 0, 1], grid.cells.index)
    homes = pd.Series([0, 0, 0, 3, 3, 3, 3, 3, 3, np.nan], grid.cells.index)
    found = local_g(counts, grid.graph(), exposure=homes)
    assert found["p_value"].isna().tolist() == [True, True] + [False] * 7 + [True]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (pd.Series([1, 2], index=["a", "a"]), "more than once"),
        (pd.Series([1, 2, 3], index=["a", "b", "c"]), "needed 2 counts, given 3"),
        (pd.Series([1], index=["a"]), "1 cells of the graph have no count"),
        (pd.Series([1, -2], index=["a", "b"]), "given -2"),
        (pd.Series([1, np.inf], index=["a", "b"]), "given inf"),
        (pd.Series(["x", "y"], index=["a", "b"]), "needed numbers"),
        (pd.Series([], dtype=float), "needed 2 counts, given 0"),
        ([1, 2], "needed a pandas Series"),
    ],
)
def test_bad_counts_get_one_clear_message(counts, message):
    graph = Graph.from_arrays(["a", "b"], ["b", "a"], [1, 1])
    with pytest.raises(SchemaError, match=message):
        local_g(counts, graph)


def test_bad_options_get_one_clear_message():
    graph = Graph.from_arrays(["a", "b"], ["b", "a"], [1, 1])
    counts = pd.Series([1, 2], index=["a", "b"])
    with pytest.raises(ConfigError, match="needed one of greater, less, two-sided"):
        local_g(counts, graph, alternative="hot")
    with pytest.raises(ConfigError, match="needed one of others, all"):
        local_g(counts, graph, permute="some")
    with pytest.raises(SchemaError, match="exposure: needed one value for each of the 2 cells"):
        local_g(counts, graph, exposure=pd.Series([1, 2], index=["a", "c"]))
    with pytest.raises(SchemaError, match="negative weights"):
        local_g(counts, Graph.from_arrays(["a", "b"], ["b", "a"], [1, -1]))


def test_input_is_left_alone(board):
    grid, graph = board
    counts = pd.Series(np.arange(len(grid)) % 3, grid.cells.index)
    before, links = counts.copy(), graph.adjacency.copy()
    local_g(counts, graph)
    pd.testing.assert_series_equal(counts, before)
    pd.testing.assert_series_equal(graph.adjacency, links)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=examples(10))
def test_an_empty_far_away_cell_changes_nothing_local(seed):
    rng = np.random.default_rng(seed)
    near = Grid.cover(shapely.box(0, 0, 600, 600), 100)
    both = Grid.cover(shapely.union(shapely.box(0, 0, 600, 600), shapely.box(9000, 9000, 9100, 9100)), 100)
    counts = pd.Series(rng.poisson(1, len(near)), near.cells.index)
    homes = pd.Series(rng.integers(1, 9, len(near)), near.cells.index)
    wide, empty = (
        counts.reindex(both.cells.index, fill_value=0),
        homes.reindex(both.cells.index, fill_value=0),
    )
    here = local_g(counts, near.graph(), exposure=homes).loc[near.cells.index]
    there = local_g(wide, both.graph(), exposure=empty).loc[near.cells.index]
    pd.testing.assert_frame_equal(here, there)
    # Without exposure the far cell is one more place for the counts: only the expectation moves.
    observed = local_g(wide, both.graph()).loc[near.cells.index, "observed"]
    pd.testing.assert_series_equal(observed, local_g(counts, near.graph())["observed"])
    # Where nothing can happen it is no place at all.
    masked = local_g(wide, both.graph(), possible=both.cells.index.to_series().isin(near.cells.index))
    pd.testing.assert_frame_equal(masked.loc[near.cells.index], local_g(counts, near.graph()))

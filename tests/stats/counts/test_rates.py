import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy.stats import poisson

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import eb_rates, global_g, global_moran, poisson_tail


@pytest.fixture(scope="module")
def sids():
    import libpysal

    return gpd.read_file(libpysal.examples.get_path("sids2.shp"))


def test_global_shrinkage_of_sudden_deaths(sids):
    found = eb_rates(sids["SID74"], sids["BIR74"])
    mean = found["expected"] / sids["BIR74"]
    np.testing.assert_allclose(mean, 0.00202144, atol=5e-9)
    np.testing.assert_allclose(found["smoothed"][:3], [0.0016973, 0.0017054, 0.0017731], atol=5e-8)
    # The variance between areas comes back from the weight of an area's own rate.
    own = found["shrinkage"]
    between = own / (1 - own) * mean / sids["BIR74"]
    np.testing.assert_allclose(between, 7.692931e-7, rtol=1e-6)


def test_local_shrinkage_as_esda(sids):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Spatial_Empirical_Bayes

        graph = Graph.build_contiguity(sids, rook=False)
        weights = graph.to_W()
        peer = Spatial_Empirical_Bayes(sids["SID74"].to_numpy(float), sids["BIR74"].to_numpy(float), weights)
    found = eb_rates(sids["SID74"], sids["BIR74"], graph)
    np.testing.assert_allclose(found["smoothed"], np.asarray(peer.r).ravel(), rtol=1e-9)


def test_upper_poisson_tail():
    assert poisson_tail(15, 3.174) == pytest.approx(1.33e-6, rel=5e-3)
    x = np.arange(30)
    np.testing.assert_allclose(poisson_tail(x, 7.5), poisson.sf(x - 1, 7.5), rtol=1e-10)


def test_areas_without_people_or_report_have_no_rate():
    events = pd.Series([1, 0, np.nan, 4, 2], list("abcde"))
    people = pd.Series([100, 0, 50, 200, 90], list("abcde"))
    found = eb_rates(events, people)
    assert found.loc[["b", "c"]].isna().all(axis=None)
    alone = eb_rates(events[["a", "d", "e"]], people[["a", "d", "e"]])
    pd.testing.assert_frame_equal(found.loc[["a", "d", "e"]], alone)
    graph = Graph.from_arrays(list("abcde"), list("badce"), [1, 1, 1, 1, 0])
    near = eb_rates(events, people, graph)
    assert near.loc["e", "smoothed"] == pytest.approx(2 / 90)  # an island only knows itself
    same = eb_rates(pd.Series([1, 1, 1]), pd.Series([10, 10, 10]))
    assert (same["smoothed"] == same["rate"]).all()


def test_small_areas_are_drawn_in_further(sids):
    found = eb_rates(sids["SID74"], sids["BIR74"])
    order = sids["BIR74"].argsort()
    assert found["shrinkage"].iloc[order].is_monotonic_increasing


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (pd.Series([1, 2], ["a", "a"]), "more than once"),
        (pd.Series([-1, 2], ["a", "b"]), "given -1"),
        (pd.Series([1, 2], ["a", "x"]), "needed one value for each"),
        ([1, 2], "needed a pandas Series"),
    ],
)
def test_bad_rates_are_refused(events, message):
    with pytest.raises(SchemaError, match=message):
        eb_rates(events, pd.Series([1, 2], ["a", "b"]))


@pytest.fixture(scope="module")
def spdep(root):
    folder = root / "tests" / "stats" / "r_reference"
    grid = pd.read_csv(folder / "grid.csv")
    graph = Graph.build_distance_band(gpd.GeoSeries.from_xy(grid["x"], grid["y"]), 750, binary=True)
    return grid["count"], graph, pd.read_csv(folder / "spdep_global_band750.csv").set_index("stat")


@pytest.mark.parametrize(
    ("statistic", "transformation", "name"), [(global_moran, "R", "moran_rand"), (global_g, "B", "globalG")]
)
def test_global_statistics_as_spdep(spdep, statistic, transformation, name):
    counts, graph, reference = spdep
    found = statistic(counts, graph.transform(transformation), rng=np.random.default_rng(1), permutations=99)
    expected = reference.loc[name]
    assert found.statistic == pytest.approx(expected["estimate"], rel=1e-6)
    assert found.expected == pytest.approx(expected["expectation"], rel=1e-6)
    assert found.variance == pytest.approx(expected["variance"], rel=1e-6)
    assert found.z == pytest.approx(expected["z"], rel=1e-6)
    assert found.p_value == 1 / 100


@pytest.mark.parametrize("statistic", [global_moran, global_g])
def test_global_moments_are_those_of_the_permutations(statistic):
    rng = np.random.default_rng(2)
    linked = np.triu(rng.random((12, 12)) < 0.3, 1)
    linked |= linked.T
    linked[0, 1] = linked[1, 0] = True
    focal, neighbour = np.nonzero(linked)
    graph = Graph.from_arrays(focal, neighbour, np.ones(focal.size))
    y = rng.poisson(2, 12).astype(float)
    values = pd.Series(y).loc[graph.unique_ids]
    told = statistic(values, graph, rng=rng)
    drawn = [
        statistic(pd.Series(rng.permutation(values), values.index), graph, rng=rng, permutations=1).statistic
        for _ in range(2500)
    ]
    assert np.mean(drawn) == pytest.approx(told.expected, abs=4 * np.sqrt(told.variance / 2500))
    assert np.var(drawn) == pytest.approx(told.variance, rel=0.12)


def test_global_p_values_are_uniform_without_pattern(spdep):
    _, graph, _ = spdep
    rng = np.random.default_rng(3)
    p = [
        global_moran(pd.Series(rng.poisson(1, 480)), graph, rng=rng, permutations=39).p_value
        for _ in range(150)
    ]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.07)
    two = global_g(pd.Series(rng.poisson(1, 480)), graph, rng=rng, permutations=39, alternative="two-sided")
    assert 0 < two.p_value <= 1


def test_global_statistics_of_maps_that_say_nothing():
    rng = np.random.default_rng(4)
    graph = Graph.from_arrays(list("abcde"), list("badce"), [1, 1, 1, 1, 0])
    equal = global_moran(pd.Series(1.0, list("abcde")), graph, rng=rng)
    assert np.isnan(equal.p_value)
    assert equal.islands == 1
    missing = global_g(pd.Series([1, 2, np.nan, 3, 4], list("abcde")), graph, rng=rng)
    assert (missing.n, missing.islands) == (2, 2)
    signed = global_moran(pd.Series([-1.0, -2, 3, 4, 0], list("abcde")), graph, rng=rng, permutations=9)
    assert signed.statistic > 0
    with pytest.raises(SchemaError, match="0 or more"):
        global_g(pd.Series([-1.0, -2, 3, 4, 0], list("abcde")), graph, rng=rng)
    with pytest.raises(SchemaError, match="pandas Series"):
        global_g([1, 2], graph, rng=rng)
    with pytest.raises(ConfigError, match="permutations"):
        global_g(pd.Series([1.0, 2, 3, 4, 0], list("abcde")), graph, rng=rng, permutations=0)
